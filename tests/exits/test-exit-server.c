/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exit server with our own client: tunnels by HTTP/2 and HTTP/1.1, who is let in, what is not
 * reached, and what a stranger sees, who must not learn that there is an exit.
 */
#include "base/clock.h"
#include "exits/dial.h"
#include "exits/exit-server.h"
#include "net/socket.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"
#include "tests/support/test-certificate.h"
#include "tls/tls-stream.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  TestCertificate *certificate;
  NjTlsServer     *tls;
  NjUsers         *users;
  NjExitServer    *server;
  gboolean         allow_private;
} Fixture;

static NjUsers *
users_from (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  NjUsers *users;
  int      fd = g_file_open_tmp ("nightjar-users-XXXXXX", &path, NULL);

  close (fd);
  g_file_set_contents (path, text, -1, NULL);
  users = nj_users_new (path, error);
  g_unlink (path);
  return users;
}

static void
set_up (Fixture *fixture, gconstpointer allow_private)
{
  g_autofree char *line = nj_users_line ("me", "right", NJ_USERS_CHOSEN);
  g_autofree char *text = g_strconcat ("# users\n\n", line, "\n", NULL);
  NjExitServerConfig config = { .allow_private = allow_private != NULL, .connections_max = 100 };

  fixture->certificate = test_certificate_new ("IP:127.0.0.1", 30);
  fixture->tls = nj_tls_server_new (fixture->certificate->certificate_path, fixture->certificate->key_path,
                                    NJ_BYTES ("h2,http/1.1"), NULL);
  nj_tls_server_require_tls13 (fixture->tls);
  fixture->users = users_from (text, NULL);
  g_assert_cmpuint (nj_users_count (fixture->users), ==, 1);
  nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &config.address);
  config.tls = fixture->tls;
  config.users = fixture->users;
  fixture->server = nj_exit_server_new (&config, NULL);
  g_assert_nonnull (fixture->server);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_exit_server_free (fixture->server);
  nj_users_free (fixture->users);
  nj_tls_server_unref (fixture->tls);
  test_certificate_free (fixture->certificate);
}

static NjExit *
exit_by (Fixture *fixture, const char *scheme, const char *credentials)
{
  GString *uri = g_string_new (NULL);
  NjExit  *exit;

  g_string_printf (uri, "%s://%s%s127.0.0.1:%u#sha256=", scheme, credentials, credentials[0] != '\0' ? "@" : "",
                   nj_exit_server_port (fixture->server));
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (uri, "%02x", fixture->certificate->fingerprint[i]);
  exit = nj_exit_new_from_uri (uri->str, NULL, NULL, NULL);
  g_string_free (uri, TRUE);
  return exit;
}

static gint64
soon (void)
{
  return nj_clock_monotonic () + 10 * G_USEC_PER_SEC;
}

static NjIo
dial (Fixture *fixture, const char *scheme, const char *credentials, const char *host, guint16 port, NjStream **ret_stream,
      NjDialFailure *ret_failure)
{
  g_autoptr (NjExit) exit = exit_by (fixture, scheme, credentials);
  const NjRoute route = { NJ_ROUTE_EXIT, exit, NULL };

  return nj_dial (nj_worker_current (), &route, nj_bytes_from_string (host), port, soon (), ret_stream, ret_failure);
}

/* A target on loopback that takes one connection after the other and echoes. */
static int
target_listen (guint16 *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 64), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

static void
assert_tunnel (Fixture *fixture, const char *scheme)
{
  enum { LEN = 500000 };
  guint16            port;
  int                listener = target_listen (&port);
  NjStream          *stream = NULL;
  NjStream          *target;
  NjDialFailure      failure;
  g_autofree guint8 *sent = g_malloc (LEN);
  g_autofree guint8 *got = g_malloc (LEN);
  char               c;
  gsize              n;

  for (gsize i = 0; i < LEN; i++)
    sent[i] = (guint8) (i * 7 + i / 251);
  if (dial (fixture, scheme, "me:right", "localhost", port, &stream, &failure) != NJ_OK)
    g_error ("%s: %s", scheme, failure.detail);
  target = nj_socket_new (nj_worker_current (), accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));

  /* Much each way, and each end by itself. */
  g_assert_cmpint (nj_stream_write (stream, sent, LEN, soon ()), ==, NJ_OK);
  g_assert_cmpint (nj_stream_shut (stream, soon ()), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (target, got, LEN, soon ()), ==, NJ_OK);
  g_assert_cmpmem (got, LEN, sent, LEN);
  g_assert_cmpint (nj_stream_read (target, &c, 1, soon (), &n), ==, NJ_EOF);
  g_assert_cmpint (nj_stream_write (target, sent, 1000, soon ()), ==, NJ_OK);
  nj_stream_close (target);
  g_assert_cmpint (nj_stream_read_full (stream, got, 1000, soon ()), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read (stream, &c, 1, soon (), &n), ==, NJ_EOF);
  nj_stream_close (stream);
  close (listener);

  g_assert_cmpint (dial (fixture, scheme, "me:right", "127.0.0.1", port, &stream, &failure), ==, NJ_FAILED);
  g_assert_cmpint (failure.result, ==, NJ_DIAL_EXIT_REFUSED);
  g_assert_nonnull (strstr (failure.detail, "502"));
}

