/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a head says about the bytes after it and about the connection's next message. A wrong answer
 * here is request smuggling, so everything that two readers could read differently is refused
 * (RFC 9112 §6, §11.2). Called by http/h1, on worker threads.
 */
#include "http/head.h"

#include "http/scan.h"

/* What the framing fields of a head came to, before the kind of message is known. */
typedef struct
{
  gboolean is_chunked;
  gboolean has_length;
  guint64  length;
} Fields;

static NjHeadResult
refuse (NjHead *head, NjHeadResult result, const char *problem)
{
  head->problem = problem;
  return result;
}

static gboolean
is_token (NjBytes value)
{
  for (gsize i = 0; i < value.len; i++)
    if (!nj_scan_is_token (value.data[i]))
      return FALSE;

  return value.len > 0;
}

static NjHeadResult
read_coding (NjHead *head, NjField *coding, Fields *ret_fields)
{
  if (nj_head_find (head, NJ_FIELD_CONTENT_LENGTH) != NULL)
    return refuse (head, NJ_HEAD_BAD, "both Transfer-Encoding and Content-Length");
  if (head->minor == 0)
    return refuse (head, NJ_HEAD_BAD, "Transfer-Encoding in HTTP/1.0");
  if (nj_head_find_next (head, coding) != NULL)
    return refuse (head, NJ_HEAD_BAD, "more than one Transfer-Encoding");
  if (nj_bytes_equal_nocase (coding->value, NJ_BYTES ("chunked")))
    {
      ret_fields->is_chunked = TRUE;
      return NJ_HEAD_OK;
    }

  /* RFC 9112 §6.1: a coding that is not understood is 501; what is not even a coding is 400. */
  return is_token (coding->value)
             ? refuse (head, NJ_HEAD_NOT_IMPLEMENTED, "transfer coding other than chunked")
             : refuse (head, NJ_HEAD_BAD, "Transfer-Encoding is not one coding");
}

/* RFC 9112 §6.3: equal values may be taken as one. Servers behind frameworks that add the field twice
 * exist, so in responses they are, and the copies are not printed; no client does it. */
static NjHeadResult
read_length (NjHead *head, NjField *length, gboolean is_response, Fields *ret_fields)
{
  NjField *other;

  if (!nj_bytes_parse_u64 (length->value, G_MAXINT64, &ret_fields->length))
    return refuse (head, NJ_HEAD_BAD, "Content-Length is not a number");

  for (other = nj_head_find_next (head, length); other != NULL; other = nj_head_find_next (head, other))
    {
      if (!is_response || !nj_bytes_equal (other->value, length->value))
        return refuse (head, NJ_HEAD_BAD, "more than one Content-Length");
      other->is_dropped = TRUE;
    }

  /* "007" and "7" are the same to us; print what nobody reads as octal. */
  while (length->value.len > 1 && length->value.data[0] == '0')
    length->value = nj_bytes (length->value.data + 1, length->value.len - 1);

  ret_fields->has_length = TRUE;
  return NJ_HEAD_OK;
}

static NjHeadResult
read_fields (NjHead *head, gboolean is_response, Fields *ret_fields)
{
  NjField *coding = nj_head_find (head, NJ_FIELD_TRANSFER_ENCODING);
  NjField *length;

  *ret_fields = (Fields){ 0 };
  if (coding != NULL)
    return read_coding (head, coding, ret_fields);

  length = nj_head_find (head, NJ_FIELD_CONTENT_LENGTH);
  return length != NULL ? read_length (head, length, is_response, ret_fields) : NJ_HEAD_OK;
}

/* RFC 9112 §9.3; Proxy-Connection is what browsers send to a proxy in place of Connection (appendix C.2.2). */
static gboolean
is_persistent (NjHead *head, gboolean is_request)
{
  static const NjBytes close = NJ_BYTES ("close");
  static const NjBytes keep_alive = NJ_BYTES ("keep-alive");

  if (nj_head_list_has (head, NJ_FIELD_CONNECTION, close) ||
      (is_request && nj_head_list_has (head, NJ_FIELD_PROXY_CONNECTION, close)))
    return FALSE;
  if (head->minor >= 1)
    return TRUE;

  return nj_head_list_has (head, NJ_FIELD_CONNECTION, keep_alive) ||
         (is_request && nj_head_list_has (head, NJ_FIELD_PROXY_CONNECTION, keep_alive));
}

