/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/seldom.h"
#include "http/h1-body.h"
#include "http/h2.h"
#include "http/page.h"
#include "privacy/page-script.h"
#include "proxy/exchange.h"
#include "proxy/inspection.h"
#include "proxy/rewrite.h"
#include "proxy/tunnel.h"
#include "proxy/verdict.h"

/* The fields of a head as they were, to be compared with. */
typedef struct
{
  NjField *fields; /* in the arena */
  guint    n;
  guint    size;
} NjFieldsBefore;

/* By what the browser may ask whether a page is still what it has, though it was changed: exchange-mark.c. */
typedef struct
{
  gboolean is_wanted;
  NjBytes  sent;       /* as the browser asks; empty: nothing was asked of the server */
  guint    what;
  gboolean has_state;
  guint8   state[32];
  char     nonce[NJ_REWRITE_NONCE + 1]; /* of what the browser has */
} NjExchangeMark;

/* One request and its response, from the head's first byte to the line in the journal. */
typedef struct
{
  NjSession     *session; /* borrowed */
  NjLane        *lane;    /* borrowed */
  NjPolicy      *policy;  /* counted */
  NjArena        arena;
  gint64         start;   /* monotonic µs */
  NjUpstream    *upstream; /* (nullable) owned */

  NjHead         request;
  NjFraming      framing; /* of the request */
  NjUrl          url;
  NjVerdict      verdict;
  NjBytes        printed;  /* the request as it goes out in HTTP/1.1, empty until it does */
  gsize          head_up;  /* bytes of it */
  NjBytes        upgrade;  /* what it asks to become */
  gboolean       wants_upgrade;
  gboolean       wants_continue;
  gboolean       is_uploaded; /* the whole request is with the origin */
  gboolean       is_upload_open; /* the origin answered in the middle of it: the rest may follow */
  guint          n_retries; /* how often it was sent in vain */
  gboolean       keeps_client; /* the client's connection may carry another request */

  gboolean       is_page; /* it was asked for as a page or a frame */
  gboolean       is_worker; /* it was asked for as a worker's script, which is to see what its server is told */
  guint          spared;  /* which rules about pages are not for it: NJ_PAGE_NO_ bits */
  NjPageTold     told;    /* of the browser, to the server: for the scripts of a page or a worker */
  NjExchangeMark mark;
  NjResponseChanges replace; /* rules that replace something in its text */

  NjChangeNotes  notes;  /* what was changed, before and after */
  NjFieldsBefore fields_before;
  NjLogRecord    record;
  NjScrubContext context;

  /* Not cleared at the start, as the end of the context is not: each is made by what reads or sends it. */
  NjHead         response;
  NjH1Body       upload;
} NjExchange;

/* As often a request is sent once more over a connection that others share; then it gets one of its own. */
#define NJ_EXCHANGE_RETRIES 2

/* How a step of an exchange ended. */
typedef enum
{
  NJ_STEP_DONE,   /* goes on */
  NJ_STEP_STALE,  /* a kept connection had died before it said anything: try a new one */
  NJ_STEP_ENDED   /* the client has its answer, or will get none */
} NjStep;

/* answer.c: answers of our own. Each says what the journal must know and ends the exchange. */
void nj_answer_problem  (NjExchange *exchange, guint status, const char *reason, const char *detail) NJ_SELDOM;
void nj_answer_blocked  (NjExchange *exchange) NJ_SELDOM;
void nj_answer_redirect (NjExchange *exchange, guint status, NjBytes location) NJ_SELDOM;
void nj_answer_bad_head (NjExchange *exchange, NjHeadResult result, const char *problem) NJ_SELDOM;
void nj_answer_failure  (NjExchange *exchange, const NjDialFailure *failure) NJ_SELDOM;
gboolean nj_answer_own_host    (NjExchange *exchange);
gboolean nj_answer_origin_form (NjExchange *exchange) NJ_SELDOM;

/* connect.c */
void nj_connect_serve (NjExchange *exchange) NJ_SELDOM;

/* exchange.c */
gboolean nj_exchange_is_inside (const NjExchange *exchange);

/* exchange-address.c: what is asked for in the end */
gboolean nj_exchange_choose_address (NjExchange *exchange);
gboolean nj_exchange_upgrade        (NjExchange *exchange);

/* exchange-request.c: to the origin */
void   nj_exchange_prepare (NjExchange *exchange);
NjStep nj_exchange_send    (NjExchange *exchange, gboolean may_reuse);
NjStep nj_exchange_upload  (NjExchange *exchange);
gboolean nj_exchange_rewind (NjExchange *exchange);

/* exchange-rules.c: what rules say of a request and of its response */
void     nj_exchange_apply_request_rules (NjExchange *exchange);
gboolean nj_exchange_is_spared           (NjExchange *exchange, guint what);
gboolean nj_exchange_judge_resolved (NjExchange *exchange);
gboolean nj_exchange_apply_rules         (NjExchange *exchange);

/* exchange-changes.c: what was changed, told to the journal. Fields: begin, change them, note; and change and note again. */
void nj_exchange_changes_begin     (NjExchange *exchange, const NjHead *head);
void nj_exchange_changes_note      (NjExchange *exchange, const NjHead *head, const char *why);
void nj_exchange_changes_note_url  (NjExchange *exchange, NjBytes before, NjBytes after, const char *why);
void nj_exchange_changes_note_body (NjExchange *exchange, NjBytes what, NjBytes before, NjBytes after, const char *why);

/* exchange-mark.c: pages that the browser has */
void  nj_exchange_mark_ask     (NjExchange *exchange);
void  nj_exchange_mark_put     (NjExchange *exchange, guint what, char nonce[NJ_REWRITE_NONCE + 1]);
guint nj_exchange_mark_confirm (NjExchange *exchange);

/* exchange-packed.c: how they are packed */
void     nj_exchange_packed_ask  (NjExchange *exchange);
gboolean nj_exchange_packed_fits (NjExchange *exchange, const NjFraming *framing, NjCoding coding, gsize *ret_spent);

/* exchange-rewrite.c: bodies that are changed */
void       nj_exchange_rewrite_prepare (NjExchange *exchange);
void       nj_exchange_rewrite_tell    (NjExchange *exchange);
NjRewrite *nj_exchange_rewrite_begin   (NjExchange *exchange, const NjFraming *framing);
void       nj_exchange_rewrite_end     (NjExchange *exchange, NjRewrite *rewrite);

/* exchange-duplex.c: an answer beside the rest of its request */
NjH1BodyResult nj_exchange_move (NjExchange *exchange, NjH1Body *download);

/* exchange-response.c: from the origin */
NjStep nj_exchange_receive (NjExchange *exchange);
