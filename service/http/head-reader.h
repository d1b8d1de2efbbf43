/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"

G_BEGIN_DECLS

/* A head being read. */
typedef struct
{
  NjHead             *head;
  NjArena            *arena;
  const NjHeadLimits *limits;
  const char         *start;
  const char         *next;
  const char         *end;      /* one past the blank line when is_whole, else past what has come */
  gboolean            is_whole; /* the blank line is there; without it fields are judged but not kept */
  gboolean            is_response;
  guint               most_fields;
} NjHeadReader;

NjHeadResult nj_head_reader_take_request_line (NjHeadReader *reader);
NjHeadResult nj_head_reader_take_status_line  (NjHeadReader *reader);
NjHeadResult nj_head_reader_judge_host        (NjHeadReader *reader);
NjHeadResult nj_head_reader_judge_line_end    (NjHeadReader *reader, const char *problem);

/* Says why and returns @result. */
static inline NjHeadResult
nj_head_reader_refuse (NjHeadReader *reader, NjHeadResult result, const char *problem)
{
  reader->head->problem = problem;
  return result;
}

/* CR LF and nothing else, RFC 9112 §2.2; @problem is what another byte means here. */
static inline NjHeadResult
nj_head_reader_take_line_end (NjHeadReader *reader, const char *problem)
{
  const char *p = reader->next;

  if (reader->end - p >= 2 && p[0] == '\r' && p[1] == '\n')
    {
      reader->next = p + 2;
      return NJ_HEAD_OK;
    }
  return nj_head_reader_judge_line_end (reader, problem);
}

/* Without the optional white space around it, RFC 9110 §5.6.3. */
static inline NjBytes
nj_head_reader_trim (const char *start, const char *end)
{
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
    end--;

  return nj_bytes (start, (gsize) (end - start));
}

G_END_DECLS
