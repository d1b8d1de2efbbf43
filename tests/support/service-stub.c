/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A service without a proxy: it speaks the D-Bus contract and keeps what it is told in memory, so that tray and
 * window can be tested alone and shown with any content. Unit tests only; the desktop test runs the real service.
 *
 * usage: service-stub [--name BUS-NAME] [--state STATE] [--exits] [--trouble]
 */
#include "nightjar-dbus.h"

#include <stdlib.h>
#include <string.h>

#define ROOT "/org/nightjar/Nightjar1"

static NjDBusNightjar1          *service;
static GDBusObjectManagerServer *tree;
static GMainLoop                *loop;
static guint64                   serial = 0;
static char                     *bus_name;
static char                     *state;
static gboolean                  with_exits;
static gboolean                  with_trouble;

static void
add_exit (const char *id, const char *name, const char *country, const char *kind, const char *address, guint latency,
          gboolean encrypted)
{
  g_autofree char                 *path = g_strconcat (ROOT "/exits/", id, NULL);
  g_autoptr (NjDBusObjectSkeleton) object = nj_dbus_object_skeleton_new (path);
  g_autoptr (NjDBusNightjar1Exit)  exit = nj_dbus_nightjar1_exit_skeleton_new ();

  g_object_set (exit, "id", id, "name", name, "country", country, "kind", kind, "address", address, "latency", latency,
                "link-encrypted", encrypted, "state", latency > 0 ? "alive" : "idle", "problem", "", NULL);
  nj_dbus_object_skeleton_set_nightjar1_exit (object, exit);
  g_dbus_object_manager_server_export (tree, G_DBUS_OBJECT_SKELETON (object));
}

/* One loses connections, another is not where it says. */
static void
add_trouble (void)
{
  GList *objects = g_dbus_object_manager_get_objects (G_DBUS_OBJECT_MANAGER (tree));

  for (GList *l = objects; l != NULL; l = l->next)
    {
      NjDBusNightjar1Exit *exit = nj_dbus_object_peek_nightjar1_exit (l->data);
      const char          *id = exit != NULL ? nj_dbus_nightjar1_exit_get_id (exit) : "";

      if (strcmp (id, "de1") == 0)
        nj_dbus_nightjar1_exit_set_loss (exit, 12);
      if (strcmp (id, "de2") == 0 || strcmp (id, "nl1") == 0)
        nj_dbus_nightjar1_exit_set_measured_country (exit, "US");
    }
  g_list_free_full (objects, g_object_unref);
}

static void
add_list (const char *id, const char *title, gboolean enabled, guint used, guint refused, const char *problem,
          gboolean built_in)
{
  g_autofree char                 *path = g_strconcat (ROOT "/lists/", id, NULL);
  g_autoptr (NjDBusObjectSkeleton) object = nj_dbus_object_skeleton_new (path);
  g_autoptr (NjDBusNightjar1List)  list = nj_dbus_nightjar1_list_skeleton_new ();

  g_object_set (list, "id", id, "title", title, "location", id, "enabled", enabled, "rules-used", used, "rules-refused",
                refused, "problem", problem, "built-in", built_in, "last-success",
                g_get_real_time () / G_USEC_PER_SEC - 7200, NULL);
  nj_dbus_object_skeleton_set_nightjar1_list (object, list);
  g_dbus_object_manager_server_export (tree, G_DBUS_OBJECT_SKELETON (object));
}

static NjDBusNightjar1Exit *
choose (const char *id, const char *country)
{
  GList               *objects = g_dbus_object_manager_get_objects (G_DBUS_OBJECT_MANAGER (tree));
  NjDBusNightjar1Exit *found = NULL;

  for (GList *l = objects; l != NULL; l = l->next)
    {
      NjDBusNightjar1Exit *exit = nj_dbus_object_peek_nightjar1_exit (l->data);
      gboolean             is_it;

      if (exit == NULL)
        continue;

      is_it = found == NULL
              && ((id != NULL && g_strcmp0 (id, nj_dbus_nightjar1_exit_get_id (exit)) == 0)
                  || (country != NULL && g_strcmp0 (country, nj_dbus_nightjar1_exit_get_country (exit)) == 0));
      nj_dbus_nightjar1_exit_set_chosen (exit, is_it);
      if (is_it)
        found = exit;
    }

  nj_dbus_nightjar1_set_exit (service, found != NULL ? nj_dbus_nightjar1_exit_get_id (found) : "");
  nj_dbus_nightjar1_set_country (service, found != NULL ? nj_dbus_nightjar1_exit_get_country (found) : "");
  g_list_free_full (objects, g_object_unref);
  return found;
}

