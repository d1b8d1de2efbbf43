/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strict parsing of HTTP/1.x request heads, response heads and trailer sections: one pass, no copy,
 * no allocation but the array of fields in the exchange's arena. What two readers could understand
 * differently is refused (RFC 9112 §11.2); nothing is repaired, with the one exception that the RFC
 * demands (blanks before the colon of a response field, §5.1). What a head says about the bytes
 * after it is in head-framing.c. Called by http/h1, on worker threads.
 */
#include "http/head.h"

#include "http/field-names.h"
#include "http/scan.h"

/* No method in the IANA registry is longer than 19; bytes. */
#define METHOD_MAX 64

/* NjHead.first holds index + 1 in a byte. */
#define FIELDS_MAX 254

#define FIELDS_START 32

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
} Reader;

static NjHeadResult
refuse (Reader *reader, NjHeadResult result, const char *problem)
{
  reader->head->problem = problem;
  return result;
}

static NjHeadResult
take_line_end (Reader *reader, const char *problem)
{
  const char *p = reader->next;

  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p == '\n')
    return refuse (reader, NJ_HEAD_BAD, "line feed without carriage return");
  if (*p != '\r')
    return refuse (reader, NJ_HEAD_BAD, problem);
  if (p + 1 == reader->end)
    return NJ_HEAD_MORE;
  if (p[1] != '\n')
    return refuse (reader, NJ_HEAD_BAD, "carriage return without line feed");

  reader->next = p + 2;
  return NJ_HEAD_OK;
}

static void
keep_field (Reader *reader, NjBytes name, NjBytes value)
{
  NjHead   *head = reader->head;
  NjFieldId id;

  if (!reader->is_whole)
    {
      head->n_fields++;
      return;
    }

  if (G_UNLIKELY (head->n_fields == head->fields_size))
    {
      guint    size = head->fields_size == 0 ? FIELDS_START : head->fields_size * 2;
      NjField *larger = nj_arena_alloc (reader->arena, size * sizeof (NjField));

      if (head->n_fields > 0)
        memcpy (larger, head->fields, head->n_fields * sizeof (NjField));
      head->fields = larger;
      head->fields_size = size;
    }

  id = nj_field_names_lookup (name);
  head->fields[head->n_fields++] = (NjField){ name, value, id, FALSE };
  if (head->first[id] == 0)
    head->first[id] = (guint8) head->n_fields;
}

static NjBytes
trim_blanks (const char *start, const char *end)
{
  while (start < end && (*start == ' ' || *start == '\t'))
    start++;
  while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
    end--;

  return nj_bytes (start, (gsize) (end - start));
}

/* field-line = field-name ":" OWS field-value OWS, RFC 9112 §5 */
static NjHeadResult
take_field (Reader *reader)
{
  const char  *start = reader->next;
  const char  *p = start;
  const char  *end = reader->end;
  const char  *name_end;
  const char  *value;
  NjHeadResult result;

  while (p < end && nj_scan_is_token (*p))
    p++;
  name_end = p;

  /* RFC 9112 §5.1: a blank there is an error in a request and must be removed from a response. */
  if (reader->is_response && p > start)
    while (p < end && (*p == ' ' || *p == '\t'))
      p++;

  if (p == end)
    return NJ_HEAD_MORE;
  if (*p != ':')
    return refuse (reader, NJ_HEAD_BAD, *start == ' ' || *start == '\t' ? "folded line" : "byte not allowed in a field name");
  if (name_end == start)
    return refuse (reader, NJ_HEAD_BAD, "field without a name");

  value = p + 1;
  reader->next = nj_scan_value (value, end);
  p = reader->next;
  result = take_line_end (reader, "control byte in a field value");
  if (result != NJ_HEAD_OK)
    return result;
  if (reader->head->n_fields >= MIN (reader->limits->fields, FIELDS_MAX))
    return refuse (reader, NJ_HEAD_TOO_LARGE, "too many fields");

  keep_field (reader, nj_bytes (start, (gsize) (name_end - start)), trim_blanks (value, p));
  return NJ_HEAD_OK;
}

static NjHeadResult
take_fields (Reader *reader)
{
  NjHeadResult result;

  while (reader->next < reader->end)
    {
      if (*reader->next == '\r' || *reader->next == '\n')
        return take_line_end (reader, "line feed without carriage return");

      result = take_field (reader);
      if (result != NJ_HEAD_OK)
        return result;
    }

  return NJ_HEAD_MORE;
}

