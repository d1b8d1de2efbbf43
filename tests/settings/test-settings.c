/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings: what is refused and how it is said, what is kept, what is written.
 */
#include "settings/settings.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char      *folder;
  char      *path;
  GPtrArray *complaints;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->folder = g_dir_make_tmp ("nightjar-settings-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "settings.ini", NULL);
  f->complaints = g_ptr_array_new_with_free_func (g_free);
}

static void
remove_beside (Fixture *f, const char *suffix)
{
  g_autofree char *path = g_strconcat (f->path, suffix, NULL);

  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  remove_beside (f, "");
  remove_beside (f, ".good");
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_ptr_array_unref (f->complaints);
}

static NjSettings *
load (Fixture *f, const char *text)
{
  g_autoptr (GError) error = NULL;
  NjSettings *settings;

  if (text != NULL)
    g_assert_true (g_file_set_contents (f->path, text, -1, NULL));
  g_ptr_array_set_size (f->complaints, 0);
  settings = nj_settings_load (f->path, f->complaints, &error);
  g_assert_no_error (error);
  return settings;
}

static void
assert_complaint (Fixture *f, guint i, const char *expected)
{
  g_assert_cmpuint (f->complaints->len, >, i);
  g_assert_cmpstr (g_ptr_array_index (f->complaints, i), ==, expected);
}

static void
test_nothing_written (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, NULL);

  g_assert_cmpuint (f->complaints->len, ==, 0);
  g_assert_cmpint (settings->protection, ==, NJ_SWITCH_UNDECIDED);
  g_assert_cmpint (settings->head_bytes, ==, 65536);
  g_assert_cmpint (settings->client_idle, ==, 300 * G_USEC_PER_SEC);
  g_assert_cmpint (settings->exit_mode, ==, NJ_EXIT_MODE_DIRECT);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
test_all_kinds (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "[service]\nprotection=on\nlisten=[::1]:0\n[timeouts]\nconnect=0.25\n"
                                             "[limits]\nfields=50\n[exit]\nchoice=country\ncountry=SE\n[lists]\noff=easylist;urlhaus;\n");

  g_assert_cmpuint (f->complaints->len, ==, 0);
  g_assert_cmpint (settings->protection, ==, NJ_SWITCH_ON);
  g_assert_cmpstr (settings->listen, ==, "[::1]:0");
  g_assert_cmpint (settings->connect, ==, 250000);
  g_assert_cmpint (settings->fields, ==, 50);
  g_assert_cmpint (settings->exit_mode, ==, NJ_EXIT_MODE_COUNTRY);
  g_assert_cmpstr (settings->exit_country, ==, "SE");
  g_assert_cmpuint (g_strv_length (settings->lists_off), ==, 2);
}

static void
test_bad_value (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "# mine\n\n[service]\nprotection=on\n\n[timeouts]\nconnect = soon\ntransfer=5\n");

  g_assert_cmpuint (f->complaints->len, ==, 1);
  assert_complaint (f, 0, "settings.ini line 7: connect in [timeouts]: “soon” is not a number of seconds from 0.001 to 604800; "
                          "the standard value is used");
  g_assert_cmpint (settings->connect, ==, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (settings->transfer, ==, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (settings->protection, ==, NJ_SWITCH_ON);
}

static void
test_bad_value_each (Fixture *f, gconstpointer unused)
{
  static const char *const bad[] = {
    "[service]\nprotection=perhaps\n",     "[service]\nlisten=0.0.0.0:8642\n",    "[service]\nlisten=8642\n",
    "[service]\nworkers=0\n",              "[service]\nworkers=1e3\n",            "[service]\nowner-only=yes please\n",
    "[limits]\nhead-bytes=-1\n",           "[limits]\nfields=99999999999999999999\n", "[timeouts]\nconnect=nan\n",
    "[timeouts]\nconnect=0x10\n",          "[timeouts]\nconnect=-5\n",            "[timeouts]\nconnect=\n",
    "[exit]\ncountry=Sweden\n",            "[exit]\nchoice=somewhere\n",          "[privacy]\nprofile=paranoid\n",
    "[timeouts]\nconnect=1.2.3\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (NjSettings) settings = load (f, bad[i]);
      g_autoptr (NjSettings) standard = nj_settings_new ();

      g_test_message ("%s", bad[i]);
      g_assert_cmpuint (f->complaints->len, ==, 1);
      g_assert_true (g_str_has_prefix (g_ptr_array_index (f->complaints, 0), "settings.ini line 2: "));
      g_assert_cmpint (settings->connect, ==, standard->connect);
      g_assert_cmpint (settings->fields, ==, standard->fields);
      g_assert_cmpint (settings->workers, ==, standard->workers);
    }
}

/* A misspelt choice of exit must not become the direct way. */
static void
test_bad_choice_fails_closed (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "[exit]\nchoice=contry\ncountry=SE\n");

  g_assert_cmpuint (f->complaints->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (f->complaints, 0), "the safe value is used"));
  g_assert_cmpint (settings->exit_mode, ==, NJ_EXIT_MODE_EXIT);
  g_assert_cmpstr (settings->exit_id, ==, "");
}

