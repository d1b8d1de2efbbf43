/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dialling through each kind of exit as it serves, and as it fails in each way that exits fail: what
 * the dial says, what it does to the exit's health, and that nothing goes any other way.
 */
#include "base/clock.h"
#include "exits/dial.h"
#include "net/worker.h"
#include "tests/support/fake-exit.h"
#include "tests/support/on-worker.h"
#include "tls/tls-context.h"

#include <signal.h>

static TestCertificate *certificate;

static const char *const kinds[] = { "http", "https", "socks5", "socks5s", "socks4a" };

/* One dial, with what came of it. */
typedef struct
{
  NjRoute       route;
  const char   *host;
  guint16       port;
  gint64        patience; /* µs */
  NjIo          io;
  NjDialFailure failure;
  char          said[64]; /* what came back for "ping", and what came before it */
} Dial;

static void
dial_fiber (gpointer user_data)
{
  Dial     *dial = user_data;
  gint64    deadline = nj_clock_monotonic () + dial->patience;
  NjStream *stream = NULL;
  gsize     have = 0;
  gsize     n;

  dial->io = nj_dial (nj_worker_current (), &dial->route, nj_bytes_from_string (dial->host), dial->port, deadline, &stream,
                      &dial->failure);
  if (dial->io != NJ_OK)
    {
      g_assert_null (stream);
      return;
    }

  g_assert_cmpint (nj_stream_write (stream, "ping", 4, deadline), ==, NJ_OK);
  g_assert_cmpint (nj_stream_shut (stream, deadline), ==, NJ_OK);
  while (nj_stream_read (stream, dial->said + have, sizeof dial->said - 1 - have, deadline, &n) == NJ_OK)
    have += n;
  dial->said[have] = '\0';
  nj_stream_close (stream);
}

static Dial
dial_exit (NjExit *exit, const char *host, gint64 patience_ms)
{
  Dial dial = { { NJ_ROUTE_EXIT, exit, NULL }, host, 443, patience_ms * 1000, NJ_FAILED, { 0 }, "" };

  on_worker_run (dial_fiber, &dial);
  return dial;
}

static NjExit *
exit_for (const FakeExit *fake, const char *credentials)
{
  g_autofree char *uri = fake_exit_uri (fake, credentials, TRUE);
  g_autoptr (GError) error = NULL;
  NjExit *exit = nj_exit_new_from_uri (uri, NULL, NULL, &error);

  g_assert_no_error (error);
  return exit;
}

static void
assert_dialled (const Dial *dial, const char *said)
{
  if (dial->io != NJ_OK)
    g_error ("dial failed: %s", dial->failure.detail);
  g_assert_cmpstr (dial->said, ==, said);
}

static void
test_serves (gconstpointer kind)
{
  static const FakeExitMood moods[] = { FAKE_EXIT_SERVES, FAKE_EXIT_DRIBBLES, FAKE_EXIT_EAGER };
  static const char *const hosts[][2] = { { "name.example", "name.example:443" }, { "192.0.2.7", "192.0.2.7:443" },
                                          { "[2001:db8::7]", "[2001:db8::7]:443" }, { "Bücher.Example.", "xn--bcher-kva.example:443" } };
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (moods); i++)
    for (guint k = 0; k < G_N_ELEMENTS (hosts); k++)
      {
        g_autofree char *target = NULL;
        Dial dial;

        fake_exit_set_mood (fake, moods[i]);
        dial = dial_exit (exit, hosts[k][0], 5000);
        assert_dialled (&dial, moods[i] == FAKE_EXIT_EAGER ? "eagerping" : "ping");
        target = fake_exit_target (fake);
        /* SOCKS4a writes an address without brackets, for all is a name to it. */
        if (strcmp (kind, "socks4a") == 0 && k == 2)
          g_assert_cmpstr (target, ==, "2001:db8::7:443");
        else
          g_assert_cmpstr (target, ==, hosts[k][1]);
        g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_ALIVE);
        g_assert_cmpuint (nj_exit_latency_ms (exit), >, 0);
      }
}

