/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last requests, in memory: a ring of slots a worker, each slot guarded by a sequence number that
 * is odd while it is written. Writers never wait; a reader that meets a slot being written passes it
 * over. This is the only place where hosts and URLs are kept. One thread a ring writes, any reads.
 */
#include "journal/request-log.h"

#define SLOT_SIZE 1024
#define SLOT_WORDS (SLOT_SIZE / 8)

typedef enum
{
  TEXT_METHOD,
  TEXT_HOST,
  TEXT_EXIT,
  TEXT_REASON,
  TEXT_LIST,
  TEXT_RULE,
  TEXT_URL,
  TEXT_LAST
} Text;

/* What stands in a slot: the texts follow each other in the order of the enum. */
typedef struct
{
  guint64 serial;
  gint64  time;
  gint64  duration;
  guint64 bytes_up;
  guint64 bytes_down;
  guint32 client_port;
  guint32 changes;
  guint16 status;
  guint16 action;
  guint8  http_client;
  guint8  http_origin;
  guint16 lengths[TEXT_LAST];
  char    texts[];
} Slot;

/* So that a long rule or list name never leaves no room for the address. */
static const guint16 text_max[TEXT_LAST] = {
  [TEXT_METHOD] = 24, [TEXT_HOST] = 128, [TEXT_EXIT] = 64, [TEXT_REASON] = 96,
  [TEXT_LIST] = 64,   [TEXT_RULE] = 160, [TEXT_URL] = SLOT_SIZE,
};

typedef struct
{
  guint64 sequence; /* atomic; odd while the slot is written */
  guint64 words[SLOT_WORDS]; /* relaxed atomics */
} Guarded;

typedef struct
{
  guint    next; /* of its writer: the slot that is written next */
  Guarded *slots;
} Ring;

struct NjRequestLog
{
  guint64 serial; /* atomic: the last one given */
  NjChangeLog *changes; /* owned */
  guint   n_rings;
  guint   n_slots;
  Ring    rings[];
};

/**
 * nj_request_log_new:
 * @n_writers: threads that write, at least 1
 * @entries_per_writer: how many each keeps, at least 1
 *
 * Returns: (transfer full): an empty log; its memory is touched only as it fills
 */
NjRequestLog *
nj_request_log_new (guint n_writers, guint entries_per_writer)
{
  NjRequestLog *self = g_malloc0 (sizeof (NjRequestLog) + n_writers * sizeof (Ring));

  self->n_rings = n_writers;
  self->n_slots = entries_per_writer;
  self->changes = nj_change_log_new (n_writers);
  for (guint i = 0; i < n_writers; i++)
    self->rings[i].slots = g_new0 (Guarded, entries_per_writer);
  return self;
}

/**
 * nj_request_log_free:
 * @log: (transfer full) (nullable): a log that nobody uses any more
 */
void
nj_request_log_free (NjRequestLog *log)
{
  if (log == NULL)
    return;

  for (guint i = 0; i < log->n_rings; i++)
    g_free (log->rings[i].slots);
  nj_change_log_free (log->changes);
  g_free (log);
}

/* Behind those before it; returns where the next one goes. */
static G_NO_INLINE gsize
copy_text (Slot *slot, gsize used, Text which, NjBytes text)
{
  gsize len = MIN (MIN (text.len, text_max[which]), SLOT_SIZE - sizeof (Slot) - used);

  memcpy (slot->texts + used, text.data, len);
  slot->lengths[which] = (guint16) len;
  return used + len;
}

/* Most requests have none of most. */
static inline gsize
put_text (Slot *slot, gsize used, Text which, NjBytes text)
{
  return text.len == 0 ? used : copy_text (slot, used, which, text);
}

static gsize
put_texts (Slot *slot, const NjLogRecord *record)
{
  gsize used;

  memset (slot->lengths, 0, sizeof slot->lengths);
  used = put_text (slot, 0, TEXT_METHOD, record->method);
  used = put_text (slot, used, TEXT_HOST, record->host);
  used = put_text (slot, used, TEXT_EXIT, record->exit);
  used = put_text (slot, used, TEXT_REASON, nj_bytes_from_string (record->reason));
  used = put_text (slot, used, TEXT_LIST, record->list);
  used = put_text (slot, used, TEXT_RULE, record->rule);
  used = put_text (slot, used, TEXT_URL, record->url);
  return sizeof (Slot) + used;
}

