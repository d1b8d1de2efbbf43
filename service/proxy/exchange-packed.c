/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How bodies that may be changed are packed: what they are asked for in, and whether what comes all the same can be unpacked
 * in the memory that a response may take. What cannot is passed as it came, still packed: many servers do not listen. In the
 * session's fiber.
 */
#include "proxy/exchange-private.h"

#include "http/coding-accept.h"
#include "http/coding-trial.h"

/* A body that stands still is not held back any longer, nor one that drips for ever; µs. People see a pause of half a
 * second; servers that send a page in parts pause for longer, and between two packets of one part for less. */
#define PAUSE_MAX (300 * G_TIME_SPAN_MILLISECOND)
#define HOLD_MAX (3 * G_TIME_SPAN_SECOND)
G_STATIC_ASSERT (NJ_CODING_TRIAL_HELD <= NJ_WORKER_LARGE);
/* What is read of Accept-Encoding, all its fields together; bytes. */
#define ACCEPT_MAX 4096

/* All fields of one list are one list, RFC 9110 §5.3. FALSE: there is none, or far too much of it. */
static gboolean
join_accept (NjExchange *exchange, NjBytes *ret_accept)
{
  NjHead  *request = &exchange->request;
  NjField *first = nj_head_find (request, NJ_FIELD_ACCEPT_ENCODING), *field = first;

  if (first == NULL)
    return FALSE;
  *ret_accept = first->value;
  while ((field = nj_head_find_next (request, field)) != NULL && ret_accept->len <= ACCEPT_MAX)
    *ret_accept = nj_arena_printf (&exchange->arena, "%.*s, %.*s", NJ_BYTES_ARGS (*ret_accept), NJ_BYTES_ARGS (field->value));
  return ret_accept->len <= ACCEPT_MAX;
}

/* What is packed with a dictionary that the browser kept cannot be unpacked here. RFC 9842. */
static gboolean
drop_dictionaries (NjExchange *exchange)
{
  static const NjBytes names[] = { { "available-dictionary", 20 }, { "dictionary-id", 13 } };
  gboolean             has_dropped = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (NjField *field; (field = nj_head_find_name (&exchange->request, names[i])) != NULL;)
      field->is_dropped = has_dropped = TRUE;
  return has_dropped;
}

/**
 * nj_exchange_packed_ask:
 * @exchange: an exchange whose request was not sent yet, and whose response may be changed
 *
 * Asks for a body that can be unpacked here, whatever its size.
 */
void
nj_exchange_packed_ask (NjExchange *exchange)
{
  NjField *field = nj_head_find (&exchange->request, NJ_FIELD_ACCEPT_ENCODING);
  NjBytes  said, asked;
  gboolean is_other = drop_dictionaries (exchange);

  if (join_accept (exchange, &said) && nj_coding_accept_narrow (said, &exchange->arena, &asked))
    {
      for (NjField *next = field; (next = nj_head_find_next (&exchange->request, next)) != NULL;)
        next->is_dropped = TRUE;
      field->value = asked;
      is_other = TRUE;
    }
  if (!is_other)
    return;
  exchange->record.changes |= NJ_CHANGE_OTHER;
  nj_exchange_changes_note (exchange, &exchange->request, "what may be changed must be readable");
}

/* What was read of the head may move when more is read. */
static void
keep_head (NjExchange *exchange)
{
  NjHead *response = &exchange->response;

  for (guint i = 0; i < response->n_fields; i++)
    {
      response->fields[i].name = nj_arena_copy (&exchange->arena, response->fields[i].name);
      response->fields[i].value = nj_arena_copy (&exchange->arena, response->fields[i].value);
      response->fields[i].is_plain = FALSE;
    }
  response->reason = nj_arena_copy (&exchange->arena, response->reason);
}

/* A body as it comes, looked at and not taken. */
typedef struct
{
  NjH1      *origin;  /* borrowed */
  NjFraming  framing;
  NjChunked  chunked;
  gsize      at;      /* of what lies ahead: what was looked at */
  gboolean   has_ended;
  gboolean   is_broken;
} Walk;

static void
walk_init (Walk *self, NjH1 *origin, const NjFraming *framing)
{
  *self = (Walk){ .origin = origin, .framing = *framing };
  nj_chunked_init (&self->chunked);
}

/* The next bytes of the body that are there; empty: there are no more now. */
static NjBytes
walk_next (Walk *self)
{
  NjBytes       ahead = nj_h1_ahead (self->origin), span = NJ_BYTES_NONE;
  NjChunkResult step;
  gsize         used;

  ahead = nj_bytes (ahead.data + self->at, ahead.len - self->at);
  if (self->framing.kind == NJ_FRAMING_LENGTH)
    ahead.len = (gsize) MIN (ahead.len, self->framing.length - self->at);
  if (self->framing.kind != NJ_FRAMING_CHUNKED)
    {
      self->at += ahead.len;
      self->has_ended = self->framing.kind == NJ_FRAMING_LENGTH && self->at == self->framing.length;
      return ahead;
    }

  while (ahead.len > 0 && span.len == 0 && !self->has_ended && !self->is_broken)
    {
      step = nj_chunked_next (&self->chunked, ahead.data, ahead.len, &used, &span);
      ahead = nj_bytes (ahead.data + used, ahead.len - used);
      self->at += used;
      self->has_ended = step == NJ_CHUNK_TRAILERS;
      self->is_broken = step == NJ_CHUNK_BAD;
    }
  return span;
}

