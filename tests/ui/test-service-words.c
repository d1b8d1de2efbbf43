/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the service says, in the language of the user: a sentence within a sentence, names that are nobody's to
 * translate, and whatever else comes as it came.
 */
#include "ui/service-words.h"

static void
assert_words (const char *text, const char *wanted)
{
  g_autofree char *words = nj_service_words (text);

  g_assert_cmpstr (words, ==, wanted);
}

/* Untranslated, every sentence is put together again as it was. */
static void
test_untranslated (void)
{
  static const char *const all[] = {
    "", "it took too long", "the server redirects: it leads to this very machine", "the server redirects: ",
    "line 3: “gopher://” is no kind of exit; known are http, https, h2, socks5, socks5s, socks4a and tor",
    "exit Berlin: the exit cannot be reached: there is no such host; nothing leaves", "exit a: b: c; nothing leaves",
    "line : ", "line", ": ", "“” is not a site", "“a” is “b” is not a site", "%s", "it is longer than 5 MB", "\xff\xfe",
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    assert_words (all[i], all[i]);
}

/* A sentence quotes others only so deep, and a long one is no trouble. */
static void
test_depth (void)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 10000; i++)
    g_string_append (text, "line 1: ");
  assert_words (text->str, text->str);
  g_string_free (text, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/service-words/untranslated", test_untranslated);
  g_test_add_func ("/ui/service-words/depth", test_depth);
  return g_test_run ();
}
