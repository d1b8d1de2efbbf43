/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TLS over streams: both sides in fibers of one worker, over socket pairs that are whole or choppy;
 * who is trusted; sessions; ends that are cut; peers that speak nonsense.
 */
#include "base/clock.h"
#include "net/socket.h"
#include "tests/support/choppy-stream.h"
#include "tests/support/on-worker.h"
#include "tests/support/test-certificate.h"
#include "tls/tls-context.h"
#include "tls/tls-stream.h"

#include <glib-unix.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGE (1024 * 1024 + 77)

static TestCertificate *certificate; /* for exit.test and 127.0.0.1, trusted by the client */
static NjTlsServer     *server;

static gint64
in_seconds (gint seconds)
{
  return nj_clock_monotonic () + seconds * G_USEC_PER_SEC;
}

static NjTlsClientConfig
config_for (const char *name)
{
  return (NjTlsClientConfig){ .server_name = nj_bytes_from_string (name), .port = 443 };
}

static void
stream_pair (NjStream *pair[2])
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  pair[0] = nj_socket_new (nj_worker_current (), fds[0]);
  pair[1] = nj_socket_new (nj_worker_current (), fds[1]);
}

/* The server's side of a test: a fiber beside the test's own. */
typedef struct
{
  NjStream *below;
  NjIo      io;
  NjStream *stream; /* after the handshake */
  void (*then) (NjStream *stream);
} Side;

static void
on_side (gpointer user_data)
{
  Side *side = user_data;

  side->io = nj_tls_accept (side->below, server, in_seconds (10), &side->stream, NULL);
  if (side->io == NJ_OK && side->then != NULL)
    side->then (side->stream);
}

static void
join (NjFiber *fiber)
{
  g_assert_cmpint (nj_fiber_join (fiber, in_seconds (30)), ==, NJ_OK);
}

static NjStream *
connect_to_side (Side *side, const NjTlsClientConfig *config, gboolean is_choppy, NjTlsFailure *failure)
{
  NjStream *pair[2];
  NjStream *stream = NULL;
  NjFiber  *fiber;

  stream_pair (pair);
  side->below = is_choppy ? choppy_stream_new (pair[1], TRUE, NULL) : pair[1];
  fiber = nj_fiber_ref (nj_fiber_spawn (nj_worker_current (), on_side, side));
  if (nj_tls_connect (is_choppy ? choppy_stream_new (pair[0], TRUE, NULL) : pair[0], config, in_seconds (10), &stream, failure) != NJ_OK)
    stream = NULL;
  if (side->then == NULL)
    join (fiber);
  nj_fiber_unref (fiber);
  return stream;
}

static void
fill (guint8 *bytes, gsize len, guint32 seed)
{
  for (gsize i = 0; i < len; i++)
    bytes[i] = (guint8) ((i * 2654435761u + seed) >> 13);
}

static void
assert_large (NjStream *stream, guint32 seed)
{
  g_autofree guint8 *want = g_malloc (LARGE);
  g_autofree guint8 *have = g_malloc (LARGE);
  gsize n;

  fill (want, LARGE, seed);
  g_assert_cmpint (nj_stream_read_full (stream, have, LARGE, in_seconds (30)), ==, NJ_OK);
  g_assert_cmpmem (have, LARGE, want, LARGE);
  g_assert_cmpint (nj_stream_read (stream, have, 1, in_seconds (30), &n), ==, NJ_EOF);
  g_assert_false (nj_tls_is_truncated (stream));
}

static void
send_large (NjStream *stream, guint32 seed)
{
  g_autofree guint8 *bytes = g_malloc (LARGE);
  struct iovec pieces[] = { { bytes, 100 }, { bytes + 100, 50000 }, { bytes + 50100, 0 }, { bytes + 50100, LARGE - 50100 } };

  fill (bytes, LARGE, seed);
  g_assert_cmpint (nj_stream_writev (stream, pieces, G_N_ELEMENTS (pieces), in_seconds (30)), ==, NJ_OK);
  g_assert_cmpint (nj_stream_shut (stream, in_seconds (30)), ==, NJ_OK);
}

static void
on_large (NjStream *stream)
{
  assert_large (stream, 1);
  send_large (stream, 2);
  nj_stream_close (stream);
}

