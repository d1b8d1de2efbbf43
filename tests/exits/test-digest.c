/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Digest: the examples of RFC 7616, and challenges that are odd or wrong.
 */
#include "exits/digest.h"

static gboolean
parse (NjDigestChallenge *challenge, const char *value)
{
  return nj_digest_challenge_parse (challenge, nj_bytes_from_string (value));
}

/* RFC 7616 §3.9.1. */
static void
test_examples (void)
{
  static const struct { const char *algorithm, *response; } rows[] = {
    { "MD5", "8ca523f5e9506fed4657c9700eebdbec" },
    { "SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
  };
  const NjDigestRequest request = { "Mufasa", "Circle of Life", "GET", "/dir/index.html",
                                    "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = g_strdup_printf ("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=%s, "
                                                "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
                                                "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", rows[i].algorithm);
      g_autofree char *want = g_strdup_printf ("response=\"%s\"", rows[i].response);
      g_autofree char *answer = NULL;
      NjDigestChallenge challenge;

      g_assert_true (parse (&challenge, value));
      answer = nj_digest_answer (&challenge, &request);
      g_assert_nonnull (strstr (answer, want));
      g_assert_nonnull (strstr (answer, "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""));
      g_assert_nonnull (strstr (answer, "nc=00000001"));
      g_assert_true (g_str_has_prefix (answer, "Digest username=\"Mufasa\", realm="));
      nj_digest_challenge_clear (&challenge);
    }
}

/* RFC 2069, without protection, as the errata have it. */
static void
test_old (void)
{
  const NjDigestRequest request = { "Mufasa", "CircleOfLife", "GET", "/dir/index.html", "x", 1 };
  NjDigestChallenge     challenge;
  g_autofree char      *answer = NULL;

  g_assert_true (parse (&challenge, "digest realm=\"testrealm@host.com\",nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\",stale=TRUE"));
  g_assert_true (challenge.is_stale);
  answer = nj_digest_answer (&challenge, &request);
  g_assert_nonnull (strstr (answer, "response=\"1949323746fe6a43ef61f9606e7febea\""));
  g_assert_null (strstr (answer, "cnonce"));
  nj_digest_challenge_clear (&challenge);
}

static void
test_odd (void)
{
  static const char *const wrong[] = {
    "", "Basic realm=\"x\"", "Digest", "Digest ", "Digest realm=\"x\"", "Digest nonce=\"x\"", "Digest realm=\"x\", nonce=\"\"",
    "Digest realm=\"x, nonce=\"y", "Digest realm, nonce=\"y\"", "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256",
    "Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\"", "Digest =x",
  };
  g_autofree char *filler = g_strnfill (600, 'n');
  g_autofree char *large = g_strdup_printf ("Digest realm=\"x\", nonce=\"%s\"", filler);
  NjDigestChallenge challenge;

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (parse (&challenge, wrong[i]));
  g_assert_false (parse (&challenge, large));

  g_assert_true (parse (&challenge, "DIGEST  realm=\"a \\\"b\\\"\" ,nonce=plain,unknown=1 , qop=auth"));
  g_assert_cmpstr (challenge.realm, ==, "a \"b\"");
  g_assert_cmpstr (challenge.nonce, ==, "plain");
  g_assert_true (challenge.has_qop);
  nj_digest_challenge_clear (&challenge);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exits/digest/examples", test_examples);
  g_test_add_func ("/exits/digest/old", test_old);
  g_test_add_func ("/exits/digest/odd", test_odd);
  return g_test_run ();
}
