/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules about pages as they are held: made once, counted, read by any number of threads. Which of them are for a page is in
 * page-lookup.c.
 */
#include "filter/page-rules-private.h"
#include "filter/page-sheet.h"

/* A page has hundreds of classes, and the table of those that rules wait for does not fit a near cache. */
static guint64 *
make_token_map (const NjPageRules *self)
{
  const NjImageSlot *slots = (const NjImageSlot *) (self->image + self->header->tokens.at);
  guint64           *map = g_malloc0 ((1u << NJ_PAGE_TOKEN_BITS) / 8);

  for (guint32 i = 0; i < self->header->tokens.size / sizeof slots[0]; i++)
    if (slots[i].bucket != NJ_IMAGE_NONE)
      {
        guint32 bit = slots[i].key >> (32 - NJ_PAGE_TOKEN_BITS);

        map[bit / 64] |= G_GUINT64_CONSTANT (1) << bit % 64;
      }
  return map;
}

static NjPageRules *
rules_new (const guint8 *image)
{
  const NjPageImageHeader *header = (const NjPageImageHeader *) image;
  NjPageRules             *self = g_new0 (NjPageRules, 1);

  self->count = 1;
  self->image = image;
  self->header = header;
  self->rules = (const NjPageImageRule *) (image + header->rules.at);
  self->names = (const NjPageImageName *) (image + header->names.at);
  self->entries = (const NjPageImageEntry *) (image + header->entries.at);
  self->blob = (const char *) image + header->blob.at;
  self->regexes = g_malloc0 (header->n_regexes * sizeof self->regexes[0] + 1);
  self->token_map = make_token_map (self);
  return self;
}

/**
 * nj_page_rules_new_from_memory:
 * @image: (transfer full): a sound image, to be freed with g_free()
 *
 * For page-compiler. Any thread.
 *
 * Returns: (transfer full): the rules
 */
NjPageRules *
nj_page_rules_new_from_memory (guint8 *image)
{
  NjPageRules *self = rules_new (image);

  self->memory = image;
  return self;
}

/**
 * nj_page_rules_new_from_file:
 * @file: a mapped file that holds a sound image
 *
 * For page-file. Any thread.
 *
 * Returns: (transfer full): the rules
 */
NjPageRules *
nj_page_rules_new_from_file (GMappedFile *file)
{
  NjPageRules *self = rules_new ((const guint8 *) g_mapped_file_get_contents (file));

  self->file = g_mapped_file_ref (file);
  return self;
}

/**
 * nj_page_rules_ref:
 * @rules: rules
 *
 * Any thread.
 *
 * Returns: (transfer full): @rules
 */
NjPageRules *
nj_page_rules_ref (NjPageRules *rules)
{
  atomic_fetch_add_explicit (&rules->count, 1, memory_order_relaxed);
  return rules;
}

/**
 * nj_page_rules_unref:
 * @rules: (nullable) (transfer full): rules
 *
 * Any thread.
 */
void
nj_page_rules_unref (NjPageRules *rules)
{
  if (rules == NULL || atomic_fetch_sub_explicit (&rules->count, 1, memory_order_acq_rel) > 1)
    return;

  for (guint i = 0; i < rules->header->n_regexes; i++)
    nj_regex_free (atomic_load_explicit (&rules->regexes[i], memory_order_relaxed));
  g_free ((void *) rules->regexes);
  g_free (rules->token_map);
  g_free (atomic_load_explicit (&rules->common, memory_order_relaxed));
  g_clear_pointer (&rules->file, g_mapped_file_unref);
  g_free (rules->memory);
  g_free (rules);
}

/**
 * nj_page_rules_find:
 * @rules: rules
 * @host: a page's host in its normal form
 * @visit: called for each rule that is for all its pages, whatever occurs in them
 * @user_data: for @visit
 *
 * A look-up that asks nothing more. Any thread.
 */
void
nj_page_rules_find (const NjPageRules *rules, NjBytes host, NjPageVisit visit, gpointer user_data)
{
  _Alignas (8) char lent[4096];
  g_auto (NjArena) arena;
  NjPageLookup     lookup;

  nj_arena_init (&arena, lent, sizeof lent);
  nj_page_lookup_init (&lookup, rules, host, 0, &arena);
  nj_page_lookup_visit (&lookup, visit, user_data);
}

