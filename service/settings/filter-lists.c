/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which filter lists there are, which are on, how each does, and the engine in force. Compiling happens on a
 * helper thread (filter-lists-compile.c), one at a time; until it is done the engine before it serves. A list that
 * cannot be read is left out and says why; the others work. Main thread.
 */
#include "settings/filter-lists.h"

#include "filter/lists.h"
#include "filter/starter.h"
#include "settings/filter-lists-compile.h"

#include <string.h>

/* Hexadecimal digits of the path's digest in the id of an added list. */
#define ID_DIGITS 8

G_DEFINE_QUARK (nj-filter-lists-error-quark, nj_filter_lists_error)

struct NjFilterLists
{
  NjSettings    *settings;   /* borrowed, outlives us */
  char          *cache_path; /* owned: of the compiled engine */
  GPtrArray     *all;        /* (element-type NjList), owned */
  NjEngine      *engine;     /* counted, never NULL */
  GTask         *running;    /* (nullable) counted: the compilation under way */
  gboolean       is_stale;   /* something changed since it began */
  GPtrArray     *waiting;    /* (element-type GTask), owned: who wants to hear of the next engine */
  NjFilterListsChanged changed;    /* (nullable) */
  gpointer       user_data;
};

static void
list_free (gpointer memory)
{
  NjList *list = memory;

  g_free (list->id);
  g_free (list->title);
  g_free (list->location);
  g_free (list->problem);
  g_free (list);
}

static NjList *
list_new (const char *id, const char *title, const char *location)
{
  NjList *list = g_new0 (NjList, 1);

  list->id = g_strdup (id);
  list->title = g_strdup (title);
  list->location = g_strdup (location);
  list->problem = g_strdup ("");
  return list;
}

static char *
id_of_path (const char *path)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  return g_strdup_printf ("added-%.*s", ID_DIGITS, digest);
}

static gboolean
is_enabled (const NjSettings *settings, const char *id)
{
  return !g_strv_contains ((const char *const *) settings->lists_off, id);
}

static void
add_built_in (NjFilterLists *lists, const char *id, const char *title, const char *path, gboolean is_default, gboolean is_trusted)
{
  NjSettings *settings = lists->settings;
  NjList     *list = list_new (id, title, path);

  list->is_built_in = TRUE;
  list->is_trusted = is_trusted;
  list->is_enabled = is_default ? is_enabled (settings, id) : g_strv_contains ((const char *const *) settings->lists_on, id);
  g_ptr_array_add (lists->all, list);
}

/* Our own starter list works with nothing installed; beside it what the system brings. */
static void
add_found (NjFilterLists *lists)
{
  g_autoptr (GPtrArray) files = nj_lists_find ();

  add_built_in (lists, NJ_STARTER_ID, "Nightjar starter list", "", TRUE, TRUE);
  for (guint i = 0; i < files->len; i++)
    {
      const NjListFile *file = g_ptr_array_index (files, i);

      add_built_in (lists, file->id, file->title, file->path, file->is_default, file->is_trusted);
    }
}

static NjList *
add_path (NjFilterLists *lists, const char *path)
{
  g_autofree char *id = id_of_path (path);
  g_autofree char *title = g_path_get_basename (path);
  NjList *list = list_new (id, title, path);

  list->is_enabled = is_enabled (lists->settings, id);
  g_ptr_array_add (lists->all, list);
  return list;
}

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
  lists->cache_path = nj_folders_engine (folders);
  lists->all = g_ptr_array_new_with_free_func (list_free);
  lists->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  lists->engine = nj_engine_new_empty ();

  add_found (lists);
  for (guint i = 0; settings->lists_added[i] != NULL; i++)
    add_path (lists, settings->lists_added[i]);
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
  nj_engine_unref (lists->engine);
  g_free (lists->cache_path);
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
 * nj_filter_lists_engine:
 * @lists: the lists
 *
 * Returns: (transfer none): the engine in force
 */
NjEngine *
nj_filter_lists_engine (NjFilterLists *lists)
{
  return lists->engine;
}

static GPtrArray *
enabled_sources (NjFilterLists *lists)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_filter_lists_compile_source_free);

  for (guint i = 0; i < lists->all->len; i++)
    {
      const NjList *list = g_ptr_array_index (lists->all, i);

      if (list->is_enabled)
        g_ptr_array_add (sources, nj_filter_lists_compile_source_new (list->id, list->title,
                                                                      list->location[0] != '\0' ? list->location : NULL,
                                                                      list->is_trusted));
    }

  return sources;
}

static void
take_results (NjFilterLists *lists, GPtrArray *sources, gint64 now_s)
{
  for (guint i = 0; i < sources->len; i++)
    {
      const NjFilterListsSource *source = g_ptr_array_index (sources, i);
      NjList              *list = nj_filter_lists_find (lists, source->id, NULL);

      if (list == NULL)
        continue;
      list->rules_used = source->used;
      list->rules_refused = source->refused;
      list->last_attempt = now_s;
      if (source->problem == NULL)
        list->last_success = now_s;
      g_free (list->problem);
      list->problem = g_strdup (source->problem != NULL ? source->problem : "");
    }
}

static void
take_engine (NjFilterLists *lists, NjEngine *engine)
{
  nj_engine_unref (lists->engine);
  lists->engine = engine;
}

