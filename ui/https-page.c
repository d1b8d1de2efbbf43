/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking into HTTPS: what it means, the switch, which browsers trust the authority, sites that were refused or cannot
 * be looked into, and what the user said of sites and programs. The window owns it. Main thread.
 */
#include "ui/https-page.h"

#include "ui/certificates-sheet.h"
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define REFRESH_MS 5000

struct _NjHttpsPage
{
  GtkBin parent_instance;

  NjHttps *https; /* (nullable) owned */
  guint    refresh;
  gboolean is_filling; /* the switches are set by us, not by the user */

  GtkSwitch *enabled;
  GtkSwitch *all_programs;
  GtkWidget *all_row;
  HdyActionRow *key_row;
  GtkWidget *replace;
  GtkWidget *groups[NJ_N_HTTPS];
  GtkContainer *lists[NJ_N_HTTPS];
  GtkWidget *install;
  GtkWidget *retry_all;
  GtkEntry  *site;
  GtkComboBox *wish;
  GtkWidget *add;
};

G_DEFINE_FINAL_TYPE (NjHttpsPage, nj_https_page, GTK_TYPE_BIN)

/* What a button of a row does when it is pressed. */
typedef struct
{
  NjHttps    *https; /* borrowed: the page outlives its rows */
  const char *method;
  GVariant   *arguments; /* owned */
} Deed;

static void
on_deed (GtkButton *button, gpointer user_data)
{
  Deed *deed = user_data;

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  nj_https_do (deed->https, deed->method, deed->arguments);
}

static void
deed_free (gpointer memory, GClosure *closure)
{
  Deed *deed = memory;

  g_variant_unref (deed->arguments);
  g_free (deed);
}

/* @arguments: floating */
static void
add_button (NjHttpsPage *self, GtkWidget *row, const char *label, const char *accessible, const char *method, GVariant *arguments)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  Deed      *deed = g_new0 (Deed, 1);

  deed->https = self->https;
  deed->method = method;
  deed->arguments = g_variant_ref_sink (arguments);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (button), accessible);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_deed), deed, deed_free, 0);
  gtk_widget_show (button);
  gtk_container_add (GTK_CONTAINER (row), button);
}

static GtkWidget *
row_new (const char *title, const char *subtitle)
{
  GtkWidget *row = hdy_action_row_new ();

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), title);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), subtitle);
  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 3);
  hdy_action_row_set_title_lines (HDY_ACTION_ROW (row), 1);
  /* The row keeps its labels from screen readers. */
  atk_object_set_name (gtk_widget_get_accessible (row), title);
  atk_object_set_description (gtk_widget_get_accessible (row), subtitle);
  gtk_widget_show (row);
  return row;
}

static GtkWidget *
trust_row (NjHttpsPage *self, GVariant *item)
{
  const char *name, *folder, *state, *problem;
  g_autofree char *subtitle = NULL;
  g_autofree char *accessible = NULL;
  gboolean   is_trusted;
  GtkWidget *row;

  g_variant_get (item, "(&s&s&s&s)", &name, &folder, &state, &problem);
  is_trusted = g_str_equal (state, "trusted");
  if (problem[0] != '\0')
    subtitle = g_strdup (problem);
  else
    subtitle = g_strdup (is_trusted ? _ ("Trusts Nightjar’s certificates") : _ ("Does not trust Nightjar’s certificates"));
  row = row_new (name, subtitle);
  gtk_widget_set_tooltip_text (row, folder);
  accessible = g_strdup_printf (is_trusted ? _ ("Take out of %s") : _ ("Install in %s"), name);
  add_button (self, row, is_trusted ? _ ("Take out") : _ ("Install"), accessible, is_trusted ? "DistrustIn" : "TrustIn",
              g_variant_new ("(s)", folder));
  return row;
}

static void
on_details (GtkButton *button, gpointer user_data)
{
  NjHttpsPage *self = user_data;

  nj_certificates_sheet_open (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))), nj_https_remote (self->https),
                              g_object_get_data (G_OBJECT (button), "site"));
}

static void
add_details (NjHttpsPage *self, GtkWidget *row, const char *site)
{
  GtkWidget       *button = gtk_button_new_from_icon_name ("dialog-information-symbolic", GTK_ICON_SIZE_BUTTON);
  g_autofree char *accessible = g_strdup_printf (_ ("Certificates of %s"), site);

  g_object_set_data_full (G_OBJECT (button), "site", g_strdup (site), g_free);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, accessible);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  atk_object_set_name (gtk_widget_get_accessible (button), accessible);
  g_signal_connect (button, "clicked", G_CALLBACK (on_details), self);
  gtk_widget_show (button);
  gtk_container_add (GTK_CONTAINER (row), button);
}

