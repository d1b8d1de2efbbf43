/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service as this side of the bus sees it: generated proxies in, one plain #NjStatus out. It lives through the
 * service's death and return; nobody above it holds a proxy. It draws nothing and knows no widget. Tray, window and
 * application call it. Main thread.
 *
 * Signals: "changed" (coalesced, the status is a new value), "request-blocked" (host, client), "call-failed"
 * (what the service answered, for the user), "start-wanted" (the bus does not know how to start the service).
 */
#include "ui/remote.h"

#include "ui/places.h"
#include "ui/remote-read.h"
#include "ui/service-words.h"

#include "nightjar-dbus.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#define BUS_NAME "org.nightjar.Nightjar1"
#define ROOT_PATH "/org/nightjar/Nightjar1"

/* One exit probe after another may come in; one redraw for all of them is enough. */
#define COALESCE_MS 30

struct _NjRemote
{
  GObject parent_instance;

  char                *profile;  /* (nullable) */
  char                *bus_name;
  GCancellable        *cancellable;
  NjDBusNightjar1     *service;  /* (nullable) until the bus answered */
  GDBusObjectManager  *objects;  /* (nullable) likewise */
  NjStatus            *status;
  guint                coalesce; /* timeout, 0 none */
  gboolean             is_loading;
};

G_DEFINE_FINAL_TYPE (NjRemote, nj_remote, G_TYPE_OBJECT)

enum
{
  CHANGED,
  REQUEST_BLOCKED,
  CALL_FAILED,
  START_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_present (NjRemote *self)
{
  g_autofree char *owner = NULL;

  if (self->service == NULL)
    return FALSE;

  owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->service));
  return owner != NULL;
}

static gboolean
on_coalesced (gpointer user_data)
{
  NjRemote *self = user_data;
  NjStatus *status = nj_status_new ();

  self->coalesce = 0;
  if (is_present (self))
    {
      nj_remote_read_service (status, self->service);
      if (self->objects != NULL)
        nj_remote_read_objects (status, self->objects);
      nj_status_sort (status);
      for (guint i = 0; i < status->exits->len; i++)
        {
          NjStatusExit *exit = g_ptr_array_index (status->exits, i);

          exit->is_favourite = nj_places_is_favourite (status, exit->id);
        }
    }

  nj_status_free (self->status);
  self->status = status;
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
change_later (NjRemote *self)
{
  if (self->coalesce == 0)
    self->coalesce = g_timeout_add (COALESCE_MS, on_coalesced, self);
}

static void
on_request_blocked (NjDBusNightjar1 *service, const char *host, const char *client, gpointer user_data)
{
  g_signal_emit (user_data, signals[REQUEST_BLOCKED], 0, host, client);
}

static void
on_objects_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusObjectManager *objects = nj_dbus_object_manager_client_new_finish (result, &error);
  NjRemote           *self = user_data;

  if (objects == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("the service’s objects cannot be read: %s", error->message);
      return;
    }

  self->objects = objects;
  g_signal_connect_swapped (objects, "object-added", G_CALLBACK (change_later), self);
  g_signal_connect_swapped (objects, "object-removed", G_CALLBACK (change_later), self);
  g_signal_connect_swapped (objects, "interface-proxy-properties-changed", G_CALLBACK (change_later), self);
  g_signal_connect_swapped (objects, "notify::name-owner", G_CALLBACK (change_later), self);
  change_later (self);
}

static void
on_service_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  NjDBusNightjar1 *service = nj_dbus_nightjar1_proxy_new_for_bus_finish (result, &error);
  NjRemote        *self = user_data;

  if (service == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;

      g_warning ("no session bus: %s", error->message);
      self->is_loading = FALSE;
      change_later (self);
      return;
    }

  self->service = service;
  self->is_loading = FALSE;
  g_signal_connect_swapped (service, "g-properties-changed", G_CALLBACK (change_later), self);
  g_signal_connect_swapped (service, "notify::g-name-owner", G_CALLBACK (change_later), self);
  g_signal_connect_object (service, "request-blocked", G_CALLBACK (on_request_blocked), self, 0);
  nj_dbus_object_manager_client_new (g_dbus_proxy_get_connection (G_DBUS_PROXY (service)),
                                     G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, self->bus_name, ROOT_PATH,
                                     self->cancellable, on_objects_ready, self);
  if (!is_present (self))
    g_signal_emit (self, signals[START_WANTED], 0);
  change_later (self);
}

