/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's hands and eyes: finds widgets as a screen reader does, presses them, types, clicks and taps keys through
 * the X server. Whatever a test can do by these a blind user can do too.
 */
#include "hand.h"

#include <X11/Xlib.h>
#include <string.h>

static Display *display;

/* A window may be gone between the list of windows and the question about it. */
static int
on_x_error (Display *from, XErrorEvent *event)
{
  return 0;
}

/**
 * hand_begin:
 *
 * Call when bus and screen are there.
 *
 * Returns: whether the accessibility bus answers
 */
gboolean
hand_begin (void)
{
  display = XOpenDisplay (NULL);
  XSetErrorHandler (on_x_error);
  return display != NULL && atspi_init () <= 1;
}

static gboolean
has_state (AtspiAccessible *accessible, AtspiStateType state)
{
  AtspiStateSet *set = atspi_accessible_get_state_set (accessible);
  gboolean       has = set != NULL && atspi_state_set_contains (set, state);

  g_clear_object (&set);
  return has;
}

static AtspiAccessible *
program_by_name (const char *program)
{
  AtspiAccessible *desktop = atspi_get_desktop (0);
  int              count;

  /* What changed a moment ago shall be read from the program, not from a memory of it. (To have no memory at all,
   * ATSPI_CACHE_NONE, locks libatspi 2.46 up: it then asks back from within the dispatch of an event.) */
  atspi_accessible_clear_cache (desktop);
  count = atspi_accessible_get_child_count (desktop, NULL);
  for (int i = 0; i < count; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (desktop, i, NULL);
      g_autofree char *name = child != NULL ? atspi_accessible_get_name (child, NULL) : NULL;

      if (g_strcmp0 (name, program) == 0)
        return child;
      g_clear_object (&child);
    }

  return NULL;
}

typedef gboolean (*Wanted) (AtspiAccessible *accessible, gpointer user_data);

/* Depth first, only what is on screen; the first that is wanted. */
static AtspiAccessible *
search (AtspiAccessible *below, Wanted is_wanted, gpointer user_data)
{
  int count = atspi_accessible_get_child_count (below, NULL);

  for (int i = 0; i < count; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (below, i, NULL);
      AtspiAccessible *found = NULL;

      if (child == NULL)
        continue;
      if (is_wanted (child, user_data))
        return child;

      found = search (child, is_wanted, user_data);
      g_object_unref (child);
      if (found != NULL)
        return found;
    }

  return NULL;
}

typedef struct
{
  AtspiRole   role;
  const char *name;
} Description;

static gboolean
is_named (AtspiAccessible *accessible, gpointer user_data)
{
  const Description *description = user_data;
  g_autofree char   *name = NULL;

  if (atspi_accessible_get_role (accessible, NULL) != description->role)
    return FALSE;

  name = atspi_accessible_get_name (accessible, NULL);
  return g_strcmp0 (name, description->name) == 0;
}

static gboolean
fits (AtspiAccessible *accessible, gpointer user_data)
{
  return is_named (accessible, user_data) && has_state (accessible, ATSPI_STATE_SHOWING);
}

/**
 * hand_find:
 * @program: name of a program on the accessibility bus
 * @role: what kind of widget
 * @name: its accessible name
 *
 * Returns: (transfer full) (nullable): the first such widget on screen
 */
AtspiAccessible *
hand_find (const char *program, AtspiRole role, const char *name)
{
  Description      description = { role, name };
  AtspiAccessible *root = program_by_name (program);
  AtspiAccessible *found = root != NULL ? search (root, fits, &description) : NULL;

  g_clear_object (&root);
  return found;
}

/**
 * hand_sees:
 * @program: name of a program on the accessibility bus
 * @role: what kind of widget
 * @name: its accessible name
 *
 * Returns: whether such a widget is on screen
 */
gboolean
hand_sees (const char *program, AtspiRole role, const char *name)
{
  g_autoptr (GObject) found = (GObject *) hand_find (program, role, name);

  return found != NULL;
}

/**
 * hand_presses:
 * @program: name of a program on the accessibility bus
 * @role: what kind of widget
 * @name: its accessible name
 *
 * Returns: whether it was there, sensitive, and took the press
 */