static void
test_credentials (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) right = exit_for (fake, strcmp (kind, "socks4a") == 0 ? "us%40er" : "us%40er:p%3Ass");
  g_autoptr (NjExit) wrong = exit_for (fake, strcmp (kind, "socks4a") == 0 ? "other" : "us%40er:other");
  g_autoptr (NjExit) none = exit_for (fake, NULL);
  NjExit *outside[] = { wrong, none };
  Dial    dial;

  fake_exit_set_credentials (fake, "us@er", strcmp (kind, "socks4a") == 0 ? "" : "p:ss");
  dial = dial_exit (right, "name.example", 5000);
  assert_dialled (&dial, "ping");

  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    {
      dial = dial_exit (outside[i], "name.example", 5000);
      g_assert_cmpint (dial.io, ==, NJ_FAILED);
      g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_AUTH);
      g_assert_cmpint (nj_exit_state (outside[i]), ==, NJ_EXIT_STATE_SUSPECT);
    }
}

/* What each mood comes to, and whether the exit is to blame. */
static const struct
{
  FakeExitMood mood;
  NjDialResult result;
  NjExitState  state; /* after the first such dial */
} failures[] = {
  { FAKE_EXIT_DENIES, NJ_DIAL_EXIT_AUTH, NJ_EXIT_STATE_SUSPECT },
  { FAKE_EXIT_CLOSES, NJ_DIAL_EXIT_DOWN, NJ_EXIT_STATE_SUSPECT },
  { FAKE_EXIT_RESETS, NJ_DIAL_EXIT_DOWN, NJ_EXIT_STATE_SUSPECT },
  { FAKE_EXIT_BABBLES, NJ_DIAL_EXIT_DOWN, NJ_EXIT_STATE_SUSPECT },
  { FAKE_EXIT_FLOODS, NJ_DIAL_EXIT_DOWN, NJ_EXIT_STATE_SUSPECT },
  { FAKE_EXIT_CUTS, NJ_DIAL_EXIT_DOWN, NJ_EXIT_STATE_SUSPECT },
};

static void
test_fails (gconstpointer kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
      g_autoptr (NjExit) exit = exit_for (fake, NULL);
      g_autofree char *problem = NULL;
      Dial dial;

      fake_exit_set_mood (fake, failures[i].mood);
      dial = dial_exit (exit, "name.example", 5000);
      g_test_message ("mood %d: %s", failures[i].mood, dial.failure.detail);
      g_assert_cmpint (dial.io, ==, NJ_FAILED);
      /* A flood can look like a code; either way nothing passes. */
      if (failures[i].mood != FAKE_EXIT_FLOODS)
        g_assert_cmpint (dial.failure.result, ==, failures[i].result);
      if (failures[i].mood == FAKE_EXIT_FLOODS)
        continue;
      g_assert_cmpint (nj_exit_state (exit), ==, failures[i].state);
      problem = nj_exit_problem (exit);
      g_assert_cmpstr (problem, ==, dial.failure.detail);

      /* Twice is dead; then nothing is even tried until it may be. */
      dial_exit (exit, "name.example", 5000);
      g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_DEAD);
      g_assert_cmpuint (fake_exit_connections (fake), ==, 2);
      g_free (problem);
      problem = nj_exit_problem (exit);
      dial = dial_exit (exit, "name.example", 5000);
      g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_DOWN);
      g_assert_cmpstr (dial.failure.detail, ==, problem);
      g_assert_cmpuint (fake_exit_connections (fake), ==, 2);
    }
}

/* A target that cannot be reached is no fault of the exit. */
static void
test_refuses (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);

  fake_exit_set_mood (fake, FAKE_EXIT_REFUSES);
  for (guint i = 0; i < 3; i++)
    {
      Dial dial = dial_exit (exit, "name.example", 5000);

      g_assert_cmpint (dial.io, ==, NJ_FAILED);
      g_assert_cmpint (dial.failure.result, ==,
                       g_str_has_prefix (kind, "socks5") ? NJ_DIAL_CONNECTION_REFUSED : NJ_DIAL_EXIT_REFUSED);
      g_assert_null (strstr (dial.failure.detail, "secret page"));
      if (g_str_has_prefix (kind, "http"))
        g_assert_cmpstr (dial.failure.detail, ==, "the exit answered 502 Bad Gateway");
      g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_ALIVE);
    }
}

