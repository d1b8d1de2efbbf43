/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connects to the message bus, puts the objects on it and owns the name. What each interface does is in
 * bus-service.c, bus-exits.c, bus-places.c, bus-lists.c, bus-rules.c, bus-requests.c, bus-inspection.c and bus-proxy.c, which
 * only translate and call one
 * function of another room. Main thread.
 */
#include "bus/bus-parts.h"

/* Flags and answers of RequestName; D-Bus Specification, "Message Bus Messages". */
#define NAME_FLAG_DO_NOT_QUEUE    4u
#define NAME_REPLY_PRIMARY_OWNER  1u
#define NAME_REPLY_ALREADY_OWNER  4u

/**
 * nj_bus_refuse: (skip)
 * @invocation: (transfer full): a call
 * @error_name: last part of the error's name, as the interface's description lists it
 * @format: the message for the user
 * @...: what goes into it
 *
 * Answers a call with an error.
 */
void
nj_bus_refuse (GDBusMethodInvocation *invocation, const char *error_name, const char *format, ...)
{
  g_autofree char *name = g_strconcat (NJ_BUS_ERROR, error_name, NULL);
  g_autofree char *message = NULL;
  va_list          arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_dbus_method_invocation_return_dbus_error (invocation, name, message);
}

/* The last part of the error's name on the bus. */
static const char *
name_of_error (const GError *error)
{
  static const struct
  {
    GQuark (*domain) (void);
    int         code;
    const char *name;
  } names[] = {
    { nj_protection_error_quark, NJ_PROTECTION_ERROR_NOT_APPLIED, "ProxyNotApplied" },
    { nj_protection_error_quark, NJ_PROTECTION_ERROR_BAD_VALUE, "BadValue" },
    { nj_exit_error_quark, NJ_EXIT_ERROR_BAD_URI, "BadUri" },
    { nj_exit_error_quark, NJ_EXIT_ERROR_NO_EXIT, "NoExit" },
    { nj_filter_lists_error_quark, NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST, "NoSuchList" },
    { nj_filter_lists_error_quark, NJ_FILTER_LISTS_ERROR_BUILT_IN, "BadValue" },
    { nj_filter_lists_error_quark, NJ_FILTER_LISTS_ERROR_BAD_ADDRESS, "BadValue" },
    { nj_system_proxy_error_quark, NJ_SYSTEM_PROXY_ERROR_NONE_HERE, "ProxyNotApplied" },
    { nj_system_proxy_error_quark, NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED, "ProxyNotApplied" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_error_matches (error, names[i].domain (), names[i].code))
      return names[i].name;

  return "Failed";
}

/**
 * nj_bus_answer:
 * @invocation: (transfer full): a call of a method that returns nothing
 * @is_done: whether it was done
 * @error: (nullable): where the reason lies if it was not; by address, because C may look at it before the
 *   call that sets it
 *
 * Answers it.
 */
void
nj_bus_answer (GDBusMethodInvocation *invocation, gboolean is_done, GError *const *error)
{
  if (is_done)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    nj_bus_refuse (invocation, name_of_error (*error), "%s", (*error)->message);
}

static void
on_closed (GDBusConnection *connection, gboolean by_peer, GError *error, gpointer user_data)
{
  NjBus *bus = user_data;

  bus->ended (TRUE, bus->user_data);
}

static void
on_name_lost (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
              GVariant *parameters, gpointer user_data)
{
  NjBus *bus = user_data;

  bus->ended (TRUE, bus->user_data);
}

static void
on_changed (NjProtection *protection, NjBus *bus)
{
  nj_bus_service_update (bus);
  nj_bus_routes_update (bus);
  nj_bus_privacy_update (bus);
  nj_bus_inspection_update (bus);
  nj_bus_places_update (bus);
  nj_bus_subscriptions_update (bus);
  nj_bus_exits_update (bus);
  nj_bus_lists_update (bus);
}

static GDBusConnection *
connect_to (const char *address, GError **error)
{
  GDBusConnection *connection;

  if (g_str_equal (address, "session"))
    connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  else
    connection = g_dbus_connection_new_for_address_sync (
        address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, error);
  if (connection == NULL)
    return NULL;

  /* The desktop's proxy must be put back first. */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  return connection;
}

/* Synchronously, so that whoever reads the ready line finds the name there. */
static gboolean
own_name (NjBus *bus, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  guint32 reply = 0;

  answer = g_dbus_connection_call_sync (bus->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "RequestName", g_variant_new ("(su)", bus->name, NAME_FLAG_DO_NOT_QUEUE),
                                        G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (answer == NULL)
    return FALSE;

  g_variant_get (answer, "(u)", &reply);
  if (reply == NAME_REPLY_PRIMARY_OWNER || reply == NAME_REPLY_ALREADY_OWNER)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "another service owns %s", bus->name);
  return FALSE;
}

static gboolean
export (NjBus *bus, GError **error)
{
  nj_bus_service_attach (bus);
  nj_bus_routes_attach (bus);
  nj_bus_privacy_attach (bus);
  nj_bus_exits_attach (bus);
  nj_bus_places_attach (bus);
  nj_bus_subscriptions_attach (bus);
  nj_bus_dns_attach (bus);
  nj_bus_lists_attach (bus);
  nj_bus_rules_attach (bus);
  nj_bus_requests_attach (bus);
  nj_bus_proxy_attach (bus);
  nj_bus_inspection_attach (bus);
  on_changed (bus->protection, bus);

  g_dbus_object_manager_server_set_connection (bus->objects, bus->connection);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (bus->service), bus->connection, NJ_BUS_ROOT, error) ||
      !g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (bus->inspection), bus->connection, NJ_BUS_ROOT, error))
    return FALSE;

  g_signal_connect (bus->protection, "changed", G_CALLBACK (on_changed), bus);
  return TRUE;
}

