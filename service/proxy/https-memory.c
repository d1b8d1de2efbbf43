/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which hosts speak HTTPS, found out when a page was asked of them by plain HTTP. Those that do not,
 * and those that send the browser straight back, are left alone for a while. In memory only: it is a
 * list of visits. Asked once for a page that somebody opens, on any worker; one lock, held for a look-up.
 */
#include "proxy/https-memory.h"

#include "base/clock.h"

/* A host may begin to speak it any day. One that ends to do so must not be out of reach for long: the browser
 * is not sent back. */
#define GOOD_FOR_US (10 * 60 * (gint64) G_USEC_PER_SEC)
#define BAD_FOR_US  (3 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

/* A host that sends the browser back does so at once; a person does not open one page four times so fast. */
#define LOOP_US     (5 * (gint64) G_USEC_PER_SEC)
#define LOOP_ROUNDS 3

typedef struct
{
  NjHttpsAnswer answer;
  gint64        until;
  gint64        sent_since; /* when the first of the last few was sent there */
  guint         n_sent;
  guint         page;       /* hash of the address that was sent there last */
} Entry;

struct NjHttpsMemory
{
  GMutex      lock;
  GHashTable *entries; /* (element-type utf8 Entry) owned */
};

/**
 * nj_https_memory_new:
 *
 * Returns: (transfer full): one that knows nothing
 */
NjHttpsMemory *
nj_https_memory_new (void)
{
  NjHttpsMemory *self = g_new0 (NjHttpsMemory, 1);

  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * nj_https_memory_free:
 * @self: (transfer full) (nullable): a memory
 */
void
nj_https_memory_free (NjHttpsMemory *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static Entry *
find (NjHttpsMemory *self, NjBytes host)
{
  g_autofree char *text = nj_bytes_dup (host);
  Entry           *entry = g_hash_table_lookup (self->entries, text);

  if (entry == NULL || entry->until > nj_clock_monotonic ())
    return entry;

  g_hash_table_remove (self->entries, text);
  return NULL;
}

/**
 * nj_https_memory_ask:
 * @self: a memory
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: what is known of it
 */
NjHttpsAnswer
nj_https_memory_ask (NjHttpsMemory *self, NjBytes host)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const Entry *entry = find (self, host);

  return entry != NULL ? entry->answer : NJ_HTTPS_UNKNOWN;
}

/* Makes room when there is none: what is over goes first, then whatever comes. */
static void
make_room (NjHttpsMemory *self)
{
  gint64         now = nj_clock_monotonic ();
  GHashTableIter all;
  gpointer       entry;

  if (g_hash_table_size (self->entries) < NJ_HTTPS_MEMORY_MAX)
    return;

  g_hash_table_iter_init (&all, self->entries);
  while (g_hash_table_iter_next (&all, NULL, &entry))
    if (((Entry *) entry)->until <= now)
      g_hash_table_iter_remove (&all);

  g_hash_table_iter_init (&all, self->entries);
  while (g_hash_table_size (self->entries) >= NJ_HTTPS_MEMORY_MAX && g_hash_table_iter_next (&all, NULL, &entry))
    g_hash_table_iter_remove (&all);
}

/**
 * nj_https_memory_learn:
 * @self: a memory
 * @host: a host in its normal form
 * @answer: what was found; %NJ_HTTPS_UNKNOWN is not worth remembering
 *
 * Any thread.
 */
void
nj_https_memory_learn (NjHttpsMemory *self, NjBytes host, NjHttpsAnswer answer)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Entry *entry;

  if (answer == NJ_HTTPS_UNKNOWN)
    return;

  locker = g_mutex_locker_new (&self->lock);
  make_room (self);
  entry = g_new0 (Entry, 1);
  entry->answer = answer;
  entry->until = nj_clock_monotonic () + (answer == NJ_HTTPS_YES ? GOOD_FOR_US : BAD_FOR_US);
  g_hash_table_replace (self->entries, nj_bytes_dup (host), entry);
}

static guint
hash_of (NjBytes text)
{
  guint hash = 5381;

  for (gsize i = 0; i < text.len; i++)
    hash = hash * 33 + (guint8) text.data[i];
  return hash;
}

/**
 * nj_https_memory_may_send:
 * @self: a memory
 * @host: a host in its normal form that speaks HTTPS
 * @url: the page that is asked of it
 *
 * Counts how often the browser is sent there. Any thread.
 *
 * Returns: whether it may be sent there once more; if not, it comes straight back each time, and the
 *   host is left alone from now on
 */
gboolean
nj_https_memory_may_send (NjHttpsMemory *self, NjBytes host, NjBytes url)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = find (self, host);
  gint64 now = nj_clock_monotonic ();
  guint  page = hash_of (url);

  if (entry == NULL || entry->answer != NJ_HTTPS_YES)
    return FALSE;

  if (now - entry->sent_since > LOOP_US || entry->page != page)
    {
      entry->page = page;
      entry->sent_since = now;
      entry->n_sent = 0;
    }
  if (++entry->n_sent <= LOOP_ROUNDS)
    return TRUE;

  entry->answer = NJ_HTTPS_NO;
  entry->until = now + BAD_FOR_US;
  return FALSE;
}
