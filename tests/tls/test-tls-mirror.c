/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hello that we say to an origin beside the one that a real client said to us, field by field. Those of
 * the clients were recorded from programs of this system (hellos/). What OpenSSL cannot say is printed, and
 * must be no more than is known.
 */
#include "tls/tls-mirror.h"
#include "tls/tls-private.h"

#include <openssl/err.h>
#include <string.h>

typedef struct
{
  const char *file;
  guint       least_suites;     /* so many of the client's suites we say, too */
  guint       least_extensions; /* the same of its extensions */
} Client;

static const Client clients[] = { { "chromium.bin", 11, 11 }, { "firefox.bin", 12, 10 }, { "curl.bin", 12, 10 } };

static guint16
code_at (NjBytes list, gsize i)
{
  return (guint16) ((guint8) list.data[i] << 8 | (guint8) list.data[i + 1]);
}

static gboolean
is_grease (guint16 code)
{
  return (code & 0x0f0f) == 0x0a0a;
}

static gboolean
has_code (NjBytes list, guint16 code)
{
  for (gsize i = 0; i + 1 < list.len; i += 2)
    if (code_at (list, i) == code)
      return TRUE;
  return FALSE;
}

/* What we would send now. */
static GBytes *
say_hello (const NjTlsMirror *mirror, NjBytes alpn)
{
  NjTlsPeer         peer = { 0 };
  NjTlsClientConfig config = { .server_name = NJ_BYTES ("site.test"), .port = 443, .alpn = alpn, .mirror = mirror };
  SSL              *ssl = nj_tls_client_new (&config, &peer);
  BIO              *in = BIO_new (BIO_s_mem ());
  BIO              *out = BIO_new (BIO_s_mem ());
  char             *bytes = NULL;
  long              len;
  GBytes           *said;

  SSL_set_bio (ssl, in, out);
  SSL_set_connect_state (ssl);
  SSL_do_handshake (ssl);
  ERR_clear_error ();
  len = BIO_get_mem_data (out, &bytes);
  said = g_bytes_new (bytes, (gsize) len);
  SSL_free (ssl);
  nj_tls_peer_clear (&peer);
  return said;
}

/* How many of theirs we say; and ours among theirs are in their order. */
static guint
compare_codes (const char *what, NjBytes theirs, NjBytes ours)
{
  guint    n_theirs = 0, n_common = 0, n_extra = 0;
  gboolean is_ordered = TRUE;
  gsize    at = 0;

  for (gsize i = 0; i + 1 < theirs.len; i += 2)
    {
      n_theirs += !is_grease (code_at (theirs, i));
      n_common += !is_grease (code_at (theirs, i)) && has_code (ours, code_at (theirs, i));
    }
  for (gsize i = 0; i + 1 < ours.len; i += 2)
    {
      guint16 code = code_at (ours, i);
      gsize   found = at;

      if (!has_code (theirs, code))
        {
          n_extra++;
          continue;
        }
      while (found + 1 < theirs.len && code_at (theirs, found) != code)
        found += 2;
      is_ordered = is_ordered && found + 1 < theirs.len;
      at = found;
    }
  g_test_message ("%-20s %2u of %2u the same, %u of ours that the client lacks, order %s", what, n_common, n_theirs, n_extra,
                  is_ordered ? "kept" : "DIFFERS");
  g_assert_true (is_ordered);
  return n_common;
}

static guint
compare_extensions (const NjClientHello *theirs, const NjClientHello *ours)
{
  guint   n_theirs = 0, n_common = 0;
  GString *lacking = g_string_new (NULL);
  GString *extra = g_string_new (NULL);

  for (guint i = 0; i < theirs->n_extensions; i++)
    {
      gboolean is_common = FALSE;

      if (is_grease (theirs->extensions[i]))
        continue;
      n_theirs++;
      for (guint j = 0; j < ours->n_extensions; j++)
        is_common = is_common || ours->extensions[j] == theirs->extensions[i];
      n_common += is_common;
      if (!is_common)
        g_string_append_printf (lacking, " %u", theirs->extensions[i]);
    }
  for (guint j = 0; j < ours->n_extensions; j++)
    {
      gboolean is_common = FALSE;

      for (guint i = 0; i < theirs->n_extensions; i++)
        is_common = is_common || ours->extensions[j] == theirs->extensions[i];
      if (!is_common)
        g_string_append_printf (extra, " %u", ours->extensions[j]);
    }
  g_test_message ("%-20s %2u of %2u the same; lacking:%s; ours only:%s", "extensions", n_common, n_theirs, lacking->str, extra->str);
  g_string_free (lacking, TRUE);
  g_string_free (extra, TRUE);
  return n_common;
}

