/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is asked first when a connection is to be looked into: the origin, so that one which cannot be
 * verified is refused before the client is answered; or the client, where nobody knows yet that TLS
 * is spoken, for a server that speaks first must not be told a hello that nobody wanted to say to it.
 * In the session's fiber.
 */
#include "proxy/inspection-order.h"

#include "proxy/client-program.h"
#include "proxy/inspection-hello.h"
#include "tls/known-hello.h"

/* How long the program is looked for; µs. */
#define PROGRAM_US (2 * (gint64) G_USEC_PER_SEC)

/* How long a server may say nothing to a hello before it is thought to speak something else. One that
 * was only slow costs no safety: it is verified when the client has said hello. */
#define PATIENCE_US (5 * (gint64) G_USEC_PER_SEC)

/* How a browser would call itself that tells nothing but its executable. */
static const char *
family_of (const char *program)
{
  static const struct
  {
    const char *word;
    const char *family;
  } families[] = {
    { "firefox", "Firefox/" }, { "librewolf", "Firefox/" }, { "chrom", "Chrome/" }, { "brave", "Chrome/" },
    { "edge", "Chrome/" },     { "vivaldi", "Chrome/" },    { "opera", "Chrome/" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (strstr (program, families[i].word) != NULL)
      return families[i].family;
  return NULL;
}

/* A protocol that tells no User-Agent: the program stands for it. */
static const NjTlsMirror *
mirror_of (NjSession *session, const char *program)
{
  NjBytes            name = nj_bytes_from_string (program);
  const NjTlsMirror *mirror = nj_client_mirrors_recall (&session->lane->shared->client_mirrors, name);

  session->agent = nj_client_mirrors_agent (name);
  return mirror != NULL ? mirror : nj_known_hello_find (nj_bytes_from_string (family_of (program)));
}

/* Through a tunnel to any port but that of plain HTTP a browser speaks TLS, and seldom ws:. An address that it
 * resolved itself, as one may for SOCKS, is not what the certificate is for. */
static gboolean
is_of_browser (NjSession *session, const NjTunnelVoice *voice, NjBytes host, guint16 port, const NjTlsMirror **mirror)
{
  NjClientProgram program;

  if (port == 80 || (!voice->says_why && nj_host_is_address (host)))
    return FALSE;

  nj_client_program_find (session, nj_worker_now (session->lane->worker) + PROGRAM_US, &program);
  if (!program.is_browser)
    return FALSE;
  if (voice->says_why)
    return TRUE;

  *mirror = mirror_of (session, program.name);
  return *mirror != NULL;
}

/**
 * nj_inspection_order_is_origin_first:
 * @session: a session whose client asked for a tunnel, the request consumed
 * @voice: how it is answered
 * @policy: the conversation's policy
 * @host: where to, in its normal form
 * @port: where to
 * @arena: the conversation's arena
 * @mirror: (inout) (nullable): how the client says hello, or most likely will
 *
 * May wait for a moment. A fiber's call.
 *
 * Returns: whether the origin is to be verified before the client is answered
 */
gboolean
nj_inspection_order_is_origin_first (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy, NjBytes host,
                                     guint16 port, NjArena *arena, const NjTlsMirror **mirror)
{
  gboolean           is_told = voice->says_why && !nj_host_is_address (host);
  const NjTlsMirror *heard = NULL;
  NjClientHello      hello;
  char               buffer[NJ_HOST_MAX + 1];
  NjBytes            name;

  if (port == 443 && is_told)
    return TRUE;

  /* It spoke ahead: nothing is to be guessed. */
  if (nj_h1_ahead (&session->client).len > 0 && nj_inspection_hello_peek (session, arena, &hello) == NJ_CLIENT_HELLO_OK)
    return nj_inspection_hello_judge (session, policy, host, port, &hello, buffer, &name) == NJ_INSPECTION_LOOK &&
           nj_bytes_equal (name, host);

  switch (nj_port_memory_ask (&session->lane->shared->port_memory, host, port, &heard))
    {
    case NJ_PORT_OTHER:
      return FALSE;
    case NJ_PORT_TLS:
      if (!voice->says_why)
        *mirror = heard;
      return TRUE;
    default:
      return (port == 8443 && is_told) || is_of_browser (session, voice, host, port, mirror);
    }
}

/**
 * nj_inspection_order_patience:
 * @port: of an origin that is asked first
 *
 * Returns: within how many µs it must have said something, 0 for the way's whole deadline
 */
gint64
nj_inspection_order_patience (guint16 port)
{
  return port == 443 ? 0 : PATIENCE_US;
}

/**
 * nj_inspection_order_may_be_plain:
 * @port: of an origin that was asked first
 * @reason: what turned out
 * @failure: why there is no TLS
 *
 * Returns: whether that port may well be for something else than TLS, and the client is to be heard
 */
gboolean
nj_inspection_order_may_be_plain (guint16 port, NjInspection reason, const NjTlsFailure *failure)
{
  return port != 443 && (reason == NJ_INSPECTION_NOT_TLS || (reason == NJ_INSPECTION_LOOK && failure->is_unheard));
}

/**
 * nj_inspection_order_learn:
 * @session: who found out
 * @host: where it went, in its normal form
 * @port: where it went
 * @speech: what is spoken there
 * @mirror: (nullable): how the client says hello, when it was heard
 *
 * The next one is asked in the order that this tells.
 */
void
nj_inspection_order_learn (NjSession *session, NjBytes host, guint16 port, NjPortSpeech speech, const NjTlsMirror *mirror)
{
  nj_port_memory_learn (&session->lane->shared->port_memory, host, port, speech, mirror);
}
