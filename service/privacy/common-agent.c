/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A User-Agent that says no more than which engine of which year is asking: Chromium's family as
 * Chrome on Windows, Firefox's as Firefox on Windows. The engine and its version stay true, since
 * sites send code that fits them; the system, the maker and his own version go. Client hints that
 * every request carries are made to agree. Called by proxy's exchange, on worker threads.
 */
#include "privacy/common-agent.h"

static gboolean
has (NjBytes text, const char *word)
{
  return nj_bytes_find (text, nj_bytes_from_string (word)) >= 0;
}

/* The digits behind a word, such as "Chrome/"; empty when it is not there. */
static NjBytes
digits_behind (NjBytes text, const char *word)
{
  gssize at = nj_bytes_find (text, nj_bytes_from_string (word));
  gsize  start, end;

  if (at < 0)
    return NJ_BYTES_NONE;

  start = (gsize) at + strlen (word);
  for (end = start; end < text.len && end < start + 5 && g_ascii_isdigit (text.data[end]); end++)
    ;
  return nj_bytes (text.data + start, end - start);
}

/* A telephone gets other pages and other sizes of pictures, so it stays one. */
static gboolean
is_mobile (NjBytes agent)
{
  return has (agent, "Mobile") || has (agent, "Android");
}

/**
 * nj_common_agent_is_firefox:
 * @agent: a User-Agent
 *
 * Any thread.
 *
 * Returns: whether it is Firefox's, or that of a browser made from it
 */
gboolean
nj_common_agent_is_firefox (NjBytes agent)
{
  return has (agent, "Gecko/") && has (agent, "Firefox/");
}

static NjBytes
common_of (NjBytes agent, NjArena *arena)
{
  NjBytes chrome = digits_behind (agent, "Chrome/");
  NjBytes firefox = digits_behind (agent, "Firefox/");

  if (is_mobile (agent) || has (agent, "compatible;") || !nj_bytes_starts_with (agent, NJ_BYTES ("Mozilla/5.0 (")))
    return NJ_BYTES_NONE;
  if (chrome.len > 0 && has (agent, "AppleWebKit/537.36"))
    return nj_arena_printf (arena,
                            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                            "Chrome/%.*s.0.0.0 Safari/537.36",
                            NJ_BYTES_ARGS (chrome));
  if (firefox.len > 0 && nj_common_agent_is_firefox (agent))
    return nj_arena_printf (arena, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%.*s.0) Gecko/20100101 Firefox/%.*s.0",
                            NJ_BYTES_ARGS (firefox), NJ_BYTES_ARGS (firefox));
  return NJ_BYTES_NONE;
}

/**
 * nj_common_agent_is:
 * @agent: a User-Agent
 * @arena: for scratch
 *
 * Any thread.
 *
 * Returns: whether it is one that nj_common_agent_set() would set
 */
gboolean
nj_common_agent_is (NjBytes agent, NjArena *arena)
{
  return agent.len > 0 && nj_bytes_equal (common_of (agent, arena), agent);
}

/* The next of "name";v="version", whole. */
static NjBytes
take_brand (NjBytes *rest)
{
  const char *quote = rest->len > 1 ? memchr (rest->data + 1, '"', rest->len - 1) : NULL;
  NjBytes     start = NJ_BYTES ("\";v=\""), brand;
  gsize       end;

  if (quote == NULL || rest->data[0] != '"')
    return NJ_BYTES_NONE;
  end = (gsize) (quote - rest->data);
  brand = nj_bytes (rest->data + end, rest->len - end);
  if (!nj_bytes_starts_with (brand, start))
    return NJ_BYTES_NONE;
  quote = memchr (brand.data + start.len, '"', brand.len - start.len);
  if (quote == NULL)
    return NJ_BYTES_NONE;
  brand = nj_bytes (rest->data, (gsize) (quote + 1 - rest->data));
  end = brand.len;
  while (end < rest->len && (rest->data[end] == ',' || rest->data[end] == ' '))
    end++;
  *rest = nj_bytes (rest->data + end, rest->len - end);
  return brand;
}

/* Of the name that stands for none: "Not/A)Brand", with other signs each time. */
static gboolean
is_none (NjBytes brand)
{
  gssize at = nj_bytes_find (brand, NJ_BYTES ("Not"));

  return at > 0 && brand.len > (gsize) at + 5 && brand.data[at + 4] == 'A' && has (brand, "Brand\"");
}

/* The list of brands names the maker: his is exchanged for Google's, in the order of Chrome's of this version. Source: Chromium,
 * components/embedder_support/user_agent_utils.cc. */
static NjBytes
common_brands (NjBytes brands, NjArena *arena)
{
  static const guint8 orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  NjBytes             rest = brands, none = NJ_BYTES_NONE, engine = NJ_BYTES_NONE, version, made[3], joined;
  const guint8       *order;

  while (rest.len > 0)
    {
      NjBytes brand = take_brand (&rest);

      if (brand.len == 0)
        return brands;
      if (nj_bytes_starts_with (brand, NJ_BYTES ("\"Chromium\";")))
        engine = brand;
      else if (is_none (brand))
        none = brand;
    }
  version = digits_behind (engine, "\"Chromium\";v=\"");
  if (none.len == 0 || version.len == 0)
    return brands;

  order = orders[g_ascii_strtoull (version.data, NULL, 10) % 6];
  made[order[0]] = none;
  made[order[1]] = engine;
  made[order[2]] = nj_arena_printf (arena, "\"Google Chrome\";v=\"%.*s\"", NJ_BYTES_ARGS (version));
  joined = nj_arena_printf (arena, "%.*s, %.*s, %.*s", NJ_BYTES_ARGS (made[0]), NJ_BYTES_ARGS (made[1]), NJ_BYTES_ARGS (made[2]));
  return nj_bytes_equal (joined, brands) ? brands : joined;
}

/**
 * nj_common_agent_set:
 * @request: a request head
 * @arena: the exchange's arena
 *
 * Programs that are no browser, and telephones, keep what they say. Worker threads.
 * Source: WICG UA Client Hints §3, User-Agent Reduction.
 *
 * Returns: whether anything was changed
 */
gboolean
nj_common_agent_set (NjHead *request, NjArena *arena)
{
  NjField *agent = nj_head_find (request, NJ_FIELD_USER_AGENT);
  NjField *brands = nj_head_find_name (request, NJ_BYTES ("sec-ch-ua"));
  NjField *platform = nj_head_find_name (request, NJ_BYTES ("sec-ch-ua-platform"));
  NjBytes  common = agent != NULL ? common_of (agent->value, arena) : NJ_BYTES_NONE;
  gboolean is_changed = FALSE;

  if (common.len == 0)
    return FALSE;

  if (!nj_bytes_equal (common, agent->value))
    {
      agent->value = common;
      is_changed = TRUE;
    }
  if (platform != NULL && !nj_bytes_equal (platform->value, NJ_BYTES ("\"Windows\"")))
    {
      platform->value = NJ_BYTES ("\"Windows\"");
      is_changed = TRUE;
    }
  if (brands != NULL)
    {
      NjBytes value = common_brands (brands->value, arena);

      is_changed |= value.data != brands->value.data;
      brands->value = value;
    }
  return is_changed;
}
