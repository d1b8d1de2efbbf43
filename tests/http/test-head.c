/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request, response and trailer parser against what RFC 9112 says, one case a line.
 */
#include "http/head.h"

typedef struct
{
  NjArena arena;
  NjHead  head;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  nj_arena_init (&f->arena, NULL, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_arena_clear (&f->arena);
}

static NjHeadResult
request (Fixture *f, const char *bytes, gsize len)
{
  g_autofree char *exact = g_memdup2 (bytes, len);
  NjHeadResult     result;

  /* In a block of just its size, so that a sanitizer sees a read past the end. */
  result = nj_head_parse_request (&f->head, &f->arena, exact, len, &NJ_HEAD_LIMITS_DEFAULT);
  if (result != NJ_HEAD_OK)
    return result;

  return nj_head_parse_request (&f->head, &f->arena, bytes, len, &NJ_HEAD_LIMITS_DEFAULT);
}

static NjHeadResult
response (Fixture *f, const char *bytes, gsize len)
{
  return nj_head_parse_response (&f->head, &f->arena, bytes, len, &NJ_HEAD_LIMITS_DEFAULT);
}

static void
assert_refused (Fixture *f, const char *bytes, gsize len)
{
  g_assert_cmpint (request (f, bytes, len), ==, NJ_HEAD_BAD);
  g_assert_nonnull (f->head.problem);
}

#define REQUEST(f, text)  request (f, text, sizeof text - 1)
#define RESPONSE(f, text) response (f, text, sizeof text - 1)
#define REFUSED(f, text)  assert_refused (f, text, sizeof text - 1)
#define LINE(f, line)     REQUEST (f, line "\r\nHost: a\r\n\r\n")
#define FIELD(f, line)    REQUEST (f, "GET http://a/ HTTP/1.1\r\nHost: a\r\n" line "\r\n\r\n")
#define assert_bytes(bytes, text)                                                                             \
  g_assert_cmpmem ((bytes).data, (bytes).len, (text), strlen (text))

static void
test_browser (Fixture *f, gconstpointer unused)
{
  static const char text[] = "GET http://www.example.org/a?b=c|d HTTP/1.1\r\nHost: www.example.org\r\n"
                             "User-Agent: Mozilla/5.0\r\naccept: */*\r\nX-Own:\t one two \t\r\nEmpty:\r\n"
                             "Cookie: a=b; c=d\r\n\r\nbody";

  g_assert_cmpint (REQUEST (f, text), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->head.method_id, ==, NJ_METHOD_GET);
  assert_bytes (f->head.method, "GET");
  assert_bytes (f->head.target, "http://www.example.org/a?b=c|d");
  g_assert_cmpuint (f->head.minor, ==, 1);
  g_assert_cmpuint (f->head.n_fields, ==, 6);
  g_assert_cmpuint (f->head.length, ==, sizeof text - 1 - 4);
  assert_bytes (nj_head_value (&f->head, NJ_FIELD_HOST), "www.example.org");
  assert_bytes (nj_head_value (&f->head, NJ_FIELD_ACCEPT), "*/*");
  assert_bytes (nj_head_find_name (&f->head, NJ_BYTES ("x-own"))->value, "one two");
  g_assert_cmpuint (nj_head_find_name (&f->head, NJ_BYTES ("empty"))->value.len, ==, 0);
  g_assert_null (nj_head_value (&f->head, NJ_FIELD_REFERER).data);
}

static void
test_every_prefix (Fixture *f, gconstpointer unused)
{
  static const char text[] = "POST http://a.example/x HTTP/1.0\r\nHost: a.example:80\r\nContent-Length: 3\r\n\r\n";

  for (gsize len = 0; len < sizeof text - 1; len++)
    g_assert_cmpint (request (f, text, len), ==, NJ_HEAD_MORE);
  g_assert_cmpint (REQUEST (f, text), ==, NJ_HEAD_OK);

  /* A buffer that holds nothing yet may be no buffer at all. */
  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, NULL, 0, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_MORE);
  g_assert_cmpint (nj_head_parse_response (&f->head, &f->arena, NULL, 0, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_MORE);
  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, NULL, 0, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_MORE);
}

