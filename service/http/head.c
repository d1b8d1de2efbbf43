/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strict parsing of HTTP/1.x request heads, response heads and trailer sections: one pass, no copy,
 * no allocation but the array of fields in the exchange's arena. What two readers could understand
 * differently is refused (RFC 9112 §11.2); nothing is repaired, with the one exception that the RFC
 * demands (blanks before the colon of a response field, §5.1). What a head says about the bytes
 * after it is in head-framing.c, its first line in head-reader.c. Called by http/h1, on worker threads.
 */
#include "http/head.h"

#include "http/field-names.h"
#include "http/head-reader.h"
#include "http/scan.h"

/* NjHead.first holds index + 1 in a byte. */
#define FIELDS_MAX 254

#define FIELDS_START 32

static void
make_room (NjHeadReader *reader)
{
  NjHead  *head = reader->head;
  guint    size = MIN (head->fields_size == 0 ? FIELDS_START : head->fields_size * 2, reader->most_fields);
  NjField *larger = nj_arena_alloc (reader->arena, size * sizeof (NjField));

  if (head->n_fields > 0)
    memcpy (larger, head->fields, head->n_fields * sizeof (NjField));
  head->fields = larger;
  head->fields_size = size;
}

static inline NjHeadResult
keep_field (NjHeadReader *reader, NjBytes name, NjBytes value, gboolean is_plain)
{
  NjHead   *head = reader->head;
  NjField  *field;
  NjFieldId id;

  if (G_UNLIKELY (head->n_fields == head->fields_size))
    {
      if (head->n_fields >= reader->most_fields)
        return nj_head_reader_refuse (reader, NJ_HEAD_TOO_LARGE, "too many fields");
      if (!reader->is_whole)
        {
          head->fields_size = ++head->n_fields;
          return NJ_HEAD_OK;
        }
      make_room (reader);
    }

  id = nj_field_names_lookup (name);
  field = &head->fields[head->n_fields++];
  *field = (NjField){ name, value, id, FALSE, (guint8) is_plain };
  if (head->first[id] == 0)
    head->first[id] = (guint8) head->n_fields;
  head->repeated |= head->ids & NJ_FIELD_BIT (id);
  head->ids |= NJ_FIELD_BIT (id);
  return NJ_HEAD_OK;
}

/* Where the colon should be and is not, @p being behind what there is of a name. RFC 9112 §5.1: a blank there is an
 * error in a request and must be removed from a response. */
static NjHeadResult
find_colon (NjHeadReader *reader, const char *p, const char **ret_colon)
{
  const char *start = reader->next;

  if (reader->is_response && p > start)
    while (p < reader->end && (*p == ' ' || *p == '\t'))
      p++;

  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p != ':')
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD,
                                  *start == ' ' || *start == '\t' ? "folded line" : "byte not allowed in a field name");
  if (p == start)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "field without a name");

  *ret_colon = p;
  return NJ_HEAD_OK;
}

/* field-line = field-name ":" OWS field-value OWS, RFC 9112 §5 */
static inline NjHeadResult
take_field (NjHeadReader *reader, const char *name_end)
{
  const char  *start = reader->next;
  const char  *limit = reader->end;
  const char  *colon = name_end;
  const char  *end;
  NjBytes      value;
  gboolean     is_plain;
  NjHeadResult result;

  if (G_UNLIKELY (name_end == limit || *name_end != ':' || name_end == start))
    {
      result = find_colon (reader, name_end, &colon);
      if (result != NJ_HEAD_OK)
        return result;
    }

  end = nj_scan_value (colon + 1, limit);
  if (G_UNLIKELY (limit - end < 2 || memcmp (end, "\r\n", 2) != 0))
    {
      reader->next = end;
      return nj_head_reader_judge_line_end (reader, "control byte in a field value");
    }

  /* Nearly always: one blank, then what begins and ends with something else. The line's end is behind it, so there are
   * bytes to look at. */
  is_plain = memcmp (name_end, ": ", 2) == 0 && name_end[2] > ' ' && end[-1] > ' ';
  value = is_plain ? nj_bytes (name_end + 2, (gsize) (end - name_end - 2)) : nj_head_reader_trim (colon + 1, end);
  reader->next = end + 2;
  return keep_field (reader, nj_bytes (start, (gsize) (name_end - start)), value, is_plain);
}

