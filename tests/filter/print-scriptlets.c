/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "print-scriptlets": reads pages, each some rules and an empty line, and writes for each what its program is: the number of
 * its bytes in a line, then those. A rule is "T body" when its list may rewrite, "U body" when not, "P body" when it is
 * procedural; what is refused is said on the standard error.
 * "print-scriptlets --count LIST…": how many of the rules about pages of trusted lists can be applied, by kind, and why the
 * others cannot; "--show LIST…": each of them, with its kind and what it is refused for.
 * "print-scriptlets --sizes LIST…": reads hosts, one a line, and writes for each the bytes and rules of its pages' program.
 */
#include "filter/list-parser.h"
#include "filter/list-reader.h"
#include "filter/page-rules.h"
#include "filter/scriptlet.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct
{
  GHashTable *refused; /* what: how often */
  guint       n[NJ_N_PAGE_LINE_KINDS];
  guint       n_taken[NJ_N_PAGE_LINE_KINDS];
  gboolean    shows; /* each rule, too */
} Count;

static void
add_rule (NjScriptletPage *page, NjBytes line)
{
  NjBytes           body = nj_arena_copy (page->arena, nj_bytes (line.data + 2, line.len - 2));
  NjScriptletResult result = line.data[0] == 'P' ? nj_scriptlet_page_add_procedural (page, body)
                                                 : nj_scriptlet_page_add (page, body, line.data[0] == 'T');

  if (result != NJ_SCRIPTLET_TAKEN)
    fprintf (stderr, "%s: %.*s\n", nj_scriptlet_result_name (result), NJ_BYTES_ARGS (body));
}

static gboolean
print_page (void)
{
  g_auto (NjArena) arena;
  NjScriptletPage page;
  char           *line = NULL;
  size_t          room = 0;
  gssize          len;
  NjBytes         text;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  while ((len = getline (&line, &room, stdin)) > 1)
    if (len > 3)
      add_rule (&page, nj_bytes (line, len - 1));
  text = nj_scriptlet_page_print (&page);
  free (line);
  if (len < 0 && text.len == 0)
    return FALSE;
  printf ("%" G_GSIZE_FORMAT "\n", text.len);
  fwrite (text.data, 1, text.len, stdout);
  fflush (stdout);
  return len >= 0;
}

static void
count_refused (Count *self, const NjPageLine *line, NjRefusal refusal, NjArena *arena)
{
  NjBytes name = NJ_BYTES_NONE;
  char   *key;

  if (line->kind == NJ_PAGE_LINE_PROCEDURAL)
    nj_scriptlet_check_procedural (line->body, &name);
  else if (line->kind == NJ_PAGE_LINE_SCRIPTLET)
    nj_scriptlet_check (line->body, TRUE, arena, &name);
  key = g_strdup_printf ("%s: %s %.*s", nj_page_kind_name (line->kind), nj_refusal_name (refusal), NJ_BYTES_ARGS (name));
  g_hash_table_insert (self->refused, key,
                       GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (self->refused, key)) + 1));
}

static void
count_line (Count *self, NjPageLine *line, NjArena *arena)
{
  NjDomainList domains;
  NjRefusal    refusal;
  NjRule       rule;

  if (line->kind == NJ_PAGE_LINE_HEADER)
    refusal = nj_page_line_header_rule (line, line->body, arena, &rule);
  else
    refusal = nj_page_line_judge (line, TRUE, arena, &domains);
  if (line->is_exception)
    return;
  self->n[line->kind]++;
  self->n_taken[line->kind] += refusal == NJ_REFUSAL_NONE;
  if (refusal != NJ_REFUSAL_NONE)
    count_refused (self, line, refusal, arena);
  if (self->shows)
    printf ("%s\t%s\t%.*s\n", nj_page_kind_name (line->kind), nj_refusal_name (refusal), NJ_BYTES_ARGS (line->body));
}

static void
count_list (Count *self, const char *path)
{
  g_autofree char *text = NULL;
  gsize            len;
  NjListReader     reader;
  NjBytes          bytes;
  NjLine           line;

  if (!g_file_get_contents (path, &text, &len, NULL))
    return;
  {
    g_auto (NjArena) whole;

    nj_arena_init (&whole, NULL, 0);
    nj_list_reader_init (&reader, nj_bytes (text, len), &whole);
    while (nj_list_reader_next (&reader, &bytes))
      {
        g_auto (NjArena) arena;

        nj_arena_init (&arena, NULL, 0);
        nj_list_parser_parse (bytes, TRUE, &arena, &line);
        if (line.kind == NJ_LINE_PAGE)
          count_line (self, &line.page, &arena);
      }
  }
}

static int
count_lists (int n, char **paths, gboolean shows)
{
  Count          count = { .shows = shows };
  GHashTableIter iter;
  gpointer       key, value;

  count.refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < n; i++)
    count_list (&count, paths[i]);
  for (guint i = 0; i < NJ_N_PAGE_LINE_KINDS && !shows; i++)
    if (count.n[i] > 0)
      printf ("%s: %u of %u can be applied, %.2f %%\n", nj_page_kind_name (i), count.n_taken[i], count.n[i],
              100.0 * count.n_taken[i] / count.n[i]);
  g_hash_table_iter_init (&iter, count.refused);
  while (!shows && g_hash_table_iter_next (&iter, &key, &value))
    printf ("  %u %s\n", GPOINTER_TO_UINT (value), (char *) key);
  g_hash_table_unref (count.refused);
  return 0;
}

static void
on_rule (const NjPageRule *rule, gpointer user_data)
{
  if (rule->kind == NJ_PAGE_LINE_SCRIPTLET)
    nj_scriptlet_page_add (user_data, rule->body, rule->is_trusted);
  else if (rule->kind == NJ_PAGE_LINE_PROCEDURAL)
    nj_scriptlet_page_add_procedural (user_data, rule->body);
}

static void
print_size (const NjPageRules *rules, NjBytes host)
{
  g_auto (NjArena) arena;
  NjScriptletPage page;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  nj_page_rules_find (rules, host, on_rule, &page);
  printf ("%" G_GSIZE_FORMAT " %u %u %.*s\n", nj_scriptlet_page_print (&page).len, page.n_calls,
          page.n_procedural, NJ_BYTES_ARGS (host));
}

static int
print_sizes (int n, char **paths)
{
  g_autofree NjListSource *sources = g_new0 (NjListSource, n);
  g_autoptr (NjPageRules) rules = NULL;
  char  *line = NULL;
  size_t room = 0;
  gssize len;

  for (int i = 0; i < n; i++)
    {
      char *text = NULL;
      gsize size = 0;

      /* Freed by the end of the program. */
      if (g_file_get_contents (paths[i], &text, &size, NULL))
        sources[i] = (NjListSource){ .id = paths[i], .text = nj_bytes (text, size), .is_trusted = TRUE };
    }
  rules = nj_page_rules_compile (sources, n, NULL);
  while ((len = getline (&line, &room, stdin)) > 1)
    print_size (rules, nj_bytes (line, len - 1));
  free (line);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc > 2 && g_str_equal (argv[1], "--sizes"))
    return print_sizes (argc - 2, argv + 2);
  if (argc > 2 && g_str_equal (argv[1], "--count"))
    return count_lists (argc - 2, argv + 2, FALSE);
  if (argc > 2 && g_str_equal (argv[1], "--show"))
    return count_lists (argc - 2, argv + 2, TRUE);
  while (print_page ())
    ;
  return 0;
}
