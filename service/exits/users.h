/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "base/host.h"
#include "net/worker.h"

G_BEGIN_DECLS

#define NJ_USERS_ERROR (nj_users_error_quark ())

typedef enum
{
  NJ_USERS_ERROR_BAD_FILE /* the message names the line */
} NjUsersError;

/* Who may use an exit server: names and hashed passwords. Any thread. */
typedef struct NjUsers NjUsers;

GQuark   nj_users_error_quark (void);

NjUsers *nj_users_new   (const char *path, GError **error);
void     nj_users_free  (NjUsers *users);
guint    nj_users_count (const NjUsers *users);

/* Whether "Basic …" lets in; waits while a password is hashed. A fiber's call. */
gboolean nj_users_check (NjUsers *users, NjBytes authorization, const NjAddress *peer);

/* A line of the file for a new user; NULL when the name will not do. */
char    *nj_users_line  (const char *name, const char *password) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjUsers, nj_users_free)

G_END_DECLS
