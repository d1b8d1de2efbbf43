/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which exits a connection is made to ahead, so that choosing one costs no handshake: the chosen one and those
 * that are starred, and no other, for a connection tells an exit's keeper that somebody is there. How that is done
 * is exits/warm.c. While nothing goes through exits (off, paused, the chosen one down) none is kept. Main thread.
 */
#include "bus/protection-private.h"

#include "exits/warm.h"

static void
add (GPtrArray *exits, NjExit *exit)
{
  if (exit == NULL || exits->len >= NJ_WARM_MAX || nj_exit_state (exit) == NJ_EXIT_STATE_DEAD ||
      g_ptr_array_find (exits, exit, NULL))
    return;

  g_ptr_array_add (exits, nj_exit_ref (exit));
}

/* (transfer full) (element-type NjExit) */
static GPtrArray *
likely (NjProtection *self)
{
  GPtrArray *exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  g_autoptr (GPtrArray) favourites = NULL;

  if (self->parts.settings->protection == NJ_SWITCH_OFF || self->pause == NJ_PAUSE_ALL || self->pause == NJ_PAUSE_EXIT)
    return exits;

  /* What is chosen is not to be had: nothing leaves, not even this. */
  if (!self->choice.is_direct && (self->choice.exit == NULL || nj_exit_state (self->choice.exit) == NJ_EXIT_STATE_DEAD))
    return exits;

  add (exits, self->choice.exit);
  favourites = nj_catalogue_favourite_exits (self->parts.catalogue);
  for (guint i = 0; i < favourites->len; i++)
    add (exits, g_ptr_array_index (favourites, i));
  return exits;
}

static gboolean
is_same (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_ptr_array_find ((GPtrArray *) b, g_ptr_array_index ((GPtrArray *) a, i), NULL))
      return FALSE;
  return TRUE;
}

/**
 * nj_protection_keep_warm:
 * @self: the switch
 *
 * Looks anew at which exits are likely to be wanted; only a change is told to the plane.
 */
void
nj_protection_keep_warm (NjProtection *self)
{
  GPtrArray *exits = likely (self);

  if (self->warm != NULL ? !is_same (self->warm, exits) : exits->len > 0)
    nj_plane_keep_warm (self->parts.plane, exits);
  g_clear_pointer (&self->warm, g_ptr_array_unref);
  self->warm = exits;
}
