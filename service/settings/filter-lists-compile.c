/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads list files and compiles them, to the engine and to the rules about pages; keeps both for the next start
 * (filter-lists-kept.c says whether they are still of the same files). The user's own rules are not in the kept
 * engine but put on top, a matter of a millisecond, so that to change one does not compile all lists; rules about
 * pages take back one another across lists, so there they are compiled in. Called by filter-lists.c, on a helper
 * thread but for the loading.
 */
#include "settings/filter-lists-compile.h"

#include "filter/compiler.h"
#include "filter/engine-file.h"
#include "filter/list-folder.h"
#include "filter/starter.h"
#include "settings/filter-lists-kept.h"
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
  g_free (source->folder);
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

/* What the compilers take, and what it lies in. */
typedef struct
{
  GPtrArray *folders;  /* (element-type NjListFolder), owned */
  GPtrArray *files;    /* (element-type GMappedFile), owned */
  GArray    *texts;    /* (element-type NjListSource), owned */
  gboolean   is_whole; /* every list could be read */
} Reading;

static void
reading_clear (Reading *reading)
{
  g_array_unref (reading->texts);
  g_ptr_array_unref (reading->folders);
  g_ptr_array_unref (reading->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static void
read_source (Reading *reading, NjFilterListsSource *source)
{
  NjListSource text = { source->id, source->title, NJ_BYTES_NONE, source->is_trusted };
  GMappedFile *file = source->path != NULL ? read_list (source) : NULL;

  if (source->path == NULL)
    text.text = nj_starter_text ();
  else if (file != NULL)
    text.text = text_of (file);
  else
    {
      reading->is_whole = FALSE;
      return;
    }

  if (file != NULL)
    {
      g_ptr_array_add (reading->files, file);
      text.include = nj_list_folder_include;
      text.include_from = source->folder != NULL ? nj_list_folder_new_at (source->folder) : nj_list_folder_new (source->path);
      g_ptr_array_add (reading->folders, text.include_from);
    }
  g_array_append_val (reading->texts, text);
}

static void
read_all (Reading *reading, GPtrArray *sources)
{
  reading->folders = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_list_folder_free);
  reading->files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_mapped_file_unref);
  reading->texts = g_array_new (FALSE, TRUE, sizeof (NjListSource));
  reading->is_whole = TRUE;
  for (guint i = 0; i < sources->len; i++)
    read_source (reading, g_ptr_array_index (sources, i));
}

static NjFilterListsSource *
find_source (GPtrArray *sources, NjBytes id)
{
  for (guint i = 0; i < sources->len; i++)
    {
      NjFilterListsSource *source = g_ptr_array_index (sources, i);

      if (nj_bytes_equal (nj_bytes_from_string (source->id), id))
        return source;
    }

  return NULL;
}

static void
take_summaries (GPtrArray *sources, const NjEngine *engine)
{
  for (guint i = 0; i < nj_engine_n_lists (engine); i++)
    {
      const NjListSummary *summary = nj_engine_list (engine, i);
      NjFilterListsSource *source = find_source (sources, nj_bytes_from_string (summary->id));

      if (source == NULL)
        continue;
      source->rules.used = summary->n_rules;
      source->rules.refused = summary->n_refused;
      for (guint k = 0; k < NJ_REFUSAL_COSMETIC; k++)
        source->rules.reasons[k] = summary->refused[k];
    }
}

static void
take_page_summaries (GPtrArray *sources, const NjPageRules *pages)
{
  for (guint i = 0; i < nj_page_rules_n_lists (pages); i++)
    {
      NjPageListSummary    summary;
      NjFilterListsSource *source;

      nj_page_rules_list (pages, i, &summary);
      source = find_source (sources, summary.id);
      if (source == NULL)
        continue;
      source->pages.refused = summary.n_refused;
      memcpy (source->pages.reasons, summary.refused, sizeof summary.refused);
      source->pages.used = summary.n_exceptions;
      for (guint k = 0; k < NJ_N_PAGE_LINE_KINDS; k++)
        source->pages.used += summary.counts[k];
    }
}

/* The engine of @sources that was kept, if it is of just these files as they are now. */
static NjEngine *
load_engine (GPtrArray *sources, const char *path)
{
  g_autofree char *key = nj_filter_lists_kept_key (sources);
  guint64          fingerprint;

  return nj_filter_lists_kept_find (path, key, &fingerprint) ? nj_engine_file_load (path, fingerprint, NULL) : NULL;
}

