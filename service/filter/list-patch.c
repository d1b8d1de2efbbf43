/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differential updates of lists: a patch in the form of RCS, checked by a digest of what comes out. Whatever
 * does not fit exactly is refused, and the whole list is fetched instead. Any thread.
 */
#include "filter/list-patch.h"

/* A text as lines, each with its line end. */
typedef struct
{
  NjBytes rest;
  guint   number; /* 1-based, of the next line */
} Lines;

static gboolean
next_line (Lines *self, NjBytes *ret_line)
{
  const char *newline;

  if (self->rest.len == 0)
    return FALSE;
  newline = memchr (self->rest.data, '\n', self->rest.len);
  *ret_line = nj_bytes (self->rest.data, newline != NULL ? (gsize) (newline + 1 - self->rest.data) : self->rest.len);
  self->rest = nj_bytes (self->rest.data + ret_line->len, self->rest.len - ret_line->len);
  self->number++;
  return TRUE;
}

/* Copies lines up to the one before @number. */
static gboolean
copy_until (Lines *old, guint64 number, GString *out)
{
  NjBytes line;

  while (old->number < number)
    {
      if (!next_line (old, &line))
        return FALSE;
      g_string_append_len (out, line.data, line.len);
    }
  return old->number == number;
}

/* "a12 3" or "d12 3". */
static gboolean
parse_command (NjBytes line, guint64 *ret_at, guint64 *ret_n)
{
  const char *blank;

  line = nj_bytes_trim (line);
  blank = line.len > 0 ? memchr (line.data, ' ', line.len) : NULL;
  return blank != NULL && (line.data[0] == 'a' || line.data[0] == 'd')
         && nj_bytes_parse_u64 (nj_bytes (line.data + 1, blank - line.data - 1), G_MAXUINT32, ret_at)
         && nj_bytes_parse_u64 (nj_bytes (blank + 1, line.data + line.len - blank - 1), G_MAXUINT32, ret_n);
}

static gboolean
run_command (NjBytes command, Lines *old, Lines *patch, guint64 *budget, GString *out)
{
  guint64 at, n;
  NjBytes line;

  if (!parse_command (command, &at, &n))
    return FALSE;

  /* Numbers count in the old text: additions go behind their line, deletions start at theirs. */
  if (!copy_until (old, command.data[0] == 'a' ? at + 1 : at, out))
    return FALSE;
  for (guint64 i = 0; i < n; i++)
    {
      if (command.data[0] == 'd')
        {
          if (!next_line (old, &line))
            return FALSE;
          continue;
        }
      if (*budget == 0 || !next_line (patch, &line))
        return FALSE;
      (*budget)--;
      g_string_append_len (out, line.data, line.len);
    }
  return TRUE;
}

static NjBytes
field_of (NjBytes line, NjBytes key)
{
  gssize at = nj_bytes_find (line, key);
  NjBytes value;

  if (at < 0)
    return NJ_BYTES_NONE;
  value = nj_bytes (line.data + at + key.len, line.len - at - key.len);
  for (gsize i = 0; i < value.len; i++)
    if (value.data[i] == ' ' || value.data[i] == '\n' || value.data[i] == '\r')
      value.len = i;
  return value;
}

/* Goes to the part of the patch for @name; leaves the digest and the number of lines of that part. */
static gboolean
find_part (Lines *patch, NjBytes name, NjBytes *ret_digest, guint64 *ret_lines)
{
  NjBytes line;

  while (next_line (patch, &line))
    {
      if (!nj_bytes_starts_with (line, NJ_BYTES ("diff ")))
        return FALSE;
      *ret_digest = field_of (line, NJ_BYTES (" checksum:"));
      if (!nj_bytes_parse_u64 (field_of (line, NJ_BYTES (" lines:")), G_MAXUINT32, ret_lines))
        return FALSE;
      if (name.len == 0 || nj_bytes_equal (field_of (line, NJ_BYTES (" name:")), name))
        return TRUE;
      for (guint64 i = 0; i < *ret_lines; i++)
        if (!next_line (patch, &line))
          return FALSE;
    }
  return FALSE;
}

static gboolean
fits_digest (const GString *text, NjBytes digest)
{
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA1, (const guchar *) text->str, text->len);

  return digest.len >= 10 && digest.len <= 40 && nj_bytes_equal_nocase (digest, nj_bytes (sum, digest.len));
}

/**
 * nj_list_patch_apply:
 * @text: the list as it is
 * @patch: a patch file, perhaps for several lists
 * @name: which part of @patch is ours; empty: the first
 * @ret_len: (out): bytes of the new text
 *
 * Any thread. Source: the "Diff-Path" of uBlock Origin and AdGuard; rcsdiff -n.
 *
 * Returns: (transfer full) (nullable): the new text, %NULL when the patch is not for this text
 */
char *
nj_list_patch_apply (NjBytes text, NjBytes patch, NjBytes name, gsize *ret_len)
{
  g_autoptr (GString) out = g_string_sized_new (text.len + 4096);
  Lines               old = { text, 1 }, lines = { patch, 1 };
  NjBytes             digest = NJ_BYTES_NONE, line;
  guint64             budget = 0;

  if (!find_part (&lines, name, &digest, &budget))
    return NULL;

  while (budget > 0 && next_line (&lines, &line))
    {
      budget--;
      if (!run_command (line, &old, &lines, &budget, out))
        return NULL;
    }
  if (budget > 0)
    return NULL;
  g_string_append_len (out, old.rest.data, old.rest.len);
  if (!fits_digest (out, digest))
    return NULL;

  *ret_len = out->len;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
