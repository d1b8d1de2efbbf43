/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a server gives up once it listens: before its threads start. */

/* root for another user; nothing to do for anybody else. */
gboolean nj_confine_user  (const char *name, GError **error);

/* Files: only reading what resolving names needs. FALSE where the kernel has no Landlock. */
gboolean nj_confine_files (void);

/* The same for the process that reads the file of users: only its folder, of root's powers only reading. */
gboolean nj_confine_reader (const char *folder);

/* System calls: no programs, no mounts, no other processes, no changes of files. FALSE where it cannot be. */
gboolean nj_confine_calls (void);

G_END_DECLS
