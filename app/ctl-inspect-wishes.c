/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl inspect, as far as the user says what is looked into: browsers or all programs, which
 * sites and programs always or never.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static int
set_site (NjDBusNightjar1Inspection *inspection, const char *site, const char *wish)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_inspection_call_set_site_sync (inspection, site, wish, NULL, &error), &error);
}

static int
set_program (NjDBusNightjar1Inspection *inspection, const char *program, const char *wish)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_inspection_call_set_program_sync (inspection, program, wish, NULL, &error), &error);
}

static int
set_programs (NjDBusNightjar1Inspection *inspection, const char *programs)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_inspection_call_set_programs_sync (inspection, programs, NULL, &error), &error);
}

/**
 * nj_ctl_inspect_list:
 * @ctl: the command line
 * @inspection: the service's interface for HTTPS
 *
 * Prints what the user said.
 *
 * Returns: an exit status
 */
int
nj_ctl_inspect_list (NjCtl *ctl, NjDBusNightjar1Inspection *inspection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) wishes = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char  *kind, *name, *wish;

  if (!nj_dbus_nightjar1_inspection_call_list_wishes_sync (inspection, &wishes, NULL, &error))
    return nj_ctl_fail (error);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  g_variant_iter_init (&iter, wishes);
  while (g_variant_iter_next (&iter, "(&s&s&s)", &kind, &name, &wish))
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (&builder, "{ss}", "kind", kind);
      g_variant_builder_add (&builder, "{ss}", "name", name);
      g_variant_builder_add (&builder, "{ss}", "wish", wish);
      g_variant_builder_close (&builder);
      if (ctl->is_json)
        continue;
      printf ("%-7s  %-6s ", kind, wish);
      nj_ctl_print_text (name);
      printf ("\n");
    }

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_inspect_site:
 * @ctl: the command line
 * @site: a host, or an address of the web
 * @word: "on", "off" or "default"
 *
 * Returns: an exit status
 */
int
nj_ctl_inspect_site (NjCtl *ctl, const char *site, const char *word)
{
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  int status;

  if (!g_str_equal (word, "on") && !g_str_equal (word, "off") && !g_str_equal (word, "default"))
    return nj_ctl_misused (_("inspect of a site is on, off or default"));

  status = nj_ctl_inspection (ctl, &inspection);
  if (status != NJ_CTL_OK)
    return status;
  return set_site (inspection, site, g_str_equal (word, "on") ? "always" : g_str_equal (word, "off") ? "never" : "");
}

/**
 * nj_ctl_inspect_wish:
 * @inspection: the service's interface for HTTPS
 * @arguments: what the user wants, at least one
 * @ret_status: (out): an exit status
 *
 * Returns: whether it was any of this
 */
gboolean
nj_ctl_inspect_wish (NjDBusNightjar1Inspection *inspection, char **arguments, int *ret_status)
{
  guint       n = g_strv_length (arguments);
  const char *last = arguments[n - 1];

  if (g_str_equal (arguments[0], "programs") && n == 2)
    *ret_status = set_programs (inspection, last);
  else if ((g_str_equal (arguments[0], "always") || g_str_equal (arguments[0], "never")) && n == 2)
    *ret_status = set_site (inspection, last, arguments[0]);
  else if (g_str_equal (arguments[0], "default") && n == 2)
    *ret_status = set_site (inspection, last, "");
  else if (g_str_equal (arguments[0], "program") && n == 3)
    *ret_status = set_program (inspection, arguments[1], g_str_equal (last, "default") ? "" : last);
  else
    return FALSE;
  return TRUE;
}
