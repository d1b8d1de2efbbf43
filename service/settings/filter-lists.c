/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which filter lists there are, how each does, and the rules in force. Compiling happens on a helper thread
 * (filter-lists-compile.c), one at a time; until it is done the rules before it serve. A list that cannot be read is
 * left out and says why; the others work. What the user does with lists is filter-lists-choose.c's. Main thread.
 */
#include "settings/filter-lists.h"

#include "filter/starter.h"
#include "settings/filter-lists-compile.h"
#include "settings/filter-lists-gather.h"
#include "settings/own-rules.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

G_DEFINE_QUARK (nj-filter-lists-error-quark, nj_filter_lists_error)

struct NjFilterLists
{
  NjSettings    *settings;   /* borrowed, outlives us */
  NjListStore   *store;      /* owned */
  char          *cache_path; /* owned: of the compiled engine */
  char          *own_path;   /* owned: of the user's own rules */
  GPtrArray     *all;        /* (element-type NjList), owned; own rules last */
  NjFilterListsRules rules;  /* counted; the engine is never NULL */
  GTask         *running;    /* (nullable) counted: the compilation under way */
  gboolean       is_stale;   /* something changed since it began */
  GPtrArray     *waiting;    /* (element-type GTask), owned: who wants to hear of the next engine */
  NjFilterListsChanged changed;    /* (nullable) */
  gpointer       user_data;
};

/**
 * nj_filter_lists_new:
 * @settings: which lists are on; outlives the lists, which write into it
 * @folders: where the compiled engine is kept
 *
 * Returns: (transfer full): the lists with an empty engine; see nj_filter_lists_start()
 */
NjFilterLists *
nj_filter_lists_new (NjSettings *settings, const NjFolders *folders)
{
  NjFilterLists *lists = g_new0 (NjFilterLists, 1);

  lists->settings = settings;
  lists->store = nj_list_store_new (folders);
  lists->cache_path = nj_folders_engine (folders);
  lists->own_path = nj_folders_own_rules (folders);
  lists->all = nj_filter_lists_gather_all (settings, folders, lists->store);
  lists->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  lists->rules.engine = nj_engine_new_empty ();
  return lists;
}

/**
 * nj_filter_lists_free:
 * @lists: (nullable) (transfer full): the lists; no compilation may be under way on a running main loop
 */
void
nj_filter_lists_free (NjFilterLists *lists)
{
  if (lists == NULL)
    return;

  g_clear_object (&lists->running);
  g_ptr_array_unref (lists->waiting);
  g_ptr_array_unref (lists->all);
  nj_filter_lists_compile_rules_clear (&lists->rules);
  nj_list_store_free (lists->store);
  g_free (lists->cache_path);
  g_free (lists->own_path);
  g_free (lists);
}

/**
 * nj_filter_lists_watch:
 * @lists: the lists
 * @changed: (nullable): told of each new engine or state
 * @user_data: for @changed
 */
void
nj_filter_lists_watch (NjFilterLists *lists, NjFilterListsChanged changed, gpointer user_data)
{
  lists->changed = changed;
  lists->user_data = user_data;
}

/**
 * nj_filter_lists_all:
 * @lists: the lists
 *
 * Returns: (transfer none) (element-type NjList): all of them, on or off
 */
GPtrArray *
nj_filter_lists_all (NjFilterLists *lists)
{
  return lists->all;
}

/**
 * nj_filter_lists_find:
 * @lists: the lists
 * @id: a list's id
 *
 * Returns: (transfer none) (nullable): the list; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST
 */
NjList *
nj_filter_lists_find (NjFilterLists *lists, const char *id, GError **error)
{
  for (guint i = 0; i < lists->all->len; i++)
    {
      NjList *list = g_ptr_array_index (lists->all, i);

      if (g_str_equal (list->id, id))
        return list;
    }

  g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST, "no list “%s”", id);
  return NULL;
}

