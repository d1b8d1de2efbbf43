/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes elements out of the source of a page before a browser reads it, which no extension of a browser can do for scripts. An
 * element that a rule is about is held back until its end has come; then it goes, or it is passed on as it was. One whose end
 * does not come within reason stays: to cut on would take the page away. In the session's fiber.
 */
#include "proxy/rewrite-cut.h"

/* What is held back of a page, bytes; the memory of a response is bounded. */
#define HELD_MAX 262144
#define TEXT_MAX 65536

#define IS_ONE_OF(name, table) is_one_of (name, table, G_N_ELEMENTS (table))

static const char *const empty_names[] = { "area", "base", "br",   "col",   "embed",  "hr",    "img",
                                           "input", "link", "meta", "param", "source", "track", "wbr" };

/* A page without them is none. */
static const char *const kept_names[] = { "body", "head", "html", "frameset" };

/* Elements that may end without a tag, and the start tags that end them. WHATWG HTML §13.1.2.4. */
static const struct
{
  const char *name, *ended_by;
} endings[] = {
  { "li", " li " },
  { "dt", " dt dd " },
  { "dd", " dt dd " },
  { "option", " option optgroup " },
  { "optgroup", " optgroup " },
  { "tr", " tr tbody tfoot thead " },
  { "td", " td th tr tbody tfoot thead " },
  { "th", " td th tr tbody tfoot thead " },
  { "p", " address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
         "header hgroup hr main menu nav ol p pre section table ul " },
};

static gboolean
is_one_of (const char *name, const char *const *table, guint n)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (table[i], name) == 0)
      return TRUE;
  return FALSE;
}

static void
put (NjBuffer *out, NjBytes text)
{
  nj_buffer_append (out, text.data, text.len);
}

/**
 * nj_rewrite_cut_add:
 * @self: rules of a page
 * @body: of a rule of %NJ_PAGE_LINE_HTML; must outlive @self
 *
 * One that asks for more than an element and its text is left out.
 */
void
nj_rewrite_cut_add (NjRewriteCut *self, NjBytes body)
{
  NjHtmlRule *rule = self->n_rules < NJ_REWRITE_CUT_RULES ? nj_html_rule_new (body) : NULL;

  if (rule != NULL)
    self->rules[self->n_rules++] = rule;
}

/**
 * nj_rewrite_cut_clear:
 * @self: rules of a page
 */
void
nj_rewrite_cut_clear (NjRewriteCut *self)
{
  for (guint i = 0; i < self->n_rules; i++)
    nj_html_rule_free (self->rules[i]);
  self->n_rules = 0;
  nj_buffer_clear (&self->held);
  nj_buffer_clear (&self->text);
}

static void
let_go (NjRewriteCut *self, NjBuffer *out)
{
  put (out, nj_bytes ((char *) self->held.data, self->held.len));
  self->held.len = self->text.len = 0;
  self->depth = 0;
}

/* The element is whole. */
static void
settle (NjRewriteCut *self, NjBuffer *out)
{
  NjBytes  tag = nj_bytes ((char *) self->held.data, self->tag_len);
  NjBytes  text = self->is_raw ? nj_bytes (tag.data + tag.len, self->end_at - tag.len)
                               : nj_bytes ((char *) self->text.data, self->text.len);
  gboolean goes = self->is_sure;
  g_auto (NjArena) arena;

  nj_arena_init (&arena, NULL, 0);
  if (!self->is_raw)
    text = nj_html_attribute_text (text, &arena);
  for (guint i = 0; i < self->n_rules && !goes; i++)
    goes = (self->asking & (G_GUINT64_CONSTANT (1) << i)) != 0 && nj_html_rule_matches_text (self->rules[i], self->open[0], tag, text);
  if (goes)
    {
      if (self->n_removed++ == 0)
        g_snprintf (self->sample, sizeof self->sample, "%.*s", (int) self->held.len, (char *) self->held.data);
      self->held.len = 0;
    }
  let_go (self, out);
}

/* Whether rules are about the element that begins here. */
static gboolean
is_wanted (NjRewriteCut *self, const NjHtmlToken *token, NjBytes tag)
{
  self->asking = 0;
  self->is_sure = FALSE;
  for (guint i = 0; i < self->n_rules; i++)
    {
      if (!nj_html_rule_matches_tag (self->rules[i], token->name, tag))
        continue;
      if (nj_html_rule_wants_text (self->rules[i]))
        self->asking |= G_GUINT64_CONSTANT (1) << i;
      else
        self->is_sure = TRUE;
    }
  return self->is_sure || self->asking != 0;
}

