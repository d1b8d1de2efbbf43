/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of list text to a rule or a named refusal, whatever the format of the list: Adblock's
 * syntax, hosts files, dnsmasq, unbound, response policy zones, plain names. Which lines there are (directives,
 * continuations) is list-reader's. Any thread.
 */
#include "filter/list-parser.h"
#include "base/host.h"
#include "filter/conflict.h"
#include "filter/domains.h"
#include "filter/option.h"
#include "filter/pattern.h"
#include "filter/token.h"

static NjBytes
skip (NjBytes text, gsize n)
{
  return nj_bytes (text.data + n, text.len - n);
}

static gboolean
has_prefix_nocase (NjBytes text, NjBytes prefix)
{
  return text.len >= prefix.len && nj_bytes_equal_nocase (nj_bytes (text.data, prefix.len), prefix);
}

static gboolean
is_comment (NjBytes text)
{
  if (text.data[0] == '!')
    return TRUE;
  /* "[$path=/a]##[b]" is a rule. */
  if (text.data[0] == '[' && !nj_bytes_starts_with (text, NJ_BYTES ("[$")))
    return text.data[text.len - 1] == ']' || has_prefix_nocase (text, NJ_BYTES ("[adblock"));
  if (text.data[0] != '#')
    return FALSE;
  return text.len == 1 || nj_token_is (text.data[1], NJ_CLASS_BLANK) || nj_bytes_starts_with (text, NJ_BYTES ("####"));
}

/* A comment after a rule: blanks and then "#". */
static NjBytes
strip_comment (NjBytes text)
{
  for (gsize i = 1; i < text.len; i++)
    if (text.data[i] == '#' && nj_token_is (text.data[i - 1], NJ_CLASS_BLANK))
      return nj_bytes_trim (nj_bytes (text.data, i));
  return text;
}

static gsize
word_length (NjBytes text)
{
  gsize len = 0;

  while (len < text.len && !nj_token_is (text.data[len], NJ_CLASS_BLANK))
    len++;
  return len;
}

/* "0.0.0.0 name name", 'local-zone: "name" always_nxdomain', "name CNAME .". */
static gboolean
parse_blank_formats (NjBytes text, NjArena *arena, NjLine *line)
{
  gsize   first = word_length (text);
  NjBytes head = nj_bytes (text.data, first);
  NjBytes rest = nj_bytes_trim (skip (text, first));

  if (rest.len == 0)
    return FALSE;

  if (nj_address_parse (head, 0, &(NjAddress){ 0 }))
    line->hosts = rest;
  else if (nj_bytes_equal (head, NJ_BYTES ("local-zone:")) && rest.data[0] == '"')
    {
      const char *end = memchr (rest.data + 1, '"', rest.len - 1);

      if (end == NULL)
        return FALSE;
      line->hosts = nj_bytes (rest.data + 1, end - rest.data - 1);
    }
  else if (nj_bytes_equal (rest, NJ_BYTES ("CNAME .")) || nj_bytes_equal (rest, NJ_BYTES ("CNAME rpz-passthru.")))
    {
      line->hosts = nj_bytes_starts_with (head, NJ_BYTES ("*.")) ? skip (head, 2) : head;
      line->is_exception = rest.len > strlen ("CNAME .");
    }
  else
    return FALSE;

  line->kind = NJ_LINE_HOSTS;
  return TRUE;
}