gboolean
hand_presses (const char *program, AtspiRole role, const char *name)
{
  AtspiAccessible *found = hand_find (program, role, name);
  gboolean         done = FALSE;

  if (found != NULL && has_state (found, ATSPI_STATE_SENSITIVE))
    done = atspi_action_do_action (ATSPI_ACTION (found), 0, NULL);
  g_clear_object (&found);
  return done;
}

/**
 * hand_is_checked:
 * @program: name of a program on the accessibility bus
 * @role: what kind of widget
 * @name: its accessible name
 *
 * Returns: whether such a widget is on screen and checked
 */
gboolean
hand_is_checked (const char *program, AtspiRole role, const char *name)
{
  AtspiAccessible *found = hand_find (program, role, name);
  gboolean         is_checked = found != NULL && has_state (found, ATSPI_STATE_CHECKED);

  g_clear_object (&found);
  return is_checked;
}

/**
 * hand_types:
 * @program: name of a program on the accessibility bus
 * @entry: accessible name of an entry
 * @text: what shall stand in it
 *
 * Returns: whether the entry was there, sensitive, and took the text
 */
gboolean
hand_types (const char *program, const char *entry, const char *text)
{
  AtspiAccessible *found = hand_find (program, ATSPI_ROLE_TEXT, entry);
  gboolean         done = FALSE;

  if (found != NULL && has_state (found, ATSPI_STATE_SENSITIVE))
    done = atspi_editable_text_set_text_contents (ATSPI_EDITABLE_TEXT (found), text, NULL);
  g_clear_object (&found);
  return done;
}

/**
 * hand_picks:
 * @program: name of a program on the accessibility bus
 * @combo: accessible name of a box to choose of
 * @entry: what is chosen, as it is read there
 *
 * Returns: whether the box was there, sensitive, and had such an entry
 */
gboolean
hand_picks (const char *program, const char *combo, const char *entry)
{
  Description      description = { ATSPI_ROLE_MENU_ITEM, entry };
  AtspiAccessible *found = hand_find (program, ATSPI_ROLE_COMBO_BOX, combo);
  AtspiAccessible *item = NULL;
  gboolean         done = FALSE;

  if (found != NULL && has_state (found, ATSPI_STATE_SENSITIVE))
    item = search (found, is_named, &description);
  if (item != NULL)
    done = atspi_selection_select_child (ATSPI_SELECTION (found), atspi_accessible_get_index_in_parent (item, NULL), NULL);
  g_clear_object (&item);
  g_clear_object (&found);
  return done;
}

/**
 * hand_description:
 * @program: name of a program on the accessibility bus
 * @role: what kind of widget
 * @name: its accessible name
 *
 * Returns: (transfer full) (nullable): what a screen reader says of it besides
 */
char *
hand_description (const char *program, AtspiRole role, const char *name)
{
  AtspiAccessible *found = hand_find (program, role, name);
  char            *description = found != NULL ? atspi_accessible_get_description (found, NULL) : NULL;

  g_clear_object (&found);
  return description;
}

static gboolean
is_window (AtspiAccessible *accessible, gpointer user_data)
{
  AtspiRole        role = atspi_accessible_get_role (accessible, NULL);
  g_autofree char *name = NULL;

  if (role != ATSPI_ROLE_DIALOG && role != ATSPI_ROLE_FILE_CHOOSER && role != ATSPI_ROLE_FRAME && role != ATSPI_ROLE_ALERT)
    return FALSE;

  name = atspi_accessible_get_name (accessible, NULL);
  return g_strcmp0 (name, user_data) == 0;
}

/**
 * hand_presses_in:
 * @program: name of a program on the accessibility bus
 * @title: of one of its windows
 * @role: what kind of widget
 * @name: its accessible name, which may also be another's in another window
 *
 * Returns: whether it was in that window, sensitive, and took the press
 */
