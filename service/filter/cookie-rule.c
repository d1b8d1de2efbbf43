/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule says of cookies: "cookie=name", "cookie=/expression/", with ";maxAge=" and ";sameSite=" where a cookie
 * is to be kept but shorter or closer. Which rules concern a request is cookie-match.c's; changing fields is the
 * proxy's. Any thread.
 */
#include "filter/cookie-rule.h"

#include "filter/engine.h"

/* As one is written in a Set-Cookie field. */
static NjBytes
same_site_of (NjBytes value)
{
  static const NjBytes names[] = { { "Strict", 6 }, { "Lax", 3 }, { "None", 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal_nocase (value, names[i]))
      return names[i];
  return NJ_BYTES_NONE;
}

static gboolean
take_attribute (NjBytes part, NjCookieSpec *spec)
{
  const char *equals = part.len > 0 ? memchr (part.data, '=', part.len) : NULL;
  NjBytes     name = nj_bytes_trim (nj_bytes (part.data, equals != NULL ? (gsize) (equals - part.data) : part.len));
  NjBytes     value = equals != NULL ? nj_bytes_trim (nj_bytes (equals + 1, part.data + part.len - equals - 1)) : NJ_BYTES_NONE;
  guint64     age;

  if (nj_bytes_equal_nocase (name, NJ_BYTES ("maxAge")))
    {
      if (!nj_bytes_parse_u64 (value, G_MAXINT64, &age))
        return FALSE;
      spec->max_age_s = (gint64) age;
      return TRUE;
    }
  if (!nj_bytes_equal_nocase (name, NJ_BYTES ("sameSite")))
    return FALSE;
  spec->same_site = same_site_of (value);
  return spec->same_site.len > 0;
}

/* The length of "/expression/" or "/expression/i" at the start of @value; 0 if there is none. */
static gsize
regex_length (NjBytes value, NjCookieSpec *spec)
{
  for (gsize i = 1; i < value.len; i++)
    {
      gsize end = i + 1;

      if (value.data[i] == '\\')
        {
          i++;
          continue;
        }
      if (value.data[i] != '/')
        continue;
      spec->is_caseless = end < value.len && value.data[end] == 'i';
      end += spec->is_caseless;
      if (end < value.len && value.data[end] != ';')
        continue;
      spec->regex = nj_bytes (value.data + 1, i - 1);
      return end;
    }
  return 0;
}

/**
 * nj_cookie_rule_parse:
 * @value: what follows "cookie=", may be empty
 * @ret_spec: (out): what it says
 *
 * Any thread. Source: AdGuard's description of its cookie modifier.
 *
 * Returns: whether it is understood
 */
gboolean
nj_cookie_rule_parse (NjBytes value, NjCookieSpec *ret_spec)
{
  NjCookieSpec spec = { .max_age_s = -1 };
  const char  *semicolon;
  gsize        len;

  if (value.len > 0 && value.data[0] == '/')
    {
      len = regex_length (value, &spec);
      if (spec.regex.len == 0 || !nj_regex_is_valid (spec.regex))
        return FALSE;
    }
  else
    {
      semicolon = value.len > 0 ? memchr (value.data, ';', value.len) : NULL;
      len = semicolon != NULL ? (gsize) (semicolon - value.data) : value.len;
      spec.name = nj_bytes_trim (nj_bytes (value.data, len));
    }

  while (len < value.len)
    {
      const char *next = memchr (value.data + len + 1, ';', value.len - len - 1);
      gsize       end = next != NULL ? (gsize) (next - value.data) : value.len;

      if (!take_attribute (nj_bytes (value.data + len + 1, end - len - 1), &spec))
        return FALSE;
      len = end;
    }
  *ret_spec = spec;
  return TRUE;
}

static gboolean
concerns (const NjCookieRule *rule, NjBytes name)
{
  if (rule->spec.regex.len > 0)
    return rule->regex != NULL && nj_regex_matches (rule->regex, name, NULL, NULL);
  return rule->spec.name.len == 0 || nj_bytes_equal (rule->spec.name, name);
}

static gboolean
is_lifted (const NjCookieRules *rules, const NjCookieRule *rule, NjBytes name)
{
  for (guint i = 0; !rule->is_important && i < rules->n; i++)
    if (rules->items[i].is_exception && concerns (&rules->items[i], name))
      return TRUE;
  return FALSE;
}

/* Whether the rule leaves the cookie in place. */
static gboolean
only_changes (const NjCookieRule *rule)
{
  return rule->spec.max_age_s >= 0 || rule->spec.same_site.len > 0;
}

/**
 * nj_cookie_rule_judge:
 * @rules: rules that match a request
 * @name: the name of a cookie
 * @ret_change: (out): what to do to it
 *
 * An exception without a name is about all cookies, else about those it names; important rules are not lifted. What
 * drops a cookie goes before what changes it; of two lives the shorter counts. Any thread.
 *
 * Returns: whether anything is to be done
 */
gboolean
nj_cookie_rule_judge (const NjCookieRules *rules, NjBytes name, NjCookieChange *ret_change)
{
  NjCookieChange change = { FALSE, -1, NJ_BYTES_NONE, NJ_RULE_NONE };

  for (guint i = 0; i < rules->n && !change.is_dropped; i++)
    {
      const NjCookieRule *rule = &rules->items[i];

      if (rule->is_exception || !concerns (rule, name) || is_lifted (rules, rule, name))
        continue;
      change.rule = rule->rule;
      change.is_dropped = !only_changes (rule);
      if (rule->spec.max_age_s >= 0 && (change.max_age_s < 0 || rule->spec.max_age_s < change.max_age_s))
        change.max_age_s = rule->spec.max_age_s;
      if (rule->spec.same_site.len > 0)
        change.same_site = rule->spec.same_site;
    }

  *ret_change = change;
  return change.rule != NJ_RULE_NONE;
}

/**
 * nj_cookie_rule_strip:
 * @rules: rules that match a request
 * @cookies: the value of its Cookie field
 * @arena: where a changed value goes
 *
 * Takes out the cookies that are dropped. Any thread. Source: RFC 6265 §4.2.1.
 *
 * Returns: what is left, just @cookies if nothing was taken; empty if all was
 */
NjBytes
nj_cookie_rule_strip (const NjCookieRules *rules, NjBytes cookies, NjArena *arena)
{
  /* Each pair may get a blank before it that it had not. */
  char    *out = nj_arena_alloc (arena, cookies.len * 2 + 1);
  gsize    len = 0, at = 0;
  gboolean is_changed = FALSE;

  while (at < cookies.len)
    {
      const char    *semicolon = memchr (cookies.data + at, ';', cookies.len - at);
      gsize          end = semicolon != NULL ? (gsize) (semicolon - cookies.data) : cookies.len;
      NjBytes        pair = nj_bytes_trim (nj_bytes (cookies.data + at, end - at));
      const char    *equals = pair.len > 0 ? memchr (pair.data, '=', pair.len) : NULL;
      NjCookieChange change;

      at = end + 1;
      if (pair.len == 0)
        continue;
      /* Browsers send a cookie without a name as its value alone. */
      if (nj_cookie_rule_judge (rules, nj_bytes_trim (nj_bytes (pair.data, equals != NULL ? (gsize) (equals - pair.data) : 0)), &change)
          && change.is_dropped)
        {
          is_changed = TRUE;
          continue;
        }
      if (len > 0)
        {
          out[len++] = ';';
          out[len++] = ' ';
        }
      memcpy (out + len, pair.data, pair.len);
      len += pair.len;
    }
  return is_changed ? nj_bytes (out, len) : cookies;
}
