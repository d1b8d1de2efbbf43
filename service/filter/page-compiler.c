/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists to rules about pages: every line that changes pages is filed under the names it is for, generic ones under a
 * class or id that must occur. Network rules are compiler.c's, which does not wait for this. Called off the main
 * thread whenever lists change; needs no main loop and shares nothing.
 */
#include "filter/buffer.h"
#include "filter/list-parser.h"
#include "filter/page-image.h"
#include "filter/page-rules.h"
#include "filter/scriptlet.h"

#include <stdlib.h>

#define ARENA_LENT 65536

/* A rule waiting for its table. */
typedef struct
{
  guint32 key;
  guint32 rule;
  guint32 name;
} Pending;

/* One compilation: the parts of the image grow apart and are joined at the end. */
typedef struct
{
  NjBuffer        lists, rules, names, blob;
  NjBuffer        hosts, tokens; /* Pending */
  NjBuffer        unfiled;       /* NjPageImageEntry */
  NjBuffer        entries;       /* NjPageImageEntry */
  NjBuffer        texts;         /* NjImageSpan of each text in the blob */
  guint32        *text_slots;    /* owned: number + 1; 0 free */
  guint           n_text_slots;
  guint           n_regexes;
  NjPageImageList summary;       /* of the list being read */
  NjArena         arena;         /* cleared after each line */
  char           *lent;          /* owned: the arena's first block */
  guint           list;
  guint           line;
  gboolean        is_trusted;
} PageCompiler;

static guint
n_texts (const PageCompiler *self)
{
  return self->texts.len / sizeof (NjImageSpan);
}

static NjBytes
text_at (const PageCompiler *self, guint number)
{
  const NjImageSpan *span = (const NjImageSpan *) self->texts.data + number;

  return nj_bytes ((const char *) self->blob.data + span->at, span->size);
}

static guint
text_slot (const PageCompiler *self, NjBytes text)
{
  guint i = nj_hash_bytes (text.data, text.len) & (self->n_text_slots - 1);

  while (self->text_slots[i] != 0 && !nj_bytes_equal (text_at (self, self->text_slots[i] - 1), text))
    i = (i + 1) & (self->n_text_slots - 1);
  return i;
}

static void
grow_text_slots (PageCompiler *self)
{
  g_free (self->text_slots);
  self->n_text_slots *= 2;
  self->text_slots = g_new0 (guint32, self->n_text_slots);
  for (guint i = 0; i < n_texts (self); i++)
    self->text_slots[text_slot (self, text_at (self, i))] = i + 1;
}

/* Where a text lies in the blob: equal texts at the same place, others elsewhere, so that they are compared by it. */
static NjImageSpan
add_text (PageCompiler *self, NjBytes text)
{
  guint       slot = text_slot (self, text);
  NjImageSpan span;

  if (self->text_slots[slot] != 0)
    return ((const NjImageSpan *) self->texts.data)[self->text_slots[slot] - 1];

  span = (NjImageSpan){ (guint32) nj_buffer_append (&self->blob, text.data, text.len), (guint32) text.len };
  if (text.len == 0)
    nj_buffer_append (&self->blob, "", 1);
  nj_buffer_append (&self->texts, &span, sizeof span);
  self->text_slots[slot] = n_texts (self);
  if (n_texts (self) * 2 > self->n_text_slots)
    grow_text_slots (self);
  return span;
}

static gboolean
is_identifier (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || (guchar) c >= 0x80;
}

/* A class or id without which the selector cannot match: one outside of brackets, if there is but one selector. */
static NjBytes
choose_token (NjBytes body)
{
  NjBytes token = NJ_BYTES_NONE;
  gint    depth = 0;

  for (gsize i = 0; i < body.len; i++)
    {
      char c = body.data[i];

      if (c == '\\' || c == '"' || c == '\'' || (c == ',' && depth == 0))
        return NJ_BYTES_NONE;
      if (c == '{')
        return token;
      depth += (c == '(' || c == '[') - (c == ')' || c == ']');
      if (token.len > 0 || depth > 0 || (c != '.' && c != '#'))
        continue;

      token = nj_bytes (body.data + i, 1);
      while (i + 1 < body.len && is_identifier (body.data[i + 1]))
        i++;
      token.len = body.data + i + 1 - token.data;
      if (token.len < 2 || (i + 1 < body.len && body.data[i + 1] == '\\'))
        return NJ_BYTES_NONE;
    }
  return token;
}

static void
add_pending (NjBuffer *buffer, NjBytes text, guint32 rule, guint32 name)
{
  Pending pending = { nj_page_image_key (nj_hash_name (text.data, text.len)), rule, name };

  nj_buffer_append (buffer, &pending, sizeof pending);
}

