/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page on its way through: one style and one script are put into its head, a policy that it carries in itself is made to
 * let them in, and all else is passed byte for byte. No library is asked to build and print the page: none gives back what it
 * was given. In the session's fiber.
 *
 * Generic rules are for classes and ids that occur in the page: rewrite-tokens.c. Those of what has come when the head goes out are in the
 * style there (with pages of up to 64 KiB usually all, and nobody waits for them); those of what comes later are in a second
 * style at the end of the body. Nowhere else can one be put in without the page seeing other elements than it wrote.
 */
#include "proxy/rewrite-page.h"

/* The tags around a style or a script, at most. */
#define ELEMENT_MAX 256
/* Bytes that must be there to see the mark of an encoding. */
#define MARK_SIZE 4

/**
 * nj_rewrite_page_init:
 * @self: (out): a page at its start, without rules
 * @nonce: what style and script of ours carry; must outlive @self
 * @is_xml: whether it is XHTML
 * @has_charset: whether its encoding was said in the head of the response
 */
void
nj_rewrite_page_init (NjRewritePage *self, const char *nonce, gboolean is_xml, gboolean has_charset)
{
  *self = (NjRewritePage){ .nonce = nonce, .has_charset = has_charset };
  self->cut.is_xml = is_xml;
  nj_html_scan_init (&self->scan, is_xml);
}

/**
 * nj_rewrite_page_clear:
 * @self: a page
 */
void
nj_rewrite_page_clear (NjRewritePage *self)
{
  nj_buffer_clear (&self->sheet);
  nj_buffer_clear (&self->held);
  nj_buffer_clear (&self->meta);
  nj_rewrite_cut_clear (&self->cut);
  g_clear_pointer (&self->seen.slots, g_free);
}

static void
put (NjBuffer *out, const char *text)
{
  nj_buffer_append (out, text, strlen (text));
}

static void
put_bytes (NjBuffer *out, NjBytes bytes)
{
  nj_buffer_append (out, bytes.data, bytes.len);
}

static void
begin_element (NjRewritePage *self, NjBuffer *out, const char *name)
{
  gboolean is_xml = self->scan.is_xml;

  put (out, "<");
  put (out, name);
  put (out, is_xml ? " xmlns=\"http://www.w3.org/1999/xhtml\" nonce=\"" : " nonce=\"");
  put (out, self->nonce);
  put (out, is_xml ? "\"><![CDATA[" : "\">");
}

static void
end_element (NjRewritePage *self, NjBuffer *out, const char *name)
{
  put (out, self->scan.is_xml ? "]]></" : "</");
  put (out, name);
  put (out, ">");
}

static void
put_style (NjRewritePage *self, NjBuffer *out)
{
  if (self->sheet.len == 0 && self->common.len == 0)
    return;
  if (self->counts.sample[0] == '\0')
    g_snprintf (self->counts.sample, sizeof self->counts.sample, "%.*s", (int) self->sheet.len, (char *) self->sheet.data);
  begin_element (self, out, "style");
  put_bytes (out, self->common);
  put_bytes (out, nj_bytes ((char *) self->sheet.data, self->sheet.len));
  end_element (self, out, "style");
  self->common = NJ_BYTES_NONE;
  nj_buffer_clear (&self->sheet);
}

static void
put_script (NjRewritePage *self, NjBuffer *out)
{
  if (self->program.len == 0 || (self->scan.is_xml && nj_bytes_find (self->program, NJ_BYTES ("]]>")) >= 0))
    return;
  begin_element (self, out, "script");
  put_bytes (out, self->program);
  end_element (self, out, "script");
}

/* What was left room for in @out goes in there, and is nowhere twice. */
static void
fill_hole (NjRewritePage *self, NjBuffer *out)
{
  gsize    behind = out->len - self->hole;
  gsize    most = self->common.len + self->sheet.len + self->program.len + 2 * ELEMENT_MAX;
  NjBuffer ours = { .room = most };

  self->has_hole = FALSE;
  if (out->len + most > out->room)
    nj_buffer_reserve (out, out->len + most);
  memmove (out->data + self->hole + most, out->data + self->hole, behind);
  ours.data = out->data + self->hole;
  put_style (self, &ours);
  put_script (self, &ours);
  memmove (out->data + self->hole + ours.len, out->data + self->hole + most, behind);
  out->len += ours.len;
}

static void
flush_run (NjRewritePage *self, NjBuffer *out)
{
  put_bytes (out, self->run);
  self->run = NJ_BYTES_NONE;
}

static void
place (NjRewritePage *self, NjBuffer *out)
{
  flush_run (self, out);
  self->has_hole = self->is_placed = TRUE;
  self->hole = out->len;
}

