/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line of a request or response head, and the Host that a request must have. Fields are read
 * in head.c, which is the only caller, on worker threads.
 */
#include "http/head-reader.h"

#include "base/host.h"
#include "http/scan.h"

/* No method in the IANA registry is longer than 19; bytes. */
#define METHOD_MAX 64

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

/**
 * nj_head_reader_judge_line_end:
 * @reader: where no line ends that has come whole
 * @problem: static text, what a byte there means that ends no line at all
 *
 * Worker threads. Source: RFC 9112 §2.2.
 *
 * Returns: %NJ_HEAD_MORE or a refusal
 */
NjHeadResult
nj_head_reader_judge_line_end (NjHeadReader *reader, const char *problem)
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
  return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "carriage return without line feed");
}

static gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* What is not plainly one of the versions we speak, or has not all come. */
static NjHeadResult
judge_version (NjHeadReader *reader)
{
  const char *p = reader->next;
  gsize       here = (gsize) (reader->end - p);

  if (memcmp (p, "HTTP/", MIN (here, 5)) != 0)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "not an HTTP version");
  for (gsize i = 5; i < MIN (here, 8); i++)
    if (i == 6 ? p[i] != '.' : !is_digit (p[i]))
      return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "not an HTTP version");
  if (here < 9)
    return NJ_HEAD_MORE;

  /* A third digit makes it no version at all, which must not be told apart from one we do not speak. */
  return is_digit (p[8]) ? nj_head_reader_refuse (reader, NJ_HEAD_BAD, "not an HTTP version")
                         : nj_head_reader_refuse (reader, NJ_HEAD_BAD_VERSION, "HTTP version other than 1.0 and 1.1");
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, RFC 9112 §2.3; leaves next behind it. */
static inline NjHeadResult
take_version (NjHeadReader *reader)
{
  const char *p = reader->next;

  if (reader->end - p < 9 || memcmp (p, "HTTP/1.", 7) != 0 || (p[7] != '1' && p[7] != '0') || is_digit (p[8]))
    return judge_version (reader);

  reader->head->minor = (guint) (p[7] - '0');
  reader->next = p + 8;
  return NJ_HEAD_OK;
}

/**
 * nj_head_reader_take_request_line:
 * @reader: at the start of the line
 *
 * One blank each between the parts, not the white space that RFC 9112 §3 lets a lenient server take.
 * Worker threads. Source: RFC 9112 §3.
 *
 * Returns: %NJ_HEAD_OK behind the line, %NJ_HEAD_MORE or a refusal
 */
NjHeadResult
nj_head_reader_take_request_line (NjHeadReader *reader)
{
  NjHead      *head = reader->head;
  const char  *start = reader->next;
  const char  *p = start;
  NjHeadResult result;

  /* Nearly always. */
  p = reader->end - p >= 4 && memcmp (p, "GET ", 4) == 0 ? p + 3 : nj_scan_token (p, reader->end);
  if (p - start > METHOD_MAX)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "method too long");
  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p != ' ' || p == start)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "not a request line");

  head->method = nj_bytes (start, (gsize) (p - start));
  head->method_id = method_of (head->method);
  start = p + 1;
  p = nj_scan_target (start, reader->end);
  if ((gsize) (p - start) > reader->limits->target)
    return nj_head_reader_refuse (reader, NJ_HEAD_TARGET_TOO_LONG, "target too long");
  if (p == reader->end)
    return NJ_HEAD_MORE;
  if (*p != ' ' || p == start)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "byte not allowed in a request target");

  head->target = nj_bytes (start, (gsize) (p - start));
  reader->next = p + 1;
  result = take_version (reader);
  return result == NJ_HEAD_OK ? nj_head_reader_take_line_end (reader, "more after the HTTP version") : result;
}

/**
 * nj_head_reader_take_status_line:
 * @reader: at the start of the line
 *
 * The second blank is missing in the wild when there is no reason. Worker threads. Source: RFC 9112 §4.
 *
 * Returns: %NJ_HEAD_OK behind the line, %NJ_HEAD_MORE or a refusal
 */
NjHeadResult
nj_head_reader_take_status_line (NjHeadReader *reader)
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
        return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "not a status line");
    }

  head->status = (guint) ((p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0'));
  p += 4;
  reader->next = p;
  if (p < reader->end && *p == ' ')
    {
      reader->next = nj_scan_value (p + 1, reader->end);
      head->reason = nj_head_reader_trim (p + 1, reader->next);
    }

  return nj_head_reader_take_line_end (reader, "control byte in a status line");
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
    while (i < value.len && nj_host_bytes[(guchar) value.data[i]] != 0)
      i++;

  if (i == value.len)
    return TRUE;
  if (value.data[i++] != ':')
    return FALSE;
  while (i < value.len && is_digit (value.data[i]))
    i++;
  return i == value.len;
}

/**
 * nj_head_reader_judge_host:
 * @reader: a request head that was read to its end
 *
 * Missing, more than one, or no host is 400. That it differs from an absolute target is not: RFC 9112
 * §3.2.2 has a proxy ignore it then and send the target's own. Worker threads. Source: RFC 9112 §3.2.
 *
 * Returns: %NJ_HEAD_OK or a refusal
 */
NjHeadResult
nj_head_reader_judge_host (NjHeadReader *reader)
{
  NjField *host = nj_head_find (reader->head, NJ_FIELD_HOST);

  if (host == NULL)
    return reader->head->minor == 0 ? NJ_HEAD_OK : nj_head_reader_refuse (reader, NJ_HEAD_BAD, "no Host");
  if (nj_head_find_next (reader->head, host) != NULL)
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "more than one Host");
  if (!is_host_value (host->value))
    return nj_head_reader_refuse (reader, NJ_HEAD_BAD, "Host is not a host");

  return NJ_HEAD_OK;
}
