/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

/* Names of the programs behind client ports, for people to read; remembered for a while. Main thread. */
typedef struct NjProgramNames NjProgramNames;

NjProgramNames *nj_program_names_new    (const NjAddress *local);
void            nj_program_names_free   (NjProgramNames *names);
const char     *nj_program_names_lookup (NjProgramNames *names, guint16 port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjProgramNames, nj_program_names_free)

G_END_DECLS
