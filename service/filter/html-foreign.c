/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a tag means for how the source is read on: elements in whose text no tags are looked for, and SVG and MathML, in which
 * there are no such elements but CDATA. For html-scan.c. Source: WHATWG HTML §13.2.6.2, §13.2.6.5.
 */
#include "filter/html-scan.h"

enum
{
  SVG = 1,
  MATH,
  WAY_OUT /* an element of theirs that holds HTML again */
};

/* A browser runs scripts, so that what is in noscript is text. */
static const char *const raw_names[] = { "iframe", "noembed", "noframes", "noscript", "plaintext", "script",
                                         "style",  "textarea", "title",   "xmp" };

static const char *const svg_ways_out[] = { "desc", "foreignobject", "title" };
static const char *const math_ways_out[] = { "annotation-xml", "mi", "mn", "mo", "ms", "mtext" };

/* They end SVG and MathML wherever they stand. */
static const char *const breakouts[] = {
  "b",    "big",    "blockquote", "body", "br",    "center", "code", "dd",     "div",   "dl",   "dt",
  "em",   "embed",  "h1",         "h2",   "h3",    "h4",     "h5",   "h6",     "head",  "hr",   "i",
  "img",  "li",     "listing",    "menu", "meta",  "nobr",   "ol",   "p",      "pre",   "ruby", "s",
  "small", "span",  "strike",     "strong", "sub", "sup",    "table", "tt",    "u",     "ul",   "var",
};

#define IS_ONE_OF(name, table) is_one_of (name, table, G_N_ELEMENTS (table))

static gboolean
is_one_of (const char *name, const char *const *table, guint n)
{
  for (guint i = 0; i < n; i++)
    if (table[i][0] == name[0] && strcmp (table[i], name) == 0)
      return TRUE;
  return FALSE;
}

static guint8
top (const NjHtmlScan *self)
{
  return self->n_foreign > 0 ? self->foreign[self->n_foreign - 1] : 0;
}

static void
push (NjHtmlScan *self, guint8 what)
{
  if (self->n_foreign < NJ_HTML_FOREIGN_MAX)
    self->foreign[self->n_foreign++] = what;
}

/**
 * nj_html_scan_is_foreign:
 * @self: a scanner
 *
 * Returns: whether tags here are those of SVG or MathML
 */
gboolean
nj_html_scan_is_foreign (const NjHtmlScan *self)
{
  return top (self) == SVG || top (self) == MATH;
}

static void
enter_foreign (NjHtmlScan *self, const NjHtmlToken *token)
{
  if (IS_ONE_OF (token->name, breakouts))
    {
      while (nj_html_scan_is_foreign (self))
        self->n_foreign--;
      return;
    }
  if (token->is_closed)
    return;
  if (top (self) == SVG && nj_html_token_is (token, "svg"))
    push (self, SVG);
  else if (top (self) == SVG ? IS_ONE_OF (token->name, svg_ways_out) : IS_ONE_OF (token->name, math_ways_out))
    push (self, WAY_OUT);
}

/**
 * nj_html_scan_enter:
 * @self: a scanner behind a start tag
 * @token: the tag
 *
 * For html-scan.c.
 */
void
nj_html_scan_enter (NjHtmlScan *self, const NjHtmlToken *token)
{
  if (nj_html_scan_is_foreign (self))
    enter_foreign (self, token);
  else if (IS_ONE_OF (token->name, raw_names))
    {
      g_strlcpy (self->raw, token->name, sizeof self->raw);
      self->escape = 0;
      self->dashes = 0;
    }
  else if (!token->is_closed && nj_html_token_is (token, "svg"))
    push (self, SVG);
  else if (!token->is_closed && nj_html_token_is (token, "math"))
    push (self, MATH);
}

/**
 * nj_html_scan_leave:
 * @self: a scanner behind an end tag
 * @name: of the tag, lower case
 *
 * For html-scan.c.
 */
void
nj_html_scan_leave (NjHtmlScan *self, const char *name)
{
  switch (top (self))
    {
    case SVG:
    case MATH:
      if (strcmp (name, top (self) == SVG ? "svg" : "math") == 0)
        self->n_foreign--;
      else if (strcmp (name, "p") == 0 || strcmp (name, "br") == 0)
        while (nj_html_scan_is_foreign (self))
          self->n_foreign--;
      return;
    case WAY_OUT:
      if (IS_ONE_OF (name, svg_ways_out) || IS_ONE_OF (name, math_ways_out))
        self->n_foreign--;
      return;
    default:
      return;
    }
}