static GtkWidget *
refused_row (NjHttpsPage *self, GVariant *item)
{
  const char *site, *problem;
  g_autofree char *words = NULL;
  g_autofree char *accessible = NULL;
  GtkWidget *row;

  g_variant_get (item, "(&s&sx)", &site, &problem, NULL);
  words = nj_service_words (problem);
  row = row_new (site, words);
  add_details (self, row, site);
  accessible = g_strdup_printf (_ ("Open %s without looking into it"), site);
  add_button (self, row, _ ("Open anyway"), accessible, "TunnelSite", g_variant_new ("(s)", site));
  return row;
}

static GtkWidget *
excluded_row (NjHttpsPage *self, GVariant *item)
{
  const char *site, *reason;
  gint64      when;
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *day = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *accessible = NULL;
  GtkWidget *row;

  g_variant_get (item, "(&s&sx)", &site, &reason, &when);
  date = g_date_time_new_from_unix_local (when);
  day = date != NULL ? g_date_time_format (date, "%x") : g_strdup ("");
  subtitle = g_strdup_printf ("%s · %s", nj_https_reason (reason), day);
  row = row_new (site, subtitle);
  accessible = g_strdup_printf (_ ("Try %s again"), site);
  add_button (self, row, _ ("Try again"), accessible, "ForgetExcluded", g_variant_new ("(s)", site));
  return row;
}

static GtkWidget *
wish_row (NjHttpsPage *self, GVariant *item)
{
  const char *kind, *name, *wish;
  g_autofree char *accessible = NULL;
  gboolean   is_site, is_always;
  GtkWidget *row;

  g_variant_get (item, "(&s&s&s)", &kind, &name, &wish);
  is_site = g_str_equal (kind, "site");
  is_always = g_str_equal (wish, "always");
  row = row_new (name, is_site ? (is_always ? _ ("Site: always looked into") : _ ("Site: never looked into"))
                               : (is_always ? _ ("Program: always looked into") : _ ("Program: never looked into")));
  accessible = g_strdup_printf (_ ("Forget what is said of %s"), name);
  add_button (self, row, _ ("Forget"), accessible, is_site ? "SetSite" : "SetProgram", g_variant_new ("(ss)", name, ""));
  return row;
}

static void
fill (NjHttpsPage *self, NjHttpsList which)
{
  static GtkWidget *(*const makers[NJ_N_HTTPS]) (NjHttpsPage *, GVariant *) = { trust_row, refused_row, excluded_row, wish_row };
  g_autoptr (GList) children = gtk_container_get_children (self->lists[which]);
  GVariant *list = nj_https_list (self->https, which);
  gsize     n = list != NULL ? g_variant_n_children (list) : 0;

  /* The same rows stay, with the focus where it is. */
  if (g_object_get_data (G_OBJECT (self->lists[which]), "shown") == list && list != NULL)
    return;
  g_object_set_data_full (G_OBJECT (self->lists[which]), "shown", list != NULL ? g_variant_ref (list) : NULL,
                          (GDestroyNotify) g_variant_unref);

  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (list, i);

      gtk_container_add (self->lists[which], makers[which](self, item));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->lists[which]), n > 0);
  gtk_widget_set_visible (self->groups[which], n > 0 || which == NJ_HTTPS_WISHES || which == NJ_HTTPS_TRUST);
}

/* Where the authority's key is, and what follows from that. */
static void
show_key (NjHttpsPage *self)
{
  static const struct
  {
    const char *key;
    const char *words;
  } places[] = {
    { "new", N_ ("Its key is on its way to your keyring") },
    { "file", N_ ("Its key is in a file that only you may read") },
    { "keyring", N_ ("Its key is in your keyring") },
    { "awaited", N_ ("Its key is in your keyring. Nothing is looked into until it gives it.") },
    { "locked", N_ ("Its key is in your keyring, which is locked. Nothing is looked into until you unlock it.") },
    { "missing", N_ ("Its key cannot be found, so nothing is looked into. If it does not come back, make another one: browsers "
                     "that trusted this one will trust that.") },
  };
  const char *key = nj_https_key (self->https);
  const char *words = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_str_equal (places[i].key, key))
      words = _ (places[i].words);
  if (words != NULL)
    {
      hdy_action_row_set_subtitle (self->key_row, words);
      atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->key_row)), words);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), words != NULL);
  gtk_widget_set_visible (self->replace, g_str_equal (key, "missing"));
}

static void
on_replace (GtkButton *button, gpointer user_data)
{
  nj_https_do (NJ_HTTPS_PAGE (user_data)->https, "ReplaceCertificate", NULL);
}

static void
on_changed (NjHttps *https, gpointer user_data)
{
  NjHttpsPage *self = user_data;
  gboolean     is_there = nj_https_is_there (https);

  self->is_filling = TRUE;
  gtk_switch_set_active (self->enabled, nj_https_is_on (https));
  gtk_switch_set_active (self->all_programs, nj_https_is_for_all (https));
  self->is_filling = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->enabled), is_there);
  gtk_widget_set_sensitive (self->all_row, is_there && nj_https_is_on (https));
  show_key (self);
  for (guint i = 0; i < NJ_N_HTTPS; i++)
    fill (self, (NjHttpsList) i);
}

