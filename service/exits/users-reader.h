/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A process that reads the file of users again for one that gave up its files. */
typedef struct NjUsersReader NjUsersReader;

/* text: what stands in the file now; NULL: it could not be read, problem says why. In the main context. */
typedef void (*NjUsersRead) (const char *text, const char *problem, gpointer user_data);

NjUsersReader *nj_users_reader_new  (const char *path, NjUsersRead read, gpointer user_data, GError **error);
void           nj_users_reader_ask  (NjUsersReader *reader);
void           nj_users_reader_free (NjUsersReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjUsersReader, nj_users_reader_free)

G_END_DECLS