static void
test_request_line (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (LINE (f, "OPTIONS * HTTP/1.1"), ==, NJ_HEAD_OK);
  g_assert_cmpint (LINE (f, "M-SEARCH!#$%&'*+^_`|~ / HTTP/1.1"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->head.method_id, ==, NJ_METHOD_OTHER);
  g_assert_cmpint (LINE (f, "get / HTTP/1.1"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->head.method_id, ==, NJ_METHOD_OTHER);
  g_assert_cmpint (LINE (f, "\r\nGET / HTTP/1.1"), ==, NJ_HEAD_OK);

  g_assert_cmpint (LINE (f, "\r\n\r\nGET / HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "\nGET / HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, " GET / HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET  / HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /  HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET / HTTP/1.1 "), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET\t/ HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET / b HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "G(T / HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /\x80 HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /\x7f HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /a\0b HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET /a\rb HTTP/1.1"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (LINE (f, "GET / HTTP/1.1\r"), ==, NJ_HEAD_BAD);
  REFUSED (f, "GET / HTTP/1.1\nHost: a\r\n\r\n");
}

static void
test_version (Fixture *f, gconstpointer unused)
{
  static const char *const not_spoken[] = { "HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/3.1" };
  static const char *const no_version[] = { "http/1.1", "HTTP/1", "HTTP/1.", "HTTP/11", "HTTP/1.10", "HTTP/01.1", "HTTP/ 1.1",
                                            "HTTPS/1.1", "HTTP/1,1", "HTTP/-1.1", "HTTP1.1", "XTTP/1.1", "HTTP/1.1x" };

  for (gsize i = 0; i < G_N_ELEMENTS (not_spoken); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET / %s\r\nHost: a\r\n\r\n", not_spoken[i]);
      g_assert_cmpint (request (f, text, strlen (text)), ==, NJ_HEAD_BAD_VERSION);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (no_version); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET / %s\r\nHost: a\r\n\r\n", no_version[i]);
      g_assert_cmpint (request (f, text, strlen (text)), ==, NJ_HEAD_BAD);
    }
}

static void
test_fields (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (FIELD (f, "X: caf\xc3\xa9"), ==, NJ_HEAD_OK);
  g_assert_cmpint (FIELD (f, "X!#$%&'*+-.^_`|~9: a\tb"), ==, NJ_HEAD_OK);
  g_assert_cmpint (FIELD (f, "X:y:z"), ==, NJ_HEAD_OK);

  g_assert_cmpint (FIELD (f, "X : a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X\t: a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, ": a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X Y: a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X\xe9: a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X@: a"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\r\n b"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\r\n\tb: c"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\rY: b"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\nY: b"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\r"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: a\0"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: 0123456789abcdef0123456789\x1f more"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (FIELD (f, "X: 0123456789abcdef0123456789\x7f more"), ==, NJ_HEAD_BAD);
  REFUSED (f, "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
  REFUSED (f, "GET / HTTP/1.1\r\nHost: a\r\n\n");
  REFUSED (f, "GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n");
}

static void
test_refused_early (Fixture *f, gconstpointer unused)
{
  g_autofree char *letters = g_strnfill (100, 'A');

  /* None of these is whole; waiting for the rest would only keep a rude peer. */
  REFUSED (f, "\x16\x03\x01");
  REFUSED (f, "GET / HTTP/1.1\nHost: a\n\n");
  REFUSED (f, "GET / HTTP/1.1\r\nHost : a");
  REFUSED (f, "GET / HTTP/1.1\r\nHost: a\r\nX: \x01");
  REFUSED (f, "EHLO mail\r\n");
  g_assert_cmpint (REQUEST (f, "GET / HTTP/5.6\r"), ==, NJ_HEAD_BAD_VERSION);
  g_assert_cmpint (request (f, letters, 100), ==, NJ_HEAD_BAD);
  g_assert_cmpint (REQUEST (f, "\r\n"), ==, NJ_HEAD_MORE);
  REFUSED (f, "\r\n\r");
}

static void
test_host (Fixture *f, gconstpointer unused)
{
  static const char *const good[] = { "a", "a.example", "A.example:8080", "a_b.example", "[::1]:80", "[2001:db8::1]", "", "a:",
                                      "xn--e1afmkfd.example" };
  static const char *const bad[] = { "a b", "u@a", "a/b", "a,b", "a:x", "a:1:2", "[::1", "[::1]x", "\xff", "a%2e", "http://a" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET / HTTP/1.1\r\nHost: %s\r\n\r\n", good[i]);
      g_assert_cmpint (request (f, text, strlen (text)), ==, NJ_HEAD_OK);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET / HTTP/1.1\r\nHost: %s\r\n\r\n", bad[i]);
      g_assert_cmpint (request (f, text, strlen (text)), ==, NJ_HEAD_BAD);
    }

  REFUSED (f, "GET / HTTP/1.1\r\nAccept: a\r\n\r\n");
  REFUSED (f, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n");
  g_assert_cmpint (REQUEST (f, "GET http://a/ HTTP/1.0\r\n\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (REQUEST (f, "GET http://a/ HTTP/1.1\r\nHost: other\r\n\r\n"), ==, NJ_HEAD_OK);
}

static void
test_limits (Fixture *f, gconstpointer unused)
{
  const NjHeadLimits   small = { 200, 20, 3 };
  g_autofree char     *fill = g_strnfill (300, 'a');
  g_autofree char     *target = g_strdup_printf ("GET /%.*s", 21, fill);
  g_autofree char     *value = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nX: %s", fill);
  g_autofree char     *whole = g_strdup_printf ("%s\r\n\r\n", value);
  static const char    four[] = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n";
  g_autoptr (GString)  many = g_string_new ("GET / HTTP/1.1\r\nHost: a\r\n");

  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, target, strlen (target), &small), ==, NJ_HEAD_TARGET_TOO_LONG);
  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, value, strlen (value), &small), ==, NJ_HEAD_TOO_LARGE);
  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, whole, strlen (whole), &small), ==, NJ_HEAD_TOO_LARGE);
  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, four, sizeof four - 1, &small), ==, NJ_HEAD_TOO_LARGE);

  for (guint i = 0; i < 199; i++)
    g_string_append_printf (many, "X-%u: %u\r\n", i, i);
  g_string_append (many, "\r\n");
  g_assert_cmpint (request (f, many->str, many->len), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.n_fields, ==, 200);
  assert_bytes (nj_head_find_name (&f->head, NJ_BYTES ("x-198"))->value, "198");

  /* The body behind does not count. */
  g_string_append (many, "Y");
  g_string_set_size (many, 100000);
  g_assert_cmpint (request (f, many->str, many->len), ==, NJ_HEAD_OK);
}

static void
test_status_line (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 All right\r\nServer: x\r\n\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.status, ==, 200);
  assert_bytes (f->head.reason, "All right");
  g_assert_cmpint (RESPONSE (f, "HTTP/1.0 404\r\n\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.reason.len, ==, 0);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 299 \r\n\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 999 \xe9\r\n\r\n"), ==, NJ_HEAD_OK);

  g_assert_cmpint (RESPONSE (f, "HTTP/2.0 200 OK\r\n\r\n"), ==, NJ_HEAD_BAD_VERSION);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1  200 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1\t200 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 20 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 2000 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 099 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200\tOK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 O\x01K\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 O\rK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "\r\nHTTP/1.1 200 OK\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "ICY 200 OK\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "<html>"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 OK\nA: b\n\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"), ==, NJ_HEAD_BAD);
}

