/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts the rooms together, in the order in which they need each other, runs the main loop until somebody says
 * enough, and takes them apart again. The only file that knows all rooms. Called by main.c. Main thread.
 */
#include "service.h"

#include "bus/bus.h"
#include "bus/protection.h"
#include "settings/folders.h"
#include "settings/filter-lists.h"
#include "settings/list-updates.h"
#include "settings/inspect.h"
#include "settings/settings.h"
#include "settings/settings-dns.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#define STANDARD_LISTEN "127.0.0.1:8642"
/* What connections in flight get when the service ends; with all else it must be gone within 5 s. */
#define GRACE (3 * G_USEC_PER_SEC)

/* All that lives as long as the service; owned. */
typedef struct
{
  GMainLoop     *loop;
  NjFolders     *folders;
  NjSettings    *settings;
  char          *host;
  char          *exits_path;
  char          *counts_path;
  char          *secrets_of;   /* (nullable) */
  NjPlane       *plane;
  NjCatalogue   *catalogue;
  NjFilterLists *lists;
  NjListUpdates *updates;
  NjExitSubscriptions *subscriptions;
  NjInspect     *inspect;
  NjSystemProxy *system_proxy; /* (nullable) */
  NjProtection  *protection;
  NjBus         *bus;          /* (nullable) */
  gboolean       was_blocked;  /* nothing could leave when we last looked */
  int            status;
} Service;

