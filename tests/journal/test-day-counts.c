/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts of a day in their file: kept and found again, those of another day forgotten, damage told and never guessed at.
 */
#include "journal/day-counts.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("nightjar-counts-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "today.ini", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_remove (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_kept (Fixture *fixture, gconstpointer unused)
{
  g_auto (NjDayCounts) written = { 0 };
  g_auto (NjDayCounts) same = { 0 };
  g_auto (NjDayCounts) next = { 0 };
  g_autoptr (GError) error = NULL;

  nj_day_counts_turn (&written, "2026-01-31");
  g_assert_true (nj_day_counts_load (&written, fixture->path, NULL));
  written.counts[NJ_COUNT_REQUESTS] = 12;
  written.counts[NJ_COUNT_BYTES_DOWN] = G_GUINT64_CONSTANT (5000000000);
  g_assert_true (nj_day_counts_save (&written, fixture->path, &error));
  g_assert_no_error (error);

  nj_day_counts_turn (&same, "2026-01-31");
  g_assert_true (nj_day_counts_load (&same, fixture->path, NULL));
  g_assert_cmpuint (same.counts[NJ_COUNT_REQUESTS], ==, 12);
  g_assert_cmpuint (same.counts[NJ_COUNT_BYTES_DOWN], ==, G_GUINT64_CONSTANT (5000000000));

  nj_day_counts_turn (&next, "2026-02-01");
  g_assert_true (nj_day_counts_load (&next, fixture->path, NULL));
  g_assert_cmpuint (next.counts[NJ_COUNT_REQUESTS], ==, 0);
}

static void
test_damaged (Fixture *fixture, gconstpointer unused)
{
  static const char *const texts[] = { "no key file", "[today]\nrequests=7\n", "[today]\nday=2026-01-31\nrequests=many\n",
                                       "[today]\nday=2026-01-31\nrequests=-1\n", "",
                                       "[today]\nday=2026-01-31\nrequests=99999999999999999999999\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (NjDayCounts) counts = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (fixture->path, texts[i], -1, NULL));
      nj_day_counts_turn (&counts, "2026-01-31");
      g_assert_false (nj_day_counts_load (&counts, fixture->path, &error));
      g_assert_nonnull (error);
      for (NjCount each = 0; each < NJ_COUNT_LAST; each++)
        g_assert_cmpuint (counts.counts[each], ==, 0);
    }
}

static void
test_cannot_be_kept (Fixture *fixture, gconstpointer unused)
{
  g_auto (NjDayCounts) counts = { 0 };
  g_autoptr (GError) error = NULL;

  nj_day_counts_turn (&counts, "2026-01-31");
  g_assert_false (nj_day_counts_save (&counts, "/proc/nothing/here", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/journal/day-counts/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/journal/day-counts/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/journal/day-counts/cannot-be-kept", Fixture, NULL, set_up, test_cannot_be_kept, tear_down);
  return g_test_run ();
}
