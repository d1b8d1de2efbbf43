/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates that were kept are put into words; bytes that are none end the list and nothing else.
 */
#include "tests/support/test-certificate.h"
#include "tls/tls-chain.h"
#include "tls/tls-private.h"

#include <openssl/pem.h>
#include <string.h>

static X509 *
read_certificate (const TestCertificate *certificate)
{
  FILE *file = fopen (certificate->certificate_path, "re");
  X509 *x509 = PEM_read_X509 (file, NULL, NULL, NULL);

  fclose (file);
  g_assert_nonnull (x509);
  return x509;
}

static void
test_words (void)
{
  g_autoptr (TestCertificate) first = test_certificate_new ("DNS:site.test,DNS:*.site.test", 30);
  g_autoptr (TestCertificate) second = test_certificate_new ("IP:127.0.0.1", -1);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GPtrArray) chain = NULL;
  STACK_OF (X509) *others = sk_X509_new_null ();
  X509             *leaf = read_certificate (first);
  X509             *other = read_certificate (second);
  NjTlsCertificate *certificate;

  /* The server's own stands in what it showed, too: it is told once. */
  sk_X509_push (others, leaf);
  sk_X509_push (others, other);
  nj_tls_chain_take (bytes, leaf, others);
  chain = nj_tls_chain_read (bytes->data, bytes->len);
  g_assert_cmpuint (chain->len, ==, 2);
  certificate = g_ptr_array_index (chain, 0);
  g_assert_cmpstr (certificate->names, ==, "DNS:site.test, DNS:*.site.test");
  g_assert_cmpuint (strlen (certificate->fingerprint), ==, 64);
  g_assert_cmpint (certificate->ends, >, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_true (g_str_has_prefix (certificate->key, "EC") || g_str_has_prefix (certificate->key, "RSA"));
  certificate = g_ptr_array_index (chain, 1);
  g_assert_cmpint (certificate->ends, <, g_get_real_time () / G_USEC_PER_SEC);

  sk_X509_free (others);
  X509_free (leaf);
  X509_free (other);
}

static void
test_cut (void)
{
  g_autoptr (TestCertificate) made = test_certificate_new ("DNS:site.test", 30);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  X509 *x509 = read_certificate (made);

  nj_tls_chain_take (bytes, x509, NULL);
  for (gsize len = 0; len < bytes->len; len += 5)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes->data, len);
      g_autoptr (GPtrArray) chain = nj_tls_chain_read (copy, len);

      g_assert_cmpuint (chain->len, ==, 0);
    }
  X509_free (x509);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls/tls-chain/words", test_words);
  g_test_add_func ("/tls/tls-chain/cut", test_cut);
  return g_test_run ();
}
