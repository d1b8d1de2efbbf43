/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl inspect: the switch for looking into HTTPS, and what turned out not to be inspectable.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <time.h>

/**
 * nj_ctl_inspection:
 * @ctl: the command line
 * @ret_inspection: (out) (transfer full): the service's interface for HTTPS
 *
 * Returns: %NJ_CTL_OK, or an exit status whose reason was said
 */
int
nj_ctl_inspection (NjCtl *ctl, NjDBusNightjar1Inspection **ret_inspection)
{
  g_autofree char *name = nj_folders_bus_name (ctl->folders);
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_open (ctl, FALSE);

  if (status != NJ_CTL_OK)
    return status;

  *ret_inspection = nj_dbus_nightjar1_inspection_proxy_new_sync (ctl->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, name,
                                                                 "/org/nightjar/Nightjar1", NULL, &error);
  return *ret_inspection != NULL ? NJ_CTL_OK : nj_ctl_fail (error);
}

static int
set (NjCtl *ctl, NjDBusNightjar1Inspection *inspection, gboolean is_on)
{
  g_autoptr (NjDBusNightjar1Inspection) after = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done = nj_dbus_nightjar1_inspection_call_set_enabled_sync (inspection, is_on, NULL, &error);
  const char *problem = "";

  /* A fresh one knows how it stands now. */
  if (is_done && is_on && nj_ctl_inspection (ctl, &after) == NJ_CTL_OK)
    problem = nj_dbus_nightjar1_inspection_get_problem (after);

  if (is_done && is_on && problem[0] != '\0')
    printf (_("HTTPS is looked into as soon as it can be: %s\n"), problem);
  else if (is_done && is_on)
    printf (_("HTTPS is looked into from now on, in new connections. Browsers must trust the authority: nightjarctl ca install\n"));
  return nj_ctl_done (is_done, &error);
}

static int
show (NjCtl *ctl, NjDBusNightjar1Inspection *inspection)
{
  gboolean    is_on = nj_dbus_nightjar1_inspection_get_enabled (inspection);
  const char *problem = nj_dbus_nightjar1_inspection_get_problem (inspection);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'enabled': <%b>, 'programs': <%s>, 'key': <%s>, 'problem': <%s>}", is_on,
                                             nj_dbus_nightjar1_inspection_get_programs (inspection),
                                             nj_dbus_nightjar1_inspection_get_certificate_key (inspection), problem));
  else if (!is_on)
    printf ("%s\n", _("HTTPS is not looked into: only hosts are judged."));
  else if (problem[0] != '\0')
    printf (_("HTTPS is not looked into, although it should be: %s\n"), problem);
  else
    printf ("%s\n", g_strcmp0 (nj_dbus_nightjar1_inspection_get_programs (inspection), "all") == 0
                        ? _("HTTPS is looked into, whatever the program.")
                        : _("HTTPS of browsers is looked into."));
  return NJ_CTL_OK;
}

static int
list_excluded (NjCtl *ctl, NjDBusNightjar1Inspection *inspection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) hosts = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char  *host, *reason;
  gint64       when;

  if (!nj_dbus_nightjar1_inspection_call_list_excluded_sync (inspection, &hosts, NULL, &error))
    return nj_ctl_fail (error);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, hosts);
  while (g_variant_iter_next (&iter, "(&s&sx)", &host, &reason, &when))
    {
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (when);
      g_autofree char *day = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : g_strdup ("");

      g_variant_builder_add_parsed (&builder, "{'host': <%s>, 'reason': <%s>, 'since': <%x>}", host, reason, when);
      if (ctl->is_json)
        continue;
      printf ("%s  %-20s ", day, reason);
      nj_ctl_print_text (host);
      printf ("\n");
    }

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_inspect:
 * @ctl: the command line
 * @arguments: what to do about HTTPS
 *
 * Returns: an exit status
 */
int
nj_ctl_inspect (NjCtl *ctl, char **arguments)
{
  static const char *const wishes[] = { "programs", "always", "never", "default", "program", "certificates", "tunnel", NULL };
  static const char *const words[] = { "on", "off", "status", "excluded", "retry", "list", NULL };
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (GError) error = NULL;
  const char *word = arguments[0];
  int status;

  if (word == NULL || (!g_strv_contains (words, word) && !g_strv_contains (wishes, word)) ||
      (g_strv_contains (words, word) && arguments[1] != NULL && !g_str_equal (word, "retry")))
    return nj_ctl_misused (
      _("inspect wants one of on, off, status, excluded, retry [HOST], list, programs, always, never, default, program, certificates SITE, "
        "tunnel SITE"));
  status = nj_ctl_inspection (ctl, &inspection);
  if (status != NJ_CTL_OK)
    return status;
  if ((g_str_equal (word, "certificates") || g_str_equal (word, "tunnel")) && arguments[1] != NULL)
    return nj_ctl_certificates_site (ctl, inspection, word, arguments[1]);
  if (!g_strv_contains (words, word))
    return nj_ctl_inspect_wish (inspection, arguments, &status)
               ? status
               : nj_ctl_misused (_("inspect wants programs browsers|all, always|never|default SITE, or program NAME always|never|default"));

  if (g_str_equal (word, "on") || g_str_equal (word, "off"))
    return set (ctl, inspection, g_str_equal (word, "on"));
  if (g_str_equal (word, "status"))
    return show (ctl, inspection);
  if (g_str_equal (word, "excluded"))
    return list_excluded (ctl, inspection);
  if (g_str_equal (word, "list"))
    return nj_ctl_inspect_list (ctl, inspection);
  return nj_ctl_done (nj_dbus_nightjar1_inspection_call_forget_excluded_sync (inspection, arguments[1] != NULL ? arguments[1] : "",
                                                                              NULL, &error),
                      &error);
}