/**
 * nj_filter_lists_start:
 * @lists: the lists
 *
 * Takes the engine that the last run compiled, if it is of the very same lists; that takes milliseconds.
 *
 * Returns: whether it could; else nj_filter_lists_compile_async() is wanted
 */
gboolean
nj_filter_lists_start (NjFilterLists *lists)
{
  g_autoptr (GPtrArray) sources = enabled_sources (lists);
  NjEngine *engine = nj_filter_lists_compile_load (sources, lists->cache_path);

  if (engine == NULL)
    return FALSE;

  take_results (lists, sources, g_get_real_time () / G_USEC_PER_SEC);
  take_engine (lists, engine);
  return TRUE;
}

static char **
strv_with (char **list, const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) list);
  if (!g_strv_contains ((const char *const *) list, text))
    g_strv_builder_add (builder, text);
  g_strfreev (list);
  return g_strv_builder_end (builder);
}

static char **
strv_without (char **list, const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; list[i] != NULL; i++)
    if (!g_str_equal (list[i], text))
      g_strv_builder_add (builder, list[i]);
  g_strfreev (list);
  return g_strv_builder_end (builder);
}

/**
 * nj_filter_lists_set_enabled:
 * @lists: the lists
 * @id: which
 * @enabled: whether its rules are wanted
 *
 * Changes the settings, which the caller saves; the engine changes with the next compilation.
 *
 * Returns: whether there is such a list; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST
 */
gboolean
nj_filter_lists_set_enabled (NjFilterLists *lists, const char *id, gboolean enabled, GError **error)
{
  NjSettings *settings = lists->settings;
  NjList     *list = nj_filter_lists_find (lists, id, error);

  if (list == NULL)
    return FALSE;

  list->is_enabled = enabled;
  settings->lists_off = enabled ? strv_without (settings->lists_off, id) : strv_with (settings->lists_off, id);
  settings->lists_on = enabled ? strv_with (settings->lists_on, id) : strv_without (settings->lists_on, id);
  return TRUE;
}

/**
 * nj_filter_lists_add:
 * @lists: the lists
 * @path: a list file
 *
 * Changes the settings, which the caller saves. A file that is there already keeps its place.
 *
 * Returns: (transfer full) (nullable): its id; @error is %NJ_FILTER_LISTS_ERROR_UNREADABLE
 */
char *
nj_filter_lists_add (NjFilterLists *lists, const char *path, GError **error)
{
  g_autofree char *whole = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) local = NULL;

  if (g_strstr_len (path, 16, "://") != NULL && !g_str_has_prefix (path, "file://"))
    {
      g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE,
                   "lists are added by file path; addresses are not available yet");
      return NULL;
    }

  file = g_str_has_prefix (path, "file://") ? g_file_new_for_uri (path) : g_file_new_for_path (path);
  whole = g_file_get_path (file);
  if (whole == NULL || (g_file_test (whole, G_FILE_TEST_EXISTS) && !g_file_test (whole, G_FILE_TEST_IS_REGULAR)))
    {
      g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE, "“%s” is not a file", path);
      return NULL;
    }

  /* Opened once to hear the reason; a pipe would wait for its writer, hence the check before. */
  stream = g_file_read (file, NULL, &local);
  if (stream == NULL)
    {
      g_set_error_literal (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE, local->message);
      return NULL;
    }

  id = id_of_path (whole);
  if (nj_filter_lists_find (lists, id, NULL) == NULL)
    {
      lists->settings->lists_added = strv_with (lists->settings->lists_added, whole);
      add_path (lists, whole);
    }
  return g_steal_pointer (&id);
}

/**
 * nj_filter_lists_remove:
 * @lists: the lists
 * @id: which
 *
 * Changes the settings, which the caller saves.
 *
 * Returns: whether it is gone; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST or %NJ_FILTER_LISTS_ERROR_BUILT_IN
 */
gboolean
nj_filter_lists_remove (NjFilterLists *lists, const char *id, GError **error)
{
  NjSettings *settings = lists->settings;
  NjList     *list = nj_filter_lists_find (lists, id, error);

  if (list == NULL)
    return FALSE;
  if (list->is_built_in)
    {
      g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_BUILT_IN,
                   "list “%s” comes with the system; switch it off instead", id);
      return FALSE;
    }

  settings->lists_added = strv_without (settings->lists_added, list->location);
  settings->lists_off = strv_without (settings->lists_off, list->id);
  settings->lists_on = strv_without (settings->lists_on, list->id);
  g_ptr_array_remove (lists->all, list);
  return TRUE;
}

static void
compile_on_thread (GTask *task, gpointer source, gpointer sources, GCancellable *cancellable)
{
  const char *cache_path = g_object_get_data (G_OBJECT (task), "cache-path");
  GError     *error = NULL;
  NjEngine   *engine = nj_filter_lists_compile_run (sources, cache_path, &error);

  if (engine == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, engine, (GDestroyNotify) nj_engine_unref);
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
  NjEngine *engine = g_task_propagate_pointer (task, &error);

  /* The engine before this one stays when there is none. */
  take_results (lists, g_task_get_task_data (task), g_get_real_time () / G_USEC_PER_SEC);
  if (engine != NULL)
    take_engine (lists, engine);

  if (lists->is_stale)
    {
      begin (lists);
      return;
    }
  if (lists->changed != NULL)
    lists->changed (lists->user_data);
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
