/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Icon and menu against a stand-in for the panel's StatusNotifierWatcher, over a private bus: registration, a panel
 * that comes late or starts anew, clicks, and that only what changed is told. No display.
 */
#include "app/tray-dbusmenu.h"
#include "app/tray-item.h"

#include <gio/gio.h>
#include <locale.h>
#include <string.h>

#define WATCHER "org.kde.StatusNotifierWatcher"
#define DEADLINE_MS 10000

static const char watcher_xml[] =
  "<node><interface name='" WATCHER "'>"
  "<method name='RegisterStatusNotifierItem'><arg type='s' direction='in'/></method>"
  "<property name='IsStatusNotifierHostRegistered' type='b' access='read'/>"
  "<signal name='StatusNotifierHostRegistered'/><signal name='StatusNotifierHostUnregistered'/>"
  "</interface></node>";

typedef struct
{
  GTestDBus       *bus;
  GDBusConnection *panel; /* the stand-in's own connection */
  GDBusConnection *own;   /* the program's */
  guint            name;
  gboolean         has_host;
  guint            registrations;
  char            *item_owner; /* who registered */
  NjTrayDbusmenu  *menu;
  NjTrayItem      *item;

  guint     about_to_show;
  guint     clicks;
  guint     middle_clicks;
  char     *action;
  GVariant *target;
  guint     property_signals;
  guint     layout_signals;
  GVariant *last_properties;
  int       last_parent;
} Fixture;