/* Much one way, the end of it, and then much the other way. */
static void
round_trip (gpointer is_choppy)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  NjTlsFailure failure = { 0 };
  Side      side = { .then = on_large };
  NjStream *stream = connect_to_side (&side, &config, is_choppy != NULL, &failure);

  g_assert_cmpstr (failure.text, ==, "");
  g_assert_nonnull (stream);
  send_large (stream, 1);
  assert_large (stream, 2);
  nj_stream_close (stream);
}

static void
test_round_trip (gconstpointer is_choppy)
{
  on_worker_run (round_trip, (gpointer) is_choppy);
}

static void
on_three (NjStream *stream)
{
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (nj_stream_write (stream, "0123456789", 10, in_seconds (5)), ==, NJ_OK);
}

/* What OpenSSL holds is not forgotten when the socket has nothing more. */
static void
pending (gpointer unused)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  Side      side = { .then = on_three };
  NjStream *stream = connect_to_side (&side, &config, FALSE, NULL);
  char      c;

  for (int i = 0; i < 30; i++)
    {
      gsize n = 0;

      g_assert_cmpint (nj_stream_wait (stream, NJ_WAIT_READ, in_seconds (1)), ==, NJ_OK);
      g_assert_cmpint (nj_stream_read (stream, &c, 1, in_seconds (1), &n), ==, NJ_OK);
      g_assert_cmpint (c, ==, '0' + i % 10);
    }
  g_assert_cmpint (nj_stream_read (stream, &c, 1, nj_clock_monotonic () + 20000, &(gsize){ 0 }), ==, NJ_TIMEOUT);
  nj_stream_close (stream);
  nj_stream_close (side.stream);
}

static void
test_pending (void)
{
  on_worker_run (pending, NULL);
}