static void
add_unfiled (PageCompiler *self, guint32 rule)
{
  NjPageImageEntry entry = { rule, NJ_IMAGE_NONE };

  nj_buffer_append (&self->unfiled, &entry, sizeof entry);
}

/* The path that a rule is for, before its names. Returns what its flags get. */
static guint8
add_path (PageCompiler *self, NjBytes path)
{
  NjImageSpan     text;
  NjPageImageName name;

  if (path.len == 0)
    return 0;
  text = add_text (self, path);
  name = (NjPageImageName){ text.at, (guint16) text.size, (guint16) (NJ_PAGE_NAME_PATH | self->n_regexes++ << NJ_PAGE_NAME_SHIFT) };
  nj_buffer_append (&self->names, &name, sizeof name);
  return NJ_PAGE_RULE_PATH;
}

/* Writes the names of a rule and files it under those it is for. Returns whether there are any. */
static gboolean
add_names (PageCompiler *self, const NjDomainList *domains, guint32 rule)
{
  gboolean is_specific = FALSE, is_unfiled = FALSE;

  for (guint i = 0; i < domains->n; i++)
    {
      const NjDomain *domain = &domains->items[i];
      NjImageSpan     text = add_text (self, domain->name);
      guint32         number = self->names.len / sizeof (NjPageImageName);
      NjPageImageName name = { text.at, (guint16) text.size, 0 };

      name.flags = (domain->is_negated ? NJ_PAGE_NAME_NEGATED : 0) | (domain->is_entity ? NJ_PAGE_NAME_ENTITY : 0);
      if (domain->is_regex)
        name.flags |= NJ_PAGE_NAME_REGEX | (guint16) (self->n_regexes++ << NJ_PAGE_NAME_SHIFT);
      nj_buffer_append (&self->names, &name, sizeof name);
      if (domain->is_negated)
        continue;
      is_specific = TRUE;
      is_unfiled |= domain->is_regex;
      if (!domain->is_regex)
        add_pending (&self->hosts, domain->name, rule, number);
    }
  return is_specific && !is_unfiled;
}

/* A rule with an expression among its names is filed under none of them, or it would be found twice. */
static void
unfile_names (PageCompiler *self, gsize hosts_len, guint32 rule)
{
  self->hosts.len = hosts_len;
  add_unfiled (self, rule);
}

static guint
count_regexes (const NjDomainList *domains, gboolean *ret_is_specific)
{
  guint n = 0;

  *ret_is_specific = FALSE;
  for (guint i = 0; i < domains->n; i++)
    {
      n += domains->items[i].is_regex;
      *ret_is_specific |= !domains->items[i].is_negated;
    }
  return n;
}

static void
add_line (PageCompiler *self, NjPageLine *line)
{
  guint32         number = self->rules.len / sizeof (NjPageImageRule);
  gsize           hosts_len = self->hosts.len;
  NjDomainList    domains;
  NjPageImageRule rule = { 0 };
  NjImageSpan     body;
  NjBytes         token;
  gboolean        is_specific;
  NjRefusal       refusal;

  refusal = nj_page_line_judge (line, self->is_trusted, &self->arena, &domains);
  if (refusal == NJ_REFUSAL_NONE
      && (domains.n >= G_MAXUINT16 || line->path.len > G_MAXUINT16
          || self->n_regexes + count_regexes (&domains, &is_specific) + (line->path.len > 0) > NJ_PAGE_IMAGE_REGEXES))
    refusal = NJ_REFUSAL_TOO_LONG;
  if (refusal != NJ_REFUSAL_NONE)
    {
      self->summary.n_refused++;
      self->summary.refused[refusal]++;
      return;
    }

  body = add_text (self, line->body);
  rule = (NjPageImageRule){ .body_at = body.at, .body_len = body.size, .key_at = body.at,
                            .names = self->names.len / sizeof (NjPageImageName),
                            .n_names = (guint16) (domains.n + (line->path.len > 0)), .kind = line->kind, .line = self->line,
                            .list = self->list };
  if (line->kind == NJ_PAGE_LINE_SCRIPTLET)
    rule.key_at = add_text (self, nj_scriptlet_key (line->body, &self->arena)).at;
  else if (line->kind == NJ_PAGE_LINE_PROCEDURAL)
    rule.key_at = add_text (self, nj_scriptlet_procedural_key (line->body, &self->arena)).at;
  rule.flags = (line->is_exception ? NJ_PAGE_RULE_EXCEPTION : 0) | (is_specific ? NJ_PAGE_RULE_SPECIFIC : 0)
               | (nj_bytes_equal (line->domains, NJ_BYTES ("*")) ? NJ_PAGE_RULE_EVERYWHERE : 0)
               | (self->is_trusted ? NJ_PAGE_RULE_TRUSTED : 0) | add_path (self, line->path);
  nj_buffer_append (&self->rules, &rule, sizeof rule);
  if (line->is_exception)
    self->summary.n_exceptions++;
  else
    self->summary.counts[line->kind]++;

  if (add_names (self, &domains, number))
    return;
  token = !is_specific && !line->is_exception && (line->kind == NJ_PAGE_LINE_HIDE || line->kind == NJ_PAGE_LINE_STYLE)
              ? choose_token (line->body) : NJ_BYTES_NONE;
  if (token.len > 0)
    add_pending (&self->tokens, token, number, NJ_IMAGE_NONE);
  else
    unfile_names (self, hosts_len, number);
}