static gboolean
on_signal (gpointer user_data)
{
  Service *service = user_data;

  g_main_loop_quit (service->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_ended (gboolean is_lost, gpointer user_data)
{
  Service *service = user_data;

  if (is_lost)
    {
      g_printerr ("nightjard: the bus is lost\n");
      service->status = NJ_SERVICE_UNAVAILABLE;
    }
  g_main_loop_quit (service->loop);
}

/* One line, and the status that goes with it. */
static int
fail (int status, const GError *error)
{
  g_printerr ("nightjard: %s\n", error->message);
  return status;
}

static int
read_settings (Service *service)
{
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = nj_folders_settings (service->folders);

  if (!nj_folders_make (service->folders, &error))
    return fail (NJ_SERVICE_CONFIG, error);

  service->settings = nj_settings_load (path, complaints, &error);
  if (service->settings == NULL)
    return fail (NJ_SERVICE_CONFIG, error);

  for (guint i = 0; i < complaints->len; i++)
    g_warning ("%s", (const char *) g_ptr_array_index (complaints, i));
  if (!nj_settings_dns_apply (service->settings, &error))
    return fail (NJ_SERVICE_CONFIG, error);
  return NJ_SERVICE_OK;
}

static int
open_port (Service *service, const NjServiceOptions *options)
{
  g_autoptr (GError) error = NULL;
  const char *listen = options->listen != NULL ? options->listen : service->settings->listen;
  guint       n_workers = options->workers > 0 ? (guint) options->workers : (guint) service->settings->workers;
  guint16     port;

  if (!nj_settings_parse_listen (listen[0] != '\0' ? listen : STANDARD_LISTEN, &service->host, &port, &error))
    return fail (NJ_SERVICE_USAGE, error);

  /* Everywhere else IPv6 addresses go without brackets. */
  if (service->host[0] == '[')
    {
      service->host[strlen (service->host) - 1] = '\0';
      memmove (service->host, service->host + 1, strlen (service->host));
    }

  service->plane = nj_plane_new (nj_bytes_from_string (service->host), port, n_workers, &error);
  if (service->plane != NULL)
    return NJ_SERVICE_OK;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_printerr ("nightjard: port %u on %s is taken by another program\n", port, service->host);
  else
    g_printerr ("nightjard: port %u on %s cannot be opened: %s\n", port, service->host, error->message);
  return NJ_SERVICE_UNAVAILABLE;
}

static void
on_first_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_done = user_data;
  g_autoptr (GError) error = NULL;

  if (!nj_filter_lists_compile_finish (NULL, result, &error))
    g_warning ("the filter lists did not compile, nothing is filtered: %s", error->message);
  *is_done = TRUE;
}

/* Without a kept engine, that is at the very first start or after a list changed, the port waits for it, and
 * for the rules about pages: 150 ms for all of uBlock Origin's lists, in which nobody gets an unfiltered answer. */
static void
open_lists (Service *service)
{
  gboolean is_done = FALSE;

  service->lists = nj_filter_lists_new (service->settings, service->folders);
  if (nj_filter_lists_start (service->lists))
    return;

  nj_filter_lists_compile_async (service->lists, on_first_compiled, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
}

static char *
why_barred (gpointer user_data)
{
  NjProtection *protection = user_data;

  return nj_protection_state (protection) == NJ_PROTECTION_BLOCKED ? g_strdup (nj_protection_problem (protection)) : NULL;
}

static void
on_protection_changed (NjProtection *protection, gpointer user_data)
{
  Service *service = user_data;
  gboolean is_blocked = nj_protection_state (protection) == NJ_PROTECTION_BLOCKED;

  if (service->was_blocked && !is_blocked)
    {
      nj_list_updates_retry (service->updates);
      nj_exit_subscriptions_retry (service->subscriptions);
    }
  service->was_blocked = is_blocked;
}

/* Lists, of rules and of exits, are fetched as everybody else's requests go: through the port, by the exit or not at all. */
static void
open_updates (Service *service)
{
  g_autofree char *proxy = g_strdup_printf (strchr (service->host, ':') != NULL ? "http://[%s]:%u" : "http://%s:%u", service->host,
                                            nj_plane_port (service->plane));

  service->updates = nj_list_updates_new (service->lists, proxy);
  service->subscriptions = nj_exit_subscriptions_new (service->settings, service->catalogue, service->folders->data, proxy);
}

static void
open_rooms (Service *service, gboolean with_desktop)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *journal = nj_folders_journal (service->folders);

  service->exits_path = nj_folders_exits (service->folders);
  service->counts_path = g_build_filename (service->folders->state, "today.ini", NULL);
  service->catalogue = nj_catalogue_new ();
  if (!nj_catalogue_load (service->catalogue, service->exits_path, &error))
    g_warning ("%s; while an exit is chosen nothing leaves", error->message);

  service->inspect = nj_inspect_new (service->settings, service->folders, service->plane);
  open_lists (service);
  open_updates (service);
  if (with_desktop)
    service->system_proxy = nj_system_proxy_new (journal);

  service->protection = nj_protection_new (&(NjProtectionParts){
      .settings = service->settings,
      .catalogue = service->catalogue,
      .exits_path = service->exits_path,
      .counts_path = service->counts_path,
      .secrets_of = service->secrets_of,
      .subscriptions = service->subscriptions,
      .lists = service->lists,
      .updates = service->updates,
      .plane = service->plane,
      .inspect = service->inspect,
      .system_proxy = service->system_proxy,
      .host = service->host,
  });
  nj_protection_start (service->protection);
  nj_list_updates_set_barred (service->updates, why_barred, service->protection);
  nj_list_updates_start (service->updates);
  nj_exit_subscriptions_start (service->subscriptions);
  g_signal_connect (service->protection, "changed", G_CALLBACK (on_protection_changed), service);
}

static int
open_bus (Service *service, const char *address)
{
  g_autofree char *name = nj_folders_bus_name (service->folders);
  g_autoptr (GError) error = NULL;

  if (g_str_equal (address, "none"))
    return NJ_SERVICE_OK;

  service->bus = nj_bus_new (service->protection, address, name, on_ended, service, &error);
  if (service->bus != NULL)
    return NJ_SERVICE_OK;

  g_printerr ("nightjard: no place on the message bus: %s (--bus none runs without)\n", error->message);
  return NJ_SERVICE_UNAVAILABLE;
}

static void
say_ready (Service *service)
{
  guint16          port = nj_plane_port (service->plane);
  g_autofree char *address = g_strdup_printf (strchr (service->host, ':') != NULL ? "[%s]:%u" : "%s:%u", service->host, port);

  printf ("ready http://%s pac http://%s%s\n", address, address, nj_plane_pac_path (service->plane));
  fflush (stdout);
}

static void
run_loop (Service *service)
{
  guint sources[] = { g_unix_signal_add (SIGTERM, on_signal, service), g_unix_signal_add (SIGINT, on_signal, service),
                      g_unix_signal_add (SIGHUP, on_signal, service) };

  say_ready (service);
  g_main_loop_run (service->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

/* The desktop first, so that programs stop coming; the bus last, so that nobody starts another service while
 * the port is still held. */
static void
close_all (Service *service)
{
  if (service->protection != NULL)
    g_signal_handlers_disconnect_by_data (service->protection, service);
  g_clear_pointer (&service->updates, nj_list_updates_free);
  if (service->protection != NULL)
    nj_protection_end (service->protection);
  /* It was told of these until now. */
  g_clear_pointer (&service->subscriptions, nj_exit_subscriptions_free);
  if (service->plane != NULL)
    nj_plane_stop (service->plane, GRACE);

  g_clear_pointer (&service->bus, nj_bus_free);
  g_clear_object (&service->protection);
  g_clear_pointer (&service->system_proxy, nj_system_proxy_free);
  g_clear_pointer (&service->inspect, nj_inspect_free);
  g_clear_pointer (&service->plane, nj_plane_free);
  g_clear_pointer (&service->lists, nj_filter_lists_free);
  g_clear_pointer (&service->catalogue, nj_catalogue_free);
  g_clear_pointer (&service->settings, nj_settings_free);
  g_clear_pointer (&service->folders, nj_folders_free);
  g_clear_pointer (&service->loop, g_main_loop_unref);
  g_free (service->exits_path);
  g_free (service->counts_path);
  g_free (service->secrets_of);
  g_free (service->host);
}

/**
 * nj_service_run:
 * @options: what the command line said
 *
 * Runs the service until it is told to end.
 *
 * Returns: the exit status
 */
int
nj_service_run (const NjServiceOptions *options)
{
  Service     service = { .loop = g_main_loop_new (NULL, FALSE), .folders = nj_folders_new (options->profile) };
  const char *bus = options->bus != NULL ? options->bus : "session";
  /* What is written to dconf goes over the session bus. */
  gboolean    with_desktop = !options->no_desktop && !g_str_equal (bus, "none");

  service.status = read_settings (&service);
  if (service.status == NJ_SERVICE_OK)
    service.status = open_port (&service, options);
  if (service.status == NJ_SERVICE_OK)
    {
      /* A keyring is asked over the session bus. */
      service.secrets_of = g_str_equal (bus, "session") ? nj_folders_bus_name (service.folders) : NULL;
      open_rooms (&service, with_desktop);
      service.status = open_bus (&service, bus);
    }
  if (service.status == NJ_SERVICE_OK)
    run_loop (&service);

  close_all (&service);
  return service.status;
}
