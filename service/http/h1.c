/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One HTTP/1.1 connection, client's or origin's: its buffer and its heads. Bodies are moved by
 * h1-body.c. A connection that is idle holds no buffer. A fiber's calls.
 */
#include "http/h1.h"

#include "net/socket.h"
#include "net/worker.h"

typedef NjHeadResult (*Parse) (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits);

/**
 * nj_h1_init:
 * @h1: a connection not in use
 * @stream: (transfer full): what it is spoken over
 */
void
nj_h1_init (NjH1 *h1, NjStream *stream)
{
  *h1 = (NjH1){ .stream = stream };
}

static void
buffer_give (NjH1 *h1)
{
  if (h1->size == NJ_WORKER_BLOCK && !h1->is_large)
    nj_worker_block_give (h1->stream->worker, h1->buffer);
  else if (h1->size == NJ_WORKER_LARGE && h1->is_large)
    nj_worker_large_give (h1->stream->worker, h1->buffer);
  else
    g_free (h1->buffer);
}

static void
buffer_free (NjH1 *h1)
{
  buffer_give (h1);
  h1->buffer = NULL;
  h1->size = h1->start = h1->end = 0;
}

/**
 * nj_h1_clear:
 * @h1: a connection
 * @abort: whether the peer must see a reset, because what it got is not the whole
 *
 * Closes it.
 */
void
nj_h1_clear (NjH1 *h1, gboolean abort)
{
  if (h1->stream == NULL)
    return;

  buffer_free (h1);
  if (abort)
    nj_socket_abort (g_steal_pointer (&h1->stream));
  else
    nj_stream_close (g_steal_pointer (&h1->stream));
}

/**
 * nj_h1_release:
 * @h1: a connection
 *
 * Gives the buffer back when nothing is in it.
 */
void
nj_h1_release (NjH1 *h1)
{
  if (h1->buffer != NULL && h1->start == h1->end)
    buffer_free (h1);
}

static void
buffer_make_room (NjH1 *h1, gsize most)
{
  char *larger;
  gsize held = h1->end - h1->start;
  gsize size;

  if (h1->buffer == NULL)
    {
      h1->buffer = h1->is_large ? nj_worker_large_take (h1->stream->worker) : nj_worker_block_take (h1->stream->worker);
      h1->size = h1->is_large ? NJ_WORKER_LARGE : NJ_WORKER_BLOCK;
      h1->start = h1->end = 0;
    }
  if (held == 0)
    h1->start = h1->end = 0;
  if (h1->end < h1->size)
    return;

  if (h1->start > 0)
    {
      memmove (h1->buffer, h1->buffer + h1->start, held);
      h1->start = 0;
      h1->end = held;
      return;
    }

  /* The odd byte keeps it apart from what the pools lend. */
  size = MIN (h1->size * 2, MAX (most, h1->size + 1)) | 1;
  larger = g_malloc (size);
  memcpy (larger, h1->buffer, held);
  buffer_give (h1);
  h1->size = size;
  h1->buffer = larger;
}

/**
 * nj_h1_fill:
 * @h1: a connection
 * @most: bytes that may be held ahead, at least %NJ_WORKER_BLOCK
 * @deadline: monotonic µs
 *
 * Reads more behind what is there; what was there may move.
 *
 * Returns: %NJ_OK with at least one byte more, else as nj_stream_read(); %NJ_FAILED when @most bytes
 *   are there already
 */
NjIo
nj_h1_fill (NjH1 *h1, gsize most, gint64 deadline)
{
  gsize n = 0;
  NjIo  io;

  if (h1->end - h1->start >= most)
    return NJ_FAILED;

  buffer_make_room (h1, most);
  io = nj_stream_read (h1->stream, h1->buffer + h1->end, h1->size - h1->end, deadline, &n);
  if (io == NJ_OK)
    h1->end += n;
  return io;
}

/**
 * nj_h1_has_come:
 * @h1: a connection
 *
 * Whether the peer has said something, looked at and not waited for. A readiness alone does not tell: below TLS what
 * can be read may be a session ticket. The end of the stream counts as something said; the next read tells it.
 *
 * Returns: whether a read would not have to wait
 */
gboolean
nj_h1_has_come (NjH1 *h1)
{
  gsize n = 0;
  NjIo  io;

  if (nj_h1_ahead (h1).len > 0)
    return TRUE;
  if (!h1->stream->ready->readable && !h1->stream->ready->broken)
    return FALSE;

  buffer_make_room (h1, NJ_WORKER_LARGE);
  io = nj_stream_try_read (h1->stream, h1->buffer + h1->end, h1->size - h1->end, &n);
  if (io == NJ_OK)
    h1->end += n;
  else
    nj_h1_release (h1);
  return io != NJ_AGAIN;
}

static NjHeadResult
read_head (NjH1 *h1, NjHead *head, NjArena *arena, const NjHeadLimits *limits, gint64 deadline, Parse parse,
           NjIo *ret_io)
{
  gboolean is_worth_it = TRUE;
  gsize    most = MAX (limits->head + 1, NJ_WORKER_BLOCK);

  *ret_io = NJ_OK;

  for (;;)
    {
      NjBytes      ahead = nj_h1_ahead (h1);
      NjHeadResult result = NJ_HEAD_MORE;

      if (ahead.len > 0 && (is_worth_it || ahead.len >= limits->head))
        result = parse (head, arena, ahead.data, ahead.len, limits);
      if (result == NJ_HEAD_OK)
        nj_h1_consume (h1, head->length);
      if (result != NJ_HEAD_MORE)
        return result;

      /* One byte above the limit, so that the parser is the one who says that it is too large. It
       * starts anew each time, so a peer that drips is heard out a line at a time. */
      *ret_io = nj_h1_fill (h1, most, deadline);
      if (*ret_io != NJ_OK)
        return NJ_HEAD_MORE;
      is_worth_it = ahead.len == 0 ||
                    memchr (h1->buffer + h1->start + ahead.len, '\n', h1->end - h1->start - ahead.len) != NULL;
    }
}

/**
 * nj_h1_read_request:
 * @h1: a client's connection
 * @head: (out caller-allocates): the head; its slices stay valid until @h1 is filled again
 * @arena: where its fields go
 * @limits: what is taken
 * @deadline: monotonic µs, for the whole head
 * @ret_io: (out): why the bytes gave out, when %NJ_HEAD_MORE
 *
 * Returns: as nj_head_parse_request(); after %NJ_HEAD_OK the head is consumed
 */
NjHeadResult
nj_h1_read_request (NjH1 *h1, NjHead *head, NjArena *arena, const NjHeadLimits *limits, gint64 deadline, NjIo *ret_io)
{
  return read_head (h1, head, arena, limits, deadline, nj_head_parse_request, ret_io);
}

/**
 * nj_h1_read_response:
 * @h1: an origin's connection
 * @head: (out caller-allocates): the head; its slices stay valid until @h1 is filled again
 * @arena: where its fields go
 * @limits: what is taken
 * @deadline: monotonic µs, for the whole head
 * @ret_io: (out): why the bytes gave out, when %NJ_HEAD_MORE
 *
 * Returns: as nj_head_parse_response(); after %NJ_HEAD_OK the head is consumed
 */
NjHeadResult
nj_h1_read_response (NjH1 *h1, NjHead *head, NjArena *arena, const NjHeadLimits *limits, gint64 deadline, NjIo *ret_io)
{
  return read_head (h1, head, arena, limits, deadline, nj_head_parse_response, ret_io);
}
