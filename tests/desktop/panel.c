/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Works the tray icon in the real panel: clicks it, and walks its menu by the arrow keys, which is how any panel
 * shows it. (xfce4-panel's tray lives in a process of its own whose menu no screen reader sees.) How far to walk is
 * read from the menu that the panel reads too.
 */
#include "panel.h"

#include "hand.h"

#include <X11/keysym.h>
#include <stdarg.h>
#include <string.h>

#define WATCHER "org.kde.StatusNotifierWatcher"

/* The panel has nothing but the tray: the icon is in its corner. */
#define ICON_X 14
#define ICON_Y 14
#define ELSEWHERE_X 900
#define ELSEWHERE_Y 650

#define PATIENCE 1000 /* times 20 ms */

/* ":1.7/StatusNotifierItem" → ":1.7"; NULL while no panel shows our icon. */
static char *
find_owner (GDBusConnection *bus)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    bus, WATCHER, "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties", "Get",
    g_variant_new ("(ss)", WATCHER, "RegisteredStatusNotifierItems"), NULL, 0, -1, NULL, NULL);
  g_autoptr (GVariant) value = NULL;
  g_autofree const char **items = NULL;

  if (answer == NULL)
    return NULL;

  g_variant_get (answer, "(v)", &value);
  items = g_variant_get_strv (value, NULL);
  return items[0] != NULL ? g_strndup (items[0], strcspn (items[0], "/")) : NULL;
}

/**
 * panel_has_icon:
 * @bus: the session bus
 *
 * Returns: whether the panel shows an icon
 */
gboolean
panel_has_icon (GDBusConnection *bus)
{
  g_autofree char *owner = find_owner (bus);

  return owner != NULL;
}

/**
 * panel_clicks:
 * @button: 1 left, 2 middle, 3 right
 *
 * Clicks the icon.
 */
void
panel_clicks (int button)
{
  hand_clicks (ICON_X, ICON_Y, button);
}

static gboolean
comes_to (guint popups)
{
  for (int i = 0; i < PATIENCE && hand_popups () != popups; i++)
    hand_rests (20);

  return hand_popups () == popups;
}

static GVariant *
read_menu (GDBusConnection *bus)
{
  g_autofree char     *owner = find_owner (bus);
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (bus, owner, "/org/nightjar/Nightjar/menu",
                                                             "com.canonical.dbusmenu", "GetLayout",
                                                             g_variant_new ("(iias)", 0, -1, NULL), NULL, 0, -1, NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (answer, 1);
}

static gboolean
can_be_selected (GVariant *look)
{
  const char *type = NULL;
  gboolean    is_enabled = TRUE;
  gboolean    is_visible = TRUE;

  g_variant_lookup (look, "type", "&s", &type);
  g_variant_lookup (look, "enabled", "b", &is_enabled);
  g_variant_lookup (look, "visible", "b", &is_visible);
  return g_strcmp0 (type, "separator") != 0 && is_enabled && is_visible;
}

/* How many lines the arrow key passes before the one whose label begins with @label; that line in @ret_line. */
static int
find_line (GVariant *menu, const char *label, GVariant **ret_line)
{
  g_autoptr (GVariant) lines = g_variant_get_child_value (menu, 2);
  int                  passed = 0;

  for (gsize i = 0; i < g_variant_n_children (lines); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (lines, i);
      g_autoptr (GVariant) line = g_variant_get_variant (boxed);
      g_autoptr (GVariant) look = g_variant_get_child_value (line, 1);
      const char          *text = "";

      if (!can_be_selected (look))
        continue;

      g_variant_lookup (look, "label", "&s", &text);
      if (g_str_has_prefix (text, label))
        {
          *ret_line = g_steal_pointer (&line);
          return passed;
        }
      passed++;
    }

  return -1;
}

static void
open_menu (void)
{
  /* The panel loads the menu after the icon: an early click may come before it. */
  for (int attempt = 0; attempt < 5 && hand_popups () == 0; attempt++)
    {
      panel_clicks (3);
      comes_to (1);
    }

  g_assert_cmpuint (hand_popups (), ==, 1);
}

/* The chosen line closes the menu; where the key was lost, a click beside it does. */
static void
close_menu (void)
{
  if (comes_to (0))
    return;

  g_test_message ("the menu did not take the key");
  hand_clicks (ELSEWHERE_X, ELSEWHERE_Y, 1);
  g_assert_true (comes_to (0));
}

/* To the line with @label of the menu at @level, and into or onto it; NULL when its submenu did not open. */
static GVariant *
walk_to (GVariant *menu, const char *label, guint level, gboolean is_last)
{
  GVariant *line = NULL;
  int       steps = find_line (menu, label, &line);

  g_test_message ("line \"%s\" after %d", label, steps);
  g_assert_cmpint (steps, >=, 0);
  /* Nothing is selected in a fresh menu, the first line in a fresh submenu. */
  for (int i = level == 1 ? -1 : 0; i < steps; i++)
    {
      hand_taps (XK_Down);
      hand_rests (30);
    }

  hand_taps (is_last ? XK_Return : XK_Right);
  if (!is_last && !comes_to (level + 1))
    {
      g_test_message ("the submenu did not open");
      g_clear_pointer (&line, g_variant_unref);
    }
  hand_rests (100);
  return line;
}

/**
 * panel_chooses:
 * @bus: the session bus
 * @first: how the label of a line begins
 * @...: how the labels of the lines below it begin, %NULL
 *
 * Opens the icon's menu and chooses the last of these lines. Keys may be lost on a busy machine: whether it worked,
 * the service must say.
 */
void
panel_chooses (GDBusConnection *bus, const char *first, ...)
{
  g_autoptr (GVariant) menu = NULL;
  va_list              labels;
  guint                level = 1;

  open_menu ();
  hand_rests (300);
  menu = read_menu (bus);
  va_start (labels, first);
  for (const char *label = first; label != NULL && menu != NULL; level++)
    {
      const char *next = va_arg (labels, const char *);
      GVariant   *line = walk_to (menu, label, level, next == NULL);

      g_variant_unref (menu);
      menu = line;
      label = next;
    }

  va_end (labels);
  /* Further keys would choose something else. */
  if (menu == NULL)
    hand_clicks (ELSEWHERE_X, ELSEWHERE_Y, 1);
  close_menu ();
}
