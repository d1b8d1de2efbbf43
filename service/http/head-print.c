/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Heads back into bytes. Names and values go out as they came in, in their order; the first line is
 * always ours, so nothing odd in a peer's line reaches the next reader. One measured allocation each.
 * Called by proxy, on worker threads.
 */
#include "http/head.h"

static gsize
fields_size (const NjHead *head)
{
  gsize          size = 2;
  const NjField *field = head->fields;

  for (guint left = head->n_fields; left > 0; left--, field++)
    if (!field->is_dropped)
      size += field->name.len + field->value.len + 4;

  return size;
}

static inline char *
put (char *p, NjBytes text)
{
  if (text.len > 0)
    memcpy (p, text.data, text.len);
  return p + text.len;
}

/* Where the line of a field ends, if what was parsed from its name on is what is printed, nobody having changed it
 * since; else NULL. */
static inline const char *
line_end (const NjField *field)
{
  const char *end = field->value.data + field->value.len;

  return field->is_plain && field->value.data == field->name.data + field->name.len + 2 && *end == '\r' ? end + 2 : NULL;
}

static char *
put_field (char *p, const NjField *field)
{
  p = put (p, field->name);
  *p++ = ':';
  *p++ = ' ';
  p = put (p, field->value);
  *p++ = '\r';
  *p++ = '\n';
  return p;
}

/* Lines that came one behind the other and stay as they were, nearly all, go out in one piece. %NJ_FIELD_LAST excepts
 * none. */
static char *
put_fields (char *p, const NjHead *head, NjFieldId except)
{
  const char    *piece = NULL;
  const char    *piece_end = NULL;
  const NjField *field = head->fields;

  for (guint left = head->n_fields; left > 0; left--, field++)
    {
      const char *end;

      if (field->is_dropped || field->id == except)
        continue;

      end = line_end (field);
      if (piece != NULL && (end == NULL || field->name.data != piece_end))
        {
          p = put (p, nj_bytes (piece, (gsize) (piece_end - piece)));
          piece = NULL;
        }
      if (end == NULL)
        p = put_field (p, field);
      else if (piece == NULL)
        piece = field->name.data;
      piece_end = end;
    }

  if (piece != NULL)
    p = put (p, nj_bytes (piece, (gsize) (piece_end - piece)));
  *p++ = '\r';
  *p++ = '\n';
  return p;
}

/**
 * nj_head_print_request:
 * @head: a request head
 * @arena: the exchange's arena
 * @target: what to ask for: a path, or an absolute URL for a proxy
 * @host: the authority for the Host field; the head's own is not printed (RFC 9112 §3.2.2)
 *
 * Worker threads. Source: RFC 9112 §3.
 *
 * Returns: the head with its blank line, HTTP/1.1, Host first (RFC 9110 §7.2)
 */
NjBytes
nj_head_print_request (NjHead *head, NjArena *arena, NjBytes target, NjBytes host)
{
  static const char middle[] = " HTTP/1.1\r\nHost: ";
  const gsize       middle_len = sizeof middle - 1;
  gsize             size = head->method.len + 1 + target.len + middle_len + host.len + 2 + fields_size (head);
  char             *start = nj_arena_alloc (arena, size);
  char             *p = put (start, head->method);

  *p++ = ' ';
  p = put (p, target);
  p = put (p, nj_bytes (middle, middle_len));
  p = put (p, host);
  *p++ = '\r';
  *p++ = '\n';
  p = put_fields (p, head, NJ_FIELD_HOST);
  return nj_bytes (start, (gsize) (p - start));
}

/**
 * nj_head_print_response:
 * @head: a response head
 * @arena: the exchange's arena
 *
 * Worker threads. Source: RFC 9112 §4.
 *
 * Returns: the head with its blank line, HTTP/1.1
 */
NjBytes
nj_head_print_response (NjHead *head, NjArena *arena)
{
  static const char version[] = "HTTP/1.1 ";
  const gsize       version_len = sizeof version - 1;
  gsize             size = version_len + 4 + head->reason.len + 2 + fields_size (head);
  char             *start = nj_arena_alloc (arena, size);
  char             *p = put (start, nj_bytes (version, version_len));

  *p++ = (char) ('0' + head->status / 100 % 10);
  *p++ = (char) ('0' + head->status / 10 % 10);
  *p++ = (char) ('0' + head->status % 10);
  *p++ = ' ';
  p = put (p, head->reason);
  *p++ = '\r';
  *p++ = '\n';
  p = put_fields (p, head, NJ_FIELD_LAST);
  return nj_bytes (start, (gsize) (p - start));
}

/**
 * nj_head_print_size:
 * @head: a head
 *
 * Worker threads.
 *
 * Returns: how many bytes its fields and blank line take when printed
 */
gsize
nj_head_print_size (const NjHead *head)
{
  return fields_size (head);
}

/**
 * nj_head_print_trailers:
 * @head: the trailer fields of a chunked body
 * @arena: the exchange's arena
 *
 * Worker threads. Source: RFC 9112 §7.1.2.
 *
 * Returns: the fields with the empty line that ends the body
 */
NjBytes
nj_head_print_trailers (NjHead *head, NjArena *arena)
{
  char *start = nj_arena_alloc (arena, fields_size (head));
  char *p = put_fields (start, head, NJ_FIELD_LAST);

  return nj_bytes (start, (gsize) (p - start));
}
