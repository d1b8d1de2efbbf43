/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Policies of pages, and what they become when something of ours is let in.
 */
#include "http/csp.h"

static const struct
{
  const char *policy;
  guint       what;
  const char *admitted; /* NULL: the same */
} rows[] = {
  /* Says nothing about scripts or styles. */
  { "", NJ_CSP_SCRIPT | NJ_CSP_STYLE, NULL },
  { "frame-ancestors 'self'; upgrade-insecure-requests", NJ_CSP_SCRIPT | NJ_CSP_STYLE, NULL },
  { "img-src 'self'", NJ_CSP_SCRIPT | NJ_CSP_STYLE, NULL },
  /* Only what is asked for. */
  { "script-src 'self'; style-src 'self'", NJ_CSP_SCRIPT, "script-src 'self' 'nonce-N'; style-src 'self'" },
  { "script-src 'self'; style-src 'self'", NJ_CSP_STYLE, "script-src 'self'; style-src 'self' 'nonce-N'" },
  /* Open to all inline scripts: a nonce would close it. */
  { "script-src 'self' 'unsafe-inline'", NJ_CSP_SCRIPT, NULL },
  { "default-src * 'Unsafe-Inline' 'unsafe-eval'", NJ_CSP_SCRIPT | NJ_CSP_STYLE, NULL },
  /* There "'unsafe-inline'" is for browsers that know no better. */
  { "script-src 'unsafe-inline' 'nonce-abc'", NJ_CSP_SCRIPT, "script-src 'unsafe-inline' 'nonce-abc' 'nonce-N'" },
  { "script-src 'unsafe-inline' 'sha256-abc='", NJ_CSP_SCRIPT, "script-src 'unsafe-inline' 'sha256-abc=' 'nonce-N'" },
  { "script-src 'unsafe-inline' 'strict-dynamic'", NJ_CSP_SCRIPT, "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-N'" },
  { "style-src 'unsafe-inline' 'strict-dynamic'", NJ_CSP_STYLE, NULL },
  /* Nothing at all. */
  { "script-src 'none'", NJ_CSP_SCRIPT, "script-src 'nonce-N'" },
  { "script-src", NJ_CSP_SCRIPT, "script-src 'nonce-N'" },
  /* The directive that counts most, and the first of its name. */
  { "script-src 'self'; script-src-elem a.example", NJ_CSP_SCRIPT, "script-src 'self'; script-src-elem a.example 'nonce-N'" },
  { "script-src-elem 'unsafe-inline'; script-src 'self'", NJ_CSP_SCRIPT, NULL },
  { "script-src a.example; script-src b.example", NJ_CSP_SCRIPT, "script-src a.example 'nonce-N'; script-src b.example" },
  { "SCRIPT-SRC 'self'", NJ_CSP_SCRIPT, "SCRIPT-SRC 'self' 'nonce-N'" },
  /* Only default-src speaks: it stays as it is. */
  { "default-src 'self'", NJ_CSP_SCRIPT, "default-src 'self'; script-src-elem 'self' 'nonce-N'" },
  { "default-src 'none'; img-src *", NJ_CSP_SCRIPT | NJ_CSP_STYLE,
    "default-src 'none'; img-src *; script-src-elem 'nonce-N'; style-src-elem 'nonce-N'" },
  { "default-src 'self' 'unsafe-inline'; script-src 'self'", NJ_CSP_SCRIPT | NJ_CSP_STYLE,
    "default-src 'self' 'unsafe-inline'; script-src 'self' 'nonce-N'" },
  /* Several policies: each must let it in. */
  { "script-src 'self', script-src b.example", NJ_CSP_SCRIPT, "script-src 'self' 'nonce-N',script-src b.example 'nonce-N'" },
  { "img-src *, script-src 'self'", NJ_CSP_SCRIPT, "img-src *,script-src 'self' 'nonce-N'" },
  /* Written oddly. */
  { " ;; script-src   'self'\t; ", NJ_CSP_SCRIPT, "script-src 'self' 'nonce-N'" },
  { "default-srcx 'self'", NJ_CSP_SCRIPT, NULL },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      _Alignas (8) char lent[4096];
      g_auto (NjArena) arena;
      NjBytes          policy = nj_bytes_from_string (rows[i].policy), admitted;
      const char      *wanted = rows[i].admitted != NULL ? rows[i].admitted : rows[i].policy;
      g_autofree char *got = NULL;

      nj_arena_init (&arena, lent, sizeof lent);
      g_assert_cmpint (nj_csp_admit (policy, NJ_BYTES ("N"), rows[i].what, &arena, &admitted), ==, rows[i].admitted != NULL);
      got = nj_bytes_dup (admitted);
      g_assert_cmpstr (got, ==, wanted);
      /* What was let in once is not let in twice as something else. */
      g_assert_true (rows[i].admitted == NULL || nj_bytes_find (admitted, NJ_BYTES ("'nonce-N'")) >= 0);
    }
}

static void
test_too_many_directives (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  _Alignas (8) char   lent[4096];
  g_auto (NjArena)    arena;
  NjBytes             admitted;

  for (int i = 0; i < 200; i++)
    g_string_append_printf (text, "x%d y; ", i);
  g_string_append (text, "script-src 'self'");
  nj_arena_init (&arena, lent, sizeof lent);
  g_assert_false (nj_csp_admit (nj_bytes (text->str, text->len), NJ_BYTES ("N"), NJ_CSP_SCRIPT, &arena, &admitted));
  g_assert_true (nj_bytes_equal (admitted, nj_bytes (text->str, text->len)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/csp/rows", test_rows);
  g_test_add_func ("/http/csp/too-many-directives", test_too_many_directives);
  return g_test_run ();
}
