/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists to an engine: reads every line, drops what a badfilter rule takes away, files each rule in
 * the realms where it is looked for. Called off the main thread whenever lists change; needs no main
 * loop and shares nothing.
 */
#include "filter/compiler.h"
#include "filter/badfilter.h"
#include "filter/engine-private.h"
#include "filter/index.h"
#include "filter/list-parser.h"
#include "filter/record.h"

G_DEFINE_QUARK (nj-filter-error-quark, nj_filter_error)

#define ARENA_LENT 65536

/* One compilation. */
typedef struct
{
  NjBuilder    builder;
  NjBadfilter  bad;
  NjImageList  summary; /* of the list being read */
  NjArena      arena;   /* cleared after each line */
  char        *lent;    /* owned: the arena's first block */
  guint        line;
  gboolean     is_trusted;
} Compiler;

/* Realms for what a rule of a type that is no request says. */
static guint32
page_realms (const NjRule *rule)
{
  guint32 realms = 0;

  if ((rule->types & NJ_TYPE_BIT_GENERIC_HIDE) != 0)
    realms |= 1u << NJ_REALM_GENERIC_HIDE;
  if ((rule->types & NJ_TYPE_BIT_SPECIFIC_HIDE) != 0)
    realms |= 1u << NJ_REALM_SPECIFIC_HIDE;
  if ((rule->types & NJ_TYPE_BIT_CNAME) != 0)
    realms |= 1u << NJ_REALM_CNAME;
  /* A document that "all" blocks never gets as far as its inline scripts. */
  if ((rule->types & NJ_TYPE_BIT (NJ_TYPE_DOCUMENT)) == 0 || rule->is_exception)
    {
      if ((rule->types & NJ_TYPE_BIT_INLINE_SCRIPT) != 0)
        realms |= 1u << NJ_REALM_INLINE_SCRIPT;
      if ((rule->types & NJ_TYPE_BIT_INLINE_FONT) != 0)
        realms |= 1u << NJ_REALM_INLINE_FONT;
    }
  return realms;
}

static guint32
realms_of (const NjRule *rule)
{
  static const guint8 realm_of_modifier[NJ_N_MODIFIERS] = {
    [NJ_MODIFIER_REDIRECT] = NJ_REALM_REDIRECT,
    [NJ_MODIFIER_REDIRECT_RULE] = NJ_REALM_REDIRECT,
    [NJ_MODIFIER_REMOVE_PARAM] = NJ_REALM_REMOVE_PARAM,
    [NJ_MODIFIER_CSP] = NJ_REALM_CSP,
    [NJ_MODIFIER_PERMISSIONS] = NJ_REALM_PERMISSIONS,
    [NJ_MODIFIER_URI_TRANSFORM] = NJ_REALM_URI_TRANSFORM,
    [NJ_MODIFIER_REPLACE] = NJ_REALM_REPLACE,
    [NJ_MODIFIER_URL_SKIP] = NJ_REALM_URL_SKIP,
    [NJ_MODIFIER_REMOVE_HEADER] = NJ_REALM_REMOVE_HEADER,
    [NJ_MODIFIER_COOKIE] = NJ_REALM_COOKIE,
    [NJ_MODIFIER_STEALTH] = NJ_REALM_STEALTH,
  };
  guint32 realms = page_realms (rule);

  if (rule->modifier != NJ_MODIFIER_NONE)
    return 1u << realm_of_modifier[rule->modifier];
  if (rule->types != 0 && (rule->types & NJ_TYPES_REQUEST) == 0)
    return realms;
  if (rule->header.len > 0)
    return realms | 1u << NJ_REALM_HEADER;
  return realms | 1u << (rule->is_exception ? NJ_REALM_EXCEPT : NJ_REALM_BLOCK);
}

/* The text of a rule around its host name; only if it reads so. */
static gboolean
split_text (const NjRule *rule, NjBytes *ret_prefix, NjBytes *ret_suffix)
{
  NjBytes text = rule->text, name = rule->pattern;

  if (name.data < text.data || name.data + name.len > text.data + text.len)
    return FALSE;
  *ret_prefix = nj_bytes (text.data, name.data - text.data);
  *ret_suffix = nj_bytes (name.data + name.len, text.data + text.len - name.data - name.len);
  return TRUE;
}

static gboolean
add_host_rule (Compiler *self, const NjRule *rule, guint32 realms)
{
  NjBytes prefix, suffix;
  guint16 cond = nj_builder_condition (rule, __builtin_ctz (realms));
  gint    class;

  if (rule->pattern.len > G_MAXUINT8 - 2 || !split_text (rule, &prefix, &suffix))
    return FALSE;

  class = nj_builder_find_class (&self->builder, cond, rule->is_exception, prefix, suffix);
  if (class < 0)
    return FALSE;
  nj_builder_add_host (&self->builder, rule->pattern, (guint8) class, self->line, realms);
  return TRUE;
}

