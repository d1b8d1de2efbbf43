/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any address as a link over redirectors: what it leads to is an address of the web, elsewhere, without credentials and not on
 * the user's own network, under every profile.
 */
#include "privacy/debounce.h"
#include "privacy/local-network.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_auto (NjArena) arena = { 0 };
  NjUrl            url, again;
  NjUrl            target;

  if (size == 0 || size > 8000 || nj_url_parse (nj_bytes (text, size), &arena, &url) != NJ_URL_OK)
    return 0;

  for (NjProfile profile = NJ_PROFILE_OFF; profile <= NJ_PROFILE_STRICT; profile++)
    {
      if (!nj_debounce (&url, profile, &arena, &target))
        continue;

      g_assert_cmpint (profile, !=, NJ_PROFILE_OFF);
      g_assert_true (nj_bytes_equal (target.scheme, NJ_BYTES ("http")) || nj_bytes_equal (target.scheme, NJ_BYTES ("https")));
      g_assert_true (memchr (target.authority.data, '@', target.authority.len) == NULL);
      g_assert_false (nj_local_network_has (target.host));
      g_assert_false (nj_debounce (&target, profile, &arena, &again));
      g_assert_cmpint (nj_url_parse (target.text, &arena, &again), ==, NJ_URL_OK);
      g_assert_true (nj_bytes_equal (again.text, target.text));
    }

  return 0;
}
