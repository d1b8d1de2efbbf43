/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter engine without any idea: every rule is taken apart with string functions and tried on every
 * URL by backtracking. Knows the network rules without modifiers, and decides in uBlock Origin's order. It
 * shares nothing with the engine but the public suffix list; words that are common in URLs it does not know.
 */
#include "naive-matcher.h"
#include "base/host.h"

#include <string.h>

typedef struct
{
  char    *pattern;
  gboolean is_exception, is_important, is_host_name;
  gboolean host_anchor, left_anchor, right_anchor;
  guint    types, not_types; /* bits of NjRequestType */
  gboolean has_all;
  int      party; /* 1, 3, 0 */
  int      strict;
  char   **from, **to, **deny;
  gboolean is_conditional;
} NaiveRule;

struct NaiveMatcher
{
  GPtrArray *rules;
};

typedef struct
{
  const char   *url, *host, *source;
  NjRequestType type;
} Asked;

static void
rule_free (gpointer memory)
{
  NaiveRule *rule = memory;

  g_free (rule->pattern);
  g_strfreev (rule->from);
  g_strfreev (rule->to);
  g_strfreev (rule->deny);
  g_free (rule);
}

static void
read_option (NaiveRule *rule, const char *option)
{
  gboolean    is_negated = option[0] == '~';
  const char *name = option + is_negated;
  const char *value = strchr (name, '=');
  gboolean    is_known;

  if (g_str_equal (name, "important"))
    rule->is_important = rule->is_conditional = TRUE;
  else if (g_str_equal (name, "third-party") || g_str_equal (name, "3p"))
    rule->party = is_negated ? 1 : 3;
  else if (g_str_equal (name, "1p"))
    rule->party = is_negated ? 3 : 1;
  else if (g_str_equal (name, "strict1p") || g_str_equal (name, "strict3p"))
    {
      rule->strict = name[6] - '0';
      rule->is_conditional = TRUE;
    }
  else if (value != NULL)
    {
      char ***list = name[0] == 'd' && name[1] == 'e' ? &rule->deny : name[0] == 't' ? &rule->to : &rule->from;

      *list = g_strsplit (value + 1, "|", -1);
      rule->is_conditional = TRUE;
    }
  else
    {
      NjRequestType type = nj_request_type_from_name (nj_bytes_from_string (name), &is_known);

      g_assert_true (is_known);
      *(is_negated ? &rule->not_types : &rule->types) |= 1u << type;
      rule->is_conditional |= is_negated;
    }
}

static NaiveRule *
rule_new (const char *text)
{
  NaiveRule      *rule = g_new0 (NaiveRule, 1);
  const char     *dollar;
  g_autofree char *pattern = NULL;
  gsize           len;

  if (g_str_has_prefix (text, "@@"))
    {
      rule->is_exception = TRUE;
      text += 2;
    }
  dollar = strrchr (text, '$');
  pattern = dollar != NULL ? g_strndup (text, dollar - text) : g_strdup (text);
  if (dollar != NULL)
    {
      g_auto (GStrv) options = g_strsplit (dollar + 1, ",", -1);

      for (guint i = 0; options[i] != NULL; i++)
        read_option (rule, options[i]);
    }

  text = pattern;
  if (g_str_has_prefix (text, "||"))
    {
      rule->host_anchor = TRUE;
      text += 2;
    }
  else if (text[0] == '|')
    {
      rule->left_anchor = TRUE;
      text++;
    }
  len = strlen (text);
  if (len > 0 && text[len - 1] == '|')
    {
      rule->right_anchor = TRUE;
      len--;
    }
  rule->pattern = g_strndup (text, len);
  /* "||name^" is about a host, whatever comes after it. */
  if (rule->host_anchor && len > 1 && text[len - 1] == '^' && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len - 1)
    {
      rule->pattern[len - 1] = '\0';
      rule->is_host_name = TRUE;
    }
  return rule;
}

/**
 * naive_matcher_new:
 * @rules: rules, one a line
 *
 * Returns: (transfer full): a matcher
 */
NaiveMatcher *
naive_matcher_new (const char *rules)
{
  NaiveMatcher  *self = g_new0 (NaiveMatcher, 1);
  g_auto (GStrv) lines = g_strsplit (rules, "\n", -1);

  self->rules = g_ptr_array_new_with_free_func (rule_free);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_ptr_array_add (self->rules, rule_new (lines[i]));
  return self;
}

/**
 * naive_matcher_free:
 * @matcher: (transfer full): a matcher
 */