static NjMethod
method_of (NjBytes method)
{
  switch (method.len)
    {
    case 3:
      return memcmp (method.data, "GET", 3) == 0   ? NJ_METHOD_GET
             : memcmp (method.data, "PUT", 3) == 0 ? NJ_METHOD_PUT
                                                   : NJ_METHOD_OTHER;
    case 4:
      return memcmp (method.data, "POST", 4) == 0   ? NJ_METHOD_POST
             : memcmp (method.data, "HEAD", 4) == 0 ? NJ_METHOD_HEAD
                                                    : NJ_METHOD_OTHER;
    case 5:
      return memcmp (method.data, "PATCH", 5) == 0   ? NJ_METHOD_PATCH
             : memcmp (method.data, "TRACE", 5) == 0 ? NJ_METHOD_TRACE
                                                     : NJ_METHOD_OTHER;
    case 6:
      return memcmp (method.data, "DELETE", 6) == 0 ? NJ_METHOD_DELETE : NJ_METHOD_OTHER;
    case 7:
      return memcmp (method.data, "CONNECT", 7) == 0   ? NJ_METHOD_CONNECT
             : memcmp (method.data, "OPTIONS", 7) == 0 ? NJ_METHOD_OPTIONS
                                                       : NJ_METHOD_OTHER;
    default:
      return NJ_METHOD_OTHER;
    }
}

static gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, RFC 9112 §2.3; leaves next behind it. */
static NjHeadResult
take_version (Reader *reader)
{
  static const char known[] = "HTTP/1.";
  const char       *p = reader->next;
  gsize             here = (gsize) (reader->end - p);
  gsize             n = MIN (here, 5);

  if (memcmp (p, known, n) != 0)
    return refuse (reader, NJ_HEAD_BAD, "not an HTTP version");
  for (gsize i = 5; i < MIN (here, 8); i++)
    if (i == 6 ? p[i] != '.' : !is_digit (p[i]))
      return refuse (reader, NJ_HEAD_BAD, "not an HTTP version");
  if (here < 9)
    return NJ_HEAD_MORE;

  /* A third digit makes it no version at all, which must not be told apart from one we do not speak. */
  if (is_digit (p[8]))
    return refuse (reader, NJ_HEAD_BAD, "not an HTTP version");
  if (p[5] != '1' || (p[7] != '1' && p[7] != '0'))
    return refuse (reader, NJ_HEAD_BAD_VERSION, "HTTP version other than 1.0 and 1.1");

  reader->head->minor = (guint) (p[7] - '0');
  reader->next = p + 8;
  return NJ_HEAD_OK;
}

/* request-line = method SP request-target SP HTTP-version, RFC 9112 §3; one blank each, not the
 * white space that §3 lets a lenient server take. */
static NjHeadResult
take_request_line (Reader *reader)
{
  NjHead      *head = reader->head;
  const char  *start = reader->next;
  const char  *p = start;
  NjHeadResult result;

  while (p < reader->end && nj_scan_is_token (*p))
    p++;
  if (p - start > METHOD_MAX)
    return refuse (reader, NJ_HEAD_BAD, "method too long");
  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p != ' ' || p == start)
    return refuse (reader, NJ_HEAD_BAD, "not a request line");

  head->method = nj_bytes (start, (gsize) (p - start));
  head->method_id = method_of (head->method);
  start = p + 1;
  p = nj_scan_target (start, reader->end);
  if ((gsize) (p - start) > reader->limits->target)
    return refuse (reader, NJ_HEAD_TARGET_TOO_LONG, "target too long");
  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p != ' ' || p == start)
    return refuse (reader, NJ_HEAD_BAD, "byte not allowed in a request target");

  head->target = nj_bytes (start, (gsize) (p - start));
  reader->next = p + 1;
  result = take_version (reader);
  return result == NJ_HEAD_OK ? take_line_end (reader, "more after the HTTP version") : result;
}

/* status-line = HTTP-version SP status-code SP [ reason-phrase ], RFC 9112 §4; the second blank is
 * missing in the wild when there is no reason. */
