/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine: a request in, a verdict out, with the rule that decided and the line it stands in. It is an
 * image in memory or in a file; only expressions are compiled later, each when first asked for.
 * Any number of threads.
 */
#include "filter/engine.h"
#include "filter/compiler.h"
#include "filter/engine-private.h"
#include "filter/match.h"
#include "filter/query.h"
#include "filter/redirect.h"
#include "filter/url-skip.h"
#include "filter/url-transform.h"

/* Marks an expression that cannot be compiled, so that it is tried once only. */
#define BROKEN ((NjRegex *) 1)

static atomic_ullong next_serial = 1;

static char *
dup_blob (const NjEngine *self, NjImageSpan span)
{
  return g_strndup (self->blob + span.at, span.size);
}

static void
read_lists (NjEngine *self)
{
  const NjImageList *lists = nj_engine_part (self, self->header->lists);

  self->n_lists = self->header->lists.size / sizeof lists[0];
  self->lists = g_new0 (NjListSummary, self->n_lists);
  for (guint i = 0; i < self->n_lists; i++)
    {
      NjListSummary *summary = &self->lists[i];

      summary->id = dup_blob (self, lists[i].id);
      summary->title = dup_blob (self, lists[i].title);
      summary->homepage = dup_blob (self, lists[i].homepage);
      summary->expires_s = lists[i].expires_s;
      summary->n_rules = lists[i].n_rules;
      summary->is_trusted = lists[i].is_trusted != 0;
      for (guint k = 0; k < NJ_N_REFUSALS; k++)
        {
          summary->refused[k] = lists[i].refused[k];
          if (k >= NJ_REFUSAL_COSMETIC)
            summary->n_page += lists[i].refused[k];
          else
            summary->n_refused += lists[i].refused[k];
        }
    }
}

static NjEngine *
engine_new (const guint8 *image, gsize size)
{
  NjEngine            *self = g_new0 (NjEngine, 1);
  const NjImageHeader *header = (const NjImageHeader *) image;

  self->count = 1;
  self->image = image;
  self->size = size;
  self->serial = atomic_fetch_add (&next_serial, 1);
  self->header = header;
  self->rules = nj_engine_part (self, header->rules);
  self->conditions = nj_engine_part (self, header->conditions);
  self->host_map = nj_engine_part (self, header->host_map);
  self->host_map_bits = header->host_map.size * 8;
  self->token_map = nj_engine_part (self, header->token_map);
  self->name_slots = nj_engine_part (self, header->name_slots);
  self->name_mask = header->name_slots.size / sizeof (guint32) - 1;
  self->name_at = nj_engine_part (self, header->name_at);
  self->name_len = nj_engine_part (self, header->name_len);
  self->blob = nj_engine_part (self, header->blob);
  self->classes = nj_engine_part (self, header->classes);
  self->entries = nj_engine_part (self, header->entries);
  self->regex_table = nj_engine_part (self, header->regexes);
  self->n_regexes = header->regexes.size / sizeof (NjImageRegex);
  self->regexes = g_malloc0 (self->n_regexes * sizeof self->regexes[0] + 1);
  for (guint i = 0; i < NJ_N_REALMS; i++)
    self->realms |= header->realms[i].n_rules > 0 ? NJ_ENGINE_REALM (i) : 0;
  read_lists (self);
  return self;
}

/**
 * nj_engine_new_from_memory:
 * @image: (transfer full): a sound image, to be freed with g_free()
 * @size: its bytes
 *
 * For the compiler. Any thread.
 *
 * Returns: (transfer full): the engine
 */
NjEngine *
nj_engine_new_from_memory (guint8 *image, gsize size)
{
  NjEngine *self = engine_new (image, size);

  self->memory = image;
  return self;
}

/**
 * nj_engine_new_from_file:
 * @file: a mapped file that holds a sound image
 *
 * For engine-file. Any thread.
 *
 * Returns: (transfer full): the engine
 */
NjEngine *
nj_engine_new_from_file (GMappedFile *file)
{
  NjEngine *self = engine_new ((const guint8 *) g_mapped_file_get_contents (file), g_mapped_file_get_length (file));

  self->file = g_mapped_file_ref (file);
  return self;
}

