/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The authority for HTTPS while the service runs: two months before its end the next one is made, and whoever
 * watches is told what was given out before; at its end the next one signs.
 */
#include "settings/inspect.h"

#include "base/clock.h"

#include <string.h>

#define DAY (24 * 3600 * (gint64) G_USEC_PER_SEC)

static gint64 ahead; /* µs that the clock of a test is ahead of the machine's */

static gint64
wall (void)
{
  return g_get_real_time () + ahead;
}

static const NjClock test_clock = { g_get_monotonic_time, wall };

static void
on_renewed (const char *pem_before, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (pem_before));
}

static guint
count_certificates (const char *pem)
{
  guint n = 0;

  for (const char *at = strstr (pem, "BEGIN CERT"); at != NULL; at = strstr (at + 1, "BEGIN CERT"))
    n++;
  return n;
}

static void
test_renewal (void)
{
  g_autofree char *folder = g_dir_make_tmp ("nightjar-inspect-XXXXXX", NULL);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", folder);
  g_autofree char *file = g_build_filename (folder, "settings.ini", NULL);
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  NjFolders  *folders = nj_folders_new (folder);
  NjPlane    *plane = nj_plane_new (NJ_BYTES ("127.0.0.1"), 0, 1, NULL);
  NjSettings *settings = nj_settings_load (file, complaints, NULL);
  NjInspect  *inspect;
  gint64      ends;

  nj_clock_replace (&test_clock);
  inspect = nj_inspect_new (settings, folders, plane);
  nj_inspect_watch (inspect, on_renewed, told);
  g_assert_false (nj_inspect_renew (inspect));

  g_assert_true (nj_inspect_set (inspect, TRUE, NULL));
  name = g_strdup (nj_inspect_certificate (inspect));
  ends = nj_inspect_ends (inspect);
  g_assert_cmpuint (count_certificates (name), ==, 1);
  g_assert_false (nj_inspect_renew (inspect));

  ahead = ends * G_USEC_PER_SEC - g_get_real_time () - 30 * DAY;
  g_assert_true (nj_inspect_renew (inspect));
  g_assert_cmpuint (told->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (told, 0), ==, name);
  g_assert_cmpuint (count_certificates (nj_inspect_certificate (inspect)), ==, 2);
  g_assert_cmpint (nj_inspect_ends (inspect), ==, ends);
  g_assert_false (nj_inspect_renew (inspect));

  ahead += 40 * DAY;
  g_assert_true (nj_inspect_renew (inspect));
  g_assert_cmpuint (told->len, ==, 2);
  g_assert_cmpint (nj_inspect_ends (inspect), >, ends);

  nj_inspect_free (inspect);
  nj_plane_free (plane);
  nj_settings_free (settings);
  nj_folders_free (folders);
  nj_clock_replace (NULL);
  g_assert_cmpint (system (command), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/inspect/renewal", test_renewal);
  return g_test_run ();
}
