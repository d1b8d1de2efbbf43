/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of an exit server's users, line by line. Any thread.
 *
 *     name:scrypt:LOG2N:SALT:HASH        a password that a person chose; salt and hash in base64
 *     name:hmac-sha256:SALT:HASH         one that a machine made, of 144 random bits: a slow hash guards against guessing,
 *                                        and cost the first tunnel its 50 to 600 ms
 */
#include "exits/users-private.h"

#include <openssl/rand.h>

#define USERS_MAX      1000
#define NAME_MAX_BYTES 255
#define COST_LEAST     10
#define COST_MAX       18

G_DEFINE_QUARK (nj-users-error-quark, nj_users_error)

/**
 * nj_user_unref: (skip)
 * @user_pointer: (transfer full): a #NjUser
 *
 * Any thread.
 */
void
nj_user_unref (gpointer user_pointer)
{
  NjUser *user = user_pointer;

  if (!g_atomic_ref_count_dec (&user->refs))
    return;
  g_free (user->name);
  g_free (user);
}

static gboolean
is_name (const char *name)
{
  gsize len = strlen (name);

  if (len == 0 || len > NAME_MAX_BYTES)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if ((guchar) *c <= ' ' || *c == ':' || *c == 0x7f || *c == '#')
      return FALSE;
  return TRUE;
}

/**
 * nj_users_line:
 * @name: a user's name: no blank, colon, "#" or control character
 * @password: the password
 * @how: how it was made
 *
 * Takes as long as a hash does. Any thread.
 *
 * Returns: (transfer full) (nullable): a line of the file of users, without its end; %NULL when
 *   @name will not do
 */
char *
nj_users_line (const char *name, const char *password, NjUsersPassword how)
{
  guint8           salt[NJ_USERS_SALT];
  guint8           hash[NJ_USERS_HASH];
  g_autofree char *salt_text = NULL;
  g_autofree char *hash_text = NULL;
  guint            cost = how == NJ_USERS_RANDOM ? 0 : NJ_USERS_COST;

  if (!is_name (name) || RAND_bytes (salt, sizeof salt) != 1 || !nj_users_hash_password (password, cost, salt, hash))
    return NULL;

  salt_text = g_base64_encode (salt, sizeof salt);
  hash_text = g_base64_encode (hash, sizeof hash);
  if (how == NJ_USERS_RANDOM)
    return g_strdup_printf ("%s:hmac-sha256:%s:%s", name, salt_text, hash_text);
  return g_strdup_printf ("%s:scrypt:%u:%s:%s", name, cost, salt_text, hash_text);
}

static gboolean
decode (const char *text, guint8 *bytes, gsize len)
{
  gsize              n = 0;
  g_autofree guint8 *decoded = g_base64_decode (text, &n);

  if (n != len)
    return FALSE;
  memcpy (bytes, decoded, len);
  return TRUE;
}

/* What follows the name: how it is hashed, as far as the salt. */
static const char *const *
scheme_parse (const char *const *parts, guint n, guint *ret_cost)
{
  guint64 cost;

  *ret_cost = 0;
  if (n == 4 && strcmp (parts[1], "hmac-sha256") == 0)
    return &parts[2];
  if (n != 5 || strcmp (parts[1], "scrypt") != 0 || !nj_bytes_parse_u64 (nj_bytes_from_string (parts[2]), COST_MAX, &cost) ||
      cost < COST_LEAST)
    return NULL;
  *ret_cost = (guint) cost;
  return &parts[3];
}

static NjUser *
line_parse (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 6);
  guint              cost = 0;
  const char *const *salt = scheme_parse ((const char *const *) parts, g_strv_length (parts), &cost);
  NjUser              *user;

  if (salt == NULL || !is_name (parts[0]))
    return NULL;

  user = g_new0 (NjUser, 1);
  g_atomic_ref_count_init (&user->refs);
  user->name = g_strdup (parts[0]);
  user->secret.cost = cost;
  if (decode (salt[0], user->secret.salt, NJ_USERS_SALT) && decode (salt[1], user->secret.hash, NJ_USERS_HASH))
    return user;

  nj_user_unref (user);
  return NULL;
}

/**
 * nj_users_parse: (skip)
 * @text: what stands in a file of users
 * @error: %NJ_USERS_ERROR_BAD_FILE
 *
 * All of it or nothing. Any thread.
 *
 * Returns: (transfer full) (nullable): name → #NjUser
 */
GHashTable *
nj_users_parse (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, nj_user_unref);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      NjUser       *user;

      if (line[0] == '\0' || line[0] == '#')
        continue;
      user = g_hash_table_size (by_name) < USERS_MAX ? line_parse (line) : NULL;
      if (user == NULL)
        {
          g_set_error (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE, "file of users, line %u: not a user", i + 1);
          return NULL;
        }
      g_hash_table_replace (by_name, user->name, user);
    }

  if (g_hash_table_size (by_name) > 0)
    return g_steal_pointer (&by_name);
  g_set_error_literal (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE, "file of users holds none");
  return NULL;
}