static gboolean
is_empty (const NjRewriteCut *self, const NjHtmlToken *token)
{
  return self->is_xml ? token->is_closed : IS_ONE_OF (token->name, empty_names);
}

static void
enter (NjRewriteCut *self, const NjHtmlToken *token)
{
  g_strlcpy (self->open[self->depth++], token->name, sizeof self->open[0]);
}

static gboolean
begin (NjRewriteCut *self, const NjHtmlToken *token, NjBytes tag, NjBuffer *out)
{
  if (token->kind != NJ_HTML_START || self->n_rules == 0 || token->name[0] == '\0' || IS_ONE_OF (token->name, kept_names) ||
      !is_wanted (self, token, tag))
    return FALSE;

  put (&self->held, tag);
  self->tag_len = self->end_at = tag.len;
  self->is_raw = !self->is_xml && (strcmp (token->name, "script") == 0 || strcmp (token->name, "style") == 0);
  enter (self, token);
  if (is_empty (self, token))
    settle (self, out);
  return TRUE;
}

/* The innermost open element of that name; -1: it is none of those in the element held. */
static gint
find_open (const NjRewriteCut *self, const char *name)
{
  for (gint i = (gint) self->depth - 1; i >= 0; i--)
    if (strcmp (self->open[i], name) == 0)
      return i;
  return -1;
}

/* What is written around the element held ends it, if it may end without a tag of its own; the end of the page always does. */
static gboolean
is_ended_by_end (const NjRewriteCut *self, const char *name)
{
  if (self->is_xml || find_open (self, name) >= 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (strcmp (endings[i].name, self->open[0]) == 0)
      return strcmp (name, "br") != 0 && strcmp (name, "p") != 0;
  return IS_ONE_OF (name, kept_names);
}

static gboolean
is_ended_by_start (const NjRewriteCut *self, const char *name)
{
  char word[NJ_HTML_NAME_MAX + 3];

  g_snprintf (word, sizeof word, " %s ", name);
  for (guint i = 0; self->depth == 1 && i < G_N_ELEMENTS (endings); i++)
    if (strcmp (endings[i].name, self->open[0]) == 0)
      return strstr (endings[i].ended_by, word) != NULL;
  return FALSE;
}

/* Whether the element held ended before this piece, though its own end was not seen. */
static gboolean
has_ended (const NjRewriteCut *self, const NjHtmlToken *token)
{
  return (token->kind == NJ_HTML_END && is_ended_by_end (self, token->name)) ||
         (token->kind == NJ_HTML_START && is_ended_by_start (self, token->name));
}

/* The text of an element that holds others; that of a script lies in one piece behind its tag. */
static void
keep_text (NjRewriteCut *self, NjBytes text)
{
  if (self->asking != 0 && !self->is_raw && self->text.len + text.len <= TEXT_MAX)
    put (&self->text, text);
}

/* A piece of the element held. */
static void
go_on (NjRewriteCut *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out)
{
  gint at = token->kind == NJ_HTML_END ? find_open (self, token->name) : -1;

  self->end_at = self->held.len;
  put (&self->held, text);
  if (token->kind == NJ_HTML_TEXT)
    keep_text (self, text);
  if (at == 0)
    settle (self, out);
  else if (at > 0)
    self->depth = (guint) at;
  else if (self->held.len > HELD_MAX || (token->kind == NJ_HTML_START && self->depth == NJ_REWRITE_CUT_DEPTH))
    let_go (self, out);
  else if (token->kind == NJ_HTML_START && !is_empty (self, token))
    enter (self, token);
}

/**
 * nj_rewrite_cut_take:
 * @self: rules of a page
 * @token: its next piece
 * @text: as written
 * @out: where what is passed on goes
 *
 * Returns: whether the piece was taken: it is held, gone, or in @out; else it is the caller's
 */
gboolean
nj_rewrite_cut_take (NjRewriteCut *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out)
{
  if (self->depth > 0 && has_ended (self, token))
    settle (self, out);
  if (self->depth == 0)
    return begin (self, token, text, out);

  go_on (self, token, text, out);
  return TRUE;
}

/**
 * nj_rewrite_cut_finish:
 * @self: rules of a page that has ended
 * @out: where what is still held goes
 */
void
nj_rewrite_cut_finish (NjRewriteCut *self, NjBuffer *out)
{
  let_go (self, out);
}
