/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer that begins before the request has ended, as gRPC and git have it: what is left of the
 * request still goes up while the answer comes down, whichever has something to move. In the
 * session's fiber.
 */
#include "proxy/exchange-private.h"

/* Until the origin has something to say again, or all is said. FALSE when the client is gone. */
static gboolean
go_on_up (NjExchange *exchange, NjH1Body *download)
{
  NjH1BodyResult result = nj_h1_body_run (&exchange->upload);

  exchange->record.bytes_up = exchange->head_up + exchange->upload.moved;
  exchange->is_uploaded = result == NJ_H1_BODY_DONE;
  if (result != NJ_H1_BODY_ANSWERED)
    download->watch = NULL;
  /* An origin that wants no more of it may have given its whole answer. */
  return result == NJ_H1_BODY_DONE || result == NJ_H1_BODY_ANSWERED || result == NJ_H1_BODY_SINK_FAILED;
}

/**
 * nj_exchange_move:
 * @exchange: an exchange whose answer has begun
 * @download: its body, at its start
 *
 * Moves the answer, and beside it what is left of the request when it was cut short by the answer.
 *
 * Returns: where the answer stopped
 */
NjH1BodyResult
nj_exchange_move (NjExchange *exchange, NjH1Body *download)
{
  NjH1BodyResult result;

  if (exchange->is_upload_open && !exchange->is_uploaded)
    download->watch = &exchange->session->client;

  do
    {
      result = nj_h1_body_run (download);
      if (result == NJ_H1_BODY_ANSWERED && !go_on_up (exchange, download))
        return NJ_H1_BODY_SINK_FAILED;
    }
  while (result == NJ_H1_BODY_ANSWERED);
  return result;
}
