/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SOCKS4a as a client: SOCKS4 with the name in place of the address. Old, but what some small
 * tools and appliances speak. In fibers, on workers.
 */
#include "exits/hop.h"

#define GRANTED 90

/* An IPv4 address goes as SOCKS4 has it; the address 0.0.0.1 says that a name follows. An IPv6
 * address has no other place than the name's, and servers that hand it to getaddrinfo() take it. */
static gsize
request_print (const NjHopRequest *request, char *out)
{
  const char *user = nj_exit_user (request->exit);
  guint8      head[8] = { 4, 1, (guint8) (request->port >> 8), (guint8) request->port, 0, 0, 0, 1 };
  gsize       user_len = user != NULL ? MIN (strlen (user), 255) : 0;
  NjBytes     host = request->host;
  gsize       len = sizeof head;
  NjAddress   address = { 0 };

  if (nj_address_parse (host, 0, &address) && address.any.sa_family == AF_INET)
    {
      memcpy (head + 4, &address.v4.sin_addr, 4);
      host.len = 0;
    }
  if (host.len > 2 && host.data[0] == '[')
    host = nj_bytes (host.data + 1, host.len - 2);
  host.len = MIN (host.len, NJ_HOST_MAX);

  memcpy (out, head, sizeof head);
  if (user_len > 0)
    memcpy (out + len, user, user_len);
  len += user_len;
  out[len++] = '\0';
  if (host.len == 0)
    return len;

  memcpy (out + len, host.data, host.len);
  len += host.len;
  out[len++] = '\0';
  return len;
}

/**
 * nj_hop_socks4a_open:
 * @below: (transfer full): a stream to the exit; closed on failure
 * @request: what is asked of it
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call. Source: "SOCKS 4A: A Simple Extension to SOCKS 4 Protocol", Ying-Da Lee.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_socks4a_open (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  char   message[8 + 256 + NJ_HOST_MAX + 1];
  guint8 answer[8];
  gsize  len = request_print (request, message);
  NjIo   io = nj_stream_write (below, message, len, request->deadline);

  if (io == NJ_OK)
    io = nj_stream_read_full (below, answer, sizeof answer, request->deadline);
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (below, io, NJ_DIAL_TIMEOUT, ret_failure, "the exit did not answer in time");
  if (io != NJ_OK)
    return nj_hop_cut (below, io, ret_failure, "before its answer was complete");

  if (answer[0] != 0)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit does not speak SOCKS4");
  /* 92 and 93 are about the user (identd); all else is "rejected or failed", target or not. */
  if (answer[1] == 92 || answer[1] == 93)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_AUTH, ret_failure, "the exit wants another user");
  if (answer[1] != GRANTED)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_REFUSED, ret_failure, "the exit could not or would not");

  *ret_stream = below;
  return NJ_OK;
}
