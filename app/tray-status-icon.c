/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tray icon for panels that only know XEmbed: GtkStatusIcon with a GtkMenu made from the same lines that
 * tray-dbusmenu speaks. Made anew at each click, so an idle icon costs nothing. tray.c calls it where no panel
 * speaks StatusNotifierItem. Main thread.
 *
 * Signals: "about-to-show", "activated" (left click), "middle-clicked", "chosen" (action, target).
 */
#include "app/tray-status-icon.h"

#include <gdk/gdkx.h>

struct _NjTrayStatusIcon
{
  GObject parent_instance;

  GtkStatusIcon *icon; /* owned */
  NjTrayLine    *root; /* (nullable) owned */
  GtkWidget     *menu; /* (nullable) owned; the last one shown */
  GPtrArray     *past; /* (element-type NjTrayLine) owned; what the open menu still borrows */
};

G_DEFINE_FINAL_TYPE (NjTrayStatusIcon, nj_tray_status_icon, G_TYPE_OBJECT)

enum
{
  ABOUT_TO_SHOW,
  ACTIVATED,
  MIDDLE_CLICKED,
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* GtkStatusIcon is deprecated without a successor; in GTK 3 it stays, and some panels know nothing else. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void
on_line (GtkMenuItem *item, gpointer user_data)
{
  NjTrayLine *line = g_object_get_data (G_OBJECT (item), "line");

  if (line->action != NULL)
    g_signal_emit (user_data, signals[CHOSEN], 0, line->action, line->target);
}

static GtkWidget *menu_of (NjTrayStatusIcon *self, NjTrayLine *parent);

static GtkWidget *
item_of (NjTrayStatusIcon *self, NjTrayLine *line)
{
  GtkWidget *item;

  if (line->kind == NJ_TRAY_LINE_SEPARATOR)
    return gtk_separator_menu_item_new ();

  if (line->kind == NJ_TRAY_LINE_PLAIN)
    item = gtk_menu_item_new_with_label (line->label);
  else
    {
      item = gtk_check_menu_item_new_with_label (line->label);
      gtk_check_menu_item_set_draw_as_radio (GTK_CHECK_MENU_ITEM (item), line->kind == NJ_TRAY_LINE_RADIO);
      gtk_check_menu_item_set_active (GTK_CHECK_MENU_ITEM (item), line->is_active);
    }

  gtk_widget_set_sensitive (item, line->is_enabled);
  g_object_set_data (G_OBJECT (item), "line", line);
  if (line->children != NULL)
    gtk_menu_item_set_submenu (GTK_MENU_ITEM (item), menu_of (self, line));
  else
    g_signal_connect (item, "activate", G_CALLBACK (on_line), self);

  return item;
}

static GtkWidget *
menu_of (NjTrayStatusIcon *self, NjTrayLine *parent)
{
  GtkWidget *menu = gtk_menu_new ();

  for (guint i = 0; parent->children != NULL && i < parent->children->len; i++)
    {
      NjTrayLine *line = g_ptr_array_index (parent->children, i);
      GtkWidget  *item = item_of (self, line);

      gtk_widget_set_visible (item, line->is_visible);
      gtk_menu_shell_append (GTK_MENU_SHELL (menu), item);
    }

  return menu;
}

static void
drop_menu (NjTrayStatusIcon *self)
{
  if (self->menu != NULL)
    gtk_widget_destroy (self->menu);
  g_clear_object (&self->menu);
  g_ptr_array_set_size (self->past, 0);
}

/* The counts come a moment after the menu opened. */
static void
relabel (GtkWidget *item, gpointer user_data)
{
  NjTrayLine *line = g_object_get_data (G_OBJECT (item), "line");
  NjTrayLine *now = line != NULL ? nj_tray_menu_find (user_data, line->key) : NULL;

  if (now != NULL && g_strcmp0 (now->label, line->label) != 0)
    gtk_menu_item_set_label (GTK_MENU_ITEM (item), now->label);
}

static void
on_popup_menu (GtkStatusIcon *icon, guint button, guint time, gpointer user_data)
{
  NjTrayStatusIcon *self = user_data;

  g_signal_emit (self, signals[ABOUT_TO_SHOW], 0);
  if (self->root == NULL)
    return;

  drop_menu (self);
  self->menu = g_object_ref_sink (menu_of (self, self->root));
  gtk_menu_popup (GTK_MENU (self->menu), NULL, NULL, gtk_status_icon_position_menu, icon, button, time);
}

static void
on_activate (GtkStatusIcon *icon, gpointer user_data)
{
  g_signal_emit (user_data, signals[ACTIVATED], 0);
}

static gboolean
on_button_press (GtkStatusIcon *icon, GdkEventButton *event, gpointer user_data)
{
  if (event->button != GDK_BUTTON_MIDDLE)
    return GDK_EVENT_PROPAGATE;

  g_signal_emit (user_data, signals[MIDDLE_CLICKED], 0);
  return GDK_EVENT_STOP;
}

/**
 * nj_tray_status_icon_has_host:
 *
 * Main thread. Source: freedesktop.org System Tray Protocol.
 *
 * Returns: whether a tray that speaks XEmbed is on this display
 */
gboolean
nj_tray_status_icon_has_host (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  char        name[32];

  if (display == NULL || !GDK_IS_X11_DISPLAY (display))
    return FALSE;

  g_snprintf (name, sizeof name, "_NET_SYSTEM_TRAY_S%d", GDK_SCREEN_XNUMBER (gdk_display_get_default_screen (display)));
  return XGetSelectionOwner (GDK_DISPLAY_XDISPLAY (display), gdk_x11_get_xatom_by_name_for_display (display, name))
         != None;
}

/**
 * nj_tray_status_icon_new:
 *
 * Main thread.
 *
 * Returns: (transfer full): the icon, visible from now on
 */
NjTrayStatusIcon *
nj_tray_status_icon_new (void)
{
  return g_object_new (NJ_TYPE_TRAY_STATUS_ICON, NULL);
}

/**
 * nj_tray_status_icon_set:
 * @self: the icon
 * @icon: name in the icon theme
 * @title: the state in words
 * @text: what it means
 *
 * Main thread.
 */
void
nj_tray_status_icon_set (NjTrayStatusIcon *self, const char *icon, const char *title, const char *text)
{
  g_autofree char *tooltip = g_strdup_printf ("Nightjar: %s\n%s", title, text);

  gtk_status_icon_set_from_icon_name (self->icon, icon);
  gtk_status_icon_set_title (self->icon, title);
  gtk_status_icon_set_tooltip_text (self->icon, tooltip);
}

/**
 * nj_tray_status_icon_set_menu:
 * @self: the icon
 * @root: (transfer full): the menu from now on
 *
 * Main thread.
 */
void
nj_tray_status_icon_set_menu (NjTrayStatusIcon *self, NjTrayLine *root)
{
  /* An open menu borrows its lines and shall not close under the user's pointer. */
  if (self->menu != NULL && gtk_widget_get_mapped (self->menu) && self->root != NULL)
    {
      g_ptr_array_add (self->past, g_steal_pointer (&self->root));
      gtk_container_foreach (GTK_CONTAINER (self->menu), relabel, root);
    }
  else
    drop_menu (self);

  nj_tray_menu_free (self->root);
  self->root = root;
}

static void
nj_tray_status_icon_finalize (GObject *object)
{
  NjTrayStatusIcon *self = NJ_TRAY_STATUS_ICON (object);

  drop_menu (self);
  gtk_status_icon_set_visible (self->icon, FALSE);
  g_clear_object (&self->icon);
  nj_tray_menu_free (self->root);
  g_ptr_array_unref (self->past);

  G_OBJECT_CLASS (nj_tray_status_icon_parent_class)->finalize (object);
}

static void
nj_tray_status_icon_class_init (NjTrayStatusIconClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_tray_status_icon_finalize;

  signals[ABOUT_TO_SHOW] = g_signal_new ("about-to-show", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MIDDLE_CLICKED] = g_signal_new ("middle-clicked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOSEN] = g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                  G_TYPE_VARIANT);
}

static void
nj_tray_status_icon_init (NjTrayStatusIcon *self)
{
  self->past = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_tray_menu_free);
  self->icon = gtk_status_icon_new ();
  gtk_status_icon_set_name (self->icon, "nightjar");
  g_signal_connect (self->icon, "popup-menu", G_CALLBACK (on_popup_menu), self);
  g_signal_connect (self->icon, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (self->icon, "button-press-event", G_CALLBACK (on_button_press), self);
}

G_GNUC_END_IGNORE_DEPRECATIONS
