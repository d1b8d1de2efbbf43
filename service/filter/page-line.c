/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that change pages: where the mark stands that makes a line one, what is before and after it, and which kind
 * it is. A field to be removed from responses becomes a network rule here; what else there is page-compiler.c keeps.
 * Any thread.
 */
#include "filter/page-line.h"
#include "filter/domains.h"
#include "filter/html-rule.h"
#include "filter/page-condition.h"
#include "filter/page-sheet.h"
#include "filter/scriptlet.h"

/* Operators that no style sheet knows. */
static const char *const procedural[] = {
  ":-abp-contains(", ":-abp-has(", ":-abp-properties(", ":contains(", ":has-text(", ":if(", ":if-not(",
  ":matches-attr(", ":matches-css(", ":matches-css-after(", ":matches-css-before(", ":matches-media(", ":matches-path(",
  ":matches-property(", ":matches-prop(", ":min-text-length(", ":nth-ancestor(", ":others(", ":remove(", ":remove-attr(",
  ":remove-class(", ":shadow(", ":upward(", ":watch-attr(", ":xpath(",
};

/* The fields that a list may take out of a response. Source: uBlock Origin 1.67. */
static const char *const removable[] = { "location", "refresh", "report-to", "set-cookie" };

static const char *const kind_names[NJ_N_PAGE_LINE_KINDS] = {
  [NJ_PAGE_LINE_HIDE] = "hide",         [NJ_PAGE_LINE_STYLE] = "style",   [NJ_PAGE_LINE_PROCEDURAL] = "procedural",
  [NJ_PAGE_LINE_SCRIPTLET] = "scriptlet", [NJ_PAGE_LINE_SCRIPT] = "script", [NJ_PAGE_LINE_HTML] = "html",
  [NJ_PAGE_LINE_HEADER] = "responseheader",
};

/* The length of the mark that makes a page rule at @at ("##", "#@#", "#?#", "#$?#", "#%#"…), or 0. */
static gsize
mark_length (NjBytes text, gsize at)
{
  gsize i = at + 1;

  if (i < text.len && text.data[i] == '@')
    i++;
  if (i < text.len && text.data[i] == '$')
    {
      i++;
      if (i < text.len && text.data[i] == '?')
        i++;
    }
  else if (i < text.len && (text.data[i] == '%' || text.data[i] == '?'))
    i++;
  return i + 1 < text.len && text.data[i] == '#' ? i + 1 - at : 0;
}

static gboolean
holds (NjBytes text, char c)
{
  return text.len > 0 && memchr (text.data, c, text.len) != NULL;
}

/* Whether one ":has()" is within another, which no style sheet knows. What is in quotes only looks so, and does no harm. */
static gboolean
has_nested (NjBytes body)
{
  const NjBytes has = NJ_BYTES (":has(");
  gint          depth = 0, opened = 0; /* how deep; where the first is open, 0 nowhere */

  for (gsize i = 0; i < body.len; i++)
    {
      if (body.data[i] == '\\')
        i++;
      else if (body.data[i] == ':' && nj_bytes_starts_with (nj_bytes (body.data + i, body.len - i), has))
        {
          if (opened > 0)
            return TRUE;
          opened = depth + 1;
        }
      else if (body.data[i] == '(')
        depth++;
      else if (body.data[i] == ')' && depth-- == opened)
        opened = 0;
    }
  return FALSE;
}

static gboolean
is_procedural (NjBytes body)
{
  for (guint i = 0; holds (body, ':') && i < G_N_ELEMENTS (procedural); i++)
    if (nj_bytes_find (body, nj_bytes_from_string (procedural[i])) >= 0)
      return TRUE;
  return holds (body, ':') && has_nested (body);
}

/* Takes "name(" from the start and ")" from the end. */
static gboolean
unwrap (NjBytes *body, NjBytes start)
{
  if (!nj_bytes_starts_with (*body, start) || body->len == start.len || body->data[body->len - 1] != ')')
    return FALSE;
  *body = nj_bytes_trim (nj_bytes (body->data + start.len, body->len - start.len - 1));
  return TRUE;
}

