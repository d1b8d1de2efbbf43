/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the switch does when the network is another one, when the machine slept, and when a network wants a sign-in
 * before it lets anybody out: one host that the user names is then reached directly, for five minutes. Main thread.
 */
#include "bus/protection-private.h"

#include "base/host.h"
#include "exits/site-routes.h"

/* How long a portal's host stays open; seconds. */
#define PORTAL_OPEN_S (5 * 60)

/**
 * nj_protection_network_changed:
 * @is_up: whether there is a network
 * @wants_sign_in: whether it is behind a captive portal
 * @user_data: the switch
 *
 * Names are asked anew, kept connections are dropped and the chosen exit is dialled at once.
 */
void
nj_protection_network_changed (gboolean is_up, gboolean wants_sign_in, gpointer user_data)
{
  NjProtection *self = user_data;

  self->is_behind_portal = wants_sign_in;
  nj_plane_leave_network (self->parts.plane);
  /* Without a network a failure would say nothing about the exit. */
  if (is_up)
    nj_protection_test_chosen (self);
  nj_protection_refresh (self);
}

/**
 * nj_protection_add_portal:
 * @self: the switch
 *
 * Puts the portal's host, if one is open, into the choice that was resolved and that nobody else has seen yet.
 */
void
nj_protection_add_portal (NjProtection *self)
{
  const NjExitChoice direct = { .is_direct = TRUE };

  if (self->portal_host == NULL)
    return;
  if (self->choice.sites == NULL)
    self->choice.sites = nj_site_routes_new ();
  nj_site_routes_add (self->choice.sites, nj_bytes_from_string (self->portal_host), &direct);
}

static gboolean
on_portal_over (gpointer user_data)
{
  NjProtection *self = user_data;

  self->portal_timer = 0;
  nj_protection_close_portal (self);
  return G_SOURCE_REMOVE;
}

/**
 * nj_protection_open_portal:
 * @self: the switch
 * @host: the host of a captive portal
 *
 * Lets connections to @host and what is below it go directly for five minutes, whatever else is chosen.
 *
 * Returns: whether @host is one; @error is %NJ_PROTECTION_ERROR_BAD_VALUE
 */
gboolean
nj_protection_open_portal (NjProtection *self, const char *host, GError **error)
{
  char normal[NJ_HOST_MAX + 1];

  if (nj_host_normalize (nj_bytes_from_string (host), normal) == 0)
    {
      g_set_error (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_BAD_VALUE, "“%s” is not a host", host);
      return FALSE;
    }

  if (nj_protection_is_locked (self))
    {
      g_set_error_literal (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_BAD_VALUE,
                           "lockdown is on: nothing leaves but through an exit, also not to a sign-in page");
      return FALSE;
    }

  nj_protection_close_portal (self);
  self->portal_host = g_strdup (normal);
  self->portal_timer = g_timeout_add_seconds (PORTAL_OPEN_S, on_portal_over, self);
  nj_protection_refresh (self);
  return TRUE;
}

/**
 * nj_protection_close_portal:
 * @self: the switch
 *
 * Ends what nj_protection_open_portal() began.
 */
void
nj_protection_close_portal (NjProtection *self)
{
  g_clear_handle_id (&self->portal_timer, g_source_remove);
  if (self->portal_host == NULL)
    return;

  g_clear_pointer (&self->portal_host, g_free);
  nj_protection_refresh (self);
}

/**
 * nj_protection_portal_host:
 * @self: the switch
 *
 * Returns: (transfer none): the host that is open, "" for none
 */
const char *
nj_protection_portal_host (NjProtection *self)
{
  return self->portal_host != NULL ? self->portal_host : "";
}

/**
 * nj_protection_is_behind_portal:
 * @self: the switch
 *
 * Returns: whether the network is known to want a sign-in first
 */
gboolean
nj_protection_is_behind_portal (NjProtection *self)
{
  return self->is_behind_portal;
}
