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
  for (gsize i = 0; i < name.len; i++)
    if (!nj_scan_is_token (name.data[i]) || (name.data[i] >= 'A' && name.data[i] <= 'Z'))
      return FALSE;
  return name.len > 0;
}

/* RFC 9113 §8.2.2. */
static gboolean
is_of_a_connection (NjBytes name)
{
  static const NjBytes names[] = {
    NJ_BYTES ("connection"),       NJ_BYTES ("transfer-encoding"), NJ_BYTES ("upgrade"),
    NJ_BYTES ("proxy-connection"), NJ_BYTES ("keep-alive"),        NJ_BYTES ("http2-settings"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal (name, names[i]))
      return TRUE;
  return FALSE;
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
take_pseudo (NjH2Block *block, NjBytes name, NjBytes value)
{
  const struct
  {
    NjBytes  name;
    NjBytes *where;
  } known[] = {
    { NJ_BYTES (":method"), &block->method }, { NJ_BYTES (":scheme"), &block->scheme },
    { NJ_BYTES (":path"), &block->path },     { NJ_BYTES (":authority"), &block->authority },
    { NJ_BYTES (":protocol"), &block->protocol },
  };
  guint64 status;

  if (nj_bytes_equal (name, NJ_BYTES (":status")))
    {
      if (value.len != 3 || !nj_bytes_parse_u64 (value, 999, &status) || status < 100)
        refuse (block, "a malformed :status");
      else
        block->status = (guint) status;
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (nj_bytes_equal (name, known[i].name) && known[i].where->data == NULL)
      {
        *known[i].where = nj_arena_copy (&block->arena, value);
        return;
      }
  refuse (block, "an unknown pseudo field");
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

  if (nj_scan_value (value.data, value.data + value.len) != value.data + value.len)
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
