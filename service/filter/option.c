/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of a rule: where they start, what each means, which go together. An option that is
 * not understood refuses the rule, since leaving it out would widen the rule. Any thread.
 */
#include "filter/option.h"
#include "filter/conflict.h"
#include "filter/domains.h"
#include "filter/token.h"

#include <stdlib.h>

typedef enum
{
  OPTION_TYPE,     /* argument: type bits */
  OPTION_ALL,
  OPTION_PARTY,    /* argument: NJ_PARTY_ */
  OPTION_STRICT,   /* argument: NJ_PARTY_ */
  OPTION_FLAG,     /* argument: a FLAG_ */
  OPTION_HIDE,     /* argument: type bits */
  OPTION_FROM,
  OPTION_TO,
  OPTION_DENY,
  OPTION_METHOD,
  OPTION_HEADER,
  OPTION_ADDRESS,
  OPTION_REASON,
  OPTION_MODIFIER, /* argument: NjModifier */
  OPTION_EMPTY,
  OPTION_MP4,
  OPTION_NOTHING,
  OPTION_INERT     /* AdGuard or Adblock Plus: known, refused by name */
} OptionKind;

enum
{
  FLAG_IMPORTANT = 1,
  FLAG_BADFILTER = 2,
  FLAG_MATCH_CASE = 4,
  FLAG_GENERIC_BLOCK = 8
};

typedef struct
{
  const char *name;
  guint8      kind;
  guint8      group; /* options of one group are aliases: only one may stand in a rule */
  guint32     argument;
} Option;

#define TYPE(t) NJ_TYPE_BIT (NJ_TYPE_##t)

