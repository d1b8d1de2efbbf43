/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal of the desktop's proxy: what is written comes back, and what was cut is told from what is true.
 */
#include "desktop/proxy-journal.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_new ("gsettings", "127.0.0.1", 8642);

  f->folder = g_dir_make_tmp ("nightjar-journal-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "state", "sysproxy.journal", NULL);
  nj_proxy_journal_add (journal, "a.http", "host", "'tab\there\nand line'", "'127.0.0.1'");
  nj_proxy_journal_add (journal, "a.http", "port", NULL, "8642");
  nj_proxy_journal_add (journal, "a", "mode", "'auto'", "'manual'");
  g_assert_true (nj_proxy_journal_write (journal, f->path, NULL));
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_remove (f->path);
  g_rmdir (folder);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
}

static void
test_round_trip (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (f->path, NULL);
  const NjProxyChange *change;

  g_assert_true (journal->is_whole);
  g_assert_cmpuint (journal->changes->len, ==, 3);
  g_assert_cmpstr (journal->host, ==, "127.0.0.1");
  g_assert_cmpuint (journal->port, ==, 8642);
  g_assert_true (nj_proxy_journal_is_ours (journal));

  change = g_ptr_array_index (journal->changes, 0);
  g_assert_cmpstr (change->key, ==, "host");
  g_assert_cmpstr (change->old, ==, "'tab\there\nand line'");
  g_assert_null (nj_proxy_journal_find (journal, "a.http", "port")->old);
  g_assert_cmpstr (nj_proxy_journal_find (journal, "a", "mode")->ours, ==, "'manual'");
}

static void
test_owner (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (f->path, NULL);

  g_assert_true (nj_proxy_journal_is_owner_alive (journal));
  journal->started++;
  g_assert_false (nj_proxy_journal_is_owner_alive (journal));
  journal->started--;
  g_free (journal->boot_id);
  journal->boot_id = g_strdup ("another run of the machine");
  g_assert_false (nj_proxy_journal_is_owner_alive (journal));
}

/* Cut anywhere: never a crash, never a value that was not written. */
static void
test_cut_anywhere (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjProxyJournal) whole = nj_proxy_journal_read (f->path, NULL);
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (f->path, &text, &length, NULL));
  for (gsize cut = 0; cut + 1 < length; cut++)
    {
      g_autoptr (NjProxyJournal) journal = NULL;

      g_assert_true (g_file_set_contents (f->path, text, (gssize) cut, NULL));
      journal = nj_proxy_journal_read (f->path, NULL);
      if (journal == NULL)
        continue;

      g_assert_false (journal->is_whole);
      for (guint i = 0; i < journal->changes->len; i++)
        {
          const NjProxyChange *change = g_ptr_array_index (journal->changes, i);
          const NjProxyChange *same = nj_proxy_journal_find (whole, change->group, change->key);

          g_assert_nonnull (same);
          g_assert_cmpstr (change->old, ==, same->old);
          g_assert_cmpstr (change->ours, ==, same->ours);
        }
    }
}

static void
test_flipped_anywhere (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjProxyJournal) whole = nj_proxy_journal_read (f->path, NULL);
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (f->path, &text, &length, NULL));
  for (gsize at = 0; at < length; at++)
    {
      g_autoptr (NjProxyJournal) journal = NULL;

      text[at] ^= 1;
      g_assert_true (g_file_set_contents (f->path, text, (gssize) length, NULL));
      text[at] ^= 1;
      journal = nj_proxy_journal_read (f->path, NULL);
      for (guint i = 0; journal != NULL && i < journal->changes->len; i++)
        {
          const NjProxyChange *change = g_ptr_array_index (journal->changes, i);

          g_assert_nonnull (nj_proxy_journal_find (whole, change->group, change->key));
          g_assert_cmpstr (change->old, ==, nj_proxy_journal_find (whole, change->group, change->key)->old);
        }
    }
}

static void
test_missing (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) broken = NULL;

  g_assert_true (g_file_set_contents (f->path, "rubbish\n", -1, NULL));
  g_assert_null (nj_proxy_journal_read (f->path, &broken));
  g_assert_error (broken, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_BROKEN);
  g_remove (f->path);
  g_assert_null (nj_proxy_journal_read (f->path, &missing));
  g_assert_error (missing, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_MISSING);
}

#define CASE(name, function) g_test_add ("/desktop/proxy-journal/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("round-trip", test_round_trip);
  CASE ("owner", test_owner);
  CASE ("cut-anywhere", test_cut_anywhere);
  CASE ("flipped-anywhere", test_flipped_anywhere);
  CASE ("missing", test_missing);
  return g_test_run ();
}
