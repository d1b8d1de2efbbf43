/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The system's own store of certificates: one file for each of ours in the folder that the distribution
 * keeps for its administrator, then its program that makes lists of them. A last step, for programs that
 * are no browsers, and only when the user says so. Whoever calls it is root, but for the looking.
 */
#include "desktop/trust-store-system.h"

#include <glib/gstdio.h>
#include <string.h>

/* So that they are found again when nothing else is known of them. */
#define OURS "nightjar-"
#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static const struct
{
  const char *folder;
  const char *program[3];
} systems[] = {
  { "/usr/local/share/ca-certificates", { "update-ca-certificates", "--fresh", NULL } }, /* Debian, Ubuntu, Alpine */
  { "/etc/pki/ca-trust/source/anchors", { "update-ca-trust", "extract", NULL } },        /* Fedora */
  { "/etc/ca-certificates/trust-source/anchors", { "update-ca-trust", NULL } },          /* Arch */
  { "/etc/pki/trust/anchors", { "update-ca-certificates", NULL } },                      /* openSUSE */
};

static int
find_system (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (systems); i++)
    if (g_file_test (systems[i].folder, G_FILE_TEST_IS_DIR))
      return (int) i;
  return -1;
}

/**
 * nj_trust_store_system_folder:
 *
 * Returns: (transfer full) (nullable): where an administrator puts certificates, %NULL when that is not known here
 */
char *
nj_trust_store_system_folder (void)
{
  int system = find_system ();

  return system >= 0 ? g_strdup (systems[system].folder) : NULL;
}

/* The certificates in a text, each by itself. */
static GPtrArray *
split (const char *pem)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);

  for (const char *at = strstr (pem, BEGIN); at != NULL; at = strstr (at, BEGIN))
    {
      const char *end = strstr (at, END);

      if (end == NULL)
        break;
      end += strlen (END);
      g_ptr_array_add (list, g_strdup_printf ("%.*s\n", (int) (end - at), at));
      at = end;
    }
  return list;
}

static char *
path_of (const char *folder, const char *certificate)
{
  g_autofree char *fingerprint = nj_trust_store_fingerprint (certificate);
  g_autofree char *name = fingerprint != NULL ? g_strdup_printf (OURS "%.16s.crt", fingerprint) : NULL;

  return name != NULL ? g_build_filename (folder, name, NULL) : NULL;
}

/**
 * nj_trust_store_system_has:
 * @pem: the authority's certificate
 *
 * Returns: whether this system trusts it
 */
gboolean
nj_trust_store_system_has (const char *pem)
{
  g_autofree char *folder = nj_trust_store_system_folder ();
  g_autoptr (GPtrArray) certificates = split (pem);
  g_autofree char *path = NULL;

  if (folder == NULL || certificates->len == 0)
    return FALSE;
  path = path_of (folder, g_ptr_array_index (certificates, 0));
  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
make_lists (int system, GError **error)
{
  g_autofree char *said = NULL;
  int status;

  if (!g_spawn_sync (NULL, (char **) systems[system].program, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &said, &status, error))
    return FALSE;
  if (g_spawn_check_wait_status (status, NULL))
    return TRUE;
  g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_FAILED, "%s failed: %s", systems[system].program[0], g_strchomp (said));
  return FALSE;
}

static gboolean
fail_without_system (GError **error)
{
  g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_FAILED,
               "this system keeps its certificates where Nightjar knows of no place");
  return FALSE;
}

/* Every file of ours; whatever else an administrator put there stays. */
static gboolean
remove_files (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, OURS) && g_str_has_suffix (name, ".crt") && g_unlink (path) != 0)
        {
          g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_FAILED, "%s cannot be removed", path);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * nj_trust_store_system_install:
 * @pem: the authority's certificate, and perhaps the next one's
 * @error: why not
 *
 * In place of any that were there before.
 *
 * Returns: whether all programs trust it that have no list of their own
 */
gboolean
nj_trust_store_system_install (const char *pem, GError **error)
{
  int system = find_system ();
  g_autoptr (GPtrArray) certificates = split (pem);

  if (system < 0)
    return fail_without_system (error);
  if (certificates->len == 0)
    {
      g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_NO_CERTIFICATE, "there is no certificate");
      return FALSE;
    }
  if (!remove_files (systems[system].folder, error))
    return FALSE;

  for (guint i = 0; i < certificates->len; i++)
    {
      const char      *certificate = g_ptr_array_index (certificates, i);
      g_autofree char *path = path_of (systems[system].folder, certificate);

      if (path == NULL)
        {
          g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_NO_CERTIFICATE, "what should be installed is no certificate");
          return FALSE;
        }
      if (!g_file_set_contents_full (path, certificate, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error))
        return FALSE;
    }
  return make_lists (system, error);
}

/**
 * nj_trust_store_system_remove:
 * @error: why not
 *
 * Every one of ours, whether or not its key is still there.
 *
 * Returns: whether none is left
 */
gboolean
nj_trust_store_system_remove (GError **error)
{
  int system = find_system ();

  if (system < 0)
    return fail_without_system (error);
  return remove_files (systems[system].folder, error) && make_lists (system, error);
}
