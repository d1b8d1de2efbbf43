/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a procedural rule can be applied: whether each of its operators is known and its brackets close. What they do is
 * written down once, in resources/scriptlets/procedural.js, which reads the rule in the page: there it needs a reader
 * anyway, for operators within operators. Any thread.
 */
#include "filter/buffer.h"
#include "filter/scriptlet.h"

/* Operators whose argument is text: what it holds is no selector. */
static const char *const textual[] = {
  "-abp-contains", "-abp-properties", "contains", "has-text", "matches-attr", "matches-css",
  "matches-css-after", "matches-css-before", "matches-media", "matches-path", "matches-prop",
  "matches-property", "min-text-length", "nth-ancestor", "others", "remove", "remove-attr", "remove-class",
  "style", "watch-attr", "xpath",
};

/* Operators whose argument is selectors; the others are those of style sheets. */
static const char *const selecting[] = {
  "-abp-has", "has", "if", "if-not", "is", "not", "upward", "where", "dir", "host", "host-context", "lang", "nth-child",
  "nth-last-child", "nth-last-of-type", "nth-of-type", "state", "-webkit-any", "-moz-any", "part", "slotted", "matches",
  "shadow",
};

static gboolean
is_among (NjBytes name, const char *const *names, guint n)
{
  for (guint i = 0; i < n; i++)
    if (nj_bytes_equal (name, nj_bytes_from_string (names[i])))
      return TRUE;
  return FALSE;
}

/* One past the bracket that closes what begins at @at, or 0. */
static gsize
skip_text (NjBytes body, gsize at)
{
  gint depth = 1;

  for (; at < body.len; at++)
    {
      char c = body.data[at];

      if (c == '\\')
        at++;
      else if (c == '(')
        depth++;
      else if (c == ')' && --depth == 0)
        return at + 1;
    }
  return 0;
}

/* One past the quote or square bracket that closes what begins at @at, or 0. */
static gsize
skip_literal (NjBytes body, gsize at)
{
  char quote = body.data[at] == '[' ? '\0' : body.data[at];

  for (at++; at < body.len; at++)
    {
      char c = body.data[at];

      if (c == '\\')
        at++;
      else if (quote != '\0' && c == quote)
        return at + 1;
      else if (quote == '\0' && c == ']')
        return at + 1;
      else if (quote == '\0' && (c == '"' || c == '\''))
        {
          at = skip_literal (body, at);
          if (at == 0)
            return 0;
          at--;
        }
    }
  return 0;
}

static NjBytes
operator_at (NjBytes body, gsize at)
{
  gsize end = at;

  while (end < body.len && (g_ascii_isalnum (body.data[end]) || body.data[end] == '-' || body.data[end] == '_'))
    end++;
  return end < body.len && body.data[end] == '(' ? nj_bytes (body.data + at, end - at) : NJ_BYTES_NONE;
}

/**
 * nj_scriptlet_check_procedural:
 * @body: of a rule: a selector with operators that no style sheet knows
 * @ret_operator: (out): the operator that nobody knows; empty when there is none such
 *
 * Any thread.
 *
 * Returns: %NJ_SCRIPTLET_TAKEN when it can be applied, or why not
 */
NjScriptletResult
nj_scriptlet_check_procedural (NjBytes body, NjBytes *ret_operator)
{
  gsize i = 0;
  gint  depth = 0;

  *ret_operator = NJ_BYTES_NONE;
  while (i < body.len && depth >= 0)
    {
      char    c = body.data[i];
      NjBytes name = c == ':' ? operator_at (body, i + 1) : NJ_BYTES_NONE;

      if (c == '"' || c == '\'' || c == '[')
        i = skip_literal (body, i);
      else if (name.len > 0 && is_among (name, textual, G_N_ELEMENTS (textual)))
        i = skip_text (body, i + name.len + 2);
      else if (name.len > 0 && !is_among (name, selecting, G_N_ELEMENTS (selecting)))
        {
          *ret_operator = name;
          return NJ_SCRIPTLET_UNKNOWN;
        }
      else
        {
          depth += (c == '(') - (c == ')');
          i += c == '\\' ? 2 : 1;
        }
      if (i == 0)
        return NJ_SCRIPTLET_MALFORMED;
    }
  return depth == 0 && body.len > 0 ? NJ_SCRIPTLET_TAKEN : NJ_SCRIPTLET_MALFORMED;
}

/* Names of one operator, and the one that stands for them. */
static const char *const aliases[][2] = {
  { "-abp-contains", "has-text" },     { "contains", "has-text" },  { "-abp-has", "has" }, { "if", "has" },
  { "matches-property", "matches-prop" }, { "nth-ancestor", "upward" },
};

static NjBytes
name_of (NjBytes operator_)
{
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (nj_bytes_equal (operator_, nj_bytes_from_string (aliases[i][0])))
      return nj_bytes_from_string (aliases[i][1]);
  return operator_;
}

/**
 * nj_scriptlet_procedural_key:
 * @body: of a procedural rule, or of an exception
 * @arena: where the key goes
 *
 * Two rules that differ in no more than in what their operators are called have the same key. Any thread.
 *
 * Returns: the key
 */
NjBytes
nj_scriptlet_procedural_key (NjBytes body, NjArena *arena)
{
  NjBuffer key = { 0 };
  NjBytes  text;

  for (gsize i = 0; i < body.len; i++)
    {
      NjBytes operator_ = body.data[i] == ':' ? operator_at (body, i + 1) : NJ_BYTES_NONE, name;

      nj_buffer_append (&key, body.data + i, 1);
      if (operator_.len == 0)
        continue;
      name = name_of (operator_);
      nj_buffer_append (&key, name.data, name.len);
      i += operator_.len;
    }
  text = nj_arena_copy (arena, nj_bytes ((const char *) key.data, key.len));
  nj_buffer_clear (&key);
  return text;
}
