/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue of exits as the switch keeps it: written at once when the user changed it, and a little later when only
 * what was used last is new, because nobody who switches shall wait for a disk. Main thread.
 */
#include "bus/protection-private.h"

/* How long what was used last waits for more of it; seconds. */
#define KEEP_LATER_S 2

/**
 * nj_protection_keep_exits:
 * @self: the switch
 *
 * Returns: whether the catalogue is on the disk; @error as nj_catalogue_save() sets it
 */
gboolean
nj_protection_keep_exits (NjProtection *self, GError **error)
{
  g_clear_handle_id (&self->keep_timer, g_source_remove);
  return nj_catalogue_save (self->parts.catalogue, self->parts.exits_path, error);
}

static gboolean
on_keep (gpointer user_data)
{
  NjProtection *self = user_data;
  g_autoptr (GError) error = NULL;

  self->keep_timer = 0;
  if (!nj_protection_keep_exits (self, &error))
    g_warning ("what was used last is not kept: %s", error->message);
  return G_SOURCE_REMOVE;
}

/**
 * nj_protection_keep_exits_later:
 * @self: the switch
 *
 * Has the catalogue written in a while, at the latest when the service ends.
 */
void
nj_protection_keep_exits_later (NjProtection *self)
{
  if (self->keep_timer == 0)
    self->keep_timer = g_timeout_add_seconds (KEEP_LATER_S, on_keep, self);
}
