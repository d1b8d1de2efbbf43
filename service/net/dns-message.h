/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/* What is asked for; the numbers are those on the wire, RFC 1035 §3.2.2 and RFC 3596. */
typedef enum
{
  NJ_DNS_MESSAGE_A = 1,
  NJ_DNS_MESSAGE_AAAA = 28
} NjDnsMessageType;

/* What an answer says. */
typedef enum
{
  NJ_DNS_MESSAGE_ADDRESSES,
  NJ_DNS_MESSAGE_NOTHING,  /* no such name, or none of this type */
  NJ_DNS_MESSAGE_REFUSED,  /* the server would not or could not */
  NJ_DNS_MESSAGE_BAD       /* no answer to this question, or bytes that are none */
} NjDnsMessageResult;

/* Longest question that is made, padding included; bytes. */
#define NJ_DNS_MESSAGE_QUESTION_MAX 384

gsize nj_dns_message_ask (NjBytes host, NjDnsMessageType type, guint8 ret_question[NJ_DNS_MESSAGE_QUESTION_MAX]);

NjDnsMessageResult nj_dns_message_read (const guint8 *bytes, gsize len, NjBytes host, NjDnsMessageType type, NjResolved *ret_resolved, guint32 *ret_ttl_s);

G_END_DECLS
