/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hashes passwords that people chose by scrypt, which takes some 50 ms and 32 MiB each, on two helper threads; those that a
 * machine made are hashed where they are asked about. Fibers wait for it, with
 * a deadline; those that bring the same password for the same user at the same time, as a browser's first dozen
 * of tunnels do, wait for one hash. Any thread.
 */
#include "exits/users-private.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>

/* Hashes at a time, and those that wait: more is an attack. */
#define HASHERS     2
#define WAITING_MAX 64

/* A fiber that waits; on its stack. */
typedef struct Waiter Waiter;
struct Waiter
{
  Waiter   *next;
  NjWorker *worker;
  NjFiber  *fiber;
};

/* One hash on its way. Counted by the list of those, each waiter and each wake-up on its way. */
typedef struct
{
  gatomicrefcount      refs;
  NjUsersHasher       *hasher;
  NjUsersSecret        secret;   /* a copy: the file may be read anew meanwhile */
  char                *password; /* owned */
  guint8               digest[NJ_USERS_DIGEST];
  gboolean             is_done;  /* this and below: guarded by the lock */
  gboolean             is_right;
  Waiter              *waiters;
} Hashing;

struct NjUsersHasher
{
  pthread_mutex_t lock;   /* over all below; never over a fiber's wait or a hash */
  pthread_cond_t  wanted; /* something stands in queue, or it is the end */
  GQueue          queue;  /* of Hashing: those that no thread has begun, counted */
  GPtrArray      *begun;  /* (element-type Hashing) borrowed from the thread that hashes it */
  pthread_t       threads[HASHERS];
  guint           n_threads; /* started when first wanted: after the process gave up what it does not need */
  gboolean        is_ending;
};

typedef struct
{
  Hashing  *hashing; /* counted */
  NjWorker *worker;
} WakeUp;

/**
 * nj_users_hash_password:
 * @password: a password
 * @cost: scrypt's N as a power of two; 0 for HMAC-SHA-256, which takes a microsecond
 * @salt: its salt
 * @ret_hash: (out): the hash
 *
 * Takes its time. Any thread. Source: RFC 7914, RFC 2104.
 *
 * Returns: whether there was memory for it
 */
gboolean
nj_users_hash_password (const char *password, guint cost, const guint8 salt[NJ_USERS_SALT], guint8 ret_hash[NJ_USERS_HASH])
{
  guint len = NJ_USERS_HASH;

  if (cost == 0)
    return HMAC (EVP_sha256 (), salt, NJ_USERS_SALT, (const guchar *) password, strlen (password), ret_hash, &len) != NULL;
  return EVP_PBE_scrypt (password, strlen (password), salt, NJ_USERS_SALT, 1ull << cost, 8, 1, 512ull << 20, ret_hash,
                         NJ_USERS_HASH) == 1;
}

static void
hashing_unref (gpointer hashing_pointer)
{
  Hashing *hashing = hashing_pointer;

  if (!g_atomic_ref_count_dec (&hashing->refs))
    return;

  explicit_bzero (hashing->password, strlen (hashing->password));
  g_free (hashing->password);
  g_free (hashing);
}

static Hashing *
hashing_ref (Hashing *hashing)
{
  g_atomic_ref_count_inc (&hashing->refs);
  return hashing;
}

/* A fiber is woken on its own thread only, if it still waits. */
static void
on_wake_up (gpointer user_data)
{
  WakeUp  *wake_up = user_data;
  Hashing *hashing = wake_up->hashing;

  pthread_mutex_lock (&hashing->hasher->lock);
  for (Waiter *waiter = hashing->waiters; waiter != NULL; waiter = waiter->next)
    if (waiter->worker == wake_up->worker)
      nj_fiber_wake (waiter->fiber);
  pthread_mutex_unlock (&hashing->hasher->lock);

  hashing_unref (hashing);
  g_free (wake_up);
}

static gboolean
is_first_of_worker (const Hashing *hashing, const Waiter *waiter)
{
  for (const Waiter *other = hashing->waiters; other != waiter; other = other->next)
    if (other->worker == waiter->worker)
      return FALSE;
  return TRUE;
}

/* With the lock held. */
static void
finish (Hashing *hashing, gboolean is_right)
{
  hashing->is_right = is_right;
  hashing->is_done = TRUE;
  for (Waiter *waiter = hashing->waiters; waiter != NULL; waiter = waiter->next)
    if (is_first_of_worker (hashing, waiter))
      {
        WakeUp *wake_up = g_new0 (WakeUp, 1);

        wake_up->hashing = hashing_ref (hashing);
        wake_up->worker = waiter->worker;
        nj_worker_post (waiter->worker, on_wake_up, wake_up);
      }
}

static gboolean
is_right_password (const NjUsersSecret *secret, const char *password)
{
  guint8 hash[NJ_USERS_HASH] = { 0 };

  return nj_users_hash_password (password, secret->cost, secret->salt, hash) && CRYPTO_memcmp (hash, secret->hash, NJ_USERS_HASH) == 0;
}

