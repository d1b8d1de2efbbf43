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

/* The list of brands names the maker: his is exchanged for Google's, or left out when that is there. */
static NjBytes
common_brands (NjBytes brands, NjArena *arena)
{
  static const char *const makers[] = { "Microsoft Edge", "Opera", "Opera GX", "Brave", "Vivaldi", "YaBrowser", "Yowser",
                                        "Samsung Internet", "DuckDuckGo", "HeadlessChrome", "Chromium GOST", "Whale",
                                        "Avast Secure Browser" };

  for (gsize i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\";v=\"", makers[i]);
      gssize           at = nj_bytes_find (brands, nj_bytes_from_string (quoted));
      NjBytes          version = digits_behind (brands, "\"Chromium\";v=\"");
      const char      *rest, *end;

      if (at < 0 || version.len == 0)
        continue;
      rest = brands.data + at + strlen (quoted);
      end = memchr (rest, '"', (gsize) (brands.data + brands.len - rest));
      if (end == NULL)
        continue;
      return nj_arena_printf (arena, "%.*s\"Google Chrome\";v=\"%.*s%.*s", (int) at, brands.data, NJ_BYTES_ARGS (version),
                              (int) (brands.data + brands.len - end), end);
    }

  return brands;
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
