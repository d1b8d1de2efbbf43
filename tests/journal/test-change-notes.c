/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was changed in an exchange: packed and read again, cut where it is too long, left out and said so
 * where it is too much, kept by the serial of its line until others take its place.
 */
#include "journal/request-log.h"

static void
add (NjChangeNotes *notes, NjArena *arena, const char *before, const char *after)
{
  nj_change_notes_add (notes, arena, NJ_CHANGED_REQUEST_FIELD, NJ_BYTES ("Referer"), nj_bytes_from_string (before),
                       nj_bytes_from_string (after), "because");
}

static void
test_read_again (void)
{
  g_auto (NjArena) arena = { 0 };
  NjChangeNotes    notes = { 0 };
  g_autoptr (GPtrArray) list = NULL;
  NjChange        *change;

  nj_arena_init (&arena, NULL, 0);
  add (&notes, &arena, "http://a.test/long", "http://a.test/");
  nj_change_notes_add (&notes, &arena, NJ_CHANGED_URL, NJ_BYTES_NONE, NJ_BYTES ("one"), NJ_BYTES_NONE, NULL);
  list = nj_change_notes_read (notes.bytes, notes.used);
  g_assert_cmpuint (list->len, ==, 2);

  change = g_ptr_array_index (list, 0);
  g_assert_cmpint (change->part, ==, NJ_CHANGED_REQUEST_FIELD);
  g_assert_cmpstr (change->name, ==, "Referer");
  g_assert_cmpstr (change->before, ==, "http://a.test/long");
  g_assert_cmpstr (change->after, ==, "http://a.test/");
  g_assert_cmpstr (change->why, ==, "because");
  change = g_ptr_array_index (list, 1);
  g_assert_cmpstr (change->before, ==, "one");
  g_assert_cmpstr (change->after, ==, "");
  g_assert_cmpstr (change->why, ==, "");
}

static void
test_bounds (void)
{
  g_auto (NjArena) arena = { 0 };
  NjChangeNotes    notes = { 0 };
  g_autofree char *longest = g_strnfill (5000, '\xff');
  g_autoptr (GPtrArray) list = NULL;
  NjChange        *change;

  nj_arena_init (&arena, NULL, 0);
  for (int i = 0; i < 100; i++)
    add (&notes, &arena, longest, longest);
  g_assert_true (notes.is_cut);
  g_assert_cmpuint (notes.used, <=, NJ_CHANGE_NOTES_MAX);
  list = nj_change_notes_read (notes.bytes, notes.used);
  g_assert_cmpuint (list->len, >=, 3);
  change = g_ptr_array_index (list, 0);
  g_assert_true (g_utf8_validate (change->before, -1, NULL));

  /* Cut anywhere it is still read within its bounds. */
  for (gsize len = 0; len < notes.used; len += 7)
    {
      g_autofree guint8 *copy = g_memdup2 (notes.bytes, len);

      g_ptr_array_unref (nj_change_notes_read (copy, len));
    }
}

static void
test_log (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (2, 8);
  g_auto (NjArena) arena = { 0 };
  NjChangeNotes    notes = { 0 };
  NjLogRecord      record = { .method = NJ_BYTES ("GET"), .notes = &notes };
  gboolean         is_cut;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) other = NULL;
  g_autoptr (GPtrArray) gone = NULL;

  nj_arena_init (&arena, NULL, 0);
  add (&notes, &arena, "before", "after");
  nj_request_log_write (log, 1, &record);
  first = nj_request_log_changes (log, nj_request_log_last (log), &is_cut);
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_false (is_cut);

  record.notes = NULL;
  nj_request_log_write (log, 1, &record);
  other = nj_request_log_changes (log, nj_request_log_last (log), &is_cut);
  g_assert_cmpuint (other->len, ==, 0);

  record.notes = &notes;
  for (int i = 0; i < 256; i++)
    nj_request_log_write (log, 1, &record);
  gone = nj_request_log_changes (log, 1, &is_cut);
  g_assert_cmpuint (gone->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/change-notes/read-again", test_read_again);
  g_test_add_func ("/journal/change-notes/bounds", test_bounds);
  g_test_add_func ("/journal/change-notes/log", test_log);
  return g_test_run ();
}
