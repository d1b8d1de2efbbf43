/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl list: which filter lists there are, which are on, how they do.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static GVariant *
list_to_json (NjDBusNightjar1List *list)
{
  GVariantDict dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "id", "s", nj_dbus_nightjar1_list_get_id (list));
  g_variant_dict_insert (&dictionary, "title", "s", nj_dbus_nightjar1_list_get_title (list));
  g_variant_dict_insert (&dictionary, "location", "s", nj_dbus_nightjar1_list_get_location (list));
  g_variant_dict_insert (&dictionary, "enabled", "b", nj_dbus_nightjar1_list_get_enabled (list));
  g_variant_dict_insert (&dictionary, "rules-used", "u", nj_dbus_nightjar1_list_get_rules_used (list));
  g_variant_dict_insert (&dictionary, "rules-refused", "u", nj_dbus_nightjar1_list_get_rules_refused (list));
  g_variant_dict_insert (&dictionary, "last-success", "x", nj_dbus_nightjar1_list_get_last_success (list));
  g_variant_dict_insert (&dictionary, "last-attempt", "x", nj_dbus_nightjar1_list_get_last_attempt (list));
  g_variant_dict_insert (&dictionary, "problem", "s", nj_dbus_nightjar1_list_get_problem (list));
  g_variant_dict_insert (&dictionary, "built-in", "b", nj_dbus_nightjar1_list_get_built_in (list));
  return g_variant_dict_end (&dictionary);
}

static void
print_list (NjDBusNightjar1List *list)
{
  printf ("%-4s %-20s  %7u  %7u  ", nj_dbus_nightjar1_list_get_enabled (list) ? _("on") : _("off"), nj_dbus_nightjar1_list_get_id (list),
          nj_dbus_nightjar1_list_get_rules_used (list), nj_dbus_nightjar1_list_get_rules_refused (list));
  nj_ctl_print_text (nj_dbus_nightjar1_list_get_title (list));
  if (nj_dbus_nightjar1_list_get_problem (list)[0] != '\0')
    {
      printf (_("  failed: "));
      nj_ctl_print_text (nj_dbus_nightjar1_list_get_problem (list));
    }
  printf ("\n");
}

static int
list_list (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  GList          *lists = nj_ctl_objects (ctl, NJ_DBUS_TYPE_NIGHTJAR1_LIST, &error);
  GVariantBuilder builder;

  if (error != NULL)
    return nj_ctl_fail (error);

  if (!ctl->is_json)
    printf ("     %-20s  %7s  %7s\n", _("id"), _("rules"), _("refused"));
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *item = lists; item != NULL; item = item->next)
    {
      if (ctl->is_json)
        g_variant_builder_add_value (&builder, list_to_json (item->data));
      else
        print_list (item->data);
    }

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
  g_list_free_full (lists, g_object_unref);
  return NJ_CTL_OK;
}

static int
set_enabled (NjCtl *ctl, const char *id, gboolean is_enabled)
{
  g_autoptr (GError) error = NULL;

  if (id == NULL)
    return nj_ctl_misused (_("which list? see nightjarctl list list"));

  return nj_ctl_done (nj_dbus_nightjar1_call_set_list_enabled_sync (ctl->service, id, is_enabled, NULL, &error), &error);
}

static int
list_on (NjCtl *ctl, char **arguments)
{
  return set_enabled (ctl, arguments[0], TRUE);
}

static int
list_off (NjCtl *ctl, char **arguments)
{
  return set_enabled (ctl, arguments[0], FALSE);
}

static int
list_add (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *location = NULL;
  g_autofree char *id = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("list add wants a file"));

  /* The service runs in another folder. */
  location = strstr (arguments[0], "://") != NULL ? g_strdup (arguments[0]) : g_canonicalize_filename (arguments[0], NULL);
  if (!nj_dbus_nightjar1_call_add_list_sync (ctl->service, location, &id, NULL, &error))
    return nj_ctl_fail (error);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'id': %s}", id));
  else
    printf ("%s\n", id);
  return NJ_CTL_OK;
}

static int
list_remove (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("which list? see nightjarctl list list"));

  return nj_ctl_done (nj_dbus_nightjar1_call_remove_list_sync (ctl->service, arguments[0], NULL, &error), &error);
}

static int
list_update (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_call_update_lists_sync (ctl->service, (const char *const *) arguments, NULL, &error), &error);
}

/**
 * nj_ctl_list:
 * @ctl: the command line
 * @arguments: what to do with lists, and to which
 *
 * Returns: an exit status
 */
int
nj_ctl_list (NjCtl *ctl, char **arguments)
{
  static const struct
  {
    const char *word;
    int (*run) (NjCtl *ctl, char **arguments);
  } words[] = { { "list", list_list }, { "on", list_on },         { "off", list_off },
                { "add", list_add },   { "remove", list_remove }, { "update", list_update } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (arguments[0], words[i].word) == 0)
      {
        int status = nj_ctl_open (ctl, FALSE);

        return status != NJ_CTL_OK ? status : words[i].run (ctl, arguments + 1);
      }

  return nj_ctl_misused (_("list wants one of list, on, off, add, remove, update"));
}
