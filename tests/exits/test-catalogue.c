/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue: its file, imports that are taken whole or not at all, and who answers a country.
 */
#include "exits/catalogue-private.h"
#include "exits/subscription.h"

#include <glib/gstdio.h>

typedef struct
{
  char        *folder;
  char        *path;
  NjCatalogue *catalogue;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("nightjar-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "exits.ini", NULL);
  fixture->catalogue = nj_catalogue_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      if (g_unlink (path) != 0)
        g_rmdir (path);
    }
  g_rmdir (fixture->folder);
  nj_catalogue_free (fixture->catalogue);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
add (NjCatalogue *catalogue, const char *uri, const char *country, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, country, name, &error);

  g_assert_no_error (error);
  g_assert_true (nj_catalogue_add (catalogue, exit, &error));
  g_assert_no_error (error);
}

static const char *
id_at (NjCatalogue *catalogue, guint i)
{
  g_autoptr (GPtrArray) list = nj_catalogue_list (catalogue);

  return g_intern_string (nj_exit_id (g_ptr_array_index (list, i)));
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NjCatalogue) again = nj_catalogue_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = NULL;
  g_autofree char *before = nj_catalogue_export (fixture->catalogue);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  GStatBuf status;

  g_assert_true (nj_catalogue_load (fixture->catalogue, fixture->path, &error));
  g_assert_cmpuint (nj_catalogue_size (fixture->catalogue), ==, 0);
  g_assert_true (nj_catalogue_save (fixture->catalogue, fixture->path, &error));
  g_assert_true (nj_catalogue_load (fixture->catalogue, fixture->path, &error));

  add (fixture->catalogue, "socks5://u:p%20w@[2001:db8::1]:1", "de", "Zuhause; ¼ [x] = y");
  add (fixture->catalogue, "https://h#sha256=00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", NULL, NULL);
  add (fixture->catalogue, "http://a,http://b", "fr", " spaces ");
  g_assert_true (nj_catalogue_save (fixture->catalogue, fixture->path, &error));
  g_assert_no_error (error);
  g_stat (fixture->path, &status);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  g_assert_true (nj_catalogue_load (again, fixture->path, &error));
  g_assert_no_error (error);
  one = nj_catalogue_export (fixture->catalogue);
  two = nj_catalogue_export (again);
  g_assert_cmpstr (one, ==, two);
  exit = nj_catalogue_find (again, id_at (again, 0));
  g_assert_cmpstr (nj_exit_name (exit), ==, "Zuhause; ¼ [x] = y");

  /* A file that others could read is closed by the next save. */
  g_chmod (fixture->path, 0644);
  g_assert_true (nj_catalogue_save (fixture->catalogue, fixture->path, &error));
  g_stat (fixture->path, &status);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  static const char text[] = "[exit 1]\nuri=http://good\ncountry=DE\n[exit 2]\nuri=ftp://bad\n[exit 3]\nuri=http://also\n";
  g_autofree char *aside = g_strconcat (fixture->path, ".damaged", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (fixture->path, text, -1, NULL);
  g_assert_false (nj_catalogue_load (fixture->catalogue, fixture->path, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "[exit 2]"));
  g_assert_nonnull (strstr (error->message, ".damaged"));
  g_assert_cmpuint (nj_catalogue_size (fixture->catalogue), ==, 2);
  g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, text);

  g_clear_error (&error);
  g_file_set_contents (fixture->path, "[exit\0\1\2", 8, NULL);
  g_assert_false (nj_catalogue_load (fixture->catalogue, fixture->path, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, ".damaged-2"));
  g_assert_cmpuint (nj_catalogue_size (fixture->catalogue), ==, 0);

  g_clear_error (&error);
  g_assert_true (nj_catalogue_save (fixture->catalogue, fixture->path, &error));
}

