/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The authority for HTTPS as the switch looks after it: where its key is kept, that a policy follows when it came or
 * another one took its place, and that browsers are told. Main thread.
 */
#include "bus/protection-private.h"

#include "settings/inspect-keys.h"

static void
on_renewed (const char *pem_before, gpointer user_data)
{
  NjProtection *self = user_data;

  nj_protection_keep_authority (self);
  nj_protection_refresh (self);
  g_signal_emit_by_name (self, "authority-renewed", pem_before);
}

/**
 * nj_protection_authority_start:
 * @self: the switch
 *
 * Begins to look after the authority; where a keyring may be asked, its key goes there.
 */
void
nj_protection_authority_start (NjProtection *self)
{
  nj_inspect_watch (self->parts.inspect, on_renewed, self);
  if (self->parts.secrets_of != NULL)
    self->authority = nj_authority_secrets_new (self->parts.inspect, self->parts.secrets_of,
                                                (NjAuthoritySecretsChanged) nj_protection_refresh, self);
}

/**
 * nj_protection_authority_end:
 * @self: the switch
 */
void
nj_protection_authority_end (NjProtection *self)
{
  nj_inspect_watch (self->parts.inspect, NULL, NULL);
  g_clear_pointer (&self->authority, nj_authority_secrets_free);
}

/**
 * nj_protection_keep_authority:
 * @self: the switch
 *
 * To be called when there may be an authority that was not there before: its key is taken to where it is kept.
 */
void
nj_protection_keep_authority (NjProtection *self)
{
  if (self->authority != NULL)
    nj_authority_secrets_look (self->authority);
}

/**
 * nj_protection_replace_authority:
 * @self: the switch
 * @ret_before: (out) (transfer full): the certificate that was there before, "" for none
 * @error: why there is no other one
 *
 * Returns: whether another authority is in its place; browsers are not told yet
 */
gboolean
nj_protection_replace_authority (NjProtection *self, char **ret_before, GError **error)
{
  if (!nj_inspect_keys_replace (self->parts.inspect, ret_before, error))
    return FALSE;

  nj_protection_keep_authority (self);
  nj_protection_refresh (self);
  return TRUE;
}
