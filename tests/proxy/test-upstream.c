/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pool of kept connections: who gets which, and what goes when a burst is over. Time is the test's.
 */
#include "base/clock.h"
#include "net/fiber.h"
#include "net/socket.h"
#include "proxy/upstream.h"
#include "tests/support/on-worker.h"

#include <sys/socket.h>
#include <unistd.h>

#define BURST 12
#define KEPT  8
#define IDLE_US (60 * (gint64) G_USEC_PER_SEC)

/* Goes on when the test says so, and a little whenever it is looked at, however slow the machine is; one thread. */
static gint64 now = G_USEC_PER_SEC;

static gint64
monotonic (void)
{
  return now += 500;
}

static const NjClock own = { monotonic, g_get_real_time };

static const NjRoute direct = { .kind = NJ_ROUTE_DIRECT };

static NjUpstreamKey
key_of (const char *host)
{
  return (NjUpstreamKey){ .route = &direct, .host = nj_bytes_from_string (host), .port = 80 };
}

/* A connection in use; its other end is ours. */
static NjUpstream *
connection (NjUpstreamPool *pool, const char *host, int *ret_origin)
{
  NjUpstreamKey key = key_of (host);
  int           ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), ==, 0);
  *ret_origin = ends[1];
  return nj_upstream_adopt (pool, &key, nj_socket_new (nj_worker_current (), ends[0]));
}

static gboolean
is_open (int origin)
{
  char byte;

  return recv (origin, &byte, 1, MSG_PEEK) < 0;
}

static guint
n_open (const int *origins, guint n)
{
  guint open = 0;

  for (guint i = 0; i < n; i++)
    open += is_open (origins[i]);
  return open;
}

/* The loop goes round with the clock as it is now. */
static void
turn (void)
{
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
}

static void
check_trim (gpointer unused)
{
  NjUpstreamPool *pool = nj_upstream_pool_new (nj_worker_current ());
  NjUpstreamKey   key = key_of ("127.0.0.1");
  NjUpstream     *used[BURST], *others[2], *last;
  int             origins[BURST], elsewhere[2];

  for (guint i = 0; i < BURST; i++)
    used[i] = connection (pool, "127.0.0.1", &origins[i]);
  for (guint i = 0; i < 2; i++)
    others[i] = connection (pool, "127.0.0.2", &elsewhere[i]);
  for (guint i = 0; i < BURST; i++)
    nj_upstream_keep (used[i], IDLE_US);
  for (guint i = 0; i < 2; i++)
    nj_upstream_keep (others[i], IDLE_US);

  /* The next part of the burst may be on its way. */
  now += 2 * G_USEC_PER_SEC;
  turn ();
  g_assert_cmpuint (n_open (origins, BURST), ==, BURST);

  now += 2 * G_USEC_PER_SEC;
  turn ();
  g_assert_cmpuint (n_open (origins, BURST), ==, KEPT);
  for (guint i = 0; i < BURST; i++)
    g_assert_true (is_open (origins[i]) == (i >= BURST - KEPT));
  g_assert_cmpuint (n_open (elsewhere, 2), ==, 2);

  /* The one that was used last is used first, and those that stayed stay. */
  last = nj_upstream_take (pool, &key);
  g_assert_true (last == used[BURST - 1]);
  nj_upstream_keep (last, IDLE_US);
  now += 10 * G_USEC_PER_SEC;
  turn ();
  g_assert_cmpuint (n_open (origins, BURST), ==, KEPT);

  now += 2 * IDLE_US;
  turn ();
  g_assert_cmpuint (n_open (origins, BURST) + n_open (elsewhere, 2), ==, 0);

  nj_upstream_pool_free (pool);
  for (guint i = 0; i < BURST; i++)
    close (origins[i]);
  for (guint i = 0; i < 2; i++)
    close (elsewhere[i]);
}

static void
test_trim (void)
{
  nj_clock_replace (&own);
  on_worker_run (check_trim, NULL);
  nj_clock_replace (NULL);
}

/* What was told hello as one kind of client is for no other. */
static void
check_kinds (gpointer unused)
{
  NjUpstreamPool    *pool = nj_upstream_pool_new (nj_worker_current ());
  static const guint8 suites[] = { 0x13, 0x01, 0xc0, 0x2f };
  NjClientHello      hello = { .version = 0x0304, .ciphers = { (const char *) suites, sizeof suites } };
  NjUpstreamKey      key = key_of ("127.0.0.1");
  NjUpstreamKey      alike = key;
  NjUpstream        *upstream;
  int                ends[2];

  alike.mirror = nj_tls_mirror_of (&hello);
  g_assert_nonnull (alike.mirror);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), ==, 0);
  upstream = nj_upstream_adopt (pool, &alike, nj_socket_new (nj_worker_current (), ends[0]));
  nj_upstream_keep (upstream, IDLE_US);

  g_assert_null (nj_upstream_take (pool, &key));
  g_assert_true (nj_upstream_take (pool, &alike) == upstream);
  nj_upstream_keep (upstream, IDLE_US);
  key.any_mirror = TRUE;
  g_assert_true (nj_upstream_take (pool, &key) == upstream);
  nj_upstream_close (upstream);
  nj_upstream_pool_free (pool);
  close (ends[1]);
}

static void
test_kinds (void)
{
  on_worker_run (check_kinds, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/upstream/trim", test_trim);
  g_test_add_func ("/proxy/upstream/kinds", test_kinds);
  return g_test_run ();
}
