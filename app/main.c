/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Start of the program nightjar: translations, the profile, then the application. Main thread.
 */
#include "app/application.h"
#include "app/launch.h"

#include <glib/gi18n.h>
#include <locale.h>

/* The profile decides the application's id, so it is read before GApplication reads anything. */
static char *
take_profile (int *argc, char ***argv, GError **error)
{
  char                      *profile = NULL;
  const GOptionEntry         entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &profile, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, argc, argv, error))
    g_clear_pointer (&profile, g_free);

  return profile;
}

static void
translate (void)
{
  g_autofree char *folder = nj_launch_translations ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  bind_textdomain_codeset ("iso_3166", "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError)        error = NULL;
  g_autofree char          *profile = NULL;
  g_autofree char          *absolute = NULL;
  g_autoptr (NjApplication) application = NULL;

  translate ();
  profile = take_profile (&argc, &argv, &error);
  if (error != NULL)
    {
      g_printerr ("nightjar: %s\n", error->message);
      return 64;
    }

  absolute = profile != NULL ? g_canonicalize_filename (profile, NULL) : NULL;
  application = nj_application_new (absolute);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
