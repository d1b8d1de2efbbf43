/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may use an exit server. Passwords are kept hashed (users-file.c), which may take its time
 * (users-hash.c); what was right is then known for a while by a keyed digest, since every tunnel
 * brings its password anew. The key is of this process. Where the file is read anew
 * (users-reader.c), what is known of a user goes with what the file said of him. Whoever is wrong
 * too often is not even hashed for a while. Any thread; the check is a fiber's call.
 */
#include "exits/users-private.h"

#include "base/clock.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>

/* A password is hashed again when it was not used for so long; µs. */
#define KNOWN_FOR (3600 * (gint64) G_USEC_PER_SEC)

/* How long a hash may take, with those that stand in the queue before it; µs. */
#define HASH_FOR (10 * (gint64) G_USEC_PER_SEC)

/* Wrong answers from one address until it is not heard for as long; µs. */
#define FAILURES_MAX   10
#define FAILURE_FORGET (600 * (gint64) G_USEC_PER_SEC)
#define ADDRESSES_MAX  4096

/* How often an address was wrong. */
typedef struct
{
  guint  failures;
  gint64 last; /* monotonic µs */
} Offender;

struct NjUsers
{
  NjUsersHasher  *hasher;     /* owned */
  NjUsersSecret   nobody;     /* hashed for unknown names, so that they take as long */
  guint8          secret[32]; /* of this process, keys the digests */
  pthread_mutex_t lock;       /* over all below and the digests; never over a fiber's wait or a hash */
  GHashTable     *by_name;    /* name → NjUser, counted */
  gboolean        has_slow;   /* somebody chose his password himself */
  GHashTable     *offenders;  /* address text → Offender */
};

/* Of a user of whom the file says the same as before the same is known. With the lock held. */
static void
keep_known (NjUsers *users, GHashTable *by_name)
{
  GHashTableIter iter;
  gpointer       value;

  users->has_slow = FALSE;
  g_hash_table_iter_init (&iter, by_name);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      NjUser       *user = value;
      const NjUser *before = users->by_name != NULL ? g_hash_table_lookup (users->by_name, user->name) : NULL;

      users->has_slow = users->has_slow || user->secret.cost > 0;
      if (before == NULL || memcmp (&before->secret, &user->secret, sizeof user->secret) != 0)
        continue;
      user->known_until = before->known_until;
      memcpy (user->digest, before->digest, sizeof user->digest);
    }
}

/**
 * nj_users_take:
 * @users: users
 * @text: a list of users, as its file has it
 * @error: %NJ_USERS_ERROR_BAD_FILE
 *
 * From now on these are the users; those that are in a tunnel stay in it. With an error it is the same as before. Any thread.
 *
 * Returns: whether it was taken
 */
gboolean
nj_users_take (NjUsers *users, const char *text, GError **error)
{
  GHashTable *by_name = nj_users_parse (text, error);
  GHashTable *before;

  if (by_name == NULL)
    return FALSE;

  pthread_mutex_lock (&users->lock);
  keep_known (users, by_name);
  before = users->by_name;
  users->by_name = by_name;
  pthread_mutex_unlock (&users->lock);
  g_clear_pointer (&before, g_hash_table_unref);
  return TRUE;
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
  users->hasher = nj_users_hash_new ();
  users->offenders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  users->nobody.cost = NJ_USERS_COST;
  RAND_bytes (users->nobody.salt, NJ_USERS_SALT);
  RAND_bytes (users->secret, sizeof users->secret);

  if (!g_file_get_contents (path, &text, NULL, error) || !nj_users_take (users, text, error))
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
  g_clear_pointer (&users->by_name, g_hash_table_unref);
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
nj_users_count (NjUsers *users)
{
  guint n;

  pthread_mutex_lock (&users->lock);
  n = g_hash_table_size (users->by_name);
  pthread_mutex_unlock (&users->lock);
  return n;
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
is_known (NjUsers *users, NjUser *user, const guint8 digest[NJ_USERS_DIGEST])
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

/* Counted; %NULL for an unknown name. */
static NjUser *
find (NjUsers *users, const char *name, gboolean *ret_has_slow)
{
  NjUser *user;

  pthread_mutex_lock (&users->lock);
  user = g_hash_table_lookup (users->by_name, name);
  if (user != NULL)
    g_atomic_ref_count_inc (&user->refs);
  *ret_has_slow = users->has_slow;
  pthread_mutex_unlock (&users->lock);
  return user;
}

/* Where somebody's password is hashed slowly all that is wrong takes as long, or it would show who is who. */
static NjUsersVerdict
hash (NjUsers *users, const NjUser *user, gboolean has_slow, const char *password, const guint8 digest[NJ_USERS_DIGEST])
{
  gint64         deadline = nj_clock_monotonic () + HASH_FOR;
  NjUsersVerdict verdict = NJ_USERS_WRONG;

  if (user != NULL)
    verdict = nj_users_hash_check (users->hasher, &user->secret, password, digest, deadline);
  if (has_slow && verdict == NJ_USERS_WRONG && (user == NULL || user->secret.cost == 0))
    nj_users_hash_check (users->hasher, &users->nobody, password, digest, deadline);
  return verdict;
}

static gboolean
check (NjUsers *users, NjUser *user, gboolean has_slow, const char *password, const NjAddress *peer)
{
  g_autofree char *key = NULL;
  guint8           digest[NJ_USERS_DIGEST];
  NjUsersVerdict   verdict;

  digest_make (users, password, digest);
  if (user != NULL && is_known (users, user, digest))
    return TRUE;

  key = offender_key (peer);
  if (is_offender (users, key))
    return FALSE;
  verdict = hash (users, user, has_slow, password, digest);
  /* That it was not decided is nobody's fault, and lets nobody in. */
  if (verdict == NJ_USERS_WRONG)
    note_failure (users, key);
  if (verdict != NJ_USERS_RIGHT)
    return FALSE;

  pthread_mutex_lock (&users->lock);
  memcpy (user->digest, digest, sizeof digest);
  user->known_until = nj_clock_monotonic () + KNOWN_FOR;
  pthread_mutex_unlock (&users->lock);
  return TRUE;
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
  gboolean         has_slow = FALSE;
  gboolean         is_right;
  NjUser            *user;

  if (password == NULL)
    return FALSE;
  *password++ = '\0';

  user = find (users, credentials, &has_slow);
  is_right = check (users, user, has_slow, password, peer);
  g_clear_pointer (&user, nj_user_unref);
  return is_right;
}
