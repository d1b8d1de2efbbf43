/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One exit in the list: whether it is chosen, its name, how far it is, whether the link to it is encrypted; and a
 * small menu to test or remove it. The exits page owns it. Main thread.
 */
#include "ui/exit-row.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/country.h"
#include "ui/service-words.h"
#include "ui/sheet.h"
#include "ui/star-button.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NjExitRow
{
  HdyActionRow parent_instance;

  NjRemote *remote; /* owned */
  char     *id;
  char     *country;

  GtkWidget *mark;
  GtkLabel  *latency;
  GtkImage  *link;
  GtkWidget *more;
  GtkWidget *star;
};

G_DEFINE_FINAL_TYPE (NjExitRow, nj_exit_row, HDY_TYPE_ACTION_ROW)

static void
set_accessible_name (GtkWidget *widget, const char *name)
{
  atk_object_set_name (gtk_widget_get_accessible (widget), name);
}

/* Percent of connections lost that one notices. */
#define LOSS_MUCH 10

/* Below 100 ms pages feel as at home, above 300 one waits; the number stands beside the colour. */
static const char *
latency_style (const NjStatusExit *exit)
{
  if (strcmp (exit->state, "dead") == 0)
    return "error";
  if (exit->loss >= LOSS_MUCH)
    return "warning";
  if (exit->latency_ms == 0)
    return "dim-label";

  return exit->latency_ms < 100 ? "success" : exit->latency_ms < 300 ? "dim-label" : "warning";
}

static void
show_latency (NjExitRow *self, const NjStatusExit *exit)
{
  static const char *const styles[] = { "error", "dim-label", "success", "warning" };
  GtkStyleContext         *context = gtk_widget_get_style_context (GTK_WIDGET (self->latency));
  g_autofree char         *text = NULL;

  if (strcmp (exit->state, "dead") == 0)
    text = g_strdup (_ ("not answering"));
  else if (exit->latency_ms > 0)
    text = nj_amount_link (exit->latency_ms, exit->loss);

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    gtk_style_context_remove_class (context, styles[i]);
  gtk_style_context_add_class (context, latency_style (exit));
  gtk_label_set_text (self->latency, text != NULL ? text : "");
}

static void
show_link (NjExitRow *self, const NjStatusExit *exit)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self->link));
  const char      *words = exit->is_link_encrypted ? _ ("Link encrypted") : _ ("Link not encrypted");

  gtk_image_set_from_icon_name (self->link, exit->is_link_encrypted ? "channel-secure-symbolic" : "channel-insecure-symbolic",
                                GTK_ICON_SIZE_MENU);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->link), words);
  set_accessible_name (GTK_WIDGET (self->link), words);
  gtk_style_context_remove_class (context, exit->is_link_encrypted ? "warning" : "dim-label");
  gtk_style_context_add_class (context, exit->is_link_encrypted ? "dim-label" : "warning");
}

static gboolean
is_seen_elsewhere (const NjStatusExit *exit)
{
  return *exit->country != '\0' && *exit->seen_country != '\0' && strcmp (exit->country, exit->seen_country) != 0;
}

/* (transfer full): what is wrong with it, that it is not where it says, or which exit it is. */
static char *
describe (const NjStatusExit *exit)
{
  if (is_seen_elsewhere (exit))
    return g_strdup_printf (_ ("Sites see it in another country: %s"), nj_country_name (exit->seen_country));
  if (*exit->problem != '\0')
    return nj_service_words (exit->problem);

  return g_strdup_printf ("%s · %s", exit->kind, exit->address);
}

/* That the link is not encrypted stands first where there is a problem: its words may be too many for the row. */
static char *
describe_with_link (const NjStatusExit *exit)
{
  g_autofree char *words = describe (exit);

  if (exit->is_link_encrypted)
    return g_steal_pointer (&words);
  if (is_seen_elsewhere (exit) || *exit->problem != '\0')
    return g_strdup_printf ("%s · %s", _ ("link not encrypted"), words);

  return g_strdup_printf ("%s · %s", words, _ ("link not encrypted"));
}