static NjPageLineKind
kind_of (NjBytes mark, NjBytes *body)
{
  if (holds (mark, '%'))
    return nj_bytes_starts_with (*body, NJ_BYTES ("//scriptlet(")) ? NJ_PAGE_LINE_SCRIPTLET : NJ_PAGE_LINE_SCRIPT;
  if (unwrap (body, NJ_BYTES ("+js(")))
    return NJ_PAGE_LINE_SCRIPTLET;
  if (unwrap (body, NJ_BYTES ("^responseheader(")))
    return NJ_PAGE_LINE_HEADER;
  if (body->len > 0 && body->data[0] == '^')
    {
      *body = nj_bytes (body->data + 1, body->len - 1);
      return NJ_PAGE_LINE_HTML;
    }
  return holds (mark, '$') ? NJ_PAGE_LINE_STYLE : NJ_PAGE_LINE_HIDE;
}

/**
 * nj_page_line_refine:
 * @line: (inout): a line that was parsed
 *
 * Tells selectors for programs and those with declarations from plain ones; apart from parsing, for it takes long and
 * where network rules are compiled nobody asks. Any thread.
 */
void
nj_page_line_refine (NjPageLine *line)
{
  if (line->kind != NJ_PAGE_LINE_HIDE && line->kind != NJ_PAGE_LINE_STYLE)
    return;
  /* "{remove: true;}" is no declaration of a style sheet. */
  if (is_procedural (line->body)
      || (nj_bytes_ends_with (line->body, NJ_BYTES ("}")) && nj_bytes_find (line->body, NJ_BYTES ("{remove:")) >= 0))
    line->kind = NJ_PAGE_LINE_PROCEDURAL;
  else if (nj_bytes_find (line->body, NJ_BYTES (":style(")) >= 0 || nj_bytes_ends_with (line->body, NJ_BYTES ("}")))
    line->kind = NJ_PAGE_LINE_STYLE;
}

/**
 * nj_page_line_parse:
 * @text: a line of a list that is no comment
 * @ret_line: (out): its parts
 *
 * As in uBlock Origin the mark may stand anywhere. Any thread.
 *
 * Returns: whether it changes pages
 */
gboolean
nj_page_line_parse (NjBytes text, NjPageLine *ret_line)
{
  const char *hash = memchr (text.data, '#', text.len);

  while (hash != NULL)
    {
      gsize at = hash - text.data;
      gsize len = mark_length (text, at);

      if (len > 0)
        {
          NjBytes mark = nj_bytes (hash, len);

          ret_line->domains = nj_bytes_trim (nj_bytes (text.data, at));
          ret_line->body = nj_bytes_trim (nj_bytes (hash + len, text.len - at - len));
          ret_line->path = NJ_BYTES_NONE;
          ret_line->is_exception = holds (mark, '@');
          ret_line->kind = kind_of (mark, &ret_line->body);
          return TRUE;
        }
      hash = memchr (hash + 1, '#', text.len - at - 1);
    }
  return FALSE;
}

/**
 * nj_page_line_parse_dollar:
 * @text: a line of a list that is nothing else
 * @ret_line: (out): its parts
 *
 * AdGuard's way to take elements out of the source: "site.example$$script[src]". Any thread.
 *
 * Returns: whether it is one
 */
