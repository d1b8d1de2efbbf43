/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An origin is asked before the client has said hello, so it is told what a client of the same name
 * said the last time, or what its family is known to say. Kept by the User-Agent, in memory only.
 * Any worker; one lock, held for a look.
 */
#include "proxy/client-mirrors.h"

#include "tls/known-hello.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/**
 * nj_client_mirrors_agent:
 * @name: a User-Agent, empty for none
 *
 * FNV-1a. Any thread.
 *
 * Returns: a number for it, 0 for none
 */
guint32
nj_client_mirrors_agent (NjBytes name)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < name.len; i++)
    hash = (hash ^ (guint8) name.data[i]) * 16777619u;
  return name.len > 0 ? MAX (hash, 1) : 0;
}

/**
 * nj_client_mirrors_recall:
 * @self: what was learnt
 * @name: a User-Agent, empty for none
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): how a client that calls itself so most likely says hello
 */
const NjTlsMirror *
nj_client_mirrors_recall (NjClientMirrors *self, NjBytes name)
{
  guint32            agent = nj_client_mirrors_agent (name);
  guint              slot = agent % NJ_CLIENT_MIRRORS_SLOTS;
  const NjTlsMirror *mirror = NULL;

  pthread_mutex_lock (&lock);
  if (self->slots[slot].agent == agent)
    mirror = self->slots[slot].mirror;
  pthread_mutex_unlock (&lock);
  return mirror != NULL ? mirror : nj_known_hello_find (name);
}

/**
 * nj_client_mirrors_learn:
 * @self: what was learnt
 * @agent: what a client calls itself, as a number
 * @mirror: (nullable): how it said hello
 * @speaks_h2: whether it offered HTTP/2
 *
 * A client that speaks HTTP/2 and for once does not, as for a WebSocket, is remembered as it was.
 * Any thread.
 */
void
nj_client_mirrors_learn (NjClientMirrors *self, guint32 agent, const NjTlsMirror *mirror, gboolean speaks_h2)
{
  guint slot = agent % NJ_CLIENT_MIRRORS_SLOTS;

  if (mirror == NULL)
    return;

  pthread_mutex_lock (&lock);
  if (self->slots[slot].mirror == NULL || self->slots[slot].agent != agent || speaks_h2 || !self->slots[slot].speaks_h2)
    {
      self->slots[slot].agent = agent;
      self->slots[slot].speaks_h2 = speaks_h2;
      self->slots[slot].mirror = mirror;
    }
  pthread_mutex_unlock (&lock);
}