/* Sorted by name, for bsearch(). */
static const Option options[] = {
  { "1p", OPTION_PARTY, 1, NJ_PARTY_FIRST },
  { "3p", OPTION_PARTY, 2, NJ_PARTY_THIRD },
  { "all", OPTION_ALL, 3, 0 },
  { "app", OPTION_INERT, 60, 0 },
  { "badfilter", OPTION_FLAG, 4, FLAG_BADFILTER },
  { "beacon", OPTION_TYPE, 5, TYPE (PING) },
  { "client", OPTION_INERT, 60, 0 },
  { "cname", OPTION_TYPE, 6, NJ_TYPE_BIT_CNAME },
  { "content", OPTION_INERT, 60, 0 },
  { "cookie", OPTION_MODIFIER, 48, NJ_MODIFIER_COOKIE },
  { "csp", OPTION_MODIFIER, 7, NJ_MODIFIER_CSP },
  { "css", OPTION_TYPE, 8, TYPE (STYLESHEET) },
  { "ctag", OPTION_INERT, 60, 0 },
  { "denyallow", OPTION_DENY, 9, 0 },
  { "dnsrewrite", OPTION_INERT, 60, 0 },
  { "dnstype", OPTION_INERT, 60, 0 },
  { "doc", OPTION_TYPE, 10, TYPE (DOCUMENT) },
  { "document", OPTION_TYPE, 10, TYPE (DOCUMENT) },
  { "domain", OPTION_FROM, 11, 0 },
  { "ehide", OPTION_HIDE, 12, NJ_TYPE_BIT_GENERIC_HIDE | NJ_TYPE_BIT_SPECIFIC_HIDE },
  { "elemhide", OPTION_HIDE, 12, NJ_TYPE_BIT_GENERIC_HIDE | NJ_TYPE_BIT_SPECIFIC_HIDE },
  { "empty", OPTION_EMPTY, 13, 0 },
  { "extension", OPTION_INERT, 60, 0 },
  { "first-party", OPTION_PARTY, 1, NJ_PARTY_FIRST },
  { "font", OPTION_TYPE, 14, TYPE (FONT) },
  { "frame", OPTION_TYPE, 15, TYPE (SUBDOCUMENT) },
  { "from", OPTION_FROM, 11, 0 },
  { "genericblock", OPTION_FLAG, 16, FLAG_GENERIC_BLOCK },
  { "generichide", OPTION_HIDE, 17, NJ_TYPE_BIT_GENERIC_HIDE },
  { "ghide", OPTION_HIDE, 17, NJ_TYPE_BIT_GENERIC_HIDE },
  { "header", OPTION_HEADER, 18, 0 },
  { "hls", OPTION_INERT, 60, 0 },
  { "image", OPTION_TYPE, 19, TYPE (IMAGE) },
  { "important", OPTION_FLAG, 20, FLAG_IMPORTANT },
  { "inline-font", OPTION_TYPE, 21, NJ_TYPE_BIT_INLINE_FONT },
  { "inline-script", OPTION_TYPE, 22, NJ_TYPE_BIT_INLINE_SCRIPT },
  { "ipaddress", OPTION_ADDRESS, 23, 0 },
  { "jsinject", OPTION_INERT, 60, 0 },
  { "jsonprune", OPTION_INERT, 60, 0 },
  { "match-case", OPTION_FLAG, 24, FLAG_MATCH_CASE },
  { "media", OPTION_TYPE, 25, TYPE (MEDIA) },
  { "method", OPTION_METHOD, 26, 0 },
  { "mp4", OPTION_MP4, 27, 0 },
  { "network", OPTION_INERT, 60, 0 },
  { "object", OPTION_TYPE, 28, TYPE (OBJECT) },
  { "object-subrequest", OPTION_TYPE, 28, TYPE (OBJECT) },
  { "other", OPTION_TYPE, 29, TYPE (OTHER) },
  { "permissions", OPTION_MODIFIER, 30, NJ_MODIFIER_PERMISSIONS },
  { "ping", OPTION_TYPE, 5, TYPE (PING) },
  { "popunder", OPTION_TYPE, 31, NJ_TYPE_BIT_POPUNDER },
  { "popup", OPTION_TYPE, 32, NJ_TYPE_BIT_POPUP },
  { "queryprune", OPTION_MODIFIER, 33, NJ_MODIFIER_REMOVE_PARAM },
  { "reason", OPTION_REASON, 34, 0 },
  { "redirect", OPTION_MODIFIER, 35, NJ_MODIFIER_REDIRECT },
  { "redirect-rule", OPTION_MODIFIER, 36, NJ_MODIFIER_REDIRECT_RULE },
  { "referrerpolicy", OPTION_INERT, 60, 0 },
  { "removeheader", OPTION_MODIFIER, 37, NJ_MODIFIER_REMOVE_HEADER },
  { "removeparam", OPTION_MODIFIER, 33, NJ_MODIFIER_REMOVE_PARAM },
  { "replace", OPTION_MODIFIER, 38, NJ_MODIFIER_REPLACE },
  { "rewrite", OPTION_MODIFIER, 35, NJ_MODIFIER_REDIRECT },
  { "script", OPTION_TYPE, 39, TYPE (SCRIPT) },
  { "shide", OPTION_HIDE, 40, NJ_TYPE_BIT_SPECIFIC_HIDE },
  { "sitekey", OPTION_INERT, 60, 0 },
  { "specifichide", OPTION_HIDE, 40, NJ_TYPE_BIT_SPECIFIC_HIDE },
  { "stealth", OPTION_MODIFIER, 49, NJ_MODIFIER_STEALTH },
  { "strict-first-party", OPTION_STRICT, 41, NJ_PARTY_FIRST },
  { "strict-third-party", OPTION_STRICT, 42, NJ_PARTY_THIRD },
  { "strict1p", OPTION_STRICT, 41, NJ_PARTY_FIRST },
  { "strict3p", OPTION_STRICT, 42, NJ_PARTY_THIRD },
  { "stylesheet", OPTION_TYPE, 8, TYPE (STYLESHEET) },
  { "subdocument", OPTION_TYPE, 15, TYPE (SUBDOCUMENT) },
  { "third-party", OPTION_PARTY, 2, NJ_PARTY_THIRD },
  { "to", OPTION_TO, 43, 0 },
  { "uritransform", OPTION_MODIFIER, 44, NJ_MODIFIER_URI_TRANSFORM },
  { "urlblock", OPTION_INERT, 60, 0 },
  { "urlskip", OPTION_MODIFIER, 45, NJ_MODIFIER_URL_SKIP },
  { "urltransform", OPTION_MODIFIER, 44, NJ_MODIFIER_URI_TRANSFORM },
  { "webrtc", OPTION_INERT, 60, 0 },
  { "websocket", OPTION_TYPE, 46, TYPE (WEBSOCKET) },
  { "xhr", OPTION_TYPE, 47, TYPE (XHR) },
  { "xmlhttprequest", OPTION_TYPE, 47, TYPE (XHR) },
  { "xmlprune", OPTION_INERT, 60, 0 },
};

/* One option as it stands in a rule. */
typedef struct
{
  const Option *option;
  NjBytes       value;
  gboolean      has_value;
  gboolean      is_negated;
} Item;

static int
compare_name (const void *key, const void *element)
{
  const NjBytes *name = key;
  const char    *other = ((const Option *) element)->name;
  int            order = strncmp (name->data, other, name->len);

  return order != 0 ? order : other[name->len] == '\0' ? 0 : -1;
}

