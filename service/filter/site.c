/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hosts a thread met lately. Asking the public suffix list takes longer than all the rest of a
 * verdict, and a page asks hundreds of times in a row. Each thread has its own; nothing is shared.
 */
#include "filter/site.h"
#include "base/host.h"
#include "filter/hash.h"

/* Hosts remembered; a power of two. 32 KiB a thread. */
#define SITES 256

/* The registrable domain has not been asked for yet. */
#define UNKNOWN 255

static _Thread_local _Alignas (64) NjSite sites[SITES];

/* Where a host is remembered: by its ends, since two of one place only forget each other. */
static NjSite *
place_of (NjBytes host)
{
  guint64 hash;

  if (host.len < 8)
    hash = nj_hash_bytes (host.data, host.len);
  else
    hash = (nj_hash_load64 (host.data) + nj_hash_load64 (host.data + host.len - 8) * 31) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);
  return &sites[(hash >> 48) & (SITES - 1)];
}

/**
 * nj_site_remember:
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: (nullable): what this thread knows of @host; valid until the next call; %NULL when @host is
 * too long to be remembered
 */
NjSite *
nj_site_remember (NjBytes host)
{
  NjSite *site;

  if (host.len == 0 || host.len > NJ_SITE_HOST_MAX)
    return NULL;

  site = place_of (host);
  if (site->len == host.len && memcmp (site->host, host.data, host.len) == 0)
    return site;

  site->serial = 0;
  site->len = (guint8) host.len;
  memcpy (site->host, host.data, host.len);
  site->domain_at = UNKNOWN;
  return site;
}

/**
 * nj_site_registrable:
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: nj_host_registrable() of @host, a slice of it
 */
NjBytes
nj_site_registrable (NjBytes host)
{
  NjSite *site = nj_site_remember (host);

  if (site == NULL)
    return nj_host_registrable (host);
  if (site->domain_at == UNKNOWN)
    site->domain_at = (guint8) (nj_host_registrable (host).data - host.data);
  return nj_bytes (host.data + site->domain_at, host.len - site->domain_at);
}
