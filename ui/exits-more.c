/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one sets seldom about exits: a row for each, with how it stands, that opens a sheet; and the same, and files, as
 * a menu for the page's top. The exits page owns it. Main thread.
 */
#include "ui/exits-more.h"

#include "ui/ask.h"
#include "ui/exit-lists-sheet.h"
#include "ui/exits-file.h"
#include "ui/groups-sheet.h"
#include "ui/name-server-sheet.h"
#include "ui/routes-sheet.h"
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

typedef enum
{
  PART_LISTS,
  PART_GROUPS,
  PART_ROUTES,
  PART_NAMES,
  N_ROWS, /* these have a state to be shown; what follows is in the menu alone */
  PART_READ = N_ROWS,
  PART_SAVE,
  N_PARTS
} Part;

static const struct
{
  const char *action;
  const char *title;
  void (*open) (GtkWindow *parent, NjRemote *remote);
} parts[N_PARTS] = {
  [PART_LISTS] = { "lists", N_ ("Lists by address"), nj_exit_lists_sheet_open },
  [PART_GROUPS] = { "groups", N_ ("Lists of your own"), nj_groups_sheet_open },
  [PART_ROUTES] = { "routes", N_ ("Sites and programs"), nj_routes_sheet_open },
  [PART_NAMES] = { "names", N_ ("Name server"), nj_name_server_sheet_open },
  [PART_READ] = { "read", N_ ("Read exits from a file…"), nj_exits_file_read },
  [PART_SAVE] = { "save", N_ ("Save exits to a file…"), nj_exits_file_save },
};

struct _NjExitsMore
{
  GtkBin parent_instance;

  NjRemote           *remote; /* owned */
  GCancellable       *cancellable;
  GSimpleActionGroup *actions;
  HdyActionRow       *rows[N_ROWS];
  guint               sites; /* that have a way of their own */
  guint               programs;
};

G_DEFINE_FINAL_TYPE (NjExitsMore, nj_exits_more, GTK_TYPE_BIN)

static void
set_subtitle (NjExitsMore *self, Part part, const char *words, gboolean is_warning)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);

  hdy_action_row_set_subtitle (self->rows[part], markup);
  nj_sheet_warn (GTK_WIDGET (self->rows[part]), is_warning);
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->rows[part])), words);
}

static void
show_routes (NjExitsMore *self)
{
  g_autofree char *sites = g_strdup_printf (ngettext ("%u site", "%u sites", self->sites), self->sites);
  g_autofree char *programs = g_strdup_printf (ngettext ("%u program", "%u programs", self->programs), self->programs);
  g_autofree char *words = g_strdup_printf (_ ("%s and %s with a way of their own"), sites, programs);

  set_subtitle (self, PART_ROUTES, self->sites + self->programs > 0 ? words : _ ("All leave the same way"), FALSE);
}

static guint
count_of (GVariant *answer)
{
  g_autoptr (GVariant) list = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;

  return list != NULL ? (guint) g_variant_n_children (list) : 0;
}

static void
on_sites (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NJ_EXITS_MORE (owner)->sites = count_of (answer);
  show_routes (owner);
}

static void
on_programs (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NJ_EXITS_MORE (owner)->programs = count_of (answer);
  show_routes (owner);
}

/* They are no properties: read when somebody looks. */
static void
read_routes (NjExitsMore *self)
{
  if (nj_remote_status (self->remote)->state == NJ_STATE_ABSENT)
    return;
  nj_ask (self->remote, "SiteRoutes", NULL, self->cancellable, on_sites, self);
  nj_ask (self->remote, "ProgramRoutes", NULL, self->cancellable, on_programs, self);
}

static void
show_lists (NjExitsMore *self, GPtrArray *lists)
{
  guint            failed = 0;
  g_autofree char *words = NULL;

  for (guint i = 0; i < lists->len; i++)
    failed += *((NjExitList *) g_ptr_array_index (lists, i))->problem != '\0';
  if (lists->len == 0)
    words = g_strdup (_ ("A provider’s list, kept up to date"));
  else if (failed > 0)
    words = g_strdup_printf (ngettext ("%u list could not be fetched", "%u lists could not be fetched", failed), failed);
  else
    words = g_strdup_printf (ngettext ("%u list", "%u lists", lists->len), lists->len);
  set_subtitle (self, PART_LISTS, words, failed > 0);
}

