/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/inspect.h"

G_BEGIN_DECLS

/* Moves the key of the authority for HTTPS between the switch and the keyring. Main thread. */
typedef struct NjAuthoritySecrets NjAuthoritySecrets;

/* The key came, or is somewhere else now: a policy is to be published. */
typedef void (*NjAuthoritySecretsChanged) (gpointer user_data);

NjAuthoritySecrets *nj_authority_secrets_new  (NjInspect *inspect, const char *whose, NjAuthoritySecretsChanged changed, gpointer user_data);
void                nj_authority_secrets_free (NjAuthoritySecrets *self);
void                nj_authority_secrets_look (NjAuthoritySecrets *self);

G_END_DECLS
