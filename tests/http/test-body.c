/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chunked coding, whole and in pieces of every size.
 */
#include "http/body.h"

/* Reads @text in pieces of @step bytes; the body so far goes to @ret_body. */
static NjChunkResult
read_body (const char *text, gsize len, gsize step, GString *ret_body, gsize *ret_used)
{
  NjChunked     chunked;
  NjChunkResult result = NJ_CHUNK_MORE;
  gsize         position = 0;

  g_string_truncate (ret_body, 0);
  nj_chunked_init (&chunked);
  while (position < len && result != NJ_CHUNK_TRAILERS && result != NJ_CHUNK_BAD)
    {
      gsize   end = MIN (position + step, len);
      gsize   used;
      NjBytes span;

      do
        {
          result = nj_chunked_next (&chunked, text + position, end - position, &used, &span);
          position += used;
          if (result == NJ_CHUNK_BYTES)
            g_string_append_len (ret_body, span.data, (gssize) span.len);
        }
      while (result == NJ_CHUNK_BYTES);
      if (result == NJ_CHUNK_MORE)
        g_assert_cmpuint (position, ==, end);
    }

  g_assert_true (result != NJ_CHUNK_BAD || chunked.problem != NULL);
  *ret_used = position;
  return result;
}

static void
assert_body (const char *text, const char *body, gsize n_after)
{
  g_autoptr (GString) got = g_string_new (NULL);
  gsize               used;

  for (gsize step = 1; step <= strlen (text); step++)
    {
      g_assert_cmpint (read_body (text, strlen (text), step, got, &used), ==, NJ_CHUNK_TRAILERS);
      g_assert_cmpstr (got->str, ==, body);
      g_assert_cmpuint (used, ==, strlen (text) - n_after);
    }
}

static void
assert_bad (const char *text, gsize len)
{
  g_autoptr (GString) got = g_string_new (NULL);
  gsize               used;

  for (gsize step = 1; step <= len; step++)
    g_assert_cmpint (read_body (text, len, step, got, &used), ==, NJ_CHUNK_BAD);
}

static void
test_good (void)
{
  assert_body ("5\r\nhello\r\n0\r\n\r\n", "hello", 2);
  assert_body ("0\r\nX: y\r\n\r\nGET", "", 11);
  assert_body ("00000000000a\r\n0123456789\r\nB\r\nhello\r\nworl\r\n000\r\n", "0123456789hello\r\nworl", 0);
  assert_body ("3;a;b=c;d=\"e; \\\" \x09\xc3\xa9\"\r\nabc\r\n0;q\r\n", "abc", 0);
}

#define BAD(text) assert_bad (text, sizeof text - 1)

static void
test_bad_sizes (void)
{
  BAD ("\r\n");
  BAD ("G\r\n");
  BAD (" 5\r\n");
  BAD ("5 \r\n");
  BAD ("5\t;a\r\n");
  BAD ("+5\r\n");
  BAD ("-5\r\n");
  BAD ("0x5\r\n");
  BAD ("5_0\r\n");
  BAD ("5,5\r\n");
  BAD ("5\0\r\n");
  BAD ("5\n");
  BAD ("5\rX");
  BAD ("8000000000000000\r\n");
  BAD ("ffffffffffffffff\r\n");
  BAD ("10000000000000000\r\n");
  BAD ("00000000000000005\r\n");
}

static void
test_bad_ends (void)
{
  BAD ("5\r\nhello0\r\n");
  BAD ("5\r\nhello\n0\r\n");
  BAD ("5\r\nhello\r0\r\n");
  BAD ("5\r\nhelloworld\r\n");
  BAD ("0\n\r\n");
}

static void
test_bad_extensions (void)
{
  BAD ("5;\r\n");
  BAD ("5;=b\r\n");
  BAD ("5;a=\r\n");
  BAD ("5; a\r\n");
  BAD ("5;a =b\r\n");
  BAD ("5;a\nb\r\n");
  BAD ("5;a\rb\r\n");
  BAD ("5;a=\"b\r\n");
  BAD ("5;a=\"b\"c\r\n");
  BAD ("5;a=\"\x01\"\r\n");
  BAD ("5;a=b=c\r\n");
}

static void
test_bounds (void)
{
  g_autoptr (GString) got = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new ("1;");
  gsize               used;

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, 'a');
  g_string_append (text, "\r\nx\r\n0\r\n");
  g_assert_cmpint (read_body (text->str, text->len, 100, got, &used), ==, NJ_CHUNK_BAD);

  /* Each line is short enough, all together are not. */
  g_string_truncate (text, 0);
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "1;%01000d\r\nx\r\n", 7);
  g_string_append (text, "0\r\n");
  g_assert_cmpint (read_body (text->str, text->len, 4096, got, &used), ==, NJ_CHUNK_BAD);
}

static void
test_stays_at_the_end (void)
{
  NjChunked chunked;
  gsize     used;
  NjBytes   span;

  nj_chunked_init (&chunked);
  g_assert_cmpint (nj_chunked_next (&chunked, "0\r\nrest", 7, &used, &span), ==, NJ_CHUNK_TRAILERS);
  g_assert_cmpuint (used, ==, 3);
  g_assert_cmpint (nj_chunked_next (&chunked, "rest", 4, &used, &span), ==, NJ_CHUNK_TRAILERS);
  g_assert_cmpuint (used, ==, 0);

  nj_chunked_init (&chunked);
  g_assert_cmpint (nj_chunked_next (&chunked, "z", 1, &used, &span), ==, NJ_CHUNK_BAD);
  g_assert_cmpint (nj_chunked_next (&chunked, "0\r\n", 3, &used, &span), ==, NJ_CHUNK_BAD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/body/good", test_good);
  g_test_add_func ("/http/body/bad-sizes", test_bad_sizes);
  g_test_add_func ("/http/body/bad-ends", test_bad_ends);
  g_test_add_func ("/http/body/bad-extensions", test_bad_extensions);
  g_test_add_func ("/http/body/bounds", test_bounds);
  g_test_add_func ("/http/body/stays-at-the-end", test_stays_at_the_end);
  return g_test_run ();
}