/**
 * nj_request_log_write:
 * @log: a log
 * @writer: the calling thread's number
 * @record: what to keep; its texts are copied, long ones cut
 */
void
nj_request_log_write (NjRequestLog *log, guint writer, const NjLogRecord *record)
{
  Ring    *ring = &log->rings[writer];
  Guarded *guarded = &ring->slots[ring->next];
  guint64  words[SLOT_WORDS];
  Slot    *slot = (Slot *) words;
  guint64  sequence = __atomic_load_n (&guarded->sequence, __ATOMIC_RELAXED);
  gsize    n;

  ring->next = ring->next + 1 < log->n_slots ? ring->next + 1 : 0;
  slot->serial = __atomic_add_fetch (&log->serial, 1, __ATOMIC_RELAXED);
  slot->time = record->time;
  slot->duration = record->duration;
  slot->bytes_up = record->bytes_up;
  slot->bytes_down = record->bytes_down;
  slot->client_port = record->client_port;
  slot->http_client = record->http_client;
  slot->http_origin = record->http_origin;
  slot->changes = record->changes;
  slot->status = (guint16) record->status;
  slot->action = (guint16) record->action;
  n = (put_texts (slot, record) + 7) / 8;
  if (record->notes != NULL)
    nj_change_log_write (log->changes, writer, slot->serial, record->notes);

  __atomic_store_n (&guarded->sequence, sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence (__ATOMIC_RELEASE);
  for (gsize i = 0; i < n; i++)
    __atomic_store_n (&guarded->words[i], words[i], __ATOMIC_RELAXED);
  __atomic_store_n (&guarded->sequence, sequence + 2, __ATOMIC_RELEASE);
}

/* Copies a slot; FALSE when it is empty or being written. */
static gboolean
slot_read (const Guarded *guarded, guint64 words[SLOT_WORDS])
{
  guint64 before = __atomic_load_n (&guarded->sequence, __ATOMIC_ACQUIRE);

  if (before == 0 || before % 2 == 1)
    return FALSE;

  for (gsize i = 0; i < SLOT_WORDS; i++)
    words[i] = __atomic_load_n (&guarded->words[i], __ATOMIC_RELAXED);
  __atomic_thread_fence (__ATOMIC_ACQUIRE);
  return __atomic_load_n (&guarded->sequence, __ATOMIC_RELAXED) == before;
}

static NjLogEntry *
entry_of_slot (const Slot *slot)
{
  NjLogEntry *entry = g_new0 (NjLogEntry, 1);
  char       *texts[TEXT_LAST];
  gsize       used = 0;

  for (guint i = 0; i < TEXT_LAST; i++)
    {
      /* Bytes of a peer: whatever is no UTF-8 must not reach the bus. */
      texts[i] = g_utf8_make_valid (slot->texts + used, slot->lengths[i]);
      used += slot->lengths[i];
    }

  entry->serial = slot->serial;
  entry->time = slot->time;
  entry->duration = slot->duration;
  entry->action = slot->action;
  entry->client_port = slot->client_port;
  entry->http_client = slot->http_client;
  entry->http_origin = slot->http_origin;
  entry->status = slot->status;
  entry->bytes_up = slot->bytes_up;
  entry->bytes_down = slot->bytes_down;
  entry->changes = slot->changes;
  entry->method = texts[TEXT_METHOD];
  entry->host = texts[TEXT_HOST];
  entry->exit = texts[TEXT_EXIT];
  entry->reason = texts[TEXT_REASON];
  entry->list = texts[TEXT_LIST];
  entry->rule = texts[TEXT_RULE];
  entry->url = texts[TEXT_URL];
  return entry;
}

static gboolean
entry_has (const NjLogEntry *entry, const char *filter)
{
  const char *texts[] = { entry->url, entry->host, entry->method, entry->rule, entry->list, entry->exit,
                          entry->reason, nj_log_action_name (entry->action) };

  if (filter == NULL || *filter == '\0')
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcasestr (texts[i], filter) != NULL)
      return TRUE;

  return FALSE;
}

