/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the outside sees an exit: asked through the exit where the user named a page, and not at all where he did not.
 */
#include "tests/bus/bus-fixture.h"
#include "tests/support/fake-exit.h"
#include "tests/support/tiny-mmdb.h"

#include <string.h>

#define PATIENCE (20 * G_USEC_PER_SEC)

/* A page that says where its visitor comes from, and counts who asked. */
static gint n_asked;

static gboolean
on_visitor (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer unused)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nX-Other: 198.51.100.1\r\nConnection: close\r\n\r\nip=192.0.2.7\n";
  GInputStream     *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char              request[2048] = "";
  gsize             have = 0;

  while (have + 1 < sizeof request && strstr (request, "\r\n\r\n") == NULL)
    {
      gssize n = g_input_stream_read (in, request + have, sizeof request - have - 1, NULL, NULL);

      if (n <= 0)
        return TRUE;
      have += (gsize) n;
      request[have] = '\0';
    }
  if (g_str_has_prefix (request, "GET /where HTTP/1.1\r\n"))
    g_atomic_int_inc (&n_asked);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer, strlen (answer), NULL, NULL, NULL);
  return TRUE;
}

static GSocketService *
page_start (guint16 *ret_port)
{
  GSocketService *service = g_threaded_socket_service_new (4);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                                NULL, &bound, NULL));
  *ret_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (service, "run", G_CALLBACK (on_visitor), NULL);
  g_socket_service_start (service);
  return service;
}

/* The exit, chosen, and what is said of it once that is measured. */
static void
run (BusFixture *f, gboolean has_page, const char *country, const char *problem)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autofree char *uri = fake_exit_uri (fake, NULL, FALSE);
  guint16          port = 0;
  g_autoptr (GSocketService) page = page_start (&port);
  g_autofree char *database = bus_fixture_path (f, "tiny.mmdb");
  g_autofree char *settings = g_strdup_printf ("[exit]\ntrace=http://127.0.0.1:%u/where\ncountry-database=%s\n", port, database);
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;
  g_autofree char *target = NULL;
  gint64           deadline = g_get_monotonic_time () + PATIENCE;

  tiny_mmdb_write (database, "SE");
  g_atomic_int_set (&n_asked, 0);
  if (has_page)
    bus_fixture_write (f, "settings.ini", settings);
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, country, "Home", &id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, id, NULL, NULL));
  bus_fixture_await_state (f, "protected");
  g_assert_true (nj_dbus_nightjar1_call_test_exit_sync (f->proxy, id, NULL, NULL, NULL));

  path = g_strconcat ("exits/", id, NULL);
  for (gboolean is_done = FALSE; !is_done;)
    {
      g_autoptr (NjDBusNightjar1Exit) exit = (NjDBusNightjar1Exit *) bus_fixture_interface (f, path, "Exit");

      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      is_done = !has_page || g_str_equal (nj_dbus_nightjar1_exit_get_measured_address (exit), "192.0.2.7");
      if (!is_done)
        {
          /* The page accepts here. */
          if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (5000);
          continue;
        }
      g_assert_cmpstr (nj_dbus_nightjar1_exit_get_measured_country (exit), ==, has_page ? "SE" : "");
      g_assert_cmpstr (nj_dbus_nightjar1_exit_get_problem (exit), ==, problem);
    }
  g_assert_cmpint (g_atomic_int_get (&n_asked) > 0, ==, has_page);
  target = fake_exit_target (fake);
  g_assert_cmpint (target[0] != '\0', ==, has_page);
  g_socket_service_stop (page);
}

static void
test_agrees (BusFixture *f, gconstpointer unused)
{
  run (f, TRUE, "SE", "");
}

static void
test_differs (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;

  run (f, TRUE, "NO", "sites see it in SE, not in NO");
  bus_fixture_ctl (f, &out, "exit", "list", NULL);
  g_assert_nonnull (strstr (out, "in SE, not in NO"));
}

static void
test_nobody_is_asked (BusFixture *f, gconstpointer unused)
{
  run (f, FALSE, "NO", "");
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/seen/agrees", test_agrees);
  BUS_CASE ("/bus/seen/differs", test_differs);
  BUS_CASE ("/bus/seen/nobody-is-asked", test_nobody_is_asked);
  return bus_fixture_run ();
}
