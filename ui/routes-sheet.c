/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites and programs that leave another way than everything else: shown, changed, taken away, and one more. What is
 * wrong with one the service says, and its words stand at the field. The exits page opens it. Main thread.
 */
#include "ui/routes-sheet.h"

#include "ui/field.h"
#include "ui/sheet.h"
#include "ui/way-choice.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

#define NJ_TYPE_ROUTES_SHEET (nj_routes_sheet_get_type ())
G_DECLARE_FINAL_TYPE (NjRoutesSheet, nj_routes_sheet, NJ, ROUTES_SHEET, NjSheet)

/* What can have a way of its own. */
static const struct
{
  const char *id;
  const char *word;
  const char *example;
  const char *covers;
  const char *read; /* these two: methods */
  const char *write;
} kinds[] = {
  { "site", N_ ("Site"), "example.org", N_ ("Site, with all below it"), "SiteRoutes", "SetSiteRoute" },
  { "program", N_ ("Program"), "firefox, /usr/bin/curl", N_ ("Program"), "ProgramRoutes", "SetProgramRoute" },
};

struct _NjRoutesSheet
{
  NjSheet parent_instance;

  GVariant     *routes[G_N_ELEMENTS (kinds)]; /* (nullable) owned, a(ss) */
  GtkContainer *card;
  GtkComboBox  *kind;
  NjField      *name;
  GtkWidget    *line; /* the way, and the button */
  GtkComboBox  *way;  /* (nullable) until the sheet is open */
  GtkLabel     *problem;
  GtkWidget    *add;
};

G_DEFINE_FINAL_TYPE (NjRoutesSheet, nj_routes_sheet, NJ_TYPE_SHEET)

static void read_routes (NjRoutesSheet *self);

static void
say (NjRoutesSheet *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

/* What the row shows is what the user chose: only when that did not hold is it read anew. */
static void
on_changed (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  say (owner, problem);
  if (answer == NULL)
    read_routes (owner);
}

static void
on_removed (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  say (owner, problem);
  read_routes (owner);
}

static guint
kind_of (GtkWidget *row)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "kind"));
}

static void
on_way (GtkComboBox *combo, gpointer user_data)
{
  GtkWidget *row = user_data;

  nj_sheet_ask (NJ_SHEET (gtk_widget_get_toplevel (row)), kinds[kind_of (row)].write,
                g_variant_new ("(ss)", g_object_get_data (G_OBJECT (row), "name"), gtk_combo_box_get_active_id (combo)), on_changed);
}

static void
on_remove (GtkButton *button, gpointer user_data)
{
  GtkWidget *row = user_data;

  nj_sheet_ask (NJ_SHEET (gtk_widget_get_toplevel (row)), kinds[kind_of (row)].write,
                g_variant_new ("(ss)", g_object_get_data (G_OBJECT (row), "name"), ""), on_removed);
}

static void
add_row (NjRoutesSheet *self, guint kind, const char *name, const char *way)
{
  GtkWidget       *row = nj_sheet_row (name, _ (kinds[kind].covers));
  g_autofree char *way_name = g_strdup_printf (_ ("Way of %s"), name);
  g_autofree char *remove_name = g_strdup_printf (_ ("No way of its own for %s"), name);
  GtkWidget       *choice = nj_way_choice_new (way_name, nj_remote_status (nj_sheet_remote (NJ_SHEET (self))), way);
  GtkWidget       *remove = nj_sheet_button ("user-trash-symbolic", remove_name);

  g_object_set_data (G_OBJECT (row), "kind", GUINT_TO_POINTER (kind));
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (name), g_free);
  g_signal_connect (choice, "changed", G_CALLBACK (on_way), row);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), row);
  gtk_container_add (GTK_CONTAINER (row), choice);
  gtk_container_add (GTK_CONTAINER (row), remove);
  gtk_container_add (self->card, row);
}

static void
show_routes (NjRoutesSheet *self)
{
  gsize count = 0;

  nj_sheet_empty (self->card);
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      GVariantIter all;
      const char  *name, *way;

      if (self->routes[kind] == NULL)
        continue;
      count += g_variant_iter_init (&all, self->routes[kind]);
      while (g_variant_iter_next (&all, "(&s&s)", &name, &way))
        add_row (self, kind, name, way);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->card), count > 0);
}

static void
keep (NjRoutesSheet *self, guint kind, GVariant *answer)
{
  if (answer == NULL)
    return;

  g_clear_pointer (&self->routes[kind], g_variant_unref);
  self->routes[kind] = g_variant_get_child_value (answer, 0);
  show_routes (self);
}

static void
on_sites (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  keep (owner, 0, answer);
}

static void
on_programs (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  keep (owner, 1, answer);
}

static void
read_routes (NjRoutesSheet *self)
{
  nj_sheet_ask (NJ_SHEET (self), kinds[0].read, NULL, on_sites);
  nj_sheet_ask (NJ_SHEET (self), kinds[1].read, NULL, on_programs);
}