/* A head and a body's first bytes are one record and one call below. */
static void
one_record (gpointer unused)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  NjStream    *pair[2];
  NjStream    *stream = NULL;
  guint        writes = 0;
  Side         side = { 0 };
  char         buffer[16];
  struct iovec pieces[] = { { (void *) "head", 4 }, { (void *) "body", 4 }, { (void *) "rest", 4 } };
  NjFiber     *fiber;

  stream_pair (pair);
  side.below = pair[1];
  fiber = nj_fiber_ref (nj_fiber_spawn (nj_worker_current (), on_side, &side));
  g_assert_cmpint (nj_tls_connect (choppy_stream_new (pair[0], FALSE, &writes), &config, in_seconds (5), &stream, NULL), ==, NJ_OK);
  join (fiber);
  nj_fiber_unref (fiber);
  writes = 0;
  g_assert_cmpint (nj_stream_writev (stream, pieces, 3, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpuint (writes, ==, 1);
  g_assert_cmpint (nj_stream_read_full (side.stream, buffer, 12, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpmem (buffer, 12, "headbodyrest", 12);
  nj_stream_close (stream);
  nj_stream_close (side.stream);
}

static void
test_one_record (void)
{
  on_worker_run (one_record, NULL);
}

static void
on_say_hello (NjStream *stream)
{
  g_assert_cmpint (nj_stream_write (stream, "hello", 5, in_seconds (5)), ==, NJ_OK);
  nj_stream_close (stream);
}

static gboolean
connect_says_hello (const NjTlsClientConfig *config)
{
  Side      side = { .then = on_say_hello };
  NjStream *stream = connect_to_side (&side, config, FALSE, NULL);
  gboolean  is_resumed;
  char      buffer[5];

  g_assert_nonnull (stream);
  is_resumed = nj_tls_is_resumed (stream);
  g_assert_cmpint (nj_stream_read_full (stream, buffer, 5, in_seconds (5)), ==, NJ_OK);
  nj_stream_close (stream);
  return is_resumed;
}

static void
resumption (gpointer unused)
{
  NjTlsClientConfig config = config_for ("exit.test");

  config.partition = NJ_BYTES ("resumption");
  g_assert_false (connect_says_hello (&config));
  g_assert_true (connect_says_hello (&config));
  g_assert_true (connect_says_hello (&config));

  /* Tickets do not tie two routes together, nor two ports, nor a name checked to a pin. */
  config.partition = NJ_BYTES ("another");
  g_assert_false (connect_says_hello (&config));
  config.partition = NJ_BYTES ("resumption");
  config.port = 444;
  g_assert_false (connect_says_hello (&config));
  config.port = 443;
  config.fingerprint = certificate->fingerprint;
  g_assert_false (connect_says_hello (&config));
  nj_tls_context_forget_sessions ();
  config.fingerprint = NULL;
  g_assert_false (connect_says_hello (&config));
}

static void
test_resumption (void)
{
  on_worker_run (resumption, NULL);
}

static void
assert_refused (const NjTlsClientConfig *config, const char *words)
{
  NjTlsFailure failure = { 0 };
  Side         side = { 0 };

  g_assert_null (connect_to_side (&side, config, FALSE, &failure));
  g_assert_true (failure.is_certificate);
  if (strstr (failure.text, words) == NULL)
    g_error ("“%s” is not “%s”", failure.text, words);
  if (side.io == NJ_OK)
    nj_stream_close (side.stream);
}

static void
assert_accepted (const NjTlsClientConfig *config)
{
  connect_says_hello (config);
}

static void
trust (gpointer unused)
{
  g_autoptr (TestCertificate) stranger = test_certificate_new ("DNS:exit.test", 30);
  g_autoptr (TestCertificate) expired = test_certificate_new ("DNS:exit.test", -2);
  NjTlsServer      *usual = server;
  NjTlsClientConfig config = config_for ("exit.test");
  guint8            wrong[NJ_TLS_FINGERPRINT] = { 1, 2, 3 };

  assert_accepted (&config);
  config = config_for ("127.0.0.1");
  assert_accepted (&config);
  config = config_for ("other.test");
  assert_refused (&config, "ostname mismatch");
  config = config_for ("127.0.0.2");
  assert_refused (&config, "IP address mismatch");
  config = config_for ("[::1]");
  assert_refused (&config, "IP address mismatch");
  config = config_for ("");
  assert_refused (&config, "mismatch");

  /* The pinned certificate is right whatever its name; no other is, though it be signed. */
  config = config_for ("other.test");
  config.fingerprint = certificate->fingerprint;
  assert_accepted (&config);
  config = config_for ("exit.test");
  config.fingerprint = wrong;
  assert_refused (&config, "fingerprint");

  server = nj_tls_server_new (stranger->certificate_path, stranger->key_path, NJ_BYTES_NONE, NULL);
  config = config_for ("exit.test");
  assert_refused (&config, "self-signed");
  config.fingerprint = stranger->fingerprint;
  assert_accepted (&config);
  nj_tls_server_unref (server);

  server = nj_tls_server_new (expired->certificate_path, expired->key_path, NJ_BYTES_NONE, NULL);
  g_assert_true (nj_tls_context_trust_only (expired->certificate_path));
  config = config_for ("exit.test");
  assert_refused (&config, "expired");
  g_assert_true (nj_tls_context_trust_only (certificate->certificate_path));
  nj_tls_server_unref (server);
  server = usual;
}

static void
test_trust (void)
{
  on_worker_run (trust, NULL);
}

static void
protocol (gpointer unused)
{
  static const struct { const char *offered, *chosen; } rows[] = {
    { "h2,http/1.1", "h2" }, { "http/1.1,h2", "h2" }, { "http/1.1", "http/1.1" }, { "spdy/1", "" }, { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NjTlsClientConfig config = config_for ("exit.test");
      Side      side = { 0 };
      NjStream *stream;
      guint8    fingerprint[NJ_TLS_FINGERPRINT];

      config.alpn = nj_bytes_from_string (rows[i].offered);
      stream = connect_to_side (&side, &config, FALSE, NULL);
      g_assert_true (nj_bytes_equal (nj_tls_protocol (stream), nj_bytes_from_string (rows[i].chosen)));
      g_assert_true (nj_bytes_equal (nj_tls_protocol (side.stream), nj_bytes_from_string (rows[i].chosen)));
      g_assert_true (nj_bytes_equal (nj_tls_server_name (side.stream), NJ_BYTES ("exit.test")));
      g_assert_true (nj_tls_peer_fingerprint (stream, fingerprint));
      g_assert_cmpmem (fingerprint, 32, certificate->fingerprint, 32);
      g_assert_false (nj_tls_peer_fingerprint (side.stream, fingerprint));
      nj_stream_close (stream);
      nj_stream_close (side.stream);
    }
}

static void
test_protocol (void)
{
  on_worker_run (protocol, NULL);
}

/* Below a choppy stream another TLS: a hop is a stream over a stream. */
static void
inside (gpointer unused)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  Side      outer = { 0 };
  NjStream *stream = connect_to_side (&outer, &config, TRUE, NULL);
  Side      inner = { .then = on_large };
  NjStream *deep = NULL;

  inner.below = outer.stream;
  nj_fiber_spawn (nj_worker_current (), on_side, &inner);
  g_assert_cmpint (nj_tls_connect (stream, &config, in_seconds (10), &deep, NULL), ==, NJ_OK);
  send_large (deep, 1);
  assert_large (deep, 2);
  nj_stream_close (deep);
}

static void
test_inside (void)
{
  on_worker_run (inside, NULL);
}

static void
cut (gpointer unused)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  Side      side = { 0 };
  NjStream *stream = connect_to_side (&side, &config, FALSE, NULL);
  char      c;
  gsize     n;

  /* The socket ends under the server's TLS, which so cannot say goodbye. */
  g_assert_cmpint (nj_stream_write (side.stream, "x", 1, in_seconds (5)), ==, NJ_OK);
  shutdown (nj_stream_fd (side.below), SHUT_RDWR);
  g_assert_cmpint (nj_stream_read (stream, &c, 1, in_seconds (5), &n), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read (stream, &c, 1, in_seconds (5), &n), ==, NJ_EOF);
  g_assert_true (nj_tls_is_truncated (stream));
  nj_stream_close (stream);
  nj_stream_close (side.stream);
}

/* Peers that are no TLS, or none that goes on: each ends in words, not in a wait. */
static void
foreign (gpointer unused)
{
  static const struct
  {
    const char *answer;
    gboolean    is_shut;
    gint64      patience_ms; /* 0: as long as for all of it */
    NjIo        io;
    gboolean    is_not_tls;
    gboolean    is_unheard;
    const char *word;
  } peers[] = {
    { "HTTP/1.1 400 Bad\r\n\r\n", TRUE, 0, NJ_FAILED, TRUE, FALSE, "wrong version" },
    { "NO\n", TRUE, 0, NJ_FAILED, TRUE, FALSE, "closed during" },
    { "220 ready\r\n", FALSE, 0, NJ_FAILED, TRUE, FALSE, "wrong version" },
    { "", TRUE, 0, NJ_FAILED, FALSE, TRUE, "closed during" },
    { "", FALSE, 0, NJ_TIMEOUT, FALSE, TRUE, "too long" },
    { "", FALSE, 30, NJ_TIMEOUT, FALSE, TRUE, "too long" },
    { "\x16\x03\x03", FALSE, 0, NJ_TIMEOUT, FALSE, FALSE, "too long" },
    { "\x16\x03\x03", TRUE, 20000, NJ_FAILED, FALSE, FALSE, "closed during" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      NjTlsClientConfig config = config_for ("exit.test");
      gint64            deadline = peers[i].io == NJ_FAILED || peers[i].patience_ms > 0 ? in_seconds (60) : nj_clock_monotonic () + 300000;
      NjTlsFailure      failure = { 0 };
      NjStream         *stream = NULL;
      gsize             len = strlen (peers[i].answer);
      int               fds[2];

      config.patience = peers[i].patience_ms * 1000;
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
      g_assert_cmpint (write (fds[1], peers[i].answer, len), ==, (gssize) len);
      if (peers[i].is_shut)
        shutdown (fds[1], SHUT_WR);
      g_assert_cmpint (nj_tls_connect (nj_socket_new (nj_worker_current (), fds[0]), &config, deadline, &stream, &failure), ==,
                       peers[i].io);
      g_assert_false (failure.is_certificate);
      g_assert_cmpint (failure.is_not_tls, ==, peers[i].is_not_tls);
      g_assert_cmpint (failure.is_unheard, ==, peers[i].is_unheard);
      g_assert_nonnull (strstr (failure.text, peers[i].word));
      close (fds[1]);
    }
}

static void
test_foreign (void)
{
  on_worker_run (foreign, NULL);
}

static void
test_cut (void)
{
  on_worker_run (cut, NULL);
}

/* OpenSSL itself as the peer, asking for new keys again and again while it sends. */
static gpointer
on_key_updates (gpointer user_data)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());
  SSL     *ssl;
  char     buffer[4096] = "";

  SSL_CTX_use_certificate_file (context, certificate->certificate_path, SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file (context, certificate->key_path, SSL_FILETYPE_PEM);
  ssl = SSL_new (context);
  SSL_set_fd (ssl, GPOINTER_TO_INT (user_data));
  g_assert_cmpint (SSL_accept (ssl), ==, 1);
  for (int i = 0; i < 20; i++)
    {
      g_assert_cmpint (SSL_write (ssl, buffer, sizeof buffer), ==, sizeof buffer);
      g_assert_cmpint (SSL_key_update (ssl, SSL_KEY_UPDATE_REQUESTED), ==, 1);
    }
  SSL_write (ssl, "!", 1);
  g_assert_cmpint (SSL_read (ssl, buffer, 4), ==, 4);
  SSL_shutdown (ssl);
  SSL_free (ssl);
  SSL_CTX_free (context);
  close (GPOINTER_TO_INT (user_data));
  return NULL;
}

static void
key_updates (gpointer unused)
{
  const NjTlsClientConfig config = config_for ("exit.test");
  NjStream *stream = NULL;
  char      buffer[20 * 4096 + 1];
  GThread  *thread;
  int       fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  g_unix_set_fd_nonblocking (fds[0], TRUE, NULL);
  thread = g_thread_new ("peer", on_key_updates, GINT_TO_POINTER (fds[1]));
  g_assert_cmpint (nj_tls_connect (choppy_stream_new (nj_socket_new (nj_worker_current (), fds[0]), TRUE, NULL), &config,
                                   in_seconds (10), &stream, NULL), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (stream, buffer, sizeof buffer, in_seconds (10)), ==, NJ_OK);
  g_assert_cmpint (buffer[sizeof buffer - 1], ==, '!');
  g_assert_cmpint (nj_stream_write (stream, "done", 4, in_seconds (10)), ==, NJ_OK);
  nj_stream_close (stream);
  g_thread_join (thread);
}

static void
test_key_updates (void)
{
  on_worker_run (key_updates, NULL);
}

static void
test_server_files (void)
{
  g_autoptr (TestCertificate) other = test_certificate_new ("DNS:other.test", 30);
  g_autoptr (GError) error = NULL;

  g_assert_null (nj_tls_server_new ("/nonexistent", other->key_path, NJ_BYTES_NONE, &error));
  g_assert_error (error, NJ_TLS_ERROR, NJ_TLS_ERROR_CERTIFICATE);
  g_clear_error (&error);
  g_assert_null (nj_tls_server_new (certificate->certificate_path, other->key_path, NJ_BYTES_NONE, &error));
  g_assert_error (error, NJ_TLS_ERROR, NJ_TLS_ERROR_CERTIFICATE);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* OpenSSL as a peer writes without MSG_NOSIGNAL */
  certificate = test_certificate_new ("DNS:exit.test,IP:127.0.0.1", 30);
  server = nj_tls_server_new (certificate->certificate_path, certificate->key_path, NJ_BYTES ("h2,http/1.1"), NULL);
  g_assert_true (nj_tls_context_trust_only (certificate->certificate_path));

  g_test_add_data_func ("/tls/stream/round-trip", NULL, test_round_trip);
  g_test_add_data_func ("/tls/stream/round-trip-choppy", "choppy", test_round_trip);
  g_test_add_func ("/tls/stream/pending", test_pending);
  g_test_add_func ("/tls/stream/one-record", test_one_record);
  g_test_add_func ("/tls/stream/resumption", test_resumption);
  g_test_add_func ("/tls/stream/trust", test_trust);
  g_test_add_func ("/tls/stream/protocol", test_protocol);
  g_test_add_func ("/tls/stream/inside", test_inside);
  g_test_add_func ("/tls/stream/cut", test_cut);
  g_test_add_func ("/tls/stream/foreign", test_foreign);
  g_test_add_func ("/tls/stream/key-updates", test_key_updates);
  g_test_add_func ("/tls/server/files", test_server_files);
  status = g_test_run ();
  nj_tls_server_unref (server);
  test_certificate_free (certificate);
  return status;
}