static void
tunnels (gpointer fixture_pointer)
{
  Fixture           *fixture = fixture_pointer;
  NjExitServerCounts counts;
  g_autoptr (NjExit) exit = exit_by (fixture, "h2", "me:right");
  NjDialFailure      failure;

  nj_exit_server_attach (fixture->server, nj_worker_current ());
  /* What a probe left warm the tunnels then use. */
  g_assert_cmpint (nj_dial_probe (nj_worker_current (), exit, soon (), &failure), ==, NJ_OK);
  assert_tunnel (fixture, "h2");
  assert_tunnel (fixture, "https");
  assert_tunnel (fixture, "h2");
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  nj_exit_server_counts (fixture->server, &counts);
  g_assert_cmpuint (counts.tunnels, ==, 3);
  g_assert_cmpuint (counts.tunnels_open, ==, 0);
  g_assert_cmpuint (counts.tunnels_failed, ==, 3);
  g_assert_cmpuint (counts.bytes_up, ==, 1500000);
  g_assert_cmpuint (counts.bytes_down, ==, 3000);
  /* Two connections by HTTP/1.1, one warm one by HTTP/2. */
  g_assert_cmpuint (counts.connections, ==, 3);
}

static void
test_tunnels (Fixture *fixture, gconstpointer data)
{
  on_worker_run (tunnels, fixture);
}

/* Through the same exit three times, one carrier inside another: a hop is a stream over a stream. */
static void
chain (gpointer fixture_pointer)
{
  Fixture         *fixture = fixture_pointer;
  g_autoptr (NjExit) one = exit_by (fixture, "h2", "me:right");
  g_autoptr (NjExit) two = exit_by (fixture, "https", "me:right");
  g_autofree char *first = nj_exit_to_uri (one);
  g_autofree char *second = nj_exit_to_uri (two);
  g_autofree char *uri = g_strjoin (",", first, second, first, NULL);
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
  const NjRoute      route = { NJ_ROUTE_EXIT, exit, NULL };
  NjExitServerCounts counts;

  nj_exit_server_attach (fixture->server, nj_worker_current ());
  for (guint i = 0; i < 3; i++)
    {
      guint16       port;
      int           listener = target_listen (&port);
      NjStream     *stream = NULL;
      NjStream     *target;
      NjDialFailure failure;
      char          text[5];

      if (nj_dial (nj_worker_current (), &route, NJ_BYTES ("localhost"), port, soon (), &stream, &failure) != NJ_OK)
        g_error ("%s", failure.detail);
      target = nj_socket_new (nj_worker_current (), accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
      g_assert_cmpint (nj_stream_write (stream, "hello", 5, soon ()), ==, NJ_OK);
      g_assert_cmpint (nj_stream_read_full (target, text, 5, soon ()), ==, NJ_OK);
      g_assert_cmpint (nj_stream_write (target, text, 5, soon ()), ==, NJ_OK);
      g_assert_cmpint (nj_stream_read_full (stream, text, 5, soon ()), ==, NJ_OK);
      g_assert_cmpmem (text, 5, "hello", 5);
      nj_stream_close (stream);
      nj_stream_close (target);
      close (listener);
    }
  nj_exit_server_counts (fixture->server, &counts);
  /* Two tunnels for the way, kept; one for each target. */
  g_assert_cmpuint (counts.tunnels, ==, 5);
}

static void
test_chain (Fixture *fixture, gconstpointer data)
{
  on_worker_run (chain, fixture);
}

static void
strangers (gpointer fixture_pointer)
{
  static const char *const credentials[] = { "", "me:wrong", "you:right", "me" };
  static const char *const schemes[] = { "h2", "https" };
  Fixture      *fixture = fixture_pointer;
  NjStream     *stream = NULL;
  NjDialFailure failure;

  nj_exit_server_attach (fixture->server, nj_worker_current ());
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    for (guint k = 0; k < G_N_ELEMENTS (credentials); k++)
      {
        gint64 start = nj_clock_monotonic ();

        g_assert_cmpint (dial (fixture, schemes[i], credentials[k], "127.0.0.1", 9, &stream, &failure), ==, NJ_FAILED);
        g_assert_cmpint (failure.result, ==, NJ_DIAL_EXIT_AUTH);
        g_assert_nonnull (strstr (failure.detail, "405"));
        g_test_message ("%s %s: %d ms", schemes[i], credentials[k], (int) ((nj_clock_monotonic () - start) / 1000));
        g_assert_cmpint (nj_clock_monotonic () - start, >=, 140000);
      }
}

static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  on_worker_run (strangers, fixture);
}

