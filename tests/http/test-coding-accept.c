/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of Accept-Encoding where a body may be changed.
 */
#include "http/coding-accept.h"

static const struct
{
  const char *said;
  const char *asked; /* NULL: as it was */
} rows[] = {
  /* As browsers say it. */
  { "gzip, deflate", NULL },
  { "gzip, deflate, br", "gzip, deflate" },
  { "gzip, deflate, br, zstd", "gzip, deflate" },
  { "gzip, deflate, br, zstd, dcb, dcz", "gzip, deflate" },
  { "gzip,deflate", NULL },
  { "", NULL },
  { "identity", NULL },
  { "gzip;q=0.8, identity; q=0.5", NULL },
  { "X-Gzip, compress", "X-Gzip" },
  { "br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip;q=0.8, deflate;q=0.1" },
  { "br ; q=1, GZIP ; Q=0.75", "GZIP;q=0.75" },
  /* Nothing is left but what is not packed. */
  { "br", "identity" },
  { "br, zstd;q=0.5", "identity" },
  { "br, gzip;q=0", "identity" },
  { "gzip;q=0, deflate;q=0.000, *;q=1", "identity" },
  { "br, identity;q=0.5", "identity" },
  { "dcb", "identity" },
  /* And not even that: nothing better can be asked for. */
  { "br, identity;q=0", NULL },
  { "br, *;q=0", NULL },
  { "identity;q=0, gzip;q=0, zstd", NULL },
  { "br, *;q=0, identity", "identity" },
  /* What is not packed stays refused. */
  { "br, gzip, identity;q=0", "gzip, identity;q=0" },
  { "br, gzip, *;q=0", "gzip, *;q=0" },
  { "gzip, *;q=0", NULL },
  /* Whatever there is. */
  { "*", "gzip, deflate" },
  { "*;q=0.5", "gzip;q=0.5, deflate;q=0.5" },
  { "*;q=0", NULL },
  { "gzip, *", "gzip, deflate" },
  { "x-gzip, *", "x-gzip, deflate" },
  { "gzip;q=0, *", "gzip;q=0, deflate" },
  { "identity;q=0, *;q=0.3", "identity;q=0, gzip;q=0.3, deflate;q=0.3" },
  /* No list, no weight, twice the same. */
  { ", ,, br ,,gzip,", "gzip" },
  { "gzip;q=2, deflate", "deflate" },
  { "gzip;q=0.1234, deflate", "deflate" },
  { "gzip;q=, deflate", "deflate" },
  { "gzip;level=9, deflate", "deflate" },
  { "gzip;q=1.001, deflate", "deflate" },
  { "gzip;q=1.000, br", "gzip;q=1.000" },
  { "gzip, gzip;q=0, br", "gzip" },
  { ";q=1, gzip", "gzip" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (NjArena) arena;
      NjBytes          said = nj_bytes_from_string (rows[i].said), asked;
      gboolean         is_other;

      nj_arena_init (&arena, NULL, 0);
      is_other = nj_coding_accept_narrow (said, &arena, &asked);
      g_test_message ("%s", rows[i].said);
      g_assert_cmpint (is_other, ==, rows[i].asked != NULL);
      if (is_other)
        {
          g_autofree char *text = nj_bytes_dup (asked);
          NjBytes          again;

          g_assert_cmpstr (text, ==, rows[i].asked);
          /* What was asked so is asked so. */
          g_assert_false (nj_coding_accept_narrow (asked, &arena, &again));
        }
    }
}

/* However much is said. */
static void
test_long (void)
{
  g_autoptr (GString) said = g_string_new (NULL);
  g_auto (NjArena)    arena;
  NjBytes             asked;

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (said, "c%u;q=0.%u, gzip;q=0.%03u, ", i, i % 10, i % 1000);
  g_assert_true (nj_coding_accept_narrow (nj_bytes (said->str, said->len), &arena, &asked));
  g_assert_true (nj_bytes_equal (asked, NJ_BYTES ("identity")));
  g_string_append (said, "deflate");
  g_assert_true (nj_coding_accept_narrow (nj_bytes (said->str, said->len), &arena, &asked));
  g_assert_true (nj_bytes_equal (asked, NJ_BYTES ("gzip;q=0.000, deflate")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/coding-accept/rows", test_rows);
  g_test_add_func ("/http/coding-accept/long", test_long);
  return g_test_run ();
}
