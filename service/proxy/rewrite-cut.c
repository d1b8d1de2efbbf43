/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes elements out of the source of a page before a browser reads it, which no extension of a browser can do for scripts.
 * From an element on that a rule may be about, the page is held back until that is known: most often its end, but for rules
 * that ask for what comes later, that. Then the element goes, or it is passed on as it was. What is not known within reason
 * stays: to cut on would take the page away. In the session's fiber.
 */
#include "proxy/rewrite-cut.h"

/* What is held grows by as much; bytes. */
#define STEP 32768

/* A page without them is none. */
static const char *const kept_names[] = { "body", "head", "html", "frameset" };

static void
put (NjBuffer *out, NjBytes text)
{
  nj_buffer_append (out, text.data, text.len);
}

static void
hold (NjRewriteCut *self, NjBytes text)
{
  if (self->held.len + text.len > self->held.room)
    nj_buffer_reserve (&self->held, self->held.len + text.len + STEP);
  put (&self->held, text);
}

/**
 * nj_rewrite_cut_add:
 * @self: rules of a page
 * @body: of a rule of %NJ_PAGE_LINE_HTML; must outlive @self
 *
 * One that asks for what is not known here is left out.
 */
void
nj_rewrite_cut_add (NjRewriteCut *self, NjBytes body)
{
  NjHtmlRule *rule = self->n_rules < NJ_REWRITE_CUT_RULES ? nj_html_rule_new (body) : NULL;

  if (rule != NULL && nj_html_rule_number (rule, &self->n_texts))
    self->rules[self->n_rules++] = rule;
  else
    nj_html_rule_free (rule);
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
  nj_html_tree_clear (&self->tree);
  nj_buffer_clear (&self->held);
}

static void
forget (NjRewriteCut *self, guint waiting)
{
  self->n_waiting--;
  memmove (&self->waiting[waiting], &self->waiting[waiting + 1], (self->n_waiting - waiting) * sizeof self->waiting[0]);
}

/* What nobody waits for goes out. */
static void
release (NjRewriteCut *self, NjBuffer *out)
{
  gsize n = self->n_waiting > 0 ? self->waiting[0].start : self->held.len;

  if (n == 0)
    return;
  put (out, nj_bytes ((char *) self->held.data, n));
  memmove (self->held.data, self->held.data + n, self->held.len - n);
  self->held.len -= n;
  for (guint i = 0; i < self->n_waiting; i++)
    {
      self->waiting[i].start -= n;
      self->waiting[i].tag_end -= n;
      self->waiting[i].end -= self->waiting[i].end > 0 ? n : 0;
    }
}

/* The element is gone, and those in it. */
static void
cut (NjRewriteCut *self, gsize start, gsize end)
{
  gsize n = end - start;

  if (self->n_removed++ == 0)
    g_snprintf (self->sample, sizeof self->sample, "%.*s", (int) n, (char *) self->held.data + start);
  memmove (self->held.data + start, self->held.data + end, self->held.len - end);
  self->held.len -= n;
  for (guint i = self->n_waiting; i-- > 0;)
    {
      NjRewriteWaiting *one = &self->waiting[i];

      if (one->start >= start && one->start < end)
        {
          forget (self, i);
          continue;
        }
      if (one->start >= end)
        {
          one->start -= n;
          one->tag_end -= n;
        }
      one->end -= one->end >= end ? n : 0;
    }
}

/* Asks again of each element that waits. */
static void
settle (NjRewriteCut *self)
{
  self->version = self->tree.version;
  for (guint i = 0; i < self->n_waiting;)
    {
      NjRewriteWaiting *one = &self->waiting[i];
      NjHtmlAnswer      answer = one->is_sure ? NJ_HTML_YES : nj_html_rule_match (self->rules[one->rule], &self->tree, one->node);

      one->is_sure = answer == NJ_HTML_YES;
      if (answer == NJ_HTML_NO)
        forget (self, i);
      else if (answer == NJ_HTML_YES && one->end > 0)
        {
          cut (self, one->start, one->end);
          i = 0;
        }
      else
        i++;
    }
}

/* Whether an element around this one goes for sure. */
static gboolean
is_within_sure (const NjRewriteCut *self)
{
  for (guint i = 0; i < self->n_waiting; i++)
    if (self->waiting[i].is_sure && self->waiting[i].end == 0)
      return TRUE;
  return FALSE;
}