static int
by_serial (gconstpointer a, gconstpointer b)
{
  const NjLogEntry *first = *(NjLogEntry *const *) a;
  const NjLogEntry *second = *(NjLogEntry *const *) b;

  return first->serial < second->serial ? -1 : first->serial > second->serial;
}

/**
 * nj_request_log_read:
 * @log: a log
 * @after_serial: only later ones; 0 for all
 * @max: at most so many, the newest; at least 1
 * @filter: (nullable): text that one of its columns must hold, case ignored
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjLogEntry): entries, oldest first
 */
GPtrArray *
nj_request_log_read (NjRequestLog *log, guint64 after_serial, guint max, const char *filter)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_log_entry_free);
  guint64    words[SLOT_WORDS];

  for (guint i = 0; i < log->n_rings * log->n_slots; i++)
    {
      const Slot            *slot = (const Slot *) words;
      g_autoptr (NjLogEntry) entry = NULL;

      if (!slot_read (&log->rings[i / log->n_slots].slots[i % log->n_slots], words) || slot->serial <= after_serial)
        continue;

      entry = entry_of_slot (slot);
      if (entry_has (entry, filter))
        g_ptr_array_add (entries, g_steal_pointer (&entry));
    }

  g_ptr_array_sort (entries, by_serial);
  if (entries->len > max)
    g_ptr_array_remove_range (entries, 0, entries->len - max);
  return entries;
}

/**
 * nj_request_log_last:
 * @log: a log
 *
 * Any thread.
 *
 * Returns: the serial of the last entry, 0 when there is none
 */
guint64
nj_request_log_last (NjRequestLog *log)
{
  return __atomic_load_n (&log->serial, __ATOMIC_RELAXED);
}

static guint
changes_of (NjRequestLog *log, guint64 serial)
{
  guint64     words[SLOT_WORDS];
  const Slot *slot = (const Slot *) words;

  for (guint i = 0; i < log->n_rings * log->n_slots; i++)
    if (slot_read (&log->rings[i / log->n_slots].slots[i % log->n_slots], words) && slot->serial == serial)
      return slot->changes;
  return 0;
}

/**
 * nj_request_log_changes:
 * @log: a log
 * @serial: of an entry
 * @ret_is_cut: (out): whether more was changed than was kept
 *
 * Any thread.
 *
 * That a site was told not to track is so of nearly every request, and of those only this is said.
 *
 * Returns: (transfer full) (element-type NjChange): what was changed there; empty when nothing was, or
 *   it is too long ago
 */
GPtrArray *
nj_request_log_changes (NjRequestLog *log, guint64 serial, gboolean *ret_is_cut)
{
  GPtrArray *changes = nj_change_log_read (log->changes, serial, ret_is_cut);

  if (changes->len == 0 && (changes_of (log, serial) & NJ_CHANGE_SIGNALS) != 0)
    {
      NjChange *signals = g_new0 (NjChange, 1);

      signals->part = NJ_CHANGED_REQUEST_FIELD;
      signals->name = g_strdup ("Sec-GPC, DNT");
      signals->before = g_strdup ("");
      signals->after = g_strdup ("1");
      signals->why = g_strdup ("the privacy profile");
      g_ptr_array_add (changes, signals);
    }
  return changes;
}

/**
 * nj_log_action_name:
 * @action: what became of a request
 *
 * Returns: (transfer none): its name on the bus
 */
const char *
nj_log_action_name (NjLogAction action)
{
  static const char *const names[] = { "passed", "blocked", "excepted", "refused", "failed", "redirected" };

  return action < G_N_ELEMENTS (names) ? names[action] : "unknown";
}

/**
 * nj_log_entry_free:
 * @entry: (transfer full) (nullable): an entry
 */
void
nj_log_entry_free (NjLogEntry *entry)
{
  if (entry == NULL)
    return;

  g_free (entry->method);
  g_free (entry->url);
  g_free (entry->host);
  g_free (entry->reason);
  g_free (entry->rule);
  g_free (entry->list);
  g_free (entry->exit);
  g_free (entry);
}
