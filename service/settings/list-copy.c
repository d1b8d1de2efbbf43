/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is what a server gave a filter list? Servers give pages instead of lists, halves of lists and nothing at
 * all; whatever is not clearly a list is refused with a name, so that the copy before it stays. Pure: no files, no
 * network. Called by list-updates.c on a helper thread.
 */
#include "settings/list-copy.h"

#include "filter/list-parser.h"
#include "filter/list-reader.h"

#include <string.h>

/* Facts stand at the beginning; bytes. */
#define HEADER_MAX 8192
#define ARENA_LENT 16384
/* One control character in so many is a slip, more is no text. */
#define CONTROL_SHARE 1000

static NjBytes
header_of (NjBytes text)
{
  return nj_bytes (text.data, MIN (text.len, HEADER_MAX));
}

/* The next line of @text, which is left behind it. */
static gboolean
take_line (NjBytes *text, NjBytes *ret_line)
{
  const char *newline = text->len > 0 ? memchr (text->data, '\n', text->len) : NULL;
  gsize       len = newline != NULL ? (gsize) (newline - text->data) : text->len;

  if (text->len == 0)
    return FALSE;

  *ret_line = nj_bytes (text->data, len);
  len += newline != NULL;
  *text = nj_bytes (text->data + len, text->len - len);
  return TRUE;
}

/* "! Key: value" among the first lines; a value that a release script did not fill in is none. */
static gboolean
find_fact (NjBytes text, NjBytes key, NjBytes *ret_line, NjBytes *ret_value)
{
  NjBytes rest = header_of (text), line;

  while (take_line (&rest, &line))
    {
      NjBytes fact = nj_bytes_trim (line);

      if (fact.len < 2 || fact.data[0] != '!')
        continue;
      fact = nj_bytes_trim (nj_bytes (fact.data + 1, fact.len - 1));
      if (fact.len <= key.len || fact.data[key.len] != ':' || !nj_bytes_equal_nocase (nj_bytes (fact.data, key.len), key))
        continue;

      *ret_line = line;
      *ret_value = nj_bytes_trim (nj_bytes (fact.data + key.len + 1, fact.len - key.len - 1));
      return ret_value->len > 0 && ret_value->data[0] != '%';
    }

  return FALSE;
}

/* As Adblock Plus made it: without carriage returns, empty lines and the line itself. */
static char *
digest_without (NjBytes text, const char *line)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8  digest[16];
  gsize   len = sizeof digest;
  NjBytes rest = text, part;
  char   *base64;

  while (take_line (&rest, &part))
    {
      gboolean has_newline = part.data + part.len < text.data + text.len;

      if (part.data == line)
        continue;
      if (part.len > 0 && part.data[part.len - 1] == '\r')
        part.len--;
      if (part.len == 0)
        continue;
      g_checksum_update (checksum, (const guchar *) part.data, (gssize) part.len);
      if (has_newline)
        g_checksum_update (checksum, (const guchar *) "\n", 1);
    }

  g_checksum_get_digest (checksum, digest, &len);
  base64 = g_base64_encode (digest, len);
  base64[strcspn (base64, "=")] = '\0';
  return base64;
}

static const char *
check_digest (NjBytes text)
{
  NjBytes line, value;
  g_autofree char *digest = NULL;

  if (!find_fact (text, NJ_BYTES ("Checksum"), &line, &value))
    return NULL;

  while (value.len > 0 && value.data[value.len - 1] == '=')
    value.len--;
  digest = digest_without (text, line.data);
  return nj_bytes_equal (value, nj_bytes_from_string (digest)) ? NULL : "its checksum is of another text";
}

static gboolean
begins_with_nocase (NjBytes text, NjBytes start)
{
  return text.len >= start.len && nj_bytes_equal_nocase (nj_bytes (text.data, start.len), start);
}

static const char *
check_kind (NjBytes text)
{
  NjBytes start = nj_bytes_trim (header_of (text));
  gsize   n_controls = 0;

  if (nj_bytes_starts_with (text, NJ_BYTES ("\xff\xfe")) || nj_bytes_starts_with (text, NJ_BYTES ("\xfe\xff")))
    return "it is written in UTF-16, not in UTF-8";
  if (text.len > 0 && memchr (text.data, '\0', text.len) != NULL)
    return "it is binary, not a list";

  for (gsize i = 0; i < text.len; i++)
    n_controls += (guchar) text.data[i] < ' ' && strchr ("\t\n\r\f", text.data[i]) == NULL;
  if (n_controls * CONTROL_SHARE > text.len)
    return "it is binary, not a list";

  if (nj_bytes_starts_with (start, NJ_BYTES ("\xef\xbb\xbf")))
    start = nj_bytes_trim (nj_bytes (start.data + 3, start.len - 3));
  if (start.len == 0)
    return "it is empty";
  if (start.data[0] == '<' || begins_with_nocase (start, NJ_BYTES ("<!doctype html")))
    return "it is a web page, not a list";
  if (start.data[0] == '{')
    return "it is JSON, not a list";
  return NULL;
}

