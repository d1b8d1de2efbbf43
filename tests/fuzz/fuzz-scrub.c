/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scrubbing with any fields on either side: what comes out still reads as a head, nothing that must
 * go is left, and scrubbing again changes nothing.
 */
#include "privacy/request-scrub.h"
#include "privacy/tracking-parameters.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_parameters (NjArena *arena, NjBytes text)
{
  NjBytes stripped;
  NjBytes again;

  if (!nj_tracking_parameters_strip (text, arena, &stripped))
    return;

  g_assert_cmpuint (stripped.len, <, text.len);
  g_assert_false (nj_tracking_parameters_strip (stripped, arena, &again));
}

static gboolean
check_request (NjArena *arena, NjBytes fields, NjProfile profile, NjScrubContext *context, NjUrl *url)
{
  NjBytes text = nj_arena_printf (arena, "GET http://a.example/x?u=http://b.example/ HTTP/1.1\r\nHost: a\r\n%.*s\r\n\r\n",
                                  NJ_BYTES_ARGS (fields));
  NjHead  head;
  NjHead  again;
  NjBytes printed;

  if (nj_head_parse_request (&head, arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT) != NJ_HEAD_OK)
    return FALSE;

  g_assert_cmpint (nj_url_parse (head.target, arena, url), ==, NJ_URL_OK);
  nj_scrub_context_init (context, &head, url, profile);
  nj_head_drop_hop_by_hop (&head);
  nj_request_scrub (&head, arena, context);
  nj_request_scrub_refusal (&head, context);
  printed = nj_head_print_request (&head, arena, NJ_BYTES ("/x"), NJ_BYTES ("a.example"));
  if (printed.len > 65536)
    return FALSE;

  g_assert_cmpint (nj_head_parse_request (&again, arena, printed.data, printed.len, &NJ_HEAD_LIMITS_DEFAULT), !=, NJ_HEAD_BAD);
  g_assert_null (nj_head_find (&again, NJ_FIELD_VIA));
  g_assert_null (nj_head_find (&again, NJ_FIELD_X_FORWARDED));
  g_assert_true (!context->is_third_party || nj_head_find (&again, NJ_FIELD_COOKIE) == NULL);
  g_assert_true (nj_bytes_equal (nj_head_value (&again, NJ_FIELD_SEC_GPC), NJ_BYTES ("1")) || again.n_fields == 0);
  return TRUE;
}

static void
check_response (NjArena *arena, NjBytes fields, const NjScrubContext *context)
{
  NjBytes text = nj_arena_printf (arena, "HTTP/1.1 302 Found\r\n%.*s\r\n\r\n", NJ_BYTES_ARGS (fields));
  NjHead  head;
  NjHead  again;
  NjBytes printed;

  if (nj_head_parse_response (&head, arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT) != NJ_HEAD_OK)
    return;

  nj_response_scrub (&head, arena, context);
  printed = nj_head_print_response (&head, arena);
  g_assert_cmpint (nj_head_parse_response (&again, arena, printed.data, printed.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpuint (nj_response_scrub (&again, arena, context), ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_auto (NjArena) arena = { 0 };
  NjBytes          fields = nj_bytes (text, size);
  NjScrubContext   context;
  NjUrl            url;

  if (size > 8000 || (size > 0 && memchr (text, '\0', size) != NULL))
    return 0;

  check_parameters (&arena, fields);
  for (NjProfile profile = NJ_PROFILE_STANDARD; profile <= NJ_PROFILE_STRICT; profile++)
    if (check_request (&arena, fields, profile, &context, &url))
      check_response (&arena, fields, &context);

  return 0;
}