/**
 * nj_engine_new_empty:
 *
 * Any thread.
 *
 * Returns: (transfer full): an engine that lets everything through
 */
NjEngine *
nj_engine_new_empty (void)
{
  return nj_compiler_compile (NULL, 0, NULL);
}

/**
 * nj_engine_ref:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: (transfer full): @engine
 */
NjEngine *
nj_engine_ref (NjEngine *engine)
{
  atomic_fetch_add_explicit (&engine->count, 1, memory_order_relaxed);
  return engine;
}

/**
 * nj_engine_unref:
 * @engine: (nullable) (transfer full): an engine
 *
 * Any thread.
 */
void
nj_engine_unref (NjEngine *engine)
{
  if (engine == NULL || atomic_fetch_sub_explicit (&engine->count, 1, memory_order_acq_rel) > 1)
    return;

  for (guint i = 0; i < engine->n_regexes; i++)
    {
      NjRegex *regex = atomic_load_explicit (&engine->regexes[i], memory_order_relaxed);

      if (regex != BROKEN)
        nj_regex_free (regex);
    }
  for (guint i = 0; i < engine->n_lists; i++)
    {
      g_free ((char *) engine->lists[i].id);
      g_free ((char *) engine->lists[i].title);
      g_free ((char *) engine->lists[i].homepage);
    }
  nj_engine_unref (engine->base);
  g_clear_pointer (&engine->file, g_mapped_file_unref);
  g_free (engine->memory);
  g_free ((void *) engine->regexes);
  g_free (engine->lists);
  g_free (engine);
}

/**
 * nj_engine_regex:
 * @engine: an engine
 * @number: the number of an expression
 *
 * Compiles it when first asked for; if two threads do so at once, one copy is kept. Any thread.
 *
 * Returns: (nullable): the expression
 */
const NjRegex *
nj_engine_regex (const NjEngine *engine, guint32 number)
{
  NjRegex *regex, *found = NULL;

  if (number >= engine->n_regexes)
    return NULL;
  regex = atomic_load_explicit (&engine->regexes[number], memory_order_acquire);
  if (G_UNLIKELY (regex == NULL))
    {
      const NjImageRegex *source = &engine->regex_table[number];

      regex = nj_regex_new (nj_bytes (engine->blob + source->at, source->len), source->flags);
      if (regex == NULL)
        regex = BROKEN;
      if (!atomic_compare_exchange_strong_explicit (&engine->regexes[number], &found, regex, memory_order_acq_rel,
                                                    memory_order_acquire))
        {
          if (regex != BROKEN)
            nj_regex_free (regex);
          regex = found;
        }
    }
  return regex != BROKEN ? regex : NULL;
}

static gboolean
is_important (guint8 flags)
{
  return (flags & NJ_IMAGE_RULE_IMPORTANT) != 0;
}

/* uBlock Origin's order for all but documents: block, then exception, then important block. */
static void
judge (NjMatch *match, guint16 need, NjFilterVerdict *verdict)
{
  guint8  flags;
  guint32 rule = nj_match_find (match, NJ_REALM_BLOCK, need, &flags), exception;

  if (rule == NJ_RULE_NONE)
    return;
  verdict->action = NJ_FILTER_BLOCK;
  verdict->rule = rule;
  verdict->is_important = is_important (flags);
  if (verdict->is_important)
    return;

  exception = nj_match_find (match, NJ_REALM_EXCEPT, need, NULL);
  if (exception == NJ_RULE_NONE)
    return;
  rule = nj_match_find (match, NJ_REALM_BLOCK, need | NJ_COND_IMPORTANT, NULL);
  verdict->is_important = rule != NJ_RULE_NONE;
  verdict->action = rule != NJ_RULE_NONE ? NJ_FILTER_BLOCK : NJ_FILTER_EXCEPT;
  verdict->rule = rule != NJ_RULE_NONE ? rule : exception;
}

/* HTTPS that is not inspected shows a host name and nothing else: no path, no type, no page. So only rules that ask
 * for nothing else decide: those without type, party and any other condition, whose pattern ends with the host. What
 * that leaves out: rules with "third-party" or "domain=", of which some would block and some must not, and all with a
 * path. An exception counts only if it is as free of conditions, since one for a path would open the whole host.
 *
 * What is wanted of a rule where the host alone may decide. */
