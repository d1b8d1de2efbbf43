/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is stapled to a certificate, and what is missing: whole handshakes without a network, against a
 * server whose certificate, answer and answerer are made for each case.
 */
#include "tests/support/hand-shake.h"
#include "tls/tls-private.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <glib/gstdio.h>

#define DAY (24 * 3600)

typedef struct
{
  EVP_PKEY *key;
  X509     *certificate;
} Party;

typedef struct
{
  const char *name;
  gboolean    must_staple;
  int         status;    /* V_OCSP_CERTSTATUS_…, -1 for no answer at all */
  int         days;      /* how long the answer still holds */
  gboolean    is_forged; /* signed by somebody whom nobody trusts */
  int         version;   /* newest that the server speaks */
  const char *problem;   /* (nullable) NULL: the handshake comes to its end */
} Case;

#define MISSING "it must come with proof that it was not revoked, and came without"

static const Case cases[] = {
  { "plain", FALSE, -1, 0, FALSE, TLS1_3_VERSION, NULL },
  { "must-and-has", TRUE, V_OCSP_CERTSTATUS_GOOD, 3, FALSE, TLS1_3_VERSION, NULL },
  { "must-and-has-1.2", TRUE, V_OCSP_CERTSTATUS_GOOD, 3, FALSE, TLS1_2_VERSION, NULL },
  { "must-and-lacks", TRUE, -1, 0, FALSE, TLS1_3_VERSION, MISSING },
  { "must-and-lacks-1.2", TRUE, -1, 0, FALSE, TLS1_2_VERSION, MISSING },
  { "must-and-too-old", TRUE, V_OCSP_CERTSTATUS_GOOD, -1, FALSE, TLS1_3_VERSION, MISSING },
  { "must-and-forged", TRUE, V_OCSP_CERTSTATUS_GOOD, 3, TRUE, TLS1_3_VERSION, MISSING },
  { "must-and-unknown", TRUE, V_OCSP_CERTSTATUS_UNKNOWN, 3, FALSE, TLS1_3_VERSION, MISSING },
  { "revoked", FALSE, V_OCSP_CERTSTATUS_REVOKED, 3, FALSE, TLS1_3_VERSION, "it was revoked" },
  { "revoked-and-must", TRUE, V_OCSP_CERTSTATUS_REVOKED, 3, FALSE, TLS1_2_VERSION, "it was revoked" },
  /* As browsers have it: what says nothing that counts is none. */
  { "forged", FALSE, V_OCSP_CERTSTATUS_REVOKED, 3, TRUE, TLS1_3_VERSION, NULL },
  { "too-old", FALSE, V_OCSP_CERTSTATUS_GOOD, -1, FALSE, TLS1_3_VERSION, NULL },
};

static void
add_extension (X509 *certificate, X509 *issuer, int nid, const char *value)
{
  X509V3_CTX      context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  g_assert_cmpint (X509_add_ext (certificate, extension, -1), ==, 1);
  X509_EXTENSION_free (extension);
}

/* Signed by issuer, or by itself: then it may sign others. */
static void
party_init (Party *party, const char *name, const Party *issuer, gboolean must_staple)
{
  static long serial = 1;
  X509       *certificate = X509_new ();
  X509       *signer = issuer != NULL ? issuer->certificate : certificate;

  party->key = EVP_EC_gen ("P-256");
  party->certificate = certificate;
  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), serial++);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -DAY);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 30 * DAY);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "CN", MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0);
  X509_set_issuer_name (certificate, X509_get_subject_name (signer));
  X509_set_pubkey (certificate, party->key);
  add_extension (certificate, signer, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE");
  if (issuer != NULL)
    add_extension (certificate, signer, NID_subject_alt_name, "DNS:site.test");
  if (must_staple)
    add_extension (certificate, signer, NID_tlsfeature, "status_request");
  g_assert_cmpint (X509_sign (certificate, issuer != NULL ? issuer->key : party->key, EVP_sha256 ()), >, 0);
}

static void
party_clear (Party *party)
{
  EVP_PKEY_free (party->key);
  X509_free (party->certificate);
}

