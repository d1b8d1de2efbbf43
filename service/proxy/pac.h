/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

char *nj_pac_new_path (void) G_GNUC_WARN_UNUSED_RESULT;
char *nj_pac_answer   (const NjAddress *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
