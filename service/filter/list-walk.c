/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lines of a list and of the lists it includes, in the order they would have if they stood in one file. Where
 * the texts come from is the caller's: a folder (list-folder.c), or what was fetched. Paths are checked here, so
 * that no list reaches out of its folder. Any thread.
 */
#include "filter/list-walk.h"
#include "filter/hash.h"

/**
 * nj_list_walk_init:
 * @self: (out): a walk
 * @text: a whole list; must outlive the walk
 * @include: (nullable): gives the texts of other lists
 * @user_data: for @include
 * @arena: where joined lines go; may be cleared between lines
 *
 * Any thread.
 */
void
nj_list_walk_init (NjListWalk *self, NjBytes text, NjListInclude include, gpointer user_data, NjArena *arena)
{
  self->level = self->line = self->n_parts = self->n_missing = 0;
  self->size = 0;
  self->hash = 0;
  self->folder_len[0] = 0;
  self->include = include;
  self->user_data = user_data;
  nj_list_reader_init (&self->readers[0], text, arena);
  self->readers[0].takes_includes = TRUE;
}

/* A path that can only lead further down: no list may name files of the machine, or another server. */
static gboolean
is_clean (NjBytes path)
{
  gsize start = 0;

  if (path.len == 0)
    return FALSE;
  for (gsize i = 0; i <= path.len; i++)
    {
      if (i < path.len && path.data[i] != '/')
        {
          if ((guchar) path.data[i] < ' ' || path.data[i] == '\\' || path.data[i] == ':' || path.data[i] == '\x7f')
            return FALSE;
          continue;
        }
      /* Empty ones too: "/etc" and "//host" begin with one. */
      if (i == start || nj_bytes_equal (nj_bytes (path.data + start, i - start), NJ_BYTES (".."))
          || nj_bytes_equal (nj_bytes (path.data + start, i - start), NJ_BYTES (".")))
        return FALSE;
      start = i + 1;
    }
  return TRUE;
}

/* Goes down into the list at @name, which is relative to the list that is being read. */
static gboolean
enter (NjListWalk *self, NjBytes name)
{
  guint       next = self->level + 1;
  gsize       before = self->folder_len[self->level];
  NjBytes     text = NJ_BYTES_NONE, path;
  const char *slash;

  if (self->include == NULL || next > NJ_LIST_WALK_DEPTH || self->n_parts == NJ_LIST_WALK_PARTS || !is_clean (name)
      || before + name.len > NJ_LIST_WALK_PATH)
    return FALSE;

  memcpy (self->path[next], self->path[self->level], before);
  memcpy (self->path[next] + before, name.data, name.len);
  path = nj_bytes (self->path[next], before + name.len);
  if (!self->include (path, self->user_data, &text) || text.len > NJ_LIST_WALK_BYTES - self->size)
    return FALSE;

  slash = memrchr (path.data, '/', path.len);
  self->folder_len[next] = slash != NULL ? slash + 1 - path.data : 0;
  self->hash = nj_hash_mix (self->hash ^ nj_hash_block (text.data, text.len) ^ nj_hash_bytes (path.data, path.len));
  self->size += text.len;
  self->n_parts++;
  nj_list_reader_init (&self->readers[next], text, self->readers[0].arena);
  self->readers[next].takes_includes = TRUE;
  self->level = next;
  return TRUE;
}

/**
 * nj_list_walk_next:
 * @self: a walk
 * @ret_line: (out): the next line that may hold a rule, a slice of a text or in the arena
 *
 * What cannot be included is counted and passed over. Any thread. Source: uBlock Origin's pre-parsing directives.
 *
 * Returns: whether there was one
 */
gboolean
nj_list_walk_next (NjListWalk *self, NjBytes *ret_line)
{
  for (;;)
    {
      NjListReader *reader = &self->readers[self->level];

      if (!nj_list_reader_next (reader, ret_line))
        {
          self->line = self->readers[0].line;
          if (self->level == 0)
            return FALSE;
          self->level--;
          continue;
        }
      if (G_LIKELY (reader->include.len == 0))
        {
          self->line = self->readers[0].line;
          return TRUE;
        }
      if (!enter (self, reader->include))
        self->n_missing++;
    }
}

/**
 * nj_list_walk_facts:
 * @self: a walk
 *
 * Any thread.
 *
 * Returns: what the outermost list says of itself in the lines read so far
 */
NjListFacts *
nj_list_walk_facts (NjListWalk *self)
{
  return &self->readers[0].facts;
}

/**
 * nj_list_walk_includes:
 * @text: a whole list
 * @include: (nullable): as of nj_list_walk_init()
 *
 * Any thread.
 *
 * Returns: whether there may be more to it than @text
 */
gboolean
nj_list_walk_includes (NjBytes text, NjListInclude include)
{
  return include != NULL && nj_bytes_find (text, NJ_BYTES ("!#include ")) >= 0;
}

/**
 * nj_list_walk_hash:
 * @text: a whole list
 * @include: as of nj_list_walk_init()
 * @user_data: for @include
 *
 * Any thread.
 *
 * Returns: a number that changes with any byte of what @text includes
 */
guint64
nj_list_walk_hash (NjBytes text, NjListInclude include, gpointer user_data)
{
  g_auto (NjArena) arena;
  NjListWalk       walk;
  NjBytes          line;

  nj_arena_init (&arena, NULL, 0);
  nj_list_walk_init (&walk, text, include, user_data, &arena);
  while (nj_list_walk_next (&walk, &line))
    ;
  return walk.hash + walk.n_missing;
}