/* What the server staples. */
static int
answer_of (const Case *c, const Party *root, const Party *leaf, const Party *answerer, guint8 **ret_bytes)
{
  OCSP_BASICRESP *basic = OCSP_BASICRESP_new ();
  OCSP_CERTID    *id = OCSP_cert_to_id (EVP_sha1 (), leaf->certificate, root->certificate);
  ASN1_TIME      *from = X509_gmtime_adj (NULL, -3 * DAY);
  ASN1_TIME      *until = X509_gmtime_adj (NULL, c->days * DAY);
  ASN1_TIME      *since = c->status == V_OCSP_CERTSTATUS_REVOKED ? X509_gmtime_adj (NULL, -2 * DAY) : NULL;
  OCSP_RESPONSE  *response;
  int             len;

  g_assert_nonnull (OCSP_basic_add1_status (basic, id, c->status, OCSP_REVOKED_STATUS_NOSTATUS, since, from, until));
  g_assert_cmpint (OCSP_basic_sign (basic, answerer->certificate, answerer->key, EVP_sha256 (), NULL, 0), ==, 1);
  response = OCSP_response_create (OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
  len = i2d_OCSP_RESPONSE (response, ret_bytes);
  g_assert_cmpint (len, >, 0);
  OCSP_RESPONSE_free (response);
  OCSP_BASICRESP_free (basic);
  OCSP_CERTID_free (id);
  ASN1_TIME_free (from);
  ASN1_TIME_free (until);
  ASN1_TIME_free (since);
  return len;
}

typedef struct
{
  guint8 *bytes; /* (nullable) */
  int     len;
} Staple;

static int
on_status (SSL *ssl, void *data)
{
  const Staple *staple = data;

  if (staple->bytes == NULL)
    return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp (ssl, OPENSSL_memdup (staple->bytes, (gsize) staple->len), staple->len);
  return SSL_TLSEXT_ERR_OK;
}

/* Result: what is against the certificate, NULL when hands were shaken. */
static const char *
shake_hands (SSL_CTX *server)
{
  NjTlsPeer         peer = { 0 };
  NjTlsClientConfig config = { .server_name = NJ_BYTES ("site.test"), .port = 443 };
  SSL              *ssl = nj_tls_client_new (&config, &peer);
  SSL              *other = SSL_new (server);
  const char       *problem;
  gboolean          is_done = hand_shake (ssl, other);

  problem = peer.staple_problem;
  g_assert_true (is_done == (problem == NULL));
  SSL_free (ssl);
  SSL_free (other);
  nj_tls_peer_clear (&peer);
  nj_tls_sessions_clear ();
  return problem;
}

static void
trust (const Party *root)
{
  g_autofree char *path = NULL;
  int              fd = g_file_open_tmp ("ocsp-staple-XXXXXX.pem", &path, NULL);
  FILE            *file = fdopen (fd, "w");

  g_assert_cmpint (PEM_write_X509 (file, root->certificate), ==, 1);
  fclose (file);
  g_assert_true (nj_tls_context_trust_only (path));
  g_unlink (path);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  Party       root, other, leaf;
  Staple      staple = { NULL, 0 };
  SSL_CTX    *server = SSL_CTX_new (TLS_server_method ());

  party_init (&root, "root of a test", NULL, FALSE);
  party_init (&other, "nobody", NULL, FALSE);
  party_init (&leaf, "leaf", &root, c->must_staple);
  if (c->status >= 0)
    staple.len = answer_of (c, &root, &leaf, c->is_forged ? &other : &root, &staple.bytes);
  SSL_CTX_use_certificate (server, leaf.certificate);
  SSL_CTX_use_PrivateKey (server, leaf.key);
  SSL_CTX_set_max_proto_version (server, c->version);
  SSL_CTX_set_tlsext_status_cb (server, on_status);
  SSL_CTX_set_tlsext_status_arg (server, &staple);
  trust (&root);

  g_assert_cmpstr (shake_hands (server), ==, c->problem);

  OPENSSL_free (staple.bytes);
  SSL_CTX_free (server);
  party_clear (&leaf);
  party_clear (&other);
  party_clear (&root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tls/ocsp-staple/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
