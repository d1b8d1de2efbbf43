/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name server's answer: whatever it is, what comes of it is addresses and names within their bounds.
 * The question is read from the answer itself, so that most inputs get past it.
 */
#include "net/dns-message.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* The name at the start of the question as it is asked for. */
static NjBytes
asked_name (const uint8_t *data, size_t size, char name[NJ_HOST_MAX + 1])
{
  gsize used = 0;

  for (gsize at = 12; at < size && data[at] != 0 && data[at] < 64; at += 1 + (gsize) data[at])
    {
      if (at + 1 + data[at] > size || used + data[at] + 1 > NJ_HOST_MAX)
        return NJ_BYTES ("a.test");
      if (used > 0)
        name[used++] = '.';
      for (gsize i = 0; i < data[at]; i++)
        name[used++] = nj_ascii_lower ((char) data[at + 1 + i]);
    }
  return used > 0 ? nj_bytes (name, used) : NJ_BYTES ("a.test");
}

static void
check_names (const NjResolved *resolved)
{
  const char *at = resolved->names;

  for (guint i = 0; i < resolved->n_names; i++, at += strlen (at) + 1)
    {
      g_assert_true (at < resolved->names + sizeof resolved->names && at[0] != '\0');
      for (const char *c = at; *c != '\0'; c++)
        g_assert_true (g_ascii_isalnum (*c) || *c == '-' || *c == '_' || *c == '.');
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const NjDnsMessageType types[] = { NJ_DNS_MESSAGE_A, NJ_DNS_MESSAGE_AAAA };
  char       name[NJ_HOST_MAX + 1];
  NjBytes    host = asked_name (data, size, name);
  NjResolved resolved;
  guint32    ttl_s;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      NjDnsMessageResult result = nj_dns_message_read (data, size, host, types[i], &resolved, &ttl_s);

      g_assert_cmpuint (resolved.n, <=, NJ_RESOLVER_ADDRESSES_MAX);
      g_assert_true ((result == NJ_DNS_MESSAGE_ADDRESSES) == (resolved.n > 0));
      check_names (&resolved);
    }
  return 0;
}
