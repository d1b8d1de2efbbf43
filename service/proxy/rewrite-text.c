/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that replace something in the text of a response: only of lists that may rewrite. An expression can look at any two
 * places of a text at once, so the text is kept until it is whole, up to a bound, and changed where it lies; a longer one is
 * passed as it is. Edits of JSON by a path are not done here. In the session's fiber.
 */
#include "proxy/rewrite-text.h"

#include "filter/regex.h"
#include "filter/url-transform.h"

/* A text goes out in pieces of this size, and takes more room by as much; bytes. */
#define STEP 32768
/* What comes in for one match, bytes. */
#define MADE_MAX 65536
/* How far an expression may look back at what was changed already, bytes. */
#define LOOK_BACK 1024

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

/* No room is taken ahead: what was kept of a text is the most of what its response takes. */
static void
keep (NjRewriteText *self, NjBytes bytes)
{
  if (self->text.len + bytes.len > self->text.room)
    nj_buffer_reserve (&self->text, self->text.len + bytes.len + STEP);
  nj_buffer_append (&self->text, bytes.data, bytes.len);
}

/* How long the text gets while it is changed. FALSE: nothing is changed in it, or it gets too long. */
static gboolean
weigh (const NjRewriteText *self, const NjRegex *regex, NjBytes replacement, GString *made, gsize *ret_most)
{
  NjRegexEdit edit = { .made = made };
  NjBytes     text = nj_bytes ((char *) self->text.data, self->text.len);
  gboolean    is_other = FALSE;
  gsize       length = text.len;

  *ret_most = length;
  while (nj_regex_edit_next (regex, text, replacement, &edit))
    {
      is_other |= !nj_bytes_equal (nj_bytes (text.data + edit.start, edit.end - edit.start), nj_bytes (made->str, made->len));
      length = length + made->len - (edit.end - edit.start);
      *ret_most = MAX (*ret_most, length);
      if (made->len > MADE_MAX || length > self->most)
        return FALSE;
    }
  return is_other;
}

/* The text lies at the end of its room and is written anew at the front, which stays that far behind what is read that an
 * expression can look back. */
static void
change (NjRewriteText *self, const NjRegex *regex, NjBytes replacement, GString *made, gsize most)
{
  gsize       room = most + LOOK_BACK, n = 0, copied = 0;
  NjBytes     text;
  NjRegexEdit edit = { .made = made };

  if (room > self->text.room)
    nj_buffer_reserve (&self->text, room);
  text = nj_bytes ((char *) self->text.data + self->text.room - self->text.len, self->text.len);
  memmove (self->text.data + self->text.room - self->text.len, self->text.data, self->text.len);
  while (nj_regex_edit_next (regex, text, replacement, &edit))
    {
      /* What looked further back than was left sees another text the second time. */
      if (n + (edit.start - copied) + made->len + (text.len - edit.end) > self->text.room)
        break;
      memmove (self->text.data + n, text.data + copied, edit.start - copied);
      n += edit.start - copied;
      memcpy (self->text.data + n, made->str, made->len);
      n += made->len;
      copied = edit.end;
    }
  memmove (self->text.data + n, text.data + copied, text.len - copied);
  self->text.len = n + (text.len - copied);
}

/* One rule after the other; each sees what the ones before it made. */
static void
apply (NjRewriteText *self, NjBytes value)
{
  g_auto (NjArena)    arena;
  g_autoptr (NjRegex) regex = NULL;
  g_autoptr (GString) made = g_string_new (NULL);
  NjUrlTransform      transform;
  gsize               most;

  nj_arena_init (&arena, NULL, 0);
  if (!nj_url_transform_parse (value, &arena, &transform) || transform.pattern.len == 0)
    return;
  regex = nj_regex_new (transform.pattern, transform.flags);
  if (regex == NULL || !weigh (self, regex, transform.replacement, made, &most))
    return;

  change (self, regex, transform.replacement, made, most);
  self->n_replaced++;
}

/**
 * nj_rewrite_text_push:
 * @self: a text that has rules and is not whole
 * @bytes: what has come of it
 * @is_last: whether that was all
 */
void
nj_rewrite_text_push (NjRewriteText *self, NjBytes bytes, gboolean is_last)
{
  keep (self, bytes);
  self->is_last = is_last;
  self->is_too_long = self->text.len > self->most;
  self->is_whole = is_last || self->is_too_long;
  for (guint i = 0; self->is_whole && !self->is_too_long && i < self->rules->n; i++)
    apply (self, self->rules->items[i].value);
}

/**
 * nj_rewrite_text_next:
 * @self: a text
 * @ret_bytes: (out): the next piece of it, which stays until the next call
 * @ret_is_last: (out): whether that was all there will ever be
 *
 * After the last piece of a text that was too long there are no rules any more.
 *
 * Returns: whether there is one
 */
gboolean
nj_rewrite_text_next (NjRewriteText *self, NjBytes *ret_bytes, gboolean *ret_is_last)
{
  gsize n = MIN (self->text.len - self->given, STEP);

  if (!self->is_whole)
    return FALSE;
  if (n == 0 && self->given > 0)
    {
      nj_buffer_clear (&self->text);
      self->is_whole = FALSE;
      self->rules = NULL;
      return FALSE;
    }

  *ret_bytes = nj_bytes ((char *) self->text.data + self->given, n);
  self->given += n;
  *ret_is_last = self->is_last && self->given == self->text.len;
  if (n == 0)
    {
      self->is_whole = FALSE;
      self->rules = NULL;
    }
  return TRUE;
}
