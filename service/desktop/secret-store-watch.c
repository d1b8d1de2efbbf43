/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hears whoever keeps secrets on the session's bus, so that nobody has to ask a locked keyring every few seconds
 * whether it is unlocked by now. What it says differs from one keyring to the next; that it says anything is enough.
 * Main thread.
 */
#include "desktop/secret-store-watch.h"

#define KEEPER "org.freedesktop.secrets"
/* Unlocking makes a handful of signals; ms. */
#define TOGETHER_MS 200

struct NjSecretStoreWatch
{
  NjSecretStoreWatchHeard heard;
  gpointer         user_data;
  GCancellable    *cancellable; /* owned */
  GDBusConnection *connection;  /* (nullable) counted */
  guint            signal;      /* subscription, 0 none */
  guint            name;        /* watched name, 0 none */
  guint            timer;       /* source, 0 none */
  gboolean         has_begun;   /* the name was looked at once: what comes now is news */
};

static gboolean
on_time (gpointer user_data)
{
  NjSecretStoreWatch *self = user_data;

  self->timer = 0;
  self->heard (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
tell (NjSecretStoreWatch *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (TOGETHER_MS, on_time, self);
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *signal,
           GVariant *parameters, gpointer user_data)
{
  tell (user_data);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  NjSecretStoreWatch *self = user_data;

  if (self->has_begun)
    tell (self);
  self->has_begun = TRUE;
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  NjSecretStoreWatch *self = user_data;

  self->has_begun = TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjSecretStoreWatch *self;
  g_autoptr (GError)  error = NULL;
  GDBusConnection    *connection = g_bus_get_finish (result, &error);

  /* Cancelled: there is nobody any more. */
  if (connection == NULL)
    return;

  self = user_data;
  self->connection = connection;
  self->signal = g_dbus_connection_signal_subscribe (connection, KEEPER, NULL, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                                     self, NULL);
  self->name = g_bus_watch_name_on_connection (connection, KEEPER, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, self, NULL);
}

/**
 * nj_secret_store_watch_new:
 * @heard: called some time after something happened to the keyring
 * @user_data: for @heard
 *
 * Without a session's bus nothing is ever heard.
 *
 * Returns: (transfer full): a watch
 */
NjSecretStoreWatch *
nj_secret_store_watch_new (NjSecretStoreWatchHeard heard, gpointer user_data)
{
  NjSecretStoreWatch *self = g_new0 (NjSecretStoreWatch, 1);

  self->heard = heard;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_connected, self);
  return self;
}

/**
 * nj_secret_store_watch_free:
 * @self: (transfer full) (nullable): a watch
 *
 * @heard is not called any more; may be called from it.
 */
void
nj_secret_store_watch_free (NjSecretStoreWatch *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  if (self->signal != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signal);
  g_clear_handle_id (&self->name, g_bus_unwatch_name);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->connection);
  g_object_unref (self->cancellable);
  g_free (self);
}
