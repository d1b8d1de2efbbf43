/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule asks besides its pattern: who asks, whom, how, and expressions. Written by record.c.
 * Names are numbers here: a host's names are looked up once for all rules. Any thread.
 */
#include "filter/condition.h"
#include "base/host.h"
#include "filter/glob.h"
#include "filter/site.h"

static gboolean
find_number (const NjEngine *engine, guint64 hash, NjBytes stem, gboolean is_entity, guint32 *ret_number)
{
  gsize len = stem.len + (is_entity ? 2 : 0);

  for (guint32 i = hash & engine->name_mask;; i = (i + 1) & engine->name_mask)
    {
      guint32     slot = engine->name_slots[i];
      guint32     number = (slot & NJ_IMAGE_NAME_NUMBER) - 1;
      const char *text;

      if (slot == 0)
        return FALSE;
      if (slot >> 24 != hash >> 56 || engine->name_len[number] != len)
        continue;
      text = (const char *) engine->rules + engine->name_at[number];
      if (memcmp (text, stem.data, stem.len) == 0 && (!is_entity || memcmp (text + stem.len, ".*", 2) == 0))
        {
          *ret_number = number;
          return TRUE;
        }
    }
}

static void
add_number (NjMatchNames *names, guint32 number)
{
  guint i = names->n;

  if (names->n == NJ_MATCH_NAMES)
    return;
  for (; i > 0 && names->numbers[i - 1] > number; i--)
    names->numbers[i] = names->numbers[i - 1];
  names->numbers[i] = number;
  names->n++;
}

/* Looks up @host and all names above it; for an entity, each with ".*" in place of the public suffix. */
static void
add_suffixes (const NjEngine *engine, NjMatchNames *names, NjBytes host, gboolean is_entity)
{
  guint64 hash = NJ_HASH_NAME_START;
  guint32 number;

  if (is_entity)
    hash = nj_hash_name_add (nj_hash_name_add (hash, '*'), '.');

  for (gsize i = host.len; i > 0; i--)
    {
      if (host.data[i - 1] == '.'
          && find_number (engine, nj_hash_name_end (hash), nj_bytes (host.data + i, host.len - i), is_entity, &number))
        add_number (names, number);
      hash = nj_hash_name_add (hash, host.data[i - 1]);
    }
  if (find_number (engine, nj_hash_name_end (hash), host, is_entity, &number))
    add_number (names, number);
}

/* Whether any rule could speak of an entity of @host: spares asking for its public suffix. */
static gboolean
may_have_entity (const NjEngine *engine, NjBytes host)
{
  for (gsize i = 1; i < host.len; i++)
    if (host.data[i] == '.')
      {
        guint bit = nj_image_entity_bit (host.data, i);

        if ((engine->header->entity_map[bit >> 6] >> (bit & 63) & 1) != 0)
          return TRUE;
      }
  return FALSE;
}

static void
add_entities (const NjEngine *engine, NjMatchNames *names)
{
  NjBytes     domain;
  const char *dot;

  if (!may_have_entity (engine, names->host))
    return;
  domain = nj_site_registrable (names->host);
  dot = memchr (domain.data, '.', domain.len);
  if (dot != NULL)
    add_suffixes (engine, names, nj_bytes (names->host.data, dot - names->host.data), TRUE);
}

/**
 * nj_condition_names:
 * @match: a request
 * @names: its source or target
 *
 * Looks up the numbers of a host's names, if that has not been done. Any thread.
 */
void
nj_condition_names (NjMatch *match, NjMatchNames *names)
{
  NjSite *site;

  if (names->is_known)
    return;
  names->is_known = TRUE;
  names->n = 0;
  names->n_buckets = G_MAXUINT;
  if (names->host.len == 0)
    return;

  site = nj_site_remember (names->host);
  if (site != NULL && site->serial == match->engine->serial)
    {
      names->n = site->n_names;
      for (guint i = 0; i < names->n; i++)
        names->numbers[i] = site->names[i];
      return;
    }

  add_suffixes (match->engine, names, names->host, FALSE);
  add_entities (match->engine, names);
  if (site != NULL && names->n <= NJ_SITE_NAMES)
    {
      site->serial = match->engine->serial;
      site->n_names = names->n;
      memcpy (site->names, names->numbers, names->n * sizeof names->numbers[0]);
    }
}

