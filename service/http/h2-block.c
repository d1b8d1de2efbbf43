/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A header block while it comes, field by field: the pseudo fields kept apart, the others as lines of
 * HTTP/1.1. nghttp2 looks at each field first; here is what must not get past it all the same, for a
 * line break in the wrong place is a request that nobody judged. From nghttp2's callbacks, on the
 * worker's thread. Source: RFC 9113 §8.2, §8.3.
 */
#include "http/h2-private.h"

#include "http/scan.h"

/* What a field costs beyond its bytes: RFC 9113 §6.5.2. */
#define FIELD_COST 32

/**
 * nj_h2_block_begin: (skip)
 * @h2: a connection
 */
void
nj_h2_block_begin (NjH2 *h2)
{
  NjH2Block *block = &h2->block;

  nj_h2_block_end (h2);
  *block = (NjH2Block){ .length = -1 };
  block->text = nj_worker_large_take (h2->worker);
  block->lent = nj_worker_block_take (h2->worker);
  nj_arena_init (&block->arena, block->lent, NJ_WORKER_BLOCK);
}

/**
 * nj_h2_block_end: (skip)
 * @h2: a connection
 *
 * Gives the memory of a block back, whole or not.
 */
void
nj_h2_block_end (NjH2 *h2)
{
  NjH2Block *block = &h2->block;

  if (block->text == NULL)
    return;

  nj_arena_clear (&block->arena);
  nj_worker_block_give (h2->worker, block->lent);
  nj_worker_large_give (h2->worker, g_steal_pointer (&block->text));
}

static void
refuse (NjH2Block *block, const char *problem)
{
  if (block->problem == NULL)
    block->problem = problem;
}

static gboolean
is_lower_token (NjBytes name)
{
  gboolean is_bad = name.len == 0;

  for (gsize i = 0; i < name.len; i++)
    is_bad |= !nj_scan_is_token (name.data[i]) | (name.data[i] >= 'A' && name.data[i] <= 'Z');
  return !is_bad;
}

/* RFC 9113 §8.2.2. */
static gboolean
is_of_a_connection (NjBytes name)
{
  switch (name.len)
    {
    case 7:
      return nj_bytes_equal (name, NJ_BYTES ("upgrade"));
    case 10:
      return nj_bytes_equal (name, NJ_BYTES ("connection")) || nj_bytes_equal (name, NJ_BYTES ("keep-alive"));
    case 14:
      return nj_bytes_equal (name, NJ_BYTES ("http2-settings"));
    case 16:
      return nj_bytes_equal (name, NJ_BYTES ("proxy-connection"));
    case 17:
      return nj_bytes_equal (name, NJ_BYTES ("transfer-encoding"));
    default:
      return FALSE;
    }
}

static void
put (NjH2Block *block, NjBytes text)
{
  memcpy (block->text + block->len, text.data, text.len);
  block->len += text.len;
}

static void
put_field (NjH2Block *block, NjBytes name, NjBytes value)
{
  put (block, name);
  put (block, NJ_BYTES (": "));
  if (value.len > 0)
    put (block, value);
  put (block, NJ_BYTES ("\r\n"));
}

/* RFC 9113 §8.2.3: cut up for compression, to be put together again for anybody else. */
static void
keep_crumb (NjH2 *h2, NjBytes value)
{
  NjH2Block *block = &h2->block;

  if (block->crumbs == NULL)
    block->crumbs = nj_arena_alloc (&block->arena, h2->limits.fields * sizeof (NjBytes));
  block->crumbs[block->n_crumbs++] = nj_arena_copy (&block->arena, value);
}

static void
take_status (NjH2Block *block, NjBytes value)
{
  guint64 status;

  if (value.len != 3 || !nj_bytes_parse_u64 (value, 999, &status) || status < 100)
    refuse (block, "a malformed :status");
  else
    block->status = (guint) status;
}

static NjBytes *
place_of_pseudo (NjH2Block *block, NjBytes name)
{
  switch (name.len)
    {
    case 5:
      return nj_bytes_equal (name, NJ_BYTES (":path")) ? &block->path : NULL;
    case 7:
      return nj_bytes_equal (name, NJ_BYTES (":method"))   ? &block->method
             : nj_bytes_equal (name, NJ_BYTES (":scheme")) ? &block->scheme
                                                           : NULL;
    case 9:
      return nj_bytes_equal (name, NJ_BYTES (":protocol")) ? &block->protocol : NULL;
    case 10:
      return nj_bytes_equal (name, NJ_BYTES (":authority")) ? &block->authority : NULL;
    default:
      return NULL;
    }
}

static void
take_pseudo (NjH2Block *block, NjBytes name, NjBytes value)
{
  NjBytes *place = place_of_pseudo (block, name);

  if (nj_bytes_equal (name, NJ_BYTES (":status")))
    take_status (block, value);
  else if (place == NULL || place->data != NULL)
    refuse (block, "an unknown pseudo field");
  else
    *place = nj_arena_copy (&block->arena, value);
}

static void
take_length (NjH2Block *block, NjBytes value)
{
  guint64 length;

  if (block->length >= 0 || !nj_bytes_parse_u64 (value, G_MAXINT64, &length))
    refuse (block, "Content-Length is not one number");
  else
    block->length = (gint64) length;
}

/**
 * nj_h2_block_take: (skip)
 * @h2: a connection in the middle of a block
 * @name: a field's name
 * @value: its value
 */
void
nj_h2_block_take (NjH2 *h2, NjBytes name, NjBytes value)
{
  NjH2Block *block = &h2->block;

  if (block->text == NULL || block->problem != NULL || block->is_too_large)
    return;

  block->size += name.len + value.len + FIELD_COST;
  block->n_fields++;
  block->is_too_large = block->n_fields > h2->limits.fields || block->size > MIN (h2->limits.head, NJ_WORKER_LARGE);
  if (block->is_too_large)
    return;

  if (!nj_scan_is_all_value (value))
    refuse (block, "a control byte in a field value");
  else if (name.len > 0 && name.data[0] == ':')
    take_pseudo (block, name, value);
  else if (!is_lower_token (name))
    refuse (block, "a byte not allowed in a field name");
  else if (is_of_a_connection (name))
    refuse (block, "a field of a connection in HTTP/2");
  else if (nj_bytes_equal (name, NJ_BYTES ("te")) && !nj_bytes_equal_nocase (value, NJ_BYTES ("trailers")))
    refuse (block, "TE other than trailers");
  else if (h2->is_server && nj_bytes_equal (name, NJ_BYTES ("host")) && block->host.data != NULL)
    refuse (block, "more than one Host");
  else if (h2->is_server && nj_bytes_equal (name, NJ_BYTES ("host")))
    block->host = nj_arena_copy (&block->arena, value);
  else if (h2->is_server && nj_bytes_equal (name, NJ_BYTES ("cookie")))
    keep_crumb (h2, value);
  else
    {
      if (nj_bytes_equal (name, NJ_BYTES ("content-length")))
        take_length (block, value);
      put_field (block, name, value);
    }
}
