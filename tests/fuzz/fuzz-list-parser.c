/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as a list: every line is taken apart, as a trusted list's and as another's.
 */
#include "filter/list-parser.h"
#include "filter/list-reader.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  for (gboolean is_trusted = FALSE; is_trusted <= TRUE; is_trusted++)
    {
      g_auto (NjArena) arena;
      NjListReader     reader;
      NjBytes          text, host;
      NjLine           line;

      nj_arena_init (&arena, NULL, 0);
      nj_list_reader_init (&reader, nj_bytes ((const char *) data, size), &arena);
      while (nj_list_reader_next (&reader, &text))
        {
          nj_list_parser_bare_host (text);
          nj_list_parser_parse (text, is_trusted, &arena, &line);
          if (line.kind == NJ_LINE_RULE)
            nj_rule_key (&line.rule);
          if (line.kind == NJ_LINE_PAGE || nj_page_line_parse_dollar (text, &line.page))
            {
              NjDomainList domains;

              nj_page_line_refine (&line.page);
              nj_page_line_domains (&line.page, &arena, &domains);
            }
          while (line.kind == NJ_LINE_HOSTS && nj_list_parser_next_host (&line.hosts, &host))
            g_assert (host.len > 0);
        }
    }
  return 0;
}
