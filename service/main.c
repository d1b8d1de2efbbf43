/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjard: reads the command line, prepares the process and hands over to service.c.
 */
#include "service.h"

#include "settings/settings.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static gboolean
is_bus (const char *bus)
{
  return g_str_equal (bus, "session") || g_str_equal (bus, "none") || g_dbus_is_supported_address (bus, NULL);
}

/* FALSE: what is wrong was said. */
static gboolean
check (const NjServiceOptions *options, char **rest)
{
  g_autoptr (GError) error = NULL;

  if (rest != NULL && rest[0] != NULL)
    g_printerr ("nightjard: “%s” is one argument too many; see nightjard --help\n", rest[0]);
  else if (options->listen != NULL && !nj_settings_parse_listen (options->listen, NULL, NULL, &error))
    g_printerr ("nightjard: --listen: %s\n", error->message);
  else if (options->workers < 0 || options->workers > 64)
    g_printerr ("nightjard: --workers: a number from 1 to 64 is wanted\n");
  else if (options->bus != NULL && !is_bus (options->bus))
    g_printerr ("nightjard: --bus: “%s” is neither session nor none nor a bus address\n", options->bus);
  else
    return TRUE;

  return FALSE;
}

/* Each tunnel takes two descriptors, and the usual soft limit of 1024 stands for programs that use select(). */
static void
raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;

  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static int
run (const NjServiceOptions *options, gboolean is_verbose)
{
  /* Standard output holds the ready line and nothing else. */
  g_log_writer_default_set_use_stderr (TRUE);
  if (is_verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  signal (SIGPIPE, SIG_IGN);
  raise_descriptors ();

  return nj_service_run (options);
}

static int
parse_and_run (NjServiceOptions *options, int argc, char **argv)
{
  gboolean         is_verbose = FALSE;
  gboolean         wants_version = FALSE;
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("— the Nightjar service");
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &options->profile, "Keep everything under DIR", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options->listen, "Loopback address (127.0.0.1:8642); port 0 picks one", "HOST:PORT" },
    { "bus", 0, 0, G_OPTION_ARG_STRING, &options->bus, "Message bus: session, none or an address", "BUS" },
    { "workers", 0, 0, G_OPTION_ARG_INT, &options->workers, "Threads that carry connections (1)", "N" },
    { "no-desktop", 0, 0, G_OPTION_ARG_NONE, &options->no_desktop, "Leave the desktop's proxy settings alone", NULL },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Say more on standard error", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &wants_version, "Print the version and end", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, NULL },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("nightjard: %s\n", error->message);
      return NJ_SERVICE_USAGE;
    }
  if (wants_version)
    {
      printf ("nightjard %s\n", NJ_VERSION);
      return NJ_SERVICE_OK;
    }
  if (!check (options, rest))
    return NJ_SERVICE_USAGE;

  return run (options, is_verbose);
}

int
main (int argc, char **argv)
{
  NjServiceOptions options = { 0 };
  int              status;

  setlocale (LC_ALL, "");
  status = parse_and_run (&options, argc, argv);
  g_free (options.profile);
  g_free (options.listen);
  g_free (options.bus);
  return status;
}
