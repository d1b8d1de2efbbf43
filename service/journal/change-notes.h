/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Which part of an exchange was changed. */
typedef enum
{
  NJ_CHANGED_URL,
  NJ_CHANGED_REQUEST_FIELD,
  NJ_CHANGED_RESPONSE_FIELD,
  NJ_CHANGED_BODY,
  NJ_N_CHANGED
} NjChangedPart;

/* Bytes that the notes of one exchange may take, and each of its texts. */
#define NJ_CHANGE_NOTES_MAX 2000
#define NJ_CHANGE_TEXT_MAX 240

/* What was changed in one exchange, gathered while it runs. All zeros is none yet; lives as long as the arena. */
typedef struct
{
  guint8  *bytes; /* (nullable) in the arena of the exchange */
  gsize    used;
  gboolean is_cut; /* there was more than fits */
} NjChangeNotes;

/* One of them, owned, as a reader gets it. */
typedef struct
{
  NjChangedPart part;
  char         *name;   /* of the field, "" for others */
  char         *before; /* "" when it was added */
  char         *after;  /* "" when it was taken out */
  char         *why;
} NjChange;

void        nj_change_notes_add  (NjChangeNotes *notes, NjArena *arena, NjChangedPart part, NjBytes name, NjBytes before,
                                  NjBytes after, const char *why);
GPtrArray  *nj_change_notes_read (const guint8 *bytes, gsize len) G_GNUC_WARN_UNUSED_RESULT;
void        nj_change_free       (NjChange *change);
const char *nj_changed_part_name (NjChangedPart part);

G_END_DECLS