static void
test_response_blank_before_colon (Fixture *f, gconstpointer unused)
{
  NjBytes printed;

  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 OK\r\nContent-Length \t: 7\r\n\r\n"), ==, NJ_HEAD_OK);
  assert_bytes (nj_head_value (&f->head, NJ_FIELD_CONTENT_LENGTH), "7");
  printed = nj_head_print_response (&f->head, &f->arena);
  assert_bytes (printed, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 OK\r\n A: b\r\n\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (RESPONSE (f, "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n"), ==, NJ_HEAD_BAD);
}

static void
test_trailers (Fixture *f, gconstpointer unused)
{
  static const char text[] = "X-Sum: 1\r\nContent-Length: 4\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\nGET";

  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, "\r\nGET / HTTP/1.1", 16, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.length, ==, 2);
  assert_bytes (nj_head_print_trailers (&f->head, &f->arena), "\r\n");

  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, text, sizeof text - 1, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.length, ==, sizeof text - 1 - 3);
  assert_bytes (nj_head_print_trailers (&f->head, &f->arena), "X-Sum: 1\r\n\r\n");

  for (gsize len = 0; len < sizeof text - 1 - 3; len++)
    g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, text, len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_MORE);

  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, "\n", 1, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_BAD);
  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, "\rX", 2, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_BAD);
  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, "X: a\r\n b\r\n\r\n", 12, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_BAD);
  g_assert_cmpint (nj_head_parse_trailers (&f->head, &f->arena, "GET / HTTP/1.1\r\n\r\n", 18, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_BAD);
}

#define ADD(path, function) g_test_add ("/http/head/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("browser", test_browser);
  ADD ("every-prefix", test_every_prefix);
  ADD ("request-line", test_request_line);
  ADD ("version", test_version);
  ADD ("fields", test_fields);
  ADD ("refused-early", test_refused_early);
  ADD ("host", test_host);
  ADD ("limits", test_limits);
  ADD ("status-line", test_status_line);
  ADD ("response-blank-before-colon", test_response_blank_before_colon);
  ADD ("trailers", test_trailers);
  return g_test_run ();
}
