/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/coding-window.h"

G_BEGIN_DECLS

/* Of a body packed by brotli: longer ones are not unpacked; bytes. No more than is read ahead of any. */
#define NJ_CODING_TRIAL_HELD (64 << 10)

/* What a trial came to. */
typedef enum
{
  NJ_CODING_TRIAL_MORE,      /* it cannot be told yet */
  NJ_CODING_TRIAL_FITS,
  NJ_CODING_TRIAL_TOO_LARGE, /* its decoder wants more memory than a response has */
  NJ_CODING_TRIAL_BAD        /* it is not packed as it says */
} NjCodingTrialResult;

/* Whether a packed body can be unpacked here, tried before anything of it is changed. */
typedef struct
{
  NjCoding   coding;
  NjDecoder *decoder; /* (nullable) owned */
  guint8     head[NJ_CODING_ZSTD_HEAD];
  guint      n_head;
  gsize      need; /* bytes that unpacking takes */
} NjCodingTrial;

void                nj_coding_trial_init  (NjCodingTrial *trial, NjCoding coding);
void                nj_coding_trial_clear (NjCodingTrial *trial);
NjCodingTrialResult nj_coding_trial_push  (NjCodingTrial *trial, NjBytes bytes, char *room, gsize size);
NjCodingTrialResult nj_coding_trial_end   (NjCodingTrial *trial);

G_END_DECLS