/* All that has come. */
static NjCodingTrialResult
try_come (NjExchange *exchange, Walk *walk, NjCodingTrial *trial)
{
  NjCodingTrialResult result = NJ_CODING_TRIAL_MORE;
  NjBytes             span;

  while (result == NJ_CODING_TRIAL_MORE && (span = walk_next (walk)).len > 0)
    result = nj_coding_trial_push (trial, span, nj_worker_scratch (exchange->lane->worker), NJ_REWRITE_ROOM);
  return result == NJ_CODING_TRIAL_MORE && walk->has_ended ? nj_coding_trial_end (trial) : result;
}

/* Waits for more of the body where that is needed. What does not come soon is not waited for, nor what does not end. */
static NjCodingTrialResult
try_all (NjExchange *exchange, Walk *walk, NjCodingTrial *trial)
{
  NjWorker           *worker = exchange->lane->worker;
  gint64              last = nj_worker_now (worker) + HOLD_MAX;
  NjCodingTrialResult result;
  NjIo                io = NJ_OK;

  if (trial->coding == NJ_CODING_BROTLI && walk->framing.kind == NJ_FRAMING_LENGTH && walk->framing.length > NJ_CODING_TRIAL_HELD)
    return NJ_CODING_TRIAL_TOO_LARGE;
  while ((result = try_come (exchange, walk, trial)) == NJ_CODING_TRIAL_MORE && !walk->is_broken && io == NJ_OK)
    {
      io = nj_h1_fill (walk->origin, NJ_CODING_TRIAL_HELD, MIN (last, nj_worker_now (worker) + PAUSE_MAX));
      if (io == NJ_EOF && walk->framing.kind == NJ_FRAMING_UNTIL_CLOSE)
        return nj_coding_trial_end (trial);
    }
  return result == NJ_CODING_TRIAL_MORE ? NJ_CODING_TRIAL_TOO_LARGE : result;
}

/* Nothing of the body is changed, and people are told why. */
static gboolean
leave (NjExchange *exchange, const char *why)
{
  nj_exchange_changes_note_body (exchange, nj_bytes_from_string (why), NJ_BYTES_NONE, NJ_BYTES_NONE, "the way it is packed");
  return FALSE;
}

/* The first bytes of the body; empty: none will come. */
static NjBytes
wait_for_first (NjExchange *exchange, const NjFraming *framing)
{
  NjH1   *origin = &exchange->upstream->h1;
  gint64  deadline = nj_worker_now (exchange->lane->worker) + exchange->policy->timeouts.transfer;
  Walk    walk;
  NjBytes first;

  walk_init (&walk, origin, framing);
  first = walk_next (&walk);
  /* A chunk's first line is short; with so much there and no body byte it is no body. */
  while (first.len == 0 && !walk.has_ended && !walk.is_broken && nj_h1_ahead (origin).len <= NJ_WORKER_BLOCK / 2 &&
         nj_h1_fill (origin, NJ_WORKER_LARGE, deadline) == NJ_OK)
    first = walk_next (&walk);
  return first;
}

/**
 * nj_exchange_packed_fits:
 * @exchange: an exchange whose response is to be changed
 * @framing: of its body
 * @coding: how that is packed, not %NJ_CODING_OTHER
 * @ret_spent: (out): bytes that unpacking it takes
 *
 * Whether a body is packed as its head says, and can be unpacked in the memory that a response may take. One that is not,
 * or of which nothing comes, is passed as it is. May wait, with nothing taken of the body.
 *
 * Returns: whether it is to be unpacked
 */
gboolean
nj_exchange_packed_fits (NjExchange *exchange, const NjFraming *framing, NjCoding coding, gsize *ret_spent)
{
  NjCodingTrial       trial;
  NjCodingTrialResult result;
  NjBytes             first;
  Walk                walk;

  *ret_spent = 0;
  if (coding == NJ_CODING_IDENTITY)
    return TRUE;
  keep_head (exchange);
  first = wait_for_first (exchange, framing);
  if (first.len == 0)
    return FALSE;
  if (!nj_coding_looks_right (coding, first))
    return leave (exchange, "left-misnamed");

  walk_init (&walk, &exchange->upstream->h1, framing);
  nj_coding_trial_init (&trial, coding);
  result = try_all (exchange, &walk, &trial);
  *ret_spent = trial.need;
  nj_coding_trial_clear (&trial);
  return result == NJ_CODING_TRIAL_FITS ||
         leave (exchange, result == NJ_CODING_TRIAL_BAD ? "left-misnamed" : "left-too-large");
}
