/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl site: which sites have a way of their own, and which.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static void
print_routes (GVariant *routes)
{
  GVariantIter all;
  const char  *site, *way;

  g_variant_iter_init (&all, routes);
  while (g_variant_iter_next (&all, "(&s&s)", &site, &way))
    {
      nj_ctl_print_text (site);
      printf ("  ");
      nj_ctl_print_text (way);
      printf ("\n");
    }
  if (g_variant_n_children (routes) == 0)
    printf ("%s\n", _("No site has a way of its own."));
}

static int
site_list (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) routes = NULL;
  GVariantIter    all;
  GVariantBuilder builder;
  const char     *site, *way;

  if (!nj_dbus_nightjar1_call_site_routes_sync (ctl->service, &routes, NULL, &error))
    return nj_ctl_fail (error);
  if (!ctl->is_json)
    {
      print_routes (routes);
      return NJ_CTL_OK;
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&all, routes);
  while (g_variant_iter_next (&all, "(&s&s)", &site, &way))
    g_variant_builder_add_parsed (&builder, "{'site': <%s>, 'exit': <%s>}", site, way);
  nj_ctl_print_json (g_variant_builder_end (&builder));
  return NJ_CTL_OK;
}

static int
site_exit (NjCtl *ctl, const char *site, const char *way)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = strlen (way) == 2 ? g_ascii_strup (way, -1) : g_strdup (g_str_equal (way, "default") ? "" : way);

  return nj_ctl_done (nj_dbus_nightjar1_call_set_site_route_sync (ctl->service, site, code, NULL, &error), &error);
}

/**
 * nj_ctl_site:
 * @ctl: the command line
 * @arguments: a site and its way, a site and whether it is looked into, or nothing
 *
 * Returns: an exit status
 */
int
nj_ctl_site (NjCtl *ctl, char **arguments)
{
  guint n = g_strv_length (arguments);
  int   status;

  if (n == 3 && g_str_equal (arguments[1], "inspect"))
    return nj_ctl_inspect_site (ctl, arguments[0], arguments[2]);
  if (n != 0 && (n != 3 || !g_str_equal (arguments[1], "exit") || arguments[2][0] == '\0'))
    return nj_ctl_misused (_("site wants a URL or host, “exit”, and a country’s code, an exit’s id, direct or default"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  return n == 0 ? site_list (ctl) : site_exit (ctl, arguments[0], arguments[2]);
}
