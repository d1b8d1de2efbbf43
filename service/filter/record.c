/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parsed rule to its record in the image: the text as written, the pattern as it is matched, and
 * words that say what else must hold. The words are read by condition.c. One thread.
 */
#include "filter/record.h"
#include "filter/cookie-rule.h"
#include "filter/regex.h"
#include "filter/token.h"

#include <stdlib.h>

/* A record while it is written. */
typedef struct
{
  NjBuilder    *builder;
  const NjRule *rule;
  guint32       at;      /* where it starts among the rules */
  gsize         more_len; /* bytes put after the text */
  gboolean      is_hard; /* asks for more than type, party and pattern */
} Writer;

static int
compare_words (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

static NjImageRule *
header_of (const Writer *self)
{
  return (NjImageRule *) (self->builder->rules.data + self->at);
}

/* Where @text lies in the record; what is no slice of the line is put after it. */
static guint32
place_text (Writer *self, NjBytes text)
{
  NjBytes  line = self->rule->text;
  gsize    at = self->at + sizeof (NjImageRule);
  gsize    more;

  if (text.data >= line.data && text.data + text.len <= line.data + line.len)
    return at + (text.data - line.data);

  more = nj_buffer_append (&self->builder->rules, text.data, text.len);
  self->more_len += text.len;
  return more;
}

static void
put_word (Writer *self, guint32 word)
{
  nj_buffer_append_u32 (&self->builder->conditions, word);
}

/* The header word of a condition, to be completed with the number of words that followed. */
static gsize
open_condition (Writer *self)
{
  gsize at = self->builder->conditions.len;

  put_word (self, 0);
  return at;
}

static void
close_condition (Writer *self, gsize start, NjConditionTag tag)
{
  NjBuffer *words = &self->builder->conditions;
  guint32   n = (words->len - start) / 4 - 1;

  if (n == 0)
    words->len = start;
  else
    *(guint32 *) (words->data + start) = tag | n << 8;
}

/* Writes the members of @list that are negated or not, expressions or not, under @tag. */
static void
put_domains (Writer *self, const NjDomainList *list, gboolean is_negated, gboolean is_regex, NjConditionTag tag)
{
  gsize    start = open_condition (self);
  guint32 *words;
  gsize    n;

  for (guint i = 0; i < list->n; i++)
    {
      const NjDomain *domain = &list->items[i];

      if (domain->is_negated != is_negated || domain->is_regex != is_regex)
        continue;
      if (is_regex)
        put_word (self, nj_builder_add_regex (self->builder, domain->name, 0));
      else
        put_word (self, nj_builder_add_name (self->builder, domain->name, place_text (self, domain->name)));
    }

  words = (guint32 *) (self->builder->conditions.data + start) + 1;
  n = (self->builder->conditions.len - start) / 4 - 1;
  if (n > 1)
    qsort (words, n, sizeof words[0], compare_words);
  self->is_hard |= n > 0;
  close_condition (self, start, tag);
}

static void
put_domain_list (Writer *self, const NjDomainList *list, NjConditionTag first)
{
  if (list->n == 0)
    return;

  put_domains (self, list, TRUE, FALSE, first + 2);
  put_domains (self, list, TRUE, TRUE, first + 3);
  /* Last and next to each other: either of the two is enough. */
  put_domains (self, list, FALSE, FALSE, first);
  put_domains (self, list, FALSE, TRUE, first + 1);
}

static void
put_text (Writer *self, NjConditionTag tag, NjBytes text, guint32 regex)
{
  gsize       start = open_condition (self);
  NjImageSpan span = nj_builder_add_text (self->builder, text);

  put_word (self, span.at);
  put_word (self, span.size);
  put_word (self, regex);
  close_condition (self, start, tag);
}

/* "/…/" or "/…/i" in a value, as an expression of its own. */
static guint32
value_regex (Writer *self, NjBytes value)
{
  guint flags = value.len > 3 && value.data[value.len - 1] == 'i' ? NJ_REGEX_CASELESS : 0;
  gsize end = value.len - (flags != 0);

  if (value.len < 3 || value.data[0] != '/' || value.data[end - 1] != '/' || end < 3)
    return NJ_IMAGE_NONE;
  return nj_builder_add_regex (self->builder, nj_bytes (value.data + 1, end - 2), flags);
}

static guint32
cookie_regex (Writer *self)
{
  NjCookieSpec spec;

  if (!nj_cookie_rule_parse (self->rule->value, &spec) || spec.regex.len == 0)
    return NJ_IMAGE_NONE;
  return nj_builder_add_regex (self->builder, spec.regex, spec.is_caseless ? NJ_REGEX_CASELESS : 0);
}

static guint32
modifier_regex (Writer *self)
{
  NjBytes value = self->rule->value;
  NjBytes name = value.len > 0 && value.data[0] == '~' ? nj_bytes (value.data + 1, value.len - 1) : value;

  if (self->rule->modifier == NJ_MODIFIER_COOKIE)
    return cookie_regex (self);
  if (self->rule->modifier != NJ_MODIFIER_REMOVE_PARAM || name.len == 0)
    return NJ_IMAGE_NONE;
  if (name.data[0] == '|')
    {
      _Alignas (8) char lent[512];
      g_auto (NjArena) arena;

      nj_arena_init (&arena, lent, sizeof lent);
      name = nj_arena_printf (&arena, "^%.*s", (int) name.len - 1, name.data + 1);
      return nj_builder_add_regex (self->builder, name, NJ_REGEX_CASELESS);
    }
  return value_regex (self, name);
}

static void
put_modifier (Writer *self)
{
  gsize       start = open_condition (self);
  guint32     regex = modifier_regex (self);
  NjImageSpan value = nj_builder_add_text (self->builder, self->rule->value);

  put_word (self, self->rule->modifier);
  put_word (self, value.at);
  put_word (self, value.size);
  put_word (self, regex);
  close_condition (self, start, NJ_CONDITION_MODIFIER);
}

static guint32
header_regex (Writer *self)
{
  NjBytes     value = self->rule->header;
  const char *colon = memchr (value.data, ':', value.len);

  if (colon == NULL)
    return NJ_IMAGE_NONE;
  value = nj_bytes (colon + 1, value.data + value.len - colon - 1);
  if (value.len > 0 && value.data[0] == '~')
    value = nj_bytes (value.data + 1, value.len - 1);
  return value_regex (self, value);
}

static void
put_pair (Writer *self, NjConditionTag tag, guint32 first, guint32 second)
{
  gsize start = open_condition (self);

  put_word (self, first);
  put_word (self, second);
  close_condition (self, start, tag);
  self->is_hard = TRUE;
}

/* What has to be asked for the rule's sake. Most of uBlock Origin's rules about fields are for pages only. */
static guint64
asks_of (const NjRule *rule)
{
  const guint32 pages = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_SUBDOCUMENT);

  if (rule->modifier == NJ_MODIFIER_STEALTH)
    return NJ_IMAGE_ASKS_REQUEST;
  if (rule->is_exception)
    return 0;
  if (rule->modifier == NJ_MODIFIER_COOKIE)
    return NJ_IMAGE_ASKS_REQUEST | NJ_IMAGE_ASKS_RESPONSE;
  if (rule->modifier != NJ_MODIFIER_REMOVE_HEADER && rule->modifier != NJ_MODIFIER_REPLACE)
    return 0;
  if (nj_bytes_starts_with (rule->value, NJ_BYTES ("request:")))
    return NJ_IMAGE_ASKS_REQUEST;
  return rule->types == 0 || (rule->types & ~pages) != 0 ? NJ_IMAGE_ASKS_RESPONSE : 0;
}

