/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which exits a connection is made to ahead, so that choosing one costs no handshake: the chosen one, the first
 * that may stand in for it, those that are starred and those that were used last. How that is done is
 * exits/warm.c. While nothing goes through exits (off, paused, the chosen one down) none is kept. Main thread.
 */
#include "bus/protection-private.h"

#include "exits/warm.h"

/* Of the places that were used last, the chosen one among them. */
#define RECENTS_MAX 3

static void
add (GPtrArray *exits, NjExit *exit)
{
  if (exit == NULL || exits->len >= NJ_WARM_MAX || nj_exit_state (exit) == NJ_EXIT_STATE_DEAD ||
      g_ptr_array_find (exits, exit, NULL))
    return;

  g_ptr_array_add (exits, nj_exit_ref (exit));
}

/* What is fastest changes all the time; of a country one exit is enough, and one that is warm already is best. */
static NjExit *
instead_of (NjProtection *self, NjExit *exit, NjPlace kind)
{
  for (guint i = 0; kind == NJ_PLACE_COUNTRY && self->warm != NULL && i < self->warm->len; i++)
    {
      NjExit *warm = g_ptr_array_index (self->warm, i);

      if (g_str_equal (nj_exit_country (warm), nj_exit_country (exit)) && nj_exit_state (warm) != NJ_EXIT_STATE_DEAD)
        return warm;
    }
  return exit;
}

static void
add_recents (NjProtection *self, GPtrArray *exits)
{
  NjCatalogue *catalogue = self->parts.catalogue;
  g_auto (GStrv) places = nj_catalogue_recents (catalogue);

  for (guint i = 0; places[i] != NULL && i < RECENTS_MAX; i++)
    {
      g_autoptr (NjExit) exit = nj_catalogue_best (catalogue, places[i], NULL);

      if (exit != NULL)
        add (exits, instead_of (self, exit, nj_catalogue_place_kind (places[i])));
    }
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
  if (self->choice.others != NULL && self->choice.others->len > 0)
    add (exits, g_ptr_array_index (self->choice.others, 0));
  favourites = nj_catalogue_favourite_exits (self->parts.catalogue);
  for (guint i = 0; i < favourites->len; i++)
    add (exits, g_ptr_array_index (favourites, i));
  /* Whoever goes directly has not asked for any of them. */
  if (!self->choice.is_direct)
    add_recents (self, exits);
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