static void
private (gpointer fixture_pointer)
{
  static const char *const targets[] = { "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::1]",
                                         "[fe80::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "100.64.0.1", "[fd00::1]" };
  Fixture           *fixture = fixture_pointer;
  NjStream          *stream = NULL;
  NjDialFailure      failure;
  NjExitServerCounts counts;

  nj_exit_server_attach (fixture->server, nj_worker_current ());
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_assert_cmpint (dial (fixture, "h2", "me:right", targets[i], 80, &stream, &failure), ==, NJ_FAILED);
      g_assert_cmpint (failure.result, ==, NJ_DIAL_EXIT_REFUSED);
      g_assert_nonnull (strstr (failure.detail, "403"));
    }
  nj_exit_server_counts (fixture->server, &counts);
  g_assert_cmpuint (counts.targets_refused, ==, G_N_ELEMENTS (targets));
}

static void
test_private (Fixture *fixture, gconstpointer data)
{
  on_worker_run (private, fixture);
}

/* What is said, and the beginnings of what comes back. */
static const struct { const char *said, *first, *second; } probes[] = {
  { "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 " },
  { "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\n", NULL },
  { "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 ", NULL },
  { "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "HTTP/1.1 405 ", NULL },
  { "GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 ", NULL },
  { "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nProxy-Authorization: Basic !!!\r\n\r\n", "HTTP/1.1 405 ", NULL },
  { "\5\1\0", "", NULL },
  { "nonsense\r\n\r\n", "HTTP/1.1 400 ", NULL },
};

static void
probe (gpointer fixture_pointer)
{
  Fixture *fixture = fixture_pointer;
  const NjTlsClientConfig config = { .server_name = NJ_BYTES ("127.0.0.1"), .port = 1, .fingerprint = fixture->certificate->fingerprint,
                                     .alpn = NJ_BYTES ("http/1.1") };
  NjAddress address;

  nj_exit_server_attach (fixture->server, nj_worker_current ());
  nj_address_parse (NJ_BYTES ("127.0.0.1"), nj_exit_server_port (fixture->server), &address);
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      NjStream *stream = NULL;
      char      answer[4096] = "";
      gsize     have = 0;
      gsize     n;
      int       code;

      g_assert_cmpint (nj_socket_connect (nj_worker_current (), &address, soon (), &stream, &code), ==, NJ_OK);
      g_assert_cmpint (nj_tls_connect (stream, &config, soon (), &stream, NULL), ==, NJ_OK);
      g_assert_cmpint (nj_stream_write (stream, probes[i].said, strlen (probes[i].said), soon ()), ==, NJ_OK);
      if (probes[i].first[0] != '\0')
        while (nj_stream_read (stream, answer + have, sizeof answer - 1 - have, soon (), &n) == NJ_OK)
          have += n;
      nj_stream_close (stream);

      if (!g_str_has_prefix (answer, probes[i].first))
        g_error ("“%s” got “%s”", probes[i].said, answer);
      if (probes[i].second != NULL)
        g_assert_nonnull (strstr (answer, probes[i].second));
      g_assert_null (strstr (answer, "roxy"));
      g_assert_null (strstr (answer, "ightjar"));
    }
}

static void
test_probe (Fixture *fixture, gconstpointer data)
{
  on_worker_run (probe, fixture);
}

static void
test_users_file (void)
{
  static const char *const wrong[] = { "", "# nobody\n", "me\n", "me:plain:x\n", "me:scrypt:15:AAAA:AAAA\n", ":scrypt:15:a:b\n",
                                       "me:scrypt:99:UYKHxK7hE8anLmkyoT8Ybw==:SgWgIZYV54fv7Zlu49T+Zyll+m5h9inOtz0f/vwh7Qc=\n" };
  g_autofree char *one = nj_users_line ("a b", "x", NJ_USERS_CHOSEN);
  g_autofree char *two = nj_users_line ("a:b", "x", NJ_USERS_RANDOM);

  g_assert_null (one);
  g_assert_null (two);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (users_from (wrong[i], &error));
      g_assert_error (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE);
    }
}

