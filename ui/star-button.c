/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The star beside a place: pressed for a favourite, which is shown first everywhere. It asks the service and follows what
 * it says. Rows and headings own it. Main thread.
 */
#include "ui/star-button.h"

#include "ui/call.h"

#include <glib/gi18n.h>

struct _NjStarButton
{
  GtkToggleButton parent_instance;

  NjRemote  *remote; /* owned */
  char      *place;
  char      *name;
  GtkWidget *image;
  gboolean   is_following; /* what is set now comes from the service */
};

G_DEFINE_FINAL_TYPE (NjStarButton, nj_star_button, GTK_TYPE_TOGGLE_BUTTON)

static void
show (NjStarButton *self)
{
  gboolean         is_active = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self));
  g_autofree char *words = g_strdup_printf (is_active ? _ ("%s is a favourite") : _ ("Make %s a favourite"), self->name);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->image), is_active ? "starred-symbolic" : "non-starred-symbolic", GTK_ICON_SIZE_MENU);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), words);
}

static void
on_toggled (GtkToggleButton *button, gpointer unused)
{
  NjStarButton *self = NJ_STAR_BUTTON (button);

  show (self);
  if (!self->is_following)
    nj_call_set_favourite (self->remote, self->place, gtk_toggle_button_get_active (button));
}

/**
 * nj_star_button_set:
 * @self: the star
 * @is_favourite: what the service says
 *
 * Main thread.
 */
void
nj_star_button_set (NjStarButton *self, gboolean is_favourite)
{
  self->is_following = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self), is_favourite);
  self->is_following = FALSE;
}

/**
 * nj_star_button_new:
 * @remote: the service
 * @place: what is starred: a country's code, an exit's id, or "@" and a list's name
 * @name: what people call it
 *
 * Main thread.
 *
 * Returns: (transfer floating): the star
 */
GtkWidget *
nj_star_button_new (NjRemote *remote, const char *place, const char *name)
{
  NjStarButton *self = g_object_new (NJ_TYPE_STAR_BUTTON, "visible", TRUE, "valign", GTK_ALIGN_CENTER, NULL);

  self->remote = g_object_ref (remote);
  self->place = g_strdup (place);
  self->name = g_strdup (name);
  show (self);
  return GTK_WIDGET (self);
}

static void
nj_star_button_finalize (GObject *object)
{
  NjStarButton *self = NJ_STAR_BUTTON (object);

  g_clear_object (&self->remote);
  g_free (self->place);
  g_free (self->name);

  G_OBJECT_CLASS (nj_star_button_parent_class)->finalize (object);
}

static void
nj_star_button_class_init (NjStarButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_star_button_finalize;
}

static void
nj_star_button_init (NjStarButton *self)
{
  self->image = gtk_image_new ();
  gtk_widget_show (self->image);
  gtk_container_add (GTK_CONTAINER (self), self->image);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "flat");
  g_signal_connect (self, "toggled", G_CALLBACK (on_toggled), NULL);
}
