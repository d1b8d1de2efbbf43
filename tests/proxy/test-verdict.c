/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a request is for, by what the browser says and by what is left without that; and which
 * addresses are this very proxy.
 */
#include "proxy/verdict.h"

typedef struct
{
  const char   *path;
  const char   *fields;
  NjRequestType type;
} Case;

static const Case cases[] = {
  { "/", "Sec-Fetch-Dest: document\r\n", NJ_TYPE_DOCUMENT },
  { "/", "Sec-Fetch-Dest: iframe\r\n", NJ_TYPE_SUBDOCUMENT },
  { "/a.gif", "Sec-Fetch-Dest: script\r\n", NJ_TYPE_SCRIPT },
  { "/", "Sec-Fetch-Dest: style\r\n", NJ_TYPE_STYLESHEET },
  { "/", "Sec-Fetch-Dest: video\r\n", NJ_TYPE_MEDIA },
  { "/", "Sec-Fetch-Dest: serviceworker\r\n", NJ_TYPE_SCRIPT },
  { "/", "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\n", NJ_TYPE_XHR },
  { "/", "Sec-Fetch-Dest: report\r\n", NJ_TYPE_OTHER },
  { "/", "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: websocket\r\n", NJ_TYPE_WEBSOCKET },
  { "/", "Connection: Upgrade\r\nUpgrade: websocket\r\n", NJ_TYPE_WEBSOCKET },
  { "/", "Accept: text/html,application/xhtml+xml\r\n", NJ_TYPE_DOCUMENT },
  { "/x", "Accept: image/avif,image/webp\r\n", NJ_TYPE_IMAGE },
  { "/x", "Accept: text/css,*/*;q=0.1\r\n", NJ_TYPE_STYLESHEET },
  { "/lib.min.js?v=1.2.css", "Accept: */*\r\n", NJ_TYPE_SCRIPT },
  { "/a/b.WOFF2", "", NJ_TYPE_FONT },
  { "/v1.2/track", "", NJ_TYPE_OTHER },
  { "/", "", NJ_TYPE_OTHER },
  { "/.js/", "", NJ_TYPE_OTHER },
};

static void
test_types (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("GET http://site.test%s HTTP/1.1\r\nHost: site.test\r\n%s\r\n", cases[i].path,
                                               cases[i].fields);
      g_auto (NjArena) arena;
      NjHeadLimits     limits = NJ_HEAD_LIMITS_DEFAULT;
      NjHead           head;
      NjUrl            url;

      nj_arena_init (&arena, NULL, 0);
      g_assert_cmpint (nj_head_parse_request (&head, &arena, text, strlen (text), &limits), ==, NJ_HEAD_OK);
      g_assert_cmpint (nj_url_parse (head.target, &arena, &url), ==, NJ_URL_OK);
      if (nj_verdict_request_type (&head, &url) != cases[i].type)
        g_error ("%s %s: %s", cases[i].path, cases[i].fields, nj_request_type_name (nj_verdict_request_type (&head, &url)));
    }
}

static void
test_own_port (void)
{
  NjShared shared = { 0 };
  NjLane   lane = { .shared = &shared };

  nj_address_parse (NJ_BYTES ("127.0.0.1"), 8642, &shared.address);
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("127.0.0.1"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("127.9.9.9"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("localhost"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("a.localhost"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("0.0.0.0"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("[::1]"), 8642));
  g_assert_true (nj_verdict_is_own_port (&lane, NJ_BYTES ("[::ffff:127.0.0.1]"), 8642));
  g_assert_false (nj_verdict_is_own_port (&lane, NJ_BYTES ("127.0.0.1"), 8643));
  g_assert_false (nj_verdict_is_own_port (&lane, NJ_BYTES ("notlocalhost"), 8642));
  g_assert_false (nj_verdict_is_own_port (&lane, NJ_BYTES ("192.0.2.1"), 8642));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/verdict/types", test_types);
  g_test_add_func ("/proxy/verdict/own-port", test_own_port);
  return g_test_run ();
}
