/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a page says in meta elements that it could have said in its head: a policy is made to let ours in, and orders for
 * client hints, which the head lost already, go. In the session's fiber. Source: WHATWG HTML §4.2.5.3, WICG Client Hints
 * Infrastructure §3.
 */
#include "proxy/rewrite-page.h"

#include "http/csp.h"

static void
put (NjBuffer *out, const char *text)
{
  nj_buffer_append (out, text, strlen (text));
}

static void
put_bytes (NjBuffer *out, NjBytes bytes)
{
  nj_buffer_append (out, bytes.data, bytes.len);
}

static void
put_value (NjBuffer *out, NjBytes text)
{
  put (out, "\"");
  for (gsize i = 0; i < text.len; i++)
    {
      if (text.data[i] == '"')
        put (out, "&quot;");
      else if (text.data[i] == '&')
        put (out, "&amp;");
      else
        nj_buffer_append (out, text.data + i, 1);
    }
  put (out, "\"");
}

/* A policy in the page itself. FALSE: it lets ours in as it is. */
static gboolean
change_policy (NjRewritePage *self, NjBytes tag, NjArena *arena)
{
  NjHtmlAttribute content;
  NjBytes         policy;
  gsize           before, after;

  if (!nj_html_attribute_find (tag, NJ_BYTES ("content"), &content) || content.value.len == 0 ||
      !nj_csp_admit (nj_html_attribute_text (content.value, arena), nj_bytes_from_string (self->nonce),
                     NJ_CSP_STYLE | (self->program.len > 0 ? NJ_CSP_SCRIPT : 0), arena, &policy))
    return FALSE;

  before = content.value_at;
  after = before + content.value.len;
  if (tag.data[before - 1] == '"' || tag.data[before - 1] == '\'')
    {
      before--;
      after++;
    }
  put_bytes (&self->meta, nj_bytes (tag.data, before));
  put_value (&self->meta, policy);
  put_bytes (&self->meta, nj_bytes (tag.data + after, tag.len - after));
  self->counts.n_policies++;
  return TRUE;
}

/**
 * nj_rewrite_meta_change:
 * @self: a page
 * @tag: a meta element in its head
 * @ret_tag: (out): what stands there instead, perhaps nothing; until the next one
 *
 * Returns: whether it is another one
 */
gboolean
nj_rewrite_meta_change (NjRewritePage *self, NjBytes tag, NjBytes *ret_tag)
{
  static const NjBytes hints[] = { { "accept-ch", 9 }, { "delegate-ch", 11 }, { "critical-ch", 11 } };
  _Alignas (8) char    lent[2048];
  g_auto (NjArena)     arena;
  NjHtmlAttribute      kind;
  NjBytes              name;

  nj_arena_init (&arena, lent, sizeof lent);
  if (!nj_html_attribute_find (tag, NJ_BYTES ("http-equiv"), &kind) &&
      (!self->drops_hints || !nj_html_attribute_find (tag, NJ_BYTES ("name"), &kind)))
    return FALSE;

  self->meta.len = 0;
  name = nj_bytes_trim (nj_html_attribute_text (kind.value, &arena));
  for (guint i = 0; self->drops_hints && i < G_N_ELEMENTS (hints); i++)
    if (nj_bytes_equal_nocase (name, hints[i]))
      {
        self->counts.n_hints++;
        *ret_tag = nj_bytes (tag.data, 0);
        return TRUE;
      }
  if (!nj_bytes_equal_nocase (kind.name, NJ_BYTES ("http-equiv")) ||
      !nj_bytes_equal_nocase (name, NJ_BYTES ("content-security-policy")) || !change_policy (self, tag, &arena))
    return FALSE;
  *ret_tag = nj_bytes ((char *) self->meta.data, self->meta.len);
  return TRUE;
}
