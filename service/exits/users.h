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

/* How a password was made, and so how it is kept. */
typedef enum
{
  NJ_USERS_CHOSEN, /* by a person: a slow hash */
  NJ_USERS_RANDOM  /* by a machine, of NJ_USERS_RANDOM_BYTES: there is nothing to guess, and a fast hash will do */
} NjUsersPassword;

/* What a random password is made of; bytes. */
#define NJ_USERS_RANDOM_BYTES 18

/* The longest file of users; bytes. */
#define NJ_USERS_FILE_MAX (1024 * 1024)

/* Who may use an exit server: names and hashed passwords. Any thread. */
typedef struct NjUsers NjUsers;

GQuark   nj_users_error_quark (void);

NjUsers *nj_users_new   (const char *path, GError **error);
void     nj_users_free  (NjUsers *users);
guint    nj_users_count (NjUsers *users);

/* Reads the list anew; FALSE: something is wrong with it, and the last one stays. */
gboolean nj_users_take  (NjUsers *users, const char *text, GError **error);

/* Whether "Basic …" lets in; waits while a password is hashed. A fiber's call. */
gboolean nj_users_check (NjUsers *users, NjBytes authorization, const NjAddress *peer);

/* A line of the file for a new user; NULL when the name will not do. */
char    *nj_users_line  (const char *name, const char *password, NjUsersPassword how) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjUsers, nj_users_free)

G_END_DECLS
