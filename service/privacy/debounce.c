/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A link that leads over a redirector is followed to its end without asking the redirector, who
 * would only see who passes, and leave a cookie. Targets are addresses of the web on another site,
 * without credentials and not on the user's own network; whatever else is in doubt goes the long
 * way. Called by proxy's exchange for pages that the user opens, on worker threads.
 */
#include "privacy/debounce.h"

#include "privacy/bouncers.h"
#include "privacy/local-network.h"

#define TARGET_MAX 8192

static NjBytes
decode (NjArena *arena, NjBytes text)
{
  char *out = nj_arena_alloc (arena, text.len + 1);
  gsize n = 0;

  for (gsize i = 0; i < text.len; i++)
    if (text.data[i] == '%' && i + 2 < text.len && g_ascii_isxdigit (text.data[i + 1]) && g_ascii_isxdigit (text.data[i + 2]))
      {
        out[n++] = (char) (g_ascii_xdigit_value (text.data[i + 1]) << 4 | g_ascii_xdigit_value (text.data[i + 2]));
        i += 2;
      }
    else
      out[n++] = text.data[i];

  return nj_bytes (out, n);
}

static gboolean
begins_nocase (NjBytes text, NjBytes lower_prefix)
{
  return text.len > lower_prefix.len && nj_bytes_equal_nocase (nj_bytes (text.data, lower_prefix.len), lower_prefix);
}

static gboolean
is_web_address (NjBytes text)
{
  return begins_nocase (text, NJ_BYTES ("http://")) || begins_nocase (text, NJ_BYTES ("https://"));
}

/* Encoded once, as a parameter is, or twice, or not at all; a fragment is the browser's own. */
static gboolean
take_target (NjBytes text, NjArena *arena, NjUrl *ret_target)
{
  if (text.len < 10 || text.len > TARGET_MAX)
    return FALSE;

  for (int round = 0; round < 2 && !is_web_address (text); round++)
    text = decode (arena, text);
  return is_web_address (text) && nj_url_parse (text, arena, ret_target) == NJ_URL_OK;
}

/* An address of the web, elsewhere, on a host with a name. */
static gboolean
may_follow (const NjUrl *url, const NjUrl *target)
{
  return target->host.len > 3 && !nj_host_is_address (target->host) && !nj_local_network_has (target->host) &&
         !nj_host_is_same_site (target->host, url->host);
}

/**
 * nj_debounce_step:
 * @url: an address that the user opens
 * @profile: the profile for it
 * @arena: where the target goes
 * @ret_target: (out): where it leads; untouched when it is no redirector
 *
 * Worker threads.
 *
 * Returns: whether it is a redirector whose target may be asked instead
 */
gboolean
nj_debounce_step (const NjUrl *url, NjProfile profile, NjArena *arena, NjUrl *ret_target)
{
  NjBytes found;
  NjUrl   target;

  if (profile == NJ_PROFILE_OFF)
    return FALSE;
  if (!nj_bouncers_find (url, &found) && !nj_bouncers_find_amp (url, arena, &found) &&
      !(profile == NJ_PROFILE_STRICT && nj_bouncers_guess (url, &found)))
    return FALSE;
  if (!take_target (found, arena, &target) || !may_follow (url, &target))
    return FALSE;

  *ret_target = target;
  return TRUE;
}

/**
 * nj_debounce:
 * @url: an address that the user opens
 * @profile: the profile for it
 * @arena: where the target goes
 * @ret_target: (out): where it leads in the end; untouched when it is no redirector
 *
 * Redirectors inside of redirectors are all passed by; one that leads back to where another began is
 * a loop, and nothing is. Worker threads.
 *
 * Returns: whether something else should be asked
 */
gboolean
nj_debounce (const NjUrl *url, NjProfile profile, NjArena *arena, NjUrl *ret_target)
{
  NjUrl target;
  guint hops = 0;

  if (!nj_debounce_step (url, profile, arena, &target))
    return FALSE;

  do
    if (++hops >= NJ_DEBOUNCE_HOPS_MAX || nj_bytes_equal (target.text, url->text))
      return FALSE;
  while (nj_debounce_step (&target, profile, arena, &target));

  *ret_target = target;
  return TRUE;
}
