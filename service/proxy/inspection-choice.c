/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a connection is to be looked into, before anything of it was heard: by its host, its port
 * and the program that asks for it. Whatever speaks against it has a reason, which goes into the
 * journal. In the session's fiber.
 */
#include "proxy/inspection-choice.h"

#include "proxy/client-program.h"
#include "proxy/never-inspected.h"

/**
 * nj_inspection_choice_place:
 * @host: a host in its normal form
 * @port: its port
 * @buffer: where it is written when it is not @host itself
 *
 * What one port of a host speaks says nothing about another.
 *
 * Returns: by what it is remembered: host, or host:port when that is not 443
 */
NjBytes
nj_inspection_choice_place (NjBytes host, guint16 port, char buffer[NJ_INSPECTION_PLACE_MAX + 1])
{
  if (port == 443 || host.len > NJ_HOST_MAX)
    return host;
  return nj_bytes (buffer, (gsize) g_snprintf (buffer, NJ_INSPECTION_PLACE_MAX + 1, "%.*s:%u", NJ_BYTES_ARGS (host), port));
}

/* TLS there, but inside of it something else than the web. */
static gboolean
is_other_port (guint16 port)
{
  static const guint16 ports[] = { 21, 22, 25, 110, 143, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 1883,
                                   2195, 2196, 3389, 5061, 5222, 5223, 5269, 6514, 6679, 6697, 8883, 9001 };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (ports[i] == port)
      return TRUE;
  return FALSE;
}

/* How long the program is looked for; µs. */
#define PROGRAM_US (2 * (gint64) G_USEC_PER_SEC)

/* What the program speaks against it; a site that the user named counts more. */
static NjInspection
judge_program (NjSession *session, const NjPolicy *policy)
{
  NjClientProgram program;
  NjWish          wish;

  if (!nj_inspection_wishes_wants_program (policy->wishes))
    return NJ_INSPECTION_LOOK;

  nj_client_program_find (session, nj_worker_now (session->lane->worker) + PROGRAM_US, &program);
  wish = nj_inspection_wishes_of_program (policy->wishes, program.name);
  if (wish == NJ_WISH_NEVER)
    return NJ_INSPECTION_PROGRAM;
  if (wish == NJ_WISH_ALWAYS || program.is_browser || nj_inspection_wishes_is_for_all (policy->wishes))
    return NJ_INSPECTION_LOOK;
  return program.name[0] != '\0' ? NJ_INSPECTION_NO_BROWSER : NJ_INSPECTION_UNKNOWN_PROGRAM;
}

/**
 * nj_inspection_choose:
 * @session: a session whose client asks for it
 * @policy: the conversation's policy
 * @host: a host in its normal form
 * @port: its port
 *
 * What the user said of the site, the built-in list, what was learnt, the program. A fiber's call.
 *
 * Returns: why not to look into it, as far as host, port and program tell, or %NJ_INSPECTION_LOOK
 */
NjInspection
nj_inspection_choose (NjSession *session, const NjPolicy *policy, NjBytes host, guint16 port)
{
  char         buffer[NJ_INSPECTION_PLACE_MAX + 1];
  NjWish       wish;
  NjInspection reason;

  if (!policy->is_inspecting || policy->authority == NULL || !policy->is_filtering)
    return NJ_INSPECTION_OFF;
  if (is_other_port (port))
    return NJ_INSPECTION_PORT;

  wish = nj_inspection_wishes_of_site (policy->wishes, host);
  if (wish == NJ_WISH_NEVER)
    return NJ_INSPECTION_SITE;
  if (wish != NJ_WISH_ALWAYS && nj_never_inspected_has (host))
    return NJ_INSPECTION_NEVER;
  reason = nj_inspection_memory_ask (session->lane->shared->inspection_memory, nj_inspection_choice_place (host, port, buffer), 0);
  if (reason != NJ_INSPECTION_LOOK || wish == NJ_WISH_ALWAYS)
    return reason;
  return judge_program (session, policy);
}
