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
} NjHeadReader;

NjHeadResult nj_head_reader_take_request_line (NjHeadReader *reader);
NjHeadResult nj_head_reader_take_status_line  (NjHeadReader *reader);
NjHeadResult nj_head_reader_judge_host        (NjHeadReader *reader);

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

  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p == '\n')
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "line feed without carriage return");
  if (*p != '\r')
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, problem);
  if (p + 1 == reader->end)
    return NJ_HEAD_MORE;
  if (p[1] != '\n')
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "carriage return without line feed");

  reader->next = p + 2;
  return NJ_HEAD_OK;
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
