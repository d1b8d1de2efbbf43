/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certificates that a server showed, kept as they came and put into words when somebody wants to
 * see them: whom they are for, who signed them, since when and until when. Any thread.
 */
#include "tls/tls-chain.h"

#include "tls/tls-private.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <time.h>

/* More than any site shows. */
#define CERTIFICATES_MAX 12

static void
append (GByteArray *chain, X509 *certificate)
{
  guint8 *der = NULL;
  int     len = i2d_X509 (certificate, &der);

  if (len > 0 && chain->len + (guint) len <= NJ_TLS_CHAIN_MAX)
    g_byte_array_append (chain, der, (guint) len);
  OPENSSL_free (der);
}

/**
 * nj_tls_chain_take: (skip)
 * @chain: gets the certificates, one behind another
 * @leaf: (nullable): the server's own
 * @others: (nullable): what it showed, perhaps with its own
 */
void
nj_tls_chain_take (GByteArray *chain, X509 *leaf, STACK_OF (X509) * others)
{
  g_byte_array_set_size (chain, 0);
  if (leaf != NULL)
    append (chain, leaf);
  for (int i = 0; others != NULL && i < MIN (sk_X509_num (others), CERTIFICATES_MAX); i++)
    if (leaf == NULL || X509_cmp (sk_X509_value (others, i), leaf) != 0)
      append (chain, sk_X509_value (others, i));
}

/* What was written into it, as text; gives it back. */
static char *
text_of (BIO *bio)
{
  char *bytes = NULL;
  long  len = BIO_get_mem_data (bio, &bytes);
  char *text = g_utf8_make_valid (bytes != NULL ? bytes : "", MAX (len, 0));

  BIO_free (bio);
  return text;
}

static char *
name_text (const X509_NAME *name)
{
  BIO *bio = BIO_new (BIO_s_mem ());

  X509_NAME_print_ex (bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long) ASN1_STRFLGS_ESC_MSB);
  return text_of (bio);
}

static char *
names_text (X509 *certificate)
{
  GENERAL_NAMES *names = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  BIO           *bio = BIO_new (BIO_s_mem ());

  for (int i = 0; names != NULL && i < MIN (sk_GENERAL_NAME_num (names), 24); i++)
    {
      if (i > 0)
        BIO_puts (bio, ", ");
      GENERAL_NAME_print (bio, sk_GENERAL_NAME_value (names, i));
    }
  if (names != NULL && sk_GENERAL_NAME_num (names) > 24)
    BIO_puts (bio, ", …");
  GENERAL_NAMES_free (names);
  return text_of (bio);
}

static gint64
seconds_of (const ASN1_TIME *time)
{
  struct tm parts;

  return ASN1_TIME_to_tm (time, &parts) == 1 ? (gint64) timegm (&parts) : 0;
}

static char *
fingerprint_text (X509 *certificate)
{
  guint8   digest[EVP_MAX_MD_SIZE];
  guint    len = 0;
  GString *text = g_string_new (NULL);

  X509_digest (certificate, EVP_sha256 (), digest, &len);
  for (guint i = 0; i < len; i++)
    g_string_append_printf (text, "%02X", digest[i]);
  return g_string_free (text, FALSE);
}

static NjTlsCertificate *
certificate_read (X509 *x509)
{
  NjTlsCertificate *certificate = g_new0 (NjTlsCertificate, 1);
  EVP_PKEY         *key = X509_get0_pubkey (x509);
  int               signature = X509_get_signature_nid (x509);

  certificate->subject = name_text (X509_get_subject_name (x509));
  certificate->issuer = name_text (X509_get_issuer_name (x509));
  certificate->names = names_text (x509);
  certificate->key = key != NULL ? g_strdup_printf ("%s %d", EVP_PKEY_get0_type_name (key), EVP_PKEY_get_bits (key)) : g_strdup ("");
  certificate->signature = g_strdup (signature != NID_undef ? OBJ_nid2sn (signature) : "");
  certificate->fingerprint = fingerprint_text (x509);
  certificate->begins = seconds_of (X509_get0_notBefore (x509));
  certificate->ends = seconds_of (X509_get0_notAfter (x509));
  return certificate;
}

/**
 * nj_tls_chain_read:
 * @bytes: certificates in their DER form, one behind another
 * @len: how much
 *
 * Any thread. What is none ends it.
 *
 * Returns: (transfer full) (element-type NjTlsCertificate): them, the server's own first
 */
GPtrArray *
nj_tls_chain_read (const guint8 *bytes, gsize len)
{
  GPtrArray    *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_tls_certificate_free);
  const guint8 *at = bytes;

  while (at != NULL && at < bytes + len && list->len < CERTIFICATES_MAX)
    {
      X509 *x509 = d2i_X509 (NULL, &at, (long) (bytes + len - at));

      if (x509 == NULL)
        break;
      g_ptr_array_add (list, certificate_read (x509));
      X509_free (x509);
    }
  ERR_clear_error ();
  return list;
}

/**
 * nj_tls_certificate_free:
 * @certificate: (transfer full): one of a chain
 */
void
nj_tls_certificate_free (NjTlsCertificate *certificate)
{
  g_free (certificate->subject);
  g_free (certificate->issuer);
  g_free (certificate->names);
  g_free (certificate->key);
  g_free (certificate->signature);
  g_free (certificate->fingerprint);
  g_free (certificate);
}