static void
on_enabled (GObject *object, GParamSpec *property, gpointer user_data)
{
  NjHttpsPage *self = user_data;

  if (!self->is_filling)
    nj_https_do (self->https, "SetEnabled", g_variant_new ("(b)", gtk_switch_get_active (self->enabled)));
}

static void
on_all_programs (GObject *object, GParamSpec *property, gpointer user_data)
{
  NjHttpsPage *self = user_data;

  if (!self->is_filling)
    nj_https_do (self->https, "SetPrograms", g_variant_new ("(s)", gtk_switch_get_active (self->all_programs) ? "all" : "browsers"));
}

static void
on_install (GtkButton *button, gpointer user_data)
{
  nj_https_do (NJ_HTTPS_PAGE (user_data)->https, "InstallCertificate", NULL);
}

static void
on_retry_all (GtkButton *button, gpointer user_data)
{
  nj_https_do (NJ_HTTPS_PAGE (user_data)->https, "ForgetExcluded", g_variant_new ("(s)", ""));
}

static void
on_site_changed (GtkEditable *editable, gpointer user_data)
{
  NjHttpsPage *self = user_data;

  gtk_widget_set_sensitive (self->add, gtk_entry_get_text_length (self->site) > 0);
}

static void
on_add (GtkWidget *widget, gpointer user_data)
{
  NjHttpsPage *self = user_data;

  if (gtk_entry_get_text_length (self->site) == 0)
    return;
  nj_https_do (self->https, "SetSite", g_variant_new ("(ss)", gtk_entry_get_text (self->site), gtk_combo_box_get_active_id (self->wish)));
  gtk_entry_set_text (self->site, "");
}

static gboolean
on_refresh (gpointer user_data)
{
  nj_https_refresh (NJ_HTTPS_PAGE (user_data)->https);
  return G_SOURCE_CONTINUE;
}

static void
nj_https_page_map (GtkWidget *widget)
{
  NjHttpsPage *self = NJ_HTTPS_PAGE (widget);

  GTK_WIDGET_CLASS (nj_https_page_parent_class)->map (widget);
  g_clear_handle_id (&self->refresh, g_source_remove);
  if (self->https == NULL)
    return;
  self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
  on_refresh (self);
}

static void
nj_https_page_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&NJ_HTTPS_PAGE (widget)->refresh, g_source_remove);
  GTK_WIDGET_CLASS (nj_https_page_parent_class)->unmap (widget);
}

/**
 * nj_https_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_https_page_set_remote (NjHttpsPage *self, NjRemote *remote)
{
  self->https = nj_https_new (remote);
  g_signal_connect_object (self->https, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (self->https, self);
}

static void
nj_https_page_dispose (GObject *object)
{
  NjHttpsPage *self = NJ_HTTPS_PAGE (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->https);
  G_OBJECT_CLASS (nj_https_page_parent_class)->dispose (object);
}

static void
nj_https_page_class_init (NjHttpsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    const char *group;
    const char *list;
  } names[NJ_N_HTTPS] = { { "trust_group", "trust" },
                          { "refused_group", "refused" },
                          { "excluded_group", "excluded" },
                          { "wishes_group", "wishes" } };

  G_OBJECT_CLASS (klass)->dispose = nj_https_page_dispose;
  widget_class->map = nj_https_page_map;
  widget_class->unmap = nj_https_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/https-page.ui");
  for (guint i = 0; i < NJ_N_HTTPS; i++)
    {
      gtk_widget_class_bind_template_child_full (widget_class, names[i].group, FALSE,
                                                 G_STRUCT_OFFSET (NjHttpsPage, groups) + (gssize) (i * sizeof (GtkWidget *)));
      gtk_widget_class_bind_template_child_full (widget_class, names[i].list, FALSE,
                                                 G_STRUCT_OFFSET (NjHttpsPage, lists) + (gssize) (i * sizeof (GtkContainer *)));
    }
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, enabled);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, all_programs);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, all_row);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, key_row);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, replace);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, install);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, retry_all);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, site);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, wish);
  gtk_widget_class_bind_template_child (widget_class, NjHttpsPage, add);
}

static void
nj_https_page_init (NjHttpsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->enabled, "notify::active", G_CALLBACK (on_enabled), self);
  g_signal_connect (self->all_programs, "notify::active", G_CALLBACK (on_all_programs), self);
  g_signal_connect (self->replace, "clicked", G_CALLBACK (on_replace), self);
  g_signal_connect (self->install, "clicked", G_CALLBACK (on_install), self);
  g_signal_connect (self->retry_all, "clicked", G_CALLBACK (on_retry_all), self);
  g_signal_connect (self->site, "changed", G_CALLBACK (on_site_changed), self);
  g_signal_connect (self->site, "activate", G_CALLBACK (on_add), self);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
}
