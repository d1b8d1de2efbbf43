/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl privacy: how much is done to requests and answers, for all sites and for one.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static int
privacy_show (NjCtl *ctl)
{
  const char     *profile = nj_dbus_nightjar1_get_privacy (ctl->service);
  GVariant       *sites = nj_dbus_nightjar1_get_privacy_sites (ctl->service);
  GVariant       *options = nj_dbus_nightjar1_get_privacy_options (ctl->service);
  GVariantIter    all;
  GVariantBuilder builder;
  const char     *site, *its;

  if (profile == NULL || sites == NULL || options == NULL)
    return nj_ctl_misused (_("the service is older than this program"));

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&all, sites);
  if (!ctl->is_json)
    printf ("%s\n", profile);
  while (g_variant_iter_next (&all, "(&s&s)", &site, &its))
    {
      g_variant_builder_add (&builder, "{ss}", site, its);
      if (ctl->is_json)
        continue;
      nj_ctl_print_text (site);
      printf ("  %s\n", its);
    }

  g_variant_iter_init (&all, options);
  while (!ctl->is_json && g_variant_iter_next (&all, "{&s&s}", &site, &its))
    printf ("%s %s\n", site, its);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'privacy': <%s>, 'sites': <@a{ss} %*>, 'options': <%@a{ss}>}", profile,
                                             g_variant_builder_end (&builder), options));
  else
    g_variant_builder_clear (&builder);
  return NJ_CTL_OK;
}

static gboolean
is_profile (const char *text)
{
  return g_str_equal (text, "off") || g_str_equal (text, "standard") || g_str_equal (text, "strict");
}

static gboolean
is_option (const char *text)
{
  return g_str_equal (text, "https-first") || g_str_equal (text, "user-agent") || g_str_equal (text, "accept-language");
}

/**
 * nj_ctl_privacy:
 * @ctl: the command line
 * @arguments: a profile; a site and its profile; an option and its value; or nothing
 *
 * Returns: an exit status
 */
int
nj_ctl_privacy (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  guint n = g_strv_length (arguments);
  int   status;

  if ((n == 1 && !is_profile (arguments[0])) ||
      (n == 2 && !is_option (arguments[0]) && !is_profile (arguments[1]) && !g_str_equal (arguments[1], "default")) || n > 2)
    return nj_ctl_misused (_("privacy wants off, standard or strict; or a URL or host, and one of these or default"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  if (n == 0)
    return privacy_show (ctl);
  if (n == 1)
    return nj_ctl_done (nj_dbus_nightjar1_call_set_privacy_sync (ctl->service, arguments[0], NULL, &error), &error);

  if (is_option (arguments[0]))
    return nj_ctl_done (nj_dbus_nightjar1_call_set_privacy_option_sync (ctl->service, arguments[0], arguments[1], NULL, &error), &error);

  return nj_ctl_done (nj_dbus_nightjar1_call_set_site_privacy_sync (ctl->service, arguments[0],
                                                                    g_str_equal (arguments[1], "default") ? "" : arguments[1],
                                                                    NULL, &error),
                      &error);
}
