/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl: the certificates that a site showed, as a browser would have told them, and a tunnel to
 * one that could not be verified.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static void
print_line (GVariant *facts, const char *name, const char *label, const char *indent)
{
  const char *text = "";

  if (!g_variant_lookup (facts, name, "&s", &text) || text[0] == '\0')
    return;
  printf ("%s  %s ", indent, label);
  nj_ctl_print_text (text);
  printf ("\n");
}

static char *
day_of (GVariant *facts, const char *name)
{
  gint64 when = 0;
  g_autoptr (GDateTime) date = NULL;

  g_variant_lookup (facts, name, "x", &when);
  date = g_date_time_new_from_unix_utc (when);
  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : g_strdup ("");
}

static void
print_certificate (GVariant *facts, const char *indent)
{
  g_autofree char *begins = day_of (facts, "begins");
  g_autofree char *ends = day_of (facts, "ends");

  print_line (facts, "subject", _("for"), indent);
  print_line (facts, "names", _("  names"), indent);
  print_line (facts, "issuer", _("  signed by"), indent);
  printf ("%s    %s – %s UTC\n", indent, begins, ends);
  print_line (facts, "key", _("  key"), indent);
  print_line (facts, "signature", _("  signature"), indent);
  print_line (facts, "fingerprint", _("  SHA-256"), indent);
}

/**
 * nj_ctl_certificates_print:
 * @ctl: the command line
 * @inspection: the service's interface for HTTPS
 * @site: host, or host:port when that is not 443
 * @indent: stands before each line
 * @error: the site is not known
 *
 * Returns: whether it was known
 */
gboolean
nj_ctl_certificates_print (NjCtl *ctl, NjDBusNightjar1Inspection *inspection, const char *site, const char *indent, GError **error)
{
  g_autofree char *problem = NULL;
  g_autoptr (GVariant) chain = NULL;
  gint64 when;

  if (!nj_dbus_nightjar1_inspection_call_read_certificates_sync (inspection, site, &problem, &when, &chain, NULL, error))
    return FALSE;
  if (ctl->is_json)
    {
      nj_ctl_print_json (g_variant_new_parsed ("{'site': <%s>, 'problem': <%s>, 'when': <%x>, 'chain': <%v>}", site, problem, when,
                                               g_variant_ref (chain)));
      return TRUE;
    }

  if (problem[0] != '\0')
    {
      printf ("%s", indent);
      nj_ctl_print_text (problem);
      printf ("\n");
    }
  for (gsize i = 0; i < g_variant_n_children (chain); i++)
    {
      g_autoptr (GVariant) facts = g_variant_get_child_value (chain, i);

      print_certificate (facts, indent);
    }
  return TRUE;
}

/**
 * nj_ctl_certificates_site:
 * @ctl: the command line
 * @inspection: the service's interface for HTTPS
 * @word: "certificates" or "tunnel"
 * @site: host, or host:port when that is not 443
 *
 * Returns: an exit status
 */
int
nj_ctl_certificates_site (NjCtl *ctl, NjDBusNightjar1Inspection *inspection, const char *word, const char *site)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (g_str_equal (word, "tunnel"))
    is_done = nj_dbus_nightjar1_inspection_call_tunnel_site_sync (inspection, site, NULL, &error);
  else
    is_done = nj_ctl_certificates_print (ctl, inspection, site, "", &error);
  return nj_ctl_done (is_done, &error);
}
