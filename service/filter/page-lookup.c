/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rules about pages are for a page: by its host's names, by those of its entity, and generic ones by the classes
 * and ids that occur in it. What is done with them is not here. Whoever rewrites pages asks, on any thread.
 */
#include "filter/page-rules-private.h"
#include "base/host.h"

static gboolean
matches_regex (const NjPageRules *self, const NjPageImageName *name, NjBytes host)
{
  guint    number = name->flags >> NJ_PAGE_NAME_SHIFT;
  NjRegex *regex = atomic_load_explicit (&self->regexes[number], memory_order_acquire), *found = NULL;

  if (regex == NULL)
    {
      regex = nj_regex_new (nj_bytes (self->blob + name->at, name->len), NJ_REGEX_CASELESS);
      if (regex == NULL)
        return FALSE;
      if (!atomic_compare_exchange_strong_explicit (&self->regexes[number], &found, regex, memory_order_acq_rel,
                                                    memory_order_acquire))
        {
          nj_regex_free (regex);
          regex = found;
        }
    }
  return nj_regex_matches (regex, host, NULL, NULL);
}

/* Whether a rule is for the page's path, where it names one. */
static gboolean
is_for_path (const NjPageLookup *self, const NjPageImageRule *rule)
{
  return (rule->flags & NJ_PAGE_RULE_PATH) == 0 ||
         (self->path.len > 0 && matches_regex (self->rules, &self->rules->names[rule->names], self->path));
}

static gboolean
matches_name (const NjPageLookup *self, const NjPageImageName *name)
{
  NjBytes text = nj_bytes (self->rules->blob + name->at, name->len);

  if ((name->flags & NJ_PAGE_NAME_REGEX) != 0)
    return matches_regex (self->rules, name, self->host);
  if ((name->flags & NJ_PAGE_NAME_ENTITY) == 0)
    return nj_host_is_below (self->host, text);
  return self->stem.len > 0 && nj_host_is_below (self->stem, nj_bytes (text.data, text.len - 2));
}

/* Whether a rule is for this host. @filed is the name it was found under: of several that match, the first counts, so
 * that no rule is found twice. */
static gboolean
is_for (const NjPageLookup *self, const NjPageImageRule *rule, guint32 filed)
{
  guint32 first = NJ_IMAGE_NONE;

  for (guint32 i = rule->names; i < rule->names + rule->n_names; i++)
    {
      const NjPageImageName *name = &self->rules->names[i];
      gboolean               is_negated = (name->flags & NJ_PAGE_NAME_NEGATED) != 0;

      if ((name->flags & NJ_PAGE_NAME_PATH) != 0)
        continue;
      if ((!is_negated && first != NJ_IMAGE_NONE) || !matches_name (self, name))
        continue;
      if (is_negated)
        return FALSE;
      first = i;
    }
  if ((rule->flags & NJ_PAGE_RULE_SPECIFIC) == 0)
    return TRUE;
  /* One that is filed nowhere is found once anyway. */
  return first != NJ_IMAGE_NONE && (filed == NJ_IMAGE_NONE || filed == first);
}

static void
keep (NjPageLookup *self, guint32 rule)
{
  if (self->n_found == self->room)
    {
      guint    room = self->room == 0 ? 64 : self->room * 2;
      guint32 *found = nj_arena_alloc (self->arena, room * sizeof found[0]);

      if (self->n_found > 0)
        memcpy (found, self->found, self->n_found * sizeof found[0]);
      self->found = found;
      self->room = room;
    }
  self->found[self->n_found++] = rule;
}

static void
keep_bucket (NjPageLookup *self, guint32 first)
{
  const NjPageImageEntry *entry = first != NJ_IMAGE_NONE ? &self->rules->entries[first] : NULL;

  for (; entry != NULL; entry++)
    {
      guint32 number = entry->rule & ~NJ_ENTRY_LAST;

      if (is_for (self, &self->rules->rules[number], entry->name))
        keep (self, number);
      if ((entry->rule & NJ_ENTRY_LAST) != 0)
        return;
    }
}

static guint32
find_bucket (const NjPageRules *self, NjImageSpan span, guint32 key)
{
  const NjImageSlot *slots = (const NjImageSlot *) (self->image + span.at);
  guint32            n = span.size / sizeof slots[0];
  guint32            i = n > 0 ? nj_image_share (nj_image_spread (key), n) : 0;

  if (n == 0)
    return NJ_IMAGE_NONE;
  while (slots[i].key != key && slots[i].bucket != NJ_IMAGE_NONE)
    i = i + 1 < n ? i + 1 : 0;
  return slots[i].bucket;
}

/* All rules filed under @host or a name above it, or under the entity of one. */
static void
keep_suffixes (NjPageLookup *self, NjBytes host, gboolean is_entity)
{
  guint64 hash = NJ_HASH_NAME_START;

  if (is_entity)
    hash = nj_hash_name_add (nj_hash_name_add (hash, '*'), '.');
  for (gsize i = host.len; i > 0; i--)
    {
      if (host.data[i - 1] == '.')
        keep_bucket (self, find_bucket (self->rules, self->rules->header->hosts, nj_page_image_key (nj_hash_name_end (hash))));
      hash = nj_hash_name_add (hash, host.data[i - 1]);
    }
  if (host.len > 0)
    keep_bucket (self, find_bucket (self->rules, self->rules->header->hosts, nj_page_image_key (nj_hash_name_end (hash))));
}

