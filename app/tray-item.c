/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The icon in a panel that speaks StatusNotifierItem: exported on GDBus, registered with the watcher each time one
 * appears, so that a panel may start later or start anew. It knows icon, words and whether anybody shows them; not
 * what they mean. tray.c calls it. Main thread.
 *
 * Signals: "host-changed", "activated" (left click), "middle-clicked".
 * Source: freedesktop.org StatusNotifierItem; what each panel really uses was read in and tried with the panels.
 */
#include "app/tray-item.h"

#include <string.h>

#define INTERFACE "org.kde.StatusNotifierItem"
#define WATCHER "org.kde.StatusNotifierWatcher"
#define WATCHER_PATH "/StatusNotifierWatcher"

static const char introspection[] =
  "<node><interface name='" INTERFACE "'>"
  "<property name='Category' type='s' access='read'/>"
  "<property name='Id' type='s' access='read'/>"
  "<property name='Title' type='s' access='read'/>"
  "<property name='Status' type='s' access='read'/>"
  "<property name='WindowId' type='i' access='read'/>"
  "<property name='IconName' type='s' access='read'/>"
  "<property name='IconPixmap' type='a(iiay)' access='read'/>"
  "<property name='OverlayIconName' type='s' access='read'/>"
  "<property name='AttentionIconName' type='s' access='read'/>"
  "<property name='AttentionIconPixmap' type='a(iiay)' access='read'/>"
  "<property name='AttentionMovieName' type='s' access='read'/>"
  "<property name='IconThemePath' type='s' access='read'/>"
  "<property name='ToolTip' type='(sa(iiay)ss)' access='read'/>"
  "<property name='ItemIsMenu' type='b' access='read'/>"
  "<property name='Menu' type='o' access='read'/>"
  "<method name='ContextMenu'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='Activate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='SecondaryActivate'><arg type='i' direction='in'/><arg type='i' direction='in'/></method>"
  "<method name='XAyatanaSecondaryActivate'><arg type='u' direction='in'/></method>"
  "<method name='Scroll'><arg type='i' direction='in'/><arg type='s' direction='in'/></method>"
  "<signal name='NewTitle'/><signal name='NewIcon'/><signal name='NewAttentionIcon'/><signal name='NewOverlayIcon'/>"
  "<signal name='NewToolTip'/><signal name='NewStatus'><arg type='s'/></signal>"
  "</interface></node>";

struct _NjTrayItem
{
  GObject parent_instance;

  GDBusConnection *connection; /* owned */
  GCancellable    *cancellable;
  guint            registration;
  guint            watch;
  guint            subscription;
  char            *menu_path;
  char            *icon_theme_path;
  char            *icon;
  char            *title;
  char            *text;
  NjTrayItemPaint  paint;
  gboolean         needs_attention;
  gboolean         has_host;
};

G_DEFINE_FINAL_TYPE (NjTrayItem, nj_tray_item, G_TYPE_OBJECT)

enum
{
  HOST_CHANGED,
  ACTIVATED,
  MIDDLE_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit (NjTrayItem *self, const char *signal, GVariant *arguments)
{
  g_dbus_connection_emit_signal (self->connection, NULL, NJ_TRAY_ITEM_PATH, INTERFACE, signal, arguments, NULL);
}

static void
set_has_host (NjTrayItem *self, gboolean has_host)
{
  if (self->has_host == has_host)
    return;

  self->has_host = has_host;
  g_signal_emit (self, signals[HOST_CHANGED], 0);
}

static void
on_method (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
           GVariant *arguments, GDBusMethodInvocation *invocation, gpointer user_data)
{
  NjTrayItem *self = user_data;

  g_dbus_method_invocation_return_value (invocation, NULL);
  if (strcmp (method, "Activate") == 0)
    g_signal_emit (self, signals[ACTIVATED], 0);
  else if (g_str_has_suffix (method, "SecondaryActivate"))
    g_signal_emit (self, signals[MIDDLE_CLICKED], 0);
}

static GVariant *
pixmaps (NjTrayItem *self)
{
  return self->paint != NULL ? self->paint (self->icon) : g_variant_new ("a(iiay)", NULL);
}

static GVariant *
on_get (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property,
        GError **error, gpointer user_data)
{
  NjTrayItem *self = user_data;

  if (strcmp (property, "Category") == 0)
    return g_variant_new_string ("SystemServices");
  if (strcmp (property, "Id") == 0)
    return g_variant_new_string ("nightjar");
  if (strcmp (property, "Title") == 0)
    return g_variant_new_string (self->title);
  if (strcmp (property, "Status") == 0)
    return g_variant_new_string (self->needs_attention ? "NeedsAttention" : "Active");
  if (strcmp (property, "WindowId") == 0)
    return g_variant_new_int32 (0);
  /* Panels differ in which of the two they show while attention is needed; they are the same. */
  if (strcmp (property, "IconName") == 0 || strcmp (property, "AttentionIconName") == 0)
    return g_variant_new_string (self->icon);
  if (strcmp (property, "IconPixmap") == 0 || strcmp (property, "AttentionIconPixmap") == 0)
    return pixmaps (self);
  if (strcmp (property, "IconThemePath") == 0)
    return g_variant_new_string (self->icon_theme_path);
  if (strcmp (property, "ToolTip") == 0)
    return g_variant_new ("(sa(iiay)ss)", self->icon, NULL, self->title, self->text);
  if (strcmp (property, "ItemIsMenu") == 0)
    return g_variant_new_boolean (FALSE);
  if (strcmp (property, "Menu") == 0)
    return g_variant_new_object_path (self->menu_path);

  return g_variant_new_string ("");
}

static void
on_host_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer != NULL)
    g_variant_get (answer, "(v)", &value);
  set_has_host (user_data,
                value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value));
}

