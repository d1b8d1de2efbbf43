/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The values of domain=, to= and denyallow=: names, entities ("google.*") and regular expressions on
 * a host, negated or not. Whether a host falls under a list is asked in condition.c. Any thread.
 */
#include "filter/domains.h"
#include "base/host.h"
#include "filter/regex.h"
#include "filter/token.h"

/**
 * nj_domains_is_host:
 * @text: text
 *
 * Whether it is a host name in the one form that needs no more care: lower case labels that start
 * with a letter or digit, the last of two or more without an underscore. Any thread.
 *
 * Returns: whether it is
 */
gboolean
nj_domains_is_host (NjBytes text)
{
  gsize label = 0;

  if (text.len < 2)
    return FALSE;

  for (gsize i = 0; i < text.len; i++)
    {
      char c = text.data[i];

      if (c == '.')
        {
          if (i == label)
            return FALSE;
          label = i + 1;
        }
      else if (!nj_token_is (c, NJ_CLASS_ALNUM) && ((c != '-' && c != '_') || i == label))
        return FALSE;
    }

  return text.len >= label + 2 && nj_token_is (text.data[text.len - 1], NJ_CLASS_ALNUM)
         && memchr (text.data + label, '_', text.len - label) == NULL;
}

/**
 * nj_domains_host:
 * @text: a host name as somebody wrote it
 * @arena: where a changed name goes
 *
 * Any thread.
 *
 * Returns: its one form (lower case, punycode); empty when it is none
 */
NjBytes
nj_domains_host (NjBytes text, NjArena *arena)
{
  char  host[NJ_HOST_MAX + 1];
  gsize len;

  if (nj_domains_is_host (text))
    return text.len <= NJ_HOST_MAX ? text : NJ_BYTES_NONE;
  if (text.len == 0 || text.data[text.len - 1] == '.')
    return NJ_BYTES_NONE;

  len = nj_host_normalize (text, host);
  return len > 0 ? nj_arena_copy (arena, nj_bytes (host, len)) : NJ_BYTES_NONE;
}

static NjRefusal
parse_regex (NjBytes value, gsize start, gsize *ret_end, NjDomain *domain)
{
  gsize end = start + 1;

  while (end < value.len && value.data[end] != '/')
    end += value.data[end] == '\\' && end + 1 < value.len ? 2 : 1;
  if (end >= value.len)
    return NJ_REFUSAL_BAD_DOMAIN;

  domain->name = nj_bytes (value.data + start + 1, end - start - 1);
  domain->is_regex = TRUE;
  *ret_end = end + 1;
  if (domain->name.len == 0 || !nj_regex_is_valid (domain->name))
    return NJ_REFUSAL_BAD_REGEX;
  return NJ_REFUSAL_NONE;
}

static NjRefusal
parse_name (NjBytes text, guint allowed, NjArena *arena, NjDomain *domain)
{
  NjBytes stem = text;
  NjBytes host;

  if (text.len > 2 && text.data[text.len - 1] == '*' && text.data[text.len - 2] == '.')
    {
      if ((allowed & NJ_DOMAINS_ENTITY) == 0)
        return NJ_REFUSAL_BAD_DOMAIN;
      domain->is_entity = TRUE;
      stem.len -= 2;
    }

  host = nj_domains_host (stem, arena);
  if (host.len == 0)
    return NJ_REFUSAL_BAD_DOMAIN;

  if (!domain->is_entity)
    domain->name = host;
  else if (host.data == stem.data)
    domain->name = text;
  else
    domain->name = nj_arena_printf (arena, "%.*s.*", NJ_BYTES_ARGS (host));
  return NJ_REFUSAL_NONE;
}

static NjRefusal
parse_item (NjBytes value, gsize *at, guint allowed, NjArena *arena, NjDomain *domain)
{
  gsize       start = *at;
  const char *bar;

  *domain = (NjDomain){ 0 };
  if (start < value.len && value.data[start] == '~')
    {
      if ((allowed & NJ_DOMAINS_NEGATION) == 0)
        return NJ_REFUSAL_BAD_DOMAIN;
      domain->is_negated = TRUE;
      start++;
    }

  if (start < value.len && value.data[start] == '/')
    {
      if ((allowed & NJ_DOMAINS_REGEX) == 0)
        return NJ_REFUSAL_BAD_DOMAIN;
      return parse_regex (value, start, at, domain);
    }

  bar = start < value.len ? memchr (value.data + start, '|', value.len - start) : NULL;
  *at = bar != NULL ? (gsize) (bar - value.data) : value.len;
  return parse_name (nj_bytes (value.data + start, *at - start), allowed, arena, domain);
}

/**
 * nj_domains_parse:
 * @value: names between bars, such as "example.com|~www.example.com"
 * @allowed: what may stand there besides names
 * @arena: where the list goes
 * @ret_list: (out): the list; its names are slices of @value where nothing had to be changed
 *
 * Any thread.
 *
 * Returns: %NJ_REFUSAL_NONE, or what is wrong
 */
NjRefusal
nj_domains_parse (NjBytes value, guint allowed, NjArena *arena, NjDomainList *ret_list)
{
  guint n = 1;
  gsize at = 0;

  for (gsize i = 0; i < value.len; i++)
    n += value.data[i] == '|';

  ret_list->items = nj_arena_alloc (arena, n * sizeof (NjDomain));
  ret_list->n = 0;

  for (;;)
    {
      NjRefusal refusal = parse_item (value, &at, allowed, arena, &ret_list->items[ret_list->n]);

      if (refusal != NJ_REFUSAL_NONE)
        return refusal;
      ret_list->n++;
      if (at == value.len)
        return NJ_REFUSAL_NONE;
      if (value.data[at] != '|' || at + 1 == value.len)
        return NJ_REFUSAL_BAD_DOMAIN;
      at++;
    }
}
