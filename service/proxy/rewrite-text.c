/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that replace something in the text of a response: only of lists that may rewrite. An expression can look at any two
 * places of a text at once, so the text is kept until it is whole, up to a bound; a longer one is passed as it is. Edits of
 * JSON by a path are not done here. In the session's fiber.
 */
#include "proxy/rewrite-text.h"

#include "filter/regex.h"
#include "filter/url-transform.h"

/**
 * nj_rewrite_text_is_any:
 * @rules: of replace=
 *
 * Returns: whether there is one that can be applied
 */
gboolean
nj_rewrite_text_is_any (const NjResponseChanges *rules)
{
  for (guint i = 0; i < rules->n; i++)
    if (nj_bytes_starts_with (rules->items[i].value, NJ_BYTES ("/")))
      return TRUE;
  return FALSE;
}

/**
 * nj_rewrite_text_clear:
 * @self: a text
 */
void
nj_rewrite_text_clear (NjRewriteText *self)
{
  nj_buffer_clear (&self->text);
}

/* One rule after the other; each sees what the ones before it made. */
static void
apply (NjRewriteText *self, NjBytes value)
{
  g_auto (NjArena)    arena;
  g_autoptr (NjRegex) regex = NULL;
  NjUrlTransform      transform;
  NjBytes             text = nj_bytes ((char *) self->text.data, self->text.len), changed;

  nj_arena_init (&arena, NULL, 0);
  if (!nj_url_transform_parse (value, &arena, &transform) || transform.pattern.len == 0)
    return;
  regex = nj_regex_new (transform.pattern, transform.flags);
  changed = regex != NULL ? nj_regex_replace (regex, text, transform.replacement, &arena) : text;
  if (nj_bytes_equal (changed, text))
    return;

  self->n_replaced++;
  self->text.len = 0;
  nj_buffer_append (&self->text, changed.data, changed.len);
}

/**
 * nj_rewrite_text_push:
 * @self: a text
 * @bytes: (inout): what has come of it; what goes on, which stays until the next call
 * @is_last: whether that was all
 *
 * Returns: whether anything goes on yet
 */
gboolean
nj_rewrite_text_push (NjRewriteText *self, NjBytes *bytes, gboolean is_last)
{
  if (self->rules == NULL)
    return TRUE;
  if (self->is_too_long)
    {
      self->rules = NULL;
      nj_buffer_clear (&self->text);
      return TRUE;
    }

  nj_buffer_append (&self->text, bytes->data, bytes->len);
  self->is_too_long = self->text.len > NJ_REWRITE_TEXT_MAX;
  if (!is_last && !self->is_too_long)
    return FALSE;
  for (guint i = 0; !self->is_too_long && i < self->rules->n; i++)
    apply (self, self->rules->items[i].value);
  *bytes = nj_bytes ((char *) self->text.data, self->text.len);
  return TRUE;
}
