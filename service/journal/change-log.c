/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notes of the last exchanges in which something was changed, by the serial of their line in the
 * request log. They hold pieces of addresses and fields, so they stay in memory, few of them, and go
 * to nobody but the owner's bus. A lock for each writer, held for one copy. Any thread reads.
 */
#include "journal/change-log.h"

#include <pthread.h>

/* Half a megabyte for each worker, touched only as it fills. */
#define SLOTS 256

typedef struct
{
  guint64 serial; /* 0: empty */
  guint32 used;
  guint32 is_cut;
  guint8  bytes[NJ_CHANGE_NOTES_MAX];
} Slot;

typedef struct
{
  pthread_mutex_t lock;
  guint           next;
  Slot           *slots; /* owned */
} Ring;

struct NjChangeLog
{
  guint n_rings;
  Ring  rings[];
};

/**
 * nj_change_log_new:
 * @n_writers: threads that write, at least 1
 *
 * Returns: (transfer full): an empty log
 */
NjChangeLog *
nj_change_log_new (guint n_writers)
{
  NjChangeLog *self = g_malloc0 (sizeof (NjChangeLog) + n_writers * sizeof (Ring));

  self->n_rings = n_writers;
  for (guint i = 0; i < n_writers; i++)
    {
      pthread_mutex_init (&self->rings[i].lock, NULL);
      self->rings[i].slots = g_new0 (Slot, SLOTS);
    }
  return self;
}

/**
 * nj_change_log_free:
 * @log: (transfer full) (nullable): a log that nobody uses any more
 */
void
nj_change_log_free (NjChangeLog *log)
{
  if (log == NULL)
    return;

  for (guint i = 0; i < log->n_rings; i++)
    {
      pthread_mutex_destroy (&log->rings[i].lock);
      g_free (log->rings[i].slots);
    }
  g_free (log);
}

/**
 * nj_change_log_write:
 * @log: a log
 * @writer: the calling thread's number
 * @serial: of the line in the request log
 * @notes: what was changed; copied
 */
void
nj_change_log_write (NjChangeLog *log, guint writer, guint64 serial, const NjChangeNotes *notes)
{
  Ring *ring = &log->rings[writer];
  Slot *slot;

  if (notes->used == 0)
    return;

  pthread_mutex_lock (&ring->lock);
  slot = &ring->slots[ring->next++ % SLOTS];
  slot->serial = serial;
  slot->used = (guint32) notes->used;
  slot->is_cut = notes->is_cut;
  memcpy (slot->bytes, notes->bytes, notes->used);
  pthread_mutex_unlock (&ring->lock);
}

/**
 * nj_change_log_read:
 * @log: a log
 * @serial: of a line in the request log
 * @ret_is_cut: (out): whether more was changed than was kept
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjChange): what was changed, in order; empty when nothing was
 *   or it is too long ago
 */
GPtrArray *
nj_change_log_read (NjChangeLog *log, guint64 serial, gboolean *ret_is_cut)
{
  GPtrArray *changes = NULL;

  *ret_is_cut = FALSE;
  for (guint i = 0; i < log->n_rings && changes == NULL; i++)
    {
      Ring *ring = &log->rings[i];

      pthread_mutex_lock (&ring->lock);
      for (guint j = 0; j < SLOTS && changes == NULL && serial != 0; j++)
        if (ring->slots[j].serial == serial)
          {
            changes = nj_change_notes_read (ring->slots[j].bytes, ring->slots[j].used);
            *ret_is_cut = ring->slots[j].is_cut != 0;
          }
      pthread_mutex_unlock (&ring->lock);
    }
  return changes != NULL ? changes : nj_change_notes_read (NULL, 0);
}