/**
 * nj_head_request_framing:
 * @head: a request head
 * @ret_framing: (out): how its body is told; only valid after %NJ_HEAD_OK
 *
 * After anything but %NJ_HEAD_OK the connection must be closed: where the next request starts is
 * not known. Worker threads. Source: RFC 9112 §6.1, §6.3, RFC 9110 §9.3.6.
 *
 * Returns: %NJ_HEAD_OK, %NJ_HEAD_BAD or %NJ_HEAD_NOT_IMPLEMENTED with @head.problem set
 */
NjHeadResult
nj_head_request_framing (NjHead *head, NjFraming *ret_framing)
{
  Fields       fields;
  NjHeadResult result = read_fields (head, FALSE, &fields);

  *ret_framing = (NjFraming){ NJ_FRAMING_NONE, 0, FALSE };
  if (result != NJ_HEAD_OK)
    return result;

  /* What follows a CONNECT is the tunnel's; old Windows clients do send a length of nought. */
  if (head->method_id == NJ_METHOD_CONNECT && (fields.is_chunked || fields.length > 0))
    return refuse (head, NJ_HEAD_BAD, "CONNECT with a body");

  ret_framing->is_persistent = is_persistent (head, TRUE);
  if (head->method_id == NJ_METHOD_CONNECT)
    return NJ_HEAD_OK;

  ret_framing->kind = fields.is_chunked   ? NJ_FRAMING_CHUNKED
                      : fields.has_length ? NJ_FRAMING_LENGTH
                                          : NJ_FRAMING_NONE;
  ret_framing->length = fields.length;
  return NJ_HEAD_OK;
}

/**
 * nj_head_response_framing:
 * @head: a response head
 * @request_method: the method of the request it answers
 * @ret_framing: (out): how its body is told; only valid after %NJ_HEAD_OK
 *
 * Framing fields that must not be in a response without a body are dropped (RFC 9110 §8.6,
 * RFC 9112 §6.1). Anything but %NJ_HEAD_OK is answered with 502. Worker threads. Source: RFC 9112 §6.3.
 *
 * Returns: %NJ_HEAD_OK, or %NJ_HEAD_BAD with @head.problem set
 */
NjHeadResult
nj_head_response_framing (NjHead *head, NjMethod request_method, NjFraming *ret_framing)
{
  Fields       fields;
  NjHeadResult result = read_fields (head, TRUE, &fields);
  gboolean     is_tunnel = request_method == NJ_METHOD_CONNECT && head->status >= 200 && head->status < 300;

  *ret_framing = (NjFraming){ NJ_FRAMING_NONE, 0, FALSE };
  if (result != NJ_HEAD_OK)
    return NJ_HEAD_BAD;

  ret_framing->is_persistent = is_persistent (head, FALSE);
  if (head->status < 200 || head->status == 204 || is_tunnel)
    {
      nj_head_drop (head, NJ_FIELD_TRANSFER_ENCODING);
      nj_head_drop (head, NJ_FIELD_CONTENT_LENGTH);
      return NJ_HEAD_OK;
    }
  if (head->status == 304 || request_method == NJ_METHOD_HEAD)
    return NJ_HEAD_OK;

  if (fields.is_chunked)
    ret_framing->kind = NJ_FRAMING_CHUNKED;
  else if (fields.has_length)
    ret_framing->kind = NJ_FRAMING_LENGTH;
  else
    {
      ret_framing->kind = NJ_FRAMING_UNTIL_CLOSE;
      ret_framing->is_persistent = FALSE;
    }

  ret_framing->length = fields.length;
  return NJ_HEAD_OK;
}
