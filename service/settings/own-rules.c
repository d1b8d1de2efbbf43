/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's own rules: a text file in the profile that is the last of the lists, and trusted. What is written is
 * kept as it is, faults and all; a line that is not understood is named with its reason and not used. Called by
 * the bus, and by nightjarctl without a service. Main thread.
 */
#include "settings/own-rules.h"

#include "filter/list-parser.h"
#include "filter/list-reader.h"

#include <gio/gio.h>
#include <string.h>

#define ARENA_LENT 16384

/* Own rules are trusted. */
static NjRefusal
refusal_of (NjBytes text, NjArena *arena)
{
  NjLine       line;
  NjDomainList domains;

  nj_list_parser_parse (text, TRUE, arena, &line);
  if (line.kind == NJ_LINE_PAGE)
    return nj_page_line_judge (&line.page, TRUE, arena, &domains);

  return line.kind == NJ_LINE_REFUSED ? line.refusal : NJ_REFUSAL_NONE;
}

/**
 * nj_own_rules_check:
 * @text: rules, one a line
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjOwnRulesFault): the lines that are not used, in order
 */
GArray *
nj_own_rules_check (NjBytes text)
{
  GArray          *faults = g_array_new (FALSE, FALSE, sizeof (NjOwnRulesFault));
  g_autofree char *lent = g_malloc (ARENA_LENT);
  NjListReader     reader;
  NjArena          arena;
  NjBytes          line;

  nj_arena_init (&arena, lent, ARENA_LENT);
  nj_list_reader_init (&reader, text, &arena);
  while (nj_list_reader_next (&reader, &line))
    {
      NjRefusal       refusal = refusal_of (line, &arena);
      NjOwnRulesFault fault = { reader.line, nj_refusal_name (refusal) };

      if (refusal != NJ_REFUSAL_NONE)
        g_array_append_val (faults, fault);
      nj_arena_clear (&arena);
      nj_arena_init (&arena, lent, ARENA_LENT);
    }

  nj_arena_clear (&arena);
  return faults;
}

/**
 * nj_own_rules_read:
 * @path: the file
 *
 * Returns: (transfer full) (nullable): its text, "" when there is none; @error is of %G_FILE_ERROR
 */
char *
nj_own_rules_read (const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_strdup ("");
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  /* It was written by hand: shown all the same, and only what cannot be shown is replaced. */
  return g_utf8_validate (text, (gssize) len, NULL) ? g_steal_pointer (&text) : g_utf8_make_valid (text, (gssize) len);
}

/**
 * nj_own_rules_write:
 * @path: the file
 * @text: all of it
 *
 * Returns: whether it is on the disk; else the old file is, whole
 */
gboolean
nj_own_rules_write (const char *path, const char *text, GError **error)
{
  if (strlen (text) > NJ_OWN_RULES_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "own rules take at most %d MB", NJ_OWN_RULES_MAX >> 20);
      return FALSE;
    }

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