static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_mkdir (fixture->path, 0700);
  add (fixture->catalogue, "http://h", NULL, NULL);
  g_assert_false (nj_catalogue_load (fixture->catalogue, fixture->path, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_false (nj_catalogue_save (fixture->catalogue, fixture->path, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_rmdir (fixture->path);
}

static void
test_import (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (NJ_CATALOGUE_IMPORT_MAX + 1, '#');
  g_autofree char *all = NULL;

  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue,
                                         "\xef\xbb\xbf# mine\r\n\r\nhttp://a:1 DE My exit\r\n  socks5://b  se\n; no\n"
                                         "https://c Long name\nhttp://a:1 FR Other",
                                         &error), ==, 3);
  g_assert_no_error (error);
  all = nj_catalogue_export (fixture->catalogue);
  g_assert_cmpstr (all, ==, "http://a:1 FR Other\nsocks5://b:1080 SE b\nhttps://c:443 -- Long name\n");

  /* Nothing of a wrong list comes in. */
  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, "http://new\n\nftp://x\n", &error), ==, 0);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI);
  g_assert_true (g_str_has_prefix (error->message, "line 3: "));
  g_assert_cmpuint (nj_catalogue_size (fixture->catalogue), ==, 3);
  g_clear_error (&error);

  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, "# nothing\n", &error), ==, 0);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, large, &error), ==, 0);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);

  /* A list of lines is also a file. */
  g_file_set_contents (fixture->path, all, -1, NULL);
  g_clear_error (&error);
  g_assert_true (nj_catalogue_load (fixture->catalogue, fixture->path, &error));
  g_assert_cmpuint (nj_catalogue_size (fixture->catalogue), ==, 3);
}

static void
test_too_many (Fixture *fixture, gconstpointer data)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < NJ_CATALOGUE_MAX; i++)
    g_string_append_printf (text, "http://h%u\n", i);
  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, text->str, &error), ==, NJ_CATALOGUE_MAX);
  g_test_message ("%d exits in %d ms", NJ_CATALOGUE_MAX, (int) ((g_get_monotonic_time () - start) / 1000));
  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, "http://onemore\n", &error), ==, 0);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_assert_cmpuint (nj_catalogue_import (fixture->catalogue, "http://h1 DE Known\n", NULL), ==, 1);
  g_string_free (text, TRUE);
}

static void
test_choice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) none = nj_catalogue_fastest (fixture->catalogue, &error);
  NjExit *exits[4];

  g_assert_null (none);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);
  g_clear_error (&error);

  add (fixture->catalogue, "http://de1", "DE", NULL);
  add (fixture->catalogue, "http://de2", "DE", NULL);
  add (fixture->catalogue, "http://de3", "DE", NULL);
  add (fixture->catalogue, "http://gb", "GB", NULL);
  for (guint i = 0; i < 4; i++)
    exits[i] = nj_catalogue_find (fixture->catalogue, id_at (fixture->catalogue, i));

#define BEST(country, i)                                                                                             \
  G_STMT_START                                                                                                       \
  {                                                                                                                  \
    g_autoptr (NjExit) best = nj_catalogue_best_in_country (fixture->catalogue, country, NULL);                     \
    g_assert_true (best == exits[i]);                                                                                \
  }                                                                                                                  \
  G_STMT_END

  BEST ("de", 0);
  BEST ("UK", 3);
  nj_exit_dial_failed (exits[0], "x");
  BEST ("DE", 1);
  nj_exit_dial_succeeded (exits[2], 30000);
  BEST ("DE", 2);
  nj_exit_dial_succeeded (exits[1], 10000);
  BEST ("DE", 1);
  nj_exit_dial_failed (exits[3], "x");
  nj_exit_dial_failed (exits[3], "x");
  BEST ("GB", 3);
  none = nj_catalogue_fastest (fixture->catalogue, NULL);
  g_assert_true (none == exits[1]);
  g_assert_null (nj_catalogue_best_in_country (fixture->catalogue, "FR", &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);

  {
    g_autoptr (GPtrArray) near = nj_catalogue_others (fixture->catalogue, exits[1], FALSE);
    g_autoptr (GPtrArray) all = nj_catalogue_others (fixture->catalogue, exits[1], TRUE);

    g_assert_cmpuint (near->len, ==, 2);
    g_assert_true (near->pdata[0] == exits[2] && near->pdata[1] == exits[0]);
    g_assert_cmpuint (all->len, ==, 3);
    g_assert_true (all->pdata[2] == exits[3]);
  }

  g_assert_true (nj_catalogue_remove (fixture->catalogue, nj_exit_id (exits[1])));
  g_assert_false (nj_catalogue_remove (fixture->catalogue, nj_exit_id (exits[1])));
  g_assert_null (nj_catalogue_find (fixture->catalogue, nj_exit_id (exits[1])));
  BEST ("DE", 2);
  for (guint i = 0; i < 4; i++)
    nj_exit_unref (exits[i]);
}