static const Option *
find_option (NjBytes name)
{
  return bsearch (&name, options, G_N_ELEMENTS (options), sizeof options[0], compare_name);
}

static gboolean
is_word (char c)
{
  return (nj_token_is (c, NJ_CLASS_TOKEN) && c != '%') || c == '_';
}

static gboolean
is_name (char c)
{
  return nj_token_is (c, NJ_CLASS_ALNUM) || c == '-' || c == '_';
}

/* Whether text could start with an option: a name we know, and then the end of a word. */
static gboolean
looks_like_options (NjBytes text)
{
  if (text.len > 0 && text.data[0] == '~')
    text = nj_bytes (text.data + 1, text.len - 1);
  if (text.len > 0 && text.data[0] == '_' && (text.len == 1 || !is_word (text.data[1])))
    return TRUE;

  for (gsize i = 0; i < text.len && is_name (text.data[i]); i++)
    if ((i + 1 == text.len || !is_word (text.data[i + 1])) && find_option (nj_bytes (text.data, i + 1)) != NULL)
      return TRUE;
  return FALSE;
}

/* Whether a "$" that no known option follows was still meant to start options: no URL is written so. */
static gboolean
is_meant (NjBytes text, gsize at)
{
  gsize i = at + 1;

  if (at == 0 || strchr ("^*|", text.data[at - 1]) == NULL || text.data[at - 1] == '\0')
    return FALSE;
  if (i < text.len && text.data[i] == '~')
    i++;
  while (i < text.len && is_name (text.data[i]))
    i++;
  return i > at + 1 && (i == text.len || text.data[i] == ',' || text.data[i] == '=');
}

/**
 * nj_option_find_start:
 * @text: a network rule
 *
 * Looks from the right for the first "$" that options follow: a "$" may also stand in a path, in a
 * regular expression or in a value. Any thread.
 *
 * Returns: the offset of that "$", the length of @text when there are no options, -1 for "$$"
 */
gssize
nj_option_find_start (NjBytes text)
{
  gssize at = text.len;

  for (;;)
    {
      const char *dollar = at > 0 ? memrchr (text.data, '$', at) : NULL;

      if (dollar == NULL)
        return text.len;
      at = dollar - text.data;
      if ((gsize) at + 1 == text.len)
        return text.len;
      if (at > 0 && text.data[at - 1] == '$')
        return -1;
      if (looks_like_options (nj_bytes (dollar + 1, text.len - at - 1)) || is_meant (text, at))
        return at;
    }
}

/* A comma ends a value only if an option follows it, so that values may hold commas. */
static gboolean
ends_value (NjBytes text, gsize at)
{
  gsize i = at + 1, start;

  if (i < text.len && text.data[i] == '~')
    i++;
  for (start = i; i < text.len && nj_token_is (text.data[i], NJ_CLASS_OPTION); i++)
    ;
  if (i > start)
    return i == text.len || text.data[i] == ',' || text.data[i] == '=';

  for (i = start = at + 1; i < text.len && text.data[i] == '_'; i++)
    ;
  return i > start && (i == text.len || text.data[i] == ',');
}

static gsize
find_value_end (NjBytes text, gsize start)
{
  for (gsize i = start; i < text.len; i++)
    if (text.data[i] == ',' && ends_value (text, i))
      return i;
  return text.len;
}

/* "\," stands for a comma where a bare one would end the value. */
static NjBytes
unescape_commas (NjBytes value, NjArena *arena)
{
  char *out;
  gsize len = 0;

  if (nj_bytes_find (value, NJ_BYTES ("\\,")) < 0)
    return value;

  out = nj_arena_alloc (arena, value.len);
  for (gsize i = 0; i < value.len; i++)
    if (value.data[i] != '\\' || i + 1 == value.len || value.data[i + 1] != ',')
      out[len++] = value.data[i];
  return nj_bytes (out, len);
}

static NjRefusal
read_value (NjBytes text, gsize *at, NjArena *arena, Item *item)
{
  gsize start = *at;
  char  quote = start < text.len ? text.data[start] : '\0';

  item->has_value = TRUE;
  if (quote == '"' || quote == '\'' || quote == '`')
    {
      const char *end = memchr (text.data + start + 1, quote, text.len - start - 1);

      if (end != NULL && (end + 1 == text.data + text.len || end[1] == ','))
        {
          item->value = nj_bytes (text.data + start + 1, end - text.data - start - 1);
          *at = end + 1 - text.data;
          return item->value.len > 0 ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
        }
    }

  *at = find_value_end (text, start);
  item->value = unescape_commas (nj_bytes (text.data + start, *at - start), arena);
  return item->value.len > 0 ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
}