gboolean
nj_page_line_parse_dollar (NjBytes text, NjPageLine *ret_line)
{
  static const NjBytes marks[] = { { "$@$", 3 }, { "$$", 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      gssize at = nj_bytes_find (text, marks[i]);

      if (at < 0)
        continue;
      *ret_line = (NjPageLine){ .kind = NJ_PAGE_LINE_HTML, .is_exception = marks[i].len == 3 };
      ret_line->domains = nj_bytes_trim (nj_bytes (text.data, at));
      ret_line->body = nj_bytes_trim (nj_bytes (text.data + at + marks[i].len, text.len - at - marks[i].len));
      return ret_line->body.len > 0;
    }
  return FALSE;
}

/**
 * nj_page_line_count:
 * @line: a line
 *
 * Any thread.
 *
 * Returns: under what the line is counted where no pages are changed
 */
NjRefusal
nj_page_line_count (const NjPageLine *line)
{
  switch (line->kind)
    {
    case NJ_PAGE_LINE_SCRIPTLET:
    case NJ_PAGE_LINE_SCRIPT:
      return NJ_REFUSAL_SCRIPTLET;
    case NJ_PAGE_LINE_HTML:
    case NJ_PAGE_LINE_HEADER:
      return NJ_REFUSAL_HTML;
    default:
      return NJ_REFUSAL_COSMETIC;
    }
}

/* The first of the domains, without the comma after it: expressions may hold commas. */
static NjBytes
next_domain (NjBytes *rest)
{
  gsize start = rest->data[0] == '~', len = 0;
  NjBytes name;

  if (start < rest->len && rest->data[start] == '/')
    for (len = start + 1; len < rest->len; len++)
      if (rest->data[len] == '/' && (len + 1 == rest->len || rest->data[len + 1] == ','))
        break;
  while (len < rest->len && rest->data[len] != ',')
    len++;
  name = nj_bytes_trim (nj_bytes (rest->data, len));
  *rest = len < rest->len ? nj_bytes (rest->data + len + 1, rest->len - len - 1) : NJ_BYTES_NONE;
  /* "site.example>>" also means frames in pages of that site, which cannot be told here from any others. */
  if (nj_bytes_ends_with (name, NJ_BYTES (">>")))
    name.len -= 2;
  return name;
}

/**
 * nj_page_line_domains:
 * @line: a line
 * @arena: where the list goes
 * @ret_list: (out): its domains; none when it is about all
 *
 * Nothing between two commas is passed over. Any thread.
 *
 * Returns: %NJ_REFUSAL_NONE, or why the line cannot be used
 */
NjRefusal
nj_page_line_domains (const NjPageLine *line, NjArena *arena, NjDomainList *ret_list)
{
  const guint allowed = NJ_DOMAINS_NEGATION | NJ_DOMAINS_ENTITY | NJ_DOMAINS_REGEX;
  NjBytes     rest = line->domains;
  guint       n = 1, n_wanted = 0;

  *ret_list = (NjDomainList){ NULL, 0 };
  if (rest.len == 0 || nj_bytes_equal (rest, NJ_BYTES ("*")))
    return NJ_REFUSAL_NONE;
  if (rest.data[0] == '[')
    return NJ_REFUSAL_UNSUPPORTED;

  for (gsize i = 0; i < rest.len; i++)
    n += rest.data[i] == ',';
  ret_list->items = nj_arena_alloc (arena, n * sizeof (NjDomain));
  while (rest.len > 0)
    {
      NjBytes      name = next_domain (&rest);
      NjDomainList one;

      if (name.len == 0)
        continue;
      n_wanted++;
      if (nj_domains_parse (name, allowed, arena, &one) == NJ_REFUSAL_NONE && one.n == 1)
        ret_list->items[ret_list->n++] = one.items[0];
    }
  return n_wanted > 0 && ret_list->n == n_wanted ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_DOMAIN;
}

static gboolean
holds_text (NjBytes text, const char *part)
{
  return nj_bytes_find (text, nj_bytes_from_string (part)) >= 0;
}

/* Declarations of untrusted lists name no address: the page would ask for it. */
static gboolean
names_address (NjBytes body)
{
  return holds_text (body, "url(") || holds_text (body, "image(") || holds_text (body, "image-set(") || holds (body, '\\');
}

static gboolean
is_trusted_scriptlet (NjBytes body)
{
  return nj_bytes_starts_with (body, NJ_BYTES ("trusted-")) || holds_text (body, "'trusted-") || holds_text (body, "\"trusted-");
}

/* A scriptlet or an operator that nobody knows is none that could be applied. */
static NjRefusal
judge_program (const NjPageLine *line, gboolean is_trusted, NjArena *arena)
{
  gboolean          is_scriptlet = line->kind == NJ_PAGE_LINE_SCRIPTLET;
  NjBytes           name;
  NjScriptletResult result;

  if (is_scriptlet && !is_trusted && is_trusted_scriptlet (line->body))
    return NJ_REFUSAL_UNTRUSTED;
  if (line->is_exception)
    return NJ_REFUSAL_NONE;
  result = is_scriptlet ? nj_scriptlet_check (line->body, is_trusted, arena, &name)
                        : nj_scriptlet_check_procedural (line->body, &name);
  switch (result)
    {
    case NJ_SCRIPTLET_TAKEN:
      return NJ_REFUSAL_NONE;
    case NJ_SCRIPTLET_UNTRUSTED:
      return NJ_REFUSAL_UNTRUSTED;
    case NJ_SCRIPTLET_UNKNOWN:
      return is_scriptlet ? NJ_REFUSAL_SCRIPTLET : NJ_REFUSAL_COSMETIC;
    default:
      return NJ_REFUSAL_BAD_VALUE;
    }
}

/* What does not close would swallow the rules that follow. */
static NjRefusal
judge_sheet (const NjPageLine *line)
{
  NjPageRule rule = { .kind = line->kind, .body = line->body };
  NjBuffer   sheet = { 0 };
  gboolean   is_added = nj_page_sheet_add (&sheet, &rule);

  nj_buffer_clear (&sheet);
  return is_added ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_PATTERN;
}

static NjRefusal
judge_html (const NjPageLine *line)
{
  g_autoptr (NjHtmlRule) rule = line->is_exception ? NULL : nj_html_rule_new (line->body);

  return rule != NULL || line->is_exception ? NJ_REFUSAL_NONE : NJ_REFUSAL_HTML;
}

static NjRefusal
judge_body (const NjPageLine *line, gboolean is_trusted, NjArena *arena)
{
  NjBytes body = line->body;

  if (body.len == 0)
    return line->kind == NJ_PAGE_LINE_SCRIPTLET && line->is_exception ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_PATTERN;

  switch (line->kind)
    {
    case NJ_PAGE_LINE_HIDE:
      return judge_sheet (line);
    case NJ_PAGE_LINE_STYLE:
      /* Without declarations it is a snippet of Adblock Plus. */
      if (!holds (body, '{') && !holds_text (body, ":style("))
        return NJ_REFUSAL_UNSUPPORTED;
      return !is_trusted && names_address (body) ? NJ_REFUSAL_UNTRUSTED : judge_sheet (line);
    case NJ_PAGE_LINE_SCRIPT:
      return is_trusted ? NJ_REFUSAL_NONE : NJ_REFUSAL_UNTRUSTED;
    case NJ_PAGE_LINE_SCRIPTLET:
    case NJ_PAGE_LINE_PROCEDURAL:
      return judge_program (line, is_trusted, arena);
    case NJ_PAGE_LINE_HTML:
      return judge_html (line);
    default:
      return NJ_REFUSAL_NONE;
    }
}

/**
 * nj_page_line_judge:
 * @line: (inout): a line that was parsed; gets its kind by nj_page_line_refine(), and its condition is taken off its domains
 * @is_trusted: whether its list may rewrite
 * @arena: where the list goes
 * @ret_list: (out): its domains
 *
 * Any thread.
 *
 * Returns: %NJ_REFUSAL_NONE, or why the line cannot be used in such a list
 */
NjRefusal
nj_page_line_judge (NjPageLine *line, gboolean is_trusted, NjArena *arena, NjDomainList *ret_list)
{
  NjRefusal refusal;

  nj_page_line_refine (line);
  refusal = judge_body (line, is_trusted, arena);
  if (refusal == NJ_REFUSAL_NONE)
    refusal = nj_page_condition_take (&line->domains, arena, &line->path);
  return refusal != NJ_REFUSAL_NONE ? refusal : nj_page_line_domains (line, arena, ret_list);
}

/**
 * nj_page_line_header_rule:
 * @line: a line of %NJ_PAGE_LINE_HEADER
 * @text: the whole line
 * @arena: where changed texts go
 * @ret_rule: (out): a network rule that does the same
 *
 * The domains are those of the page itself, not of who embeds it. Any thread. Source: uBlock Origin 1.67.
 *
 * Returns: %NJ_REFUSAL_NONE, or why there is none
 */
NjRefusal
nj_page_line_header_rule (const NjPageLine *line, NjBytes text, NjArena *arena, NjRule *ret_rule)
{
  gboolean is_removable = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (removable); i++)
    is_removable |= nj_bytes_equal (line->body, nj_bytes_from_string (removable[i]));
  if (!is_removable)
    return NJ_REFUSAL_BAD_VALUE;

  *ret_rule = (NjRule){ .text = text,
                        .kind = NJ_PATTERN_ANY,
                        .types = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_SUBDOCUMENT),
                        .modifier = NJ_MODIFIER_REMOVE_HEADER,
                        .value = line->body,
                        .has_options = TRUE,
                        .is_exception = line->is_exception };
  return nj_page_line_domains (line, arena, &ret_rule->to);
}

/**
 * nj_page_kind_name:
 * @kind: what a rule does to a page
 *
 * Any thread.
 *
 * Returns: its name, never translated
 */
const char *
nj_page_kind_name (NjPageLineKind kind)
{
  return (guint) kind < NJ_N_PAGE_LINE_KINDS ? kind_names[kind] : "unknown";
}