static gboolean
on_late (gpointer user_data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                           \
  G_STMT_START                                                        \
  {                                                                   \
    guint deadline_ = g_timeout_add (DEADLINE_MS, on_late, NULL);     \
    while (!(condition))                                              \
      g_main_context_iteration (NULL, TRUE);                          \
    g_source_remove (deadline_);                                      \
  }                                                                   \
  G_STMT_END

static void
on_watcher_method (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                   const char *method, GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  Fixture    *fixture = user_data;
  const char *what;

  g_variant_get (arguments, "(&s)", &what);
  g_assert_cmpstr (what, ==, NJ_TRAY_ITEM_PATH);
  fixture->registrations++;
  g_free (fixture->item_owner);
  fixture->item_owner = g_strdup (sender);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static GVariant *
on_watcher_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *property, GError **error, gpointer user_data)
{
  return g_variant_new_boolean (((Fixture *) user_data)->has_host);
}

static GDBusConnection *
connect_to (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection   *connection;

  connection = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (fixture->bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
panel_starts (Fixture *fixture)
{
  static const GDBusInterfaceVTable vtable = { on_watcher_method, on_watcher_get, NULL, { 0 } };
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (watcher_xml, NULL);

  fixture->panel = connect_to (fixture);
  g_dbus_connection_register_object (fixture->panel, "/StatusNotifierWatcher", node->interfaces[0], &vtable, fixture, NULL,
                                     NULL);
  fixture->name = g_bus_own_name_on_connection (fixture->panel, WATCHER, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL,
                                                NULL);
}

static void
panel_ends (Fixture *fixture)
{
  g_bus_unown_name (fixture->name);
  g_dbus_connection_close_sync (fixture->panel, NULL, NULL);
  g_clear_object (&fixture->panel);
}

static void
on_about_to_show (NjTrayDbusmenu *menu, Fixture *fixture)
{
  fixture->about_to_show++;
}

static void
on_activated (NjTrayDbusmenu *menu, const char *action, GVariant *target, Fixture *fixture)
{
  g_free (fixture->action);
  fixture->action = g_strdup (action);
  g_clear_pointer (&fixture->target, g_variant_unref);
  fixture->target = target != NULL ? g_variant_ref (target) : NULL;
}

static void
on_clicked (NjTrayItem *item, Fixture *fixture)
{
  fixture->clicks++;
}

static void
on_middle_clicked (NjTrayItem *item, Fixture *fixture)
{
  fixture->middle_clicks++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->own = connect_to (fixture);
  fixture->has_host = TRUE;
  fixture->menu = nj_tray_dbusmenu_new (fixture->own, &error);
  g_assert_no_error (error);
  fixture->item = nj_tray_item_new (fixture->own, NJ_TRAY_DBUSMENU_PATH, "/icons", NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->menu, "about-to-show", G_CALLBACK (on_about_to_show), fixture);
  g_signal_connect (fixture->menu, "activated", G_CALLBACK (on_activated), fixture);
  g_signal_connect (fixture->item, "activated", G_CALLBACK (on_clicked), fixture);
  g_signal_connect (fixture->item, "middle-clicked", G_CALLBACK (on_middle_clicked), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->item);
  g_clear_object (&fixture->menu);
  if (fixture->panel != NULL)
    panel_ends (fixture);
  g_dbus_connection_close_sync (fixture->own, NULL, NULL);
  g_clear_object (&fixture->own);
  g_test_dbus_stop (fixture->bus);
  g_object_unref (fixture->bus);
  g_free (fixture->item_owner);
  g_free (fixture->action);
  g_clear_pointer (&fixture->target, g_variant_unref);
  g_clear_pointer (&fixture->last_properties, g_variant_unref);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GVariant **) user_data = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_assert_no_error (error);
}

static GVariant *
panel_calls (Fixture *fixture, const char *path, const char *interface, const char *method, GVariant *arguments)
{
  GVariant *answer = NULL;

  g_dbus_connection_call (fixture->panel, fixture->item_owner, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_answer, &answer);
  WAIT_FOR (answer != NULL);
  return answer;
}

static NjTrayLine *
menu_for (NjState state, guint blocked)
{
  g_autoptr (NjStatus) status = nj_status_new ();
  NjTrayMoment         moment = { .blocked = blocked };

  status->state = state;
  status->has_protection = state != NJ_STATE_OFF;
  nj_status_add_exit (status, "de", "Frankfurt", "DE");
  nj_status_add_list (status, "a_b", "A_B");
  return nj_tray_menu_build (status, &moment);
}

static void
test_panel_comes_late_and_again (Fixture *fixture, gconstpointer data)
{
  g_assert_false (nj_tray_item_has_host (fixture->item));
  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  g_assert_cmpuint (fixture->registrations, ==, 1);

  panel_ends (fixture);
  WAIT_FOR (!nj_tray_item_has_host (fixture->item));
  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  g_assert_cmpuint (fixture->registrations, ==, 2);
}

static void
test_watcher_without_host (Fixture *fixture, gconstpointer data)
{
  fixture->has_host = FALSE;
  panel_starts (fixture);
  WAIT_FOR (fixture->registrations == 1);
  g_assert_false (nj_tray_item_has_host (fixture->item));

  fixture->has_host = TRUE;
  g_dbus_connection_emit_signal (fixture->panel, NULL, "/StatusNotifierWatcher", WATCHER, "StatusNotifierHostRegistered",
                                 NULL, NULL);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
}

static void
test_clicks (Fixture *fixture, gconstpointer data)
{
  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  g_variant_unref (panel_calls (fixture, NJ_TRAY_ITEM_PATH, "org.kde.StatusNotifierItem", "Activate",
                                g_variant_new ("(ii)", 0, 0)));
  g_variant_unref (panel_calls (fixture, NJ_TRAY_ITEM_PATH, "org.kde.StatusNotifierItem", "SecondaryActivate",
                                g_variant_new ("(ii)", 0, 0)));
  g_variant_unref (panel_calls (fixture, NJ_TRAY_ITEM_PATH, "org.kde.StatusNotifierItem", "XAyatanaSecondaryActivate",
                                g_variant_new ("(u)", 0)));
  g_assert_cmpuint (fixture->clicks, ==, 1);
  g_assert_cmpuint (fixture->middle_clicks, ==, 2);
}

static void
test_properties (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) tip = NULL;
  const char          *text;

  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  nj_tray_item_set_icon (fixture->item, "nightjar-blocked");
  nj_tray_item_set_words (fixture->item, "Nightjar: Blocked", "a < b");
  nj_tray_item_set_needs_attention (fixture->item, TRUE);

  answer = panel_calls (fixture, NJ_TRAY_ITEM_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                        g_variant_new ("(s)", "org.kde.StatusNotifierItem"));
  all = g_variant_get_child_value (answer, 0);
  g_assert_true (g_variant_lookup (all, "IconName", "&s", &text));
  g_assert_cmpstr (text, ==, "nightjar-blocked");
  g_assert_true (g_variant_lookup (all, "Status", "&s", &text));
  g_assert_cmpstr (text, ==, "NeedsAttention");
  g_assert_true (g_variant_lookup (all, "IconThemePath", "&s", &text));
  g_assert_cmpstr (text, ==, "/icons");
  g_assert_true (g_variant_lookup (all, "Menu", "&o", &text));
  g_assert_cmpstr (text, ==, NJ_TRAY_DBUSMENU_PATH);
  tip = g_variant_lookup_value (all, "ToolTip", G_VARIANT_TYPE ("(sa(iiay)ss)"));
  g_variant_get_child (tip, 3, "&s", &text);
  g_assert_cmpstr (text, ==, "a &lt; b");
}

/* The number of the line with @label in a layout, 0 for none. */
static int
number_of (GVariant *layout, const char *label)
{
  g_autoptr (GVariant) look = g_variant_get_child_value (layout, 1);
  g_autoptr (GVariant) children = g_variant_get_child_value (layout, 2);
  const char          *text = NULL;
  int                  number = 0;

  if (g_variant_lookup (look, "label", "&s", &text) && strcmp (text, label) == 0)
    {
      g_variant_get_child (layout, 0, "i", &number);
      return number;
    }

  for (gsize i = 0; number == 0 && i < g_variant_n_children (children); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (children, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);

      number = number_of (child, label);
    }

  return number;
}

static GVariant *
panel_reads_layout (Fixture *fixture)
{
  g_autoptr (GVariant) answer = panel_calls (fixture, NJ_TRAY_DBUSMENU_PATH, "com.canonical.dbusmenu", "GetLayout",
                                             g_variant_new ("(iias)", 0, -1, NULL));

  return g_variant_get_child_value (answer, 1);
}

static void
panel_sends (Fixture *fixture, int number, const char *event)
{
  g_variant_unref (panel_calls (fixture, NJ_TRAY_DBUSMENU_PATH, "com.canonical.dbusmenu", "Event",
                                g_variant_new ("(isvu)", number, event, g_variant_new_int32 (0), 0)));
}

static void
test_menu_lines_run_actions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) layout = NULL;

  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PROTECTED, 7));
  layout = panel_reads_layout (fixture);

  panel_sends (fixture, number_of (layout, "Protection"), "clicked");
  g_assert_cmpstr (fixture->action, ==, "turn");
  g_assert_false (g_variant_get_boolean (fixture->target));
  panel_sends (fixture, number_of (layout, "Resume now"), "clicked");
  g_assert_cmpstr (fixture->action, ==, "turn");
  panel_sends (fixture, number_of (layout, "30 minutes"), "clicked");
  g_assert_cmpstr (fixture->action, ==, "pause");
  /* An underscore is doubled: it would mark a mnemonic. */
  panel_sends (fixture, number_of (layout, "A__B"), "clicked");
  g_assert_cmpstr (fixture->action, ==, "toggle-list");
  panel_sends (fixture, 4711, "clicked");
  panel_sends (fixture, 0, "opened");
  g_assert_cmpuint (fixture->about_to_show, ==, 1);
}

