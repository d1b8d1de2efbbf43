/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs to parse a browser's request head, against reading each of its bytes once in the plainest
 * way there is: a loop that looks for line ends. Main thread.
 */
#include "http/head.h"

#include <stdio.h>

#define ROUNDS 300000

static const char head_text[] =
    "GET http://news.example.org/articles/2024/07/some-article?page=2 HTTP/1.1\r\n"
    "Host: news.example.org\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: http://news.example.org/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Priority: u=0, i\r\n"
    "\r\n";

static guint
count_lines (const volatile char *text, gsize len)
{
  guint lines = 0;

  for (gsize i = 0; i < len; i++)
    lines += text[i] == '\n';
  return lines;
}

int
main (void)
{
  const NjHeadLimits limits = NJ_HEAD_LIMITS_DEFAULT;
  char               memory[16384];
  guint              sum = 0;
  gint64             start;
  double             parse_ns, bytes_ns;

  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++)
    {
      NjArena arena;
      NjHead  head;

      nj_arena_init (&arena, memory, sizeof memory);
      if (nj_head_parse_request (&head, &arena, head_text, sizeof head_text - 1, &limits) != NJ_HEAD_OK)
        return 1;
      sum += head.n_fields;
      nj_arena_clear (&arena);
    }
  parse_ns = (double) (g_get_monotonic_time () - start) * 1000 / ROUNDS;

  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++)
    sum += count_lines (head_text, sizeof head_text - 1);
  bytes_ns = (double) (g_get_monotonic_time () - start) * 1000 / ROUNDS;

  printf ("head-parse\t%.1f\tns\ta loop over its bytes\t%.3f\n", parse_ns, parse_ns / bytes_ns);
  return sum == 0;
}