static NjHeadResult
take_fields (NjHeadReader *reader)
{
  const char  *end = reader->end;
  NjHeadResult result = NJ_HEAD_OK;

  while (result == NJ_HEAD_OK && reader->next < end)
    {
      const char *name_end = nj_scan_token (reader->next, end);

      if (name_end == reader->next && (*name_end == '\r' || *name_end == '\n'))
        return nj_head_reader_take_line_end (reader, "line feed without carriage return");

      result = take_field (reader, name_end);
    }

  return result == NJ_HEAD_OK ? NJ_HEAD_MORE : result;
}

static void
begin (NjHeadReader *reader, NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits)
{
  const char *start = len > 0 ? buffer : "";

  memset (head, 0, sizeof *head);
  *reader = (NjHeadReader){ head, arena, limits, start, start, start + len, FALSE, FALSE, MIN (limits->fields, FIELDS_MAX) };
}

/* Without the blank line all that came is judged all the same, so that a peer that sends rubbish
 * and waits is refused at once; the fields are not kept, since the next call reads them again. */
static void
find_blank_line (NjHeadReader *reader)
{
  gsize       len = (gsize) (reader->end - reader->next);
  const char *blank;

  /* Nearly every request is all that has come; where more than one has, reading ends with the first all the same. */
  reader->is_whole = len >= 4 && len <= reader->limits->head && memcmp (reader->end - 4, "\r\n\r\n", 4) == 0;
  if (reader->is_whole)
    return;

  blank = nj_scan_blank_line (reader->next, reader->end);
  if (blank == NULL)
    return;

  reader->is_whole = TRUE;
  reader->end = blank + 4;
}

static NjHeadResult
finish (NjHeadReader *reader, NjHeadResult result)
{
  gsize seen = (gsize) (reader->end - reader->start);

  if (result != NJ_HEAD_OK && result != NJ_HEAD_MORE)
    return result;
  if (seen > reader->limits->head || (result == NJ_HEAD_MORE && seen == reader->limits->head))
    return nj_head_reader_refuse (reader, NJ_HEAD_TOO_LARGE, "head too large");

  if (result == NJ_HEAD_OK)
    reader->head->length = (gsize) (reader->next - reader->start);
  return result;
}

/**
 * nj_head_parse_request:
 * @head: (out): the head; its slices point into @buffer
 * @arena: the exchange's arena, for the fields
 * @buffer: what has come so far, from the first byte of the message
 * @len: bytes of @buffer
 * @limits: bounds
 *
 * Reads a request head. After %NJ_HEAD_MORE call again from the start with more bytes; what is
 * already wrong is refused without waiting for the rest. Worker threads.
 * Source: RFC 9112 §2.2, §3, §5.
 *
 * Returns: %NJ_HEAD_OK with @head.length set, %NJ_HEAD_MORE, or a refusal with @head.problem set
 */
NjHeadResult
nj_head_parse_request (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits)
{
  NjHeadReader       reader;
  NjHeadResult result = NJ_HEAD_OK;

  begin (&reader, head, arena, buffer, len, limits);

  /* RFC 9112 §2.2: one empty line before a request is forgiven, for clients that end a POST with it. */
  if (len > 0 && (buffer[0] == '\r' || buffer[0] == '\n'))
    result = nj_head_reader_take_line_end (&reader, "not a request line");
  if (result != NJ_HEAD_OK)
    return result;

  find_blank_line (&reader);
  result = nj_head_reader_take_request_line (&reader);
  if (result == NJ_HEAD_OK)
    result = take_fields (&reader);
  if (result == NJ_HEAD_OK)
    result = nj_head_reader_judge_host (&reader);
  return finish (&reader, result);
}

