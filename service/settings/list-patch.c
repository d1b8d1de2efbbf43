/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differential updates: a patch in the format of RCS ("aL N" adds N lines after line L of the old text, "dL N" takes
 * N away from line L on), behind a line "diff name:NAME checksum:DIGITS lines:N" for each list that a patch file
 * is about. A patch is a stranger's text: what does not fit exactly is refused, and the whole list fetched
 * instead. Pure. Called by list-updates.c on a helper thread.
 */
#include "settings/list-patch.h"

#include <string.h>

/* Least digits of SHA-1 that a patch must be checked by. */
#define DIGITS_MIN 10
#define LINES_MAX  (16 * 1024 * 1024)

/* A text, line by line, as if split at each newline: after the last one there is an empty line. */
typedef struct
{
  NjBytes rest;
  gboolean is_over;
  guint64 n; /* lines taken */
} Lines;

/* The new text as it grows. */
typedef struct
{
  GString *text;
  gsize    limit;
  gboolean is_begun;
} Output;

static gboolean
next_line (Lines *lines, NjBytes *ret_line)
{
  const char *newline;

  if (lines->is_over)
    return FALSE;

  newline = lines->rest.len > 0 ? memchr (lines->rest.data, '\n', lines->rest.len) : NULL;
  lines->n++;
  if (newline == NULL)
    {
      *ret_line = lines->rest;
      lines->is_over = TRUE;
      return TRUE;
    }

  *ret_line = nj_bytes (lines->rest.data, (gsize) (newline - lines->rest.data));
  lines->rest = nj_bytes (newline + 1, lines->rest.len - ret_line->len - 1);
  return TRUE;
}

static gboolean
put_line (Output *output, NjBytes line)
{
  if (output->text->len + line.len + 1 > output->limit)
    return FALSE;

  if (output->is_begun)
    g_string_append_c (output->text, '\n');
  output->is_begun = TRUE;
  g_string_append_len (output->text, line.data, (gssize) line.len);
  return TRUE;
}

static gboolean
copy_lines (Lines *from, guint64 n, Output *output)
{
  NjBytes line;

  for (guint64 i = 0; i < n; i++)
    if (!next_line (from, &line) || !put_line (output, line))
      return FALSE;

  return TRUE;
}

static gboolean
skip_lines (Lines *from, guint64 n)
{
  NjBytes line;

  for (guint64 i = 0; i < n; i++)
    if (!next_line (from, &line))
      return FALSE;

  return TRUE;
}

/* "a12 3" or "d12 3". */
static gboolean
parse_command (NjBytes line, char *ret_letter, guint64 *ret_at, guint64 *ret_n)
{
  gssize space;

  if (line.len > 0 && line.data[line.len - 1] == '\r')
    line.len--;
  space = nj_bytes_find (line, NJ_BYTES (" "));
  if (space < 2 || (line.data[0] != 'a' && line.data[0] != 'd'))
    return FALSE;

  *ret_letter = line.data[0];
  return nj_bytes_parse_u64 (nj_bytes (line.data + 1, (gsize) space - 1), LINES_MAX, ret_at)
         && nj_bytes_parse_u64 (nj_bytes (line.data + space + 1, line.len - (gsize) space - 1), LINES_MAX, ret_n) && *ret_n > 0;
}

static gboolean
run_command (NjBytes line, Lines *old, Lines *patch, Output *output)
{
  char    letter;
  guint64 at, n;

  if (!parse_command (line, &letter, &at, &n))
    return FALSE;

  /* Positions are of the old text and only go forward. */
  if (letter == 'd')
    return at > old->n && copy_lines (old, at - 1 - old->n, output) && skip_lines (old, n);
  return at >= old->n && copy_lines (old, at - old->n, output) && copy_lines (patch, n, output);
}

static gboolean
run_patch (NjBytes text, NjBytes old_text, Output *output)
{
  Lines   old = { old_text, FALSE, 0 };
  Lines   patch = { text, FALSE, 0 };
  NjBytes line;

  while (next_line (&patch, &line))
    if (!(line.len == 0 && patch.is_over) && !run_command (line, &old, &patch, output))
      return FALSE;

  while (next_line (&old, &line))
    if (!put_line (output, line))
      return FALSE;
  return TRUE;
}

/* What stands behind "key" in a line of words. */
static NjBytes
word_after (NjBytes line, NjBytes key)
{
  gsize at = 0;

  while (at < line.len)
    {
      gsize   end = at;
      NjBytes word;

      while (end < line.len && !g_ascii_isspace (line.data[end]))
        end++;
      word = nj_bytes (line.data + at, end - at);
      if (nj_bytes_starts_with (word, key))
        return nj_bytes (word.data + key.len, word.len - key.len);
      at = end + 1;
    }

  return NJ_BYTES_NONE;
}

/* The commands that are about the list @name, and the checksum of what they lead to. */
static gboolean
find_part (NjBytes patch, NjBytes name, NjBytes *ret_part, NjBytes *ret_checksum)
{
  Lines   lines = { patch, FALSE, 0 };
  NjBytes line;

  while (next_line (&lines, &line))
    {
      NjBytes  start = lines.rest;
      NjBytes  its_name = word_after (line, NJ_BYTES ("name:"));
      gboolean is_ours = its_name.len == 0 || name.len == 0 || nj_bytes_equal (its_name, name);
      guint64  n;

      if (!nj_bytes_starts_with (line, NJ_BYTES ("diff "))
          || !nj_bytes_parse_u64 (word_after (line, NJ_BYTES ("lines:")), LINES_MAX, &n) || !skip_lines (&lines, n))
        return FALSE;
      if (!is_ours)
        continue;

      *ret_checksum = word_after (line, NJ_BYTES ("checksum:"));
      *ret_part = nj_bytes (start.data, lines.is_over ? start.len : (gsize) (lines.rest.data - start.data));
      return TRUE;
    }

  return FALSE;
}

static gboolean
is_sum_of (NjBytes checksum, const GString *text)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA1, text->str, (gssize) text->len);

  return checksum.len >= DIGITS_MIN && checksum.len <= strlen (digest)
         && nj_bytes_equal_nocase (checksum, nj_bytes (digest, checksum.len));
}

/**
 * nj_list_patch_apply:
 * @old: the list that is here
 * @patch: a patch file
 * @name: which list of that file; empty for the only one
 * @limit: the longest text that is taken; bytes
 * @ret_len: (out): how long the new text is
 * @ret_problem: (out): what does not fit
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the new text, with a zero behind it; %NULL unless its checksum is right
 */
char *
nj_list_patch_apply (NjBytes old, NjBytes patch, NjBytes name, gsize limit, gsize *ret_len, const char **ret_problem)
{
  Output  output = { NULL, limit, FALSE };
  NjBytes part, checksum;

  if (!find_part (patch, name, &part, &checksum))
    {
      *ret_problem = "the patch is not about this list";
      return NULL;
    }

  output.text = g_string_sized_new (MIN (old.len + part.len, limit) + 1);
  if (!run_patch (part, old, &output))
    *ret_problem = "the patch does not fit this copy";
  else if (!is_sum_of (checksum, output.text))
    *ret_problem = "the patch leads to another text than it says";
  else
    {
      *ret_len = output.text->len;
      return g_string_free (output.text, FALSE);
    }

  g_string_free (output.text, TRUE);
  return NULL;
}