typedef struct
{
  NjMatchHit hit;
  gboolean   must_end_host;
  gboolean   must_be_free; /* of conditions nobody can check */
} HostOnly;

static gboolean
take_host_only (NjMatch *match, const NjMatchHit *hit, gpointer user_data)
{
  HostOnly *wanted = user_data;

  if (wanted->must_end_host && !nj_match_ends_host (match, hit))
    return FALSE;
  if (wanted->must_be_free && (hit->flags & NJ_IMAGE_RULE_CONDITIONAL) != 0)
    return FALSE;
  wanted->hit = *hit;
  return TRUE;
}

/* Block, exception and important block with the same demands on each. Nearly always nothing blocks, and then one walk is
 * enough: an exception from nothing is looked for only where the caller @wants_exception. */
static void
judge_host_only (NjMatch *match, guint16 need, gboolean is_free, gboolean wants_exception, NjFilterVerdict *verdict)
{
  HostOnly block = { .must_end_host = TRUE, .must_be_free = is_free };
  HostOnly important = block;
  HostOnly exception = { .must_end_host = is_free, .must_be_free = is_free };
  gboolean is_blocked = nj_match_visit (match, NJ_REALM_BLOCK, need, take_host_only, &block);

  if (is_blocked && nj_match_visit (match, NJ_REALM_BLOCK, need | NJ_COND_IMPORTANT, take_host_only, &important))
    {
      *verdict = (NjFilterVerdict){ NJ_FILTER_BLOCK, important.hit.rule, NJ_RULE_NONE, TRUE, { 0 }, { 0 }, FALSE };
      return;
    }
  if ((is_blocked || wants_exception) && nj_match_visit (match, NJ_REALM_EXCEPT, need, take_host_only, &exception))
    {
      verdict->action = NJ_FILTER_EXCEPT;
      verdict->rule = exception.hit.rule;
    }
  else if (is_blocked)
    {
      verdict->action = NJ_FILTER_BLOCK;
      verdict->rule = block.hit.rule;
    }
}

static void
judge_tunnel (NjMatch *match, NjFilterVerdict *verdict)
{
  judge_host_only (match, NJ_COND_UNTYPED | NJ_COND_FIRST | NJ_COND_THIRD, TRUE, FALSE, verdict);
}

/* Pages are blocked by rules that name documents; else only by rules about the host and nothing else. */
static void
judge_document (NjMatch *match, NjFilterVerdict *verdict)
{
  guint16         typed = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | match->party;
  NjFilterVerdict special = *verdict, general = *verdict;
  guint32         exception, important;

  judge (match, typed, &special);
  if (special.action == NJ_FILTER_ALLOW
      && (exception = nj_match_find (match, NJ_REALM_EXCEPT, typed, NULL)) != NJ_RULE_NONE)
    {
      special.action = NJ_FILTER_EXCEPT;
      special.rule = exception;
    }
  /* uBlock Origin sees an important rule here only if it comes upon it first; its manual says it always wins. */
  if (special.action == NJ_FILTER_BLOCK && !special.is_important
      && (important = nj_match_find (match, NJ_REALM_BLOCK, typed | NJ_COND_IMPORTANT, NULL)) != NJ_RULE_NONE)
    {
      special.is_important = TRUE;
      special.rule = important;
    }
  if (special.is_important)
    {
      *verdict = special;
      return;
    }

  judge_host_only (match, NJ_COND_UNTYPED | match->party, FALSE, TRUE, &general);
  *verdict = special;
  if (special.action == NJ_FILTER_ALLOW || (general.action == NJ_FILTER_BLOCK && general.is_important)
      || (general.action == NJ_FILTER_EXCEPT && special.action != NJ_FILTER_EXCEPT))
    *verdict = general;
}

/* A blocked request may get a substitute, or lead straight to where it would have led. */
static void
finish_blocked (NjMatch *match, NjArena *arena, NjFilterVerdict *verdict)
{
  if (match->request->type != NJ_TYPE_DOCUMENT && nj_redirect_choose (match, &verdict->redirect, &verdict->modifier))
    verdict->action = NJ_FILTER_REDIRECT;
  else if (nj_url_skip_apply (match, TRUE, arena, &verdict->rewrite, &verdict->modifier))
    verdict->action = NJ_FILTER_REWRITE;
}

