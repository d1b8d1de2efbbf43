/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine and the rules about pages that are kept for the next start: taken as long as every file they were made
 * of is as it was, also those that a list includes.
 */
#include "settings/filter-lists-compile.h"

#include "filter/batch.h"

#include <glib/gstdio.h>

typedef struct
{
  char      *folder;  /* owned */
  char      *list;    /* owned */
  char      *part;    /* owned */
  char      *cache;   /* owned */
  GPtrArray *sources; /* owned */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  self->list = g_build_filename (self->folder, "list one.txt", NULL);
  self->part = g_build_filename (self->folder, "part.txt", NULL);
  self->cache = g_build_filename (self->folder, "engine.bin", NULL);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_filter_lists_compile_source_free);
  g_ptr_array_add (self->sources, nj_filter_lists_compile_source_new ("one", "One", self->list, FALSE));
  g_assert_true (g_file_set_contents (self->list,
                                      "||one.example^\n!#include part.txt\npage.example##.ad\n"
                                      "page.example##+js(trusted-x)\n", -1, NULL));
  g_assert_true (g_file_set_contents (self->part, "||part.example^\n", -1, NULL));
}

static void
remove_file (const char *path, const char *ending)
{
  g_autofree char *whole = g_strconcat (path, ending, NULL);

  g_unlink (whole);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *own = g_build_filename (self->folder, "own.txt", NULL);

  g_unlink (self->list);
  g_unlink (self->part);
  g_unlink (own);
  remove_file (self->cache, "");
  remove_file (self->cache, ".key");
  remove_file (self->cache, ".pages");
  remove_file (self->cache, ".pages.key");
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_ptr_array_unref (self->sources);
  g_free (self->folder);
  g_free (self->list);
  g_free (self->part);
  g_free (self->cache);
}

static gboolean
blocks (const NjFilterListsRules *rules, const char *url)
{
  g_auto (NjArena) arena;
  NjFilterRequest  request = { .type = NJ_TYPE_IMAGE, .method = NJ_BYTES ("GET") };
  NjFilterVerdict  verdict;

  nj_arena_init (&arena, NULL, 0);
  g_assert_true (nj_batch_split_url (nj_bytes_from_string (url), &arena, &request));
  nj_engine_match (rules->engine, &request, &arena, &verdict);
  return verdict.action == NJ_FILTER_BLOCK;
}

static void
count_rule (const NjPageRule *rule, gpointer n)
{
  ++*(guint *) n;
}

/* How many rules about pages are for @host. */
static guint
count_pages (const NjFilterListsRules *rules, const char *host)
{
  guint n = 0;

  nj_page_rules_find (rules->pages, nj_bytes_from_string (host), count_rule, &n);
  return n;
}

static void
run (Fixture *self, NjFilterListsRules *ret_rules)
{
  g_assert_true (nj_filter_lists_compile_run (self->sources, self->cache, ret_rules, NULL));
}

static gboolean
is_kept (Fixture *self)
{
  g_auto (NjFilterListsRules) kept = { 0 };

  return nj_filter_lists_compile_load (self->sources, self->cache, &kept);
}

static void
write_own (Fixture *self, const char *text)
{
  g_autofree char *own = g_build_filename (self->folder, "own.txt", NULL);

  if (self->sources->len == 1)
    g_ptr_array_add (self->sources, nj_filter_lists_compile_source_new ("own", "Own", own, TRUE));
  g_assert_true (g_file_set_contents (own, text, -1, NULL));
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 }, kept = { 0 };

  run (self, &rules);
  g_assert_true (nj_filter_lists_compile_load (self->sources, self->cache, &kept));
  g_assert_true (blocks (&rules, "https://part.example/"));
  g_assert_true (blocks (&kept, "https://part.example/"));
  g_assert_true (blocks (&kept, "https://one.example/"));
  g_assert_cmpuint (count_pages (&rules, "page.example"), ==, 1);
  g_assert_cmpuint (count_pages (&kept, "page.example"), ==, 1);
  g_assert_cmpuint (count_pages (&kept, "other.example"), ==, 0);
}

static void
test_changed_list (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 };

  run (self, &rules);
  g_assert_true (g_file_set_contents (self->list, "||other.example^\n", -1, NULL));
  g_assert_false (is_kept (self));
}

