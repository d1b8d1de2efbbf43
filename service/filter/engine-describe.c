/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a rule in the image back to the list, the line and the text it was written as. Not in the way of
 * any request: it walks from the nearest rule whose line is known. Any thread.
 */
#include "filter/engine-private.h"
#include "filter/host-code.h"

/* Bytes of the rule at @rule, and what it notes of its line. */
static gsize
measure (const guint8 *rule, guint8 *ret_line)
{
  NjImageRule header;

  if (rule[0] != 0)
    {
      *ret_line = rule[2];
      return rule[0] + 3;
    }
  memcpy (&header, rule, sizeof header);
  *ret_line = header.line;
  return sizeof header + header.text_len + (gsize) header.more_len * NJ_IMAGE_MORE_UNIT;
}

/* The last anchor at or before @rule. */
static const NjImageAnchor *
find_anchor (const NjEngine *engine, guint32 rule)
{
  const NjImageAnchor *anchors = nj_engine_part (engine, engine->header->anchors);
  gsize                low = 0, high = engine->header->anchors.size / sizeof anchors[0];

  while (low < high)
    {
      gsize middle = (low + high) / 2;

      if (anchors[middle].rule <= rule)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? &anchors[low - 1] : NULL;
}

static char *
text_of (const NjEngine *engine, const guint8 *rule)
{
  const NjImageClass *class = &engine->classes[rule[1]];
  NjImageRule         header;
  char                host[G_MAXUINT8 + sizeof (NjHostCodeEnd)];

  if (rule[0] != 0)
    return g_strdup_printf ("%.*s%.*s%.*s", (int) class->prefix.size, engine->blob + class->prefix.at,
                            (int) nj_host_code_decode (rule + 3, rule[0], host), host, (int) class->suffix.size,
                            engine->blob + class->suffix.at);

  memcpy (&header, rule, sizeof header);
  return g_strndup ((const char *) rule + sizeof header, header.text_len);
}

/**
 * nj_engine_describe:
 * @engine: an engine
 * @rule: a rule of a verdict of the same engine
 * @ret_origin: (out): where it comes from; to be cleared
 *
 * Any thread.
 *
 * Returns: whether there is such a rule
 */
gboolean
nj_engine_describe (const NjEngine *engine, guint32 rule, NjRuleOrigin *ret_origin)
{
  const NjImageAnchor *anchor;
  guint32              at, line;
  guint8               delta;

  if (engine->base != NULL && (rule & NJ_ENGINE_UPPER) == 0)
    return nj_engine_describe (engine->base, rule, ret_origin);
  if (rule == NJ_RULE_NONE)
    return FALSE;
  rule &= ~NJ_ENGINE_UPPER;
  if (rule >= engine->header->rules.size || (anchor = find_anchor (engine, rule)) == NULL
      || anchor->list >= engine->n_lists)
    return FALSE;

  at = anchor->rule;
  line = anchor->line;
  while (at < rule)
    {
      at += measure (engine->rules + at, &delta);
      if (at > rule)
        return FALSE;
      measure (engine->rules + at, &delta);
      line += delta;
    }

  ret_origin->list = g_strdup (engine->lists[anchor->list].id);
  ret_origin->title = g_strdup (engine->lists[anchor->list].title);
  ret_origin->text = text_of (engine, engine->rules + rule);
  ret_origin->line = line;
  return TRUE;
}

/**
 * nj_rule_origin_clear:
 * @origin: what nj_engine_describe() filled in
 *
 * Any thread.
 */
void
nj_rule_origin_clear (NjRuleOrigin *origin)
{
  g_clear_pointer (&origin->list, g_free);
  g_clear_pointer (&origin->title, g_free);
  g_clear_pointer (&origin->text, g_free);
}
