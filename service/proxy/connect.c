/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CONNECT: the target is taken apart, the tunnel opened, and its yes or no said in HTTP. RFC 9110
 * §9.3.6. In the session's fiber.
 */
#include "proxy/exchange-private.h"

static gboolean
on_accept (NjSession *session, NjStream *stream, gint64 deadline)
{
  static const char yes[] = "HTTP/1.1 200 Connection established\r\n\r\n";

  return nj_stream_write (session->client.stream, yes, sizeof yes - 1, deadline) == NJ_OK;
}

static void
describe_failure (const NjDialFailure *failure, NjArena *arena, NjPage *page)
{
  const char *what = nj_dial_result_text (failure->result);

  page->status = failure->result == NJ_DIAL_TIMEOUT ? 504 : 502;
  page->title = NJ_BYTES ("This site could not be reached");
  page->reason = nj_bytes_from_string (what);
  if (failure->detail[0] != '\0' && strcmp (failure->detail, what) != 0)
    page->reason = nj_arena_printf (arena, "%s: %s", what, failure->detail);
}

static guint
on_refuse (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, const NjDialFailure *failure, NjBytes host,
           NjArena *arena)
{
  NjPage  page = { .status = 403, .title = NJ_BYTES ("Nightjar blocked this site"), .url = host };
  gint64  deadline = nj_worker_now (session->lane->worker) + policy->timeouts.client_head;
  NjBytes text;

  if (failure != NULL)
    describe_failure (failure, arena, &page);
  else
    {
      nj_verdict_name_rule (policy, verdict, arena, &page.rule, &page.list);
      page.reason = verdict->reason != NULL ? nj_bytes_from_string (verdict->reason)
                                            : NJ_BYTES ("A rule of your filter lists blocks it.");
    }

  text = nj_page_print (arena, &page);
  session->must_linger = TRUE;
  nj_stream_write (session->client.stream, text.data, text.len, deadline);
  return page.status;
}

static const NjTunnelVoice voice = { NJ_BYTES ("CONNECT"), TRUE, on_accept, on_refuse };

/**
 * nj_connect_serve:
 * @exchange: an exchange whose request is a CONNECT
 *
 * Opens the tunnel; the exchange ends, the relay goes on, or the session with what is inside.
 */
void
nj_connect_serve (NjExchange *exchange)
{
  NjBytes host = NJ_BYTES_NONE;
  NjBytes agent = nj_head_value (&exchange->request, NJ_FIELD_USER_AGENT);
  guint16 port = 0;

  exchange->keeps_client = FALSE;
  if (!nj_url_parse_authority (exchange->request.target, -1, &exchange->arena, &host, &port))
    {
      nj_answer_problem (exchange, 400, "CONNECT wants host:port", NULL);
      return;
    }

  exchange->session->agent = nj_client_mirrors_agent (agent);
  exchange->session->mirror = nj_client_mirrors_recall (&exchange->lane->shared->client_mirrors, agent);
  nj_tunnel_open (exchange->session, &voice, host, port, &exchange->arena);
  /* Looked into: the next request comes from inside. */
  exchange->keeps_client = exchange->session->inspected != NULL;
}
