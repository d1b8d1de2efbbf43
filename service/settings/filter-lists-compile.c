/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads list files and compiles them; keeps the result for the next start. Whether the kept engine is still of
 * the same files, and of the files they include, is told by their sizes and times, in a small file beside it:
 * reading the lists themselves would cost more than the start may take. The user's own rules are not in it but put
 * on top, a matter of a millisecond, so that to change one does not compile all lists. Called by filter-lists.c, on a
 * helper thread but for the loading.
 */
#include "settings/filter-lists-compile.h"

#include "filter/compiler.h"
#include "filter/engine-file.h"
#include "filter/list-folder.h"
#include "filter/starter.h"
#include "settings/own-rules.h"

#include <glib/gstdio.h>
#include <string.h>

/* Longest list; bytes. */
#define LIST_MAX (128 * 1024 * 1024)

/**
 * nj_filter_lists_compile_source_new:
 * @id: a list's id
 * @title: what to call it
 * @path: (nullable): its file, %NULL for the starter list
 * @is_trusted: whether it may rewrite
 *
 * Returns: (transfer full): a source without results
 */
NjFilterListsSource *
nj_filter_lists_compile_source_new (const char *id, const char *title, const char *path, gboolean is_trusted)
{
  NjFilterListsSource *source = g_new0 (NjFilterListsSource, 1);

  source->id = g_strdup (id);
  source->title = g_strdup (title);
  source->path = g_strdup (path);
  source->is_trusted = is_trusted;
  return source;
}

/**
 * nj_filter_lists_compile_source_free:
 * @source: (transfer full): a source
 */
void
nj_filter_lists_compile_source_free (NjFilterListsSource *source)
{
  g_free (source->id);
  g_free (source->title);
  g_free (source->path);
  g_free (source->problem);
  g_free (source);
}

static NjBytes
text_of (GMappedFile *file)
{
  return nj_bytes (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
}

/* (nullable) (transfer full): the text; without one source->problem says why. */
static GMappedFile *
read_list (NjFilterListsSource *source)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = NULL;
  GStatBuf status;

  g_clear_pointer (&source->problem, g_free);
  if (g_stat (source->path, &status) == 0 && !S_ISREG (status.st_mode))
    source->problem = g_strdup_printf ("%s is not a file", source->path);
  else if ((file = g_mapped_file_new (source->path, FALSE, &error)) == NULL)
    source->problem = g_strdup (error->message);
  else if (g_mapped_file_get_length (file) > LIST_MAX)
    source->problem = g_strdup_printf ("%s is longer than any list", source->path);
  else if (g_mapped_file_get_length (file) > 0 && memchr (g_mapped_file_get_contents (file), '\0', g_mapped_file_get_length (file)) != NULL)
    source->problem = g_strdup_printf ("%s is not a text file", source->path);

  return source->problem == NULL ? g_steal_pointer (&file) : NULL;
}

/* What tells these very files, in this very order, read by this version, from any others. */
static char *
stat_key (GPtrArray *sources)
{
  g_autoptr (GString) text = g_string_new (NJ_VERSION "\n");

  for (guint i = 0; i < sources->len; i++)
    {
      const NjFilterListsSource *source = g_ptr_array_index (sources, i);
      GStatBuf             status = { 0 };

      if (source->path != NULL)
        g_stat (source->path, &status);
      g_string_append_printf (text, "%s %s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld %" G_GUINT64_FORMAT "\n", source->id,
                              source->path != NULL ? source->path : "", source->is_trusted, (gint64) status.st_size,
                              (gint64) status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (guint64) status.st_ino);
    }

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

static void
take_summaries (GPtrArray *sources, const NjEngine *engine)
{
  for (guint i = 0; i < nj_engine_n_lists (engine); i++)
    {
      const NjListSummary *summary = nj_engine_list (engine, i);

      for (guint k = 0; k < sources->len; k++)
        {
          NjFilterListsSource *source = g_ptr_array_index (sources, k);

          if (!g_str_equal (source->id, summary->id))
            continue;
          source->used = summary->n_rules;
          source->refused = summary->n_refused;
        }
    }
}

/* A file that a list includes, as it is now; also that it is not there. */
static void
append_part (const char *path, gpointer text)
{
  GStatBuf status = { 0 };

  g_stat (path, &status);
  g_string_append_printf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld %" G_GUINT64_FORMAT " %s\n", (gint64) status.st_size,
                          (gint64) status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (guint64) status.st_ino, path);
}

/* Whether the parts that were noted, one a line, are all as they were. */
static gboolean
has_same_parts (const char *noted)
{
  g_autoptr (GString) now = g_string_new (NULL);
  g_auto (GStrv)      lines = g_strsplit (noted, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

      if (g_strv_length (words) == 4)
        append_part (words[3], now);
    }

  return g_str_equal (now->str, noted);
}

/* A failed list may be well again at the next start, so nothing is kept that lacks one. */
static gboolean
keep (GPtrArray *sources, const char *key, GPtrArray *folders, const NjEngine *engine, const char *cache_path)
{
  g_autofree char *key_path = g_strconcat (cache_path, ".key", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "%s %" G_GUINT64_FORMAT "\n", key, nj_engine_fingerprint (engine));
  for (guint i = 0; i < folders->len; i++)
    nj_list_folder_visit (g_ptr_array_index (folders, i), append_part, text);
  g_unlink (key_path);
  for (guint i = 0; i < sources->len; i++)
    if (((NjFilterListsSource *) g_ptr_array_index (sources, i))->problem != NULL)
      return FALSE;

  return nj_engine_file_save (engine, cache_path, nj_engine_fingerprint (engine), NULL)
         && g_file_set_contents (key_path, text->str, (gssize) text->len, NULL);
}

