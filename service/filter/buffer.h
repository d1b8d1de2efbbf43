/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Bytes that grow at their end. GByteArray does the same, but through a call per append: compiling
 * appends half a million times. */
typedef struct
{
  guint8 *data; /* owned */
  gsize   len;
  gsize   room;
} NjBuffer;

static inline void
nj_buffer_reserve (NjBuffer *self, gsize room)
{
  self->data = g_realloc (self->data, room);
  self->room = room;
}

static inline void *
nj_buffer_extend (NjBuffer *self, gsize size)
{
  void *at;

  if (G_UNLIKELY (self->len + size > self->room))
    {
      self->room = MAX (self->room * 2, self->len + size + 1024);
      self->data = g_realloc (self->data, self->room);
    }
  at = self->data + self->len;
  self->len += size;
  return at;
}

static inline gsize
nj_buffer_append (NjBuffer *self, const void *data, gsize size)
{
  gsize at = self->len;

  if (size > 0)
    memcpy (nj_buffer_extend (self, size), data, size);
  return at;
}

static inline void
nj_buffer_append_u32 (NjBuffer *self, guint32 value)
{
  memcpy (nj_buffer_extend (self, sizeof value), &value, sizeof value);
}

static inline void
nj_buffer_clear (NjBuffer *self)
{
  g_free (self->data);
  *self = (NjBuffer){ 0 };
}

G_END_DECLS
