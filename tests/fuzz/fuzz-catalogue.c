/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of exits, their groups, starred places and subscriptions: whatever stands in it, what is
 * saved of it is read whole, and saves as the same.
 */
#include "exits/catalogue.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* In memory: each input is a few files. */
static char *
path_of (const char *name)
{
  const char *folder = g_access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();

  return g_strdup_printf ("%s/nightjar-fuzz-%d-%s", folder, (int) getpid (), name);
}

static void
read_places (NjCatalogue *catalogue)
{
  g_auto (GStrv) groups = nj_catalogue_groups (catalogue);
  g_auto (GStrv) stars = nj_catalogue_favourites (catalogue);
  g_auto (GStrv) recents = nj_catalogue_recents (catalogue);
  g_autoptr (GPtrArray) starred = nj_catalogue_favourite_exits (catalogue);

  g_assert_cmpuint (nj_catalogue_size (catalogue), <=, NJ_CATALOGUE_MAX);
  g_assert_cmpuint (g_strv_length (groups), <=, NJ_CATALOGUE_GROUPS);
  g_assert_cmpuint (g_strv_length (stars), <=, NJ_CATALOGUE_FAVOURITES);
  g_assert_cmpuint (g_strv_length (recents), <=, NJ_CATALOGUE_RECENTS);
  g_assert_cmpuint (starred->len, <=, g_strv_length (stars));
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) exits = nj_catalogue_group_exits (catalogue, groups[i]);

      g_assert_true (nj_catalogue_group_is_name (groups[i]));
      g_assert_true (exits == NULL || exits->len <= nj_catalogue_size (catalogue));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
  g_autoptr (NjCatalogue) again = nj_catalogue_new ();
  g_autofree char *path = path_of ("exits");
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents_full (path, (const char *) data, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_true (nj_catalogue_load (catalogue, path, &error) == (error == NULL));
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
  g_unlink (aside);
  read_places (catalogue);

  g_clear_error (&error);
  g_assert_true (nj_catalogue_save (catalogue, path, &error));
  g_assert_true (g_file_get_contents (path, &first, NULL, NULL));
  if (!nj_catalogue_load (again, path, &error))
    g_error ("what was saved is not read: %s\n%s", error->message, first);
  g_assert_cmpuint (nj_catalogue_size (again), ==, nj_catalogue_size (catalogue));
  read_places (again);
  g_assert_true (nj_catalogue_save (again, path, NULL));
  g_assert_true (g_file_get_contents (path, &second, NULL, NULL));
  g_assert_cmpstr (first, ==, second);
  g_unlink (path);
  return 0;
}