static void
test_silent (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);
  gboolean is_greeted = g_str_has_prefix (kind, "socks5") || g_str_has_suffix (kind, "s");
  Dial     dial;

  fake_exit_set_mood (fake, FAKE_EXIT_STALLS);
  dial = dial_exit (exit, "name.example", 100);
  g_assert_cmpint (dial.io, ==, NJ_TIMEOUT);
  g_assert_cmpint (dial.failure.result, ==, is_greeted ? NJ_DIAL_EXIT_DOWN : NJ_DIAL_TIMEOUT);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_SUSPECT);

  /* Silence after the request may be the target's: it never kills an exit. */
  fake_exit_set_mood (fake, FAKE_EXIT_SERVES);
  dial = dial_exit (exit, "name.example", 5000);
  assert_dialled (&dial, "ping");
  if (g_str_has_prefix (kind, "socks5"))
    {
      fake_exit_set_mood (fake, FAKE_EXIT_PONDERS);
      for (guint i = 0; i < 3; i++)
        {
          dial = dial_exit (exit, "name.example", 100);
          g_assert_cmpint (dial.io, ==, NJ_TIMEOUT);
          g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_TIMEOUT);
          g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_SUSPECT);
        }
    }
}

static void
test_gone (gconstpointer kind)
{
  FakeExit *fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);
  g_autoptr (NjExit) unnamed = nj_exit_new_from_uri ("socks5://exit.invalid:1", NULL, NULL, NULL);
  Dial dial;

  fake_exit_free (fake);
  dial = dial_exit (exit, "name.example", 5000);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_DOWN);
  g_assert_nonnull (strstr (dial.failure.detail, "refused"));

  /* That the exit has no address must not look as if the target had none. */
  dial = dial_exit (unnamed, "name.example", 5000);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_DOWN);
}

static void
test_certificate (gconstpointer kind)
{
  g_autoptr (TestCertificate) other = test_certificate_new ("IP:127.0.0.1", 30);
  g_autoptr (FakeExit) fake = fake_exit_new (kind, other);
  g_autofree char *uri = fake_exit_uri (fake, NULL, FALSE);
  g_autoptr (NjExit) unpinned = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
  g_autoptr (NjExit) pinned = exit_for (fake, NULL);
  Dial dial = dial_exit (unpinned, "name.example", 5000);

  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_CERTIFICATE);
  g_assert_cmpint (nj_exit_state (unpinned), ==, NJ_EXIT_STATE_SUSPECT);
  dial = dial_exit (pinned, "name.example", 5000);
  assert_dialled (&dial, "ping");

  g_assert_true (nj_tls_context_trust_only (other->certificate_path));
  dial = dial_exit (unpinned, "name.example", 5000);
  assert_dialled (&dial, "ping");
  g_assert_true (nj_tls_context_trust_only (certificate->certificate_path));
}

static void
test_tor (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("tor", NULL);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);
  static const char *const hosts[][2] = { { "www.example.co.uk", "example.co.uk" }, { "a.example.co.uk", "example.co.uk" },
                                          { "other.example", "other.example" } };

  fake_exit_set_credentials (fake, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *user = NULL;
      Dial dial = dial_exit (exit, hosts[i][0], 5000);

      /* The fake takes method 0 when it is offered, as Tor takes method 2 first. */
      assert_dialled (&dial, "ping");
      user = fake_exit_last_user (fake);
      g_assert_cmpstr (user, ==, hosts[i][1]);
    }
}

static void
test_chain (void)
{
  g_autoptr (FakeExit) first = fake_exit_new ("socks5", NULL);
  g_autoptr (FakeExit) second = fake_exit_new ("https", certificate);
  g_autoptr (FakeExit) third = fake_exit_new ("socks5s", certificate);
  g_autofree char *a = fake_exit_uri (first, NULL, TRUE);
  g_autofree char *b = fake_exit_uri (second, NULL, TRUE);
  g_autofree char *c = fake_exit_uri (third, NULL, TRUE);
  g_autofree char *uri = g_strjoin (",", a, b, c, NULL);
  g_autoptr (NjExit) chain = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
  g_autofree char *seen = NULL;
  g_autofree char *want = g_strdup_printf ("127.0.0.1:%u", fake_exit_port (second));
  Dial dial = dial_exit (chain, "name.example", 5000);

  assert_dialled (&dial, "ping");
  seen = fake_exit_target (first);
  g_assert_cmpstr (seen, ==, want);
  g_free (seen);
  seen = fake_exit_target (third);
  g_assert_cmpstr (seen, ==, "name.example:443");

  /* Whichever link breaks, the chain as a whole is down. */
  fake_exit_set_mood (second, FAKE_EXIT_REFUSES);
  dial = dial_exit (chain, "name.example", 5000);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_DOWN);
  g_assert_cmpint (nj_exit_state (chain), ==, NJ_EXIT_STATE_SUSPECT);
  fake_exit_set_mood (second, FAKE_EXIT_SERVES);
  fake_exit_set_mood (third, FAKE_EXIT_REFUSES);
  dial = dial_exit (chain, "name.example", 5000);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_CONNECTION_REFUSED);
  g_assert_cmpint (nj_exit_state (chain), ==, NJ_EXIT_STATE_ALIVE);
}