/* The kept file, mapped, instead of the same bytes in memory of our own: 6 MB less with uBlock Origin's lists. */
static NjEngine *
trade_for_file (NjEngine *engine, const char *cache_path)
{
  NjEngine *mapped = nj_engine_file_load (cache_path, nj_engine_fingerprint (engine), NULL);

  if (mapped == NULL)
    return engine;

  nj_engine_unref (engine);
  return mapped;
}

/* The engine of @sources that was kept, if it is of just these files as they are now. */
static NjEngine *
load_kept (GPtrArray *sources, const char *cache_path)
{
  g_autofree char *key = stat_key (sources);
  g_autofree char *key_path = g_strconcat (cache_path, ".key", NULL);
  g_autofree char *text = NULL;

  const char *newline;

  if (!g_file_get_contents (key_path, &text, NULL, NULL) || !g_str_has_prefix (text, key))
    return NULL;
  newline = strchr (text, '\n');
  if (newline == NULL || !has_same_parts (newline + 1))
    return NULL;

  return nj_engine_file_load (cache_path, g_ascii_strtoull (text + strlen (key), NULL, 10), NULL);
}

static NjEngine *
compile (GPtrArray *sources, const char *cache_path, GError **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_list_folder_free);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_mapped_file_unref);
  g_autoptr (GArray) texts = g_array_new (FALSE, TRUE, sizeof (NjListSource));
  g_autofree char *key = stat_key (sources);
  NjEngine        *engine;

  for (guint i = 0; i < sources->len; i++)
    {
      NjFilterListsSource *source = g_ptr_array_index (sources, i);
      NjListSource   text = { source->id, source->title, NJ_BYTES_NONE, source->is_trusted };
      GMappedFile   *file = source->path != NULL ? read_list (source) : NULL;

      if (source->path == NULL)
        text.text = nj_starter_text ();
      else if (file != NULL)
        text.text = text_of (file);
      else
        continue;

      if (file != NULL)
        {
          g_ptr_array_add (files, file);
          text.include = nj_list_folder_include;
          text.include_from = nj_list_folder_new (source->path);
          g_ptr_array_add (folders, text.include_from);
        }
      g_array_append_val (texts, text);
    }

  engine = nj_compiler_compile ((const NjListSource *) texts->data, texts->len, error);
  if (engine == NULL)
    return NULL;

  return keep (sources, key, folders, engine, cache_path) ? trade_for_file (engine, cache_path) : engine;
}

/* (transfer full) (nullable): own rules that can stand apart. With badfilter they take away rules of other lists,
 * which only works when all are compiled together. @ret_below gets the other sources. */
static GMappedFile *
split (GPtrArray *sources, GPtrArray **ret_below)
{
  NjFilterListsSource *last = sources->len > 0 ? g_ptr_array_index (sources, sources->len - 1) : NULL;
  GMappedFile         *file = NULL;

  *ret_below = g_ptr_array_new ();
  if (last != NULL && g_str_equal (last->id, NJ_OWN_RULES_ID))
    file = read_list (last);
  if (file != NULL && nj_bytes_find (text_of (file), NJ_BYTES ("badfilter")) >= 0)
    g_clear_pointer (&file, g_mapped_file_unref);

  for (guint i = 0; i < sources->len - (file != NULL); i++)
    g_ptr_array_add (*ret_below, g_ptr_array_index (sources, i));
  return file;
}

/* @engine with own rules on top, if there are any. */
static NjEngine *
finish (GPtrArray *sources, NjEngine *engine, GMappedFile *own, GError **error)
{
  const NjFilterListsSource *last = sources->len > 0 ? g_ptr_array_index (sources, sources->len - 1) : NULL;
  NjEngine *whole = engine;

  if (own != NULL)
    {
      whole = nj_compiler_extend (engine, &(NjListSource){ last->id, last->title, text_of (own), last->is_trusted }, error);
      nj_engine_unref (engine);
    }
  if (whole != NULL)
    take_summaries (sources, whole);
  return whole;
}

/**
 * nj_filter_lists_compile_run:
 * @sources: (element-type NjFilterListsSource): what goes in, own rules last; gets the results
 * @cache_path: where the engine is kept for the next start
 *
 * A list that cannot be read is left out. What is kept of the very same files is taken. Any thread.
 *
 * Returns: (transfer full) (nullable): the engine; @error is of %NJ_FILTER_ERROR
 */
NjEngine *
nj_filter_lists_compile_run (GPtrArray *sources, const char *cache_path, GError **error)
{
  g_autoptr (GPtrArray) below = NULL;
  g_autoptr (GMappedFile) own = split (sources, &below);
  NjEngine *engine = load_kept (below, cache_path);

  if (engine == NULL)
    engine = compile (below, cache_path, error);

  return engine != NULL ? finish (sources, engine, own, error) : NULL;
}

/**
 * nj_filter_lists_compile_load:
 * @sources: (element-type NjFilterListsSource): what should be in it, own rules last; gets the results
 * @cache_path: where an engine may be kept
 *
 * Returns: (transfer full) (nullable): the kept engine, if it is of just these files as they are now
 */
NjEngine *
nj_filter_lists_compile_load (GPtrArray *sources, const char *cache_path)
{
  g_autoptr (GPtrArray) below = NULL;
  g_autoptr (GMappedFile) own = split (sources, &below);
  NjEngine *engine = load_kept (below, cache_path);

  return engine != NULL ? finish (sources, engine, own, NULL) : NULL;
}
