/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Host names and addresses as a peer writes them: whatever the bytes, what base/host calls a
 * name is bounded, is its own normal form, and lies below its registrable domain.
 */
#include "base/host.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  NjBytes   text = nj_bytes ((const char *) data, size);
  char      host[NJ_HOST_MAX + 1];
  char      again[NJ_HOST_MAX + 1];
  NjAddress address;
  gsize     len = nj_host_normalize (text, host);

  if (len > 0)
    {
      NjBytes name = nj_bytes (host, len);
      NjBytes site = nj_host_registrable (name);

      g_assert_cmpuint (len, <=, NJ_HOST_MAX);
      g_assert_cmpuint (nj_host_normalize (name, again), ==, len);
      g_assert_cmpmem (host, len, again, len);
      g_assert_true (site.len == 0 || nj_host_is_below (name, site));
      g_assert_true (nj_host_is_same_site (name, name));
    }

  if (nj_address_parse (text, 80, &address))
    {
      g_autofree char *written = nj_address_to_text (&address);

      g_assert_cmpuint (nj_address_port (&address), ==, 80);
      g_assert_cmpint (nj_address_scope (&address), <=, NJ_SCOPE_GLOBAL);
      g_assert_nonnull (written);
    }

  return 0;
}
