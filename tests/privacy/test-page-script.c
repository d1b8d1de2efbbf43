/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is put into pages and workers for their scripts to see, and that nothing in it can end the program. What it does there
 * is for a browser to show.
 */
#include "exchange.h"
#include "privacy/page-script.h"

static char *
script (Exchange *x, const char *agent, const char *languages, gboolean is_control, gboolean is_worker)
{
  NjPageTold told = { nj_bytes_from_string (agent), nj_bytes_from_string (languages), is_control };

  return nj_bytes_dup (is_worker ? nj_page_script_worker (&told, &x->arena) : nj_page_script (&told, &x->arena));
}

static void
test_calls (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *agent, *languages, *call;
    gboolean    is_control;
  } cases[] = {
    { "A/1 (B; C)", "", "({\"agent\":\"A/1 (B; C)\",\"control\":false});", FALSE },
    { "", "de-AT,de;q=0.9, en;q=0.8", "({\"languages\":[\"de-AT\",\"de\",\"en\"],\"control\":true});", TRUE },
    { "A", "de", "({\"agent\":\"A\",\"languages\":[\"de\"],\"control\":true});", TRUE },
    { "A", "de,*;q=0.5", "({\"agent\":\"A\",\"control\":true});", TRUE },
    { "A", "de,,en", "({\"agent\":\"A\",\"control\":true});", TRUE },
    { "A", "de\"],x:[\"", "({\"agent\":\"A\",\"control\":true});", TRUE },
    { "A</script>", "de", "({\"languages\":[\"de\"],\"control\":true});", TRUE },
    { "A\\", "de", "({\"languages\":[\"de\"],\"control\":true});", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint is_worker = 0; is_worker < 2; is_worker++)
      {
        g_autofree char *text = script (x, cases[i].agent, cases[i].languages, cases[i].is_control, is_worker);

        g_assert_true (g_str_has_suffix (text, cases[i].call));
        g_assert_true (g_str_has_prefix (text, is_worker ? "(function " : "document.currentScript.remove();(function "));
        g_assert_null (strstr (text, "</"));
        g_assert_null (strstr (text, "<!--"));
        g_assert_null (strstr (text, "]]>"));
        g_assert_true (g_str_is_ascii (text));
      }
}

static void
test_nothing (Exchange *x, gconstpointer unused)
{
  g_autofree char *none = script (x, "", "", FALSE, FALSE), *worker = script (x, "", "*", TRUE, TRUE);
  g_autofree char *control = script (x, "", "", TRUE, FALSE);

  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (worker, ==, "");
  g_assert_true (g_str_has_prefix (control, "document.currentScript.remove();if(!navigator.globalPrivacyControl)"));
}

/* What another site left in window.name goes, whatever else is said. */
static void
test_arrival (Exchange *x, gconstpointer unused)
{
  NjPageTold       told = { .is_arrival = TRUE };
  g_autofree char *alone = nj_bytes_dup (nj_page_script (&told, &x->arena)), *more = NULL;

  told.is_control = TRUE;
  more = nj_bytes_dup (nj_page_script (&told, &x->arena));
  g_assert_cmpstr (alone, ==, "document.currentScript.remove();if(self===top&&!opener&&name)name=\"\";");
  g_assert_true (g_str_has_prefix (more, alone));
  g_assert_cmpuint (strlen (more), >, strlen (alone));
}

#define ADD(path, function) g_test_add ("/privacy/page-script/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("calls", test_calls);
  ADD ("nothing", test_nothing);
  ADD ("arrival", test_arrival);
  return g_test_run ();
}
