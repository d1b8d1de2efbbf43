/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dials that find their exit down: where the user chose that this is no reason to wait they go
 * directly, at once; in every other case the target hears nothing.
 */
#include "base/clock.h"
#include "exits/dial.h"
#include "net/worker.h"
#include "tests/support/fake-exit.h"
#include "tests/support/on-worker.h"
#include "tls/tls-context.h"

#include <gio/gio.h>
#include <signal.h>

#define PATIENCE (20 * (gint64) G_USEC_PER_SEC)

static TestCertificate *certificate;

static const char *const kinds[] = { "http", "https", "socks5", "socks5s", "socks4a" };

/* What is wrong with the exit itself, so that it is seen by one dial. */
static const FakeExitMood broken[] = { FAKE_EXIT_CLOSES, FAKE_EXIT_RESETS, FAKE_EXIT_BABBLES, FAKE_EXIT_CUTS };

/* Where a dial leads when it goes past the exit. */
typedef struct
{
  GSocket *socket;
  guint16  port;
} Target;

static void
target_start (Target *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  target->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (target->socket, any, FALSE, NULL));
  g_assert_true (g_socket_listen (target->socket, NULL));
  g_socket_set_blocking (target->socket, FALSE);
  bound = g_socket_get_local_address (target->socket, NULL);
  target->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* How many came since they were counted last: on loopback a connection stands in the queue once connect() is done. */
static int
guests (Target *target)
{
  int n = 0;

  for (;;)
    {
      g_autoptr (GSocket) guest = g_socket_accept (target->socket, NULL, NULL);

      if (guest == NULL)
        return n;
      n++;
    }
}

typedef struct
{
  NjExitChoice  choice;
  guint16       port;
  NjIo          io;
  NjDialFailure failure;
} Dial;

static void
dial_fiber (gpointer user_data)
{
  Dial     *dial = user_data;
  NjStream *stream = NULL;
  NjRoute   route;

  nj_route_choose (&dial->choice, NJ_BYTES ("127.0.0.1"), &route);
  dial->io = nj_dial (nj_worker_current (), &route, NJ_BYTES ("127.0.0.1"), dial->port, nj_clock_monotonic () + PATIENCE, &stream,
                      &dial->failure);
  nj_stream_close (stream);
}

static Dial
dial_at (NjExitLevel level, NjExit *exit, Target *target)
{
  Dial dial = { .choice = { .exit = exit, .level = level }, .port = target->port };

  on_worker_run (dial_fiber, &dial);
  return dial;
}

static NjExit *
exit_for (const FakeExit *fake)
{
  g_autofree char *uri = fake_exit_uri (fake, NULL, TRUE);
  NjExit *exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);

  g_assert_nonnull (exit);
  return exit;
}

static void
assert_past (const Dial *dial, Target *target)
{
  g_assert_cmpint (dial->io, ==, NJ_OK);
  g_assert_true (dial->failure.is_past_exit);
  g_assert_null (dial->failure.used);
  g_assert_cmpint (guests (target), ==, 1);
}

/* The very request that finds it down goes on. */
static void
test_open (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  Target target;

  target_start (&target);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (NjExit) exit = exit_for (fake);
      Dial dial;

      fake_exit_set_mood (fake, broken[i]);
      dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
      assert_past (&dial, &target);
    }
  g_object_unref (target.socket);
}

static void
test_silent (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("socks5", NULL);
  g_autoptr (NjExit) exit = exit_for (fake);
  Target target;
  Dial   dial;

  target_start (&target);
  fake_exit_set_mood (fake, FAKE_EXIT_STALLS);
  dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
  assert_past (&dial, &target);
  g_object_unref (target.socket);
}

/* What it says of the target, and a password that it does not take for the first time, is no exit that is down. */
static void
test_not_down (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autoptr (NjExit) exit = exit_for (fake);
  Target target;
  Dial   dial;

  target_start (&target);
  fake_exit_set_mood (fake, FAKE_EXIT_REFUSES);
  dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_REFUSED);
  fake_exit_set_mood (fake, FAKE_EXIT_DENIES);
  dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_AUTH);
  g_assert_cmpint (guests (&target), ==, 0);
  dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
  assert_past (&dial, &target);

  fake_exit_set_mood (fake, FAKE_EXIT_SERVES);
  nj_exit_dial_succeeded (exit, 0);
  dial = dial_at (NJ_EXIT_LEVEL_OPEN, exit, &target);
  g_assert_cmpint (dial.io, ==, NJ_OK);
  g_assert_true (dial.failure.used == exit);
  g_assert_false (dial.failure.is_past_exit);
  g_object_unref (target.socket);
}

static void
test_closed (gconstpointer kind)
{
  static const NjExitLevel levels[] = { NJ_EXIT_LEVEL_CLOSED, NJ_EXIT_LEVEL_LOCKDOWN };
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  Target target;

  target_start (&target);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    for (guint k = 0; k < G_N_ELEMENTS (levels); k++)
      {
        g_autoptr (NjExit) exit = exit_for (fake);

        fake_exit_set_mood (fake, broken[i]);
        /* Alive, suspect, dead. */
        for (int turn = 0; turn < 3; turn++)
          {
            Dial dial = dial_at (levels[k], exit, &target);

            g_assert_cmpint (dial.io, ==, NJ_FAILED);
            g_assert_false (dial.failure.is_past_exit);
          }
        g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_DEAD);
      }
  g_assert_cmpint (guests (&target), ==, 0);
  g_object_unref (target.socket);
}

static void
add_each (const char *name, GTestDataFunc func)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/exits/level/%s/%s", name, kinds[i]);

      g_test_add_data_func (path, kinds[i], func);
    }
}

int
main (int argc, char **argv)
{
  int status;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  certificate = test_certificate_new ("IP:127.0.0.1", 30);
  g_assert_true (nj_tls_context_trust_only (certificate->certificate_path));
  add_each ("open", test_open);
  add_each ("closed", test_closed);
  g_test_add_func ("/exits/level/silent", test_silent);
  g_test_add_func ("/exits/level/not-down", test_not_down);
  status = g_test_run ();
  test_certificate_free (certificate);
  return status;
}
