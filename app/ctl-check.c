/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl check URL: what the running service would do with a request, and which rule decides.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static const char *
text_of (GVariantDict *verdict, const char *key)
{
  const char *text = "";

  g_variant_dict_lookup (verdict, key, "&s", &text);
  return text;
}

static void
print_line (const char *label, const char *text)
{
  if (text[0] == '\0')
    return;

  printf ("  %-8s ", label);
  nj_ctl_print_text (text);
  printf ("\n");
}

static void
print_verdict (GVariant *value, gboolean explains)
{
  GVariantDict verdict;
  guint        line = 0;

  g_variant_dict_init (&verdict, value);
  printf ("%s", text_of (&verdict, "action"));
  if (text_of (&verdict, "value")[0] != '\0')
    {
      printf (" ");
      nj_ctl_print_text (text_of (&verdict, "value"));
    }
  printf ("\n");

  g_variant_dict_lookup (&verdict, "line", "u", &line);
  print_line (_("rule:"), text_of (&verdict, "rule"));
  if (text_of (&verdict, "list")[0] != '\0')
    printf (_("  %-8s %s, line %u\n"), _("list:"), text_of (&verdict, "list"), line);
  print_line (_("route:"), text_of (&verdict, "route"));
  if (explains && text_of (&verdict, "rule")[0] == '\0')
    printf (_("  No rule of any list that is on applies.\n"));
  g_variant_dict_clear (&verdict);
}

/**
 * nj_ctl_check:
 * @ctl: the command line
 * @arguments: the URL, unless a batch is wanted
 *
 * Returns: an exit status
 */
int
nj_ctl_check (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) verdict = NULL;
  int status;

  if (ctl->is_batch)
    return arguments[0] == NULL ? nj_ctl_batch (ctl) : nj_ctl_misused (_("check --batch reads its URLs from standard input"));
  if (arguments[0] == NULL)
    return nj_ctl_misused (_("check wants a URL"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  if (!nj_dbus_nightjar1_call_check_url_sync (ctl->service, arguments[0], ctl->source != NULL ? ctl->source : "",
                                              ctl->type != NULL ? ctl->type : "", &verdict, NULL, &error))
    return nj_ctl_fail (error);

  if (ctl->is_json)
    nj_ctl_print_json (verdict);
  else
    print_verdict (verdict, ctl->explains);
  return NJ_CTL_OK;
}