static NjPageRules *
load_pages (GPtrArray *sources, const char *path)
{
  g_autofree char *key = nj_filter_lists_kept_key (sources);
  guint64          fingerprint;

  return nj_filter_lists_kept_find (path, key, &fingerprint) ? nj_page_rules_load (path, fingerprint, NULL) : NULL;
}

/* Nothing is kept that lacks a list: what failed may be well again at the next start. What was kept is mapped,
 * instead of the same bytes in memory of our own: 6 MB less with uBlock Origin's lists. */
static NjEngine *
compile_engine (GPtrArray *sources, const char *path, GError **error)
{
  g_autofree char *key = nj_filter_lists_kept_key (sources);
  g_auto (Reading) reading = { 0 };
  NjEngine *engine, *mapped = NULL;
  guint64   fingerprint;

  read_all (&reading, sources);
  engine = nj_compiler_compile ((const NjListSource *) reading.texts->data, reading.texts->len, error);
  if (engine == NULL)
    return NULL;

  fingerprint = nj_engine_fingerprint (engine);
  nj_filter_lists_kept_forget (path);
  if (reading.is_whole && nj_engine_file_save (engine, path, fingerprint, NULL)
      && nj_filter_lists_kept_note (path, key, fingerprint, reading.folders))
    mapped = nj_engine_file_load (path, fingerprint, NULL);
  if (mapped == NULL)
    return engine;

  nj_engine_unref (engine);
  return mapped;
}

/* As compile_engine(), for rules about pages. */
static NjPageRules *
compile_pages (GPtrArray *sources, const char *path, GError **error)
{
  g_autofree char *key = nj_filter_lists_kept_key (sources);
  g_auto (Reading) reading = { 0 };
  NjPageRules *pages, *mapped = NULL;
  guint64      fingerprint;

  read_all (&reading, sources);
  pages = nj_page_rules_compile ((const NjListSource *) reading.texts->data, reading.texts->len, error);
  if (pages == NULL)
    return NULL;

  fingerprint = nj_page_rules_fingerprint (pages);
  nj_filter_lists_kept_forget (path);
  if (reading.is_whole && nj_page_rules_save (pages, path, NULL)
      && nj_filter_lists_kept_note (path, key, fingerprint, reading.folders))
    mapped = nj_page_rules_load (path, fingerprint, NULL);
  if (mapped == NULL)
    return pages;

  nj_page_rules_unref (pages);
  return mapped;
}

/* Lists with the user's own apart. */
typedef struct
{
  GPtrArray           *below; /* owned: sources whose engine is kept */
  GPtrArray           *pages; /* owned: sources whose rules about pages are kept */
  NjFilterListsSource *own;   /* (nullable) borrowed: own rules that stand on top */
  GMappedFile         *file;  /* (nullable) counted: their text */
  char                *path;  /* owned: where rules about pages are kept */
} Layers;

