/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Response heads and trailer sections: what is taken can be printed and read again with the same framing.
 */
#include "http/head.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_response (NjArena *arena, const char *text, gsize size, NjMethod method)
{
  NjHead    head;
  NjHead    again;
  NjFraming framing;
  NjFraming again_framing;
  NjBytes   printed;

  if (nj_head_parse_response (&head, arena, text, size, &NJ_HEAD_LIMITS_DEFAULT) != NJ_HEAD_OK)
    return;
  g_assert_cmpuint (head.length, <=, size);
  g_assert_cmpuint (head.status, >=, 100);
  g_assert_cmpuint (head.status, <=, 999);
  if (nj_head_response_framing (&head, method, &framing) != NJ_HEAD_OK)
    return;

  nj_head_drop_hop_by_hop (&head);
  printed = nj_head_print_response (&head, arena);
  if (printed.len > 65536)
    return;
  g_assert_cmpint (nj_head_parse_response (&again, arena, printed.data, printed.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpuint (again.length, ==, printed.len);
  g_assert_cmpuint (again.status, ==, head.status);
  g_assert_cmpint (nj_head_response_framing (&again, method, &again_framing), ==, NJ_HEAD_OK);
  g_assert_cmpint (framing.kind, ==, again_framing.kind);
  g_assert_cmpuint (framing.length, ==, again_framing.length);
}

static void
check_trailers (NjArena *arena, const char *text, gsize size)
{
  NjHead  head;
  NjHead  again;
  NjBytes printed;

  if (nj_head_parse_trailers (&head, arena, text, size, &NJ_HEAD_LIMITS_DEFAULT) != NJ_HEAD_OK)
    return;

  g_assert_cmpuint (head.length, <=, size);
  printed = nj_head_print_trailers (&head, arena);
  g_assert_cmpint (nj_head_parse_trailers (&again, arena, printed.data, printed.len, &NJ_HEAD_LIMITS_DEFAULT), !=, NJ_HEAD_MORE);
  g_assert_null (nj_head_find (&again, NJ_FIELD_TRANSFER_ENCODING));
  g_assert_null (nj_head_find (&again, NJ_FIELD_CONTENT_LENGTH));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_auto (NjArena) arena = { 0 };

  check_response (&arena, text, size, NJ_METHOD_GET);
  check_response (&arena, text, size, NJ_METHOD_HEAD);
  check_response (&arena, text, size, NJ_METHOD_CONNECT);
  check_trailers (&arena, text, size);
  return 0;
}
