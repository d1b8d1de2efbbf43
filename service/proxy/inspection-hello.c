/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hello of a client that may be looked into: it is read and left where it is, for it is said
 * again to whoever answers; and it may speak against looking. In the session's fiber.
 */
#include "proxy/inspection-hello.h"

#include "proxy/inspection-choice.h"
#include "proxy/never-inspected.h"

/**
 * nj_inspection_hello_peek:
 * @session: a session whose client asked for a tunnel, the request consumed
 * @arena: where a hello that came in pieces is put together
 * @ret_hello: (out): what it says; as long as @arena and the client's bytes
 *
 * Returns: what is there of it
 */
NjClientHelloResult
nj_inspection_hello_peek (NjSession *session, NjArena *arena, NjClientHello *ret_hello)
{
  NjBytes ahead = nj_h1_ahead (&session->client);

  return nj_client_hello_parse (ret_hello, arena, (const guint8 *) ahead.data, ahead.len);
}

/**
 * nj_inspection_hello_read:
 * @session: a session whose client may speak
 * @policy: the conversation's policy
 * @arena: where a hello that came in pieces is put together
 * @ret_hello: (out): what it says; as long as @arena and the client's bytes
 *
 * A fiber's call.
 *
 * Returns: %NJ_CLIENT_HELLO_OK; %NJ_CLIENT_HELLO_MORE when it is gone or silent; else it says something else
 */
NjClientHelloResult
nj_inspection_hello_read (NjSession *session, const NjPolicy *policy, NjArena *arena, NjClientHello *ret_hello)
{
  gint64              deadline = nj_worker_now (session->lane->worker) + policy->timeouts.client_head;
  NjClientHelloResult result;

  for (;;)
    {
      result = nj_inspection_hello_peek (session, arena, ret_hello);
      if (result != NJ_CLIENT_HELLO_MORE)
        return result;
      if (nj_h1_fill (&session->client, NJ_CLIENT_HELLO_MAX, deadline) != NJ_OK)
        return NJ_CLIENT_HELLO_MORE;
    }
}

/**
 * nj_inspection_hello_judge:
 * @session: a session whose client said hello
 * @policy: the conversation's policy
 * @host: what the client named to us, in its normal form
 * @port: its port
 * @hello: what it said
 * @buffer: where the name is written
 * @ret_name: (out): what the client wants its other side to be; without a word of it @host
 *
 * Returns: what the hello says against looking into it, or %NJ_INSPECTION_LOOK
 */
NjInspection
nj_inspection_hello_judge (NjSession *session, const NjPolicy *policy, NjBytes host, guint16 port, const NjClientHello *hello,
                           char buffer[NJ_HOST_MAX + 1], NjBytes *ret_name)
{
  NjInspectionMemory *memory = session->lane->shared->inspection_memory;
  NjBytes             name = host;
  NjWish              wish;
  char                place[NJ_INSPECTION_PLACE_MAX + 1];

  if (hello->server_name.len > 0)
    name = nj_bytes (buffer, nj_host_normalize (hello->server_name, buffer));
  *ret_name = name;

  if (name.len == 0 || (!nj_bytes_equal (name, host) && !nj_host_is_address (host)))
    return NJ_INSPECTION_NAME;
  if (hello->protocols.len > 0 && !nj_client_hello_offers (hello, NJ_BYTES ("http/1.1")) &&
      !nj_client_hello_offers (hello, NJ_BYTES ("h2")))
    return NJ_INSPECTION_PROTOCOL;
  wish = nj_inspection_wishes_of_site (policy->wishes, name);
  if (wish == NJ_WISH_NEVER)
    return NJ_INSPECTION_SITE;
  if (wish != NJ_WISH_ALWAYS && nj_never_inspected_has (name))
    return NJ_INSPECTION_NEVER;
  return nj_inspection_memory_ask (memory, nj_inspection_choice_place (name, port, place), nj_client_hello_kind (hello));
}