void
naive_matcher_free (NaiveMatcher *matcher)
{
  g_ptr_array_unref (matcher->rules);
  g_free (matcher);
}

static gboolean
is_token (char c)
{
  return g_ascii_isalnum (c) || c == '%';
}

static gboolean
is_separator (char c)
{
  return !g_ascii_isalnum (c) && strchr ("_-.%", c) == NULL;
}

/* Whether @pattern matches at the start of @text; *ret_end gets the shortest end. */
static gboolean
match_here (const char *pattern, const char *text, gboolean to_end, const char **ret_end)
{
  if (*pattern == '\0')
    {
      *ret_end = text;
      return !to_end || *text == '\0';
    }
  if (*pattern == '*')
    {
      for (;; text++)
        {
          if (match_here (pattern + 1, text, to_end, ret_end))
            return TRUE;
          if (*text == '\0')
            return FALSE;
        }
    }
  if (*pattern == '^')
    {
      if (*text == '\0')
        return match_here (pattern + 1, text, to_end, ret_end);
      return is_separator (*text) && match_here (pattern + 1, text + 1, to_end, ret_end);
    }
  return *text == *pattern && match_here (pattern + 1, text + 1, to_end, ret_end);
}

/* The word of the pattern that must stand whole in the URL: the first that no star touches, and only if there
 * is none other one of a single character. */
static gboolean
find_word (const char *pattern, gsize *ret_at, gsize *ret_len)
{
  gboolean is_found = FALSE;

  for (gsize i = 0; pattern[i] != '\0';)
    {
      gsize len = 0;

      while (is_token (pattern[i + len]))
        len++;
      if (len > 0 && (i == 0 || pattern[i - 1] != '*') && (len >= 7 || pattern[i + len] != '*'))
        {
          if (!is_found || len > 1)
            {
              *ret_at = i;
              *ret_len = len;
            }
          is_found = TRUE;
          if (len > 1)
            return TRUE;
        }
      i += MAX (len, 1);
    }
  return is_found;
}

static gboolean
url_has_word (const char *url, const char *word, gsize len)
{
  for (gsize i = 0; url[i] != '\0';)
    {
      gsize have = 0;

      while (is_token (url[i + have]))
        have++;
      if (have > 0 && MIN (have, 7) == MIN (len, 7) && strncmp (url + i, word, MIN (len, 7)) == 0)
        return TRUE;
      i += MAX (have, 1);
    }
  return FALSE;
}

/* Whether the pattern matches with its first byte at @at. */
static gboolean
match_from (const NaiveRule *rule, const char *url, const char *at, const char **ret_end)
{
  gsize       word, len, last = strlen (rule->pattern);
  const char *caret = strchr (rule->pattern, '^');
  gboolean    is_plain = strchr (rule->pattern, '*') == NULL && (caret == NULL || caret[1] == '\0');

  if (!match_here (rule->pattern, at, rule->right_anchor, ret_end))
    return FALSE;
  if (!is_plain || !find_word (rule->pattern, &word, &len))
    return TRUE;
  if (word == 0 && at > url && is_token (at[-1]))
    return FALSE;
  return word + len < last || len >= 7 || !is_token (at[len + word]);
}

static gboolean
pattern_matches (const NaiveRule *rule, const Asked *asked, const char **ret_end)
{
  const char *host = strstr (asked->url, "://") + 3;
  gsize       word, len;

  if (g_str_equal (rule->pattern, "*"))
    {
      *ret_end = asked->url;
      return TRUE;
    }
  if (rule->is_host_name)
    {
      *ret_end = host + strlen (asked->host);
      return nj_host_is_below (nj_bytes_from_string (asked->host), nj_bytes_from_string (rule->pattern));
    }
  if (find_word (rule->pattern, &word, &len) && !url_has_word (asked->url, rule->pattern + word, len))
    return FALSE;

  for (const char *at = asked->url;; at++)
    {
      gboolean is_start = rule->left_anchor ? at == asked->url
                          : rule->host_anchor ? at == host || (at > host && at < host + strlen (asked->host) && at[-1] == '.')
                                              : TRUE;

      if (is_start && match_from (rule, asked->url, at, ret_end))
        return TRUE;
      if (*at == '\0')
        return FALSE;
    }
}

