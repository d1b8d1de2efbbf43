/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What heads say about their bodies and connections: RFC 9112 §6 and §9.3.
 */
#include "http/head.h"

typedef struct
{
  NjArena   arena;
  NjHead    head;
  NjFraming framing;
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
request (Fixture *f, const char *line, const char *fields)
{
  NjBytes text = nj_arena_printf (&f->arena, "%s\r\nHost: a\r\n%s\r\n", line, fields);

  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  return nj_head_request_framing (&f->head, &f->framing);
}

static NjHeadResult
post (Fixture *f, const char *fields)
{
  return request (f, "POST http://a/ HTTP/1.1", fields);
}

static NjHeadResult
response (Fixture *f, NjMethod method, const char *line, const char *fields)
{
  NjBytes text = nj_arena_printf (&f->arena, "%s\r\n%s\r\n", line, fields);

  g_assert_cmpint (nj_head_parse_response (&f->head, &f->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  return nj_head_response_framing (&f->head, method, &f->framing);
}

static void
test_request_length (Fixture *f, gconstpointer unused)
{
  static const char *const bad[] = { "",      "+5",   "-5",  "5,5",  "5, 5", "5 5", "0x5", "5_0", "5e0", "five", "9223372036854775808",
                                     "18446744073709551616", "18446744073709551621", "99999999999999999999999", "5\t5", "5;" };

  g_assert_cmpint (post (f, ""), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_cmpint (post (f, "Content-Length: 0\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_LENGTH);
  g_assert_cmpint (post (f, "content-length: 9223372036854775807 \r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->framing.length, ==, G_MAXINT64);
  g_assert_cmpint (request (f, "GET http://a/ HTTP/1.1", "Content-Length: 3\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->framing.length, ==, 3);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *field = g_strdup_printf ("Content-Length: %s\r\n", bad[i]);
      g_assert_cmpint (post (f, field), ==, NJ_HEAD_BAD);
      g_assert_nonnull (f->head.problem);
    }

  g_assert_cmpint (post (f, "Content-Length: 5\r\nContent-Length: 5\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (post (f, "Content-Length: 5\r\nContent-Length: 6\r\n"), ==, NJ_HEAD_BAD);
}

static void
test_length_is_printed_plainly (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (post (f, "Content-Length: 0007\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->framing.length, ==, 7);
  g_assert_cmpmem (nj_head_value (&f->head, NJ_FIELD_CONTENT_LENGTH).data, nj_head_value (&f->head, NJ_FIELD_CONTENT_LENGTH).len, "7", 1);
  g_assert_cmpint (post (f, "Content-Length: 000\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (nj_head_value (&f->head, NJ_FIELD_CONTENT_LENGTH).len, ==, 1);
}

static void
test_request_coding (Fixture *f, gconstpointer unused)
{
  static const char *const bad[] = { "", "chunked, chunked", "\"chunked\"", ",chunked", "chunked,", "chunked;q=1", "\xa0" "chunked",
                                     "chunked chunked", "identity, chunked", "gzip, chunked" };
  static const char *const unknown[] = { "identity", "gzip", "xchunked", "chunkedx", "chunk" };

  g_assert_cmpint (post (f, "Transfer-Encoding: Chunked\t\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_CHUNKED);
  g_assert_true (f->framing.is_persistent);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *field = g_strdup_printf ("Transfer-Encoding: %s\r\n", bad[i]);
      g_assert_cmpint (post (f, field), ==, NJ_HEAD_BAD);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_autofree char *field = g_strdup_printf ("Transfer-Encoding: %s\r\n", unknown[i]);
      g_assert_cmpint (post (f, field), ==, NJ_HEAD_NOT_IMPLEMENTED);
      g_assert_false (f->framing.is_persistent);
    }

  g_assert_cmpint (post (f, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (post (f, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (post (f, "Content-Length: 5\r\nTransfer-Encoding: identity\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (request (f, "POST http://a/ HTTP/1.0", "Transfer-Encoding: chunked\r\n"), ==, NJ_HEAD_BAD);
}

static void
test_connect (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (request (f, "CONNECT a:443 HTTP/1.1", ""), ==, NJ_HEAD_OK);
  g_assert_cmpint (request (f, "CONNECT a:443 HTTP/1.1", "Content-Length: 0\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_cmpint (request (f, "CONNECT a:443 HTTP/1.1", "Content-Length: 4\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (request (f, "CONNECT a:443 HTTP/1.1", "Transfer-Encoding: chunked\r\n"), ==, NJ_HEAD_BAD);

  g_assert_cmpint (response (f, NJ_METHOD_CONNECT, "HTTP/1.1 200 OK", "Content-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_cmpint (response (f, NJ_METHOD_CONNECT, "HTTP/1.1 403 No", "Content-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_LENGTH);
}

static void
test_response_body (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_LENGTH);
  g_assert_true (f->framing.is_persistent);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_CHUNKED);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", ""), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_UNTIL_CLOSE);
  g_assert_false (f->framing.is_persistent);

  g_assert_cmpint (response (f, NJ_METHOD_HEAD, "HTTP/1.1 200 OK", "Content-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_nonnull (nj_head_find (&f->head, NJ_FIELD_CONTENT_LENGTH));
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 304 Not Modified", "Content-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 204 No Content", "Transfer-Encoding: chunked\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpint (f->framing.kind, ==, NJ_FRAMING_NONE);
  g_assert_null (nj_head_find (&f->head, NJ_FIELD_TRANSFER_ENCODING));
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 103 Early Hints", "Content-Length: 3\r\n"), ==, NJ_HEAD_OK);
  g_assert_null (nj_head_find (&f->head, NJ_FIELD_CONTENT_LENGTH));
}

static void
test_response_ambiguous (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Transfer-Encoding: identity\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.0 200 OK", "Transfer-Encoding: chunked\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9\r\nContent-Length: 8\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9\r\nContent-Length:\r\n"), ==, NJ_HEAD_BAD);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9, 9\r\n"), ==, NJ_HEAD_BAD);

  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 200 OK", "Content-Length: 9\r\nContent-Length: 9\r\n"), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->framing.length, ==, 9);
  g_assert_null (nj_head_find_next (&f->head, nj_head_find (&f->head, NJ_FIELD_CONTENT_LENGTH)));
}

static gboolean
is_kept (Fixture *f, const char *version, const char *fields)
{
  g_autofree char *line = g_strdup_printf ("GET http://a/ %s", version);

  g_assert_cmpint (request (f, line, fields), ==, NJ_HEAD_OK);
  return f->framing.is_persistent;
}

static void
test_persistence (Fixture *f, gconstpointer unused)
{
  g_assert_true (is_kept (f, "HTTP/1.1", ""));
  g_assert_true (is_kept (f, "HTTP/1.1", "Connection: upgrade\r\n"));
  g_assert_false (is_kept (f, "HTTP/1.1", "Connection: Close\r\n"));
  g_assert_false (is_kept (f, "HTTP/1.1", "Connection: keep-alive\r\nConnection: x ,\tclose\r\n"));
  g_assert_true (is_kept (f, "HTTP/1.1", "Connection: closed\r\n"));
  g_assert_false (is_kept (f, "HTTP/1.1", "Proxy-Connection: close\r\n"));
  g_assert_false (is_kept (f, "HTTP/1.0", ""));
  g_assert_true (is_kept (f, "HTTP/1.0", "Connection: Keep-Alive\r\n"));
  g_assert_true (is_kept (f, "HTTP/1.0", "Proxy-Connection: keep-alive\r\n"));
  g_assert_false (is_kept (f, "HTTP/1.0", "Connection: keep-alive, close\r\n"));

  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.1 204 No", "Proxy-Connection: close\r\n"), ==, NJ_HEAD_OK);
  g_assert_true (f->framing.is_persistent);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.0 200 OK", "Content-Length: 1\r\nConnection: keep-alive\r\n"), ==, NJ_HEAD_OK);
  g_assert_true (f->framing.is_persistent);
  g_assert_cmpint (response (f, NJ_METHOD_GET, "HTTP/1.0 200 OK", "Content-Length: 1\r\n"), ==, NJ_HEAD_OK);
  g_assert_false (f->framing.is_persistent);
}

#define ADD(path, function) g_test_add ("/http/head-framing/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("request-length", test_request_length);
  ADD ("length-is-printed-plainly", test_length_is_printed_plainly);
  ADD ("request-coding", test_request_coding);
  ADD ("connect", test_connect);
  ADD ("response-body", test_response_body);
  ADD ("response-ambiguous", test_response_ambiguous);
  ADD ("persistence", test_persistence);
  return g_test_run ();
}
