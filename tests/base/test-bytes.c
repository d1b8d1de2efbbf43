/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Borrowed text and the arena: numbers that overflow, empty needles, blocks that are lent and outgrown.
 */
#include "base/bytes.h"

static void
test_numbers (void)
{
  guint64 value = 7;

  g_assert_true (nj_bytes_parse_u64 (NJ_BYTES ("0"), 10, &value));
  g_assert_cmpuint (value, ==, 0);
  g_assert_true (nj_bytes_parse_u64 (NJ_BYTES ("18446744073709551615"), G_MAXUINT64, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  value = 7;
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES ("18446744073709551616"), G_MAXUINT64, &value));
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES ("11"), 10, &value));
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES (""), 10, &value));
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES ("+1"), 10, &value));
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES (" 1"), 10, &value));
  g_assert_false (nj_bytes_parse_u64 (NJ_BYTES ("1\0"), 10, &value));
  g_assert_cmpuint (value, ==, 7);
}

static void
test_text (void)
{
  g_autofree char *copy = nj_bytes_dup (NJ_BYTES_NONE);

  g_assert_cmpstr (copy, ==, "");
  g_assert_true (nj_bytes_equal (NJ_BYTES_NONE, NJ_BYTES ("")));
  g_assert_true (nj_bytes_equal_nocase (NJ_BYTES ("AbZ["), NJ_BYTES ("aBz[")));
  g_assert_false (nj_bytes_equal_nocase (NJ_BYTES ("["), NJ_BYTES ("{")));
  g_assert_cmpint (nj_bytes_find (NJ_BYTES ("abcabd"), NJ_BYTES ("abd")), ==, 3);
  g_assert_cmpint (nj_bytes_find (NJ_BYTES ("ab"), NJ_BYTES ("abc")), ==, -1);
  g_assert_cmpint (nj_bytes_find (NJ_BYTES_NONE, NJ_BYTES ("")), ==, 0);
  g_assert_true (nj_bytes_equal (nj_bytes_trim (NJ_BYTES (" \t a b\r\n")), NJ_BYTES ("a b")));
  g_assert_cmpuint (nj_bytes_trim (NJ_BYTES (" \r\n")).len, ==, 0);
  g_assert_cmpuint (nj_bytes_trim (nj_bytes ("\0a\0", 3)).len, ==, 3);
}

/* At every length and place: the same, another case, another byte. */
static void
test_nocase (void)
{
  for (gsize len = 1; len < 40; len++)
    for (gsize place = 0; place < len; place++)
      for (guint byte = 0; byte < 256; byte++)
        {
          g_autofree char *a = g_malloc (len);
          g_autofree char *b = g_malloc (len);

          memset (a, 'k', len);
          memset (b, 'K', len);
          b[0] = place > 0 ? 'k' : b[0];
          a[place] = (char) byte;
          for (guint bit = 0; bit < 8; bit++)
            {
              b[place] = (char) (byte ^ 1u << bit);
              g_assert_cmpint (nj_bytes_equal_nocase (nj_bytes (a, len), nj_bytes (b, len)), ==,
                               bit == 5 && g_ascii_isalpha ((char) byte));
            }
          b[place] = a[place];
          g_assert_true (nj_bytes_equal_nocase (nj_bytes (a, len), nj_bytes (b, len)));
        }
}

static void
test_arena (void)
{
  _Alignas (8) char lent[64];
  NjArena arena;
  NjBytes text;
  char   *first, *second;

  nj_arena_init (&arena, lent, sizeof lent);
  first = nj_arena_alloc (&arena, 3);
  second = nj_arena_alloc (&arena, 3);
  g_assert_true (first == lent && second == lent + 8);
  /* Outgrown: small ones share a block, one larger than any block gets its own. */
  g_assert_true ((char *) nj_arena_alloc (&arena, 200) < lent || arena.blocks != NULL);
  memset (nj_arena_alloc (&arena, 100000), 1, 100000);
  text = nj_arena_printf (&arena, "%s-%d", "x", 42);
  g_assert_true (nj_bytes_equal (text, NJ_BYTES ("x-42")));
  g_assert_cmpint (text.data[text.len], ==, '\0');
  text = nj_arena_copy (&arena, NJ_BYTES_NONE);
  g_assert_cmpuint (text.len, ==, 0);
  nj_arena_clear (&arena);
  g_assert_null (arena.blocks);

  /* What is lent may begin anywhere, what is given out may not. */
  nj_arena_init (&arena, lent + 3, sizeof lent - 3);
  g_assert_cmpuint ((gsize) nj_arena_alloc (&arena, 1) % 8, ==, 0);
  nj_arena_clear (&arena);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bytes/numbers", test_numbers);
  g_test_add_func ("/base/bytes/text", test_text);
  g_test_add_func ("/base/bytes/nocase", test_nocase);
  g_test_add_func ("/base/bytes/arena", test_arena);
  return g_test_run ();
}
