/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists that need no download: our own starter list, and those that the system's uBlock Origin package
 * brings. All are on unless the user says otherwise. Called by lists.c. Main thread.
 */
#include "settings/lists-known.h"

/* Where Debian and others put the assets of uBlock Origin. */
static const char *const folders[] = {
  "/usr/share/chromium/extensions/ublock-origin/assets",
  "/usr/share/webext/ublock-origin/assets",
  "/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net/assets",
};

/* uBlock Origin's own lists may rewrite, as there. */
static const NjListsKnown known_lists[] = {
  { NJ_LISTS_STARTER, "Nightjar starter list", NULL, TRUE },
  { "easylist", "EasyList", "thirdparties/easylist/easylist.txt", FALSE },
  { "easyprivacy", "EasyPrivacy", "thirdparties/easylist/easyprivacy.txt", FALSE },
  { "ubo-filters", "uBlock filters – Ads", "ublock/filters.min.txt", TRUE },
  { "ubo-badware", "uBlock filters – Badware risks", "ublock/badware.min.txt", TRUE },
  { "ubo-privacy", "uBlock filters – Privacy", "ublock/privacy.min.txt", TRUE },
  { "ubo-quick-fixes", "uBlock filters – Quick fixes", "ublock/quick-fixes.min.txt", TRUE },
  { "ubo-unbreak", "uBlock filters – Unbreak", "ublock/unbreak.min.txt", TRUE },
  { "urlhaus", "URLhaus malicious sites", "thirdparties/urlhaus-filter/urlhaus-filter-online.txt", FALSE },
  { "peter-lowe", "Peter Lowe’s ad and tracking server list", "thirdparties/pgl.yoyo.org/as/serverlist.txt", FALSE },
};

/**
 * nj_lists_known_all:
 * @ret_n: (out): how many
 *
 * Returns: (transfer none): all of them, whether they are here or not
 */
const NjListsKnown *
nj_lists_known_all (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (known_lists);
  return known_lists;
}

/**
 * nj_lists_known_path:
 * @known: a list with a path
 *
 * Returns: (transfer full) (nullable): where it lies on this machine, %NULL when it does not
 */
char *
nj_lists_known_path (const NjListsKnown *known)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (folders[i], known->path, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }

  return NULL;
}