/**
 * nj_bus_new:
 * @protection: what is shown; counted
 * @address: "session" or a bus address
 * @name: the well-known name to own
 * @ended: called when the service should end
 * @user_data: for @ended
 *
 * Returns: (transfer full) (nullable): the service on the bus; @error when there is no bus or the name has an owner
 */
NjBus *
nj_bus_new (NjProtection *protection, const char *address, const char *name, NjBusEnded ended, gpointer user_data, GError **error)
{
  g_autoptr (NjBus) bus = g_new0 (NjBus, 1);

  bus->protection = g_object_ref (protection);
  bus->name = g_strdup (name);
  bus->ended = ended;
  bus->user_data = user_data;
  bus->objects = g_dbus_object_manager_server_new (NJ_BUS_ROOT);
  bus->service = nj_bus_statistics_new (nj_protection_parts (protection)->plane, nj_protection_parts (protection)->counts_path);
  bus->connection = connect_to (address, error);

  if (bus->connection == NULL || !export (bus, error) || !own_name (bus, error))
    return NULL;

  g_signal_connect (bus->connection, "closed", G_CALLBACK (on_closed), bus);
  g_dbus_connection_signal_subscribe (bus->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameLost",
                                      "/org/freedesktop/DBus", name, G_DBUS_SIGNAL_FLAGS_NONE, on_name_lost, bus, NULL);
  return g_steal_pointer (&bus);
}

/**
 * nj_bus_free:
 * @bus: (nullable) (transfer full): a service on the bus
 *
 * Takes it off the bus.
 */
void
nj_bus_free (NjBus *bus)
{
  if (bus == NULL)
    return;

  g_signal_handlers_disconnect_by_data (bus->protection, bus);
  nj_bus_statistics_keep (bus->service);
  if (bus->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (bus->connection, bus);
      g_dbus_connection_flush_sync (bus->connection, NULL, NULL);
      g_dbus_connection_close_sync (bus->connection, NULL, NULL);
    }
  g_dbus_object_manager_server_set_connection (bus->objects, NULL);
  if (g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (bus->service)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (bus->service));
  if (bus->inspection != NULL && g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (bus->inspection)) != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (bus->inspection));
  g_clear_object (&bus->inspection);
  g_object_unref (bus->objects);
  g_object_unref (bus->service);
  g_clear_object (&bus->connection);
  g_object_unref (bus->protection);
  g_free (bus->name);
  g_free (bus);
}
