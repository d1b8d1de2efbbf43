/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl exit favourite, group and export: what is chosen instead of an address, and exits as text.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* (transfer full): as the service has it: people write a country in small letters. */
static char *
place_of (const char *text)
{
  return strlen (text) == 2 ? g_ascii_strup (text, -1) : g_strdup (text);
}

static int
set_favourites (NjCtl *ctl, char **places, gboolean is_favourite)
{
  for (guint i = 0; places[i] != NULL; i++)
    {
      g_autofree char *place = place_of (places[i]);
      g_autoptr (GError) error = NULL;

      if (!nj_dbus_nightjar1_call_set_favourite_sync (ctl->service, place, is_favourite, NULL, &error))
        return nj_ctl_fail (error);
    }
  return NJ_CTL_OK;
}

static void
print_places (const char *title, const char *const *places)
{
  printf ("%s", title);
  for (guint i = 0; places != NULL && places[i] != NULL; i++)
    {
      printf (" ");
      nj_ctl_print_text (places[i]);
    }
  printf ("%s\n", places == NULL || places[0] == NULL ? _(" none") : "");
}

/**
 * nj_ctl_favourite:
 * @ctl: the command line
 * @arguments: places to star; none to see which are
 *
 * Returns: an exit status
 */
int
nj_ctl_favourite (NjCtl *ctl, char **arguments)
{
  const char *const *favourites = nj_dbus_nightjar1_get_favourites (ctl->service);
  const char *const *recents = nj_dbus_nightjar1_get_recents (ctl->service);

  if (arguments[0] != NULL)
    return set_favourites (ctl, arguments, TRUE);

  if (ctl->is_json)
    {
      nj_ctl_print_json (g_variant_new_parsed ("{'favourites': <%^as>, 'recents': <%^as>}", favourites, recents));
      return NJ_CTL_OK;
    }
  print_places (_("favourites:"), favourites);
  print_places (_("last used:"), recents);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_unfavourite:
 * @ctl: the command line
 * @arguments: places that are not starred any more
 *
 * Returns: an exit status
 */
int
nj_ctl_unfavourite (NjCtl *ctl, char **arguments)
{
  if (arguments[0] == NULL)
    return nj_ctl_misused (_("exit unfavourite wants a country’s code, an exit’s id or @LIST"));

  return set_favourites (ctl, arguments, FALSE);
}

static void
print_group (const char *name, char **ids)
{
  nj_ctl_print_text (name);
  for (guint i = 0; ids[i] != NULL; i++)
    printf (" %s", ids[i]);
  printf ("\n");
}

static int
list_groups (NjCtl *ctl)
{
  GVariant       *groups = nj_dbus_nightjar1_get_groups (ctl->service);
  GVariantIter    all;
  GVariantBuilder builder;
  const char     *name;
  char          **ids;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&all, groups);
  while (g_variant_iter_next (&all, "(&s^as)", &name, &ids))
    {
      if (ctl->is_json)
        g_variant_builder_add_parsed (&builder, "{'name': <%s>, 'exits': <%^as>}", name, ids);
      else
        print_group (name, ids);
      g_strfreev (ids);
    }
  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    {
      g_variant_builder_clear (&builder);
      if (g_variant_n_children (groups) == 0)
        printf ("%s\n", _("There is no list of exits yet; see nightjarctl exit group NAME ID…."));
    }
  return NJ_CTL_OK;
}

/**
 * nj_ctl_group:
 * @ctl: the command line
 * @arguments: a name and its exits; only a name to take it away; nothing to see all
 *
 * Returns: an exit status
 */
int
nj_ctl_group (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (arguments[0] == NULL)
    return list_groups (ctl);
  return nj_ctl_done (nj_dbus_nightjar1_call_set_group_sync (ctl->service, arguments[0], (const char *const *) arguments + 1, NULL, &error),
                      &error);
}

/**
 * nj_ctl_level:
 * @ctl: the command line
 * @arguments: how much the choice of an exit weighs; nothing to see it
 *
 * Returns: an exit status
 */
int
nj_ctl_level (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (arguments[0] != NULL)
    return nj_ctl_done (nj_dbus_nightjar1_call_set_level_sync (ctl->service, arguments[0], NULL, &error), &error);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'level': %s}", nj_dbus_nightjar1_get_level (ctl->service)));
  else
    printf ("%s\n", nj_dbus_nightjar1_get_level (ctl->service));
  return NJ_CTL_OK;
}

/**
 * nj_ctl_export_exits:
 * @ctl: the command line
 * @arguments: places; all exits when there are none
 *
 * Prints lines that exit import reads.
 *
 * Returns: an exit status
 */
int
nj_ctl_export_exits (NjCtl *ctl, char **arguments)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (places, place_of (arguments[i]));
  g_ptr_array_add (places, NULL);
  if (!nj_dbus_nightjar1_call_export_exits_sync (ctl->service, (const char *const *) places->pdata, ctl->with_passwords, &text, NULL,
                                                 &error))
    return nj_ctl_fail (error);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'exits': %s}", text));
  else
    fputs (text, stdout);
  return NJ_CTL_OK;
}