static void
add_to_realms (Compiler *self, NjRule *rule, guint32 realms)
{
  gboolean is_host = nj_rule_is_host (rule);

  /* The class of a host rule holds one condition for all its realms. */
  for (guint32 rest = realms & (realms - 1); is_host && rest != 0; rest &= rest - 1)
    is_host = nj_builder_condition (rule, __builtin_ctz (rest)) == nj_builder_condition (rule, __builtin_ctz (realms));
  if (is_host && add_host_rule (self, rule, realms))
    return;
  if (rule->kind == NJ_PATTERN_HOST && nj_rule_is_host (rule))
    rule->anchor = NJ_ANCHOR_HOST;
  nj_record_add (&self->builder, rule, self->line, realms);
}

static void
add_rule (Compiler *self, NjRule *rule)
{
  guint32 realms;

  if (rule->is_badfilter)
    return;

  self->summary.n_rules++;
  /* redirect= blocks and says with what to answer: badfilter may take away either. */
  if (rule->modifier == NJ_MODIFIER_REDIRECT)
    {
      NjRule  block = *rule;
      guint32 kept = 0;

      block.modifier = NJ_MODIFIER_NONE;
      block.value = NJ_BYTES_NONE;
      if (nj_badfilter_leaves (&self->bad, &block))
        kept |= realms_of (&block);
      if (nj_badfilter_leaves (&self->bad, rule))
        kept |= 1u << NJ_REALM_REDIRECT;
      if (kept != 0)
        nj_record_add (&self->builder, rule, self->line, kept);
      return;
    }

  if (!nj_badfilter_leaves (&self->bad, rule))
    return;
  realms = realms_of (rule);
  if (realms != 0)
    add_to_realms (self, rule, realms);
}

static void
add_hosts (Compiler *self, const NjLine *line)
{
  NjBytes hosts = line->hosts, host;

  while (nj_list_parser_next_host (&hosts, &host))
    {
      NjRule rule = { .text = host, .pattern = host, .kind = NJ_PATTERN_HOST, .anchor = NJ_ANCHOR_HOST };

      rule.is_exception = line->is_exception;
      add_rule (self, &rule);
    }
}

static void
add_line (Compiler *self, NjBytes text)
{
  NjLine line;

  nj_list_parser_parse (text, self->is_trusted, &self->arena, &line);
  switch (line.kind)
    {
    case NJ_LINE_EMPTY:
      break;
    case NJ_LINE_RULE:
      add_rule (self, &line.rule);
      break;
    case NJ_LINE_HOSTS:
      add_hosts (self, &line);
      break;
    case NJ_LINE_PAGE:
    case NJ_LINE_REFUSED:
      self->summary.refused[line.refusal]++;
      break;
    }
}

static void
reset_arena (Compiler *self)
{
  nj_arena_clear (&self->arena);
  nj_arena_init (&self->arena, self->lent, ARENA_LENT);
}

static void
collect_bad (NjBytes text, gpointer user_data)
{
  Compiler *self = user_data;
  NjLine    line;

  if (nj_bytes_find (text, NJ_BYTES ("badfilter")) < 0)
    return;

  nj_list_parser_parse (text, TRUE, &self->arena, &line);
  if (line.kind == NJ_LINE_RULE && line.rule.is_badfilter)
    nj_badfilter_add (&self->bad, &line.rule);
}

/* Four lines of five are "||name^": they skip the parser. */
static gboolean
add_bare_host (Compiler *self, NjBytes text, gint *class)
{
  gsize  len = nj_list_parser_bare_host (text);
  NjRule rule;

  if (len == 0)
    return FALSE;

  rule = (NjRule){ .text = text,
                   .pattern = nj_bytes (text.data + 2, len),
                   .kind = NJ_PATTERN_HOST,
                   .anchor = NJ_ANCHOR_HOST };
  if (!nj_badfilter_leaves (&self->bad, &rule))
    return TRUE;
  if (*class < 0)
    *class = nj_builder_find_class (&self->builder, nj_builder_condition (&rule, NJ_REALM_BLOCK), FALSE,
                                    NJ_BYTES ("||"), NJ_BYTES ("^"));
  if (*class < 0)
    return FALSE;
  nj_builder_add_host (&self->builder, rule.pattern, (guint8) *class, self->line, 1u << NJ_REALM_BLOCK);
  self->summary.n_rules++;
  return TRUE;
}

