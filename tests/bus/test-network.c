/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network is another one, or wants a sign-in first: told by a NetworkManager of this test's on a bus that stands
 * for the system's, from which GNetworkMonitor hears it as on a real desktop.
 */
#include "tests/bus/bus-fixture.h"
#include "tests/support/fake-exit.h"

#define PATIENCE (20 * G_USEC_PER_SEC)

/* NMConnectivityState. */
enum { NONE = 1, PORTAL = 2, FULL = 4 };

static const char description[] = "<node><interface name='org.freedesktop.NetworkManager'>"
                                  "<property name='Connectivity' type='u' access='read'/>"
                                  "<property name='Metered' type='u' access='read'/>"
                                  "<property name='State' type='u' access='read'/>"
                                  "<property name='Version' type='s' access='read'/>"
                                  "</interface></node>";

static GTestDBus       *system_bus;
static GDBusConnection *teller;
static GMainLoop       *loop;
static GThread         *thread;
static gint             connectivity = FULL; /* atomic */

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
        GError **error, gpointer user_data)
{
  if (g_str_equal (property, "Version"))
    return g_variant_new_string ("1.42.4");
  if (g_str_equal (property, "State"))
    return g_variant_new_uint32 (70);
  if (g_str_equal (property, "Metered"))
    return g_variant_new_uint32 (4);
  return g_variant_new_uint32 ((guint32) g_atomic_int_get (&connectivity));
}

/* Answers in a thread of its own, for the tests block in theirs. */
static gpointer
teller_main (gpointer context)
{
  g_main_context_push_thread_default (context);
  g_main_loop_run (loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
teller_start (void)
{
  static const GDBusInterfaceVTable vtable = { NULL, on_get, NULL, { 0 } };
  GMainContext *context = g_main_context_new ();
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (description, NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;

  system_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (system_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (system_bus), TRUE);
  teller = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (system_bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);

  g_main_context_push_thread_default (context);
  g_assert_cmpuint (g_dbus_connection_register_object (teller, "/org/freedesktop/NetworkManager", node->interfaces[0], &vtable, NULL,
                                                       NULL, &error), >, 0);
  g_main_context_pop_thread_default (context);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (teller, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.NetworkManager", 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                                       NULL, &error);
  g_assert_no_error (error);
  loop = g_main_loop_new (context, FALSE);
  thread = g_thread_new ("network", teller_main, context);
  g_main_context_unref (context);
}

static void
teller_end (void)
{
  g_main_loop_quit (loop);
  g_thread_join (thread);
  g_main_loop_unref (loop);
  g_object_unref (teller);
  g_test_dbus_stop (system_bus);
  g_object_unref (system_bus);
}

static void
say_connectivity (gint state)
{
  GVariantDict changed;

  g_atomic_int_set (&connectivity, state);
  g_variant_dict_init (&changed, NULL);
  g_variant_dict_insert (&changed, "Connectivity", "u", (guint32) state);
  g_assert_true (g_dbus_connection_emit_signal (teller, NULL, "/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties",
                                                "PropertiesChanged",
                                                g_variant_new ("(s@a{sv}as)", "org.freedesktop.NetworkManager",
                                                               g_variant_dict_end (&changed), NULL), NULL));
  g_dbus_connection_flush_sync (teller, NULL, NULL);
}

static void
await_portal (BusFixture *f, gboolean is_portal)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (nj_dbus_nightjar1_get_portal (f->proxy) != is_portal)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
}

static void
test_portal (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;

  say_connectivity (FULL);
  bus_fixture_start (f, "--no-desktop");
  await_portal (f, FALSE);
  say_connectivity (PORTAL);
  await_portal (f, TRUE);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "portal", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "wants a sign-in first"));
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "portal", "open", "login.hotel.test", NULL), ==, 0);

  say_connectivity (FULL);
  await_portal (f, FALSE);
}

/* What the settling of the exit dials is over. */
static guint
settled_connections (FakeExit *fake)
{
  guint n, before;

  do
    {
      before = fake_exit_connections (fake);
      g_usleep (300 * 1000);
      n = fake_exit_connections (fake);
    }
  while (n != before);
  return n;
}

static void
test_other_network (BusFixture *f, gconstpointer unused)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autofree char *uri = fake_exit_uri (fake, NULL, FALSE);
  g_autofree char *id = NULL;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  guint  before;
  gint64 said;

  say_connectivity (FULL);
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, "NO", "", &id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, id, NULL, NULL));
  bus_fixture_await_state (f, "protected");

  say_connectivity (NONE);
  g_usleep (800 * 1000);
  before = settled_connections (fake);
  said = g_get_monotonic_time ();
  say_connectivity (FULL);
  while (fake_exit_connections (fake) == before)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
  g_test_message ("%.0f ms after the network came the exit was dialled", (double) (g_get_monotonic_time () - said) / 1000);
  bus_fixture_await_state (f, "protected");
}

int
main (int argc, char **argv)
{
  int status;

  bus_fixture_init (&argc, &argv);
  teller_start ();
  BUS_CASE ("/bus/network/portal", test_portal);
  BUS_CASE ("/bus/network/other", test_other_network);
  status = bus_fixture_run ();
  teller_end ();
  return status;
}
