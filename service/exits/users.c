/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may use an exit server. Passwords are kept hashed by scrypt, which takes its time (users-hash.c); what was right
 * is then known for a while by a keyed digest, since every tunnel brings its password anew. The key is of this
 * process, and the file of users is read once, before the process gives up its files: what is known never
 * outlives what the file said. Whoever is wrong too often is not even hashed for a while. Any thread; the check is a
 * fiber's call.
 *
 *     name:scrypt:LOG2N:SALT:HASH        salt and hash in base64
 */
#include "exits/users-private.h"

#include "base/clock.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>

#define USERS_MAX  1000
#define NAME_MAX_BYTES 255

/* scrypt's N as a power of two, with r 8 and p 1: 32 MiB a hash. */
#define COST     15
#define COST_MAX 18

/* A password is hashed again when it was not used for so long; µs. */
#define KNOWN_FOR (3600 * (gint64) G_USEC_PER_SEC)

/* How long a hash may take, with those that stand in the queue before it; µs. */
#define HASH_FOR (10 * (gint64) G_USEC_PER_SEC)

/* Wrong answers from one address until it is not heard for as long; µs. */
#define FAILURES_MAX   10
#define FAILURE_FORGET (600 * (gint64) G_USEC_PER_SEC)
#define ADDRESSES_MAX  4096

typedef struct
{
  char         *name; /* owned */
  NjUsersSecret secret;
  gint64        known_until; /* monotonic µs: digest holds the password that was right; 0 for none */
  guint8        digest[NJ_USERS_DIGEST];
} User;

/* How often an address was wrong. */
typedef struct
{
  guint  failures;
  gint64 last; /* monotonic µs */
} Offender;

struct NjUsers
{
  GHashTable     *by_name;    /* name → User */
  NjUsersHasher  *hasher;     /* owned */
  NjUsersSecret   nobody;     /* hashed for unknown names, so that they take as long */
  guint8          secret[32]; /* of this process, keys the digests */
  pthread_mutex_t lock;       /* over all below and the digests; never over a fiber's wait or a hash */
  GHashTable     *offenders;  /* address text → Offender */
};

G_DEFINE_QUARK (nj-users-error-quark, nj_users_error)

static void
user_free (gpointer user_pointer)
{
  User *user = user_pointer;

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
 *
 * Takes as long as a hash does. Any thread.
 *
 * Returns: (transfer full) (nullable): a line of the file of users, without its end; %NULL when
 *   @name will not do
 */
char *
nj_users_line (const char *name, const char *password)
{
  guint8           salt[NJ_USERS_SALT];
  guint8           hash[NJ_USERS_HASH];
  g_autofree char *salt_text = NULL;
  g_autofree char *hash_text = NULL;

  if (!is_name (name) || RAND_bytes (salt, sizeof salt) != 1 || !nj_users_hash_password (password, COST, salt, hash))
    return NULL;

  salt_text = g_base64_encode (salt, sizeof salt);
  hash_text = g_base64_encode (hash, sizeof hash);
  return g_strdup_printf ("%s:scrypt:%d:%s:%s", name, COST, salt_text, hash_text);
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

static User *
line_parse (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 6);
  User   *user;
  guint64 cost;

  if (g_strv_length (parts) != 5 || !is_name (parts[0]) || strcmp (parts[1], "scrypt") != 0 ||
      !nj_bytes_parse_u64 (nj_bytes_from_string (parts[2]), COST_MAX, &cost) || cost < 10)
    return NULL;

  user = g_new0 (User, 1);
  user->name = g_strdup (parts[0]);
  user->secret.cost = (guint) cost;
  if (decode (parts[3], user->secret.salt, NJ_USERS_SALT) && decode (parts[4], user->secret.hash, NJ_USERS_HASH))
    return user;

  user_free (user);
  return NULL;
}

static gboolean
lines_parse (NjUsers *users, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      User       *user;

      if (line[0] == '\0' || line[0] == '#')
        continue;
      user = g_hash_table_size (users->by_name) < USERS_MAX ? line_parse (line) : NULL;
      if (user == NULL)
        {
          g_set_error (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE, "file of users, line %u: not a user", i + 1);
          return FALSE;
        }
      g_hash_table_replace (users->by_name, user->name, user);
    }

  if (g_hash_table_size (users->by_name) > 0)
    return TRUE;
  g_set_error_literal (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE, "file of users holds none");
  return FALSE;
}

/**
 * nj_users_new:
 * @path: the file of users
 * @error: %NJ_USERS_ERROR_BAD_FILE or a #GFileError
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the users in it
 */
NjUsers *
nj_users_new (const char *path, GError **error)
{
  g_autoptr (NjUsers) users = g_new0 (NjUsers, 1);
  g_autofree char *text = NULL;

  pthread_mutex_init (&users->lock, NULL);
  users->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, user_free);
  users->hasher = nj_users_hash_new ();
  users->offenders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  users->nobody.cost = COST;
  RAND_bytes (users->nobody.salt, NJ_USERS_SALT);
  RAND_bytes (users->secret, sizeof users->secret);

  if (!g_file_get_contents (path, &text, NULL, error) || !lines_parse (users, text, error))
    return NULL;
  return g_steal_pointer (&users);
}

/**
 * nj_users_free:
 * @users: (transfer full) (nullable): users whom no fiber asks about any more
 *
 * Waits for hashes on their way; the workers they go to must still be there. Main thread.
 */