/* While an exit is down those that may stand in for it do, and only for its own faults. */
static void
test_others (void)
{
  g_autoptr (FakeExit) first = fake_exit_new ("socks5", NULL);
  g_autoptr (FakeExit) second = fake_exit_new ("http", NULL);
  g_autoptr (FakeExit) third = fake_exit_new ("https", certificate);
  g_autoptr (NjExit) a = exit_for (first, NULL);
  g_autoptr (NjExit) b = exit_for (second, NULL);
  g_autoptr (NjExit) c = exit_for (third, NULL);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  const NjExitChoice choice = { FALSE, a, others };
  Dial dial = { .host = "name.example", .port = 443, .patience = 5 * G_USEC_PER_SEC };

  g_ptr_array_add (others, b);
  g_ptr_array_add (others, c);
  nj_route_choose (&choice, NJ_BYTES ("name.example"), &dial.route);
  g_assert_true (dial.route.exit == a);
  on_worker_run (dial_fiber, &dial);
  assert_dialled (&dial, "ping");
  g_assert_true (dial.failure.used == a);
  g_assert_cmpuint (fake_exit_connections (second), ==, 0);

  fake_exit_set_mood (first, FAKE_EXIT_RESETS);
  fake_exit_set_mood (second, FAKE_EXIT_DENIES);
  on_worker_run (dial_fiber, &dial);
  assert_dialled (&dial, "ping");
  g_assert_true (dial.failure.used == c);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_OK);

  /* Twice is dead: then it is not even asked, and the route itself names another. */
  on_worker_run (dial_fiber, &dial);
  g_assert_cmpint (nj_exit_state (a), ==, NJ_EXIT_STATE_DEAD);
  g_assert_cmpint (nj_exit_state (b), ==, NJ_EXIT_STATE_DEAD);
  nj_route_choose (&choice, NJ_BYTES ("name.example"), &dial.route);
  g_assert_true (dial.route.exit == c);
  g_assert_cmpuint (fake_exit_connections (first), ==, 3);
  on_worker_run (dial_fiber, &dial);
  assert_dialled (&dial, "ping");
  g_assert_cmpuint (fake_exit_connections (first), ==, 3);

  /* What the target does is no reason to ask another exit. */
  fake_exit_set_mood (third, FAKE_EXIT_REFUSES);
  on_worker_run (dial_fiber, &dial);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_REFUSED);
  g_assert_true (dial.failure.used == c);

  /* With all of them dead nothing leaves. */
  nj_exit_dial_failed (c, "x");
  nj_exit_dial_failed (c, "x");
  nj_route_choose (&choice, NJ_BYTES ("name.example"), &dial.route);
  g_assert_cmpint (dial.route.kind, ==, NJ_ROUTE_EXIT);
  g_assert_true (dial.route.exit == a);
  on_worker_run (dial_fiber, &dial);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_DOWN);
}

static void
test_direct (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("socks5", NULL);
  Dial dial = { { NJ_ROUTE_DIRECT, NULL, NULL }, "127.0.0.1", fake_exit_port (fake), 5 * G_USEC_PER_SEC, NJ_FAILED, { 0 }, "" };

  on_worker_run (dial_fiber, &dial);
  g_assert_cmpint (dial.io, ==, NJ_OK);
  g_assert_cmpuint (fake_exit_connections (fake), ==, 1);

  /* Nothing is a way past a refusal. */
  dial.route = (NjRoute){ NJ_ROUTE_REFUSED, NULL, "because" };
  on_worker_run (dial_fiber, &dial);
  g_assert_cmpint (dial.io, ==, NJ_FAILED);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_REFUSED_BY_ROUTE);
  g_assert_cmpstr (dial.failure.detail, ==, "because");
  g_assert_cmpuint (fake_exit_connections (fake), ==, 1);

  dial.route = (NjRoute){ NJ_ROUTE_DIRECT, NULL, NULL };
  dial.host = "no.such.name.invalid";
  on_worker_run (dial_fiber, &dial);
  g_assert_true (dial.failure.result == NJ_DIAL_NO_SUCH_NAME || dial.failure.result == NJ_DIAL_NAME_FAILED);
}

