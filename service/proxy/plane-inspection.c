/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the main thread holds of looking into HTTPS: the authority that signs, and what the lanes
 * learnt about hosts. Main thread.
 */
#include "proxy/plane-private.h"

/**
 * nj_plane_open_authority:
 * @plane: a plane
 * @folder: where the authority is kept
 * @keys: (nullable): keys that somebody else keeps; %NULL when they are not known
 * @is_held: whether the caller keeps what is made anew
 * @complaints: (nullable) (element-type utf8): gets a sentence for what was found damaged
 * @error: why there is none
 *
 * Reads or makes the authority; policies that are set from now on go by it. Called again it looks
 * whether the next one's time has come. Writes files.
 *
 * Returns: whether there is one
 */
gboolean
nj_plane_open_authority (NjPlane *plane, const char *folder, const char *keys, gboolean is_held, GPtrArray *complaints, GError **error)
{
  NjAuthority *authority = nj_authority_open (folder, keys, is_held, complaints, error);

  if (authority == NULL)
    return FALSE;

  nj_authority_unref (plane->authority);
  plane->authority = authority;
  return TRUE;
}

/**
 * nj_plane_authority:
 * @plane: a plane
 *
 * Returns: (transfer none) (nullable): the authority, %NULL before it was opened
 */
NjAuthority *
nj_plane_authority (NjPlane *plane)
{
  return plane->authority;
}

/**
 * nj_plane_inspection_memory:
 * @plane: a plane
 *
 * Returns: (transfer none): what was learnt about hosts
 */
NjInspectionMemory *
nj_plane_inspection_memory (NjPlane *plane)
{
  return plane->shared.inspection_memory;
}

/**
 * nj_plane_seen_certificates:
 * @plane: a plane
 *
 * Returns: (transfer none): what sites showed that were looked into
 */
NjSeenCertificates *
nj_plane_seen_certificates (NjPlane *plane)
{
  return plane->shared.seen_certificates;
}
