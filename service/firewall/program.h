/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

/* Who holds the other end of a loopback connection. */
typedef struct
{
  guint32 uid;
  guint32 inode; /* of the socket: leads to the process */
} NjProgramOwner;

/* A way to ask the kernel; one a thread. */
typedef struct NjProgram NjProgram;

NjProgram *nj_program_new   (void);
void       nj_program_free  (NjProgram *program);
gboolean   nj_program_owner (NjProgram *program, const NjAddress *peer, const NjAddress *local, NjProgramOwner *ret_owner);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjProgram, nj_program_free)

G_END_DECLS