/* One that came with a list comes again when it is removed: it should be known where from. */
static void
show_origin (NjExitRow *self, const NjStatusExit *exit)
{
  g_autofree char *words = g_strdup_printf (_ ("%s, from the list %s"), exit->address, exit->list);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self), *exit->list != '\0' ? words : NULL);
}

/**
 * nj_exit_row_set:
 * @self: the row
 * @exit: what the service says of it now
 *
 * Main thread.
 */
void
nj_exit_row_set (NjExitRow *self, const NjStatusExit *exit)
{
  g_autofree char *more = g_strdup_printf (_ ("More about %s"), exit->name);
  g_autofree char *name_markup = g_markup_escape_text (exit->name, -1);
  g_autofree char *words = describe_with_link (exit);
  g_autofree char *subtitle = g_markup_escape_text (words, -1);

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (self), name_markup);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (self), subtitle);
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self)), words);
  show_origin (self, exit);
  gtk_widget_set_opacity (self->mark, exit->is_chosen ? 1 : 0);
  set_accessible_name (self->mark, exit->is_chosen ? _ ("Chosen") : _ ("Not chosen"));
  show_latency (self, exit);
  show_link (self, exit);
  nj_sheet_warn (GTK_WIDGET (self), is_seen_elsewhere (exit));
  nj_star_button_set (NJ_STAR_BUTTON (self->star), exit->is_favourite);
  set_accessible_name (self->more, more);
  set_accessible_name (GTK_WIDGET (self), exit->name);
}

/**
 * nj_exit_row_id:
 * @self: the row
 *
 * Main thread.
 *
 * Returns: (transfer none): the exit's id
 */
const char *
nj_exit_row_id (NjExitRow *self)
{
  return self->id;
}

/**
 * nj_exit_row_country:
 * @self: the row
 *
 * Main thread.
 *
 * Returns: (transfer none): ISO 3166 alpha-2, "" unknown
 */
const char *
nj_exit_row_country (NjExitRow *self)
{
  return self->country;
}

static void
on_test (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  NjExitRow *self = user_data;

  gtk_label_set_text (self->latency, _ ("testing…"));
  nj_call_test_exit (self->remote, self->id);
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  NjExitRow *self = user_data;

  nj_call_remove_exit (self->remote, self->id);
}

/**
 * nj_exit_row_new:
 * @remote: the service
 * @exit: (not nullable): what it says of the exit
 *
 * Main thread.
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
nj_exit_row_new (NjRemote *remote, const NjStatusExit *exit)
{
  NjExitRow *self = g_object_new (NJ_TYPE_EXIT_ROW, "visible", TRUE, NULL);

  self->remote = g_object_ref (remote);
  self->id = g_strdup (exit->id);
  self->country = g_strdup (exit->country);
  self->star = nj_star_button_new (remote, exit->id, exit->name);
  gtk_container_add (GTK_CONTAINER (self), self->star);
  nj_exit_row_set (self, exit);
  return GTK_WIDGET (self);
}

static void
nj_exit_row_finalize (GObject *object)
{
  NjExitRow *self = NJ_EXIT_ROW (object);

  g_clear_object (&self->remote);
  g_free (self->id);
  g_free (self->country);

  G_OBJECT_CLASS (nj_exit_row_parent_class)->finalize (object);
}

static void
nj_exit_row_class_init (NjExitRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_exit_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/exit-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NjExitRow, mark);
  gtk_widget_class_bind_template_child (widget_class, NjExitRow, latency);
  gtk_widget_class_bind_template_child (widget_class, NjExitRow, link);
  gtk_widget_class_bind_template_child (widget_class, NjExitRow, more);
}

static void
nj_exit_row_init (NjExitRow *self)
{
  static const GActionEntry actions[] = { { .name = "test", .activate = on_test },
                                          { .name = "remove", .activate = on_remove } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "exit", G_ACTION_GROUP (group));
}
