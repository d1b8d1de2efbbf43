/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any lines as scriptlet rules and as procedural ones: whatever they hold, the program stays in its element and in ASCII, and
 * between its own texts nothing stands outside of quotes but commas and brackets.
 */
#include "filter/scriptlet-arguments.h"
#include "filter/scriptlet.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_program (NjBytes text)
{
  g_assert (nj_bytes_find (text, NJ_BYTES ("</")) < 0);
  g_assert (nj_bytes_find (text, NJ_BYTES ("<!--")) < 0);
  for (gsize i = 0; i < text.len; i++)
    g_assert (text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] < 0x7f));
}

static void
check_argument (NjBytes line)
{
  NjBuffer buffer = { 0 };

  nj_scriptlet_arguments_print (line, &buffer);
  g_assert (buffer.len >= 2 && buffer.data[0] == '"' && buffer.data[buffer.len - 1] == '"');
  for (gsize i = 1; i + 1 < buffer.len; i++)
    {
      g_assert (buffer.data[i] != '"' && buffer.data[i] != '<' && buffer.data[i] != '\n');
      if (buffer.data[i] == '\\')
        g_assert (buffer.data[i + 1] == 'u' && i + 6 < buffer.len);
    }
  nj_buffer_clear (&buffer);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (NjArena) arena;
  NjScriptletPage  page;
  NjBytes          rest = nj_bytes ((const char *) data, size);

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  while (rest.len > 0)
    {
      const char *end = memchr (rest.data, '\n', rest.len);
      NjBytes     line = nj_bytes (rest.data, end != NULL ? (gsize) (end - rest.data) : rest.len);

      check_argument (line);
      nj_scriptlet_page_add (&page, line, TRUE);
      nj_scriptlet_page_add_procedural (&page, line);
      rest = nj_bytes (rest.data + line.len + (end != NULL), rest.len - line.len - (end != NULL));
    }
  check_program (nj_scriptlet_page_print (&page));
  return 0;
}
