/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_SECRET_STORE_ERROR (nj_secret_store_error_quark ())

typedef enum
{
  NJ_SECRET_STORE_ERROR_NONE_HERE, /* nobody keeps secrets on this session's bus */
  NJ_SECRET_STORE_ERROR_LOCKED,    /* somebody does, and wants to be unlocked first */
  NJ_SECRET_STORE_ERROR_FAILED     /* it did not answer in time, or said no */
} NjSecretStoreError;

GQuark nj_secret_store_error_quark (void);

/* One text of ours in the user's keyring, by what it is and whose. All without a prompt, and each with an end. Main thread. */
void     nj_secret_store_load_async  (const char *what, const char *whose, GAsyncReadyCallback done, gpointer user_data);
char    *nj_secret_store_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* "" when there is none yet */
void     nj_secret_store_save_async  (const char *what, const char *whose, const char *label, const char *text, GAsyncReadyCallback done, gpointer user_data);
gboolean nj_secret_store_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
