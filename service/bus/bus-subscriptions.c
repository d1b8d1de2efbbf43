/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits by address on the bus: an object for each, and the methods that add, remove and update them. Main thread.
 */
#include "bus/bus-parts.h"

#include "exits/subscription.h"

#define SUBSCRIPTIONS NJ_BUS_ROOT "/subscriptions/"

static NjExitSubscriptions *
subscriptions_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->subscriptions;
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = nj_exit_subscriptions_add_finish (result, &error);

  if (id != NULL)
    nj_dbus_nightjar1_complete_add_subscription (NULL, invocation, id);
  else
    nj_bus_refuse (invocation, g_error_matches (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI) ? "BadValue" : "Failed", "%s", error->message);
}

static gboolean
on_add_subscription (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *address, const char *name, NjBus *bus)
{
  nj_exit_subscriptions_add_async (subscriptions_of (bus), address, name, on_added, invocation);
  return TRUE;
}

static gboolean
on_remove_subscription (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, gboolean keeps_exits, NjBus *bus)
{
  if (nj_exit_subscriptions_remove (subscriptions_of (bus), id, keeps_exits))
    nj_bus_answer (invocation, TRUE, NULL);
  else
    nj_bus_refuse (invocation, "NoSuchList", "no subscription “%s”", id);
  return TRUE;
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (nj_exit_subscriptions_update_finish (result, &error))
    nj_bus_answer (invocation, TRUE, NULL);
  else
    nj_bus_refuse (invocation, "NoSuchList", "%s", error->message);
}

static gboolean
on_update_subscriptions (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *const *ids, NjBus *bus)
{
  nj_exit_subscriptions_update_async (subscriptions_of (bus), ids, on_updated, invocation);
  return TRUE;
}

static void
show (NjDBusNightjar1Subscription *shown, const NjSubscription *subscription)
{
  nj_dbus_nightjar1_subscription_set_id (shown, subscription->id);
  nj_dbus_nightjar1_subscription_set_name (shown, subscription->name);
  nj_dbus_nightjar1_subscription_set_address (shown, subscription->address);
  nj_dbus_nightjar1_subscription_set_exits (shown, g_hash_table_size (subscription->exits));
  nj_dbus_nightjar1_subscription_set_last_success (shown, subscription->last_success);
  nj_dbus_nightjar1_subscription_set_last_attempt (shown, subscription->last_attempt);
  nj_dbus_nightjar1_subscription_set_next_update (shown, subscription->next_update);
  nj_dbus_nightjar1_subscription_set_problem (shown, subscription->problem);
}

static void
update_one (NjBus *bus, const NjSubscription *subscription)
{
  g_autofree char *path = g_strconcat (SUBSCRIPTIONS, subscription->id, NULL);
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (bus->objects), path);
  g_autoptr (NjDBusNightjar1Subscription) shown = NULL;

  if (object != NULL)
    {
      shown = nj_dbus_object_get_nightjar1_subscription (NJ_DBUS_OBJECT (object));
      show (shown, subscription);
      return;
    }

  shown = nj_dbus_nightjar1_subscription_skeleton_new ();
  show (shown, subscription);
  object = G_DBUS_OBJECT (nj_dbus_object_skeleton_new (path));
  nj_dbus_object_skeleton_set_nightjar1_subscription (NJ_DBUS_OBJECT_SKELETON (object), shown);
  g_dbus_object_manager_server_export (bus->objects, G_DBUS_OBJECT_SKELETON (object));
}

static void
drop_removed (NjBus *bus, const NjCatalogue *catalogue)
{
  GList *objects = g_dbus_object_manager_get_objects (G_DBUS_OBJECT_MANAGER (bus->objects));

  for (GList *item = objects; item != NULL; item = item->next)
    {
      const char *path = g_dbus_object_get_object_path (item->data);

      if (g_str_has_prefix (path, SUBSCRIPTIONS) && nj_subscription_find (catalogue, path + strlen (SUBSCRIPTIONS)) == NULL)
        g_dbus_object_manager_server_unexport (bus->objects, path);
    }
  g_list_free_full (objects, g_object_unref);
}

/**
 * nj_bus_subscriptions_update:
 * @bus: the service on the bus
 *
 * Makes the objects below subscriptions/ what the catalogue holds; only what differs is signalled.
 */
void
nj_bus_subscriptions_update (NjBus *bus)
{
  const NjCatalogue *catalogue = nj_protection_parts (bus->protection)->catalogue;
  const GPtrArray   *all = nj_subscription_all (catalogue);

  drop_removed (bus, catalogue);
  for (guint i = 0; i < all->len; i++)
    update_one (bus, g_ptr_array_index (all, i));
}

/**
 * nj_bus_subscriptions_attach:
 * @bus: the service on the bus
 *
 * Connects the methods of lists of exits by address.
 */
void
nj_bus_subscriptions_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-add-subscription", G_CALLBACK (on_add_subscription), bus);
  g_signal_connect (bus->service, "handle-remove-subscription", G_CALLBACK (on_remove_subscription), bus);
  g_signal_connect (bus->service, "handle-update-subscriptions", G_CALLBACK (on_update_subscriptions), bus);
}