/* Not a GThreadPool: the thread sanitizer does not see through its locks. */
static void *
thread_main (void *hasher_pointer)
{
  NjUsersHasher *self = hasher_pointer;

  pthread_mutex_lock (&self->lock);
  for (;;)
    {
      Hashing *hashing = g_queue_pop_head (&self->queue);
      gboolean is_right;

      if (hashing == NULL && self->is_ending)
        break;
      if (hashing == NULL)
        {
          pthread_cond_wait (&self->wanted, &self->lock);
          continue;
        }
      /* Nobody waits any more. */
      if (hashing->waiters == NULL)
        {
          hashing_unref (hashing);
          continue;
        }
      g_ptr_array_add (self->begun, hashing);
      pthread_mutex_unlock (&self->lock);
      is_right = is_right_password (&hashing->secret, hashing->password);
      pthread_mutex_lock (&self->lock);
      g_ptr_array_remove_fast (self->begun, hashing);
      finish (hashing, is_right);
      hashing_unref (hashing);
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * nj_users_hash_new:
 *
 * Returns: (transfer full): a hasher; its threads start when there is something to do
 */
NjUsersHasher *
nj_users_hash_new (void)
{
  NjUsersHasher *self = g_new0 (NjUsersHasher, 1);

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->wanted, NULL);
  g_queue_init (&self->queue);
  self->begun = g_ptr_array_new ();
  return self;
}

/**
 * nj_users_hash_free:
 * @hasher: (transfer full) (nullable): a hasher that no fiber waits for any more
 *
 * Waits for hashes on their way; the workers they go to must still be there. Main thread.
 */
void
nj_users_hash_free (NjUsersHasher *hasher)
{
  if (hasher == NULL)
    return;

  pthread_mutex_lock (&hasher->lock);
  hasher->is_ending = TRUE;
  pthread_cond_broadcast (&hasher->wanted);
  pthread_mutex_unlock (&hasher->lock);
  for (guint i = 0; i < hasher->n_threads; i++)
    pthread_join (hasher->threads[i], NULL);
  g_queue_clear_full (&hasher->queue, hashing_unref);
  g_ptr_array_unref (hasher->begun);
  pthread_cond_destroy (&hasher->wanted);
  pthread_mutex_destroy (&hasher->lock);
  g_free (hasher);
}

static gboolean
is_same (const Hashing *hashing, const NjUsersSecret *secret, const guint8 digest[NJ_USERS_DIGEST])
{
  return memcmp (&hashing->secret, secret, sizeof *secret) == 0 && CRYPTO_memcmp (hashing->digest, digest, NJ_USERS_DIGEST) == 0;
}

/* One that is on its way for the same password; counted. With the lock held. */
static Hashing *
find (NjUsersHasher *self, const NjUsersSecret *secret, const guint8 digest[NJ_USERS_DIGEST])
{
  for (guint i = 0; i < self->begun->len; i++)
    if (is_same (g_ptr_array_index (self->begun, i), secret, digest))
      return hashing_ref (g_ptr_array_index (self->begun, i));
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    if (is_same (link->data, secret, digest))
      return hashing_ref (link->data);
  return NULL;
}

/* A new one in the queue; counted, NULL when it is full. With the lock held. */
static Hashing *
begin (NjUsersHasher *self, const NjUsersSecret *secret, const char *password, const guint8 digest[NJ_USERS_DIGEST])
{
  Hashing *hashing;

  while (self->n_threads < HASHERS && pthread_create (&self->threads[self->n_threads], NULL, thread_main, self) == 0)
    self->n_threads++;
  if (self->n_threads == 0 || self->queue.length >= WAITING_MAX)
    return NULL;

  hashing = g_new0 (Hashing, 1);
  g_atomic_ref_count_init (&hashing->refs);
  hashing->hasher = self;
  hashing->secret = *secret;
  hashing->password = g_strdup (password);
  memcpy (hashing->digest, digest, NJ_USERS_DIGEST);
  g_queue_push_tail (&self->queue, hashing_ref (hashing));
  pthread_cond_signal (&self->wanted);
  return hashing;
}

static void
waiter_remove (Hashing *hashing, Waiter *waiter)
{
  for (Waiter **at = &hashing->waiters; *at != NULL; at = &(*at)->next)
    if (*at == waiter)
      {
        *at = waiter->next;
        return;
      }
}

/**
 * nj_users_hash_check:
 * @hasher: a hasher
 * @secret: what the password should be
 * @password: what it is said to be
 * @digest: a digest of @password: equal ones are hashed once
 * @deadline: monotonic µs
 *
 * A fiber's call.
 *
 * Returns: whether it is right
 */
NjUsersVerdict
nj_users_hash_check (NjUsersHasher *hasher, const NjUsersSecret *secret, const char *password,
                     const guint8 digest[NJ_USERS_DIGEST], gint64 deadline)
{
  Waiter         waiter = { NULL, nj_worker_current (), nj_fiber_self () };
  Hashing       *hashing;
  NjUsersVerdict verdict = NJ_USERS_UNDECIDED;
  NjIo           io = NJ_OK;

  if (secret->cost == 0)
    return is_right_password (secret, password) ? NJ_USERS_RIGHT : NJ_USERS_WRONG;

  pthread_mutex_lock (&hasher->lock);
  hashing = find (hasher, secret, digest);
  if (hashing == NULL)
    hashing = begin (hasher, secret, password, digest);
  if (hashing != NULL)
    {
      waiter.next = hashing->waiters;
      hashing->waiters = &waiter;
      while (!hashing->is_done && io == NJ_OK)
        {
          pthread_mutex_unlock (&hasher->lock);
          io = nj_fiber_park (deadline);
          pthread_mutex_lock (&hasher->lock);
        }
      waiter_remove (hashing, &waiter);
      if (hashing->is_done)
        verdict = hashing->is_right ? NJ_USERS_RIGHT : NJ_USERS_WRONG;
    }
  pthread_mutex_unlock (&hasher->lock);
  if (hashing != NULL)
    hashing_unref (hashing);
  return verdict;
}