void
nj_users_free (NjUsers *users)
{
  if (users == NULL)
    return;

  nj_users_hash_free (users->hasher);
  g_hash_table_unref (users->by_name);
  g_hash_table_unref (users->offenders);
  pthread_mutex_destroy (&users->lock);
  g_free (users);
}

/**
 * nj_users_count:
 * @users: users
 *
 * Any thread.
 *
 * Returns: how many
 */
guint
nj_users_count (const NjUsers *users)
{
  return g_hash_table_size (users->by_name);
}

/* One key for an IPv4 address, one for the /64 that an IPv6 host has to itself. */
static char *
offender_key (const NjAddress *peer)
{
  NjAddress network = *peer;

  if (network.any.sa_family == AF_INET6)
    {
      memset (&network.v6.sin6_addr.s6_addr[8], 0, 8);
      network.v6.sin6_port = 0;
    }
  else
    network.v4.sin_port = 0;
  return nj_address_to_text (&network);
}

static gboolean
is_offender (NjUsers *users, const char *key)
{
  Offender *offender;
  gboolean  is_one;

  pthread_mutex_lock (&users->lock);
  offender = g_hash_table_lookup (users->offenders, key);
  if (offender != NULL && nj_clock_monotonic () - offender->last > FAILURE_FORGET)
    {
      g_hash_table_remove (users->offenders, key);
      offender = NULL;
    }
  is_one = offender != NULL && offender->failures >= FAILURES_MAX;
  pthread_mutex_unlock (&users->lock);
  return is_one;
}

static void
note_failure (NjUsers *users, const char *key)
{
  Offender *offender;

  pthread_mutex_lock (&users->lock);
  /* Full of addresses, it starts anew: better than to grow, or to shut everybody out. */
  if (g_hash_table_size (users->offenders) >= ADDRESSES_MAX)
    g_hash_table_remove_all (users->offenders);
  offender = g_hash_table_lookup (users->offenders, key);
  if (offender == NULL)
    {
      offender = g_new0 (Offender, 1);
      g_hash_table_insert (users->offenders, g_strdup (key), offender);
    }
  offender->failures++;
  offender->last = nj_clock_monotonic ();
  pthread_mutex_unlock (&users->lock);
}

static void
digest_make (NjUsers *users, const char *password, guint8 ret_digest[NJ_USERS_DIGEST])
{
  guint len = NJ_USERS_DIGEST;

  HMAC (EVP_sha256 (), users->secret, sizeof users->secret, (const guchar *) password, strlen (password), ret_digest,
        &len);
}

static gboolean
is_known (NjUsers *users, User *user, const guint8 digest[NJ_USERS_DIGEST])
{
  gint64   now = nj_clock_monotonic ();
  gboolean is_same;

  pthread_mutex_lock (&users->lock);
  is_same = now < user->known_until && CRYPTO_memcmp (user->digest, digest, NJ_USERS_DIGEST) == 0;
  if (is_same)
    user->known_until = now + KNOWN_FOR;
  pthread_mutex_unlock (&users->lock);
  return is_same;
}

/* RFC 7617 §2: "Basic " and base64 of name, colon, password. */
static char *
credentials_decode (NjBytes authorization)
{
  g_autofree char *encoded = NULL;
  g_autofree char *text = NULL;
  gsize            len = 0;

  if (authorization.len < 6 || authorization.len > 1024 ||
      !nj_bytes_equal_nocase (nj_bytes (authorization.data, 6), NJ_BYTES ("basic ")))
    return NULL;

  encoded = nj_bytes_dup (nj_bytes_trim (nj_bytes (authorization.data + 6, authorization.len - 6)));
  text = (char *) g_base64_decode (encoded, &len);
  if (len == 0 || memchr (text, '\0', len) != NULL)
    return NULL;
  return g_strndup (text, len);
}

/**
 * nj_users_check:
 * @users: users
 * @authorization: value of Proxy-Authorization
 * @peer: who says so
 *
 * An unknown name takes as long as a wrong password. An address that was wrong too often is not
 * heard any more, save with a password that was right before. A fiber's call.
 *
 * Returns: whether it lets in; %FALSE also when cancelled
 */
gboolean
nj_users_check (NjUsers *users, NjBytes authorization, const NjAddress *peer)
{
  g_autofree char *credentials = credentials_decode (authorization);
  char            *password = credentials != NULL ? strchr (credentials, ':') : NULL;
  g_autofree char *key = NULL;
  guint8           digest[NJ_USERS_DIGEST];
  NjUsersVerdict   verdict;
  User            *user;

  if (password == NULL)
    return FALSE;
  *password++ = '\0';

  user = g_hash_table_lookup (users->by_name, credentials);
  digest_make (users, password, digest);
  if (user != NULL && is_known (users, user, digest))
    return TRUE;

  key = offender_key (peer);
  if (is_offender (users, key))
    return FALSE;
  verdict = nj_users_hash_check (users->hasher, user != NULL ? &user->secret : &users->nobody, password, digest,
                                 nj_clock_monotonic () + HASH_FOR);
  /* That it was not decided is nobody's fault, and lets nobody in. */
  if (verdict == NJ_USERS_WRONG || (verdict == NJ_USERS_RIGHT && user == NULL))
    note_failure (users, key);
  if (verdict != NJ_USERS_RIGHT || user == NULL)
    return FALSE;

  pthread_mutex_lock (&users->lock);
  memcpy (user->digest, digest, sizeof digest);
  user->known_until = nj_clock_monotonic () + KNOWN_FOR;
  pthread_mutex_unlock (&users->lock);
  return TRUE;
}
