/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a ClientHello: one that OpenSSL makes, whole, in pieces, in many records, and broken.
 */
#include "tls/client-hello.h"

#include <openssl/ssl.h>

static GByteArray *
hello_make (const char *name, const char *alpn, gsize alpn_len)
{
  SSL_CTX    *context = SSL_CTX_new (TLS_client_method ());
  SSL        *ssl = SSL_new (context);
  BIO        *out = BIO_new (BIO_s_mem ());
  GByteArray *hello = g_byte_array_new ();
  char       *bytes;
  long        len;

  SSL_set_bio (ssl, BIO_new (BIO_s_mem ()), out);
  SSL_set_connect_state (ssl);
  if (name != NULL)
    SSL_set_tlsext_host_name (ssl, name);
  if (alpn != NULL)
    SSL_set_alpn_protos (ssl, (const guchar *) alpn, (guint) alpn_len);
  SSL_do_handshake (ssl);
  len = BIO_get_mem_data (out, &bytes);
  g_byte_array_append (hello, (const guint8 *) bytes, (guint) len);
  SSL_free (ssl);
  SSL_CTX_free (context);
  return hello;
}

static NjClientHelloResult
parse (NjClientHello *hello, NjArena *arena, const guint8 *bytes, gsize len)
{
  /* A copy of just this length, so that a read beyond it is seen. */
  g_autofree guint8 *copy = g_memdup2 (bytes, len);
  NjClientHelloResult result = nj_client_hello_parse (hello, arena, copy, len);

  hello->server_name = nj_arena_copy (arena, hello->server_name);
  hello->protocols = nj_arena_copy (arena, hello->protocols);
  return result;
}

static void
test_whole (void)
{
  g_autoptr (GByteArray) bytes = hello_make ("www.example.org", "\2h2\10http/1.1", 12);
  g_auto (NjArena) arena;
  NjClientHello hello;

  nj_arena_init (&arena, NULL, 0);
  g_byte_array_append (bytes, (const guint8 *) "more", 4);
  g_assert_cmpint (parse (&hello, &arena, bytes->data, bytes->len), ==, NJ_CLIENT_HELLO_OK);
  g_assert_true (nj_bytes_equal (hello.server_name, NJ_BYTES ("www.example.org")));
  g_assert_cmpuint (hello.length, ==, bytes->len - 4);
  g_assert_cmpuint (hello.version, ==, 0x0304);
  g_assert_true (nj_client_hello_offers (&hello, NJ_BYTES ("h2")));
  g_assert_true (nj_client_hello_offers (&hello, NJ_BYTES ("http/1.1")));
  g_assert_false (nj_client_hello_offers (&hello, NJ_BYTES ("http")));
  g_assert_false (hello.is_name_encrypted);

  for (guint len = 0; len < bytes->len - 4; len++)
    g_assert_cmpint (parse (&hello, &arena, bytes->data, len), ==, NJ_CLIENT_HELLO_MORE);
}

static void
test_without_name (void)
{
  g_autoptr (GByteArray) bytes = hello_make (NULL, NULL, 0);
  g_auto (NjArena) arena;
  NjClientHello hello;

  nj_arena_init (&arena, NULL, 0);
  g_assert_cmpint (parse (&hello, &arena, bytes->data, bytes->len), ==, NJ_CLIENT_HELLO_OK);
  g_assert_cmpuint (hello.server_name.len, ==, 0);
  g_assert_false (nj_client_hello_offers (&hello, NJ_BYTES ("h2")));
}

/* The same message cut into records of every size. */
static void
test_records (void)
{
  g_autoptr (GByteArray) whole = hello_make ("www.example.org", "\2h2", 3);

  for (guint size = 1; size < whole->len - 5; size = size < 20 ? size + 1 : size * 2)
    {
      g_autoptr (GByteArray) cut = g_byte_array_new ();
      g_auto (NjArena) arena;
      NjClientHello hello;

      nj_arena_init (&arena, NULL, 0);
      for (guint at = 5; at < whole->len; at += size)
        {
          guint  n = MIN (size, whole->len - at);
          guint8 header[5] = { 22, 3, 1, (guint8) (n >> 8), (guint8) n };

          g_byte_array_append (cut, header, sizeof header);
          g_byte_array_append (cut, whole->data + at, n);
        }
      g_assert_cmpint (parse (&hello, &arena, cut->data, cut->len), ==, NJ_CLIENT_HELLO_OK);
      g_assert_true (nj_bytes_equal (hello.server_name, NJ_BYTES ("www.example.org")));
      g_assert_cmpuint (hello.length, ==, cut->len);
      g_assert_cmpint (parse (&hello, &arena, cut->data, cut->len - 1), ==, NJ_CLIENT_HELLO_MORE);
    }
}

static void
test_not_tls (void)
{
  static const struct { const char *bytes; gsize len; } rows[] = {
    { "G", 1 }, { "SSH-2.0-x\r\n", 11 }, { "\26\2\1\0\1\1", 6 }, { "\26\3\1\0\0", 5 }, { "\26\3\1\377\377", 5 },
    { "\26\3\1\0\4\2\0\0\0", 9 }, { "\26\3\1\0\4\1\377\377\377", 9 }, { "\26\3\1\0\4\1\0\0\0", 9 }, { "\25\3\1\0\2\2\50", 7 },
  };
  g_auto (NjArena) arena;
  NjClientHello hello;

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (parse (&hello, &arena, (const guint8 *) rows[i].bytes, rows[i].len), ==, NJ_CLIENT_HELLO_NOT_TLS);
  g_assert_cmpint (parse (&hello, &arena, (const guint8 *) "", 0), ==, NJ_CLIENT_HELLO_MORE);
}

/* Whatever one byte says, the reader stays within its bytes. */
static void
test_mutations (void)
{
  g_autoptr (GByteArray) bytes = hello_make ("www.example.org", "\2h2", 3);

  for (guint i = 0; i < bytes->len; i++)
    for (guint value = 0; value < 256; value += 15)
      {
        guint8 was = bytes->data[i];
        g_auto (NjArena) arena;
        NjClientHello hello;

        nj_arena_init (&arena, NULL, 0);
        bytes->data[i] = (guint8) value;
        if (parse (&hello, &arena, bytes->data, bytes->len) == NJ_CLIENT_HELLO_OK)
          g_assert_cmpuint (hello.length, <=, bytes->len);
        bytes->data[i] = was;
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/client-hello/whole", test_whole);
  g_test_add_func ("/tls/client-hello/without-name", test_without_name);
  g_test_add_func ("/tls/client-hello/records", test_records);
  g_test_add_func ("/tls/client-hello/not-tls", test_not_tls);
  g_test_add_func ("/tls/client-hello/mutations", test_mutations);
  return g_test_run ();
}
