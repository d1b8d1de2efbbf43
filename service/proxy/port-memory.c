/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which ports of which hosts speak TLS, so that the next client is not answered before the origin has
 * shown who it is; and which do not, so that none is told hello in vain again. For an hour, in memory
 * only, and by a hash: it is a list of visits. One place may push another out: that costs what it cost
 * the first time. Any worker; one lock, held for a look.
 */
#include "proxy/port-memory.h"

#include "base/clock.h"

#include <pthread.h>

/* A server may be set up anew any day. */
#define GOOD_FOR_US (3600 * (gint64) G_USEC_PER_SEC)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* FNV-1a. */
static guint64
hash_of (NjBytes host, guint16 port)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (gsize i = 0; i < host.len; i++)
    hash = (hash ^ (guint8) host.data[i]) * G_GUINT64_CONSTANT (1099511628211);
  hash = (hash ^ (port >> 8)) * G_GUINT64_CONSTANT (1099511628211);
  hash = (hash ^ (port & 0xff)) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

/**
 * nj_port_memory_ask:
 * @self: a memory
 * @host: a host in its normal form
 * @port: its port
 * @ret_mirror: (out) (nullable): how the last client that was heard there says hello, when that is known
 *
 * Any thread.
 *
 * Returns: what is spoken there, as far as it is known
 */
NjPortSpeech
nj_port_memory_ask (NjPortMemory *self, NjBytes host, guint16 port, const NjTlsMirror **ret_mirror)
{
  guint64            place = hash_of (host, port);
  guint              slot = (guint) (place % NJ_PORT_MEMORY_SLOTS);
  NjPortSpeech       speech = NJ_PORT_UNKNOWN;
  const NjTlsMirror *mirror = NULL;

  pthread_mutex_lock (&lock);
  if (self->slots[slot].place == place && self->slots[slot].until > nj_clock_monotonic ())
    {
      speech = self->slots[slot].speech;
      mirror = self->slots[slot].mirror;
    }
  pthread_mutex_unlock (&lock);

  if (ret_mirror != NULL)
    *ret_mirror = mirror;
  return speech;
}

/**
 * nj_port_memory_learn:
 * @self: a memory
 * @host: a host in its normal form
 * @port: its port
 * @speech: what was heard there
 * @mirror: (nullable): how the client says hello that it was heard for
 *
 * Any thread.
 */
void
nj_port_memory_learn (NjPortMemory *self, NjBytes host, guint16 port, NjPortSpeech speech, const NjTlsMirror *mirror)
{
  guint64 place = hash_of (host, port);
  guint   slot = (guint) (place % NJ_PORT_MEMORY_SLOTS);

  pthread_mutex_lock (&lock);
  self->slots[slot].place = place;
  self->slots[slot].until = nj_clock_monotonic () + GOOD_FOR_US;
  self->slots[slot].speech = speech;
  self->slots[slot].mirror = mirror;
  pthread_mutex_unlock (&lock);
}