static void
probe_fiber (gpointer user_data)
{
  Dial *dial = user_data;

  dial->io = nj_dial_probe (nj_worker_current (), dial->route.exit, nj_clock_monotonic () + dial->patience, &dial->failure);
}

/* Nothing is asked of an exit that is only looked at. */
static void
test_probe (gconstpointer kind)
{
  g_autoptr (TestCertificate) other = test_certificate_new ("DNS:other.test", 30);
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (FakeExit) stranger = fake_exit_new (kind, other);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);
  g_autofree char *uri = fake_exit_uri (stranger, NULL, FALSE);
  g_autoptr (NjExit) wrong = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
  g_autofree char *target = NULL;
  Dial dial = { .route.exit = exit, .patience = 5 * G_USEC_PER_SEC };

  on_worker_run (probe_fiber, &dial);
  g_assert_cmpint (dial.io, ==, NJ_OK);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_ALIVE);
  g_assert_cmpuint (nj_exit_latency_ms (exit), >, 0);
  target = fake_exit_target (fake);
  g_assert_cmpstr (target, ==, "");

  dial.route.exit = wrong;
  on_worker_run (probe_fiber, &dial);
  g_assert_cmpint (dial.io, ==, g_str_has_suffix (kind, "s") ? NJ_FAILED : NJ_OK);
  if (g_str_has_suffix (kind, "s"))
    g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_CERTIFICATE);
}

static void
test_bad_target (void)
{
  static const char *const hosts[] = { "", "a b", "a\r\nX: y", "a/b", "a:1", "[::1", "\xff" };
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      Dial dial = dial_exit (exit, hosts[i], 5000);

      g_assert_cmpint (dial.io, ==, NJ_FAILED);
      g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_NO_SUCH_NAME);
    }
  g_assert_cmpuint (fake_exit_connections (fake), ==, 0);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_IDLE);
}

static void
cancelled_fiber (gpointer user_data)
{
  Dial    *dial = user_data;
  NjFiber *fiber = nj_fiber_ref (nj_fiber_spawn (nj_worker_current (), dial_fiber, dial));

  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  nj_fiber_cancel (fiber);
  g_assert_cmpint (nj_fiber_join (fiber, nj_clock_monotonic () + 5 * G_USEC_PER_SEC), ==, NJ_OK);
  nj_fiber_unref (fiber);
}

static void
test_cancelled (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_for (fake, NULL);
  Dial dial = { { NJ_ROUTE_EXIT, exit, NULL }, "name.example", 443, 5 * G_USEC_PER_SEC, NJ_FAILED, { 0 }, "" };

  fake_exit_set_mood (fake, FAKE_EXIT_STALLS);
  on_worker_run (cancelled_fiber, &dial);
  g_assert_cmpint (dial.io, ==, NJ_CANCELLED);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_CANCELLED);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_IDLE);
}

static void
add_for_kinds (const char *name, GTestDataFunc func, gboolean is_tls_only)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/exits/dial/%s/%s", name, kinds[i]);

      if (!is_tls_only || g_str_has_suffix (kinds[i], "s"))
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

  add_for_kinds ("serves", test_serves, FALSE);
  add_for_kinds ("credentials", test_credentials, FALSE);
  add_for_kinds ("fails", test_fails, FALSE);
  add_for_kinds ("refuses", test_refuses, FALSE);
  add_for_kinds ("silent", test_silent, FALSE);
  add_for_kinds ("gone", test_gone, FALSE);
  add_for_kinds ("cancelled", test_cancelled, FALSE);
  add_for_kinds ("probe", test_probe, FALSE);
  add_for_kinds ("certificate", test_certificate, TRUE);
  g_test_add_func ("/exits/dial/tor", test_tor);
  g_test_add_func ("/exits/dial/chain", test_chain);
  g_test_add_func ("/exits/dial/others", test_others);
  g_test_add_func ("/exits/dial/direct", test_direct);
  g_test_add_func ("/exits/dial/bad-target", test_bad_target);
  status = g_test_run ();
  test_certificate_free (certificate);
  return status;
}