static void
set_protection (gboolean on)
{
  nj_dbus_nightjar1_set_protection (service, on);
  nj_dbus_nightjar1_set_state (service, on ? "protected" : "off");
  nj_dbus_nightjar1_set_paused_until (service, 0);
  nj_dbus_nightjar1_set_pause_scope (service, "");
}

static gboolean
on_turn_on (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation)
{
  set_protection (TRUE);
  nj_dbus_nightjar1_complete_turn_on (object, invocation);
  return TRUE;
}

static gboolean
on_turn_off (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation)
{
  set_protection (FALSE);
  nj_dbus_nightjar1_complete_turn_off (object, invocation);
  return TRUE;
}

static gboolean
on_pause (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, guint seconds, const char *scope)
{
  nj_dbus_nightjar1_set_paused_until (object, seconds == 0 ? -1 : g_get_real_time () / G_USEC_PER_SEC + seconds);
  nj_dbus_nightjar1_set_pause_scope (object, scope);
  nj_dbus_nightjar1_set_state (object, "paused");
  nj_dbus_nightjar1_complete_pause (object, invocation);
  return TRUE;
}

static gboolean
on_resume (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation)
{
  set_protection (TRUE);
  nj_dbus_nightjar1_complete_resume (object, invocation);
  return TRUE;
}

static void
answer_choice (GDBusMethodInvocation *invocation, gboolean is_found)
{
  if (is_found)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_return_dbus_error (invocation, "org.nightjar.Error.NoSuchExit", "no such exit");
}

static gboolean
on_select_country (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *code)
{
  answer_choice (invocation, choose (NULL, code) != NULL);
  return TRUE;
}

static gboolean
on_select_exit (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *id)
{
  answer_choice (invocation, choose (id, NULL) != NULL);
  return TRUE;
}

static gboolean
on_set_favourite (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *place, gboolean is_favourite)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *const       *before = nj_dbus_nightjar1_get_favourites (object);
  g_auto (GStrv)           now = NULL;

  for (guint i = 0; before != NULL && before[i] != NULL; i++)
    if (strcmp (before[i], place) != 0)
      g_strv_builder_add (builder, before[i]);
  if (is_favourite)
    g_strv_builder_add (builder, place);
  now = g_strv_builder_end (builder);
  nj_dbus_nightjar1_set_favourites (object, (const char *const *) now);
  nj_dbus_nightjar1_complete_set_favourite (object, invocation);
  return TRUE;
}

static gboolean
on_set_level (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *level)
{
  nj_dbus_nightjar1_set_level (object, level);
  nj_dbus_nightjar1_complete_set_level (object, invocation);
  return TRUE;
}

static gboolean
on_select_direct (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation)
{
  choose (NULL, NULL);
  answer_choice (invocation, TRUE);
  return TRUE;
}

static gboolean
on_add_exit (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *uri, const char *country,
             const char *name)
{
  if (strstr (uri, "://") == NULL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.nightjar.Error.BadUri",
                                                  "exit address: no scheme, such as https://");
      return TRUE;
    }

  add_exit ("added", *name != '\0' ? name : "added", country, "https", "added.example:443", 0, TRUE);
  nj_dbus_nightjar1_complete_add_exit (object, invocation, "added");
  return TRUE;
}

