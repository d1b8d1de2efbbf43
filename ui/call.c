/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user asks of the service, one function each. A command answers nothing: its effect comes back as changed
 * properties, its failure as the remote's "call-failed". What is read (counts, the log) is given to a callback, and
 * only when somebody looks. Tray, window and application call it. Main thread.
 */
#include "ui/call.h"

#include "nightjar-dbus.h"

/* TurnOn rewrites the desktop's settings and reads them back; TestExit waits for a far machine. */
#define COMMAND_TIMEOUT_MS 30000
#define READ_TIMEOUT_MS 5000

static gboolean
is_unknown_service (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjRemote) remote = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer != NULL)
    return;

  if (is_unknown_service (error))
    nj_remote_want_start (remote);
  else
    nj_remote_report (remote, error);
}

/* Lists come from far: the service itself gives each server its time. */
static int
timeout_of (const char *method)
{
  return g_str_has_suffix (method, "List") || g_str_has_suffix (method, "Lists") || g_str_equal (method, "SetListEnabled")
             ? G_MAXINT
             : COMMAND_TIMEOUT_MS;
}

static void
command (NjRemote *remote, const char *method, GVariant *arguments)
{
  GDBusProxy *service = nj_remote_service (remote);

  if (service == NULL)
    {
      if (arguments != NULL)
        g_variant_unref (g_variant_ref_sink (arguments));
      return;
    }

  g_dbus_proxy_call (service, method, arguments, G_DBUS_CALL_FLAGS_NONE, timeout_of (method), NULL, on_answered,
                     g_object_ref (remote));
}

/**
 * nj_call_start:
 * @remote: the service
 *
 * Brings the service back by asking it anything: the bus starts it. Main thread.
 */
void
nj_call_start (NjRemote *remote)
{
  command (remote, "org.freedesktop.DBus.Peer.Ping", NULL);
}

/**
 * nj_call_turn:
 * @remote: the service
 * @on: whether protection shall be on
 *
 * Main thread.
 */
void
nj_call_turn (NjRemote *remote, gboolean on)
{
  command (remote, on ? "TurnOn" : "TurnOff", NULL);
}

/**
 * nj_call_pause:
 * @remote: the service
 * @seconds: 1 to 86400, 0 until the service ends
 * @scope: "all", "filter" or "exit"
 *
 * Main thread.
 */
void
nj_call_pause (NjRemote *remote, guint seconds, const char *scope)
{
  command (remote, "Pause", g_variant_new ("(us)", seconds, scope));
}

/**
 * nj_call_extend_pause:
 * @remote: the service
 * @seconds: how much longer
 *
 * Does nothing unless a pause with an end is running. Main thread.
 */
void
nj_call_extend_pause (NjRemote *remote, guint seconds)
{
  const NjStatus *status = nj_remote_status (remote);
  gint64          left = status->paused_until_s - g_get_real_time () / G_USEC_PER_SEC;

  if (status->state == NJ_STATE_PAUSED && status->paused_until_s > 0)
    nj_call_pause (remote, CLAMP (left + seconds, 1, 86400), status->pause_scope);
}

/**
 * nj_call_resume:
 * @remote: the service
 *
 * Main thread.
 */
void
nj_call_resume (NjRemote *remote)
{
  command (remote, "Resume", NULL);
}

/**
 * nj_call_select_country:
 * @remote: the service
 * @code: ISO 3166 alpha-2
 *
 * Main thread.
 */
void
nj_call_select_country (NjRemote *remote, const char *code)
{
  command (remote, "SelectCountry", g_variant_new ("(s)", code));
}

/**
 * nj_call_select_exit:
 * @remote: the service
 * @id: an exit
 *
 * Main thread.
 */
void
nj_call_select_exit (NjRemote *remote, const char *id)
{
  command (remote, "SelectExit", g_variant_new ("(s)", id));
}

/**
 * nj_call_select_group:
 * @remote: the service
 * @name: a list of exits of the user's own
 *
 * Main thread.
 */
void
nj_call_select_group (NjRemote *remote, const char *name)
{
  command (remote, "SelectGroup", g_variant_new ("(s)", name));
}

/**
 * nj_call_set_favourite:
 * @remote: the service
 * @place: a country's code, an exit's id, or "@" and the name of a list
 * @is_favourite: whether it is starred
 *
 * Main thread.
 */