static char *
joined (char **places)
{
  char *text = g_strjoinv (" ", places);

  g_strfreev (places);
  return text;
}

#define ASSERT_PLACES(places, wanted)                          \
  G_STMT_START                                                 \
  {                                                            \
    g_autofree char *have = joined (places);                   \
    g_assert_cmpstr (have, ==, wanted);                        \
  }                                                            \
  G_STMT_END

static void
test_places (Fixture *fixture, gconstpointer data)
{
  NjCatalogue *c = fixture->catalogue;
  g_autoptr (GError) error = NULL;
  g_autoptr (NjCatalogue) again = nj_catalogue_new ();
  const char *ids[4] = { NULL };
  g_autofree char *two = NULL;

  g_assert_false (nj_catalogue_set_favourite (c, "DE", TRUE, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);
  g_clear_error (&error);
  add (c, "http://de", "DE", NULL);
  add (c, "http://fr", "FR", NULL);
  add (c, "http://se", "SE", NULL);
  for (guint i = 0; i < 3; i++)
    ids[i] = id_at (c, i);

  g_assert_true (nj_catalogue_set_favourite (c, ids[1], TRUE, NULL));
  g_assert_true (nj_catalogue_set_favourite (c, "DE", TRUE, NULL));
  g_assert_true (nj_catalogue_set_favourite (c, "DE", TRUE, NULL));
  g_assert_true (nj_catalogue_set_favourite (c, "XX", FALSE, NULL));
  g_assert_true (nj_catalogue_is_favourite (c, "DE"));
  two = g_strconcat (ids[1], " DE", NULL);
  ASSERT_PLACES (nj_catalogue_favourites (c), two);
  {
    g_autoptr (GPtrArray) warm = nj_catalogue_favourite_exits (c);

    g_assert_cmpuint (warm->len, ==, 2);
    g_assert_cmpstr (nj_exit_id (warm->pdata[0]), ==, ids[1]);
    g_assert_cmpstr (nj_exit_id (warm->pdata[1]), ==, ids[0]);
  }

  for (guint i = 0; i < 3; i++)
    nj_catalogue_note_used (c, ids[i]);
  nj_catalogue_note_used (c, "SE");
  nj_catalogue_note_used (c, "direct");
  nj_catalogue_note_used (c, "FR");
  nj_catalogue_note_used (c, "DE");
  nj_catalogue_note_used (c, "SE");
  g_assert_cmpuint (c->recents->len, ==, NJ_CATALOGUE_RECENTS);

  /* All of it outlives the file; what goes takes its star along. */
  g_assert_true (nj_catalogue_save (c, fixture->path, NULL));
  g_assert_true (nj_catalogue_load (again, fixture->path, &error));
  g_assert_no_error (error);
  ASSERT_PLACES (nj_catalogue_favourites (again), two);
  g_assert_cmpstr (again->recents->pdata[0], ==, "SE");
  g_assert_true (nj_catalogue_remove (again, ids[1]));
  ASSERT_PLACES (nj_catalogue_favourites (again), "DE");
  g_assert_true (nj_catalogue_remove (again, ids[0]));
  ASSERT_PLACES (nj_catalogue_favourites (again), "");

  /* A file without exits is one all the same. */
  g_assert_true (nj_catalogue_remove (again, ids[2]));
  g_assert_true (nj_catalogue_save (again, fixture->path, NULL));
  g_assert_true (nj_catalogue_load (again, fixture->path, &error));
  g_assert_no_error (error);
}

static void
test_groups (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", " x", "a;b", "[a]", "@a", "a\nb", "\xff",
                                     "1234567890123456789012345678901234567890123456789012345678901" };
  NjCatalogue *c = fixture->catalogue;
  const char  *ids[] = { NULL, NULL, NULL };
  const char  *gone[] = { "000000000000", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) best = NULL;

  add (c, "http://de", "DE", NULL);
  add (c, "http://fr", "FR", NULL);
  ids[0] = id_at (c, 0);
  ids[1] = id_at (c, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (nj_catalogue_set_group (c, bad[i], ids, &error));
      g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI);
      g_clear_error (&error);
    }
  g_assert_false (nj_catalogue_set_group (c, "Arbeit", gone, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);
  g_clear_error (&error);

  g_assert_true (nj_catalogue_set_group (c, "Arbeit ü", ids, &error));
  g_assert_true (nj_catalogue_set_favourite (c, "@Arbeit ü", TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (nj_catalogue_save (c, fixture->path, NULL));
  g_assert_true (nj_catalogue_load (c, fixture->path, &error));
  g_assert_no_error (error);
  ASSERT_PLACES (nj_catalogue_groups (c), "Arbeit ü");
  ASSERT_PLACES (nj_catalogue_favourites (c), "@Arbeit ü");

  best = nj_catalogue_best (c, "@Arbeit ü", NULL);
  g_assert_cmpstr (nj_exit_id (best), ==, ids[0]);
  nj_exit_dial_failed (best, "x");
  g_clear_pointer (&best, nj_exit_unref);
  best = nj_catalogue_best (c, "@Arbeit ü", NULL);
  g_assert_cmpstr (nj_exit_id (best), ==, ids[1]);

  g_assert_true (nj_catalogue_set_group (c, "Arbeit ü", NULL, NULL));
  ASSERT_PLACES (nj_catalogue_favourites (c), "");
  g_assert_null (nj_catalogue_best (c, "@Arbeit ü", &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);
}

static GPtrArray *
exits_of (const char *text)
{
  g_autoptr (NjCatalogue) c = nj_catalogue_new ();

  nj_catalogue_import (c, text, NULL);
  return nj_catalogue_list (c);
}

static guint
apply (NjCatalogue *c, NjSubscription *s, const char *text, const char *kept_id)
{
  g_autoptr (GPtrArray) fresh = exits_of (text);
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);

  if (kept_id != NULL)
    g_hash_table_add (kept, (char *) kept_id);
  g_assert_true (nj_subscription_apply (c, s, fresh, kept, NULL));
  return nj_catalogue_size (c);
}

static void
test_subscription (Fixture *fixture, gconstpointer data)
{
  NjCatalogue    *c = fixture->catalogue;
  NjSubscription *s = nj_subscription_add (c, "https://exits.example/list", NULL, NULL);
  NjSubscription *other = nj_subscription_add (c, "https://other.example/list", "Other", NULL);
  g_autoptr (NjExit) de = NULL;
  g_autoptr (NjExit) again = NULL;
  g_autoptr (GError) error = NULL;
  const char *de_id;
  g_autofree char *id = g_strdup (s->id);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpstr (s->name, ==, "exits.example");
  g_assert_null (nj_subscription_add (c, "https://x/\n", NULL, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI);
  g_clear_error (&error);
  add (c, "http://own", "SE", "Mine");
  g_assert_cmpuint (apply (c, s, "http://de DE\nhttp://fr FR\nhttp://own FR Theirs\n", NULL), ==, 3);
  g_assert_cmpstr (nj_subscription_of (c, id_at (c, 0)), ==, "");
  g_assert_cmpstr (nj_subscription_of (c, id_at (c, 1)), ==, s->id);

  /* Also in a second list: it stays as long as the first one has it, which it was here because of. */
  g_assert_cmpuint (apply (c, other, "http://fr SE\nhttp://no NO\n", NULL), ==, 4);

  /* The same again keeps its health; a new password comes in; what left is gone. */
  de_id = id_at (c, 1);
  de = nj_catalogue_find (c, de_id);
  g_assert_cmpuint (apply (c, s, "http://de DE\nhttp://fr FR\n", NULL), ==, 4);
  again = nj_catalogue_find (c, de_id);
  g_assert_true (again == de);
  g_assert_true (nj_catalogue_set_favourite (c, "FR", TRUE, NULL));
  g_assert_cmpuint (apply (c, s, "http://de DE\n", NULL), ==, 3);

  /* All of it outlives the file. What is in use stays until it is not. */
  g_assert_true (nj_catalogue_save (c, fixture->path, NULL));
  g_assert_true (nj_catalogue_load (c, fixture->path, &error));
  g_assert_no_error (error);
  s = nj_subscription_find (c, id);
  g_assert_nonnull (s);
  g_assert_cmpuint (apply (c, s, "http://new DE\n", de_id), ==, 4);
  g_assert_cmpuint (apply (c, s, "http://new DE\n", NULL), ==, 3);

  /* Added by hand, an exit is the user's, whoever had it before. */
  add (c, "http://new", "DE", "Mine now");
  g_assert_cmpuint (apply (c, s, "http://else DE\n", NULL), ==, 4);
  g_assert_true (nj_subscription_remove (c, id, FALSE, none));
  g_assert_false (nj_subscription_remove (c, id, FALSE, none));
  g_assert_cmpuint (nj_catalogue_size (c), ==, 3);
}

static void
test_subscription_is_whole_or_not (Fixture *fixture, gconstpointer data)
{
  NjCatalogue    *c = fixture->catalogue;
  NjSubscription *s = nj_subscription_add (c, "https://exits.example/list", NULL, NULL);
  GString        *text = g_string_new (NULL);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) many = NULL;
  g_autoptr (GError) error = NULL;

  add (c, "http://own", "SE", "Mine");
  for (guint i = 0; i < NJ_CATALOGUE_MAX; i++)
    g_string_append_printf (text, "http://h%u\n", i);
  many = exits_of (text->str);
  g_assert_cmpuint (many->len, ==, NJ_CATALOGUE_MAX);
  g_assert_false (nj_subscription_apply (c, s, many, none, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);
  g_assert_cmpuint (nj_catalogue_size (c), ==, 1);
  g_assert_cmpuint (g_hash_table_size (s->exits), ==, 0);
  g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/exits/catalogue/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/exits/catalogue/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/exits/catalogue/unreadable", Fixture, NULL, set_up, test_unreadable, tear_down);
  g_test_add ("/exits/catalogue/import", Fixture, NULL, set_up, test_import, tear_down);
  g_test_add ("/exits/catalogue/too-many", Fixture, NULL, set_up, test_too_many, tear_down);
  g_test_add ("/exits/catalogue/choice", Fixture, NULL, set_up, test_choice, tear_down);
  g_test_add ("/exits/catalogue/places", Fixture, NULL, set_up, test_places, tear_down);
  g_test_add ("/exits/catalogue/groups", Fixture, NULL, set_up, test_groups, tear_down);
  g_test_add ("/exits/catalogue/subscription", Fixture, NULL, set_up, test_subscription, tear_down);
  g_test_add ("/exits/catalogue/subscription-is-whole-or-not", Fixture, NULL, set_up, test_subscription_is_whole_or_not, tear_down);
  return g_test_run ();
}