/* dnsmasq: "address=/name/", "server=/a/b/0.0.0.0", "local=/name/". */
static gboolean
parse_dnsmasq (NjBytes text, NjLine *line)
{
  static const char *const keys[] = { "address=/", "server=/", "local=/" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (nj_bytes_starts_with (text, nj_bytes_from_string (keys[i])))
      {
        const char *last = memrchr (text.data, '/', text.len);

        line->hosts = nj_bytes (text.data + strlen (keys[i]), 0);
        line->hosts.len = last > line->hosts.data ? (gsize) (last - line->hosts.data) : 0;
        line->kind = NJ_LINE_HOSTS;
        return line->hosts.len > 0;
      }
  return FALSE;
}

static NjRefusal
parse_rule (NjBytes text, gboolean is_trusted, NjArena *arena, NjRule *rule)
{
  NjBytes   body = text;
  NjRefusal refusal;
  gssize    start;

  rule->text = text;
  if (nj_bytes_starts_with (body, NJ_BYTES ("@@")))
    {
      rule->is_exception = TRUE;
      body = skip (body, 2);
    }

  start = nj_option_find_start (body);
  if (start < 0)
    return NJ_REFUSAL_HTML;
  if ((gsize) start < body.len)
    {
      refusal = nj_option_parse (skip (body, start + 1), is_trusted, arena, rule);
      if (refusal != NJ_REFUSAL_NONE)
        return refusal;
    }

  refusal = nj_pattern_parse (nj_bytes (body.data, start), arena, rule);
  return refusal != NJ_REFUSAL_NONE ? refusal : nj_conflict_resolve (rule);
}

static void
take_page_line (NjBytes text, NjArena *arena, NjLine *line)
{
  line->kind = NJ_LINE_PAGE;
  line->refusal = nj_page_line_count (&line->page);
  if (line->page.kind != NJ_PAGE_LINE_HEADER)
    return;

  line->refusal = nj_page_line_header_rule (&line->page, text, arena, &line->rule);
  line->kind = line->refusal == NJ_REFUSAL_NONE ? NJ_LINE_RULE : NJ_LINE_REFUSED;
}

/**
 * nj_list_parser_parse:
 * @text: one line of a list, without its line end
 * @is_trusted: whether the list may hold rules that rewrite
 * @arena: where changed texts go
 * @ret_line: (out): what the line says; its texts are slices of @text or live in @arena
 *
 * Any thread. Source: Adblock Plus' syntax as uBlock Origin 1.67 reads it; hosts(5); dnsmasq(8).
 */
void
nj_list_parser_parse (NjBytes text, gboolean is_trusted, NjArena *arena, NjLine *ret_line)
{
  NjRefusal refusal = NJ_REFUSAL_NONE;

  *ret_line = (NjLine){ .kind = NJ_LINE_EMPTY };
  text = nj_bytes_trim (text);
  if (text.len == 0 || is_comment (text))
    return;

  if (text.len <= NJ_LIST_PARSER_LINE_MAX && nj_page_line_parse (text, &ret_line->page))
    {
      take_page_line (text, arena, ret_line);
      return;
    }
  if (text.data[0] == '#')
    return;

  text = strip_comment (text);
  if (text.len > NJ_LIST_PARSER_LINE_MAX)
    refusal = NJ_REFUSAL_TOO_LONG;
  else if (parse_dnsmasq (text, ret_line) || parse_blank_formats (text, arena, ret_line))
    return;
  else
    refusal = parse_rule (text, is_trusted, arena, &ret_line->rule);

  ret_line->kind = refusal == NJ_REFUSAL_NONE ? NJ_LINE_RULE : NJ_LINE_REFUSED;
  ret_line->refusal = refusal;
  if (refusal != NJ_REFUSAL_NONE && refusal != NJ_REFUSAL_TOO_LONG && nj_page_line_parse_dollar (text, &ret_line->page))
    take_page_line (text, arena, ret_line);
}

/* Names a hosts file gives to the machine itself. */
static gboolean
is_local_name (NjBytes host)
{
  static const char *const names[] = { "localhost", "localhost.localdomain", "local", "broadcasthost", "0.0.0.0" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal (host, nj_bytes_from_string (names[i])))
      return TRUE;
  return nj_bytes_starts_with (host, NJ_BYTES ("ip6-"));
}

/**
 * nj_list_parser_next_host:
 * @hosts: (inout): the names of a hosts line that are left
 * @ret_host: (out): the next that is a name to block
 *
 * Any thread.
 *
 * Returns: whether there was one
 */
gboolean
nj_list_parser_next_host (NjBytes *hosts, NjBytes *ret_host)
{
  while (hosts->len > 0)
    {
      gsize   len = 0;
      NjBytes host;

      while (len < hosts->len && !nj_token_is (hosts->data[len], NJ_CLASS_BLANK) && hosts->data[len] != '/')
        len++;
      host = nj_bytes (hosts->data, len);
      *hosts = skip (*hosts, MIN (len + 1, hosts->len));
      if (nj_domains_is_host (host) && host.len <= NJ_HOST_MAX && !is_local_name (host))
        {
          *ret_host = host;
          return TRUE;
        }
    }
  return FALSE;
}

/**
 * nj_list_parser_bare_host:
 * @text: one line of a list
 *
 * The short way for four lines of five: "||name^" and nothing else, in its one form. Any thread.
 *
 * Returns: the length of the name, which starts at the third byte; 0 when the line is anything else
 */
gsize
nj_list_parser_bare_host (NjBytes text)
{
  const char *at = text.data + 2;
  gsize       len = text.len >= 5 ? text.len - 3 : 0;
  char        previous = '.';

  if (len == 0 || len > NJ_HOST_MAX || text.data[0] != '|' || text.data[1] != '|' || at[len] != '^')
    return 0;

  for (gsize i = 0; i < len; i++)
    {
      gboolean is_letter = nj_token_is (at[i], NJ_CLASS_ALNUM);

      if (!is_letter && (previous == '.' || (at[i] != '-' && at[i] != '.' && at[i] != '_')))
        return 0;
      previous = at[i];
    }
  return nj_token_is (previous, NJ_CLASS_ALNUM) ? len : 0;
}