static double
cpu_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
offenders (gpointer users_pointer)
{
  NjUsers  *users = users_pointer;
  NjAddress bad = { 0 };
  NjAddress good = { 0 };
  /* me:right and me:wrong */
  const NjBytes right = NJ_BYTES ("Basic bWU6cmlnaHQ=");
  const NjBytes wrong = NJ_BYTES ("basic  bWU6d3Jvbmc=");
  double        start;

  nj_address_parse (NJ_BYTES ("2001:db8::1"), 1, &bad);
  nj_address_parse (NJ_BYTES ("192.0.2.1"), 1, &good);
  for (guint i = 0; i < 10; i++)
    g_assert_false (nj_users_check (users, wrong, &bad));

  /* Not heard any more, though it be right now, and it costs no hash; nor is its neighbour. */
  start = cpu_now ();
  g_assert_false (nj_users_check (users, right, &bad));
  nj_address_parse (NJ_BYTES ("2001:db8::2"), 1, &bad);
  g_assert_false (nj_users_check (users, right, &bad));
  g_assert_cmpfloat (cpu_now () - start, <, 0.02);
  g_assert_true (nj_users_check (users, right, &good));

  /* Once it was right it needs no hash, and then not even a good name. */
  start = cpu_now ();
  g_assert_true (nj_users_check (users, right, &good));
  g_assert_true (nj_users_check (users, right, &bad));
  g_assert_cmpfloat (cpu_now () - start, <, 0.02);
  g_assert_false (nj_users_check (users, wrong, &good));
  g_assert_false (nj_users_check (users, NJ_BYTES ("Bearer x"), &good));
  g_assert_false (nj_users_check (users, NJ_BYTES ("Basic "), &good));
  g_assert_false (nj_users_check (users, NJ_BYTES ("Basic bWU="), &good));
  g_assert_false (nj_users_check (users, NJ_BYTES_NONE, &good));
}

static void
test_offenders (Fixture *fixture, gconstpointer data)
{
  on_worker_run (offenders, fixture->users);
}

#define TOGETHER 12

typedef struct
{
  NjUsers *users;
  guint    n_right;
} Together;

static void
together_one (gpointer user_data)
{
  Together *together = user_data;
  NjAddress peer = { 0 };

  nj_address_parse (NJ_BYTES ("192.0.2.9"), 1, &peer);
  together->n_right += nj_users_check (together->users, NJ_BYTES ("Basic bWU6cmlnaHQ="), &peer);
}

static void
together_all (gpointer user_data)
{
  NjFiber *fibers[TOGETHER];

  for (guint i = 0; i < TOGETHER; i++)
    fibers[i] = nj_fiber_ref (nj_fiber_spawn (nj_worker_current (), together_one, user_data));
  for (guint i = 0; i < TOGETHER; i++)
    {
      g_assert_cmpint (nj_fiber_join (fibers[i], nj_clock_monotonic () + 20 * G_USEC_PER_SEC), ==, NJ_OK);
      nj_fiber_unref (fibers[i]);
    }
}

/* A browser's first dozen of tunnels: one hash, and nobody is left outside. */
static void
test_together (Fixture *fixture, gconstpointer data)
{
  Together         together = { fixture->users, 0 };
  double           start = cpu_now (), one;
  g_autofree char *line = nj_users_line ("a", "password", NJ_USERS_CHOSEN);

  one = cpu_now () - start;
  start = cpu_now ();
  on_worker_run (together_all, &together);
  g_assert_cmpuint (together.n_right, ==, TOGETHER);
  g_test_message ("one hash %.0f ms, %d logins at once %.0f ms of CPU", one * 1000, TOGETHER, (cpu_now () - start) * 1000);
  g_assert_cmpfloat (cpu_now () - start, <, 4 * one);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exits/users/file", test_users_file);
  g_test_add ("/exits/users/together", Fixture, NULL, set_up, test_together, tear_down);
  g_test_add ("/exits/users/offenders", Fixture, NULL, set_up, test_offenders, tear_down);
  g_test_add ("/exits/exit-server/tunnels", Fixture, "private", set_up, test_tunnels, tear_down);
  g_test_add ("/exits/exit-server/chain", Fixture, "private", set_up, test_chain, tear_down);
  g_test_add ("/exits/exit-server/strangers", Fixture, "private", set_up, test_strangers, tear_down);
  g_test_add ("/exits/exit-server/private", Fixture, NULL, set_up, test_private, tear_down);
  g_test_add ("/exits/exit-server/probe", Fixture, NULL, set_up, test_probe, tear_down);
  return g_test_run ();
}