static void
read_list (Compiler *self, const NjListSource *source)
{
  NjListWalk   walk;
  NjListFacts *facts;
  NjBytes      text;
  gint         class = -1;

  self->is_trusted = source->is_trusted;
  self->summary = (NjImageList){ .is_trusted = source->is_trusted };
  self->builder.since_anchor = 0;
  nj_list_walk_init (&walk, source->text, source->include, source->include_from, &self->arena);
  while (nj_list_walk_next (&walk, &text))
    {
      self->line = walk.line;
      if (!add_bare_host (self, text, &class))
        {
          add_line (self, text);
          reset_arena (self);
        }
    }

  facts = nj_list_walk_facts (&walk);
  self->summary.refused[NJ_REFUSAL_INCLUDE] = walk.n_missing;
  self->summary.n_lines = walk.line;
  self->summary.expires_s = facts->expires_s;
  self->summary.id = nj_builder_add_text (&self->builder, nj_bytes_from_string (source->id));
  self->summary.homepage = nj_builder_add_text (&self->builder, facts->homepage);
  if (facts->title.len == 0)
    facts->title = nj_bytes_from_string (source->title != NULL ? source->title : source->id);
  self->summary.title = nj_builder_add_text (&self->builder, facts->title);
  nj_buffer_append (&self->builder.lists, &self->summary, sizeof self->summary);
  self->builder.list++;
}

/* Rules may be taken away by lists that come later, so these are looked for first. */
static void
find_badfilters (Compiler *self, const NjListSource *source)
{
  NjListWalk walk;
  NjBytes    text;

  if (nj_bytes_find (source->text, NJ_BYTES ("badfilter")) < 0 && !nj_list_walk_includes (source->text, source->include))
    return;

  nj_list_walk_init (&walk, source->text, source->include, source->include_from, &self->arena);
  while (nj_list_walk_next (&walk, &text))
    collect_bad (text, self);
  reset_arena (self);
}

/**
 * nj_compiler_fingerprint:
 * @sources: lists
 * @n: how many
 *
 * Tells whether an engine was made of just these lists. Any thread.
 *
 * Returns: a number that changes with any byte, id or mark of trust, of the lists and of what they include
 */
guint64
nj_compiler_fingerprint (const NjListSource *sources, guint n)
{
  guint64 hash = NJ_IMAGE_VERSION;

  for (guint i = 0; i < n; i++)
    {
      hash = nj_hash_mix (hash ^ nj_hash_block (sources[i].text.data, sources[i].text.len));
      hash = nj_hash_mix (hash ^ nj_hash_bytes (sources[i].id, strlen (sources[i].id)));
      hash = nj_hash_mix (hash + (sources[i].is_trusted ? 1 : 0));
      if (nj_list_walk_includes (sources[i].text, sources[i].include))
        hash = nj_hash_mix (hash ^ nj_list_walk_hash (sources[i].text, sources[i].include, sources[i].include_from));
    }
  return hash;
}

/**
 * nj_compiler_compile:
 * @sources: lists
 * @n: how many
 * @error: %NJ_FILTER_ERROR_TOO_LARGE when they do not fit
 *
 * Compiles lists; a line that is not understood is counted in its list's summary and left out. Any
 * thread; needs about the size of the text in memory.
 *
 * Returns: (transfer full): the engine, or %NULL
 */
NjEngine *
nj_compiler_compile (const NjListSource *sources, guint n, GError **error)
{
  Compiler compiler = { 0 };
  gsize    text_size = 0, size;
  guint8  *image;

  for (guint i = 0; i < n; i++)
    text_size += sources[i].text.len;
  if (text_size > NJ_COMPILER_TEXT_MAX)
    {
      g_set_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_TOO_LARGE, "lists of %" G_GSIZE_FORMAT " MB are too large",
                   text_size >> 20);
      return NULL;
    }

  compiler.lent = g_malloc (ARENA_LENT);
  nj_arena_init (&compiler.arena, compiler.lent, ARENA_LENT);
  nj_builder_init (&compiler.builder, text_size);
  for (guint i = 0; i < n; i++)
    find_badfilters (&compiler, &sources[i]);
  for (guint i = 0; i < n; i++)
    read_list (&compiler, &sources[i]);

  image = nj_index_build (&compiler.builder, nj_compiler_fingerprint (sources, n), &size);
  nj_builder_clear (&compiler.builder);
  nj_badfilter_clear (&compiler.bad);
  nj_arena_clear (&compiler.arena);
  g_free (compiler.lent);
  if (image == NULL)
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_TOO_LARGE, "lists have too many rules");
      return NULL;
    }
  return nj_engine_new_from_memory (image, size);
}

/**
 * nj_compiler_extend:
 * @engine: an engine
 * @source: rules to come on top, such as those that the user wrote
 * @error: as of nj_compiler_compile()
 *
 * Compiles @source alone; @engine is shared, not copied, and lives on. Rules that @engine already has on top are
 * replaced. A badfilter rule in @source only takes away rules of @source. Any thread.
 *
 * Returns: (transfer full): an engine of both, or %NULL
 */
NjEngine *
nj_compiler_extend (NjEngine *engine, const NjListSource *source, GError **error)
{
  NjEngine *upper = nj_compiler_compile (source, 1, error);

  if (upper == NULL)
    return NULL;
  upper->base = nj_engine_ref (engine->base != NULL ? engine->base : engine);
  upper->realms |= upper->base->realms;
  return upper;
}
