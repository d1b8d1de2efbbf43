/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/catalogue.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Where passwords of exits are. */
typedef enum
{
  NJ_EXIT_SECRETS_FILE,    /* in the catalogue's file: there is no keyring, or it was not asked yet */
  NJ_EXIT_SECRETS_KEYRING,
  NJ_EXIT_SECRETS_LOCKED,  /* in a keyring that is locked: exits are without theirs */
  NJ_EXIT_SECRETS_MISSING  /* in a keyring that does not answer */
} NjExitSecretsState;

/* Moves passwords between catalogue and keyring. Main thread. */
typedef struct NjExitSecrets NjExitSecrets;

/* Passwords came, or left for the keyring: the catalogue is to be kept, exits looked at anew. */
typedef void (*NjExitSecretsChanged) (gpointer user_data);

NjExitSecrets     *nj_exit_secrets_new   (NjCatalogue *catalogue, const char *whose, NjExitSecretsChanged changed, gpointer user_data);
void               nj_exit_secrets_free  (NjExitSecrets *self);
void               nj_exit_secrets_look  (NjExitSecrets *self);
NjExitSecretsState nj_exit_secrets_state (const NjExitSecrets *self);
const char        *nj_exit_secrets_state_name (const NjExitSecrets *self); /* (nullable) self */

G_END_DECLS