gboolean
hand_presses_in (const char *program, const char *title, AtspiRole role, const char *name)
{
  Description      description = { role, name };
  AtspiAccessible *root = program_by_name (program);
  AtspiAccessible *window = root != NULL ? search (root, is_window, (gpointer) title) : NULL;
  AtspiAccessible *found = window != NULL ? search (window, fits, &description) : NULL;
  gboolean         done = FALSE;

  if (found != NULL && has_state (found, ATSPI_STATE_SENSITIVE))
    done = atspi_action_do_action (ATSPI_ACTION (found), 0, NULL);
  g_clear_object (&found);
  g_clear_object (&window);
  g_clear_object (&root);
  return done;
}

static gboolean
collect_nameless (AtspiAccessible *accessible, gpointer user_data)
{
  AtspiRole        role = atspi_accessible_get_role (accessible, NULL);
  g_autofree char *name = NULL;

  /* A view that only scrolls takes the focus for the arrow keys and has nothing to say, and a cell of a table is its
   * text, which may be empty: a screen reader says so, and names the column. */
  if (role == ATSPI_ROLE_SCROLL_PANE || role == ATSPI_ROLE_TABLE_CELL || !has_state (accessible, ATSPI_STATE_SHOWING)
      || !has_state (accessible, ATSPI_STATE_FOCUSABLE))
    return FALSE;

  name = atspi_accessible_get_name (accessible, NULL);
  if (name == NULL || *name == '\0')
    g_ptr_array_add (user_data, atspi_accessible_get_role_name (accessible, NULL));
  return FALSE;
}

/**
 * hand_nameless:
 * @program: name of a program on the accessibility bus
 *
 * Returns: (transfer full) (element-type utf8): roles of widgets that take the focus but have no name
 */
GPtrArray *
hand_nameless (const char *program)
{
  GPtrArray       *nameless = g_ptr_array_new_with_free_func (g_free);
  AtspiAccessible *root = program_by_name (program);

  if (root != NULL)
    search (root, collect_nameless, nameless);
  g_clear_object (&root);
  return nameless;
}

static gboolean
has_focus (AtspiAccessible *accessible, gpointer user_data)
{
  return has_state (accessible, ATSPI_STATE_FOCUSED) && has_state (accessible, ATSPI_STATE_SHOWING);
}

/**
 * hand_focused:
 * @program: name of a program on the accessibility bus
 *
 * Returns: (transfer full): name of the widget that has the focus, "" for none
 */
char *
hand_focused (const char *program)
{
  AtspiAccessible *root = program_by_name (program);
  AtspiAccessible *found = root != NULL ? search (root, has_focus, NULL) : NULL;
  char            *name = found != NULL ? atspi_accessible_get_name (found, NULL) : g_strdup ("");

  g_clear_object (&found);
  g_clear_object (&root);
  return name;
}

/**
 * hand_clicks:
 * @x: pixels from the left of the screen
 * @y: pixels from the top
 * @button: 1 left, 2 middle, 3 right
 */
void
hand_clicks (int x, int y, int button)
{
  g_autofree char *event = g_strdup_printf ("b%dc", button);

  atspi_generate_mouse_event (x, y, "abs", NULL);
  atspi_generate_mouse_event (x, y, event, NULL);
}

/**
 * hand_taps:
 * @keysym: a key, by its X name
 */
void
hand_taps (guint keysym)
{
  atspi_generate_keyboard_event (keysym, NULL, ATSPI_KEY_SYM, NULL);
}

/**
 * hand_popups:
 *
 * Returns: how many menus are open: windows that no window manager places, larger than a tooltip
 */
guint
hand_popups (void)
{
  Window  root = DefaultRootWindow (display);
  Window  parent;
  Window *children = NULL;
  guint   count = 0;
  guint   popups = 0;

  if (!XQueryTree (display, root, &root, &parent, &children, &count))
    return 0;

  for (guint i = 0; i < count; i++)
    {
      XWindowAttributes attributes;

      popups += XGetWindowAttributes (display, children[i], &attributes) && attributes.override_redirect
                && attributes.map_state == IsViewable && attributes.width >= 100 && attributes.height >= 60;
    }

  XFree (children);
  return popups;
}

/**
 * hand_rests:
 * @ms: milliseconds
 *
 * Lets time pass, and D-Bus signals come in.
 */
void
hand_rests (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (5000);
}
