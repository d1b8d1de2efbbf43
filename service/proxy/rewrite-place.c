/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where in a page style and script of ours belong: in its head, before anything that runs, also where no head is written
 * down. Browsers look for a page's encoding in its first 1024 bytes, so while it was not said, ours waits behind the meta
 * elements that come first. In the session's fiber. Source: WHATWG HTML §13.2.3.2, §13.2.6.4.1-4.
 */
#include "proxy/rewrite-page.h"

#define CHARSET_WITHIN 1024

enum
{
  AT_START,
  IN_HEAD, /* behind "<head>" or the first meta, waiting for the encoding */
  PLACED
};

static gboolean
is_blank_text (NjBytes text, gboolean may_have_mark)
{
  if (may_have_mark && nj_bytes_starts_with (text, NJ_BYTES ("\xef\xbb\xbf")))
    text = nj_bytes (text.data + 3, text.len - 3);
  for (gsize i = 0; i < text.len; i++)
    if (text.data[i] == '\0' || strchr (" \t\n\f\r", text.data[i]) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * nj_rewrite_place_is_readable:
 * @charset: the name of an encoding
 *
 * Returns: whether the bytes of tags mean tags in it and nothing else
 */
gboolean
nj_rewrite_place_is_readable (NjBytes charset)
{
  static const NjBytes others[] = { { "utf-16", 6 }, { "utf-32", 6 }, { "utf-7", 5 },    { "utf7", 4 },
                                    { "ucs-2", 5 },  { "iso-10646", 9 }, { "iso-2022", 8 }, { "csiso2022", 9 },
                                    { "hz", 2 },     { "unicode", 7 },   { "utf16", 5 },    { "utf32", 5 } };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (charset.len >= others[i].len && nj_bytes_equal_nocase (nj_bytes (charset.data, others[i].len), others[i]))
      return FALSE;
  return TRUE;
}

/* A meta element; whether it says the encoding. */
static gboolean
says_charset (NjRewritePage *self, NjBytes tag)
{
  NjHtmlAttribute attribute;

  if (nj_html_attribute_find (tag, NJ_BYTES ("charset"), &attribute))
    {
      /* UTF-16 said here cannot be true: browsers read UTF-8 then. */
      self->is_blind = nj_bytes_starts_with (attribute.value, NJ_BYTES ("iso-2022"));
      return TRUE;
    }
  return nj_html_attribute_find (tag, NJ_BYTES ("http-equiv"), &attribute) &&
         nj_bytes_equal_nocase (attribute.value, NJ_BYTES ("content-type"));
}

static NjRewritePlace
place (NjRewritePage *self, NjRewritePlace where)
{
  if (where != NJ_REWRITE_PASS)
    self->phase = PLACED;
  return where;
}

/* A picture or a page, by its root; of other documents nothing is changed. */
static NjRewritePlace
take_root (NjRewritePage *self, const NjHtmlToken *token, NjBytes tag)
{
  gboolean is_page = nj_bytes_find (tag, NJ_BYTES ("http://www.w3.org/1999/xhtml")) >= 0;
  gboolean is_picture = nj_bytes_find (tag, NJ_BYTES ("http://www.w3.org/2000/svg")) >= 0;

  self->has_root = TRUE;
  self->is_blind = (!is_page && !is_picture) || token->is_closed;
  return is_picture && !self->is_blind ? NJ_REWRITE_AFTER : NJ_REWRITE_PASS;
}

static NjRewritePlace
place_start (NjRewritePage *self, const NjHtmlToken *token, NjBytes text)
{
  if (self->scan.is_xml && !self->has_root)
    return take_root (self, token, text);
  if (nj_html_token_is (token, "html"))
    return NJ_REWRITE_PASS;
  if (nj_html_token_is (token, "head"))
    {
      self->phase = IN_HEAD;
      return self->has_charset && !token->is_closed ? NJ_REWRITE_AFTER : NJ_REWRITE_PASS;
    }
  if (self->scan.is_xml || self->has_charset)
    return NJ_REWRITE_BEFORE;
  if (nj_html_token_is (token, "meta"))
    return says_charset (self, text) ? NJ_REWRITE_AFTER : NJ_REWRITE_PASS;
  if (nj_html_token_is (token, "title"))
    {
      self->in_title = TRUE;
      return NJ_REWRITE_PASS;
    }
  return NJ_REWRITE_BEFORE;
}

static NjRewritePlace
place_end (NjRewritePage *self, const NjHtmlToken *token)
{
  /* Other end tags mean nothing here. */
  static const char *const ending[] = { "head", "body", "html", "br" };

  if (nj_html_token_is (token, "title"))
    {
      self->in_title = FALSE;
      return NJ_REWRITE_PASS;
    }
  if (self->scan.is_xml && self->phase != IN_HEAD)
    return NJ_REWRITE_PASS;
  for (guint i = 0; i < G_N_ELEMENTS (ending); i++)
    if (nj_html_token_is (token, ending[i]))
      return NJ_REWRITE_BEFORE;
  return NJ_REWRITE_PASS;
}

/**
 * nj_rewrite_place:
 * @self: a page
 * @token: its next piece
 * @text: as written
 *
 * Returns: whether ours belongs here; once it was said, it is not said again
 */
NjRewritePlace
nj_rewrite_place (NjRewritePage *self, const NjHtmlToken *token, NjBytes text)
{
  gboolean is_first = self->n_seen == 0;

  if (self->phase == PLACED)
    return NJ_REWRITE_PASS;
  if (is_first && nj_bytes_starts_with (text, NJ_BYTES ("\xef\xbb\xbf")))
    self->has_charset = TRUE;
  if (self->n_seen > CHARSET_WITHIN || self->scan.is_xml)
    self->has_charset = TRUE;

  switch (token->kind)
    {
    case NJ_HTML_START:
      return place (self, place_start (self, token, text));
    case NJ_HTML_END:
      return place (self, place_end (self, token));
    case NJ_HTML_TEXT:
      if (self->in_title || self->scan.is_xml || is_blank_text (text, is_first))
        return NJ_REWRITE_PASS;
      return place (self, NJ_REWRITE_BEFORE);
    default:
      return NJ_REWRITE_PASS;
    }
}