static gboolean
on_set_list_enabled (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, const char *id, gboolean enabled)
{
  g_autofree char          *path = g_strconcat (ROOT "/lists/", id, NULL);
  g_autoptr (GDBusInterface) list = g_dbus_object_manager_get_interface (G_DBUS_OBJECT_MANAGER (tree), path,
                                                                         "org.nightjar.Nightjar1.List");

  if (list == NULL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.nightjar.Error.NoSuchList", "no such list");
      return TRUE;
    }

  nj_dbus_nightjar1_list_set_enabled (NJ_DBUS_NIGHTJAR1_LIST (list), enabled);
  nj_dbus_nightjar1_complete_set_list_enabled (object, invocation);
  return TRUE;
}

static gboolean
on_quit (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation)
{
  nj_dbus_nightjar1_complete_quit (object, invocation);
  g_dbus_connection_flush_sync (g_dbus_method_invocation_get_connection (invocation), NULL, NULL);
  g_main_loop_quit (loop);
  return TRUE;
}

static void
add_entry (GVariantBuilder *entries, const char *action, const char *url, const char *list, const char *rule,
           const char *client, gint64 age_s)
{
  GVariantBuilder facts;

  g_variant_builder_init (&facts, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&facts, "{sv}", "action", g_variant_new_string (action));
  g_variant_builder_add (&facts, "{sv}", "url", g_variant_new_string (url));
  g_variant_builder_add (&facts, "{sv}", "method", g_variant_new_string ("GET"));
  g_variant_builder_add (&facts, "{sv}", "list", g_variant_new_string (list));
  g_variant_builder_add (&facts, "{sv}", "rule", g_variant_new_string (rule));
  g_variant_builder_add (&facts, "{sv}", "client", g_variant_new_string (client));
  g_variant_builder_add (&facts, "{sv}", "bytes-down", g_variant_new_uint64 (18230));
  g_variant_builder_add (&facts, "{sv}", "duration", g_variant_new_uint64 (38400));
  g_variant_builder_add (entries, "(txa{sv})", ++serial, g_get_real_time () - age_s * G_USEC_PER_SEC, &facts);
}

static gboolean
on_read_log (NjDBusNightjar1 *object, GDBusMethodInvocation *invocation, guint64 after, guint max, const char *filter)
{
  GVariantBuilder entries;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("a(txa{sv})"));
  if (after == 0 && *filter == '\0')
    {
      add_entry (&entries, "allow", "http://news.example/", "", "", "firefox", 9);
      add_entry (&entries, "block", "http://ads.tracker.example/pixel.gif?id=8812", "EasyList", "||tracker.example^",
                 "firefox", 8);
      add_entry (&entries, "allow", "http://news.example/style.css", "", "", "firefox", 8);
      add_entry (&entries, "redirect", "http://metrics.example/collect.js", "EasyPrivacy",
                 "||metrics.example^$redirect=noop.js", "firefox", 7);
      add_entry (&entries, "except", "http://cdn.example/player.js", "EasyList", "@@||cdn.example/player.js", "firefox", 6);
      add_entry (&entries, "allow", "updates.example:443", "", "", "apt", 2);
    }

  nj_dbus_nightjar1_complete_read_log (object, invocation, g_variant_builder_end (&entries));
  return TRUE;
}

static void
fill (void)
{
  GVariantBuilder counts;

  g_variant_builder_init (&counts, G_VARIANT_TYPE ("a{st}"));
  g_variant_builder_add (&counts, "{st}", "requests", G_GUINT64_CONSTANT (9412));
  g_variant_builder_add (&counts, "{st}", "blocked", G_GUINT64_CONSTANT (1243));
  g_variant_builder_add (&counts, "{st}", "bytes-up", G_GUINT64_CONSTANT (3100000));
  g_variant_builder_add (&counts, "{st}", "bytes-down", G_GUINT64_CONSTANT (211000000));
  g_object_set (service, "version", "stub", "address", "127.0.0.1:8642", "pac-url", "", "problem", "", "exit", "", "country",
                "", "pause-scope", "", "choice", "", "level", "closed", "state", "off",
                "statistics", g_variant_builder_end (&counts), NULL);

  if (with_exits)
    {
      add_exit ("de1", "Frankfurt", "DE", "https", "fra.example:443", 38, TRUE);
      add_exit ("de2", "Berlin", "DE", "https", "ber.example:443", 52, TRUE);
      add_exit ("nl1", "Amsterdam", "NL", "socks5", "ams.example:1080", 121, FALSE);
      add_exit ("us1", "New York", "US", "https", "nyc.example:443", 318, TRUE);
      if (with_trouble)
        add_trouble ();
    }

  add_list ("builtin", "Nightjar starter list", TRUE, 412, 0, "", TRUE);
  add_list ("easylist", "EasyList", TRUE, 68841, 112, "", FALSE);
  add_list ("easyprivacy", "EasyPrivacy", TRUE, 52100, 37, "", FALSE);
  add_list ("urlhaus", "URLhaus malicious sites", FALSE, 0, 0, with_trouble ? "No such file or directory" : "", FALSE);
}

