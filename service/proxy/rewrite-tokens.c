/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generic rules are too many to be put into each page: it gets those for the classes and ids that occur in it. What its
 * scripts put in later is told by their own text, as far as that stands in the page: what looks like a name in a string there
 * counts as well. Programs of other addresses are not looked into, nor is the page watched: what it would ask us then, by
 * whatever address, its scripts could see and ask, too. In the session's fiber.
 */
#include "proxy/rewrite-page.h"

/* What one page gets of style, bytes. */
#define SHEET_MAX 65536
/* Classes and ids of one page that are looked up. */
#define SEEN_MAX 8192
/* Text of scripts that is looked at, of one and of all; bytes. What builds elements is short, what is long is data. */
#define PROGRAM_MAX 4096
#define PROGRAMS_MAX 8192
/* Names of three letters are words of any program. */
#define NAME_MIN 4

static void
on_rule (const NjPageRule *rule, gpointer user_data)
{
  NjRewritePage *self = user_data;

  if ((rule->kind == NJ_PAGE_LINE_HIDE || rule->kind == NJ_PAGE_LINE_STYLE) && self->sheet.len < SHEET_MAX &&
      nj_page_sheet_add (&self->sheet, rule))
    self->counts.n_hidden++;
}

static void
grow_seen (NjRewriteSeen *seen)
{
  guint    room = seen->room == 0 ? 256 : seen->room * 2;
  guint32 *slots = g_new0 (guint32, room);

  for (guint i = 0; i < seen->room; i++)
    if (seen->slots[i] != 0)
      {
        guint at = seen->slots[i] & (room - 1);

        while (slots[at] != 0)
          at = (at + 1) & (room - 1);
        slots[at] = seen->slots[i];
      }
  g_free (seen->slots);
  seen->slots = slots;
  seen->room = room;
}

/* Whether it was not there before. Two names of one hash are taken for one: the price is a rule in four thousand million. */
static gboolean
note_seen (NjRewriteSeen *seen, guint32 hash)
{
  guint at;

  hash |= hash == 0;
  if (seen->n >= SEEN_MAX)
    return FALSE;
  if (seen->n * 2 >= seen->room)
    grow_seen (seen);
  for (at = hash & (seen->room - 1); seen->slots[at] != 0; at = (at + 1) & (seen->room - 1))
    if (seen->slots[at] == hash)
      return FALSE;
  seen->slots[at] = hash;
  seen->n++;
  return TRUE;
}

static void
look_up (NjRewritePage *self, char sign, NjBytes name)
{
  NjBytes token = nj_bytes (self->token, name.len + 1);
  guint32 key;

  if (name.len + 1 > sizeof self->token)
    return;
  self->token[0] = sign;
  memcpy (self->token + 1, name.data, name.len);
  if (nj_page_lookup_key (self->lookup, token, &key) && note_seen (&self->seen, key))
    nj_page_lookup_token (self->lookup, token, on_rule, self);
}

static void
look_up_words (NjRewritePage *self, NjBytes words)
{
  gsize start, i = 0;

  while (i < words.len)
    {
      while (i < words.len && g_ascii_isspace (words.data[i]))
        i++;
      start = i;
      while (i < words.len && !g_ascii_isspace (words.data[i]))
        i++;
      if (i > start)
        look_up (self, '.', nj_bytes (words.data + start, i - start));
    }
}

/* The classes and the id of an element. */
static void
collect (NjRewritePage *self, NjBytes tag)
{
  gsize           at = nj_html_attribute_start (tag);
  NjHtmlAttribute attribute;

  while (nj_html_attribute_next (tag, &at, &attribute))
    {
      if (nj_bytes_equal_nocase (attribute.name, NJ_BYTES ("class")))
        look_up_words (self, attribute.value);
      else if (nj_bytes_equal_nocase (attribute.name, NJ_BYTES ("id")) && attribute.value.len > 0)
        look_up (self, '#', nj_bytes_trim (attribute.value));
    }
}

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_';
}

/* Behind a quote: all names up to the next one of its kind. Returns where that is. */
static gsize
look_at_string (NjRewritePage *self, NjBytes text, gsize i)
{
  char quote = text.data[i++];

  while (i < text.len && text.data[i] != quote)
    {
      gsize start = i;
      guint signs;

      while (i < text.len && is_name (text.data[i]))
        i++;
      if (i - start >= NAME_MIN && i - start < sizeof self->token)
        {
          signs = nj_page_lookup_signs (self->lookup, nj_bytes (text.data + start, i - start));
          if ((signs & NJ_PAGE_LOOKUP_CLASS) != 0)
            look_up (self, '.', nj_bytes (text.data + start, i - start));
          if ((signs & NJ_PAGE_LOOKUP_ID) != 0)
            look_up (self, '#', nj_bytes (text.data + start, i - start));
        }
      if (i == start)
        i++;
    }
  return i;
}

static void
look_at_program (NjRewritePage *self, NjBytes text)
{
  text.len = MIN (text.len, self->program_left);
  self->program_left -= (guint) text.len;
  self->programs_seen += (guint) text.len;
  for (gsize i = 0; i < text.len; i++)
    if (text.data[i] == '"' || text.data[i] == '\'' || text.data[i] == '`')
      i = look_at_string (self, text, i);
}

/* Whether a script is a program: others hold data. */
static gboolean
is_program (NjBytes tag)
{
  NjHtmlAttribute type;

  return !nj_html_attribute_find (tag, NJ_BYTES ("type"), &type) || type.value.len == 0 ||
         nj_bytes_equal_nocase (type.value, NJ_BYTES ("module")) || nj_bytes_ends_with (type.value, NJ_BYTES ("javascript"));
}

/**
 * nj_rewrite_tokens_take:
 * @self: a page for which generic rules may come
 * @token: its next piece
 * @text: as written
 *
 * Adds to its sheet.
 */
void
nj_rewrite_tokens_take (NjRewritePage *self, const NjHtmlToken *token, NjBytes text)
{
  if (token->kind == NJ_HTML_TEXT && self->in_program)
    look_at_program (self, text);
  else
    self->in_program = FALSE;
  if (token->kind != NJ_HTML_START)
    return;

  collect (self, text);
  if (nj_html_token_is (token, "script") && self->programs_seen < PROGRAMS_MAX)
    {
      self->in_program = is_program (text);
      self->program_left = MIN (PROGRAM_MAX, PROGRAMS_MAX - self->programs_seen);
    }
}
