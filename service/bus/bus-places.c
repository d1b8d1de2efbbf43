/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places on the bus: what is starred, what was used last, lists of exits of the user's own, and the exits as text; and how much
 * the choice of one weighs.
 * Main thread.
 */
#include "bus/bus-parts.h"

#include "settings/exit-choice.h"

static gboolean
on_set_favourite (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *place, gboolean is_favourite, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = nj_catalogue_set_favourite (nj_protection_parts (bus->protection)->catalogue, place, is_favourite, &error)
                     && nj_protection_keep_exits (bus->protection, &error);

  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_done, &error);
  return TRUE;
}

static gboolean
on_select_group (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *name, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_select (bus->protection, NJ_EXIT_MODE_GROUP, name, &error), &error);
  return TRUE;
}

static gboolean
on_set_group (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *name, const char *const *ids, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (!nj_catalogue_group_is_name (name))
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is no name for a list of exits", name);
      return TRUE;
    }

  is_done = nj_catalogue_set_group (nj_protection_parts (bus->protection)->catalogue, name, ids, &error)
            && nj_protection_keep_exits (bus->protection, &error);
  nj_protection_refresh (bus->protection);
  if (g_error_matches (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT))
    nj_bus_refuse (invocation, "NoSuchExit", "%s", error->message);
  else
    nj_bus_answer (invocation, is_done, &error);
  return TRUE;
}

static gboolean
on_set_level (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *name, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  NjExitLevel level;

  if (!nj_exit_choice_level (name, &level))
    nj_bus_refuse (invocation, "BadValue", "“%s” is none of open, closed and lockdown", name);
  else
    nj_bus_answer (invocation, nj_protection_set_level (bus->protection, level, &error), &error);
  return TRUE;
}

static GVariant *
groups_of (NjCatalogue *catalogue)
{
  g_auto (GStrv) names = nj_catalogue_groups (catalogue);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sas)"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) exits = nj_catalogue_group_exits (catalogue, names[i]);

      g_variant_builder_open (&builder, G_VARIANT_TYPE ("(sas)"));
      g_variant_builder_add (&builder, "s", names[i]);
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("as"));
      for (guint n = 0; n < exits->len; n++)
        g_variant_builder_add (&builder, "s", nj_exit_id (exits->pdata[n]));
      g_variant_builder_close (&builder);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

/* A place means the exits in it; none at all means all of them. (transfer full) (element-type NjExit) (nullable) */
static GPtrArray *
exits_at (NjCatalogue *catalogue, const char *const *places, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);

  if (places[0] == NULL)
    return nj_catalogue_list (catalogue);

  for (guint i = 0; places[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) at = nj_catalogue_at (catalogue, places[i]);

      if (at->len == 0)
        {
          g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit “%s”", places[i]);
          return NULL;
        }
      for (guint n = 0; n < at->len; n++)
        if (!g_ptr_array_find (found, at->pdata[n], NULL))
          g_ptr_array_add (found, nj_exit_ref (at->pdata[n]));
    }
  return g_steal_pointer (&found);
}

static gboolean
on_export_exits (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *const *places, gboolean with_passwords,
                 NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) exits = exits_at (nj_protection_parts (bus->protection)->catalogue, places, &error);
  g_autofree char *text = exits != NULL ? nj_catalogue_print_exits (exits, with_passwords) : NULL;

  if (text == NULL)
    nj_bus_refuse (invocation, "NoSuchExit", "%s", error->message);
  else
    nj_dbus_nightjar1_complete_export_exits (service, invocation, text);
  return TRUE;
}

/**
 * nj_bus_places_update:
 * @bus: the service on the bus
 *
 * Shows what is chosen, starred, and was used; only what differs is signalled.
 */
void
nj_bus_places_update (NjBus *bus)
{
  const NjProtectionParts *parts = nj_protection_parts (bus->protection);
  g_auto (GStrv) favourites = nj_catalogue_favourites (parts->catalogue);
  g_auto (GStrv) recents = nj_catalogue_recents (parts->catalogue);
  g_autofree char *place = nj_exit_choice_place (parts->settings);

  nj_dbus_nightjar1_set_level (bus->service, nj_protection_level_name (bus->protection));
  nj_dbus_nightjar1_set_secrets (bus->service, nj_protection_secrets_name (bus->protection));
  nj_dbus_nightjar1_set_choice (bus->service, place);
  nj_dbus_nightjar1_set_favourites (bus->service, (const char *const *) favourites);
  nj_dbus_nightjar1_set_recents (bus->service, (const char *const *) recents);
  nj_dbus_nightjar1_set_groups (bus->service, groups_of (parts->catalogue));
}

/**
 * nj_bus_places_attach:
 * @bus: the service on the bus
 *
 * Connects the methods of places.
 */
void
nj_bus_places_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-set-favourite", G_CALLBACK (on_set_favourite), bus);
  g_signal_connect (bus->service, "handle-set-level", G_CALLBACK (on_set_level), bus);
  g_signal_connect (bus->service, "handle-select-group", G_CALLBACK (on_select_group), bus);
  g_signal_connect (bus->service, "handle-set-group", G_CALLBACK (on_set_group), bus);
  g_signal_connect (bus->service, "handle-export-exits", G_CALLBACK (on_export_exits), bus);
}
