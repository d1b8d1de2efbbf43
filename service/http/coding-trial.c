/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a body can be unpacked in the memory that a response may take, found out before anything of it is changed or sent:
 * afterwards it could only be broken off. With gzip and deflate it can, always. A frame of zstd says at its start what it
 * takes. Brotli says how far it looks back, but not how large its tables get (pages of 1.5 and 3 MiB, packed as servers do,
 * took 680 KiB of them), so the whole of it is unpacked to nowhere first. For who changes bodies, on any thread.
 */
#include "http/coding-trial.h"

/* What inflate takes, and the window of 32 KiB; measured. */
#define INFLATE (40 << 10)

/**
 * nj_coding_trial_init:
 * @trial: (out): a trial
 * @coding: how the body is packed; not %NJ_CODING_OTHER
 *
 * Any thread.
 */
void
nj_coding_trial_init (NjCodingTrial *trial, NjCoding coding)
{
  *trial = (NjCodingTrial){ .coding = coding };
  if (coding == NJ_CODING_BROTLI)
    trial->decoder = nj_decoder_new (coding);
}

/**
 * nj_coding_trial_clear:
 * @trial: a trial
 */
void
nj_coding_trial_clear (NjCodingTrial *trial)
{
  g_clear_pointer (&trial->decoder, nj_decoder_free);
}

static NjCodingTrialResult
push_zstd (NjCodingTrial *self, NjBytes bytes)
{
  gsize n = MIN (bytes.len, sizeof self->head - self->n_head);

  memcpy (self->head + self->n_head, bytes.data, n);
  self->n_head += (guint) n;
  if (!nj_coding_window_zstd (self->head, self->n_head, &self->need))
    return NJ_CODING_TRIAL_MORE;
  return self->need <= NJ_CODING_MEMORY_MAX ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_TOO_LARGE;
}

static NjCodingTrialResult
push_brotli (NjCodingTrial *self, NjBytes bytes, char *room, gsize size)
{
  NjDecodeResult result;
  gsize          n;

  do
    result = nj_decoder_next (self->decoder, &bytes, room, size, &n);
  while (result == NJ_DECODE_MORE && (bytes.len > 0 || n > 0));

  self->need = nj_decoder_peak (self->decoder);
  if (result == NJ_DECODE_BAD)
    return nj_decoder_was_refused (self->decoder) ? NJ_CODING_TRIAL_TOO_LARGE : NJ_CODING_TRIAL_BAD;
  return result == NJ_DECODE_END ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_MORE;
}

/**
 * nj_coding_trial_push:
 * @trial: a trial
 * @bytes: what has come, behind what was pushed before
 * @room: to unpack into; nothing in it is of use
 * @size: bytes of it
 *
 * Any thread.
 *
 * Returns: what is known now
 */
NjCodingTrialResult
nj_coding_trial_push (NjCodingTrial *trial, NjBytes bytes, char *room, gsize size)
{
  switch (trial->coding)
    {
    case NJ_CODING_BROTLI:
      return push_brotli (trial, bytes, room, size);
    case NJ_CODING_ZSTD:
      return push_zstd (trial, bytes);
    case NJ_CODING_IDENTITY:
      return NJ_CODING_TRIAL_FITS;
    default:
      trial->need = INFLATE;
      return NJ_CODING_TRIAL_FITS;
    }
}

/**
 * nj_coding_trial_end:
 * @trial: a trial that wants more
 *
 * There is no more. A body that was cut off is shown as far as it goes, as browsers do. Any thread.
 *
 * Returns: what is known now
 */
NjCodingTrialResult
nj_coding_trial_end (NjCodingTrial *trial)
{
  return trial->coding == NJ_CODING_ZSTD ? NJ_CODING_TRIAL_BAD : NJ_CODING_TRIAL_FITS;
}