/* Names, as far as they fit. */
static void
show_groups (NjExitsMore *self, GPtrArray *groups)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < groups->len; i++)
    g_string_append_printf (words, "%s%s", i > 0 ? ", " : "", ((NjStatusGroup *) g_ptr_array_index (groups, i))->name);
  set_subtitle (self, PART_GROUPS, groups->len > 0 ? words->str : _ ("Exits that stand in for each other"), FALSE);
}

/**
 * nj_exits_more_show:
 * @self: the card
 * @status: what the service says
 *
 * Main thread.
 */
void
nj_exits_more_show (NjExitsMore *self, const NjStatus *status)
{
  gboolean         is_there = status->state != NJ_STATE_ABSENT;
  g_autofree char *names = nj_name_server_words (status->name_server);

  show_lists (self, status->exit_lists);
  show_groups (self, status->groups);
  set_subtitle (self, PART_NAMES, names, FALSE);
  for (guint i = 0; i < N_PARTS; i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), parts[i].action);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_there && (i != PART_SAVE || status->exits->len > 0));
    }
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  NjExitsMore *self = user_data;

  for (guint i = 0; i < N_PARTS; i++)
    if (strcmp (parts[i].action, g_action_get_name (G_ACTION (action))) == 0)
      parts[i].open (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))), self->remote);
}

/**
 * nj_exits_more_menu:
 * @self: the card
 * @button: gets the same as a menu, and files
 *
 * Main thread.
 */
void
nj_exits_more_menu (NjExitsMore *self, GtkMenuButton *button)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < N_PARTS; i++)
    {
      g_autofree char *action = g_strconcat ("exits.", parts[i].action, NULL);

      g_menu_append (menu, _ (parts[i].title), action);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (button), "exits", G_ACTION_GROUP (self->actions));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* The sheets are modal, so what is shown here is old only until one of them is closed: then the window is active again. */
static void
on_active (GtkWindow *window, GParamSpec *property, gpointer user_data)
{
  if (gtk_window_is_active (window) && gtk_widget_get_mapped (user_data))
    read_routes (user_data);
}

static void
nj_exits_more_map (GtkWidget *widget)
{
  NjExitsMore *self = NJ_EXITS_MORE (widget);
  GtkWidget   *window = gtk_widget_get_toplevel (widget);

  GTK_WIDGET_CLASS (nj_exits_more_parent_class)->map (widget);
  if (g_signal_handler_find (window, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL, on_active, self) == 0)
    g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_active), self, 0);
  read_routes (self);
}

/**
 * nj_exits_more_new:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer floating): the card
 */
GtkWidget *
nj_exits_more_new (NjRemote *remote)
{
  NjExitsMore *self = g_object_new (NJ_TYPE_EXITS_MORE, "visible", TRUE, NULL);

  self->remote = g_object_ref (remote);
  return GTK_WIDGET (self);
}

static void
nj_exits_more_dispose (GObject *object)
{
  NjExitsMore *self = NJ_EXITS_MORE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->actions);
  g_clear_object (&self->remote);
  G_OBJECT_CLASS (nj_exits_more_parent_class)->dispose (object);
}

static void
nj_exits_more_class_init (NjExitsMoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nj_exits_more_dispose;
  GTK_WIDGET_CLASS (klass)->map = nj_exits_more_map;
}

static HdyActionRow *
make_row (const char *title, const char *action)
{
  GtkWidget       *row = nj_sheet_row (title, NULL);
  g_autofree char *name = g_strconcat ("exits.", action, NULL);

  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), name);
  gtk_container_add (GTK_CONTAINER (row), gtk_image_new_from_icon_name ("go-next-symbolic", GTK_ICON_SIZE_BUTTON));
  gtk_widget_show_all (row);
  return HDY_ACTION_ROW (row);
}

static void
nj_exits_more_init (NjExitsMore *self)
{
  GtkWidget *card = nj_sheet_card (_ ("More about exits"));

  self->cancellable = g_cancellable_new ();
  self->actions = g_simple_action_group_new ();
  for (guint i = 0; i < N_PARTS; i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (parts[i].action, NULL);

      g_signal_connect (action, "activate", G_CALLBACK (on_open), self);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
    }
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->rows[i] = make_row (_ (parts[i].title), parts[i].action);
      gtk_container_add (GTK_CONTAINER (card), GTK_WIDGET (self->rows[i]));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "exits", G_ACTION_GROUP (self->actions));
  gtk_container_add (GTK_CONTAINER (self), card);
}