static void
take_line (PageCompiler *self, NjBytes text)
{
  NjLine line;

  if (memchr (text.data, '#', text.len) == NULL && nj_bytes_find (text, NJ_BYTES ("$$")) < 0
      && nj_bytes_find (text, NJ_BYTES ("$@$")) < 0)
    return;

  nj_list_parser_parse (text, TRUE, &self->arena, &line);
  if (line.kind == NJ_LINE_PAGE
      || ((line.kind == NJ_LINE_REFUSED || line.kind == NJ_LINE_RULE) && line.rule.modifier == NJ_MODIFIER_NONE
          && nj_page_line_parse_dollar (nj_bytes_trim (text), &line.page)))
    add_line (self, &line.page);
  nj_arena_clear (&self->arena);
  nj_arena_init (&self->arena, self->lent, ARENA_LENT);
}

static void
read_list (PageCompiler *self, const NjListSource *source)
{
  NjListWalk   walk;
  NjListFacts *facts;
  NjBytes      text;

  self->is_trusted = source->is_trusted;
  self->summary = (NjPageImageList){ 0 };
  nj_list_walk_init (&walk, source->text, source->include, source->include_from, &self->arena);
  while (nj_list_walk_next (&walk, &text))
    {
      self->line = walk.line;
      take_line (self, text);
    }

  facts = nj_list_walk_facts (&walk);
  if (facts->title.len == 0)
    facts->title = nj_bytes_from_string (source->title != NULL ? source->title : source->id);
  self->summary.id = add_text (self, nj_bytes_from_string (source->id));
  self->summary.title = add_text (self, facts->title);
  nj_buffer_append (&self->lists, &self->summary, sizeof self->summary);
  self->list++;
}