static void
connect_methods (void)
{
  g_signal_connect (service, "handle-turn-on", G_CALLBACK (on_turn_on), NULL);
  g_signal_connect (service, "handle-turn-off", G_CALLBACK (on_turn_off), NULL);
  g_signal_connect (service, "handle-pause", G_CALLBACK (on_pause), NULL);
  g_signal_connect (service, "handle-resume", G_CALLBACK (on_resume), NULL);
  g_signal_connect (service, "handle-select-country", G_CALLBACK (on_select_country), NULL);
  g_signal_connect (service, "handle-select-exit", G_CALLBACK (on_select_exit), NULL);
  g_signal_connect (service, "handle-set-favourite", G_CALLBACK (on_set_favourite), NULL);
  g_signal_connect (service, "handle-set-level", G_CALLBACK (on_set_level), NULL);
  g_signal_connect (service, "handle-select-direct", G_CALLBACK (on_select_direct), NULL);
  g_signal_connect (service, "handle-add-exit", G_CALLBACK (on_add_exit), NULL);
  g_signal_connect (service, "handle-set-list-enabled", G_CALLBACK (on_set_list_enabled), NULL);
  g_signal_connect (service, "handle-read-log", G_CALLBACK (on_read_log), NULL);
  g_signal_connect (service, "handle-quit", G_CALLBACK (on_quit), NULL);
}

static void
apply_state (void)
{
  if (state == NULL)
    return;

  set_protection (strcmp (state, "off") != 0);
  if (with_exits)
    choose ("de1", NULL);
  if (strcmp (state, "paused") == 0)
    {
      nj_dbus_nightjar1_set_paused_until (service, g_get_real_time () / G_USEC_PER_SEC + 272);
      nj_dbus_nightjar1_set_pause_scope (service, "all");
    }
  nj_dbus_nightjar1_set_state (service, state);
}

static gboolean
on_blocked_tick (gpointer user_data)
{
  nj_dbus_nightjar1_emit_request_blocked (service, "ads.tracker.example", "firefox");
  return G_SOURCE_CONTINUE;
}

static void
on_bus (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  tree = g_dbus_object_manager_server_new (ROOT);
  fill ();
  apply_state ();
  connect_methods ();
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (service), connection, ROOT, &error))
    g_error ("%s", error->message);
  g_dbus_object_manager_server_set_connection (tree, connection);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_main_loop_quit (loop);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &bus_name, NULL, NULL },
    { "state", 0, 0, G_OPTION_ARG_STRING, &state, NULL, NULL },
    { "exits", 0, 0, G_OPTION_ARG_NONE, &with_exits, NULL, NULL },
    { "trouble", 0, 0, G_OPTION_ARG_NONE, &with_trouble, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError)         error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);

  service = nj_dbus_nightjar1_skeleton_new ();
  loop = g_main_loop_new (NULL, FALSE);
  g_bus_own_name (G_BUS_TYPE_SESSION, bus_name != NULL ? bus_name : "org.nightjar.Nightjar1", G_BUS_NAME_OWNER_FLAGS_NONE,
                  on_bus, NULL, on_name_lost, NULL, NULL);
  g_timeout_add_seconds (5, on_blocked_tick, NULL);
  g_main_loop_run (loop);
  return 0;
}