static void
test_changed_part (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 }, changed = { 0 };

  run (self, &rules);
  g_assert_true (g_file_set_contents (self->part, "||other.example^\n", -1, NULL));
  g_assert_false (is_kept (self));
  run (self, &changed);
  g_assert_true (blocks (&changed, "https://other.example/"));
  g_assert_false (blocks (&changed, "https://part.example/"));
}

/* One that was not there counts as well: it may come. */
static void
test_missing_part (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 };

  g_unlink (self->part);
  run (self, &rules);
  g_assert_false (blocks (&rules, "https://part.example/"));
  g_assert_true (is_kept (self));
  g_assert_true (g_file_set_contents (self->part, "||part.example^\n", -1, NULL));
  g_assert_false (is_kept (self));
}

/* A file of rules about pages that is cut short, of other lists or gone is made anew; nothing of it is used. */
static void
test_damaged_pages (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_strconcat (self->cache, ".pages", NULL);
  g_auto (NjFilterListsRules) rules = { 0 }, anew = { 0 };
  g_autofree char *image = NULL;
  gsize size;

  run (self, &rules);
  g_assert_true (g_file_get_contents (path, &image, &size, NULL));
  image[size - 1] ^= 1;
  g_assert_true (g_file_set_contents (path, image, (gssize) size, NULL));
  g_assert_false (is_kept (self));
  run (self, &anew);
  g_assert_cmpuint (count_pages (&anew, "page.example"), ==, 1);
  g_assert_true (is_kept (self));

  g_assert_true (g_file_set_contents (path, image, (gssize) size / 2, NULL));
  g_assert_false (is_kept (self));
  g_unlink (path);
  g_assert_false (is_kept (self));
}

/* Own rules take back rules about pages of other lists. */
static void
test_own_pages (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 }, changed = { 0 }, kept = { 0 };

  write_own (self, "||mine.example^\n");
  run (self, &rules);
  g_assert_true (blocks (&rules, "https://mine.example/"));
  g_assert_cmpuint (count_pages (&rules, "page.example"), ==, 1);

  write_own (self, "||mine.example^\npage.example#@#.ad\nmine.example##.box\n");
  run (self, &changed);
  g_assert_cmpuint (count_pages (&changed, "page.example"), ==, 0);
  g_assert_cmpuint (count_pages (&changed, "mine.example"), ==, 1);
  g_assert_true (nj_filter_lists_compile_load (self->sources, self->cache, &kept));
  g_assert_cmpuint (count_pages (&kept, "page.example"), ==, 0);
}

/* What is kept of lists outlives own rules that say nothing about pages: to add one does not read all lists. */
static void
test_own_requests (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 };

  write_own (self, "||mine.example^\n");
  run (self, &rules);
  write_own (self, "||mine.example^\n||more.example^\n");
  g_assert_true (is_kept (self));
}

static void
test_counts (Fixture *self, gconstpointer data)
{
  g_auto (NjFilterListsRules) rules = { 0 };
  const NjFilterListsSource  *one = g_ptr_array_index (self->sources, 0);

  run (self, &rules);
  g_assert_cmpuint (one->rules.used, ==, 2);
  g_assert_cmpuint (one->pages.used, ==, 1);
  g_assert_cmpuint (one->pages.refused, ==, 1);
  g_assert_cmpuint (one->pages.reasons[NJ_REFUSAL_UNTRUSTED], ==, 1);
  g_assert_cmpuint (one->rules.refused, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/settings/filter-lists-compile/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/settings/filter-lists-compile/changed-list", Fixture, NULL, set_up, test_changed_list, tear_down);
  g_test_add ("/settings/filter-lists-compile/changed-part", Fixture, NULL, set_up, test_changed_part, tear_down);
  g_test_add ("/settings/filter-lists-compile/missing-part", Fixture, NULL, set_up, test_missing_part, tear_down);
  g_test_add ("/settings/filter-lists-compile/damaged-pages", Fixture, NULL, set_up, test_damaged_pages, tear_down);
  g_test_add ("/settings/filter-lists-compile/own-pages", Fixture, NULL, set_up, test_own_pages, tear_down);
  g_test_add ("/settings/filter-lists-compile/own-requests", Fixture, NULL, set_up, test_own_requests, tear_down);
  g_test_add ("/settings/filter-lists-compile/counts", Fixture, NULL, set_up, test_counts, tear_down);
  return g_test_run ();
}
