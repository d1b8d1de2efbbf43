/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much is done to requests and answers: one of three profiles for all sites, another one for some, and what else may
 * be chosen, each with what it does and what it can break. The window owns it. Main thread.
 */
#include "ui/privacy-page.h"

#include "ui/privacy.h"

#include <glib/gi18n.h>

#define N_PROFILES 3
#define N_OPTIONS  2

struct _NjPrivacyPage
{
  GtkBin parent_instance;

  NjRemote *remote;     /* (nullable) owned */
  gboolean  is_filling; /* what is shown is set by us, not by the user */

  GtkWidget       *content;
  GtkToggleButton *profiles[N_PROFILES];
  GtkComboBox     *https_first;
  GtkSwitch       *options[N_OPTIONS];
  GtkContainer    *sites;
  GtkEntry        *site;
  GtkComboBox     *site_profile;
  GtkWidget       *add;
  GVariant        *shown; /* (nullable) owned: the sites in the list */
};

G_DEFINE_FINAL_TYPE (NjPrivacyPage, nj_privacy_page, GTK_TYPE_BIN)

static const char *const profiles[N_PROFILES] = { "off", "standard", "strict" };

/* What a switch chooses. */
static const struct
{
  const char *name;
  const char *off;
  const char *on;
} options[N_OPTIONS] = { { "user-agent", "own", "common" }, { "accept-language", "own", "match" } };

static void
on_site_profile (GtkComboBox *combo, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  nj_privacy_set_site (self->remote, g_object_get_data (G_OBJECT (combo), "site"), gtk_combo_box_get_active_id (combo));
}

static void
on_site_removed (GtkButton *button, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  nj_privacy_set_site (self->remote, g_object_get_data (G_OBJECT (button), "site"), "");
}

/* One that knows which site it is about. */
static void
add_to_row (GtkWidget *row, GtkWidget *widget, const char *site, const char *accessible)
{
  g_object_set_data_full (G_OBJECT (widget), "site", g_strdup (site), g_free);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (widget), accessible);
  gtk_widget_show (widget);
  gtk_container_add (GTK_CONTAINER (row), widget);
}

static GtkWidget *
site_row (NjPrivacyPage *self, const char *site, const char *profile)
{
  const char *const words[N_PROFILES] = { _ ("Off"), _ ("Standard"), _ ("Strict") };
  GtkWidget *row = hdy_action_row_new ();
  GtkWidget *combo = gtk_combo_box_text_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic", GTK_ICON_SIZE_BUTTON);

  g_autofree char *choose = g_strdup_printf (_ ("Privacy of %s"), site);
  g_autofree char *remove = g_strdup_printf (_ ("Treat %s as all sites"), site);

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), site);
  hdy_action_row_set_title_lines (HDY_ACTION_ROW (row), 1);
  atk_object_set_name (gtk_widget_get_accessible (row), site);
  for (guint i = 0; i < N_PROFILES; i++)
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), profiles[i], words[i]);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), profile);
  add_to_row (row, combo, site, choose);
  g_signal_connect (combo, "changed", G_CALLBACK (on_site_profile), self);

  gtk_widget_set_tooltip_text (button, _ ("As all sites"));
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  add_to_row (row, button, site, remove);
  g_signal_connect (button, "clicked", G_CALLBACK (on_site_removed), self);
  gtk_widget_show (row);
  return row;
}

static void
fill_sites (NjPrivacyPage *self)
{
  GVariant    *sites = nj_privacy_sites (self->remote);
  g_autoptr (GList) children = NULL;
  GVariantIter all;
  const char  *site, *profile;

  /* The same rows stay, with the focus where it is. */
  if (sites != NULL && self->shown != NULL && g_variant_equal (sites, self->shown))
    {
      g_variant_unref (sites);
      return;
    }

  children = gtk_container_get_children (self->sites);
  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);
  g_clear_pointer (&self->shown, g_variant_unref);
  self->shown = sites;
  gtk_widget_set_visible (GTK_WIDGET (self->sites), sites != NULL && g_variant_n_children (sites) > 0);
  if (sites == NULL)
    return;
  g_variant_iter_init (&all, sites);
  while (g_variant_iter_next (&all, "(&s&s)", &site, &profile))
    gtk_container_add (self->sites, site_row (self, site, profile));
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjPrivacyPage   *self = user_data;
  g_autofree char *profile = nj_privacy_profile (remote);
  g_autofree char *https_first = nj_privacy_option (remote, "https-first");

  self->is_filling = TRUE;
  gtk_widget_set_sensitive (self->content, profile[0] != '\0');
  for (guint i = 0; i < N_PROFILES; i++)
    if (g_str_equal (profiles[i], profile))
      gtk_toggle_button_set_active (self->profiles[i], TRUE);
  gtk_combo_box_set_active_id (self->https_first, https_first);
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      g_autofree char *value = nj_privacy_option (remote, options[i].name);

      gtk_switch_set_active (self->options[i], g_str_equal (value, options[i].on));
    }
  self->is_filling = FALSE;
  fill_sites (self);
}