static gboolean
has_number (const guint32 *numbers, guint n, guint32 number)
{
  guint low = 0, high = n;

  if (n <= 8)
    {
      for (guint i = 0; i < n; i++)
        if (numbers[i] == number)
          return TRUE;
      return FALSE;
    }
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (numbers[middle] < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low < n && numbers[low] == number;
}

static gboolean
has_name (NjMatch *match, NjMatchNames *names, const guint32 *numbers, guint n)
{
  nj_condition_names (match, names);
  for (guint i = 0; i < names->n; i++)
    if (has_number (numbers, n, names->numbers[i]))
      return TRUE;
  return FALSE;
}

static gboolean
matches_any (const NjMatch *match, NjBytes text, const guint32 *numbers, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const NjRegex *regex = nj_engine_regex (match->engine, numbers[i]);

      if (regex != NULL && nj_regex_matches (regex, text, NULL, NULL))
        return TRUE;
    }
  return FALSE;
}

static NjBytes
text_of (const NjMatch *match, const guint32 *words)
{
  return nj_bytes (match->engine->blob + words[0], words[1]);
}

static gboolean
is_lan (NjBytes address)
{
  NjAddress parsed;

  if (!nj_address_parse (address, 0, &parsed))
    return FALSE;
  return nj_address_scope (&parsed) != NJ_SCOPE_GLOBAL && nj_address_scope (&parsed) != NJ_SCOPE_MULTICAST;
}

/* ipaddress=: an address, a prefix with "*", "lan", "loopback" or an expression. */
static gboolean
address_holds (NjMatch *match, const guint32 *words)
{
  NjBytes address = match->request->address;
  NjBytes wanted = text_of (match, words);

  if (address.len == 0)
    {
      match->asks_address = TRUE;
      return FALSE;
    }
  if (words[2] != NJ_IMAGE_NONE)
    return matches_any (match, address, &words[2], 1);
  if (nj_bytes_equal (wanted, NJ_BYTES ("lan")))
    return is_lan (address);
  if (nj_bytes_equal (wanted, NJ_BYTES ("loopback")))
    return nj_bytes_equal (address, NJ_BYTES ("127.0.0.1")) || nj_bytes_equal (address, NJ_BYTES ("::1"));
  if (wanted.len > 0 && wanted.data[wanted.len - 1] == '*')
    return nj_bytes_starts_with (address, nj_bytes (wanted.data, wanted.len - 1));
  return nj_bytes_equal (address, wanted);
}

/* header=: "name", "name:text", "name:~text" or "name:/expression/". */
static gboolean
header_holds (const NjMatch *match, const guint32 *words)
{
  NjBytes        spec = text_of (match, words);
  const char    *colon = memchr (spec.data, ':', spec.len);
  NjBytes        name = nj_bytes (spec.data, colon != NULL ? (gsize) (colon - spec.data) : spec.len);
  NjBytes        wanted = colon != NULL ? nj_bytes (colon + 1, spec.data + spec.len - colon - 1) : NJ_BYTES_NONE;
  gboolean       is_negated = wanted.len > 0 && wanted.data[0] == '~';
  const NjBytes *value = NULL;

  /* The last of several fields of one name counts, as in uBlock Origin. */
  for (guint i = 0; i < match->n_headers; i++)
    if (nj_bytes_equal_nocase (match->headers[i].name, name))
      value = &match->headers[i].value;
  if (value == NULL)
    return FALSE;
  if (wanted.len == 0)
    return TRUE;

  if (is_negated)
    wanted = nj_bytes (wanted.data + 1, wanted.len - 1);
  if (words[2] != NJ_IMAGE_NONE)
    return matches_any (match, *value, &words[2], 1) != is_negated;
  return nj_glob_find (wanted, *value) != is_negated;
}

