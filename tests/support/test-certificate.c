/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates for tests, signed by themselves, each in a folder of its own. Any thread.
 */
#include "tests/support/test-certificate.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void
add_extension (X509 *certificate, int nid, const char *value)
{
  X509V3_CTX      context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, certificate, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, nid, value);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

static X509 *
certificate_make (EVP_PKEY *key, const char *names, int days)
{
  X509      *certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), (long) (g_random_int () >> 1));
  X509_gmtime_adj (X509_getm_notBefore (certificate), -30 * 86400L);
  X509_gmtime_adj (X509_getm_notAfter (certificate), days * 86400L);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_ASC, (const guchar *) "test", -1, -1, 0);
  X509_set_issuer_name (certificate, subject);
  X509_set_pubkey (certificate, key);
  add_extension (certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension (certificate, NID_subject_alt_name, names);
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);
  return certificate;
}

TestCertificate *
test_certificate_new (const char *names, int days)
{
  TestCertificate *self = g_new0 (TestCertificate, 1);
  EVP_PKEY        *key = EVP_EC_gen ("P-256");
  X509            *certificate = certificate_make (key, names, days);
  FILE            *file;

  self->folder = g_dir_make_tmp ("nightjar-test-XXXXXX", NULL);
  self->certificate_path = g_build_filename (self->folder, "certificate.pem", NULL);
  self->key_path = g_build_filename (self->folder, "key.pem", NULL);

  file = g_fopen (self->certificate_path, "w");
  PEM_write_X509 (file, certificate);
  fclose (file);
  file = g_fopen (self->key_path, "w");
  PEM_write_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL);
  fclose (file);
  X509_digest (certificate, EVP_sha256 (), self->fingerprint, NULL);

  X509_free (certificate);
  EVP_PKEY_free (key);
  return self;
}

void
test_certificate_free (TestCertificate *self)
{
  if (self == NULL)
    return;

  g_unlink (self->certificate_path);
  g_unlink (self->key_path);
  g_rmdir (self->folder);
  g_free (self->certificate_path);
  g_free (self->key_path);
  g_free (self->folder);
  g_free (self);
}
