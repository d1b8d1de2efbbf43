/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every state has a shape, a word and a sentence; numbers and names read as people expect. No bus, no display.
 */
#include "ui/amount.h"
#include "ui/country.h"
#include "ui/entry.h"
#include "ui/places.h"
#include "ui/status.h"

#include <locale.h>

static NjStatus *
german (void)
{
  NjStatus     *status = nj_status_new ();
  NjStatusExit *exit = nj_status_add_exit (status, "de1", "Frankfurt", "DE");

  status->state = NJ_STATE_PROTECTED;
  status->has_protection = TRUE;
  g_free (status->exit);
  status->exit = g_strdup ("de1");
  exit->is_chosen = TRUE;
  exit->latency_ms = 38;
  exit->is_link_encrypted = TRUE;
  return status;
}

static void
test_words (void)
{
  g_autoptr (NjStatus) status = german ();
  g_autofree char     *word = nj_status_word (status);
  g_autofree char     *sentence = nj_status_sentence (status);

  g_assert_cmpstr (word, ==, "Protected, Germany");
  g_assert_cmpstr (sentence, ==, "Frankfurt · 38 ms · link encrypted");
  g_assert_cmpstr (nj_status_icon (status), ==, "nightjar-exit");
}

static void
test_unencrypted_link_is_said (void)
{
  g_autoptr (NjStatus) status = german ();
  g_autofree char     *sentence = NULL;

  ((NjStatusExit *) g_ptr_array_index (status->exits, 0))->is_link_encrypted = FALSE;
  sentence = nj_status_sentence (status);
  g_assert_nonnull (strstr (sentence, "link not encrypted"));
}

