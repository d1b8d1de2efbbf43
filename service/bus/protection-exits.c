/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue of exits as the switch keeps it: written at once when the user changed it, and a little later when only
 * what was used last is new, because nobody who switches shall wait for a disk. And how much the choice weighs. Main thread.
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
  if (!nj_catalogue_save (self->parts.catalogue, self->parts.exits_path, error))
    return FALSE;

  if (self->secrets != NULL)
    nj_exit_secrets_look (self->secrets);
  return TRUE;
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

/**
 * nj_protection_secrets_moved:
 * @user_data: the switch
 *
 * Passwords came from the keyring or are safe there: they need not stand in the file any more.
 */
void
nj_protection_secrets_moved (gpointer user_data)
{
  NjProtection *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!nj_catalogue_save (self->parts.catalogue, self->parts.exits_path, &error))
    g_warning ("exits are not kept: %s", error->message);
  nj_protection_refresh (self);
}

/**
 * nj_protection_secrets_name:
 * @self: the switch
 *
 * Returns: (transfer none): where passwords of exits are, as the bus has it
 */
const char *
nj_protection_secrets_name (NjProtection *self)
{
  return nj_exit_secrets_state_name (self->secrets);
}

/**
 * nj_protection_exits_fetched:
 * @user_data: the switch
 *
 * A list of exits by address came, or did not.
 */
void
nj_protection_exits_fetched (gpointer user_data)
{
  NjProtection *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!nj_protection_keep_exits (self, &error))
    g_warning ("exits that were fetched are not kept: %s", error->message);
  nj_protection_refresh (self);
}

/**
 * nj_protection_set_level:
 * @self: the switch
 * @level: how much the choice of an exit weighs
 *
 * Lockdown also sets the desktop's proxy, and leaves it set whatever is switched off.
 *
 * Returns: whether it holds and is kept; @error is %NJ_PROTECTION_ERROR_NOT_APPLIED or %NJ_PROTECTION_ERROR_NOT_KEPT, it holds in
 *   any case
 */
gboolean
nj_protection_set_level (NjProtection *self, NjExitLevel level, GError **error)
{
  NjSystemProxy *desktop = self->parts.system_proxy;
  g_autoptr (GError) local = NULL;
  gboolean was_locked = nj_protection_is_locked (self);
  gboolean is_done = TRUE;

  self->parts.settings->exit_level = level;
  if (desktop != NULL && level == NJ_EXIT_LEVEL_LOCKDOWN)
    is_done = nj_system_proxy_apply (desktop, self->parts.host, nj_plane_port (self->parts.plane), &local);
  else if (desktop != NULL && was_locked && !nj_protection_is_on (self))
    is_done = nj_system_proxy_restore (desktop, &local);
  if (!is_done)
    g_set_error_literal (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_NOT_APPLIED, local->message);

  is_done = nj_protection_keep (self, is_done ? error : NULL) && is_done;
  nj_protection_refresh (self);
  return is_done;
}
