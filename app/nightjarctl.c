/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl: the command line. Finds the command, which one of the ctl-*.c carries out; nearly all of them
 * only call the service over D-Bus. What is not here yet is refused by name.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

typedef int (*Run) (NjCtl *ctl, char **arguments);

static const struct
{
  const char *word;
  Run         run;
  int         most; /* arguments, -1 any */
} commands[] = {
  { "status", nj_ctl_status, 0 }, { "on", nj_ctl_on, 0 },      { "off", nj_ctl_off, 0 },   { "pause", nj_ctl_pause, 1 },
  { "resume", nj_ctl_resume, 0 }, { "exit", nj_ctl_exit, -1 }, { "list", nj_ctl_list, -1 }, { "check", nj_ctl_check, 1 },
  { "log", nj_ctl_log, 0 },       { "proxy", nj_ctl_proxy, 1 },    { "ca", nj_ctl_ca, 3 },  { "inspect", nj_ctl_inspect, 3 },
  { "site", nj_ctl_site, -1 }, { "program", nj_ctl_program, 3 },    { "privacy", nj_ctl_privacy, 2 },
  { "portal", nj_ctl_portal, 2 },
  { "dns", nj_ctl_dns, -1 },
};

/* Promised, and not to be mistaken for a slip of the finger. */
static const char *const later[] = { "rule", "cache", "doctor", "export", "import", NULL };

static const char *
describe_commands (void)
{
  return _("Commands:\n"
           "  status                     exit status: 0 protected, 3 off, 4 paused, 5 blocked,\n"
           "                             6 service not running, 7 the desktop goes past Nightjar\n"
           "  on | off                   the switch\n"
           "  pause [5m|30m|1h] [--only filter|exit]\n"
           "  resume\n"
           "  exit list | use CODE-OR-ID-OR-@LIST | direct | fastest\n"
           "  exit add URI [--country CC] [--name NAME] | remove ID | test [ID…] | import FILE-OR-ADDRESS\n"
           "  exit subscription [list | add ADDRESS [--name NAME] | update [ID…] | remove ID [--keep]]\n"
           "                             lists of exits that are fetched; --keep: its exits become yours\n"
           "  exit favourite [PLACE…] | unfavourite PLACE…\n"
           "                             a place is CODE, ID or @LIST; starred ones are shown first\n"
           "  exit group [NAME [ID…]]    lists of exits of your own; NAME alone takes it away\n"
           "  exit level [open|closed|lockdown]\n"
           "                             what an exit that is down means: go directly, wait; lockdown:\n"
           "                             nothing ever leaves but through an exit\n"
           "  exit export [PLACE…] [--passwords]\n"
           "  site                       the sites that have a way of their own\n"
           "  site URL-OR-HOST exit CODE-OR-ID | direct | default\n"
           "                             a URL means its whole site, a host itself and all below it\n"
           "  privacy [off|standard|strict]\n"
           "  privacy URL-OR-HOST off|standard|strict|default\n"
           "                             what is done to requests and answers, for all sites and for one\n"
           "  privacy https-first strict|off|on | user-agent own|common | accept-language own|match\n"
           "  program [NAME-OR-PATH exit CODE-OR-ID-OR-@LIST | direct | default]\n"
           "                             programs that have a way of their own; that of a site counts first\n"
           "  portal [open HOST | close]\n"
           "                             reach the sign-in page of a network directly for five minutes\n"
           "  dns                        who resolves the names of what goes direct\n"
           "  dns system | dot HOST[:PORT] [ADDRESS…] [fallback] | doh URL [ADDRESS…] [fallback]\n"
           "                             fallback: where it cannot be had the system's resolver is asked\n"
           "  dns test                   whether that name server answers, and how soon\n"
           "  list list | on ID | off ID | add FILE-OR-ADDRESS | remove ID\n"
           "  list update [ID…] [--force]   --force takes a list that lost most of its rules\n"
           "  list show ID | trust ID on|off\n"
           "                             trusted lists may rewrite pages, not only block\n"
           "  list own [show|edit|check FILE]\n"
           "                             your own rules; check needs no service\n"
           "  check URL [--source URL] [--type TYPE] [--explain]\n"
           "  check --batch [--lists FILE[,FILE…]]\n"
           "                             reads lines “url TAB source TAB type”; needs no service\n"
           "  log [--follow] [--filter TEXT] [--since TIME] [--changes] [--detail] [--har FILE]\n"
           "                             --changes: what was changed in each, before and after; --detail: the site’s certificates\n"
           "  inspect on | off | status  look into HTTPS: needs a browser that trusts the authority\n"
           "  inspect programs browsers | all\n"
           "  inspect always | never | default SITE; inspect program NAME always | never | default; inspect list\n"
           "                             what is looked into whatever else is said, what never\n"
           "  inspect certificates SITE | tunnel SITE\n"
           "                             what a site showed; a tunnel to one that could not be verified\n"
           "  inspect excluded | retry [HOST]\n"
           "                             what turned out not to be inspectable\n"
           "  ca status | install | remove | replace | export [FILE]\n"
           "  ca system status | install | remove\n"
           "                             the same for programs that are no browsers; asks for an administrator\n"
           "                             whether browsers trust the authority; remove needs no service\n"
           "  proxy status | apply | restore [--if-owner-dead]\n"
           "                             the desktop’s proxy; restore needs no service");
}

