/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scans that look at sixteen bytes at a time, against the plain rule for each byte, at every
 * length and place, in blocks of just their size so that a sanitizer sees a read past the end.
 */
#include "http/scan.h"

#define LENGTH_MAX 70

typedef struct
{
  const char *(*scan) (const char *p, const char *end);
  gboolean (*is_good) (char c);
} Scan;

static gboolean
is_in_authority (char c)
{
  return c == '\0' || strchr ("/?#@\\", c) == NULL;
}

static gboolean
is_in_path (char c)
{
  return nj_scan_is_target (c) && strchr ("?#\\", c) == NULL;
}

/* At every length up to that of two and a half blocks, with every byte at either end of it. */
static void
test_paths (void)
{
  for (gsize len = 1; len <= 40; len++)
    for (guint byte = 0; byte < 256; byte++)
      for (guint last = 0; last < 2; last++)
        {
          g_autofree char *text = g_malloc (len);

          memset (text, '/', len);
          text[last != 0 ? len - 1 : 0] = (char) byte;
          g_assert_cmpint (nj_scan_is_all_path (nj_bytes (text, len)), ==, is_in_path ((char) byte));
        }
  g_assert_true (nj_scan_is_all_path (NJ_BYTES_NONE));
}

static const Scan scans[] = {
  { nj_scan_authority, is_in_authority },
  { nj_scan_token, nj_scan_is_token },
  { nj_scan_value, nj_scan_is_value },
  { nj_scan_target, nj_scan_is_target },
};

static void
test_every_byte (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (scans); s++)
    for (guint byte = 0; byte < 256; byte++)
      for (gsize place = 0; place < 40; place += 3)
        {
          g_autofree char *text = g_strnfill (40, 'a');
          const char      *expected;

          text[place] = (char) byte;
          expected = scans[s].is_good (text[place]) ? text + 40 : text + place;
          g_assert_true (scans[s].scan (text, text + 40) == expected);
          if (scans[s].scan == nj_scan_value)
            g_assert_cmpint (nj_scan_is_all_value (nj_bytes (text, 40)), ==, expected == text + 40);
          if (scans[s].scan == nj_scan_target)
            g_assert_cmpint (nj_scan_is_all_target (nj_bytes (text, 40)), ==, expected == text + 40);
        }
}

static void
test_every_length (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (scans); s++)
    for (gsize len = 0; len < LENGTH_MAX; len++)
      for (gsize place = 0; place <= len; place++)
        {
          g_autofree char *text = g_malloc (MAX (len, 1));

          memset (text, 'x', len);
          if (place < len)
            text[place] = scans[s].scan == nj_scan_authority ? '#' : '\r';
          g_assert_true (scans[s].scan (text, text + len) == text + place);
          if (scans[s].scan == nj_scan_authority)
            continue;
          g_assert_cmpint (nj_scan_is_all_value (nj_bytes (text, len)), ==, place == len);
          g_assert_cmpint (nj_scan_is_all_target (nj_bytes (text, len)), ==, place == len);
        }
}

static void
test_blank_line (void)
{
  for (gsize len = 0; len < LENGTH_MAX; len++)
    for (gsize place = 0; place <= len; place++)
      {
        g_autofree char *text = g_malloc (MAX (len, 1));
        gsize            n = MIN (4, len - place);

        /* Carriage returns all over, so that there is much that only looks like it. */
        memset (text, '\r', len);
        memcpy (text + place, "\r\n\r\n", n);
        g_assert_true (nj_scan_blank_line (text, text + len) == (n == 4 ? text + place : NULL));
      }
}

static void
test_tokens (void)
{
  static const char others[] = "!#$%&'*+-.^_`|~";

  for (guint byte = 0; byte < 256; byte++)
    g_assert_cmpint (nj_scan_is_token ((char) byte), ==,
                     byte != 0 && byte < 0x80 && (g_ascii_isalnum ((char) byte) || strchr (others, (int) byte) != NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/scan/every-byte", test_every_byte);
  g_test_add_func ("/http/scan/every-length", test_every_length);
  g_test_add_func ("/http/scan/paths", test_paths);
  g_test_add_func ("/http/scan/blank-line", test_blank_line);
  g_test_add_func ("/http/scan/tokens", test_tokens);
  return g_test_run ();
}