/* Exceptions are few and asked for each rule. */
static void
put_exceptions_first (NjPageLookup *self)
{
  guint32 *ordered = self->n_found > 0 ? nj_arena_alloc (self->arena, self->n_found * sizeof ordered[0]) : NULL;
  guint    n = 0;

  for (guint wanted = 0; wanted < 2; wanted++)
    {
      for (guint i = 0; i < self->n_found; i++)
        if (((self->rules->rules[self->found[i]].flags & NJ_PAGE_RULE_EXCEPTION) == 0) == (wanted == 1))
          ordered[n++] = self->found[i];
      if (wanted == 0)
        self->n_exceptions = n;
    }
  self->found = ordered;
}

/**
 * nj_page_lookup_init_at:
 * @self: (out): a look-up
 * @rules: rules; must outlive @self
 * @host: the page's host in its normal form; must outlive @self
 * @path: what follows it in the page's address, with its query; must outlive @self. Empty: rules for paths are for no page
 * @spared: NJ_PAGE_NO_ bits
 * @arena: for scratch that lives as long as @self
 *
 * Any thread.
 */
void
nj_page_lookup_init_at (NjPageLookup *self, const NjPageRules *rules, NjBytes host, NjBytes path, guint spared, NjArena *arena)
{
  NjBytes     domain;
  const char *dot;

  *self = (NjPageLookup){ .rules = rules, .host = host, .path = path, .spared = spared, .arena = arena };
  domain = nj_host_registrable (host);
  dot = domain.len > 0 ? memchr (domain.data, '.', domain.len) : NULL;
  if (dot != NULL && domain.data >= host.data && dot < host.data + host.len)
    self->stem = nj_bytes (host.data, dot - host.data);

  keep_suffixes (self, host, FALSE);
  keep_suffixes (self, self->stem, TRUE);
  keep_bucket (self, rules->header->unfiled);
  put_exceptions_first (self);
}

/**
 * nj_page_lookup_init:
 * @self: (out): a look-up
 * @rules: rules; must outlive @self
 * @host: the page's host in its normal form; must outlive @self
 * @spared: NJ_PAGE_NO_ bits
 * @arena: for scratch that lives as long as @self
 *
 * For any page of the host. Any thread.
 */
void
nj_page_lookup_init (NjPageLookup *self, const NjPageRules *rules, NjBytes host, guint spared, NjArena *arena)
{
  nj_page_lookup_init_at (self, rules, host, NJ_BYTES_NONE, spared, arena);
}

static gboolean
is_cosmetic (const NjPageImageRule *rule)
{
  return rule->kind == NJ_PAGE_LINE_HIDE || rule->kind == NJ_PAGE_LINE_STYLE || rule->kind == NJ_PAGE_LINE_PROCEDURAL;
}

/* Whether an exception lifts a rule: one of the same meaning, or one without any, which lifts all scriptlets. */
static gboolean
is_lifted (const NjPageLookup *self, const NjPageImageRule *rule)
{
  for (guint i = 0; i < self->n_exceptions; i++)
    {
      const NjPageImageRule *other = &self->rules->rules[self->found[i]];

      if (other->kind == rule->kind && is_for_path (self, other)
          && (other->key_at == rule->key_at || (other->body_len == 0 && rule->kind == NJ_PAGE_LINE_SCRIPTLET)))
        return TRUE;
    }
  return FALSE;
}

static void
tell (const NjPageLookup *self, guint32 number, NjPageVisit visit, gpointer user_data)
{
  const NjPageImageRule *rule = &self->rules->rules[number];
  gboolean               is_generic = (rule->flags & NJ_PAGE_RULE_SPECIFIC) == 0;
  NjPageRule             told = { number, rule->kind, nj_bytes (self->rules->blob + rule->body_at, rule->body_len), is_generic,
                                  (rule->flags & NJ_PAGE_RULE_TRUSTED) != 0 };

  if (is_cosmetic (rule) && (rule->flags & NJ_PAGE_RULE_EVERYWHERE) == 0
      && (self->spared & (is_generic ? NJ_PAGE_NO_GENERIC_HIDE : NJ_PAGE_NO_SPECIFIC_HIDE)) != 0)
    return;
  if (is_for_path (self, rule) && !is_lifted (self, rule))
    visit (&told, user_data);
}

/**
 * nj_page_lookup_visit_own:
 * @self: a look-up
 * @visit: called for each rule that is for the page, whatever occurs in it, but for those of nj_page_rules_common()
 * @user_data: for @visit
 *
 * Any thread.
 */
void
nj_page_lookup_visit_own (NjPageLookup *self, NjPageVisit visit, gpointer user_data)
{
  for (guint i = self->n_exceptions; i < self->n_found; i++)
    tell (self, self->found[i], visit, user_data);
}