/**
 * nj_filter_lists_settings:
 * @lists: the lists
 *
 * Returns: (transfer none): the settings they write into
 */
NjSettings *
nj_filter_lists_settings (NjFilterLists *lists)
{
  return lists->settings;
}

/**
 * nj_filter_lists_store:
 * @lists: the lists
 *
 * Returns: (transfer none): where copies and states of fetched lists are kept
 */
NjListStore *
nj_filter_lists_store (NjFilterLists *lists)
{
  return lists->store;
}

/**
 * nj_filter_lists_own_path:
 * @lists: the lists
 *
 * Returns: (transfer none): the file of the user's own rules, which need not exist
 */
const char *
nj_filter_lists_own_path (NjFilterLists *lists)
{
  return lists->own_path;
}

/**
 * nj_filter_lists_engine:
 * @lists: the lists
 *
 * Returns: (transfer none): the engine in force
 */
NjEngine *
nj_filter_lists_engine (NjFilterLists *lists)
{
  return lists->rules.engine;
}

/**
 * nj_filter_lists_pages:
 * @lists: the lists
 *
 * Returns: (transfer none) (nullable): the rules about pages in force, of the same lists as the engine; %NULL before
 *   the first compilation
 */
NjPageRules *
nj_filter_lists_pages (NjFilterLists *lists)
{
  return lists->rules.pages;
}

/* A list that was not fetched yet gives nothing; nor do own rules as long as there are none. */
static gboolean
has_text (NjFilterLists *lists, const NjList *list)
{
  if (g_str_equal (list->id, NJ_OWN_RULES_ID))
    return g_file_test (lists->own_path, G_FILE_TEST_EXISTS);

  return list->path != NULL || g_str_equal (list->id, NJ_STARTER_ID);
}

static NjFilterListsSource *
source_of (NjFilterLists *lists, const NjList *list)
{
  const char          *path = g_str_equal (list->id, NJ_STARTER_ID) ? NULL : list->path;
  NjFilterListsSource *source = nj_filter_lists_compile_source_new (list->id, list->title, path, list->is_trusted);

  source->folder = nj_list_store_folder (lists->store, list);
  return source;
}

static GPtrArray *
enabled_sources (NjFilterLists *lists)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_filter_lists_compile_source_free);

  for (guint i = 0; i < lists->all->len; i++)
    {
      NjList *list = g_ptr_array_index (lists->all, i);

      if (list->is_enabled && has_text (lists, list))
        g_ptr_array_add (sources, source_of (lists, list));
      else if (list->is_enabled)
        list->rules = list->pages = (NjListCounts){ 0 };
    }

  return sources;
}

/* How a fetched list does is what its updates said, unless its copy went away. */
static void
take_result (NjList *list, const NjFilterListsSource *source, gint64 now_s)
{
  list->rules = source->rules;
  list->pages = source->pages;
  if (nj_list_is_fetched (list) && source->problem == NULL)
    return;

  list->last_attempt = now_s;
  if (source->problem == NULL)
    list->last_success = now_s;
  nj_list_set_problem (list, source->problem);
}

static void
take_results (NjFilterLists *lists, GPtrArray *sources, gint64 now_s)
{
  for (guint i = 0; i < sources->len; i++)
    {
      const NjFilterListsSource *source = g_ptr_array_index (sources, i);
      NjList                    *list = nj_filter_lists_find (lists, source->id, NULL);

      if (list != NULL)
        take_result (list, source, now_s);
    }
}

/* Both are swapped together: an exception for a page and the rule it is from are never of different lists. */
static void
take_rules (NjFilterLists *lists, NjFilterListsRules *rules)
{
  nj_filter_lists_compile_rules_clear (&lists->rules);
  lists->rules = *rules;
  *rules = (NjFilterListsRules){ 0 };
}

/**
 * nj_filter_lists_start:
 * @lists: the lists
 *
 * Takes what the last run compiled, if it is of the very same lists; that takes milliseconds.
 *
 * Returns: whether it could; else nj_filter_lists_compile_async() is wanted
 */
