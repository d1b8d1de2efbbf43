/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hello that we say to an origin beside the one that a real client said to us, field by field. Those of
 * the clients were recorded from programs of this system (hellos/). What OpenSSL cannot say is printed, and
 * must be no more than is known.
 */
#include "tests/support/hand-shake.h"
#include "tests/support/test-certificate.h"
#include "tls/known-hello.h"
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

static const Client clients[] = { { "chromium.bin", 11, 13 }, { "firefox.bin", 12, 14 }, { "curl.bin", 18, 11 } };

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

/* What a recorded client said; its bytes stay in @ret_bytes. */
static const NjTlsMirror *
mirror_of_file (const char *file, char **ret_bytes, NjArena *arena)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "hellos", file, NULL);
  NjClientHello    hello;
  gsize            len;

  g_assert_true (g_file_get_contents (path, ret_bytes, &len, NULL));
  g_assert_cmpint (nj_client_hello_parse (&hello, arena, (const guint8 *) *ret_bytes, len), ==, NJ_CLIENT_HELLO_OK);
  return nj_tls_mirror_of (&hello);
}

/* What is told an origin before a browser of that name was heard is what the browser says. */
static void
test_known (void)
{
  static const struct
  {
    const char *file;
    const char *agent;
  } browsers[] = {
    { "chromium.bin", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36" },
    { "firefox.bin", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
    { "curl.bin", "curl/7.88.1" },
  };
  g_auto (NjArena) arena = { 0 };

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (browsers); i++)
    {
      g_autofree char *bytes = NULL;

      g_assert_true (mirror_of_file (browsers[i].file, &bytes, &arena) == nj_known_hello_find (nj_bytes_from_string (browsers[i].agent)));
    }
  g_assert_null (nj_known_hello_find (NJ_BYTES ("Wget/1.21.3")));
  g_assert_null (nj_known_hello_find (NJ_BYTES_NONE));
}

/* A server that answers what we say after browsers. */
typedef struct
{
  guint       n_sealed;
  guint8      sealed[2][1024]; /* of the first hello, and of the second */
  gsize       sealed_len[2];
  guint8      record_size[2];
  gboolean    wants_anew; /* another group than the one we guessed */
  SSL_CTX    *context;
  long        most;    /* bytes that the client puts into a record */
} Server;

static int
on_sealed (SSL *ssl, guint type, guint where, const guint8 *bytes, size_t len, X509 *certificate, size_t chain, int *ret_alert,
           void *data)
{
  Server *server = data;

  g_assert_cmpuint (len, <=, sizeof server->sealed[0]);
  g_assert_cmpuint (server->n_sealed, <, 2);
  memcpy (server->sealed[server->n_sealed], bytes, len);
  server->sealed_len[server->n_sealed++] = len;
  return 1;
}

/* The keys that a site publishes, sent to who could not know them: to be let lie. */
static int
on_sealed_answer (SSL *ssl, guint type, guint where, const guint8 **ret_bytes, size_t *ret_len, X509 *certificate, size_t chain,
                  int *ret_alert, void *data)
{
  *ret_bytes = (const guint8 *) "\0\4ABCD";
  *ret_len = 6;
  return 1;
}

static int
on_record_size (SSL *ssl, guint type, guint where, const guint8 *bytes, size_t len, X509 *certificate, size_t chain, int *ret_alert,
                void *data)
{
  g_assert_cmpmem (bytes, len, "\x40\x01", 2);
  return 1;
}

static int
on_record_size_answer (SSL *ssl, guint type, guint where, const guint8 **ret_bytes, size_t *ret_len, X509 *certificate, size_t chain,
                       int *ret_alert, void *data)
{
  *ret_bytes = ((Server *) data)->record_size;
  *ret_len = 2;
  return 1;
}

static void
server_init (Server *server, const TestCertificate *certificate)
{
  server->context = SSL_CTX_new (TLS_server_method ());
  g_assert_cmpint (SSL_CTX_use_certificate_file (server->context, certificate->certificate_path, SSL_FILETYPE_PEM), ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey_file (server->context, certificate->key_path, SSL_FILETYPE_PEM), ==, 1);
  if (server->wants_anew)
    SSL_CTX_set1_groups_list (server->context, "P-384");
  SSL_CTX_add_custom_ext (server->context, 0xfe0d, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS, on_sealed_answer, NULL,
                          NULL, on_sealed, server);
  SSL_CTX_add_custom_ext (server->context, 28, SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_2_SERVER_HELLO,
                          on_record_size_answer, NULL, server, on_record_size, server);
}

/* One handshake without a network. Result: whether it came to an end. */
static gboolean
shake_hands (Server *server, const NjTlsMirror *mirror, const TestCertificate *certificate)
{
  NjTlsPeer         peer = { 0 };
  NjTlsClientConfig config = { .server_name = NJ_BYTES ("site.test"), .port = 443, .alpn = NJ_BYTES ("http/1.1"), .mirror = mirror,
                               .fingerprint = certificate->fingerprint };
  SSL              *ssl = nj_tls_client_new (&config, &peer);
  SSL              *other = SSL_new (server->context);
  gboolean          is_done = hand_shake (ssl, other);
  char             *written = NULL;
  static const char much[20000];

  if (is_done)
    {
      g_assert_cmpint (SSL_write (ssl, much, sizeof much), >, 0);
      g_assert_cmpint (BIO_get_mem_data (SSL_get_wbio (ssl), &written), >, 5);
      server->most = (guint8) written[3] << 8 | (guint8) written[4];
    }
  ERR_clear_error ();
  SSL_free (ssl);
  SSL_free (other);
  nj_tls_peer_clear (&peer);
  return is_done;
}

/* A hello sealed for nobody: of the right form, the same when a handshake is begun again, another the
 * next time, and no harm when the server answers with its keys. */
static void
test_sealed (void)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new ("DNS:site.test", 2);
  g_auto (NjArena) arena = { 0 };
  Server           servers[2] = { { .wants_anew = TRUE, .record_size = { 0x40, 0x01 } }, { .record_size = { 0x40, 0x01 } } };

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *bytes = NULL;

      server_init (&servers[i], certificate);
      g_assert_true (shake_hands (&servers[i], mirror_of_file ("firefox.bin", &bytes, &arena), certificate));
      g_assert_cmpuint (servers[i].sealed_len[0], ==, 281);
      g_assert_cmpmem (servers[i].sealed[0], 5, "\0\0\1\0\1", 5);
      g_assert_cmpmem (servers[i].sealed[0] + 6, 2, "\0\x20", 2);
      g_assert_cmpuint (servers[i].sealed[0][40] << 8 | servers[i].sealed[0][41], ==, 281 - 42);
      SSL_CTX_free (servers[i].context);
    }
  g_assert_cmpuint (servers[0].n_sealed, ==, 2);
  g_assert_cmpmem (servers[0].sealed[0], servers[0].sealed_len[0], servers[0].sealed[1], servers[0].sealed_len[1]);
  g_assert_cmpuint (servers[1].n_sealed, ==, 1);
  g_assert_true (memcmp (servers[0].sealed[0] + 8, servers[1].sealed[0] + 8, 32) != 0);
}

/* A record is no larger than the server wants; less than may be wanted is refused. */
static void
test_record_size (void)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new ("DNS:site.test", 2);
  g_auto (NjArena) arena = { 0 };
  static const struct
  {
    guint8   wanted[2];
    gboolean is_done;
    long     most; /* with what encryption adds: the kind and the tag */
  } cases[] = { { { 0x40, 0x01 }, TRUE, 16384 + 17 }, { { 0x04, 0x01 }, TRUE, 1024 + 17 }, { { 0x00, 0x3f }, FALSE, 0 } };

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Server           server = { .record_size = { cases[i].wanted[0], cases[i].wanted[1] } };
      g_autofree char *bytes = NULL;

      server_init (&server, certificate);
      g_assert_true (shake_hands (&server, mirror_of_file ("firefox.bin", &bytes, &arena), certificate) == cases[i].is_done);
      g_assert_cmpint (server.most, ==, cases[i].most);
      SSL_CTX_free (server.context);
    }
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
  g_test_add_func ("/tls/known-hello/find", test_known);
  g_test_add_func ("/tls/hello-extensions/sealed", test_sealed);
  g_test_add_func ("/tls/hello-extensions/record-size", test_record_size);
  return g_test_run ();
}