static gboolean
name_covers (const char *name, const char *host)
{
  NjBytes domain = nj_host_registrable (nj_bytes_from_string (host));
  g_autofree char *stem = NULL, *entity = NULL;

  if (!g_str_has_suffix (name, ".*"))
    return nj_host_is_below (nj_bytes_from_string (host), nj_bytes_from_string (name));
  if (memchr (domain.data, '.', domain.len) == NULL)
    return FALSE;
  stem = g_strndup (host, (const char *) memchr (domain.data, '.', domain.len) - host);
  entity = g_strdup_printf ("%s.*", stem);
  return nj_host_is_below (nj_bytes_from_string (entity), nj_bytes_from_string (name));
}

static gboolean
names_hold (char **names, const char *host)
{
  gboolean has_positive = FALSE, is_hit = FALSE;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (names[i][0] == '~' && name_covers (names[i] + 1, host))
        return FALSE;
      if (names[i][0] == '~')
        continue;
      has_positive = TRUE;
      is_hit |= name_covers (names[i], host);
    }
  return !has_positive || is_hit;
}

static gboolean
conditions_hold (const NaiveRule *rule, const Asked *asked)
{
  NjBytes  host = nj_bytes_from_string (asked->host), source = nj_bytes_from_string (asked->source);
  gboolean is_third = !nj_host_is_below (host, nj_host_registrable (source));

  if (rule->party != 0 && (rule->party == 3) != is_third)
    return FALSE;
  if (rule->strict != 0 && (rule->strict == 1) != nj_bytes_equal (host, source))
    return FALSE;
  for (guint i = 0; rule->deny != NULL && rule->deny[i] != NULL; i++)
    if (nj_host_is_below (host, nj_bytes_from_string (rule->deny[i])))
      return FALSE;
  return names_hold (rule->from, asked->source) && names_hold (rule->to, asked->host);
}

/* 0: as a request of its type; 1: as a document that the rule names; 2: as a document that it does not. */
static gboolean
type_holds (const NaiveRule *rule, const Asked *asked, guint pass)
{
  guint bit = 1u << asked->type;

  if (pass == 2)
    return rule->types == 0 && rule->not_types == 0;
  if ((rule->not_types & bit) != 0)
    return FALSE;
  if (pass == 1)
    return (rule->types & bit) != 0;
  return rule->types == 0 || (rule->types & bit) != 0;
}

static gboolean
any_holds (const NaiveMatcher *self, const Asked *asked, guint pass, gboolean is_exception, gboolean is_important)
{
  const char *host_end = strstr (asked->url, "://") + 3 + strlen (asked->host);

  for (guint i = 0; i < self->rules->len; i++)
    {
      const NaiveRule *rule = self->rules->pdata[i];
      const char      *end;

      if (rule->is_exception != is_exception || (is_important && !rule->is_important) || !type_holds (rule, asked, pass)
          || !conditions_hold (rule, asked) || !pattern_matches (rule, asked, &end))
        continue;
      if (pass != 2 || is_exception || end == host_end || end == host_end + 1)
        return TRUE;
    }
  return FALSE;
}

static NjFilterAction
decide_pass (const NaiveMatcher *self, const Asked *asked, guint pass, gboolean *ret_important)
{
  gboolean blocks = any_holds (self, asked, pass, FALSE, FALSE);
  gboolean excepts = any_holds (self, asked, pass, TRUE, FALSE);

  *ret_important = any_holds (self, asked, pass, FALSE, TRUE);
  if (*ret_important)
    return NJ_FILTER_BLOCK;
  if (excepts && (blocks || pass != 0))
    return NJ_FILTER_EXCEPT;
  return blocks ? NJ_FILTER_BLOCK : NJ_FILTER_ALLOW;
}

/**
 * naive_matcher_decide:
 * @matcher: a matcher
 * @url: a URL in lower case
 * @host: its host
 * @source: the host of the page
 * @type: what is asked for
 *
 * Returns: what to do
 */
NjFilterAction
naive_matcher_decide (const NaiveMatcher *matcher, const char *url, const char *host, const char *source, NjRequestType type)
{
  Asked          asked = { url, host, type == NJ_TYPE_DOCUMENT ? host : source, type };
  NjFilterAction typed, untyped;
  gboolean       is_important, is_other_important;

  if (type != NJ_TYPE_DOCUMENT)
    return decide_pass (matcher, &asked, 0, &is_important);

  typed = decide_pass (matcher, &asked, 1, &is_important);
  if (is_important)
    return NJ_FILTER_BLOCK;
  untyped = decide_pass (matcher, &asked, 2, &is_other_important);
  if (typed == NJ_FILTER_ALLOW || (untyped == NJ_FILTER_BLOCK && is_other_important)
      || (untyped == NJ_FILTER_EXCEPT && typed != NJ_FILTER_EXCEPT))
    return untyped;
  return typed;
}
