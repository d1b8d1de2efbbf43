/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request and its response, as the tests of this room need them.
 */
#pragma once

#include "privacy/request-scrub.h"

typedef struct
{
  NjArena        arena;
  NjHead         request;
  NjHead         response;
  NjUrl          url;
  NjScrubContext context;
} Exchange;

static inline void
exchange_set_up (Exchange *x, gconstpointer unused)
{
  nj_arena_init (&x->arena, NULL, 0);
}

static inline void
exchange_tear_down (Exchange *x, gconstpointer unused)
{
  nj_arena_clear (&x->arena);
}

/* A request for @url with @fields, each ended by CR LF; x->context is made from it. */
static inline void
exchange_ask (Exchange *x, NjProfile profile, const char *method, const char *url, const char *fields)
{
  NjBytes text = nj_arena_printf (&x->arena, "%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n", method, url, fields);

  g_assert_cmpint (nj_head_parse_request (&x->request, &x->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpint (nj_url_parse (x->request.target, &x->arena, &x->url), ==, NJ_URL_OK);
  nj_scrub_context_init (&x->context, &x->request, &x->url, profile);
}

static inline void
exchange_answer (Exchange *x, const char *status, const char *fields)
{
  NjBytes text = nj_arena_printf (&x->arena, "HTTP/1.1 %s\r\n%s\r\n", status, fields);

  g_assert_cmpint (nj_head_parse_response (&x->response, &x->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
}

/* The fields of @head that would be printed. */
static inline char *
exchange_fields (Exchange *x, NjHead *head)
{
  return nj_bytes_dup (nj_head_print_trailers (head, &x->arena));
}

#define assert_fields(x, head, expected)                                                                      \
  G_STMT_START                                                                                                \
  {                                                                                                           \
    g_autofree char *got_ = exchange_fields (x, head);                                                        \
    g_assert_cmpstr (got_, ==, expected "\r\n");                                                              \
  }                                                                                                           \
  G_STMT_END

#define PAGE_B  "Referer: http://site-b.example/article?id=9\r\n"
#define PAGE_A  "Referer: http://www.site-a.example/start?x=1\r\n"
#define HTML    "Accept: text/html,*/*;q=0.8\r\n"
#define SIGNALS "DNT: 1\r\nSec-GPC: 1\r\n"
