/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DNS over TLS: messages one behind the other, each with its length before it, many under way at once
 * and told apart by their ids. RFC 7858, RFC 1035 §4.2.2, RFC 7766. In fibers, on workers.
 */
#include "exits/dns-private.h"

#define HEAD 12

static guint
u16_at (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

static gboolean
ask (NjDnsLink *link, NjDnsQuestion *question)
{
  guint8 head[4] = { (guint8) (question->len >> 8), (guint8) question->len };

  /* 0 is not asked yet; an id that a slow answer still bears is passed over. */
  do
    link->last_id++;
  while (link->last_id == 0 || nj_dns_link_find (link, link->last_id) != NULL);

  question->tag = link->last_id;
  head[2] = (guint8) (link->last_id >> 8);
  head[3] = (guint8) link->last_id;
  g_byte_array_append (link->out, head, sizeof head);
  g_byte_array_append (link->out, question->bytes + 2, (guint) question->len - 2);
  return TRUE;
}

/* An answer nobody waits for any more is passed over: who asked may have given up. */
static void
hand_out (NjDnsLink *link, const guint8 *message, gsize len)
{
  NjDnsQuestion *question = nj_dns_link_find (link, (gint32) u16_at (message));

  if (question == NULL)
    return;

  memcpy (question->answer, message, len);
  memcpy (question->answer, question->bytes, 2);
  question->answer_len = len;
  nj_dns_link_answer (link, question, NJ_OK);
}

static gboolean
take (NjDnsLink *link, const guint8 *bytes, gsize len)
{
  gsize at = 0;

  g_byte_array_append (link->in, bytes, (guint) len);
  while (link->in->len - at >= 2)
    {
      gsize size = u16_at (link->in->data + at);

      if (size < HEAD || size > NJ_RESOLVER_ANSWER_MAX)
        return FALSE;
      if (link->in->len - at - 2 < size)
        break;
      hand_out (link, link->in->data + at + 2, size);
      at += 2 + size;
    }

  g_byte_array_remove_range (link->in, 0, (guint) at);
  return TRUE;
}

/* RFC 7858 registers "dot" in ALPN and asks nobody to offer it; servers that know other protocols only would refuse. */
const NjDnsWire nj_dns_tls_wire = { .alpn = "", .ask = ask, .take = take };