static int
compare_places (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* Whether an exception for every page lifts such a rule. */
static gboolean
is_lifted_everywhere (const NjPageRules *rules, const NjPageImageRule *common)
{
  const NjPageImageEntry *entry = rules->header->unfiled != NJ_IMAGE_NONE ? &rules->entries[rules->header->unfiled] : NULL;

  for (; entry != NULL; entry = (entry->rule & NJ_ENTRY_LAST) != 0 ? NULL : entry + 1)
    {
      const NjPageImageRule *rule = &rules->rules[entry->rule & ~NJ_ENTRY_LAST];

      if ((rule->flags & NJ_PAGE_RULE_EXCEPTION) != 0 && rule->n_names == 0 && rule->kind == common->kind &&
          rule->key_at == common->key_at)
        return TRUE;
    }
  return FALSE;
}

/* In one block: the sheet, the keys of the rules in it, its text. */
static NjPageSheet *
join_common (const NjBuffer *keys, const NjBuffer *text, guint n)
{
  NjPageSheet *sheet = g_malloc (sizeof *sheet + keys->len + text->len);
  guint32     *places = (guint32 *) (sheet + 1);

  if (keys->len > 0)
    memcpy (places, keys->data, keys->len);
  if (text->len > 0)
    memcpy ((char *) places + keys->len, text->data, text->len);
  *sheet = (NjPageSheet){ nj_bytes ((char *) places + keys->len, text->len), n, places, keys->len / sizeof places[0] };
  qsort (places, sheet->n_keys, sizeof places[0], compare_places);
  return sheet;
}

static NjPageSheet *
make_common (const NjPageRules *rules)
{
  const NjPageImageEntry *entry = rules->header->common != NJ_IMAGE_NONE ? &rules->entries[rules->header->common] : NULL;
  NjBuffer                keys = { 0 }, text = { 0 };
  NjPageSheet            *sheet;
  guint                   n = 0;

  for (; entry != NULL; entry = (entry->rule & NJ_ENTRY_LAST) != 0 ? NULL : entry + 1)
    {
      const NjPageImageRule *rule = &rules->rules[entry->rule & ~NJ_ENTRY_LAST];
      NjPageRule             told = { .kind = rule->kind, .body = nj_bytes (rules->blob + rule->body_at, rule->body_len) };

      if (is_lifted_everywhere (rules, rule) || !nj_page_sheet_add (&text, &told))
        continue;
      nj_buffer_append_u32 (&keys, rule->key_at);
      n++;
    }
  sheet = join_common (&keys, &text, n);
  nj_buffer_clear (&keys);
  nj_buffer_clear (&text);
  return sheet;
}

/**
 * nj_page_rules_common_holds:
 * @rules: rules
 * @key_at: where a rule's key lies in the blob
 *
 * For page-lookup.c.
 *
 * Returns: whether nj_page_rules_common() holds such a rule
 */
gboolean
nj_page_rules_common_holds (const NjPageRules *rules, guint32 key_at)
{
  const NjPageSheet *sheet = nj_page_rules_common (rules);

  return sheet->n_keys > 0 && bsearch (&key_at, sheet->keys, sheet->n_keys, sizeof key_at, compare_places) != NULL;
}

/**
 * nj_page_rules_common:
 * @rules: rules
 *
 * The rules that are for every page whatever occurs in it, as a style sheet. Written when first asked for: it is long, and
 * the same for nearly all pages. Any thread.
 *
 * Returns: (transfer none): the sheet
 */
const NjPageSheet *
nj_page_rules_common (const NjPageRules *rules)
{
  _Atomic (NjPageSheet *) *place = &((NjPageRules *) rules)->common;
  NjPageSheet             *sheet = atomic_load_explicit (place, memory_order_acquire), *found = NULL;

  if (sheet != NULL)
    return sheet;

  sheet = make_common (rules);
  if (atomic_compare_exchange_strong_explicit (place, &found, sheet, memory_order_acq_rel, memory_order_acquire))
    return sheet;
  g_free (sheet);
  return found;
}

/**
 * nj_page_rules_describe:
 * @rules: rules
 * @rule: a rule's number
 * @ret_origin: (out): where it comes from; its text is its body
 *
 * Any thread.
 *
 * Returns: whether there is such a rule
 */
gboolean
nj_page_rules_describe (const NjPageRules *rules, guint32 rule, NjRuleOrigin *ret_origin)
{
  const NjPageImageRule *at;
  NjPageListSummary      list;

  if (rule >= nj_page_rules_n_rules (rules))
    return FALSE;
  at = &rules->rules[rule];
  nj_page_rules_list (rules, at->list, &list);
  *ret_origin = (NjRuleOrigin){ nj_bytes_dup (list.id), nj_bytes_dup (list.title),
                                g_strndup (rules->blob + at->body_at, at->body_len), at->line };
  return TRUE;
}

/**
 * nj_page_rules_n_rules:
 * @rules: rules
 *
 * Any thread.
 *
 * Returns: how many, exceptions too
 */
guint
nj_page_rules_n_rules (const NjPageRules *rules)
{
  return rules->header->rules.size / sizeof (NjPageImageRule);
}

/**
 * nj_page_rules_n_lists:
 * @rules: rules
 *
 * Any thread.
 *
 * Returns: the number of lists they were made of
 */
guint
nj_page_rules_n_lists (const NjPageRules *rules)
{
  return rules->header->lists.size / sizeof (NjPageImageList);
}

/**
 * nj_page_rules_list:
 * @rules: rules
 * @i: which list, in the order they were given
 * @ret_summary: (out): what it gave; its texts live as long as @rules
 *
 * Any thread.
 */
void
nj_page_rules_list (const NjPageRules *rules, guint i, NjPageListSummary *ret_summary)
{
  const NjPageImageList *list = (const NjPageImageList *) (rules->image + rules->header->lists.at) + i;

  g_assert (i < nj_page_rules_n_lists (rules));
  *ret_summary = (NjPageListSummary){ .id = nj_bytes (rules->blob + list->id.at, list->id.size),
                                      .title = nj_bytes (rules->blob + list->title.at, list->title.size),
                                      .n_refused = list->n_refused,
                                      .n_exceptions = list->n_exceptions };
  memcpy (ret_summary->counts, list->counts, sizeof list->counts);
  memcpy (ret_summary->refused, list->refused, sizeof list->refused);
}

/**
 * nj_page_rules_image:
 * @rules: rules
 *
 * Any thread.
 *
 * Returns: the whole image, as it goes to a file
 */
NjBytes
nj_page_rules_image (const NjPageRules *rules)
{
  return nj_bytes ((const char *) rules->image, rules->header->size);
}

/**
 * nj_page_rules_fingerprint:
 * @rules: rules
 *
 * Any thread.
 *
 * Returns: nj_compiler_fingerprint() of the lists they were made of
 */
guint64
nj_page_rules_fingerprint (const NjPageRules *rules)
{
  return rules->header->fingerprint;
}