static void
on_profile (GtkToggleButton *button, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  if (self->is_filling || !gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < N_PROFILES; i++)
    if (self->profiles[i] == button)
      nj_privacy_choose (self->remote, profiles[i]);
}

static void
on_https_first (GtkComboBox *combo, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  if (!self->is_filling && gtk_combo_box_get_active_id (combo) != NULL)
    nj_privacy_set_option (self->remote, "https-first", gtk_combo_box_get_active_id (combo));
}

static void
on_option (GObject *object, GParamSpec *property, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  for (guint i = 0; i < N_OPTIONS && !self->is_filling; i++)
    if (self->options[i] == GTK_SWITCH (object))
      nj_privacy_set_option (self->remote, options[i].name,
                             gtk_switch_get_active (self->options[i]) ? options[i].on : options[i].off);
}

static void
on_site_changed (GtkEditable *editable, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  gtk_widget_set_sensitive (self->add, gtk_entry_get_text_length (self->site) > 0);
}

static void
on_add (GtkWidget *widget, gpointer user_data)
{
  NjPrivacyPage *self = user_data;

  if (gtk_entry_get_text_length (self->site) == 0)
    return;
  nj_privacy_set_site (self->remote, gtk_entry_get_text (self->site), gtk_combo_box_get_active_id (self->site_profile));
  gtk_entry_set_text (self->site, "");
}

/**
 * nj_privacy_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_privacy_page_set_remote (NjPrivacyPage *self, NjRemote *remote)
{
  self->remote = g_object_ref (remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (remote, self);
}

static void
nj_privacy_page_dispose (GObject *object)
{
  NjPrivacyPage *self = NJ_PRIVACY_PAGE (object);

  g_clear_object (&self->remote);
  g_clear_pointer (&self->shown, g_variant_unref);
  G_OBJECT_CLASS (nj_privacy_page_parent_class)->dispose (object);
}

static void
nj_privacy_page_class_init (NjPrivacyPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const char *const switches[N_OPTIONS] = { "common_agent", "match_languages" };

  G_OBJECT_CLASS (klass)->dispose = nj_privacy_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/privacy-page.ui");
  for (guint i = 0; i < N_PROFILES; i++)
    gtk_widget_class_bind_template_child_full (widget_class, profiles[i], FALSE,
                                               G_STRUCT_OFFSET (NjPrivacyPage, profiles) + (gssize) (i * sizeof (gpointer)));
  for (guint i = 0; i < N_OPTIONS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, switches[i], FALSE,
                                               G_STRUCT_OFFSET (NjPrivacyPage, options) + (gssize) (i * sizeof (gpointer)));
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, content);
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, https_first);
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, sites);
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, site);
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, site_profile);
  gtk_widget_class_bind_template_child (widget_class, NjPrivacyPage, add);
}

static void
nj_privacy_page_init (NjPrivacyPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_PROFILES; i++)
    g_signal_connect (self->profiles[i], "toggled", G_CALLBACK (on_profile), self);
  for (guint i = 0; i < N_OPTIONS; i++)
    g_signal_connect (self->options[i], "notify::active", G_CALLBACK (on_option), self);
  g_signal_connect (self->https_first, "changed", G_CALLBACK (on_https_first), self);
  g_signal_connect (self->site, "changed", G_CALLBACK (on_site_changed), self);
  g_signal_connect (self->site, "activate", G_CALLBACK (on_add), self);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
}
