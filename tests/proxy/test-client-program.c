/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who a client is: this very program, found by a helper among all processes and then among those that
 * were found before; nobody once the time is over. Helpers end and come back. Real sockets, the real kernel.
 */
#include "base/clock.h"
#include "proxy/client-program.h"
#include "tests/support/on-worker.h"

#include <unistd.h>

typedef struct
{
  int      listener;
  int      client;
  guint16  port;   /* the client's */
  NjShared shared; /* only where we listen */
  gint64   patience_us;
  guint    found;  /* process */
  guint    again;
} World;

static void
world_init (World *world, gint64 patience_us)
{
  NjAddress peer = { .len = sizeof peer.v4 };

  *world = (World){ .patience_us = patience_us };
  g_assert_true (nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &world->shared.address));
  world->listener = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (world->listener, &world->shared.address.any, world->shared.address.len), ==, 0);
  g_assert_cmpint (listen (world->listener, 1), ==, 0);
  g_assert_cmpint (getsockname (world->listener, &world->shared.address.any, &world->shared.address.len), ==, 0);
  world->client = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (connect (world->client, &world->shared.address.any, world->shared.address.len), ==, 0);
  g_assert_cmpint (getsockname (world->client, &peer.any, &peer.len), ==, 0);
  world->port = ntohs (peer.v4.sin_port);
}

static void
world_clear (World *world)
{
  close (world->client);
  close (world->listener);
}

static void
look (gpointer user_data)
{
  World          *world = user_data;
  NjLane         *lane = nj_lane_new (&world->shared, nj_worker_current (), 0);
  NjSession       session = { .lane = lane, .port = world->port };
  NjClientProgram program;

  nj_client_program_find (&session, nj_clock_monotonic () + world->patience_us, &program);
  world->found = program.process;
  g_assert_true (program.process == 0 || program.name[0] != '\0');
  g_assert_false (program.is_browser);
  nj_client_program_find (&session, nj_clock_monotonic () + world->patience_us, &program);
  world->again = program.process;
  nj_lane_free (lane);
}

static void
test_find (void)
{
  World world;

  for (guint round = 0; round < 3; round++)
    {
      world_init (&world, 60 * G_USEC_PER_SEC);
      on_worker_run (look, &world);
      g_assert_cmpuint (world.found, ==, (guint) getpid ());
      g_assert_cmpuint (world.again, ==, (guint) getpid ());
      world_clear (&world);
      if (round > 0)
        nj_client_program_end ();
    }
  nj_client_program_end ();
}

/* The helper finds that nobody waits; what it found is nobody's. */
static void
test_late (void)
{
  World world;

  for (guint round = 0; round < 20; round++)
    {
      world_init (&world, -1);
      on_worker_run (look, &world);
      g_assert_true (world.found == 0 || world.found == (guint) getpid ());
      world_clear (&world);
    }
  nj_client_program_end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/client-program/find", test_find);
  g_test_add_func ("/proxy/client-program/late", test_late);
  return g_test_run ();
}