void
nj_call_set_favourite (NjRemote *remote, const char *place, gboolean is_favourite)
{
  command (remote, "SetFavourite", g_variant_new ("(sb)", place, is_favourite));
}

/**
 * nj_call_set_level:
 * @remote: the service
 * @level: how much the choice of an exit weighs: "open", "closed" or "lockdown"
 *
 * Main thread.
 */
void
nj_call_set_level (NjRemote *remote, const char *level)
{
  command (remote, "SetLevel", g_variant_new ("(s)", level));
}

/**
 * nj_call_select_direct:
 * @remote: the service
 *
 * Main thread.
 */
void
nj_call_select_direct (NjRemote *remote)
{
  command (remote, "SelectDirect", NULL);
}

/**
 * nj_call_select_fastest:
 * @remote: the service
 *
 * Main thread.
 */
void
nj_call_select_fastest (NjRemote *remote)
{
  command (remote, "SelectFastest", NULL);
}

/**
 * nj_call_test_exit:
 * @remote: the service
 * @id: an exit
 *
 * The measured latency comes back as the exit's property. Main thread.
 */
void
nj_call_test_exit (NjRemote *remote, const char *id)
{
  command (remote, "TestExit", g_variant_new ("(s)", id));
}

/**
 * nj_call_remove_exit:
 * @remote: the service
 * @id: an exit
 *
 * Main thread.
 */
void
nj_call_remove_exit (NjRemote *remote, const char *id)
{
  command (remote, "RemoveExit", g_variant_new ("(s)", id));
}

/**
 * nj_call_set_list_enabled:
 * @remote: the service
 * @id: a filter list
 * @enabled: whether its rules count
 *
 * Main thread.
 */
void
nj_call_set_list_enabled (NjRemote *remote, const char *id, gboolean enabled)
{
  command (remote, "SetListEnabled", g_variant_new ("(sb)", id, enabled));
}

/**
 * nj_call_set_list_trusted:
 * @remote: the service
 * @id: a filter list
 * @trusted: whether its rules may rewrite what pages get
 *
 * Main thread.
 */
void
nj_call_set_list_trusted (NjRemote *remote, const char *id, gboolean trusted)
{
  command (remote, "SetListTrusted", g_variant_new ("(sb)", id, trusted));
}

/**
 * nj_call_update_lists:
 * @remote: the service
 *
 * Main thread.
 */
void
nj_call_update_lists (NjRemote *remote)
{
  command (remote, "UpdateLists", g_variant_new ("(as)", NULL));
}

/**
 * nj_call_add_list:
 * @remote: the service
 * @location: path of a file
 *
 * Main thread.
 */
void
nj_call_add_list (NjRemote *remote, const char *location)
{
  command (remote, "AddList", g_variant_new ("(s)", location));
}

/**
 * nj_call_remove_list:
 * @remote: the service
 * @id: a filter list
 *
 * Main thread.
 */
void
nj_call_remove_list (NjRemote *remote, const char *id)
{
  command (remote, "RemoveList", g_variant_new ("(s)", id));
}

/**
 * nj_call_quit:
 * @remote: the service
 * @callback: called when the service has put the desktop's proxy back, or could not be asked
 * @user_data: for @callback
 *
 * Main thread.
 */
void
nj_call_quit (NjRemote *remote, GAsyncReadyCallback callback, gpointer user_data)
{
  GDBusProxy *service = nj_remote_service (remote);

  /* A service that is gone already must not be started to be told to go. */
  if (service == NULL || nj_remote_status (remote)->state == NJ_STATE_ABSENT)
    {
      callback (G_OBJECT (remote), NULL, user_data);
      return;
    }

  g_dbus_proxy_call (service, "Quit", NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, READ_TIMEOUT_MS, NULL, callback,
                     user_data);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError           *error = NULL;
  GVariant         *answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, error);
      return;
    }

  g_task_return_pointer (task, answer, (GDestroyNotify) g_variant_unref);
}

static void
read_from (NjRemote *remote, const char *method, GVariant *arguments, GDBusCallFlags flags, GTask *task)
{
  GDBusProxy         *service = nj_remote_service (remote);
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);

  if (service == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "no session bus");
      g_object_unref (task);
      return;
    }

  g_dbus_proxy_call (service, method, owned, flags, READ_TIMEOUT_MS, g_task_get_cancellable (task), on_read, task);
}

