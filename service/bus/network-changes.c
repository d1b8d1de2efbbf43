/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hears from GNetworkMonitor that the network is another one, or wants a sign-in first, and from logind that the
 * machine slept. What follows is protection's business. Nobody is asked anything: where there is no system bus,
 * nothing is heard of sleep. Main thread.
 */
#include "bus/network-changes.h"

/* One change of network comes as a dozen of signals; ms. */
#define SETTLE_MS 500

struct NjNetworkChanges
{
  GNetworkMonitor *monitor;    /* counted */
  GDBusConnection *system_bus; /* (nullable) counted */
  GCancellable    *cancellable; /* owned */
  guint            sleep_signal;
  guint            settle_timer; /* source, 0 none */
  NjNetworkChanged changed;
  gpointer         user_data;
};

static gboolean
on_settled (gpointer user_data)
{
  NjNetworkChanges *self = user_data;

  self->settle_timer = 0;
  self->changed (g_network_monitor_get_network_available (self->monitor),
                 g_network_monitor_get_connectivity (self->monitor) == G_NETWORK_CONNECTIVITY_PORTAL, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
settle (NjNetworkChanges *self)
{
  g_clear_handle_id (&self->settle_timer, g_source_remove);
  self->settle_timer = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
on_network_changed (GNetworkMonitor *monitor, gboolean is_up, NjNetworkChanges *self)
{
  settle (self);
}

static void
on_connectivity (GNetworkMonitor *monitor, GParamSpec *property, NjNetworkChanges *self)
{
  settle (self);
}

/* TRUE comes before the sleep, FALSE after it. */
static void
on_prepare_for_sleep (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
                      GVariant *parameters, gpointer user_data)
{
  gboolean begins = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    settle (user_data);
}

static void
on_system_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);
  NjNetworkChanges *self = user_data;

  /* Cancelled: self is no more. */
  if (connection == NULL)
    return;

  self->system_bus = g_steal_pointer (&connection);
  self->sleep_signal = g_dbus_connection_signal_subscribe (
    self->system_bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep", "/org/freedesktop/login1", NULL,
    G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self, NULL);
}

/**
 * nj_network_changes_new:
 * @changed: told when things have settled
 * @user_data: for @changed
 *
 * Returns: (transfer full): a listener
 */
NjNetworkChanges *
nj_network_changes_new (NjNetworkChanged changed, gpointer user_data)
{
  NjNetworkChanges *self = g_new0 (NjNetworkChanges, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->monitor = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed), self);
  g_signal_connect (self->monitor, "notify::connectivity", G_CALLBACK (on_connectivity), self);
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_system_bus, self);
  return self;
}

/**
 * nj_network_changes_free:
 * @changes: (transfer full) (nullable): a listener
 */
void
nj_network_changes_free (NjNetworkChanges *changes)
{
  if (changes == NULL)
    return;

  g_cancellable_cancel (changes->cancellable);
  g_clear_handle_id (&changes->settle_timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (changes->monitor, changes);
  if (changes->sleep_signal != 0)
    g_dbus_connection_signal_unsubscribe (changes->system_bus, changes->sleep_signal);
  g_clear_object (&changes->system_bus);
  g_object_unref (changes->monitor);
  g_object_unref (changes->cancellable);
  g_free (changes);
}