/* "_" and "___" stand between options for the eye only. */
static gboolean
is_filler (NjBytes name)
{
  for (gsize i = 0; i < name.len; i++)
    if (name.data[i] != '_')
      return FALSE;
  return TRUE;
}

/* Reads the option at *at and leaves *at behind it. */
static NjRefusal
read_item (NjBytes text, gsize *at, NjArena *arena, Item *item)
{
  static const Option nothing = { "_", OPTION_NOTHING, 0, 0 };
  gsize               start;

  *item = (Item){ 0 };
  item->is_negated = *at < text.len && text.data[*at] == '~';
  start = *at += item->is_negated;

  while (*at < text.len && is_name (text.data[*at]))
    (*at)++;
  if (*at == start)
    return NJ_REFUSAL_UNKNOWN_OPTION;

  item->option = find_option (nj_bytes (text.data + start, *at - start));
  if (item->option == NULL && is_filler (nj_bytes (text.data + start, *at - start)))
    item->option = &nothing;
  if (item->option == NULL)
    return NJ_REFUSAL_UNKNOWN_OPTION;
  if (item->option->kind == OPTION_INERT)
    return NJ_REFUSAL_UNSUPPORTED;

  if (*at < text.len && text.data[*at] == '=')
    {
      (*at)++;
      return read_value (text, at, arena, item);
    }
  return NJ_REFUSAL_NONE;
}

static NjRefusal
take_methods (NjBytes value, NjRule *rule)
{
  while (value.len > 0)
    {
      const char *bar = memchr (value.data, '|', value.len);
      gsize       len = bar != NULL ? (gsize) (bar - value.data) : value.len;
      gboolean    is_negated = len > 0 && value.data[0] == '~';
      guint       bit = nj_rule_method_bit (nj_bytes (value.data + is_negated, len - is_negated));

      if (is_negated)
        rule->not_methods |= bit;
      else
        rule->methods |= bit;
      value = bar != NULL ? nj_bytes (bar + 1, value.len - len - 1) : NJ_BYTES_NONE;
    }

  rule->methods &= ~rule->not_methods;
  rule->has_method = TRUE;
  return rule->methods == 0 && rule->not_methods == 0 ? NJ_REFUSAL_BAD_VALUE : NJ_REFUSAL_NONE;
}

static NjRefusal
take_modifier (const Item *item, NjRule *rule)
{
  NjModifier modifier = item->option->argument;

  if (item->is_negated || rule->modifier != NJ_MODIFIER_NONE)
    return NJ_REFUSAL_CONFLICT;
  if (!item->has_value && !rule->is_exception && modifier != NJ_MODIFIER_REMOVE_PARAM && modifier != NJ_MODIFIER_COOKIE)
    return NJ_REFUSAL_BAD_VALUE;

  rule->modifier = modifier;
  rule->value = item->value;
  if (modifier == NJ_MODIFIER_REDIRECT && rule->is_exception)
    rule->modifier = NJ_MODIFIER_REDIRECT_RULE;
  return NJ_REFUSAL_NONE;
}

static NjRefusal
take_media (const char *resource, NjRule *rule)
{
  if (rule->modifier != NJ_MODIFIER_NONE)
    return NJ_REFUSAL_CONFLICT;
  rule->modifier = rule->is_exception ? NJ_MODIFIER_REDIRECT_RULE : NJ_MODIFIER_REDIRECT;
  rule->value = nj_bytes_from_string (resource);
  return NJ_REFUSAL_NONE;
}

static NjRefusal
take_flag (const Item *item, NjRule *rule)
{
  if (item->is_negated || item->has_value)
    return NJ_REFUSAL_BAD_VALUE;

  switch (item->option->argument)
    {
    case FLAG_IMPORTANT:
      rule->is_important = TRUE;
      return rule->is_exception ? NJ_REFUSAL_CONFLICT : NJ_REFUSAL_NONE;
    case FLAG_BADFILTER:
      rule->is_badfilter = TRUE;
      return NJ_REFUSAL_NONE;
    case FLAG_MATCH_CASE:
      rule->is_match_case = TRUE;
      return NJ_REFUSAL_NONE;
    default:
      return NJ_REFUSAL_UNSUPPORTED;
    }
}

static NjRefusal
take_domains (const Item *item, guint allowed, NjArena *arena, NjDomainList *ret_list)
{
  if (item->is_negated || !item->has_value)
    return NJ_REFUSAL_BAD_VALUE;
  return nj_domains_parse (item->value, allowed, arena, ret_list);
}