/* Writes all words of the rule. Cheap tests come first, expressions last. */
static guint32
put_conditions (Writer *self)
{
  const NjRule *rule = self->rule;
  NjBuffer     *words = &self->builder->conditions;
  gsize         start = words->len;

  if (rule->modifier != NJ_MODIFIER_NONE)
    put_modifier (self);
  if (rule->methods != 0 || rule->not_methods != 0)
    put_pair (self, NJ_CONDITION_METHOD, rule->methods, rule->not_methods);
  if (rule->strict_party != 0)
    put_pair (self, NJ_CONDITION_STRICT, rule->strict_party, 0);
  put_domain_list (self, &rule->from, NJ_CONDITION_FROM);
  put_domain_list (self, &rule->to, NJ_CONDITION_TO);
  put_domains (self, &rule->deny, FALSE, FALSE, NJ_CONDITION_TO_NOT);
  if (rule->header.len > 0)
    put_text (self, NJ_CONDITION_HEADER, rule->header, header_regex (self));
  if (rule->address.len > 0)
    put_text (self, NJ_CONDITION_ADDRESS, rule->address, value_regex (self, rule->address));
  self->is_hard |= rule->header.len > 0 || rule->address.len > 0;
  if (rule->kind == NJ_PATTERN_REGEX)
    {
      gsize at = open_condition (self);

      put_word (self, nj_builder_add_regex (self->builder, rule->pattern, rule->is_match_case ? 0 : NJ_REGEX_CASELESS));
      close_condition (self, at, NJ_CONDITION_REGEX);
    }

  if (words->len == start)
    return NJ_IMAGE_NONE;
  put_word (self, NJ_CONDITION_END);
  return start / 4;
}

/* How the pattern is matched: at a token, floating, or by an expression. */
static NjPatternKind
matched_kind (const NjRule *rule, const NjTokenChoice *choice)
{
  if (rule->kind == NJ_PATTERN_ANY || rule->kind == NJ_PATTERN_REGEX)
    return rule->kind;
  return choice->is_positional && choice->at < NJ_ENTRY_ANYWHERE ? NJ_PATTERN_PLAIN : NJ_PATTERN_GENERIC;
}