static gboolean
pattern_regex_holds (const NjMatch *match, guint32 number, gsize *ret_end)
{
  const NjRegex *regex = nj_engine_regex (match->engine, number);

  return regex != NULL && nj_regex_matches (regex, match->request->url, NULL, ret_end);
}

static gboolean
method_holds (const NjMatch *match, const guint32 *words)
{
  guint method = nj_rule_method_bit (match->request->method);

  return (method & words[0]) != 0 || (words[1] != 0 && method != 0 && (method & words[1]) == 0);
}

/* One condition by itself. */
static gboolean
one_holds (NjMatch *match, NjConditionTag tag, const guint32 *words, guint n, gsize *ret_end)
{
  switch (tag)
    {
    case NJ_CONDITION_FROM:
      return has_name (match, &match->source, words, n);
    case NJ_CONDITION_FROM_REGEX:
      return matches_any (match, match->source.host, words, n);
    case NJ_CONDITION_FROM_NOT:
      return !has_name (match, &match->source, words, n);
    case NJ_CONDITION_FROM_NOT_REGEX:
      return !matches_any (match, match->source.host, words, n);
    case NJ_CONDITION_TO:
      return has_name (match, &match->target, words, n);
    case NJ_CONDITION_TO_REGEX:
      return matches_any (match, match->target.host, words, n);
    case NJ_CONDITION_TO_NOT:
      return !has_name (match, &match->target, words, n);
    case NJ_CONDITION_TO_NOT_REGEX:
      return !matches_any (match, match->target.host, words, n);
    case NJ_CONDITION_METHOD:
      return method_holds (match, words);
    case NJ_CONDITION_STRICT:
      return nj_bytes_equal (match->source.host, match->target.host) == (words[0] == NJ_PARTY_FIRST);
    case NJ_CONDITION_REGEX:
      return pattern_regex_holds (match, words[0], ret_end);
    case NJ_CONDITION_HEADER:
      return header_holds (match, words);
    case NJ_CONDITION_ADDRESS:
      return address_holds (match, words);
    default:
      return TRUE;
    }
}

/**
 * nj_condition_holds:
 * @match: a request
 * @words: the conditions of a rule
 * @ret_regex_end: (out): where the match of the pattern ends, if that is an expression
 *
 * Any thread.
 *
 * Returns: whether all hold
 */
gboolean
nj_condition_holds (NjMatch *match, const guint32 *words, gsize *ret_regex_end)
{
  while ((*words & 0xff) != NJ_CONDITION_END)
    {
      NjConditionTag tag = *words & 0xff;
      guint          n = *words >> 8;
      const guint32 *next = words + 1 + n;
      gboolean       holds = one_holds (match, tag, words + 1, n, ret_regex_end);

      /* Names and expressions of one option: one hit is enough. */
      if ((tag == NJ_CONDITION_FROM || tag == NJ_CONDITION_TO) && (*next & 0xff) == (guint) tag + 1)
        {
          holds = holds || one_holds (match, tag + 1, next + 1, *next >> 8, ret_regex_end);
          next += 1 + (*next >> 8);
        }
      if (!holds)
        return FALSE;
      words = next;
    }
  return TRUE;
}

/**
 * nj_condition_find:
 * @words: (nullable): the conditions of a rule
 * @tag: which to look for
 *
 * Any thread.
 *
 * Returns: (nullable): the words of that condition
 */
const guint32 *
nj_condition_find (const guint32 *words, NjConditionTag tag)
{
  for (; words != NULL && (*words & 0xff) != NJ_CONDITION_END; words += 1 + (*words >> 8))
    if ((*words & 0xff) == (guint) tag)
      return words + 1;
  return NULL;
}
