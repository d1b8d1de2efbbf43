/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What users.c and users-hash.c share. */

#include "exits/users.h"

G_BEGIN_DECLS

#define NJ_USERS_SALT   16
#define NJ_USERS_HASH   32
#define NJ_USERS_DIGEST 32

/* A password as the file has it: scrypt with N = 2 to the power of cost, r 8 and p 1; with no cost HMAC-SHA-256 keyed by
 * the salt, for passwords that a machine made. */
typedef struct
{
  guint  cost;
  guint8 salt[NJ_USERS_SALT];
  guint8 hash[NJ_USERS_HASH];
} NjUsersSecret;

/* What hashes of passwords that people choose cost: 32 MiB, some 50 ms. */
#define NJ_USERS_COST 15

/* One user. Counted: the file may be read anew while he is asked about. */
typedef struct
{
  gatomicrefcount refs;
  char           *name; /* owned */
  NjUsersSecret   secret;
  gint64          known_until; /* monotonic µs: digest holds the password that was right; 0 for none. Under the lock, as is digest */
  guint8          digest[NJ_USERS_DIGEST];
} NjUser;

void        nj_user_unref  (gpointer user_pointer);
GHashTable *nj_users_parse (const char *text, GError **error);

typedef enum
{
  NJ_USERS_RIGHT,
  NJ_USERS_WRONG,
  NJ_USERS_UNDECIDED /* too many wait, it took too long, or the fiber was cancelled */
} NjUsersVerdict;

/* Threads that hash. */
typedef struct NjUsersHasher NjUsersHasher;

NjUsersHasher *nj_users_hash_new      (void);
void           nj_users_hash_free     (NjUsersHasher *hasher);
gboolean       nj_users_hash_password (const char *password, guint cost, const guint8 salt[NJ_USERS_SALT], guint8 ret_hash[NJ_USERS_HASH]);
/* A fiber's call. digest: of the password, by which equal ones are known. */
NjUsersVerdict nj_users_hash_check    (NjUsersHasher *hasher, const NjUsersSecret *secret, const char *password,
                                       const guint8 digest[NJ_USERS_DIGEST], gint64 deadline);

G_END_DECLS
