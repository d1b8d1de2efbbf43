/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages of the web that reach for machines on the user's own network: his router, a printer, a
 * service on this computer. Hosts that are local by their name or address are known before anything
 * is asked; those whose public name leads there (DNS rebinding) once it is resolved. Called by
 * request-scrub and proxy's exchange, on worker threads.
 */
#include "privacy/local-network.h"

static const char reason[] = "a page of the web reaches for the local network";

/* RFC 6761 §6.3, RFC 6762 §3, RFC 8375, ICANN's .internal; and what routers hand out. */
static const NjBytes domains[] = {
  NJ_BYTES ("localhost"), NJ_BYTES ("local"),   NJ_BYTES ("internal"), NJ_BYTES ("home.arpa"), NJ_BYTES ("localdomain"),
  NJ_BYTES ("lan"),       NJ_BYTES ("home"),    NJ_BYTES ("intranet"), NJ_BYTES ("private"),   NJ_BYTES ("corp"),
  NJ_BYTES ("fritz.box"), NJ_BYTES ("router"),
};

/* What stands before the "." of a name that is local by its last label. */
static gboolean
is_local_name (NjBytes host)
{
  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    if (host.len >= domains[i].len && host.data[host.len - 1] == domains[i].data[domains[i].len - 1] &&
        nj_host_is_below (host, domains[i]))
      return TRUE;

  /* A single label is completed by the network's own domain. */
  return host.len > 0 && memchr (host.data, '.', host.len) == NULL;
}

/**
 * nj_local_network_has:
 * @host: a host in its normal form
 *
 * Any thread. Source: RFC 6890, RFC 6761, RFC 8375.
 *
 * Returns: whether it is on this machine or its network, by its name or address alone
 */
gboolean
nj_local_network_has (NjBytes host)
{
  NjAddress address;

  if (host.len == 0)
    return FALSE;
  if (!nj_host_is_address (host))
    return is_local_name (host);

  return nj_address_parse (host, 0, &address) && nj_address_scope (&address) != NJ_SCOPE_GLOBAL;
}

/**
 * nj_local_network_is_own_wish:
 * @head: a request head
 * @context: who asks whom
 *
 * A link that the user follows to his router is his own wish, a form sent there is not. Worker threads.
 *
 * Returns: whether it may go wherever it leads
 */
gboolean
nj_local_network_is_own_wish (NjHead *head, const NjScrubContext *context)
{
  return context->is_navigation && (head->method_id == NJ_METHOD_GET || head->method_id == NJ_METHOD_HEAD);
}

/**
 * nj_local_network_refusal:
 * @head: a request head
 * @context: who asks whom
 *
 * Worker threads. Source: WICG Private Network Access §2.
 *
 * Returns: (nullable): why it should not be sent, static text, or %NULL
 */
const char *
nj_local_network_refusal (NjHead *head, const NjScrubContext *context)
{
  if (!context->is_cross_site || nj_local_network_is_own_wish (head, context) || !nj_local_network_has (context->url->host) ||
      nj_local_network_has (context->page_host))
    return NULL;

  return reason;
}

/**
 * nj_local_network_rebinding:
 * @head: a request head
 * @context: who asks whom
 * @reach: how far the address reaches that the host's name was resolved to
 * @was_global: whether the same name led to an address of the Internet a moment ago
 *
 * For names that look public. A company's own names lead to its own network as well, so within a
 * site only a name that changed sides is refused, and under the strict profile one that leads to
 * this very machine. Worker threads. Source: RFC 6890.
 *
 * Returns: (nullable): why it should not be sent, static text, or %NULL
 */
const char *
nj_local_network_rebinding (NjHead *head, const NjScrubContext *context, NjScope reach, gboolean was_global)
{
  if (context->profile == NJ_PROFILE_OFF || reach == NJ_SCOPE_GLOBAL || nj_local_network_is_own_wish (head, context) ||
      nj_local_network_has (context->url->host) || nj_local_network_has (context->page_host))
    return NULL;
  if (context->is_cross_site || was_global)
    return reason;

  return context->profile == NJ_PROFILE_STRICT && reach != NJ_SCOPE_PRIVATE && context->page_host.len > 0 ? reason : NULL;
}
