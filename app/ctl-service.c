/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How nightjarctl reaches the service on the session bus, and what it says when it cannot.
 */
#include "ctl.h"

#include <glib/gi18n.h>

#define ROOT "/org/nightjar/Nightjar1"
/* A test of an exit may take as long as its connect; ms. */
#define CALL_TIMEOUT 60000

static int
say_not_running (NjCtl *ctl)
{
  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'state': 'not-running'}"));
  else
    g_printerr (_("nightjarctl: the service is not running\n"));
  return NJ_CTL_NOT_RUNNING;
}

/**
 * nj_ctl_is_running:
 * @ctl: the command line
 *
 * Says nothing.
 *
 * Returns: whether the service of the profile is on the bus
 */
gboolean
nj_ctl_is_running (NjCtl *ctl)
{
  g_autofree char *name = nj_folders_bus_name (ctl->folders);
  g_autoptr (GVariant) answer = NULL;
  gboolean is_owned = FALSE;

  if (ctl->connection == NULL)
    ctl->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (ctl->connection == NULL)
    return FALSE;

  g_dbus_connection_set_exit_on_close (ctl->connection, FALSE);
  answer = g_dbus_connection_call_sync (ctl->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "NameHasOwner", g_variant_new ("(s)", name), G_VARIANT_TYPE ("(b)"), G_DBUS_CALL_FLAGS_NONE, -1,
                                        NULL, NULL);
  if (answer != NULL)
    g_variant_get (answer, "(b)", &is_owned);
  return is_owned;
}

static gboolean
start (GDBusConnection *connection, const char *name)
{
  g_autoptr (GVariant) answer = NULL;

  answer = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "StartServiceByName", g_variant_new ("(su)", name, 0u), G_VARIANT_TYPE ("(u)"),
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  return answer != NULL;
}

/**
 * nj_ctl_open:
 * @ctl: the command line
 * @may_start: whether a service that does not run may be started
 *
 * Connects to the service of the profile.
 *
 * Returns: %NJ_CTL_OK, or %NJ_CTL_NOT_RUNNING, which was said
 */
int
nj_ctl_open (NjCtl *ctl, gboolean may_start)
{
  g_autofree char *name = nj_folders_bus_name (ctl->folders);

  if (ctl->service != NULL)
    return NJ_CTL_OK;

  if (!nj_ctl_is_running (ctl) && !(may_start && ctl->connection != NULL && start (ctl->connection, name)))
    return say_not_running (ctl);

  ctl->service = nj_dbus_nightjar1_proxy_new_sync (ctl->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, name, ROOT, NULL, NULL);
  if (ctl->service == NULL)
    return say_not_running (ctl);

  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), CALL_TIMEOUT);
  return NJ_CTL_OK;
}

static gint
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (g_dbus_proxy_get_object_path ((GDBusProxy *) a), g_dbus_proxy_get_object_path ((GDBusProxy *) b));
}

/**
 * nj_ctl_objects:
 * @ctl: the command line, with the service open
 * @interface_type: the type of the interface that is wanted
 *
 * Returns: (transfer full) (element-type GDBusProxy): one proxy for each object that has it
 */
GList *
nj_ctl_objects (NjCtl *ctl, GType interface_type, GError **error)
{
  g_autofree char *name = nj_folders_bus_name (ctl->folders);
  g_autoptr (GDBusObjectManager) objects = NULL;
  GList *all;
  GList *found = NULL;

  objects = nj_dbus_object_manager_client_new_sync (ctl->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, name, ROOT, NULL,
                                                    error);
  if (objects == NULL)
    return NULL;

  all = g_dbus_object_manager_get_objects (objects);
  for (GList *item = all; item != NULL; item = item->next)
    {
      GList *interfaces = g_dbus_object_get_interfaces (item->data);

      for (GList *each = interfaces; each != NULL; each = each->next)
        if (g_type_is_a (G_OBJECT_TYPE (each->data), interface_type))
          found = g_list_prepend (found, g_object_ref (each->data));
      g_list_free_full (interfaces, g_object_unref);
    }

  g_list_free_full (all, g_object_unref);
  return g_list_sort (found, compare_paths);
}

/**
 * nj_ctl_fail:
 * @error: what the service or the bus answered
 *
 * Says it.
 *
 * Returns: the exit status that goes with it
 */
int
nj_ctl_fail (const GError *error)
{
  g_autoptr (GError) plain = g_error_copy (error);

  g_dbus_error_strip_remote_error (plain);
  g_printerr ("nightjarctl: %s\n", plain->message);
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    return NJ_CTL_NOT_RUNNING;

  return NJ_CTL_FAILED;
}

/**
 * nj_ctl_done:
 * @is_done: whether a call succeeded
 * @error: where the reason lies if it did not; by address, because C may look at it before the call that sets it
 *
 * Returns: the exit status that goes with it
 */
int
nj_ctl_done (gboolean is_done, GError *const *error)
{
  return is_done ? NJ_CTL_OK : nj_ctl_fail (*error);
}

/**
 * nj_ctl_misused: (skip)
 * @format: what is wrong with the command line
 * @...: what goes into it
 *
 * Says it, and where help is.
 *
 * Returns: %NJ_CTL_USAGE
 */
int
nj_ctl_misused (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("nightjarctl: %s\n%s\n", text, _("Try “nightjarctl --help”."));
  return NJ_CTL_USAGE;
}