static void
layers_clear (Layers *layers)
{
  g_ptr_array_unref (layers->below);
  g_ptr_array_unref (layers->pages);
  g_clear_pointer (&layers->file, g_mapped_file_unref);
  g_free (layers->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layers, layers_clear)

/* Most own rules are about requests; then what is kept of rules about pages need not change with them. */
static gboolean
is_about_pages (const NjListSource *source)
{
  g_autoptr (NjPageRules) pages = nj_page_rules_compile (source, 1, NULL);
  NjPageListSummary summary;

  if (pages == NULL)
    return TRUE;
  nj_page_rules_list (pages, 0, &summary);
  return nj_page_rules_n_rules (pages) > 0 || summary.n_refused > 0;
}

static NjListSource
own_text (const Layers *layers)
{
  const NjFilterListsSource *own = layers->own;

  return (NjListSource){ own->id, own->title, text_of (layers->file), own->is_trusted };
}

/* With badfilter own rules take away rules of other lists, which only works when all are compiled together. */
static void
split (GPtrArray *sources, const char *cache_path, Layers *layers)
{
  NjFilterListsSource *last = sources->len > 0 ? g_ptr_array_index (sources, sources->len - 1) : NULL;

  *layers = (Layers){ .below = g_ptr_array_new (), .pages = g_ptr_array_new (), .path = g_strconcat (cache_path, ".pages", NULL) };
  if (last != NULL && g_str_equal (last->id, NJ_OWN_RULES_ID))
    layers->file = read_list (last);
  if (layers->file != NULL && nj_bytes_find (text_of (layers->file), NJ_BYTES ("badfilter")) >= 0)
    g_clear_pointer (&layers->file, g_mapped_file_unref);
  if (layers->file != NULL)
    layers->own = last;

  for (guint i = 0; i < sources->len - (layers->own != NULL); i++)
    {
      g_ptr_array_add (layers->below, g_ptr_array_index (sources, i));
      g_ptr_array_add (layers->pages, g_ptr_array_index (sources, i));
    }
  if (layers->own != NULL)
    {
      NjListSource text = own_text (layers);

      if (is_about_pages (&text))
        g_ptr_array_add (layers->pages, layers->own);
    }
}

/* @engine with own rules on top, if there are any. */
static NjEngine *
put_on_top (const Layers *layers, NjEngine *engine, GError **error)
{
  NjListSource text;
  NjEngine    *whole;

  if (engine == NULL || layers->own == NULL)
    return engine;

  text = own_text (layers);
  whole = nj_compiler_extend (engine, &text, error);
  nj_engine_unref (engine);
  return whole;
}

static void
take_results (GPtrArray *sources, const NjFilterListsRules *rules)
{
  if (rules->engine != NULL)
    take_summaries (sources, rules->engine);
  if (rules->pages != NULL)
    take_page_summaries (sources, rules->pages);
}

/**
 * nj_filter_lists_compile_run:
 * @sources: (element-type NjFilterListsSource): what goes in, own rules last; gets the results
 * @cache_path: where the engine is kept for the next start; rules about pages beside it
 * @ret_rules: (out): what they compile to; clear it with nj_filter_lists_compile_rules_clear()
 *
 * A list that cannot be read is left out. What is kept of the very same files is taken. Any thread.
 *
 * Returns: whether they did; @error is of %NJ_FILTER_ERROR
 */
gboolean
nj_filter_lists_compile_run (GPtrArray *sources, const char *cache_path, NjFilterListsRules *ret_rules, GError **error)
{
  g_auto (Layers)             layers;
  g_auto (NjFilterListsRules) rules = { 0 };

  split (sources, cache_path, &layers);
  rules.engine = load_engine (layers.below, cache_path);
  if (rules.engine == NULL)
    rules.engine = compile_engine (layers.below, cache_path, error);
  rules.engine = put_on_top (&layers, rules.engine, error);
  if (rules.engine == NULL)
    return FALSE;

  rules.pages = load_pages (layers.pages, layers.path);
  if (rules.pages == NULL)
    rules.pages = compile_pages (layers.pages, layers.path, error);
  if (rules.pages == NULL)
    return FALSE;

  take_results (sources, &rules);
  *ret_rules = rules;
  rules = (NjFilterListsRules){ 0 };
  return TRUE;
}

/**
 * nj_filter_lists_compile_load:
 * @sources: (element-type NjFilterListsSource): what should be in it, own rules last; gets the results
 * @cache_path: where an engine may be kept
 * @ret_rules: (out): what was kept, if it is of just these files as they are now; clear it with
 *   nj_filter_lists_compile_rules_clear()
 *
 * Returns: whether all of it was there; else nj_filter_lists_compile_run() makes the rest
 */
gboolean
nj_filter_lists_compile_load (GPtrArray *sources, const char *cache_path, NjFilterListsRules *ret_rules)
{
  g_auto (Layers) layers;

  split (sources, cache_path, &layers);
  ret_rules->engine = put_on_top (&layers, load_engine (layers.below, cache_path), NULL);
  ret_rules->pages = load_pages (layers.pages, layers.path);
  take_results (sources, ret_rules);
  return ret_rules->engine != NULL && ret_rules->pages != NULL;
}

/**
 * nj_filter_lists_compile_rules_clear:
 * @rules: what lists compiled to
 *
 * Any thread.
 */
void
nj_filter_lists_compile_rules_clear (NjFilterListsRules *rules)
{
  g_clear_pointer (&rules->engine, nj_engine_unref);
  g_clear_pointer (&rules->pages, nj_page_rules_unref);
}
