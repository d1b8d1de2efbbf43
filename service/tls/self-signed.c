/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A certificate that signs itself, for an exit of one's own: its users pin the fingerprint, so no
 * authority is asked. Written once, by "nightjar-exit init". Main thread.
 */
#include "tls/self-signed.h"

#include "base/host.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

static gboolean
failed (GError **error, const char *what)
{
  ERR_clear_error ();
  g_set_error (error, NJ_TLS_ERROR, NJ_TLS_ERROR_CERTIFICATE, "the %s cannot be made", what);
  return FALSE;
}

static gboolean
add_name (X509 *certificate, const char *name)
{
  gboolean         is_address = nj_address_parse (nj_bytes_from_string (name), 0, &(NjAddress){ 0 });
  gsize            len = strlen (name);
  g_autofree char *bare = name[0] == '[' && len > 2 ? g_strndup (name + 1, len - 2) : g_strdup (name);
  g_autofree char *value = g_strconcat (is_address ? "IP:" : "DNS:", bare, NULL);
  X509_EXTENSION  *extension = X509V3_EXT_conf_nid (NULL, NULL, NID_subject_alt_name, value);
  gboolean         is_added = extension != NULL && X509_add_ext (certificate, extension, -1) == 1;

  X509_EXTENSION_free (extension);
  return is_added;
}

static X509 *
certificate_make (EVP_PKEY *key, const char *name, guint days)
{
  g_autoptr (X509) certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);
  guint64    serial = (guint64) g_random_int () << 31 | g_random_int ();

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (certificate), serial);
  /* A day early, for clocks that are slow. */
  X509_gmtime_adj (X509_getm_notBefore (certificate), -86400);
  X509_time_adj_ex (X509_getm_notAfter (certificate), (int) days, 0, NULL);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *) name, -1, -1, 0);
  if (X509_set_issuer_name (certificate, subject) != 1 || X509_set_pubkey (certificate, key) != 1 ||
      !add_name (certificate, name) || X509_sign (certificate, key, EVP_sha256 ()) <= 0)
    return NULL;
  return g_steal_pointer (&certificate);
}

static gboolean
write_file (BIO *text, const char *path, int mode, GError **error)
{
  char *bytes = NULL;
  long  len = BIO_get_mem_data (text, &bytes);

  return g_file_set_contents_full (path, bytes, len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                   error);
}

/**
 * nj_self_signed_make:
 * @name: the server's host name or address, 64 bytes at most
 * @days: how long it is valid
 * @certificate_path: where the certificate goes
 * @key_path: where its key goes, readable by its owner alone
 * @ret_fingerprint: (out): SHA-256 of the certificate
 * @error: %NJ_TLS_ERROR_CERTIFICATE or a #GFileError
 *
 * P-256, for TLS 1.3 and 1.2 alike. Main thread. Source: RFC 5280.
 *
 * Returns: whether both are on the disk
 */
gboolean
nj_self_signed_make (const char *name, guint days, const char *certificate_path, const char *key_path,
                     guint8 ret_fingerprint[32], GError **error)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) certificate = key != NULL ? certificate_make (key, name, days) : NULL;
  g_autoptr (BIO) key_text = BIO_new (BIO_s_mem ());
  g_autoptr (BIO) certificate_text = BIO_new (BIO_s_mem ());

  if (certificate == NULL || PEM_write_bio_X509 (certificate_text, certificate) != 1 ||
      X509_digest (certificate, EVP_sha256 (), ret_fingerprint, NULL) != 1)
    return failed (error, "certificate");
  if (PEM_write_bio_PrivateKey (key_text, key, NULL, NULL, 0, NULL, NULL) != 1)
    return failed (error, "key");

  return write_file (key_text, key_path, 0600, error) && write_file (certificate_text, certificate_path, 0644, error);
}
