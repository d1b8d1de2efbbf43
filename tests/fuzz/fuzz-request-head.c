/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Request heads: whatever the bytes, what is taken can be printed and read again with the same
 * meaning, what is refused stays refused with more bytes behind it, and no prefix of a head is taken.
 */
#include "http/head.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static NjHeadResult
parse (NjHead *head, NjArena *arena, NjBytes text)
{
  return nj_head_parse_request (head, arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT);
}

static void
assert_same_meaning (NjHead *head, NjArena *arena)
{
  NjFraming framing;
  NjFraming again_framing;
  NjHead    again;
  NjBytes   printed;

  if (nj_head_request_framing (head, &framing) != NJ_HEAD_OK)
    return;

  nj_head_drop_hop_by_hop (head);
  printed = nj_head_print_request (head, arena, head->target, NJ_BYTES ("host.example"));
  g_assert_cmpint (parse (&again, arena, printed), ==, printed.len <= 65536 ? NJ_HEAD_OK : NJ_HEAD_TOO_LARGE);
  if (printed.len > 65536)
    return;

  g_assert_cmpuint (again.length, ==, printed.len);
  g_assert_true (nj_bytes_equal (again.target, head->target));
  g_assert_cmpint (nj_head_request_framing (&again, &again_framing), ==, NJ_HEAD_OK);
  g_assert_cmpint (framing.kind, ==, again_framing.kind);
  g_assert_cmpuint (framing.length, ==, again_framing.length);
  for (NjFieldId id = NJ_FIELD_OTHER + 1; id < NJ_FIELD_LAST; id++)
    g_assert_true (nj_head_find (&again, id) == NULL || nj_head_find (&again, id)->id == id);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_auto (NjArena) arena = { 0 };
  NjHead           head;
  NjHeadResult     result = parse (&head, &arena, nj_bytes (text, size));

  if (result == NJ_HEAD_OK)
    {
      NjHead shorter;
      gsize  cut = head.length - 1 - (size % head.length);

      g_assert_cmpuint (head.length, <=, size);
      g_assert_cmpint (parse (&shorter, &arena, nj_bytes (text, cut)), ==, NJ_HEAD_MORE);
      assert_same_meaning (&head, &arena);
    }
  else if (result != NJ_HEAD_MORE)
    {
      g_autofree char *more = g_malloc (size + 4);

      memcpy (more, text, size);
      memcpy (more + size, "\r\n\r\n", 4);
      g_assert_nonnull (head.problem);
      g_assert_cmpint (parse (&head, &arena, nj_bytes (more, size + 4)), !=, NJ_HEAD_OK);
    }

  return 0;
}
