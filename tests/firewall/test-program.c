/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who holds the other end: ourselves for our own connections, over both families; another user for a
 * child that runs as one; nobody once it is closed. Real sockets, the real kernel.
 */
#include "firewall/program.h"
#include "firewall/program-name.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOMEBODY_ELSE 65534

typedef struct
{
  int       listener;
  int       client;
  int       server;
  NjAddress local; /* where the listener stands */
  NjAddress peer;
} Pair;

static gboolean
pair_open (Pair *pair, const char *host)
{
  g_assert_true (nj_address_parse (nj_bytes_from_string (host), 0, &pair->local));
  pair->listener = socket (pair->local.any.sa_family, SOCK_STREAM, 0);
  if (pair->listener < 0 || bind (pair->listener, &pair->local.any, pair->local.len) < 0)
    return FALSE;

  g_assert_cmpint (listen (pair->listener, 4), ==, 0);
  getsockname (pair->listener, &pair->local.any, &pair->local.len);
  pair->client = socket (pair->local.any.sa_family, SOCK_STREAM, 0);
  g_assert_cmpint (connect (pair->client, &pair->local.any, pair->local.len), ==, 0);
  pair->peer.len = sizeof pair->peer.v6;
  pair->server = accept (pair->listener, &pair->peer.any, &pair->peer.len);
  g_assert_cmpint (pair->server, >=, 0);
  return TRUE;
}

static void
pair_close (Pair *pair)
{
  close (pair->client);
  close (pair->server);
  close (pair->listener);
}

static void
test_ourselves (gconstpointer host)
{
  g_autoptr (NjProgram) program = nj_program_new ();
  Pair           pair = { 0 };
  NjProgramOwner owner = { 12345, 0 };
  struct stat    status;

  if (!pair_open (&pair, host))
    {
      g_test_skip ("this machine has no such loopback address");
      return;
    }
  g_assert_true (nj_program_owner (program, &pair.peer, &pair.local, &owner));
  g_assert_cmpuint (owner.uid, ==, getuid ());
  fstat (pair.client, &status);
  g_assert_cmpuint (owner.inode, ==, status.st_ino);
  pair_close (&pair);
}

static void
test_nobody (void)
{
  g_autoptr (NjProgram) program = nj_program_new ();
  Pair           pair = { 0 };
  NjProgramOwner owner;
  NjAddress      never;

  g_assert_true (pair_open (&pair, "127.0.0.1"));
  g_assert_true (nj_address_parse (NJ_BYTES ("127.0.0.1"), 1, &never));
  g_assert_false (nj_program_owner (program, &never, &pair.local, &owner));
  close (pair.client);
  pair.client = dup (pair.server);
  g_assert_false (nj_program_owner (program, &pair.peer, &pair.local, &owner));
  pair_close (&pair);
}

static void
test_somebody_else (void)
{
  g_autoptr (NjProgram) program = nj_program_new ();
  NjProgramOwner owner = { 0 };
  NjAddress      local = { 0 };
  NjAddress      peer = { .len = sizeof peer.v6 };
  int            listener = socket (AF_INET, SOCK_STREAM, 0);
  int            server;
  pid_t          child;

  if (getuid () != 0)
    {
      g_test_skip ("only root can become another user");
      close (listener);
      return;
    }

  nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &local);
  g_assert_cmpint (bind (listener, &local.any, local.len), ==, 0);
  listen (listener, 1);
  getsockname (listener, &local.any, &local.len);

  child = fork ();
  if (child == 0)
    {
      int fd;

      if (setuid (SOMEBODY_ELSE) != 0)
        _exit (1);
      fd = socket (AF_INET, SOCK_STREAM, 0);
      if (connect (fd, &local.any, local.len) != 0)
        _exit (1);
      for (;;)
        pause ();
    }

  server = accept (listener, &peer.any, &peer.len);
  g_assert_true (nj_program_owner (program, &peer, &local, &owner));
  g_assert_cmpuint (owner.uid, ==, SOMEBODY_ELSE);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  close (server);
  close (listener);
}

/* The name that people read is this very program's, also after the connection has gone. */
static void
test_name (void)
{
  g_autoptr (NjProgramNames) names = NULL;
  Pair    pair = { 0 };
  guint16 port;

  g_assert_true (pair_open (&pair, "127.0.0.1"));
  names = nj_program_names_new (&pair.local);
  port = nj_address_port (&pair.peer);
  g_assert_cmpstr (nj_program_names_lookup (names, 1), ==, "");
  /* The kernel keeps fifteen bytes of a name. */
  g_assert_true (g_str_has_prefix ("test-firewall-program", nj_program_names_lookup (names, port)));
  g_assert_cmpuint (strlen (nj_program_names_lookup (names, port)), ==, 15);
  pair_close (&pair);
  g_assert_cmpuint (strlen (nj_program_names_lookup (names, port)), ==, 15);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/firewall/program/ourselves-ipv4", "127.0.0.1", test_ourselves);
  g_test_add_data_func ("/firewall/program/ourselves-ipv6", "::1", test_ourselves);
  g_test_add_func ("/firewall/program/nobody", test_nobody);
  g_test_add_func ("/firewall/program/somebody-else", test_somebody_else);
  g_test_add_func ("/firewall/program/name", test_name);
  return g_test_run ();
}