/* A request that is let through may get another URL. One change is made, as in uBlock Origin. */
static void
finish_allowed (NjMatch *match, NjArena *arena, NjFilterVerdict *verdict)
{
  const guint32 realms = NJ_ENGINE_REALM (NJ_REALM_URI_TRANSFORM) | NJ_ENGINE_REALM (NJ_REALM_REMOVE_PARAM)
                         | NJ_ENGINE_REALM (NJ_REALM_URL_SKIP);

  if (!nj_match_has_rules (match, realms))
    return;
  if (nj_url_transform_apply (match, arena, &verdict->rewrite, &verdict->modifier)
      || nj_query_strip (match, arena, &verdict->rewrite, &verdict->modifier)
      || nj_url_skip_apply (match, FALSE, arena, &verdict->rewrite, &verdict->modifier))
    verdict->action = NJ_FILTER_REWRITE;
}

/**
 * nj_engine_match:
 * @engine: an engine
 * @request: what is asked
 * @arena: for scratch and for the new URL, if there is one
 * @ret_verdict: (out): what to do, and by which rule
 *
 * Any thread. Source: uBlock Origin 1.67: important block, then exception, then block; documents by
 * strict blocking.
 */
void
nj_engine_match (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena, NjFilterVerdict *ret_verdict)
{
  NjMatch match;

  *ret_verdict = (NjFilterVerdict){ .action = NJ_FILTER_ALLOW, .rule = NJ_RULE_NONE, .modifier = NJ_RULE_NONE };
  if (request->url.len == 0)
    return;

  nj_match_init (&match, engine, request, arena);
  if (request->host_only)
    {
      judge_tunnel (&match, ret_verdict);
      return;
    }

  if (request->type != NJ_TYPE_DOCUMENT)
    judge (&match, NJ_TYPE_BIT (request->type) | match.party, ret_verdict);
  else if (nj_match_knows_page (&match))
    judge_document (&match, ret_verdict);
  for (const NjMatch *asked = &match; asked != NULL; asked = asked->base)
    ret_verdict->asks_address = ret_verdict->asks_address || asked->asks_address;

  if (ret_verdict->action == NJ_FILTER_BLOCK)
    finish_blocked (&match, arena, ret_verdict);
  else
    finish_allowed (&match, arena, ret_verdict);
}

/**
 * nj_engine_n_lists:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: the number of lists it was made of
 */
guint
nj_engine_n_lists (const NjEngine *engine)
{
  return engine->n_lists + (engine->base != NULL ? engine->base->n_lists : 0);
}

/**
 * nj_engine_list:
 * @engine: an engine
 * @i: which list, in the order they were given
 *
 * Any thread.
 *
 * Returns: what that list gave; lives as long as @engine
 */
const NjListSummary *
nj_engine_list (const NjEngine *engine, guint i)
{
  if (engine->base != NULL && i < engine->base->n_lists)
    return &engine->base->lists[i];
  i -= engine->base != NULL ? engine->base->n_lists : 0;
  g_assert (i < engine->n_lists);
  return &engine->lists[i];
}

/**
 * nj_engine_n_rules:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: the number of rules of all lists
 */
guint
nj_engine_n_rules (const NjEngine *engine)
{
  guint n = 0;

  for (guint i = 0; i < nj_engine_n_lists (engine); i++)
    n += nj_engine_list (engine, i)->n_rules;
  return n;
}

/**
 * nj_engine_size:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: bytes of the compiled lists, in memory and on disk
 */
gsize
nj_engine_size (const NjEngine *engine)
{
  return engine->size + (engine->base != NULL ? engine->base->size : 0);
}

/**
 * nj_engine_fingerprint:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: nj_compiler_fingerprint() of what it was made of; without the rules that came on top
 */
guint64
nj_engine_fingerprint (const NjEngine *engine)
{
  return engine->base != NULL ? engine->base->header->fingerprint : engine->header->fingerprint;
}