/**
 * nj_call_add_exit:
 * @remote: the service
 * @uri: as the user typed it
 * @country: ISO 3166 alpha-2, or ""
 * @name: what to call it, or ""
 * @cancellable: (nullable): ends the waiting, not the service's work
 * @callback: finishes with nj_call_finish(): "(s)", the new exit's id
 * @user_data: for @callback
 *
 * Main thread.
 */
void
nj_call_add_exit (NjRemote *remote, const char *uri, const char *country, const char *name, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_add_exit);
  read_from (remote, "AddExit", g_variant_new ("(sss)", uri, country, name), G_DBUS_CALL_FLAGS_NONE, task);
}

/**
 * nj_call_read_statistics:
 * @remote: the service
 * @cancellable: (nullable): ends the waiting
 * @callback: finishes with nj_call_finish(): "(v)" holding "a{st}"
 * @user_data: for @callback
 *
 * Never starts the service: to look is not to ask for something. Main thread.
 */
void
nj_call_read_statistics (NjRemote *remote, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_read_statistics);
  read_from (remote, "org.freedesktop.DBus.Properties.Get",
             g_variant_new ("(ss)", "org.nightjar.Nightjar1", "Statistics"), G_DBUS_CALL_FLAGS_NO_AUTO_START, task);
}

/**
 * nj_call_read_log:
 * @remote: the service
 * @serial: only entries after this one, 0 for all
 * @max: at most so many
 * @filter: text that an entry must hold, "" for all
 * @cancellable: (nullable): ends the waiting
 * @callback: finishes with nj_call_finish(): "(a(txa{sv}))"
 * @user_data: for @callback
 *
 * Never starts the service. Main thread.
 */
void
nj_call_read_log (NjRemote *remote, guint64 serial, guint max, const char *filter, GCancellable *cancellable,
                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_read_log);
  read_from (remote, "ReadLog", g_variant_new ("(tus)", serial, max, filter), G_DBUS_CALL_FLAGS_NO_AUTO_START, task);
}

/**
 * nj_call_read_changes:
 * @remote: the service
 * @serial: of an entry
 * @cancellable: (nullable): ends the waiting
 * @callback: finishes with nj_call_finish(): "(a(sssss)b)", what was changed, and whether there was more
 * @user_data: for @callback
 *
 * Never starts the service. Main thread.
 */
void
nj_call_read_changes (NjRemote *remote, guint64 serial, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_read_changes);
  read_from (remote, "ReadChanges", g_variant_new ("(t)", serial), G_DBUS_CALL_FLAGS_NO_AUTO_START, task);
}

/**
 * nj_call_read_own_rules:
 * @remote: the service
 * @cancellable: (nullable): ends the waiting
 * @callback: finishes with nj_call_finish(): "(sa(us))", the text and its faulty lines
 * @user_data: for @callback
 *
 * Never starts the service. Main thread.
 */
void
nj_call_read_own_rules (NjRemote *remote, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_read_own_rules);
  read_from (remote, "ReadOwnRules", g_variant_new ("()"), G_DBUS_CALL_FLAGS_NO_AUTO_START, task);
}

/**
 * nj_call_write_own_rules:
 * @remote: the service
 * @text: all of them
 * @callback: finishes with nj_call_finish(): "(a(us))", the faulty lines
 * @user_data: for @callback
 *
 * Main thread.
 */
void
nj_call_write_own_rules (NjRemote *remote, const char *text, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, NULL, callback, user_data);

  g_task_set_source_tag (task, nj_call_write_own_rules);
  read_from (remote, "WriteOwnRules", g_variant_new ("(s)", text), G_DBUS_CALL_FLAGS_NONE, task);
}

/**
 * nj_call_check_rules:
 * @remote: the service
 * @text: rules that are not kept
 * @cancellable: (nullable): ends the waiting
 * @callback: finishes with nj_call_finish(): "(a(us))", the faulty lines
 * @user_data: for @callback
 *
 * Never starts the service. Main thread.
 */
void
nj_call_check_rules (NjRemote *remote, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (remote, cancellable, callback, user_data);

  g_task_set_source_tag (task, nj_call_check_rules);
  read_from (remote, "CheckRules", g_variant_new ("(s)", text), G_DBUS_CALL_FLAGS_NO_AUTO_START, task);
}

/**
 * nj_call_finish:
 * @remote: the service
 * @result: what the callback got
 * @error: in the service's own words
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the answer
 */
GVariant *
nj_call_finish (NjRemote *remote, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
