/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine that is kept for the next start: taken as long as every file it was made of is as it was, also those
 * that a list includes.
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
  g_assert_true (g_file_set_contents (self->list, "||one.example^\n!#include part.txt\n", -1, NULL));
  g_assert_true (g_file_set_contents (self->part, "||part.example^\n", -1, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *key = g_strconcat (self->cache, ".key", NULL);

  g_unlink (self->list);
  g_unlink (self->part);
  g_unlink (self->cache);
  g_unlink (key);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_ptr_array_unref (self->sources);
  g_free (self->folder);
  g_free (self->list);
  g_free (self->part);
  g_free (self->cache);
}

static gboolean
blocks (const NjEngine *engine, const char *url)
{
  g_auto (NjArena) arena;
  NjFilterRequest  request = { .type = NJ_TYPE_IMAGE, .method = NJ_BYTES ("GET") };
  NjFilterVerdict  verdict;

  nj_arena_init (&arena, NULL, 0);
  g_assert_true (nj_batch_split_url (nj_bytes_from_string (url), &arena, &request));
  nj_engine_match (engine, &request, &arena, &verdict);
  return verdict.action == NJ_FILTER_BLOCK;
}

static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (NjEngine) engine = nj_filter_lists_compile_run (self->sources, self->cache, NULL);
  g_autoptr (NjEngine) kept = nj_filter_lists_compile_load (self->sources, self->cache);

  g_assert_nonnull (kept);
  g_assert_true (blocks (engine, "https://part.example/"));
  g_assert_true (blocks (kept, "https://part.example/"));
  g_assert_true (blocks (kept, "https://one.example/"));
}

static void
test_changed_list (Fixture *self, gconstpointer data)
{
  g_autoptr (NjEngine) engine = nj_filter_lists_compile_run (self->sources, self->cache, NULL);

  g_assert_true (g_file_set_contents (self->list, "||other.example^\n", -1, NULL));
  g_assert_null (nj_filter_lists_compile_load (self->sources, self->cache));
}

static void
test_changed_part (Fixture *self, gconstpointer data)
{
  g_autoptr (NjEngine) engine = nj_filter_lists_compile_run (self->sources, self->cache, NULL), changed = NULL;

  g_assert_true (g_file_set_contents (self->part, "||other.example^\n", -1, NULL));
  g_assert_null (nj_filter_lists_compile_load (self->sources, self->cache));
  changed = nj_filter_lists_compile_run (self->sources, self->cache, NULL);
  g_assert_true (blocks (changed, "https://other.example/"));
  g_assert_false (blocks (changed, "https://part.example/"));
}

/* One that was not there counts as well: it may come. */
static void
test_missing_part (Fixture *self, gconstpointer data)
{
  g_autoptr (NjEngine) engine = NULL, kept = NULL;

  g_unlink (self->part);
  engine = nj_filter_lists_compile_run (self->sources, self->cache, NULL);
  g_assert_false (blocks (engine, "https://part.example/"));
  kept = nj_filter_lists_compile_load (self->sources, self->cache);
  g_assert_nonnull (kept);
  g_assert_true (g_file_set_contents (self->part, "||part.example^\n", -1, NULL));
  g_assert_null (nj_filter_lists_compile_load (self->sources, self->cache));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/settings/filter-lists-compile/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/settings/filter-lists-compile/changed-list", Fixture, NULL, set_up, test_changed_list, tear_down);
  g_test_add ("/settings/filter-lists-compile/changed-part", Fixture, NULL, set_up, test_changed_part, tear_down);
  g_test_add ("/settings/filter-lists-compile/missing-part", Fixture, NULL, set_up, test_missing_part, tear_down);
  return g_test_run ();
}