static int
compare_pending (const void *a, const void *b)
{
  const Pending *x = a, *y = b;

  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static NjImageSpan
put_part (NjBuffer *image, const NjBuffer *part)
{
  const guint8 padding[8] = { 0 };
  NjImageSpan  span;

  nj_buffer_append (image, padding, -image->len % 8);
  span = (NjImageSpan){ (guint32) image->len, (guint32) part->len };
  nj_buffer_append (image, part->data, part->len);
  return span;
}

static void
end_bucket (PageCompiler *self)
{
  NjPageImageEntry *last = (NjPageImageEntry *) (self->entries.data + self->entries.len) - 1;

  last->rule |= NJ_ENTRY_LAST;
}

/* Buckets of what is pending, behind the entries there are, and a table that finds them. */
static NjImageSpan
put_table (PageCompiler *self, NjBuffer *image, NjBuffer *pending)
{
  Pending             *items = (Pending *) pending->data;
  guint32              n = pending->len / sizeof items[0], n_slots = n + n / 2 + 1;
  NjBuffer             slots = { 0 };
  NjImageSlot         *slot;
  NjImageSpan          span;

  if (n > 0)
    qsort (items, n, sizeof items[0], compare_pending);
  slot = nj_buffer_extend (&slots, n_slots * sizeof slot[0]);
  for (guint32 i = 0; i < n_slots; i++)
    slot[i] = (NjImageSlot){ 0, NJ_IMAGE_NONE };

  for (guint32 i = 0; i < n;)
    {
      guint32 key = items[i].key, at = nj_image_share (nj_image_spread (key), n_slots);

      while (slot[at].bucket != NJ_IMAGE_NONE)
        at = at + 1 < n_slots ? at + 1 : 0;
      slot[at] = (NjImageSlot){ key, self->entries.len / sizeof (NjPageImageEntry) };
      for (; i < n && items[i].key == key; i++)
        nj_buffer_append (&self->entries, &(NjPageImageEntry){ items[i].rule, items[i].name }, sizeof (NjPageImageEntry));
      end_bucket (self);
    }
  span = put_part (image, &slots);
  nj_buffer_clear (&slots);
  return span;
}

/* Whether a rule is for every page and can stand in a style sheet: those are many, and gone through once for all. */
static gboolean
is_common (const PageCompiler *self, guint32 number)
{
  const NjPageImageRule *rule = (const NjPageImageRule *) self->rules.data + number;

  return (rule->kind == NJ_PAGE_LINE_HIDE || rule->kind == NJ_PAGE_LINE_STYLE) && rule->n_names == 0 &&
         (rule->flags & ~NJ_PAGE_RULE_TRUSTED) == 0;
}

/* A bucket of those that are filed nowhere. */
static guint32
put_unfiled (PageCompiler *self, gboolean common)
{
  const NjPageImageEntry *entries = (const NjPageImageEntry *) self->unfiled.data;
  guint32                 first = self->entries.len / sizeof entries[0];

  for (guint32 i = 0; i < self->unfiled.len / sizeof entries[0]; i++)
    if (is_common (self, entries[i].rule) == common)
      nj_buffer_append (&self->entries, &entries[i], sizeof entries[i]);
  if (self->entries.len / sizeof entries[0] == first)
    return NJ_IMAGE_NONE;
  end_bucket (self);
  return first;
}

/* (transfer full) (nullable): the image; NULL when it would be too large for its offsets. */
static guint8 *
build (PageCompiler *self, guint64 fingerprint)
{
  NjPageImageHeader header = { .magic = NJ_PAGE_IMAGE_MAGIC, .version = NJ_PAGE_IMAGE_VERSION, .header_size = sizeof header,
                               .fingerprint = fingerprint, .n_regexes = self->n_regexes };
  NjBuffer          image = { 0 };

  if (self->lists.len + self->rules.len + self->names.len + self->blob.len + 2 * (self->hosts.len + self->tokens.len)
          + self->unfiled.len > G_MAXINT32)
    return NULL;

  nj_buffer_append (&image, &header, sizeof header);
  header.lists = put_part (&image, &self->lists);
  header.rules = put_part (&image, &self->rules);
  header.names = put_part (&image, &self->names);
  header.hosts = put_table (self, &image, &self->hosts);
  header.tokens = put_table (self, &image, &self->tokens);
  header.unfiled = put_unfiled (self, FALSE);
  header.common = put_unfiled (self, TRUE);
  header.entries = put_part (&image, &self->entries);
  header.blob = put_part (&image, &self->blob);
  header.size = image.len;
  memcpy (image.data, &header, sizeof header);
  header.checksum = nj_page_image_checksum (image.data, image.len);
  memcpy (image.data, &header, sizeof header);
  return image.data;
}

/**
 * nj_page_rules_compile:
 * @sources: lists, those of the user too
 * @n: how many
 * @error: %NJ_FILTER_ERROR_TOO_LARGE when they do not fit
 *
 * What is not understood, or may not stand in a list that is not trusted, is counted and left out. Any thread.
 *
 * Returns: (transfer full): the rules about pages, or %NULL
 */
NjPageRules *
nj_page_rules_compile (const NjListSource *sources, guint n, GError **error)
{
  PageCompiler self = { .n_text_slots = 1024 };
  NjBuffer    *buffers[] = { &self.lists,  &self.rules,   &self.names,   &self.blob, &self.hosts,
                             &self.tokens, &self.unfiled, &self.entries, &self.texts };
  guint8      *image = NULL;
  gsize        text_size = 0;

  for (guint i = 0; i < n; i++)
    text_size += sources[i].text.len;
  if (text_size <= NJ_COMPILER_TEXT_MAX)
    {
      for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        nj_buffer_reserve (buffers[i], 256);
      self.text_slots = g_new0 (guint32, self.n_text_slots);
      self.lent = g_malloc (ARENA_LENT);
      nj_arena_init (&self.arena, self.lent, ARENA_LENT);
      for (guint i = 0; i < n; i++)
        read_list (&self, &sources[i]);
      image = build (&self, nj_compiler_fingerprint (sources, n));
      for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        nj_buffer_clear (buffers[i]);
      nj_arena_clear (&self.arena);
      g_free (self.text_slots);
      g_free (self.lent);
    }

  if (image != NULL)
    return nj_page_rules_new_from_memory (image);
  g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_TOO_LARGE, "lists have too many rules about pages");
  return NULL;
}