static void
on_added (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjRoutesSheet *self = owner;
  gboolean       is_name = problem != NULL && strcmp (kind, "BadValue") == 0;

  gtk_widget_set_sensitive (self->add, TRUE);
  nj_field_say (self->name, is_name ? problem : NULL);
  say (self, is_name ? NULL : problem);
  if (answer == NULL)
    return;

  gtk_entry_set_text (nj_field_entry (self->name), "");
  read_routes (self);
}

static void
on_add (GtkWidget *widget, gpointer user_data)
{
  NjRoutesSheet   *self = user_data;
  g_autofree char *name = nj_field_text (self->name);
  int              kind = gtk_combo_box_get_active (self->kind);

  if (*name == '\0')
    {
      nj_field_say (self->name, kind == 0 ? _ ("A site is wanted.") : _ ("A program is wanted."));
      return;
    }
  gtk_widget_set_sensitive (self->add, FALSE);
  nj_sheet_ask (NJ_SHEET (self), kinds[kind].write, g_variant_new ("(ss)", name, gtk_combo_box_get_active_id (self->way)), on_added);
}

static void
on_kind (GtkComboBox *combo, gpointer user_data)
{
  NjRoutesSheet *self = user_data;

  nj_field_say (self->name, NULL);
  gtk_entry_set_placeholder_text (nj_field_entry (self->name), kinds[gtk_combo_box_get_active (combo)].example);
}

static GtkWidget *
kind_choice (void)
{
  GtkWidget *combo = gtk_combo_box_text_new ();

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), kinds[i].id, _ (kinds[i].word));
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), 0);
  gtk_widget_set_valign (combo, GTK_ALIGN_END);
  atk_object_set_name (gtk_widget_get_accessible (combo), _ ("Site or program"));
  return combo;
}

static GtkWidget *
add_form (NjRoutesSheet *self)
{
  GtkWidget *form = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *first = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->kind = GTK_COMBO_BOX (kind_choice ());
  self->name = NJ_FIELD (nj_field_new (_ ("Site or program that leaves another way"), kinds[0].example));
  self->add = gtk_button_new_with_label (_ ("Add"));
  gtk_style_context_add_class (gtk_widget_get_style_context (self->add), "suggested-action");
  gtk_container_add (GTK_CONTAINER (first), GTK_WIDGET (self->kind));
  gtk_box_pack_start (GTK_BOX (first), GTK_WIDGET (self->name), TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self->line), self->add, FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (form), first);
  gtk_container_add (GTK_CONTAINER (form), self->line);
  gtk_container_add (GTK_CONTAINER (form), GTK_WIDGET (self->problem));
  gtk_widget_show (GTK_WIDGET (self->kind));
  gtk_widget_show (first);
  gtk_widget_show_all (self->line);
  gtk_widget_show (form);
  g_signal_connect (self->kind, "changed", G_CALLBACK (on_kind), self);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  g_signal_connect (nj_field_entry (self->name), "activate", G_CALLBACK (on_add), self);
  return form;
}

/**
 * nj_routes_sheet_open:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Main thread.
 */
void
nj_routes_sheet_open (GtkWindow *parent, NjRemote *remote)
{
  NjRoutesSheet *self = g_object_new (NJ_TYPE_ROUTES_SHEET, NULL);

  nj_sheet_open (NJ_SHEET (self), parent, remote, _ ("Sites and Programs"));
  self->way = GTK_COMBO_BOX (nj_way_choice_new (_ ("Way"), nj_remote_status (remote), "direct"));
  gtk_box_pack_start (GTK_BOX (self->line), GTK_WIDGET (self->way), TRUE, TRUE, 0);
  read_routes (self);
}

static void
nj_routes_sheet_finalize (GObject *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_clear_pointer (&NJ_ROUTES_SHEET (object)->routes[i], g_variant_unref);
  G_OBJECT_CLASS (nj_routes_sheet_parent_class)->finalize (object);
}

static void
nj_routes_sheet_class_init (NjRoutesSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_routes_sheet_finalize;
}

static void
nj_routes_sheet_init (NjRoutesSheet *self)
{
  GtkBox *column = nj_sheet_column (NJ_SHEET (self));

  self->card = GTK_CONTAINER (nj_sheet_card (_ ("Sites and programs with a way of their own")));
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_line_wrap (self->problem, TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->problem)), "error");
  gtk_container_add (GTK_CONTAINER (column),
                     nj_sheet_words (_ ("These leave their own way, whatever is chosen for the rest. "
                                        "When that way is down, nothing of theirs leaves.")));
  gtk_container_add (GTK_CONTAINER (column), GTK_WIDGET (self->card));
  gtk_container_add (GTK_CONTAINER (column), add_form (self));
}
