/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl program: which programs have a way of their own, and which.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static int
list (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) routes = NULL;
  GVariantIter    all;
  GVariantBuilder builder;
  const char     *program, *way;

  if (!nj_dbus_nightjar1_call_program_routes_sync (ctl->service, &routes, NULL, &error))
    return nj_ctl_fail (error);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&all, routes);
  while (g_variant_iter_next (&all, "(&s&s)", &program, &way))
    {
      g_variant_builder_add_parsed (&builder, "{'program': <%s>, 'exit': <%s>}", program, way);
      if (ctl->is_json)
        continue;
      nj_ctl_print_text (program);
      printf ("  ");
      nj_ctl_print_text (way);
      printf ("\n");
    }

  if (ctl->is_json)
    {
      nj_ctl_print_json (g_variant_builder_end (&builder));
      return NJ_CTL_OK;
    }
  g_variant_builder_clear (&builder);
  if (g_variant_n_children (routes) == 0)
    printf ("%s\n", _("No program has a way of its own."));
  return NJ_CTL_OK;
}

static int
set (NjCtl *ctl, const char *program, const char *way)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = strlen (way) == 2 ? g_ascii_strup (way, -1) : g_strdup (g_str_equal (way, "default") ? "" : way);

  return nj_ctl_done (nj_dbus_nightjar1_call_set_program_route_sync (ctl->service, program, code, NULL, &error), &error);
}

/**
 * nj_ctl_program:
 * @ctl: the command line
 * @arguments: a program and its way, or nothing
 *
 * Returns: an exit status
 */
int
nj_ctl_program (NjCtl *ctl, char **arguments)
{
  guint n = g_strv_length (arguments);
  int   status;

  if (n != 0 && (n != 3 || !g_str_equal (arguments[1], "exit") || arguments[2][0] == '\0'))
    return nj_ctl_misused (_("program wants a name or path, “exit”, and a country’s code, an exit’s id, @LIST, direct or default"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  return n == 0 ? list (ctl) : set (ctl, arguments[0], arguments[2]);
}
