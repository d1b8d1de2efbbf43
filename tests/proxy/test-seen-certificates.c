/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What sites showed: kept by place, the last word counts, the oldest goes, a resumed session says nothing.
 */
#include "proxy/seen-certificates.h"

static void
note (NjSeenCertificates *seen, const char *place, const char *problem, const char *chain, gint64 when)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) chain, (guint) strlen (chain));
  nj_seen_certificates_note (seen, nj_bytes_from_string (place), problem, bytes, when);
}

static void
test_last_word (void)
{
  NjSeenCertificates *seen = nj_seen_certificates_new ();

  g_assert_null (nj_seen_certificates_find (seen, "a.test"));
  note (seen, "a.test", "expired", "one", 1);
  note (seen, "b.test:8443", "", "two", 2);
  {
    g_autoptr (NjSeenCertificate) found = nj_seen_certificates_find (seen, "a.test");
    g_autoptr (GPtrArray) bad = nj_seen_certificates_bad (seen);

    g_assert_cmpstr (found->problem, ==, "expired");
    g_assert_cmpmem (found->chain->data, found->chain->len, "one", 3);
    g_assert_cmpuint (bad->len, ==, 1);
  }
  note (seen, "a.test", "", "three", 3);
  note (seen, "a.test", "", "", 4);
  {
    g_autoptr (NjSeenCertificate) found = nj_seen_certificates_find (seen, "a.test");
    g_autoptr (GPtrArray) bad = nj_seen_certificates_bad (seen);

    g_assert_cmpstr (found->problem, ==, "");
    g_assert_cmpmem (found->chain->data, found->chain->len, "three", 5);
    g_assert_cmpint (found->when, ==, 3);
    g_assert_cmpuint (bad->len, ==, 0);
  }
  nj_seen_certificates_free (seen);
}

static void
test_oldest_goes (void)
{
  NjSeenCertificates *seen = nj_seen_certificates_new ();

  for (int i = 0; i <= NJ_SEEN_CERTIFICATES_MAX; i++)
    {
      g_autofree char *place = g_strdup_printf ("%d.test", i);

      note (seen, place, "", "chain", i);
    }
  g_assert_null (nj_seen_certificates_find (seen, "0.test"));
  nj_seen_certificate_free (nj_seen_certificates_find (seen, "1.test"));
  nj_seen_certificates_free (seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/seen-certificates/last-word", test_last_word);
  g_test_add_func ("/proxy/seen-certificates/oldest-goes", test_oldest_goes);
  return g_test_run ();
}