/* Blanks before the first text may have come before it; ours stands behind them in any case. */
static void
put_blanks (NjRewritePage *self, NjBytes *text, NjBuffer *out)
{
  gsize n = 0;

  while (n < text->len && g_ascii_isspace (text->data[n]))
    n++;
  flush_run (self, out);
  put_bytes (out, nj_bytes (text->data, n));
  *text = nj_bytes (text->data + n, text->len - n);
}

static void
pass (NjRewritePage *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out)
{
  /* A style before the end of the body is its last element. */
  if (token->kind == NJ_HTML_END && !self->has_hole && nj_html_token_is (token, "body") && nj_html_scan_is_between (&self->scan))
    {
      flush_run (self, out);
      put_style (self, out);
    }
  if (self->run.len > 0 && self->run.data + self->run.len != text.data)
    flush_run (self, out);
  self->run = self->run.len > 0 ? nj_bytes (self->run.data, self->run.len + text.len) : text;
}

static void
pass_or_cut (NjRewritePage *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out)
{
  gboolean is_meta = token->kind == NJ_HTML_START && !self->in_body && nj_html_token_is (token, "meta");
  gboolean is_other = FALSE;

  if (is_meta || self->cut.n_rules > 0)
    flush_run (self, out);
  if (is_meta)
    is_other = nj_rewrite_meta_change (self, text, &text);
  if (is_other && text.len == 0)
    return;
  if (self->cut.n_rules == 0 || !nj_rewrite_cut_take (&self->cut, token, text, out))
    pass (self, token, text, out);
  if (is_other)
    flush_run (self, out);
}

static void
take (NjRewritePage *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out)
{
  NjRewritePlace where = nj_rewrite_place (self, token, text);

  self->n_seen += text.len;
  if (where == NJ_REWRITE_BEFORE && token->kind == NJ_HTML_TEXT)
    put_blanks (self, &text, out);
  if (where == NJ_REWRITE_BEFORE)
    place (self, out);
  if (self->lookup != NULL && (token->kind == NJ_HTML_START || self->in_program))
    nj_rewrite_tokens_take (self, token, text);
  if (token->kind == NJ_HTML_START && !self->in_body && nj_html_token_is (token, "body"))
    self->in_body = TRUE;
  pass_or_cut (self, token, text, out);
  if (where == NJ_REWRITE_AFTER)
    place (self, out);
}

/* The first bytes of a page in UTF-16. */
static gboolean
is_wide (NjBytes bytes)
{
  return nj_bytes_starts_with (bytes, NJ_BYTES ("\xff\xfe")) || nj_bytes_starts_with (bytes, NJ_BYTES ("\xfe\xff")) ||
         (bytes.len > 0 && memchr (bytes.data, '\0', MIN (bytes.len, 4)) != NULL);
}

/* Returns what is no whole piece. */
static NjBytes
take_all (NjRewritePage *self, NjBytes bytes, gboolean is_last, NjBuffer *out)
{
  while (bytes.len > 0 && !self->is_blind)
    {
      NjHtmlToken token;

      nj_html_scan_next (&self->scan, bytes, is_last, &token);
      if (token.kind == NJ_HTML_MORE)
        break;
      take (self, &token, nj_bytes (bytes.data, token.length), out);
      bytes = nj_bytes (bytes.data + token.length, bytes.len - token.length);
    }
  flush_run (self, out);
  if (!is_last && !self->is_blind)
    return bytes;
  nj_rewrite_cut_finish (&self->cut, out);
  put_bytes (out, bytes);
  return NJ_BYTES_NONE;
}

/* At the end of a page that does not say where its body ends. */
static void
finish (NjRewritePage *self, NjBuffer *out)
{
  if (!self->scan.is_xml && !self->is_blind && !self->has_hole && self->is_placed && nj_html_scan_is_between (&self->scan))
    put_style (self, out);
}

/**
 * nj_rewrite_page_push:
 * @self: a page
 * @bytes: what has come of it
 * @is_last: whether that was all
 * @out: what goes out is put behind
 */
void
nj_rewrite_page_push (NjRewritePage *self, NjBytes bytes, gboolean is_last, NjBuffer *out)
{
  NjBytes rest;

  if (self->held.len > 0 || (self->n_seen == 0 && bytes.len < MARK_SIZE && !is_last))
    {
      put_bytes (&self->held, bytes);
      bytes = nj_bytes ((char *) self->held.data, self->held.len);
      if (self->n_seen == 0 && bytes.len < MARK_SIZE && !is_last)
        return;
    }
  if (self->n_seen == 0 && is_wide (bytes))
    self->is_blind = TRUE;

  rest = take_all (self, bytes, is_last, out);
  if (rest.len > 0 && self->held.len > 0)
    memmove (self->held.data, rest.data, rest.len);
  else if (rest.len > 0)
    put_bytes (&self->held, rest);
  self->held.len = rest.len;
  if (is_last)
    finish (self, out);
  if (self->has_hole)
    fill_hole (self, out);
}