/**
 * nj_head_parse_response:
 * @head: (out): the head; its slices point into @buffer
 * @arena: the exchange's arena, for the fields
 * @buffer: what has come so far, from the first byte of the message
 * @len: bytes of @buffer
 * @limits: bounds
 *
 * Reads a response head, interim ones too. After %NJ_HEAD_MORE call again from the start with more
 * bytes. Worker threads. Source: RFC 9112 §4, §5.
 *
 * Returns: %NJ_HEAD_OK with @head.length set, %NJ_HEAD_MORE, or a refusal with @head.problem set
 */
NjHeadResult
nj_head_parse_response (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits)
{
  NjHeadReader       reader;
  NjHeadResult result;

  begin (&reader, head, arena, buffer, len, limits);
  reader.is_response = TRUE;
  find_blank_line (&reader);
  result = nj_head_reader_take_status_line (&reader);
  if (result == NJ_HEAD_OK)
    result = take_fields (&reader);
  return finish (&reader, result);
}

/* RFC 9110 §6.5.1: what frames, routes, authenticates or controls has no business in a trailer. */
static gboolean
is_forbidden_in_trailers (NjFieldId id)
{
  switch (id)
    {
    case NJ_FIELD_AUTHORIZATION:
    case NJ_FIELD_CACHE_CONTROL:
    case NJ_FIELD_CONNECTION:
    case NJ_FIELD_CONTENT_ENCODING:
    case NJ_FIELD_CONTENT_LENGTH:
    case NJ_FIELD_CONTENT_TYPE:
    case NJ_FIELD_COOKIE:
    case NJ_FIELD_EXPECT:
    case NJ_FIELD_HOST:
    case NJ_FIELD_KEEP_ALIVE:
    case NJ_FIELD_LOCATION:
    case NJ_FIELD_MAX_FORWARDS:
    case NJ_FIELD_PROXY_AUTHENTICATE:
    case NJ_FIELD_PROXY_AUTHENTICATION_INFO:
    case NJ_FIELD_PROXY_AUTHORIZATION:
    case NJ_FIELD_PROXY_CONNECTION:
    case NJ_FIELD_RANGE:
    case NJ_FIELD_SET_COOKIE:
    case NJ_FIELD_TE:
    case NJ_FIELD_TRAILER:
    case NJ_FIELD_TRANSFER_ENCODING:
    case NJ_FIELD_UPGRADE:
    case NJ_FIELD_X_FORWARDED:
      return TRUE;
    default:
      return FALSE;
    }
}

/**
 * nj_head_parse_trailers:
 * @head: (out): the fields; nothing else of it is set but length
 * @arena: the exchange's arena, for the fields
 * @buffer: what has come so far after the last chunk's line
 * @len: bytes of @buffer
 * @limits: bounds
 *
 * Reads the trailer section of a chunked body with its empty line. Fields that must not be there
 * are marked dropped. Worker threads. Source: RFC 9112 §7.1.2, RFC 9110 §6.5.1.
 *
 * Returns: %NJ_HEAD_OK with @head.length set, %NJ_HEAD_MORE, or a refusal with @head.problem set
 */
NjHeadResult
nj_head_parse_trailers (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits)
{
  NjHeadReader       reader;
  NjHeadResult result;

  begin (&reader, head, arena, buffer, len, limits);
  if (len > 0 && buffer[0] == '\r')
    reader.end = buffer + MIN (len, 2);
  else
    find_blank_line (&reader);

  result = finish (&reader, take_fields (&reader));
  for (guint i = 0; result == NJ_HEAD_OK && i < head->n_fields; i++)
    if (is_forbidden_in_trailers (head->fields[i].id))
      head->fields[i].is_dropped = TRUE;

  return result;
}
