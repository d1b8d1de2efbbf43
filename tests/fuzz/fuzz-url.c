/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * URLs and authorities: the normal form is its own normal form, and its parts lie in it in order.
 */
#include "http/url.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_url (NjArena *arena, NjBytes text)
{
  NjUrl url;
  NjUrl again;

  if (nj_url_parse (text, arena, &url) != NJ_URL_OK)
    return;

  g_assert_cmpint (nj_url_parse (url.text, arena, &again), ==, NJ_URL_OK);
  g_assert_true (nj_bytes_equal (url.text, again.text));
  g_assert_true (url.scheme.data == url.text.data && url.host.data == url.scheme.data + url.scheme.len + 3);
  g_assert_true (url.authority.data == url.host.data && url.authority.len >= url.host.len);
  g_assert_true (url.path.data == url.authority.data + url.authority.len && url.path.data[0] == '/');
  g_assert_true (url.path.data + url.path.len == url.text.data + url.text.len);
  g_assert_true (url.query.data == NULL || url.query.data + url.query.len == url.text.data + url.text.len);
  g_assert_null (memchr (url.text.data, '#', url.text.len));
  g_assert_null (memchr (url.authority.data, '@', url.authority.len));
  g_assert_cmpuint (url.port, >, 0);
  g_assert_cmpuint (url.host.len, <=, NJ_HOST_MAX);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_auto (NjArena) arena = { 0 };
  NjBytes          host;
  guint16          port;

  check_url (&arena, nj_bytes (text, size));
  if (nj_url_parse_authority (nj_bytes (text, size), -1, &arena, &host, &port))
    {
      NjBytes again;

      g_assert_cmpuint (port, >, 0);
      g_assert_true (nj_url_parse_authority (host, 80, &arena, &again, &port));
      g_assert_true (nj_bytes_equal (host, again));
    }

  return 0;
}