static void
test_each_state_differs (void)
{
  g_autoptr (GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (NjStatus)   status = nj_status_new ();

  for (NjState state = NJ_STATE_ABSENT; state <= NJ_STATE_UNPROTECTED; state++)
    {
      g_autofree char *word = NULL;
      g_autofree char *sentence = NULL;

      status->state = state;
      word = nj_status_word (status);
      sentence = nj_status_sentence (status);
      g_assert_cmpstr (word, !=, "");
      g_assert_cmpstr (sentence, !=, "");
      g_assert_true (g_hash_table_add (icons, (gpointer) nj_status_icon (status)));
    }
}

static void
test_unknown_state_promises_nothing (void)
{
  g_assert_cmpint (nj_status_state_from_name ("from-the-future"), ==, NJ_STATE_OFF);
  g_assert_cmpint (nj_status_state_from_name (NULL), ==, NJ_STATE_ABSENT);
  g_assert_cmpint (nj_status_state_from_name ("blocked"), ==, NJ_STATE_BLOCKED);
}

static void
test_broken_list_wants_attention (void)
{
  g_autoptr (NjStatus) status = german ();
  NjStatusList        *list = nj_status_add_list (status, "a", "A");

  g_assert_false (nj_status_needs_attention (status));
  g_free (list->problem);
  list->problem = g_strdup ("No such file or directory");
  g_assert_false (nj_status_needs_attention (status));
  list->is_enabled = TRUE;
  g_assert_true (nj_status_needs_attention (status));
  g_assert_cmpstr (nj_status_icon (status), ==, "nightjar-attention");

  /* What is fetched works from its copy: only when that is days old is something wrong. */
  g_free (list->location);
  list->location = g_strdup ("https://lists.example/a.txt");
  g_assert_false (nj_status_needs_attention (status));
  list->last_success_s = g_get_real_time () / G_USEC_PER_SEC - 3600;
  g_assert_false (nj_status_needs_attention (status));
  list->last_success_s -= 4 * 86400;
  g_assert_true (nj_status_needs_attention (status));
}

static void
test_places (void)
{
  g_autoptr (NjStatus) status = german ();
  g_autoptr (GArray)   places = NULL;
  NjStatusExit        *exit;

  exit = nj_status_add_exit (status, "x2", "My box", "");
  exit->latency_ms = 5;
  exit = nj_status_add_exit (status, "de2", "Berlin", "DE");
  exit->latency_ms = 20;
  nj_status_add_exit (status, "x1", "Another box", "");
  nj_status_sort (status);
  places = nj_places_list (status, 10);

#define PLACE(i) g_array_index (places, NjPlacesPlace, i)
  g_assert_cmpuint (places->len, ==, 3);
  g_assert_cmpstr (PLACE (0).label, ==, "Germany");
  g_assert_cmpstr (PLACE (0).key, ==, "DE");
  g_assert_cmpuint (PLACE (0).exits, ==, 2);
  g_assert_cmpuint (PLACE (0).latency_ms, ==, 20);
  g_assert_true (PLACE (0).is_chosen);
  g_assert_false (PLACE (0).is_link_encrypted);
  g_assert_cmpstr (PLACE (1).label, ==, "Another box");
  g_assert_cmpstr (PLACE (2).key, ==, "x2");
  g_clear_pointer (&places, g_array_unref);

  /* What is starred stands first, then what was used; no one twice, and nobody who is not there. */
  g_strfreev (status->favourites);
  g_strfreev (status->recents);
  status->favourites = g_strsplit ("x1 FR", " ", -1);
  status->recents = g_strsplit ("@Work DE x1", " ", -1);
  nj_status_add_group (status, "Work", g_strsplit ("de2 x2 gone", " ", -1));
  nj_status_add_group (status, "Empty", g_strsplit ("gone", " ", -1));
  g_free (status->choice);
  status->choice = g_strdup ("@Work");
  places = nj_places_list (status, 10);
  g_assert_cmpuint (places->len, ==, 4);
  g_assert_cmpstr (PLACE (0).key, ==, "x1");
  g_assert_cmpint (PLACE (0).part, ==, NJ_PLACES_FAVOURITE);
  g_assert_cmpstr (PLACE (1).key, ==, "@Work");
  g_assert_cmpstr (PLACE (1).label, ==, "Work");
  g_assert_cmpuint (PLACE (1).exits, ==, 2);
  g_assert_true (PLACE (1).is_chosen);
  g_assert_cmpstr (PLACE (2).key, ==, "DE");
  g_assert_false (PLACE (2).is_chosen);
  g_assert_cmpstr (PLACE (3).key, ==, "x2");
  g_assert_true (nj_places_is_favourite (status, "x1"));
  g_assert_cmpstr (nj_places_action ("@Work"), ==, "select-group");
  g_assert_cmpstr (nj_places_target ("@Work"), ==, "Work");
  g_clear_pointer (&places, g_array_unref);
  places = nj_places_list (status, 2);
  g_assert_cmpuint (places->len, ==, 2);
}

static void
test_amounts (void)
{
  g_autofree char *small = nj_amount_count (7);
  g_autofree char *large = nj_amount_count (1234567);
  g_autofree char *left = nj_amount_left (1000 + 272, 1000);
  g_autofree char *long_left = nj_amount_left (1000 + 3872, 1000);
  g_autofree char *over = nj_amount_left (900, 1000);
  g_autofree char *never = nj_amount_ago (0, 1000);
  g_autofree char *hours = nj_amount_ago (1000, 1000 + 7300);

  g_assert_cmpstr (small, ==, "7");
  g_assert_cmpstr (large, ==, "1\u202f234\u202f567");
  g_assert_cmpstr (left, ==, "4:32");
  g_assert_cmpstr (long_left, ==, "1:04:32");
  g_assert_cmpstr (over, ==, "0:00");
  g_assert_cmpstr (never, ==, "never");
  g_assert_cmpstr (hours, ==, "2 hours ago");
}

static void
test_countries (void)
{
  g_assert_cmpstr (nj_country_english_name ("DE"), ==, "Germany");
  g_assert_cmpstr (nj_country_english_name ("AD"), ==, "Andorra");
  g_assert_cmpstr (nj_country_english_name ("ZW"), ==, "Zimbabwe");
  g_assert_null (nj_country_english_name ("XX"));
  g_assert_null (nj_country_english_name ("de"));
  g_assert_null (nj_country_english_name ("DEU"));
  g_assert_false (nj_country_is_known (NULL));
  g_assert_cmpstr (nj_country_name ("XX"), ==, "XX");
}

static void
test_entry (void)
{
  g_autoptr (GVariant) entry = g_variant_ref_sink (g_variant_new_parsed (
    "(uint64 9, int64 1000000, {'url': <'http://a.example/<b>'>, 'action': <'block'>, 'list': <'EasyList'>,"
    " 'rule': <'||a.example^'>, 'changes': <['referer', 'cookies', 'from-the-future']>})"));
  g_autofree char *headline = nj_entry_headline (entry);
  g_autofree char *summary = nj_entry_summary (entry);
  g_autofree char *details = nj_entry_details (entry);

  g_assert_cmpuint (nj_entry_serial (entry), ==, 9);
  g_assert_cmpstr (headline, ==, "a.example/<b>");
  g_assert_nonnull (strstr (summary, "Blocked · EasyList"));
  g_assert_nonnull (strstr (details, "page of origin, cookies, from-the-future"));
  g_assert_cmpstr (nj_entry_icon (entry), ==, "nightjar-entry-blocked-symbolic");
}

/* A service of another version may send what this one does not know. */
static void
test_strange_entry (void)
{
  g_autoptr (GVariant) entry = g_variant_ref_sink (
    g_variant_new_parsed ("(uint64 1, int64 -1, {'url': <7>, 'action': <'from-the-future'>, 'changes': <'none'>})"));
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("no entry at all"));
  g_autofree char     *headline = nj_entry_headline (entry);
  g_autofree char     *summary = nj_entry_summary (entry);
  g_autofree char     *details = nj_entry_details (entry);
  g_autofree char     *nothing = nj_entry_details (other);

  g_assert_cmpstr (headline, ==, "");
  g_assert_nonnull (strstr (summary, "Passed"));
  g_assert_nonnull (details);
  g_assert_nonnull (nothing);
  g_assert_cmpuint (nj_entry_serial (other), ==, 0);
}

int
main (int argc, char **argv)
{
  /* The words are compared in English. */
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/status/words", test_words);
  g_test_add_func ("/ui/status/unencrypted-link-is-said", test_unencrypted_link_is_said);
  g_test_add_func ("/ui/status/each-state-differs", test_each_state_differs);
  g_test_add_func ("/ui/status/unknown-state-promises-nothing", test_unknown_state_promises_nothing);
  g_test_add_func ("/ui/status/broken-list-wants-attention", test_broken_list_wants_attention);
  g_test_add_func ("/ui/status/places", test_places);
  g_test_add_func ("/ui/amount/all", test_amounts);
  g_test_add_func ("/ui/country/names", test_countries);
  g_test_add_func ("/ui/entry/words", test_entry);
  g_test_add_func ("/ui/entry/strange", test_strange_entry);
  return g_test_run ();
}
