/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What rules say of a page, gathered before anything of it is sent: whether its policy must be changed depends on it. In the
 * session's fiber.
 */
#include "proxy/rewrite.h"

/* Of scripts that stand in a list as they are; bytes. */
#define PROGRAM_MAX 65536
#define SHEET_MAX 98304

/* What is not ASCII would be read by the page's encoding; in strings, names and expressions it can be written so. */
static gboolean
put_script (NjBuffer *program, NjBytes text)
{
  if (program->len + text.len > PROGRAM_MAX || nj_bytes_find (text, NJ_BYTES ("</")) >= 0 ||
      nj_bytes_find (text, NJ_BYTES ("<!--")) >= 0 || !g_utf8_validate_len (text.data, text.len, NULL))
    return FALSE;

  nj_buffer_append (program, "try{", 4);
  for (gsize i = 0; i < text.len;)
    {
      gunichar sign = g_utf8_get_char (text.data + i);
      char     escape[16];

      if (sign < 0x80)
        nj_buffer_append (program, text.data + i, 1);
      else if (sign < 0x10000)
        nj_buffer_append (program, escape, (gsize) g_snprintf (escape, sizeof escape, "\\u%04x", sign));
      else
        nj_buffer_append (program, escape,
                          (gsize) g_snprintf (escape, sizeof escape, "\\u%04x\\u%04x", 0xd7c0 + (sign >> 10), 0xdc00 + (sign & 0x3ff)));
      i += (gsize) g_unichar_to_utf8 (sign, NULL);
    }
  nj_buffer_append (program, "\n}catch{}\n", 10);
  return TRUE;
}

static void
on_rule (const NjPageRule *rule, gpointer user_data)
{
  NjRewriteRules *self = user_data;

  switch (rule->kind)
    {
    case NJ_PAGE_LINE_HIDE:
    case NJ_PAGE_LINE_STYLE:
      self->n_hidden += self->sheet.len < SHEET_MAX && nj_page_sheet_add (&self->sheet, rule);
      return;
    case NJ_PAGE_LINE_PROCEDURAL:
      self->n_scriptlets += nj_scriptlet_page_add_procedural (&self->scriptlets, rule->body) == NJ_SCRIPTLET_TAKEN;
      return;
    case NJ_PAGE_LINE_SCRIPTLET:
      self->n_scriptlets += nj_scriptlet_page_add (&self->scriptlets, rule->body, rule->is_trusted) == NJ_SCRIPTLET_TAKEN;
      return;
    case NJ_PAGE_LINE_SCRIPT:
      self->n_scriptlets += rule->is_trusted && put_script (&self->program, rule->body);
      return;
    case NJ_PAGE_LINE_HTML:
      nj_rewrite_cut_add (&self->cut, rule->body);
      return;
    default:
      return;
    }
}

/* One of those that every page gets: not told of any. */
static void
on_common (const NjPageRule *rule, gpointer user_data)
{
  NjRewriteRules *self = user_data;

  if (self->sheet.len < SHEET_MAX)
    nj_page_sheet_add (&self->sheet, rule);
}

/**
 * nj_rewrite_rules_init_at:
 * @self: (out): the rules of a page
 * @lookup: (out): a look-up; must live as long as the page
 * @rules: (nullable): all rules
 * @host: the page's host
 * @path: what follows it in the page's address; both must live as long as the page
 * @spared: NJ_PAGE_NO_ bits
 * @arena: for what lives as long as the page
 */
void
nj_rewrite_rules_init_at (NjRewriteRules *self, NjPageLookup *lookup, const NjPageRules *rules, NjBytes host, NjBytes path,
                          guint spared, NjArena *arena)
{
  memset (self, 0, sizeof *self);
  self->lookup = lookup;
  nj_scriptlet_page_init (&self->scriptlets, arena);
  if (rules == NULL)
    return;
  nj_page_lookup_init_at (lookup, rules, host, path, spared, arena);
  nj_page_lookup_visit_own (lookup, on_rule, self);
  self->has_tokens = (spared & NJ_PAGE_NO_GENERIC_HIDE) == 0;
  if (nj_page_lookup_wants_common (lookup))
    self->common = nj_page_rules_common (rules)->text;
  else if (self->has_tokens)
    nj_page_lookup_visit_common (lookup, on_common, self);
}

/**
 * nj_rewrite_rules_init:
 * @self: (out): the rules of a page
 * @lookup: (out): a look-up; must live as long as the page
 * @rules: all rules
 * @host: the page's host
 * @spared: NJ_PAGE_NO_ bits
 * @arena: for what lives as long as the page
 *
 * For any page of the host.
 */
void
nj_rewrite_rules_init (NjRewriteRules *self, NjPageLookup *lookup, const NjPageRules *rules, NjBytes host, guint spared,
                       NjArena *arena)
{
  nj_rewrite_rules_init_at (self, lookup, rules, host, NJ_BYTES_NONE, spared, arena);
}

/**
 * nj_rewrite_rules_add_script:
 * @self: the rules of a page
 * @script: what no rule speaks of, but the page is to run; may be empty
 */
void
nj_rewrite_rules_add_script (NjRewriteRules *self, NjBytes script)
{
  if (script.len > 0)
    put_script (&self->program, script);
}

/**
 * nj_rewrite_rules_clear:
 * @self: the rules of a page
 */
void
nj_rewrite_rules_clear (NjRewriteRules *self)
{
  nj_buffer_clear (&self->sheet);
  nj_buffer_clear (&self->program);
  nj_rewrite_cut_clear (&self->cut);
}

/**
 * nj_rewrite_rules_any:
 * @self: the rules of a page
 *
 * Returns: whether anything can come of them
 */
gboolean
nj_rewrite_rules_any (const NjRewriteRules *self)
{
  return self->has_tokens || self->sheet.len > 0 || self->program.len > 0 || self->cut.n_rules > 0 ||
         !nj_scriptlet_page_is_empty (&self->scriptlets);
}
