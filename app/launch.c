/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds what belongs to this program when nothing is installed, and starts the service where the bus does not know
 * how: from a build tree, or with a profile of its own. Installed, D-Bus activation does this better. The
 * application calls it. Main thread.
 */
#include "app/launch.h"

#include <gio/gio.h>
#include <unistd.h>

static char *
own_folder (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  return self != NULL ? g_path_get_dirname (self) : NULL;
}

/**
 * nj_launch_find:
 * @name: a program of ours
 *
 * Looks beside this program, then where a build tree has it, then on the path. Main thread.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
nj_launch_find (const char *name)
{
  g_autofree char *folder = own_folder ();
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  g_autofree char *built = folder != NULL ? g_build_filename (folder, "..", "service", name, NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  if (built != NULL && g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);

  return g_find_program_in_path (name);
}

/**
 * nj_launch_translations:
 *
 * Main thread.
 *
 * Returns: (transfer full): the folder of the translations: the build tree's when this program runs from one
 */
char *
nj_launch_translations (void)
{
  g_autofree char *folder = own_folder ();
  g_autofree char *built = folder != NULL ? g_build_filename (folder, "..", "po", NULL) : NULL;
  g_autofree char *probe = built != NULL ? g_build_filename (built, "de", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL) : NULL;

  if (probe != NULL && g_file_test (probe, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&built);

  return g_strdup (NJ_LOCALEDIR);
}

/* The service outlives us: a session of its own, so that a terminal's Ctrl-C ends only the window. */
static void
leave_terminal (gpointer user_data)
{
  setsid ();
}

/**
 * nj_launch_service:
 * @profile: (nullable): a profile folder, %NULL for the user's own
 * @error: why it could not be started
 *
 * Main thread.
 *
 * Returns: whether it was started; whether it then runs, the bus tells
 */
gboolean
nj_launch_service (const char *profile, GError **error)
{
  g_autofree char *program = nj_launch_find ("nightjard");
  const char      *arguments[] = { program, profile != NULL ? "--profile" : NULL, profile, NULL };

  if (program == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the program nightjard is not installed");
      return FALSE;
    }

  return g_spawn_async (NULL, (char **) arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, leave_terminal, NULL, NULL, error);
}