static NjHeadResult
take_status_line (Reader *reader)
{
  NjHead      *head = reader->head;
  NjHeadResult result = take_version (reader);
  const char  *p = reader->next;

  if (result != NJ_HEAD_OK)
    return result;

  for (gsize i = 0; i < 4; i++)
    {
      if (p + i == reader->end)
        return NJ_HEAD_MORE;
      if (i == 0 ? p[0] != ' ' : !is_digit (p[i]) || (i == 1 && p[1] == '0'))
        return refuse (reader, NJ_HEAD_BAD, "not a status line");
    }

  head->status = (guint) ((p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0'));
  p += 4;
  reader->next = p;
  if (p < reader->end && *p == ' ')
    {
      reader->next = nj_scan_value (p + 1, reader->end);
      head->reason = trim_blanks (p + 1, reader->next);
    }

  return take_line_end (reader, "control byte in a status line");
}

/* uri-host [ ":" port ], RFC 9110 §7.2. The sub-delims and escapes that RFC 3986 lets a registered
 * name have do not occur in names that resolve. */
static gboolean
is_host_value (NjBytes value)
{
  gsize i = 0;

  if (value.len > 0 && value.data[0] == '[')
    {
      for (i = 1; i < value.len && value.data[i] != ']'; i++)
        if (!g_ascii_isxdigit (value.data[i]) && value.data[i] != ':' && value.data[i] != '.')
          return FALSE;
      if (i == value.len || i < 3)
        return FALSE;
      i++;
    }
  else
    while (i < value.len && (g_ascii_isalnum (value.data[i]) || strchr ("-._", value.data[i]) != NULL))
      i++;

  if (i == value.len)
    return TRUE;
  if (value.data[i++] != ':')
    return FALSE;
  while (i < value.len && is_digit (value.data[i]))
    i++;
  return i == value.len;
}

/* RFC 9112 §3.2: missing, more than one, or not a host is 400. That it differs from an absolute
 * target is not: §3.2.2 has a proxy ignore it then and send the target's own. */
static NjHeadResult
judge_host (Reader *reader)
{
  NjField *host = nj_head_find (reader->head, NJ_FIELD_HOST);

  if (host == NULL)
    return reader->head->minor == 0 ? NJ_HEAD_OK : refuse (reader, NJ_HEAD_BAD, "no Host");
  if (nj_head_find_next (reader->head, host) != NULL)
    return refuse (reader, NJ_HEAD_BAD, "more than one Host");
  if (!is_host_value (host->value))
    return refuse (reader, NJ_HEAD_BAD, "Host is not a host");

  return NJ_HEAD_OK;
}

static void
begin (Reader *reader, NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits)
{
  const char *start = len > 0 ? buffer : "";

  memset (head, 0, sizeof *head);
  *reader = (Reader){ head, arena, limits, start, start, start + len, FALSE, FALSE };
}

/* Without the blank line all that came is judged all the same, so that a peer that sends rubbish
 * and waits is refused at once; the fields are not kept, since the next call reads them again. */
static void
find_blank_line (Reader *reader)
{
  const char *blank = nj_scan_blank_line (reader->next, reader->end);

  if (blank == NULL)
    return;

  reader->is_whole = TRUE;
  reader->end = blank + 4;
}

static NjHeadResult
finish (Reader *reader, NjHeadResult result)
{
  gsize seen = (gsize) (reader->end - reader->start);

  if (result != NJ_HEAD_OK && result != NJ_HEAD_MORE)
    return result;
  if (seen > reader->limits->head || (result == NJ_HEAD_MORE && seen == reader->limits->head))
    return refuse (reader, NJ_HEAD_TOO_LARGE, "head too large");

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
  Reader       reader;
  NjHeadResult result = NJ_HEAD_OK;

  begin (&reader, head, arena, buffer, len, limits);

  /* RFC 9112 §2.2: one empty line before a request is forgiven, for clients that end a POST with it. */
  if (len > 0 && (buffer[0] == '\r' || buffer[0] == '\n'))
    result = take_line_end (&reader, "not a request line");
  if (result != NJ_HEAD_OK)
    return result;

  find_blank_line (&reader);
  result = take_request_line (&reader);
  if (result == NJ_HEAD_OK)
    result = take_fields (&reader);
  if (result == NJ_HEAD_OK)
    result = judge_host (&reader);
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
  Reader       reader;
  NjHeadResult result;

  begin (&reader, head, arena, buffer, len, limits);
  reader.is_response = TRUE;
  find_blank_line (&reader);
  result = take_status_line (&reader);
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
  Reader       reader;
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