static int
run_command (NjCtl *ctl)
{
  const char *word = ctl->rest != NULL ? ctl->rest[0] : NULL;

  if (word == NULL)
    return nj_ctl_misused (_("a command is wanted"));
  if (g_strv_contains (later, word))
    return nj_ctl_misused (_("%s is not available yet"), word);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (commands[i].word, word))
        continue;
      if (commands[i].most >= 0 && (int) g_strv_length (ctl->rest) - 1 > commands[i].most)
        return nj_ctl_misused (_("%s takes fewer arguments"), word);
      return commands[i].run (ctl, ctl->rest + 1);
    }

  return nj_ctl_misused (_("no command “%s”"), word);
}

static gboolean
parse (NjCtl *ctl, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (_("COMMAND — controls Nightjar"));
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &ctl->profile, N_("The service that was started with this folder"), "DIR" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &ctl->is_json, N_("Print for programs"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &ctl->wants_version, N_("Print the version and end"), NULL },
    { "only", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->only, NULL, NULL },
    { "country", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->country, NULL, NULL },
    { "name", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->name, NULL, NULL },
    { "keep", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->keeps, NULL, NULL },
    { "passwords", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->with_passwords, NULL, NULL },
    { "source", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->source, NULL, NULL },
    { "type", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->type, NULL, NULL },
    { "explain", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->explains, NULL, NULL },
    { "batch", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->is_batch, NULL, NULL },
    { "lists", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &ctl->lists, NULL, NULL },
    { "follow", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->follows, NULL, NULL },
    { "filter", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->filter, NULL, NULL },
    { "since", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &ctl->since, NULL, NULL },
    { "changes", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->shows_changes, NULL, NULL },
    { "detail", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->shows_detail, NULL, NULL },
    { "har", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &ctl->har, NULL, NULL },
    { "force", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->is_forced, NULL, NULL },
    { "if-owner-dead", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &ctl->if_owner_dead, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &ctl->rest, NULL, NULL },
    { NULL }
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_description (context, describe_commands ());
  if (g_option_context_parse (context, &argc, &argv, &error))
    return TRUE;

  nj_ctl_misused ("%s", error->message);
  return FALSE;
}

static void
clear (NjCtl *ctl)
{
  g_clear_object (&ctl->service);
  g_clear_object (&ctl->connection);
  g_clear_pointer (&ctl->folders, nj_folders_free);
  g_clear_pointer (&ctl->rest, g_strfreev);
  g_free (ctl->profile);
  g_free (ctl->only);
  g_free (ctl->country);
  g_free (ctl->name);
  g_free (ctl->source);
  g_free (ctl->type);
  g_free (ctl->lists);
  g_free (ctl->filter);
  g_free (ctl->since);
  g_free (ctl->har);
}

int
main (int argc, char **argv)
{
  NjCtl ctl = { 0 };
  int   status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, NJ_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (!parse (&ctl, argc, argv))
    status = NJ_CTL_USAGE;
  else if (ctl.wants_version)
    status = printf ("nightjarctl %s\n", NJ_VERSION) > 0 ? NJ_CTL_OK : NJ_CTL_FAILED;
  else
    {
      ctl.folders = nj_folders_new (ctl.profile);
      status = run_command (&ctl);
    }

  clear (&ctl);
  return status;
}