/* Whether rules may be about the element that begins here. */
static void
begin (NjRewriteCut *self, const NjHtmlToken *token, NjBytes tag, guint16 node)
{
  const NjHtmlTree *tree = &self->tree;

  if (token->name[0] == '\0' || (tree->nodes[node].flags & NJ_HTML_NODE_WANTED) == 0 || is_within_sure (self))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kept_names); i++)
    if (strcmp (token->name, kept_names[i]) == 0)
      return;
  for (guint i = 0; i < self->n_rules && self->n_waiting < NJ_REWRITE_CUT_WAITING; i++)
    {
      NjHtmlAnswer answer = nj_html_rule_match (self->rules[i], &self->tree, node);

      if (answer == NJ_HTML_NO)
        continue;
      self->waiting[self->n_waiting++] = (NjRewriteWaiting){ .node = node,
                                                             .rule = (guint16) i,
                                                             .is_sure = answer == NJ_HTML_YES,
                                                             .start = self->held.len,
                                                             .tag_end = self->held.len + tag.len };
      if (answer == NJ_HTML_YES)
        return;
    }
}

/* The text of the innermost element, if it is a script or a style that is held: it lies in one piece behind its tag. */
static NjBytes
held_text (const NjRewriteCut *self)
{
  const NjHtmlTree *tree = &self->tree;

  if (tree->current == NJ_HTML_NODE_NONE || (tree->nodes[tree->current].flags & NJ_HTML_NODE_RAW) == 0)
    return NJ_BYTES_NONE;
  for (guint i = 0; i < self->n_waiting; i++)
    if (self->waiting[i].node == tree->current && self->waiting[i].end == 0)
      return nj_bytes ((char *) self->held.data + self->waiting[i].tag_end, self->held.len - self->waiting[i].tag_end);
  return NJ_BYTES_NONE;
}

/* Where the elements that ended with this piece end: before it, or behind it. */
static void
note_ends (NjRewriteCut *self, gsize before)
{
  for (guint i = 0; i < self->n_waiting; i++)
    {
      NjRewriteWaiting *one = &self->waiting[i];

      if (one->end == 0 && (one->node >= self->tree.n || nj_html_tree_has_ended (&self->tree, one->node)))
        one->end = one->node == self->tree.closed ? self->held.len : before;
    }
}

/* One piece more of the page. Returns the element that begins with it. */
static guint16
tell (NjRewriteCut *self, const NjHtmlToken *token, NjBytes text)
{
  NjBytes held = self->n_waiting > 0 ? held_text (self) : NJ_BYTES_NONE;

  self->tree.closed = NJ_HTML_NODE_NONE;
  if (token->kind == NJ_HTML_START)
    return nj_html_tree_start (&self->tree, token, text);
  if (token->kind == NJ_HTML_END)
    nj_html_tree_end (&self->tree, token->name, held);
  else if (token->kind == NJ_HTML_TEXT)
    nj_html_tree_text (&self->tree, text, held.data != NULL);
  return NJ_HTML_NODE_NONE;
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
  guint16 node;

  if (!self->has_begun)
    nj_html_tree_init (&self->tree, self->is_xml, self->rules, self->n_rules);
  self->has_begun = TRUE;
  node = tell (self, token, text);
  if (self->n_waiting > 0 && token->kind == NJ_HTML_START)
    {
      /* What this tag ended ended before it. */
      guint16 closed = self->tree.closed;

      self->tree.closed = NJ_HTML_NODE_NONE;
      note_ends (self, self->held.len);
      self->tree.closed = closed;
      if (self->version != self->tree.version)
        settle (self);
      release (self, out);
    }
  if (node != NJ_HTML_NODE_NONE)
    begin (self, token, text, node);
  if (self->n_waiting == 0)
    return FALSE;

  hold (self, text);
  note_ends (self, self->held.len - text.len);
  if (self->version != self->tree.version || self->tree.closed != NJ_HTML_NODE_NONE)
    settle (self);
  if (self->held.len > (self->most > 0 ? self->most : NJ_REWRITE_CUT_HELD) || self->tree.is_lost)
    self->n_waiting = 0;
  release (self, out);
  return TRUE;
}

/**
 * nj_rewrite_cut_finish:
 * @self: rules of a page that has ended
 * @out: where what is still held goes
 *
 * What has not ended by itself stays.
 */
void
nj_rewrite_cut_finish (NjRewriteCut *self, NjBuffer *out)
{
  for (guint i = self->n_waiting; i-- > 0;)
    if (self->waiting[i].end == 0)
      forget (self, i);
  if (self->n_waiting > 0)
    {
      nj_html_tree_finish (&self->tree);
      settle (self);
    }
  self->n_waiting = 0;
  release (self, out);
}