/* Counts what says something; FALSE at a line in another encoding than UTF-8. Comments may hold anything. */
static gboolean
go_through (NjBytes text, NjListReader *reader, guint *ret_n)
{
  g_autofree char *lent = g_malloc (ARENA_LENT);
  NjArena  arena;
  NjBytes  line;
  gboolean is_valid = g_utf8_validate (text.data, (gssize) text.len, NULL);
  gboolean is_good = TRUE;

  *ret_n = 0;
  nj_arena_init (&arena, lent, ARENA_LENT);
  nj_list_reader_init (reader, text, &arena);
  while (is_good && nj_list_reader_next (reader, &line))
    {
      NjLine parsed;

      nj_list_parser_parse (line, TRUE, &arena, &parsed);
      *ret_n += parsed.kind == NJ_LINE_RULE || parsed.kind == NJ_LINE_HOSTS || parsed.kind == NJ_LINE_PAGE;
      if (!is_valid && parsed.kind != NJ_LINE_EMPTY)
        is_good = g_utf8_validate (line.data, (gssize) line.len, NULL);
      nj_arena_clear (&arena);
      nj_arena_init (&arena, lent, ARENA_LENT);
    }

  nj_arena_clear (&arena);
  return is_good;
}

/* A list may be made of others altogether. */
static gboolean
includes (NjBytes text)
{
  return nj_bytes_find (text, NJ_BYTES ("!#include ")) >= 0;
}

/**
 * nj_list_copy_count:
 * @text: a list
 *
 * Any thread.
 *
 * Returns: how many of its lines say something
 */
guint
nj_list_copy_count (NjBytes text)
{
  NjListReader reader;
  guint        n;

  go_through (text, &reader, &n);
  return n;
}

/**
 * nj_list_copy_read:
 * @text: what a server gave
 * @is_included: whether another list asked for it; then it need not hold a rule
 * @ret_copy: (out): what it says about itself; clear it with nj_list_copy_clear()
 * @ret_problem: (out) (transfer full): why it is no list
 *
 * Any thread.
 *
 * Returns: whether it is a list
 */
gboolean
nj_list_copy_read (NjBytes text, gboolean is_included, NjListCopy *ret_copy, char **ret_problem)
{
  const char  *problem = check_kind (text);
  NjListReader reader;
  NjBytes      line, value;
  guint        n_rules;

  if (problem == NULL)
    problem = check_digest (text);
  if (problem != NULL)
    {
      *ret_problem = g_strdup (problem);
      return FALSE;
    }
  if (!go_through (text, &reader, &n_rules))
    {
      *ret_problem = g_strdup_printf ("line %u is not in UTF-8", reader.line);
      return FALSE;
    }
  if (n_rules == 0 && !is_included && !includes (text))
    {
      *ret_problem = g_strdup ("it holds no rule");
      return FALSE;
    }

  *ret_copy = (NjListCopy){ .expires_s = reader.facts.expires_s, .n_rules = n_rules };
  if (reader.facts.title.len > 0 && g_utf8_validate (reader.facts.title.data, (gssize) reader.facts.title.len, NULL))
    ret_copy->title = nj_bytes_dup (reader.facts.title);
  if (reader.facts.diff_path.len > 0)
    ret_copy->diff_path = nj_bytes_dup (reader.facts.diff_path);
  if (reader.facts.redirect.len > 0)
    ret_copy->redirect = nj_bytes_dup (reader.facts.redirect);
  if (find_fact (text, NJ_BYTES ("Diff-Expires"), &line, &value))
    ret_copy->diff_expires_s = nj_list_reader_parse_span (value);
  return TRUE;
}

/**
 * nj_list_copy_clear:
 * @copy: what a text said
 */
void
nj_list_copy_clear (NjListCopy *copy)
{
  g_clear_pointer (&copy->title, g_free);
  g_clear_pointer (&copy->diff_path, g_free);
  g_clear_pointer (&copy->redirect, g_free);
}