static void
test_client (gconstpointer data)
{
  const Client    *client = data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "hellos", client->file, NULL);
  g_autofree char *bytes = NULL;
  g_auto (NjArena) arena = { 0 };
  g_autoptr (GBytes) said = NULL;
  NjClientHello    theirs, ours;
  gsize            len, said_len;
  const guint8    *said_bytes;

  nj_arena_init (&arena, NULL, 0);
  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  g_assert_cmpint (nj_client_hello_parse (&theirs, &arena, (const guint8 *) bytes, len), ==, NJ_CLIENT_HELLO_OK);
  g_assert_true (nj_tls_mirror_of (&theirs) == nj_tls_mirror_of (&theirs));
  said = say_hello (nj_tls_mirror_of (&theirs), NJ_BYTES ("h2,http/1.1"));
  said_bytes = g_bytes_get_data (said, &said_len);
  g_assert_cmpint (nj_client_hello_parse (&ours, &arena, said_bytes, said_len), ==, NJ_CLIENT_HELLO_OK);

  g_test_message ("%s", client->file);
  g_assert_cmphex (ours.version, ==, theirs.version);
  g_test_message ("%-20s the same, %04x", "newest version", ours.version);
  g_assert_cmpmem (ours.protocols.data, ours.protocols.len, theirs.protocols.data, theirs.protocols.len);
  g_test_message ("%-20s the same", "protocols");
  g_assert_cmpuint (compare_codes ("cipher suites", theirs.ciphers, ours.ciphers), >=, client->least_suites);
  g_assert_cmpuint (compare_codes ("groups", theirs.groups, ours.groups), >=, 3);
  g_assert_cmpuint (compare_codes ("signatures", theirs.signatures, ours.signatures), >=, 8);
  g_assert_cmpuint (compare_extensions (&theirs, &ours), >=, client->least_extensions);
}

/* A client that would take anything does not make us do so. */
static void
test_floor (void)
{
  /* RC4, 3DES and static RSA before one good suite; SHA-1 before one good signature. */
  static const guint8 suites[] = { 0x00, 0x05, 0x00, 0x0a, 0x00, 0x2f, 0x00, 0x9c, 0xc0, 0x2f };
  static const guint8 weak[] = { 0x02, 0x01, 0x02, 0x03, 0x04, 0x01 };
  NjClientHello       hello = { .version = 0x0303, .ciphers = { (const char *) suites, sizeof suites },
                                .signatures = { (const char *) weak, sizeof weak } };
  g_auto (NjArena) arena = { 0 };
  g_autoptr (GBytes) said = NULL;
  NjClientHello       ours;
  gsize               len;
  const guint8       *bytes;

  nj_arena_init (&arena, NULL, 0);
  said = say_hello (nj_tls_mirror_of (&hello), NJ_BYTES ("http/1.1"));
  bytes = g_bytes_get_data (said, &len);
  g_assert_cmpint (nj_client_hello_parse (&ours, &arena, bytes, len), ==, NJ_CLIENT_HELLO_OK);
  g_assert_true (has_code (ours.ciphers, 0xc02f));
  g_assert_false (has_code (ours.ciphers, 0x0005) || has_code (ours.ciphers, 0x000a) || has_code (ours.ciphers, 0x002f) ||
                  has_code (ours.ciphers, 0x009c));
  g_assert_true (has_code (ours.signatures, 0x0401));
  g_assert_false (has_code (ours.signatures, 0x0201) || has_code (ours.signatures, 0x0203));

  /* A suite that goes with none of its signatures: then we say what we always say. */
  hello.signatures = nj_bytes ("\x04\x03", 2);
  g_bytes_unref (g_steal_pointer (&said));
  said = say_hello (nj_tls_mirror_of (&hello), NJ_BYTES ("http/1.1"));
  bytes = g_bytes_get_data (said, &len);
  g_assert_cmpint (nj_client_hello_parse (&ours, &arena, bytes, len), ==, NJ_CLIENT_HELLO_OK);

  hello.version = 0x0302;
  g_assert_null (nj_tls_mirror_of (&hello));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autofree char *name = g_strdup_printf ("/tls/tls-mirror/%s", clients[i].file);

      g_test_add_data_func (name, &clients[i], test_client);
    }
  g_test_add_func ("/tls/tls-mirror/floor", test_floor);
  return g_test_run ();
}