gboolean
nj_filter_lists_start (NjFilterLists *lists)
{
  g_autoptr (GPtrArray) sources = enabled_sources (lists);
  g_auto (NjFilterListsRules) rules = { 0 };

  if (!nj_filter_lists_compile_load (sources, lists->cache_path, &rules))
    return FALSE;

  take_results (lists, sources, g_get_real_time () / G_USEC_PER_SEC);
  take_rules (lists, &rules);
  return TRUE;
}

static void
rules_free (gpointer rules)
{
  nj_filter_lists_compile_rules_clear (rules);
  g_free (rules);
}

static void
compile_on_thread (GTask *task, gpointer source, gpointer sources, GCancellable *cancellable)
{
  const char         *cache_path = g_object_get_data (G_OBJECT (task), "cache-path");
  NjFilterListsRules *rules = g_new0 (NjFilterListsRules, 1);
  GError             *error = NULL;

  if (nj_filter_lists_compile_run (sources, cache_path, rules, &error))
    {
      g_task_return_pointer (task, rules, rules_free);
      return;
    }
  rules_free (rules);
  g_task_return_error (task, error);
}

static void begin (NjFilterLists *lists);

static void
answer_waiting (NjFilterLists *lists, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&lists->waiting);

  lists->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      if (error != NULL)
        g_task_return_error (g_ptr_array_index (waiting, i), g_error_copy (error));
      else
        g_task_return_boolean (g_ptr_array_index (waiting, i), TRUE);
    }
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjFilterLists *lists = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&lists->running);
  g_autoptr (GError) error = NULL;
  NjFilterListsRules *rules = g_task_propagate_pointer (task, &error);

#ifdef __GLIBC__
  /* A compilation takes the size of all lists, which would stay ours: 9 MB with those of uBlock Origin. */
  malloc_trim (0);
#endif

  /* The rules before these stay when there are none. */
  take_results (lists, g_task_get_task_data (task), g_get_real_time () / G_USEC_PER_SEC);
  if (rules != NULL)
    {
      take_rules (lists, rules);
      g_free (rules);
    }

  if (lists->is_stale)
    {
      begin (lists);
      return;
    }
  nj_filter_lists_tell (lists);
  answer_waiting (lists, error);
}

static void
begin (NjFilterLists *lists)
{
  lists->is_stale = FALSE;
  lists->running = g_task_new (NULL, NULL, on_compiled, lists);
  g_task_set_source_tag (lists->running, begin);
  g_task_set_task_data (lists->running, enabled_sources (lists), (GDestroyNotify) g_ptr_array_unref);
  g_object_set_data_full (G_OBJECT (lists->running), "cache-path", g_strdup (lists->cache_path), g_free);
  g_task_run_in_thread (lists->running, compile_on_thread);
}

/**
 * nj_filter_lists_tell:
 * @lists: the lists
 *
 * Says that the state of a list changed, though no rule did.
 */
void
nj_filter_lists_tell (NjFilterLists *lists)
{
  if (lists->changed != NULL)
    lists->changed (lists->user_data);
}

/**
 * nj_filter_lists_compile_async:
 * @lists: the lists
 * @done: (nullable): called when an engine of what the lists are now is in force
 * @user_data: for @done
 *
 * Reads all lists that are on and compiles them on a helper thread.
 */
void
nj_filter_lists_compile_async (NjFilterLists *lists, GAsyncReadyCallback done, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, done, user_data);

  g_task_set_source_tag (task, nj_filter_lists_compile_async);
  g_ptr_array_add (lists->waiting, task);
  if (lists->running != NULL)
    lists->is_stale = TRUE;
  else
    begin (lists);
}

/**
 * nj_filter_lists_compile_finish:
 * @lists: (nullable): the lists
 * @result: what @done was given
 *
 * Returns: whether the engine is in force; a single list that failed says so itself
 */
gboolean
nj_filter_lists_compile_finish (NjFilterLists *lists, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