static void
test_last_good (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) good = load (f, "[timeouts]\nconnect=7\n");
  g_autoptr (NjSettings) bad = load (f, "[timeouts]\nconnect=seven\n[limits]\nfields=60\n");

  g_assert_cmpuint (f->complaints->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (f->complaints, 0), "the last good value is used"));
  g_assert_cmpint (bad->connect, ==, 7 * G_USEC_PER_SEC);
  g_assert_cmpint (bad->fields, ==, 60);
}

static void
assert_holds (Fixture *f, const char *line)
{
  g_autofree char *text = NULL;
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);
  g_autofree char *padded = NULL;

  g_assert_true (g_file_get_contents (f->path, &text, NULL, NULL));
  padded = g_strconcat ("\n", text, "\n", NULL);
  g_test_message ("looking for %s in %s", line, text);
  g_assert_nonnull (strstr (padded, whole));
}

static void
test_unknown_kept (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "# a word of mine\n[service]\ncolour=blue\n[future]\nx=1\n");

  g_assert_cmpuint (f->complaints->len, ==, 2);
  assert_complaint (f, 0, "settings.ini line 3: colour in [service]: unknown, kept as it is");
  settings->protection = NJ_SWITCH_ON;
  g_assert_true (nj_settings_save (settings, NULL));
  assert_holds (f, "# a word of mine");
  assert_holds (f, "colour=blue");
  assert_holds (f, "x=1");
  assert_holds (f, "protection=on");
}

static void
test_bad_value_stays_to_be_seen (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "[timeouts]\nconnect=soon\n");

  settings->protection = NJ_SWITCH_ON;
  g_assert_true (nj_settings_save (settings, NULL));
  assert_holds (f, "connect=soon");
  settings->connect = 3 * G_USEC_PER_SEC;
  g_assert_true (nj_settings_save (settings, NULL));
  assert_holds (f, "connect=3");
}

static void
test_edits_by_hand_stay (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "[timeouts]\nconnect=4\n");

  /* While the service runs the user writes into the file. */
  g_assert_true (g_file_set_contents (f->path, "[timeouts]\nconnect=9\n", -1, NULL));
  settings->protection = NJ_SWITCH_ON;
  g_assert_true (nj_settings_save (settings, NULL));
  settings->protection = NJ_SWITCH_OFF;
  g_assert_true (nj_settings_save (settings, NULL));
  assert_holds (f, "connect=9");
  assert_holds (f, "protection=off");
}

static void
test_unreadable (Fixture *f, gconstpointer unused)
{
  static const char *const broken[] = { "no group = here\n", "[service\nprotection=on\n", "[service]\nwhat is this\n", "\xff\xfe[\n" };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *after = NULL;
      NjSettings *settings;

      g_assert_true (g_file_set_contents (f->path, broken[i], -1, NULL));
      settings = nj_settings_load (f->path, f->complaints, &error);
      g_assert_null (settings);
      g_assert_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE);
      g_assert_true (g_str_has_prefix (error->message, "settings.ini cannot be read: "));
      g_assert_true (g_file_get_contents (f->path, &after, NULL, NULL));
      g_assert_cmpstr (after, ==, broken[i]);
    }
}

static void
test_not_a_file (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (f->path, 0700), ==, 0);
  g_assert_null (nj_settings_load (f->path, f->complaints, &error));
  g_assert_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE);
  g_assert_cmpint (g_rmdir (f->path), ==, 0);
}

static void
test_saved_whole (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSettings) settings = load (f, "[service]\nprotection=off\n");
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  settings->protection = NJ_SWITCH_ON;
  g_assert_true (nj_settings_save (settings, NULL));
  g_assert_cmpint (g_stat (f->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  /* A file that has become unreadable meanwhile is not written over. */
  g_assert_true (g_file_set_contents (f->path, "[broken\n", -1, NULL));
  settings->protection = NJ_SWITCH_OFF;
  g_assert_false (nj_settings_save (settings, &error));
  g_assert_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE);
  assert_holds (f, "[broken");
}

static void
test_listen (void)
{
  static const char *const good[] = { "127.0.0.1:8642", "127.0.0.2:0", "[::1]:65535", "localhost:80", ":0" };
  static const char *const bad[] = { "",        "8642",          "0.0.0.0:80",  "192.168.1.1:80",  "[::]:80", "127.0.0.1:",
                                     "::1:80x", "127.0.0.1:65536", "example:80", "127.0.0.1:-1", "127.0.0.1: 80" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (nj_settings_parse_listen (good[i], NULL, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (nj_settings_parse_listen (bad[i], NULL, NULL, NULL));
    }
}

#define CASE(name, function) g_test_add ("/settings/settings/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("nothing-written", test_nothing_written);
  CASE ("all-kinds", test_all_kinds);
  CASE ("bad-value", test_bad_value);
  CASE ("bad-value-each", test_bad_value_each);
  CASE ("bad-choice-fails-closed", test_bad_choice_fails_closed);
  CASE ("last-good", test_last_good);
  CASE ("unknown-kept", test_unknown_kept);
  CASE ("bad-value-stays-to-be-seen", test_bad_value_stays_to_be_seen);
  CASE ("edits-by-hand-stay", test_edits_by_hand_stay);
  CASE ("unreadable", test_unreadable);
  CASE ("not-a-file", test_not_a_file);
  CASE ("saved-whole", test_saved_whole);
  g_test_add_func ("/settings/settings/listen", test_listen);
  return g_test_run ();
}