static void
test_insensitive_lines_do_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) layout = NULL;

  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PROTECTED, 7));
  layout = panel_reads_layout (fixture);
  panel_sends (fixture, number_of (layout, "Only the exit, 5 minutes"), "clicked");
  g_assert_null (fixture->action);
}

static void
on_menu_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                const char *signal, GVariant *arguments, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (strcmp (signal, "LayoutUpdated") == 0)
    {
      fixture->layout_signals++;
      g_variant_get (arguments, "(ui)", NULL, &fixture->last_parent);
      return;
    }

  fixture->property_signals++;
  g_clear_pointer (&fixture->last_properties, g_variant_unref);
  fixture->last_properties = g_variant_get_child_value (arguments, 0);
}

static void
test_only_changes_are_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) layout = NULL;
  g_autoptr (GVariant) again = NULL;

  panel_starts (fixture);
  WAIT_FOR (nj_tray_item_has_host (fixture->item));
  g_dbus_connection_signal_subscribe (fixture->panel, fixture->item_owner, "com.canonical.dbusmenu", NULL,
                                      NJ_TRAY_DBUSMENU_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_menu_signal, fixture, NULL);
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PROTECTED, 7));
  WAIT_FOR (fixture->layout_signals == 1);
  layout = panel_reads_layout (fixture);

  /* One count changed: one line is told, the layout is not. */
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PROTECTED, 8));
  WAIT_FOR (fixture->property_signals == 1);
  g_assert_cmpuint (g_variant_n_children (fixture->last_properties), ==, 1);
  g_assert_cmpuint (fixture->layout_signals, ==, 1);

  /* Nothing changed: nothing is told. Paused: the pause submenu alone is laid out anew. */
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PROTECTED, 8));
  nj_tray_dbusmenu_set (fixture->menu, menu_for (NJ_STATE_PAUSED, 8));
  WAIT_FOR (fixture->layout_signals == 2);
  g_assert_cmpuint (fixture->property_signals, ==, 2);
  g_assert_cmpint (fixture->last_parent, ==, number_of (layout, "Pause"));

  again = panel_reads_layout (fixture);
  g_assert_cmpint (number_of (again, "Protection"), ==, number_of (layout, "Protection"));
  g_assert_cmpint (number_of (again, "Resume now"), !=, 0);
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/tray/panel-comes-late-and-again", Fixture, NULL, set_up, test_panel_comes_late_and_again, tear_down);
  g_test_add ("/app/tray/watcher-without-host", Fixture, NULL, set_up, test_watcher_without_host, tear_down);
  g_test_add ("/app/tray/clicks", Fixture, NULL, set_up, test_clicks, tear_down);
  g_test_add ("/app/tray/properties", Fixture, NULL, set_up, test_properties, tear_down);
  g_test_add ("/app/tray/menu-lines-run-actions", Fixture, NULL, set_up, test_menu_lines_run_actions, tear_down);
  g_test_add ("/app/tray/insensitive-lines-do-nothing", Fixture, NULL, set_up, test_insensitive_lines_do_nothing, tear_down);
  g_test_add ("/app/tray/only-changes-are-told", Fixture, NULL, set_up, test_only_changes_are_told, tear_down);
  return g_test_run ();
}