static guint8
bounds_of (const NjRule *rule, NjPatternKind kind, const NjTokenChoice *choice)
{
  guint8 bounds = rule->kind == NJ_PATTERN_REGEX || rule->kind == NJ_PATTERN_ANY ? 0 : rule->anchor;

  if (kind != NJ_PATTERN_PLAIN)
    return bounds;
  if (rule->kind == NJ_PATTERN_HOST && (rule->anchor & NJ_ANCHOR_HOST) != 0)
    bounds |= NJ_IMAGE_BOUND_HOST_END;
  if (rule->kind == NJ_PATTERN_GENERIC)
    bounds |= NJ_IMAGE_BOUND_SEPARATOR;
  if (choice->is_left_bound)
    bounds |= NJ_IMAGE_BOUND_LEFT;
  if (choice->is_right_bound)
    bounds |= NJ_IMAGE_BOUND_RIGHT;
  return bounds;
}

/**
 * nj_record_add:
 * @builder: a builder
 * @rule: a rule; its line is at most %NJ_LIST_PARSER_LINE_MAX bytes
 * @line: the line it stands in
 * @realms: bits of the realms it belongs to
 *
 * One thread.
 */
void
nj_record_add (NjBuilder *builder, const NjRule *rule, guint line, guint32 realms)
{
  guint8        delta = nj_builder_count_line (builder, line);
  Writer        writer = { builder, rule, (guint32) builder->rules.len, 0, FALSE };
  NjTokenChoice choice = nj_token_choose (rule, NULL);
  NjPatternKind kind = matched_kind (rule, &choice);
  NjImageRule   header = { .line = delta, .text_len = (guint16) rule->text.len };
  const guint8  padding[NJ_IMAGE_MORE_UNIT] = { 0 };
  guint32       pattern;

  nj_buffer_append (&builder->rules, &header, sizeof header);
  nj_buffer_append (&builder->rules, rule->text.data, rule->text.len);
  pattern = place_text (&writer, rule->kind == NJ_PATTERN_ANY ? nj_bytes (rule->text.data, 0) : rule->pattern);
  header.conditions = put_conditions (&writer);

  nj_buffer_append (&builder->rules, padding, -writer.more_len % NJ_IMAGE_MORE_UNIT);
  header.more_len = (writer.more_len + NJ_IMAGE_MORE_UNIT - 1) / NJ_IMAGE_MORE_UNIT;
  header.pattern_at = pattern - writer.at - sizeof header;
  header.pattern_len = rule->kind == NJ_PATTERN_ANY ? 0 : rule->pattern.len;
  header.anchors = bounds_of (rule, kind, &choice);
  header.kind = kind | (rule->is_exception ? NJ_IMAGE_RULE_EXCEPTION : 0)
                | (rule->is_important ? NJ_IMAGE_RULE_IMPORTANT : 0)
                | (writer.is_hard ? NJ_IMAGE_RULE_CONDITIONAL : 0);
  memcpy (header_of (&writer), &header, sizeof header);
  nj_token_count (rule, builder->use_counts);
  builder->asks |= asks_of (rule);

  for (; realms != 0; realms &= realms - 1)
    {
      NjRealm       realm = __builtin_ctz (realms);
      NjPendingRule pending = { writer.at, nj_builder_condition (rule, realm), realm, 0 };

      nj_buffer_append (&builder->pending, &pending, sizeof pending);
    }
}

/* The value of the rule's modifier, from its words. */
static NjBytes
read_value (const NjBuilder *builder, guint32 conditions)
{
  const guint32 *word = (const guint32 *) builder->conditions.data + conditions;

  if (conditions == NJ_IMAGE_NONE || (*word & 0xff) != NJ_CONDITION_MODIFIER)
    return NJ_BYTES_NONE;
  return nj_bytes ((const char *) builder->blob.data + word[2], word[3]);
}

/**
 * nj_record_read:
 * @builder: a builder
 * @at: where a record starts among its rules
 * @ret_rule: (out): as much of the rule as nj_token_choose() asks for
 *
 * One thread.
 */
void
nj_record_read (const NjBuilder *builder, guint32 at, NjRule *ret_rule)
{
  NjImageRule header;
  const char *text = (const char *) builder->rules.data + at + sizeof header;

  memcpy (&header, builder->rules.data + at, sizeof header);
  *ret_rule = (NjRule){ .kind = header.kind & NJ_IMAGE_RULE_KIND,
                        .pattern = nj_bytes (text + header.pattern_at, header.pattern_len) };
  if (ret_rule->kind == NJ_PATTERN_PLAIN && (header.anchors & NJ_IMAGE_BOUND_SEPARATOR) != 0)
    ret_rule->kind = NJ_PATTERN_GENERIC;
  if (ret_rule->kind != NJ_PATTERN_ANY)
    return;

  ret_rule->value = read_value (builder, header.conditions);
  if (ret_rule->value.len > 0 && *((const guint32 *) builder->conditions.data + header.conditions + 1) == NJ_MODIFIER_REMOVE_PARAM)
    ret_rule->modifier = NJ_MODIFIER_REMOVE_PARAM;
}
