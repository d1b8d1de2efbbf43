/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was learnt about hosts that cannot be looked into: whose certificate a client knows better,
 * who asks for one of the client's, who speaks something else. Such a host is a byte tunnel from
 * then on, until the user forgets it. Written by lanes, listed and kept by the main thread.
 */
#include "proxy/inspection-memory.h"

#include <pthread.h>

typedef struct
{
  NjInspectionNote note;
  GList            link; /* oldest first */
} Entry;

/* Whether a client took our certificate for a place, or how often it left when it saw it. Few are
 * kept, and one may push another out: that costs a failure more, or nothing. */
typedef struct
{
  guint32  key;
  guint8   n_left;
  gboolean has_taken;
} Trial;

#define TRIALS 2048

/* A browser gives up connections all the time; twice and never otherwise is no accident. */
#define LEFT_MAX 2

struct NjInspectionMemory
{
  Trial           trials[TRIALS];
  pthread_mutex_t lock;
  GHashTable     *hosts; /* owned: place → GSList of Entry */
  GQueue          order; /* of Entry */
  guint           serial;
};

static const struct
{
  const char *name;
  const char *text;
} reasons[NJ_N_INSPECTION] = {
  [NJ_INSPECTION_LOOK] = { "inspected", "inspected" },
  [NJ_INSPECTION_OFF] = { "off", "not inspected: inspection is off" },
  [NJ_INSPECTION_NEVER] = { "never", "not inspected: on the list of hosts that are never looked into" },
  [NJ_INSPECTION_PORT] = { "port", "not inspected: a port for something else than the web" },
  [NJ_INSPECTION_NAME] = { "name", "not inspected: the program asks for another host inside than it asked us for" },
  [NJ_INSPECTION_PROTOCOL] = { "protocol", "not inspected: the program speaks no HTTP that we do" },
  [NJ_INSPECTION_NO_CERTIFICATE] = { "no-certificate", "not inspected: there is no certificate for it" },
  [NJ_INSPECTION_SITE] = { "site", "not inspected: you said so for this site" },
  [NJ_INSPECTION_PROGRAM] = { "program", "not inspected: you said so for this program" },
  [NJ_INSPECTION_NO_BROWSER] = { "no-browser", "not inspected: the program is no browser" },
  [NJ_INSPECTION_UNKNOWN_PROGRAM] = { "unknown-program", "not inspected: the program is not known, and only browsers are inspected" },
  [NJ_INSPECTION_REFUSED] = { "refused", "not inspected: the program did not take our certificate" },
  [NJ_INSPECTION_CLIENT_CERTIFICATE] = { "client-certificate", "not inspected: the site asks for a certificate of yours" },
  [NJ_INSPECTION_NOT_TLS] = { "not-tls", "not inspected: the site speaks no TLS" },
  [NJ_INSPECTION_NOT_HTTP] = { "not-http", "not inspected: no HTTP is spoken there" },
  [NJ_INSPECTION_BAD_SITE] = { "bad-site", "not inspected: the site could not be verified, and you wanted a tunnel" },
};

/**
 * nj_inspection_reason_text:
 * @reason: a reason
 *
 * Any thread.
 *
 * Returns: (transfer none): it in words, for the journal
 */
const char *
nj_inspection_reason_text (NjInspection reason)
{
  return reasons[reason].text;
}

/**
 * nj_inspection_reason_name:
 * @reason: a reason
 *
 * Any thread.
 *
 * Returns: (transfer none): a word that files and programs know it by
 */
const char *
nj_inspection_reason_name (NjInspection reason)
{
  return reasons[reason].name;
}

/**
 * nj_inspection_reason_parse:
 * @name: a word as nj_inspection_reason_name() gives it
 * @ret_reason: (out): the reason
 *
 * Any thread.
 *
 * Returns: whether there is such a one, of those that are remembered
 */