static void
ask_for_host (NjTrayItem *self)
{
  g_dbus_connection_call (self->connection, WATCHER, WATCHER_PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", WATCHER, "IsStatusNotifierHostRegistered"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, on_host_known, self);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer == NULL)
    {
      g_info ("the panel does not take the tray icon: %s", error->message);
      set_has_host (user_data, FALSE);
      return;
    }

  ask_for_host (user_data);
}

static void
on_watcher_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  NjTrayItem *self = user_data;

  /* A path, not a name: the watcher takes our unique name, and a sandbox that may own no name works too. */
  g_dbus_connection_call (connection, WATCHER, WATCHER_PATH, WATCHER, "RegisterStatusNotifierItem",
                          g_variant_new ("(s)", NJ_TRAY_ITEM_PATH), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, on_registered, self);
}

static void
on_watcher_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  set_has_host (user_data, FALSE);
}

static void
on_watcher_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
                   const char *signal, GVariant *arguments, gpointer user_data)
{
  if (g_str_has_prefix (signal, "StatusNotifierHost"))
    ask_for_host (user_data);
}

/**
 * nj_tray_item_new:
 * @connection: the session bus
 * @menu_path: where the menu is exported
 * @icon_theme_path: a folder with our icons, "" when they are installed
 * @paint: (nullable): draws icons for panels that cannot find them
 * @error: why it cannot be exported
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the item, which registers itself wherever a watcher is or comes
 */
NjTrayItem *
nj_tray_item_new (GDBusConnection *connection, const char *menu_path, const char *icon_theme_path, NjTrayItemPaint paint,
                  GError **error)
{
  static const GDBusInterfaceVTable vtable = { on_method, on_get, NULL, { 0 } };
  g_autoptr (GDBusNodeInfo)         node = g_dbus_node_info_new_for_xml (introspection, NULL);
  g_autoptr (NjTrayItem)            self = g_object_new (NJ_TYPE_TRAY_ITEM, NULL);

  self->connection = g_object_ref (connection);
  self->menu_path = g_strdup (menu_path);
  self->icon_theme_path = g_strdup (icon_theme_path);
  self->paint = paint;
  self->registration = g_dbus_connection_register_object (connection, NJ_TRAY_ITEM_PATH, node->interfaces[0], &vtable, self,
                                                          NULL, error);
  if (self->registration == 0)
    return NULL;

  self->subscription = g_dbus_connection_signal_subscribe (connection, WATCHER, WATCHER, NULL, WATCHER_PATH, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE, on_watcher_signal, self, NULL);
  self->watch = g_bus_watch_name_on_connection (connection, WATCHER, G_BUS_NAME_WATCHER_FLAGS_NONE, on_watcher_appeared,
                                                on_watcher_vanished, self, NULL);
  return g_steal_pointer (&self);
}

/**
 * nj_tray_item_set_icon:
 * @self: the item
 * @icon: name in the icon theme
 *
 * Main thread.
 */
void
nj_tray_item_set_icon (NjTrayItem *self, const char *icon)
{
  if (strcmp (self->icon, icon) == 0)
    return;

  g_free (self->icon);
  self->icon = g_strdup (icon);
  emit (self, "NewIcon", NULL);
  if (self->needs_attention)
    emit (self, "NewAttentionIcon", NULL);
}

/**
 * nj_tray_item_set_words:
 * @self: the item
 * @title: the headline of the tooltip
 * @text: what stands below it
 *
 * Main thread.
 */
void
nj_tray_item_set_words (NjTrayItem *self, const char *title, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  if (strcmp (self->title, title) == 0 && strcmp (self->text, markup) == 0)
    return;

  g_free (self->title);
  g_free (self->text);
  self->title = g_strdup (title);
  self->text = g_steal_pointer (&markup);
  emit (self, "NewTitle", NULL);
  emit (self, "NewToolTip", NULL);
}

/**
 * nj_tray_item_set_needs_attention:
 * @self: the item
 * @needs_attention: whether a panel that hides quiet icons shall show this one
 *
 * Main thread.
 */
void
nj_tray_item_set_needs_attention (NjTrayItem *self, gboolean needs_attention)
{
  if (self->needs_attention == needs_attention)
    return;

  self->needs_attention = needs_attention;
  emit (self, "NewAttentionIcon", NULL);
  emit (self, "NewStatus", g_variant_new ("(s)", needs_attention ? "NeedsAttention" : "Active"));
}

/**
 * nj_tray_item_has_host:
 * @self: the item
 *
 * Main thread.
 *
 * Returns: whether a panel shows it
 */
gboolean
nj_tray_item_has_host (NjTrayItem *self)
{
  return self->has_host;
}

static void
nj_tray_item_finalize (GObject *object)
{
  NjTrayItem *self = NJ_TRAY_ITEM (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  if (self->registration != 0)
    g_dbus_connection_unregister_object (self->connection, self->registration);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self->menu_path);
  g_free (self->icon_theme_path);
  g_free (self->icon);
  g_free (self->title);
  g_free (self->text);

  G_OBJECT_CLASS (nj_tray_item_parent_class)->finalize (object);
}

static void
nj_tray_item_class_init (NjTrayItemClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_tray_item_finalize;

  signals[HOST_CHANGED] = g_signal_new ("host-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MIDDLE_CLICKED] = g_signal_new ("middle-clicked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
nj_tray_item_init (NjTrayItem *self)
{
  self->cancellable = g_cancellable_new ();
  self->icon = g_strdup ("nightjar-absent");
  self->title = g_strdup ("Nightjar");
  self->text = g_strdup ("");
}
