/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where browsers keep the certificates that they trust: NSS databases, one for all of Chromium's kin
 * in each sandbox, one for each profile of Firefox, LibreWolf and Thunderbird. Only looks. Any
 * thread.
 */
#include "desktop/trust-store-places.h"

/* The database itself; the older "cert8.db" is of versions that nobody should run. */
#define DATABASE "cert9.db"

typedef struct
{
  const char *name;
  const char *path; /* below the home folder */
} Root;

/* Folders that hold profiles. */
static const Root profile_roots[] = {
  { "Firefox", ".mozilla/firefox" },
  { "Firefox", ".config/mozilla/firefox" },
  { "Firefox, snap", "snap/firefox/common/.mozilla/firefox" },
  { "Firefox, Flatpak", ".var/app/org.mozilla.firefox/.mozilla/firefox" },
  { "Firefox, Flatpak", ".var/app/org.mozilla.firefox/config/mozilla/firefox" },
  { "LibreWolf", ".librewolf" },
  { "LibreWolf, Flatpak", ".var/app/io.gitlab.librewolf-community/.librewolf" },
  { "Thunderbird", ".thunderbird" },
  { "Thunderbird, snap", "snap/thunderbird/common/.thunderbird" },
  { "Thunderbird, Flatpak", ".var/app/org.mozilla.Thunderbird/.thunderbird" },
};

/* Folders of programs in sandboxes, and where in them Chromium's kin keep theirs. */
static const Root sandbox_roots[] = {
  { "snap", "snap" },
  { "Flatpak", ".var/app" },
};
static const char *const sandbox_paths[] = { "current/.pki/nssdb", ".pki/nssdb", "data/pki/nssdb", "current/.local/share/pki/nssdb" };

static gboolean
has_database (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, DATABASE, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
add (GPtrArray *places, char *name, const char *folder)
{
  NjTrustPlace *place = g_new0 (NjTrustPlace, 1);

  place->name = name;
  place->folder = g_strdup (folder);
  place->state = NJ_TRUST_STATE_UNKNOWN;
  place->problem = g_strdup ("");
  g_ptr_array_add (places, place);
}

static gboolean
has_place (GPtrArray *places, const char *folder)
{
  for (guint i = 0; i < places->len; i++)
    if (g_str_equal (((NjTrustPlace *) g_ptr_array_index (places, i))->folder, folder))
      return TRUE;

  return FALSE;
}

/* "abcd1234.default-release" is called by what follows the point. */
static void
add_profile (GPtrArray *places, const char *root_name, const char *folder)
{
  g_autofree char *base = g_path_get_basename (folder);
  const char      *dot = strchr (base, '.');

  if (has_database (folder) && !has_place (places, folder))
    add (places, g_strdup_printf ("%s (%s)", root_name, dot != NULL && dot[1] != '\0' ? dot + 1 : base), folder);
}

/* Profiles that their user keeps elsewhere. */
static void
add_from_ini (GPtrArray *places, const char *root_name, const char *root)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_build_filename (root, "profiles.ini", NULL);
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *folder = g_key_file_get_string (file, groups[i], "Path", NULL);
      g_autofree char *whole = NULL;

      if (folder == NULL)
        continue;
      whole = g_path_is_absolute (folder) ? g_strdup (folder) : g_build_filename (root, folder, NULL);
      add_profile (places, root_name, whole);
    }
}

static void
add_profiles (GPtrArray *places, const char *root_name, const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (root, name, NULL);

      add_profile (places, root_name, folder);
    }
  if (dir != NULL)
    add_from_ini (places, root_name, root);
}

static void
add_sandboxes (GPtrArray *places, const char *root_name, const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    for (guint i = 0; i < G_N_ELEMENTS (sandbox_paths); i++)
      {
        g_autofree char *folder = g_build_filename (root, name, sandbox_paths[i], NULL);

        if (has_database (folder))
          add (places, g_strdup_printf ("%s, %s", name, root_name), folder);
      }
}

/**
 * nj_trust_store_places_add:
 * @places: (element-type NjTrustPlace): gets what is found
 * @home: a home folder
 *
 * Chromium's own comes first and always: it is made when it is not there yet, for a browser that was
 * never started looks there later.
 */
void
nj_trust_store_places_add (GPtrArray *places, const char *home)
{
  g_autofree char *shared = g_build_filename (home, ".pki", "nssdb", NULL);
  g_autofree char *data = g_build_filename (home, ".local", "share", "pki", "nssdb", NULL);

  add (places, g_strdup ("Chromium, Chrome and their kin"), shared);
  if (has_database (data))
    add (places, g_strdup ("Chromium, Chrome and their kin (new folder)"), data);

  for (guint i = 0; i < G_N_ELEMENTS (sandbox_roots); i++)
    {
      g_autofree char *root = g_build_filename (home, sandbox_roots[i].path, NULL);

      add_sandboxes (places, sandbox_roots[i].name, root);
    }
  for (guint i = 0; i < G_N_ELEMENTS (profile_roots); i++)
    {
      g_autofree char *root = g_build_filename (home, profile_roots[i].path, NULL);

      add_profiles (places, profile_roots[i].name, root);
    }
}