gboolean
nj_inspection_reason_parse (const char *name, NjInspection *ret_reason)
{
  for (guint i = NJ_INSPECTION_REFUSED; i < NJ_N_INSPECTION; i++)
    if (g_str_equal (reasons[i].name, name))
      {
        *ret_reason = (NjInspection) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * nj_inspection_note_free:
 * @note: (transfer full): one of a list
 */
void
nj_inspection_note_free (NjInspectionNote *note)
{
  g_free (note->place);
  g_free (note);
}

/**
 * nj_inspection_memory_new:
 *
 * Returns: (transfer full): nothing learnt yet
 */
NjInspectionMemory *
nj_inspection_memory_new (void)
{
  NjInspectionMemory *self = g_new0 (NjInspectionMemory, 1);

  pthread_mutex_init (&self->lock, NULL);
  self->hosts = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);
  return self;
}

/* With the lock held. */
static GSList *
entries_of (NjInspectionMemory *self, NjBytes place)
{
  char name[NJ_INSPECTION_PLACE_MAX + 1];

  if (place.len == 0 || place.len > NJ_INSPECTION_PLACE_MAX)
    return NULL;
  memcpy (name, place.data, place.len);
  name[place.len] = '\0';
  return g_hash_table_lookup (self->hosts, name);
}

/* With the lock held. */
static void
entry_drop (NjInspectionMemory *self, Entry *entry)
{
  GSList *entries = g_hash_table_lookup (self->hosts, entry->note.place);

  /* The key is the text of some entry: the one that stays gives it. */
  g_hash_table_remove (self->hosts, entry->note.place);
  entries = g_slist_remove (entries, entry);
  if (entries != NULL)
    g_hash_table_insert (self->hosts, ((Entry *) entries->data)->note.place, entries);
  g_queue_unlink (&self->order, &entry->link);
  g_free (entry->note.place);
  g_free (entry);
}

/* With the lock held. */
static void
drop_all (NjInspectionMemory *self)
{
  while (self->order.head != NULL)
    entry_drop (self, self->order.head->data);
}

/**
 * nj_inspection_memory_free:
 * @memory: (transfer full) (nullable): what was learnt
 */
void
nj_inspection_memory_free (NjInspectionMemory *memory)
{
  if (memory == NULL)
    return;

  drop_all (memory);
  g_hash_table_unref (memory->hosts);
  pthread_mutex_destroy (&memory->lock);
  g_free (memory);
}

/**
 * nj_inspection_memory_note:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443
 * @client: which kind of client found out; 0 when it holds for all
 * @reason: one of those that are remembered
 * @when: seconds since 1970
 *
 * The oldest goes when there are %NJ_INSPECTION_NOTES_MAX. Any thread.
 */
void
nj_inspection_memory_note (NjInspectionMemory *memory, NjBytes place, guint32 client, NjInspection reason, gint64 when)
{
  Entry  *entry;
  GSList *entries;

  if (place.len == 0 || place.len > NJ_INSPECTION_PLACE_MAX || nj_inspection_memory_ask (memory, place, client) != NJ_INSPECTION_LOOK)
    return;

  entry = g_new0 (Entry, 1);
  entry->note = (NjInspectionNote){ nj_bytes_dup (place), client, reason, when };
  entry->link.data = entry;
  pthread_mutex_lock (&memory->lock);
  entries = entries_of (memory, place);
  if (entries != NULL)
    entries = g_slist_append (entries, entry);
  else
    g_hash_table_insert (memory->hosts, entry->note.place, g_slist_append (NULL, entry));
  g_queue_push_tail_link (&memory->order, &entry->link);
  if (memory->order.length > NJ_INSPECTION_NOTES_MAX)
    entry_drop (memory, memory->order.head->data);
  memory->serial++;
  pthread_mutex_unlock (&memory->lock);
}

/**
 * nj_inspection_memory_ask:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443
 * @client: which kind of client asks; 0 when that is not known yet
 *
 * Any thread.
 *
 * Returns: why not to look into it, or %NJ_INSPECTION_LOOK
 */
NjInspection
nj_inspection_memory_ask (NjInspectionMemory *memory, NjBytes place, guint32 client)
{
  NjInspection reason = NJ_INSPECTION_LOOK;

  pthread_mutex_lock (&memory->lock);
  for (GSList *at = entries_of (memory, place); at != NULL && reason == NJ_INSPECTION_LOOK; at = at->next)
    {
      const NjInspectionNote *note = &((Entry *) at->data)->note;

      if (note->client == 0 || note->client == client)
        reason = note->reason;
    }
  pthread_mutex_unlock (&memory->lock);
  return reason;
}

/**
 * nj_inspection_memory_has:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443
 *
 * Any thread.
 *
 * Returns: whether any client found anything against looking into it
 */
gboolean
nj_inspection_memory_has (NjInspectionMemory *memory, NjBytes place)
{
  gboolean has;

  pthread_mutex_lock (&memory->lock);
  has = entries_of (memory, place) != NULL;
  pthread_mutex_unlock (&memory->lock);
  return has;
}

/* With the lock held. FNV-1a. */
static Trial *
trial_of (NjInspectionMemory *self, NjBytes place, guint32 client)
{
  guint32 key = 2166136261u ^ client;
  Trial  *trial;

  for (gsize i = 0; i < place.len; i++)
    key = (key ^ (guint8) place.data[i]) * 16777619u;
  trial = &self->trials[key % TRIALS];
  if (trial->key != key)
    *trial = (Trial){ key, 0, FALSE };
  return trial;
}

/**
 * nj_inspection_memory_trust:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443
 * @client: which kind of client took our certificate
 *
 * Any thread.
 */
void
nj_inspection_memory_trust (NjInspectionMemory *memory, NjBytes place, guint32 client)
{
  pthread_mutex_lock (&memory->lock);
  trial_of (memory, place, client)->has_taken = TRUE;
  pthread_mutex_unlock (&memory->lock);
}

/**
 * nj_inspection_memory_doubt:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443
 * @client: which kind of client left without a word when it saw our certificate
 *
 * Any thread.
 *
 * Returns: whether that is to be taken for a refusal
 */
gboolean
nj_inspection_memory_doubt (NjInspectionMemory *memory, NjBytes place, guint32 client)
{
  Trial   *trial;
  gboolean is_refusal;

  pthread_mutex_lock (&memory->lock);
  trial = trial_of (memory, place, client);
  is_refusal = !trial->has_taken && ++trial->n_left >= LEFT_MAX;
  pthread_mutex_unlock (&memory->lock);
  return is_refusal;
}

/**
 * nj_inspection_memory_forget:
 * @memory: what was learnt
 * @place: host, or host:port when that is not 443, %NJ_BYTES_NONE for all
 *
 * Any thread.
 *
 * Returns: whether there was anything to forget
 */
gboolean
nj_inspection_memory_forget (NjInspectionMemory *memory, NjBytes place)
{
  guint before;
  guint after;

  pthread_mutex_lock (&memory->lock);
  before = memory->order.length;
  if (place.len == 0)
    drop_all (memory);
  else
    for (GSList *entries = entries_of (memory, place); entries != NULL; entries = entries_of (memory, place))
      entry_drop (memory, entries->data);
  after = memory->order.length;
  memory->serial += before != after;
  pthread_mutex_unlock (&memory->lock);
  return before != after;
}

/**
 * nj_inspection_memory_list:
 * @memory: what was learnt
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjInspectionNote): copies, oldest first
 */
GPtrArray *
nj_inspection_memory_list (NjInspectionMemory *memory)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_inspection_note_free);

  pthread_mutex_lock (&memory->lock);
  for (GList *at = memory->order.head; at != NULL; at = at->next)
    {
      NjInspectionNote *copy = g_memdup2 (&((Entry *) at->data)->note, sizeof (NjInspectionNote));

      copy->place = g_strdup (copy->place);
      g_ptr_array_add (list, copy);
    }
  pthread_mutex_unlock (&memory->lock);
  return list;
}

/**
 * nj_inspection_memory_serial:
 * @memory: what was learnt
 *
 * Any thread.
 *
 * Returns: a number that is another one whenever something was learnt or forgotten
 */
guint
nj_inspection_memory_serial (NjInspectionMemory *memory)
{
  guint serial;

  pthread_mutex_lock (&memory->lock);
  serial = memory->serial;
  pthread_mutex_unlock (&memory->lock);
  return serial;
}
