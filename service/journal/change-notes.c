/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was changed in one exchange: before, after and why, packed one behind the other so that the
 * journal keeps them by one copy. What is too long is cut, what is too much is left out and said so.
 * Gathered on a worker, read on any thread.
 */
#include "journal/change-notes.h"

#define TEXTS 4

/* In front of the texts: the part, and how long each of them is. */
typedef struct
{
  guint8 part;
  guint8 lengths[TEXTS]; /* name, before, after, why */
} Header;

G_STATIC_ASSERT (NJ_CHANGE_TEXT_MAX <= G_MAXUINT8);

/**
 * nj_change_notes_add:
 * @notes: the notes of an exchange
 * @arena: the exchange's arena
 * @part: what was changed
 * @name: of the field, empty for other parts
 * @before: as it came, empty when it was added
 * @after: as it went on, empty when it was taken out
 * @why: (nullable): on whose account, in words
 *
 * Secrets are the caller's to shorten. On the exchange's worker.
 */
void
nj_change_notes_add (NjChangeNotes *notes, NjArena *arena, NjChangedPart part, NjBytes name, NjBytes before, NjBytes after,
                     const char *why)
{
  const NjBytes texts[TEXTS] = { name, before, after, nj_bytes_from_string (why) };
  Header        header = { .part = (guint8) part };
  gsize         size = sizeof header;

  for (guint i = 0; i < TEXTS; i++)
    {
      header.lengths[i] = (guint8) MIN (texts[i].len, NJ_CHANGE_TEXT_MAX);
      size += header.lengths[i];
    }
  if (notes->used + size > NJ_CHANGE_NOTES_MAX)
    {
      notes->is_cut = TRUE;
      return;
    }

  if (notes->bytes == NULL)
    notes->bytes = nj_arena_alloc (arena, NJ_CHANGE_NOTES_MAX);
  memcpy (notes->bytes + notes->used, &header, sizeof header);
  notes->used += sizeof header;
  for (guint i = 0; i < TEXTS; i++)
    {
      if (header.lengths[i] > 0)
        memcpy (notes->bytes + notes->used, texts[i].data, header.lengths[i]);
      notes->used += header.lengths[i];
    }
}

/**
 * nj_change_notes_read:
 * @bytes: notes as they were gathered
 * @len: how much
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjChange): them, in order
 */
GPtrArray *
nj_change_notes_read (const guint8 *bytes, gsize len)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_change_free);
  gsize      at = 0;

  while (at + sizeof (Header) <= len)
    {
      Header    header;
      NjChange *change = g_new0 (NjChange, 1);
      char    **texts[TEXTS] = { &change->name, &change->before, &change->after, &change->why };

      memcpy (&header, bytes + at, sizeof header);
      at += sizeof header;
      change->part = header.part < NJ_N_CHANGED ? (NjChangedPart) header.part : NJ_CHANGED_BODY;
      for (guint i = 0; i < TEXTS; i++)
        {
          gsize n = MIN (header.lengths[i], len - at);

          /* Bytes of a peer: whatever is no UTF-8 must not reach the bus. */
          *texts[i] = g_utf8_make_valid ((const char *) bytes + at, (gssize) n);
          at += n;
        }
      g_ptr_array_add (changes, change);
    }
  return changes;
}

/**
 * nj_change_free:
 * @change: (transfer full): one of a list
 */
void
nj_change_free (NjChange *change)
{
  g_free (change->name);
  g_free (change->before);
  g_free (change->after);
  g_free (change->why);
  g_free (change);
}

/**
 * nj_changed_part_name:
 * @part: a part of an exchange
 *
 * Returns: (transfer none): its name on the bus
 */
const char *
nj_changed_part_name (NjChangedPart part)
{
  static const char *const names[NJ_N_CHANGED] = { "url", "request-field", "response-field", "body" };

  return names[part];
}