/**
 * nj_page_lookup_visit_common:
 * @self: a look-up
 * @visit: called for each rule of nj_page_rules_common() that is for the page
 * @user_data: for @visit
 *
 * Any thread.
 */
void
nj_page_lookup_visit_common (NjPageLookup *self, NjPageVisit visit, gpointer user_data)
{
  guint32                 first = self->rules->header->common;
  const NjPageImageEntry *entry = first != NJ_IMAGE_NONE ? &self->rules->entries[first] : NULL;

  for (; entry != NULL; entry = (entry->rule & NJ_ENTRY_LAST) != 0 ? NULL : entry + 1)
    tell (self, entry->rule & ~NJ_ENTRY_LAST, visit, user_data);
}

/**
 * nj_page_lookup_wants_common:
 * @self: a look-up
 *
 * Any thread.
 *
 * Returns: whether all of nj_page_rules_common() are for the page: it is spared none, and no exception lifts any
 */
gboolean
nj_page_lookup_wants_common (const NjPageLookup *self)
{
  for (guint i = 0; i < self->n_exceptions; i++)
    {
      const NjPageImageRule *rule = &self->rules->rules[self->found[i]];

      if (is_cosmetic (rule) && nj_page_rules_common_holds (self->rules, rule->key_at))
        return FALSE;
    }
  return (self->spared & NJ_PAGE_NO_GENERIC_HIDE) == 0;
}

/**
 * nj_page_lookup_visit:
 * @self: a look-up
 * @visit: called for each rule that is for the page, whatever occurs in it
 * @user_data: for @visit
 *
 * Any thread.
 */
void
nj_page_lookup_visit (NjPageLookup *self, NjPageVisit visit, gpointer user_data)
{
  nj_page_lookup_visit_own (self, visit, user_data);
  nj_page_lookup_visit_common (self, visit, user_data);
}

/**
 * nj_page_lookup_key:
 * @self: a look-up
 * @token: a class or id, as for nj_page_lookup_token()
 * @ret_key: (out): a number that stands for it
 *
 * To be asked first: most classes of a page are in no rule, and this is told at once. Any thread.
 *
 * Returns: whether there may be rules that wait for it
 */
gboolean
nj_page_lookup_key (const NjPageLookup *self, NjBytes token, guint32 *ret_key)
{
  guint32 key = nj_page_image_key (nj_hash_name (token.data, token.len)), bit = key >> (32 - NJ_PAGE_TOKEN_BITS);

  *ret_key = key;
  return (self->rules->token_map[bit / 64] & G_GUINT64_CONSTANT (1) << bit % 64) != 0;
}

static gboolean
may_wait (const NjPageRules *rules, guint64 hash)
{
  guint32 bit = nj_page_image_key (nj_hash_name_end (hash)) >> (32 - NJ_PAGE_TOKEN_BITS);

  return (rules->token_map[bit / 64] & G_GUINT64_CONSTANT (1) << bit % 64) != 0;
}

/**
 * nj_page_lookup_signs:
 * @self: a look-up
 * @name: what may be a class or an id
 *
 * For who does not know which, and has many of them. Any thread.
 *
 * Returns: whether there may be rules that wait for it, as NJ_PAGE_LOOKUP_ bits
 */
guint
nj_page_lookup_signs (const NjPageLookup *self, NjBytes name)
{
  guint64 hash = NJ_HASH_NAME_START;

  for (gsize i = name.len; i > 0; i--)
    hash = nj_hash_name_add (hash, name.data[i - 1]);
  return (may_wait (self->rules, nj_hash_name_add (hash, '.')) ? NJ_PAGE_LOOKUP_CLASS : 0) |
         (may_wait (self->rules, nj_hash_name_add (hash, '#')) ? NJ_PAGE_LOOKUP_ID : 0);
}

/**
 * nj_page_lookup_token:
 * @self: a look-up
 * @token: a class or id that occurs in the page, as ".class" or "#id"
 * @visit: called for each generic rule that waits for it
 * @user_data: for @visit
 *
 * Generic rules are too many to be put into each page. Any thread.
 */
void
nj_page_lookup_token (NjPageLookup *self, NjBytes token, NjPageVisit visit, gpointer user_data)
{
  guint32 first = find_bucket (self->rules, self->rules->header->tokens, nj_page_image_key (nj_hash_name (token.data, token.len)));
  const NjPageImageEntry *entry = first != NJ_IMAGE_NONE ? &self->rules->entries[first] : NULL;

  for (; entry != NULL; entry++)
    {
      guint32 number = entry->rule & ~NJ_ENTRY_LAST;
      NjBytes body = nj_bytes (self->rules->blob + self->rules->rules[number].body_at, self->rules->rules[number].body_len);

      if (nj_bytes_find (body, token) >= 0 && is_for (self, &self->rules->rules[number], NJ_IMAGE_NONE))
        tell (self, number, visit, user_data);
      if ((entry->rule & NJ_ENTRY_LAST) != 0)
        return;
    }
}
