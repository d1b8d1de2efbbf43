/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tells when something happens to the user's keyring: it was unlocked, it came, something is new in it. Main thread. */
typedef struct NjSecretStoreWatch NjSecretStoreWatch;

typedef void (*NjSecretStoreWatchHeard) (gpointer user_data);

NjSecretStoreWatch *nj_secret_store_watch_new  (NjSecretStoreWatchHeard heard, gpointer user_data);
void                nj_secret_store_watch_free (NjSecretStoreWatch *self);

G_END_DECLS