/**
 * nj_remote_bus_name:
 * @profile: (nullable): a profile folder, %NULL for the user's own
 *
 * Main thread. Source: resources/dbus/org.nightjar.Nightjar1.xml.
 *
 * Returns: (transfer full): the bus name of the service of that profile
 */
char *
nj_remote_bus_name (const char *profile)
{
  g_autofree char *absolute = NULL;
  g_autofree char *digest = NULL;

  if (profile == NULL)
    return g_strdup (BUS_NAME);

  absolute = g_canonicalize_filename (profile, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, absolute, -1);
  return g_strdup_printf (BUS_NAME ".Profile_%.8s", digest);
}

/**
 * nj_remote_new:
 * @profile: (nullable): a profile folder, %NULL for the user's own
 *
 * Begins to look for the service, starting it where the bus knows how. Main thread.
 *
 * Returns: (transfer full): the remote
 */
NjRemote *
nj_remote_new (const char *profile)
{
  NjRemote *self = g_object_new (NJ_TYPE_REMOTE, NULL);

  self->profile = g_strdup (profile);
  self->bus_name = nj_remote_bus_name (profile);
  nj_dbus_nightjar1_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, self->bus_name, ROOT_PATH,
                                       self->cancellable, on_service_ready, self);
  return self;
}

/**
 * nj_remote_profile:
 * @self: the remote
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the profile folder, %NULL for the user's own
 */
const char *
nj_remote_profile (NjRemote *self)
{
  return self->profile;
}

/**
 * nj_remote_status:
 * @self: the remote
 *
 * Main thread.
 *
 * Returns: (transfer none): what the service said last; valid until the next "changed"
 */
const NjStatus *
nj_remote_status (NjRemote *self)
{
  return self->status;
}

/**
 * nj_remote_is_loading:
 * @self: the remote
 *
 * Main thread.
 *
 * Returns: whether the bus has not answered yet, so that "not running" would be said too early
 */
gboolean
nj_remote_is_loading (NjRemote *self)
{
  return self->is_loading;
}

/**
 * nj_remote_service:
 * @self: the remote
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable) (type NjDBusNightjar1): the proxy, %NULL until the bus answered
 */
gpointer
nj_remote_service (NjRemote *self)
{
  return self->service;
}

/**
 * nj_remote_want_start:
 * @self: the remote
 *
 * Says "start-wanted": the bus does not know how to start the service, perhaps the application does. Main thread.
 */
void
nj_remote_want_start (NjRemote *self)
{
  g_signal_emit (self, signals[START_WANTED], 0);
}

/**
 * nj_remote_report:
 * @self: the remote
 * @error: why a call failed
 *
 * Says "call-failed" with the words that the service meant for the user. Main thread.
 */
void
nj_remote_report (NjRemote *self, const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);
  g_autofree char   *words = NULL;

  g_dbus_error_strip_remote_error (copy);
  words = nj_service_words (copy->message);
  g_signal_emit (self, signals[CALL_FAILED], 0, words);
}

static void
nj_remote_finalize (GObject *object)
{
  NjRemote *self = NJ_REMOTE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->coalesce, g_source_remove);
  if (self->objects != NULL)
    g_signal_handlers_disconnect_by_data (self->objects, self);
  if (self->service != NULL)
    g_signal_handlers_disconnect_by_data (self->service, self);
  g_clear_object (&self->objects);
  g_clear_object (&self->service);
  g_clear_object (&self->cancellable);
  nj_status_free (self->status);
  g_free (self->profile);
  g_free (self->bus_name);

  G_OBJECT_CLASS (nj_remote_parent_class)->finalize (object);
}

static void
nj_remote_class_init (NjRemoteClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_remote_finalize;

  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REQUEST_BLOCKED] = g_signal_new ("request-blocked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[CALL_FAILED] = g_signal_new ("call-failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_STRING);
  signals[START_WANTED] = g_signal_new ("start-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
nj_remote_init (NjRemote *self)
{
  self->cancellable = g_cancellable_new ();
  self->status = nj_status_new ();
  self->is_loading = TRUE;
}