static void
take_type (guint32 bits, gboolean is_negated, NjRule *rule)
{
  if (is_negated)
    rule->not_types |= bits;
  else
    rule->types |= bits;
}

static NjRefusal
take_text (const Item *item, NjBytes *ret_value)
{
  if (item->is_negated || !item->has_value)
    return NJ_REFUSAL_BAD_VALUE;
  *ret_value = item->value;
  return NJ_REFUSAL_NONE;
}

static NjRefusal
take_item (const Item *item, NjArena *arena, NjRule *rule)
{
  const guint   names = NJ_DOMAINS_NEGATION | NJ_DOMAINS_ENTITY | NJ_DOMAINS_REGEX;
  const Option *option = item->option;
  gboolean      is_bare = !item->has_value && !item->is_negated;

  switch ((OptionKind) option->kind)
    {
    case OPTION_TYPE:
      if ((option->argument & NJ_TYPE_BIT_CNAME) != 0 && (!rule->is_exception || item->is_negated))
        return NJ_REFUSAL_CONFLICT;
      take_type (option->argument, item->is_negated, rule);
      return item->has_value ? NJ_REFUSAL_BAD_VALUE : NJ_REFUSAL_NONE;
    case OPTION_ALL:
    case OPTION_HIDE:
      take_type (option->kind == OPTION_ALL ? NJ_TYPES_ALL : option->argument, FALSE, rule);
      return is_bare ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    case OPTION_PARTY:
      rule->party |= item->is_negated ? option->argument ^ (NJ_PARTY_FIRST | NJ_PARTY_THIRD) : option->argument;
      return item->has_value ? NJ_REFUSAL_BAD_VALUE : NJ_REFUSAL_NONE;
    case OPTION_STRICT:
      rule->strict_party = rule->strict_party == 0 ? option->argument : 0;
      return is_bare ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    case OPTION_FLAG:
      return take_flag (item, rule);
    case OPTION_FROM:
      return take_domains (item, names, arena, &rule->from);
    case OPTION_TO:
      return take_domains (item, names, arena, &rule->to);
    case OPTION_DENY:
      return take_domains (item, 0, arena, &rule->deny);
    case OPTION_METHOD:
      return item->is_negated || !item->has_value ? NJ_REFUSAL_BAD_VALUE : take_methods (item->value, rule);
    case OPTION_HEADER:
      return take_text (item, &rule->header);
    case OPTION_ADDRESS:
      return take_text (item, &rule->address);
    case OPTION_REASON:
      return take_text (item, &rule->reason);
    case OPTION_MODIFIER:
      return take_modifier (item, rule);
    case OPTION_EMPTY:
      return is_bare ? take_media ("empty", rule) : NJ_REFUSAL_BAD_VALUE;
    case OPTION_MP4:
      take_type (TYPE (MEDIA), FALSE, rule);
      return is_bare ? take_media ("noopmp4-1s", rule) : NJ_REFUSAL_BAD_VALUE;
    case OPTION_NOTHING:
      return is_bare ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    default:
      return NJ_REFUSAL_UNSUPPORTED;
    }
}

/**
 * nj_option_parse:
 * @text: what follows the "$"
 * @is_trusted: whether the list may hold rules that rewrite
 * @arena: where changed values go
 * @rule: the rule, of which only text and is_exception are set; gets all its options
 *
 * Any thread. Source: uBlock Origin 1.67's options, its order of precedence and its refusals.
 *
 * Returns: %NJ_REFUSAL_NONE, or why the rule cannot be used
 */
NjRefusal
nj_option_parse (NjBytes text, gboolean is_trusted, NjArena *arena, NjRule *rule)
{
  guint64 seen = 0;
  gsize   at = 0;

  rule->has_options = TRUE;
  for (;;)
    {
      Item      item;
      NjRefusal refusal = read_item (text, &at, arena, &item);
      guint64   bit;

      if (refusal != NJ_REFUSAL_NONE)
        return refusal;
      bit = item.option->group == 0 ? 0 : G_GUINT64_CONSTANT (1) << item.option->group;
      if ((seen & bit) != 0)
        return NJ_REFUSAL_DUPLICATE_OPTION;
      seen |= bit;

      refusal = take_item (&item, arena, rule);
      if (refusal != NJ_REFUSAL_NONE)
        return refusal;
      if (at == text.len)
        break;
      if (text.data[at] != ',' || at + 1 == text.len)
        return NJ_REFUSAL_UNKNOWN_OPTION;
      at++;
    }

  return nj_conflict_check (rule, is_trusted);
}
