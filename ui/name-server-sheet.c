/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who resolves the names of what goes direct: the system, a server that is known by name, or another one; how it is
 * asked; and what happens where it cannot be had. Each choice holds at once; what is wrong with another server the
 * service says, at its field. The exits page opens it. Main thread.
 */
#include "ui/name-server-sheet.h"

#include "ui/amount.h"
#include "ui/field.h"
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

#define NJ_TYPE_NAME_SERVER_SHEET (nj_name_server_sheet_get_type ())
G_DECLARE_FINAL_TYPE (NjNameServerSheet, nj_name_server_sheet, NJ, NAME_SERVER_SHEET, NjSheet)

#define PROVIDERS_MAX 8
/* Ids of entries of the box that are no providers. */
#define SYSTEM "system"
#define OTHER  "other"

struct _NjNameServerSheet
{
  NjSheet parent_instance;

  gboolean      is_following; /* what is set now comes from the service */
  HdyActionRow *who_row;
  GtkComboBox  *who;
  GtkWidget    *how_row;
  GtkComboBox  *how;
  GtkWidget    *fallback_row;
  GtkSwitch    *fallback;
  HdyActionRow *test_row;
  GtkWidget    *test;
  GtkWidget    *other; /* what another server needs */
  NjField      *server;
  NjField      *addresses;
  GtkLabel     *problem;
};

G_DEFINE_FINAL_TYPE (NjNameServerSheet, nj_name_server_sheet, NJ_TYPE_SHEET)

static gboolean
is_https (NjNameServerSheet *self)
{
  return strcmp (gtk_combo_box_get_active_id (self->how), "doh") == 0;
}

static void
say (NjNameServerSheet *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

/* What can be set below follows from who is asked. */
static void
show_parts (NjNameServerSheet *self)
{
  const char *who = gtk_combo_box_get_active_id (self->who);
  gboolean    is_system = who == NULL || strcmp (who, SYSTEM) == 0;

  gtk_widget_set_sensitive (self->how_row, !is_system);
  gtk_widget_set_sensitive (self->fallback_row, !is_system);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_row), !is_system);
  gtk_widget_set_visible (self->other, who != NULL && strcmp (who, OTHER) == 0);
  gtk_entry_set_placeholder_text (nj_field_entry (self->server), is_https (self) ? "https://dns.example/dns-query" : "dns.example:853");
}

static void
show_server (NjNameServerSheet *self, const NjNameServer *server)
{
  int              i = nj_name_server_provider_of (server);
  gboolean         is_system = strcmp (server->mode, "system") == 0 || *server->mode == '\0';
  g_autofree char *id = i >= 0 ? g_strdup_printf ("%d", i) : g_strdup (is_system ? SYSTEM : OTHER);
  g_autofree char *addresses = g_strjoinv (" ", server->addresses);
  g_autofree char *words = nj_name_server_words (server);
  g_autofree char *markup = g_markup_escape_text (words, -1);

  self->is_following = TRUE;
  gtk_combo_box_set_active_id (self->who, id);
  if (!is_system)
    gtk_combo_box_set_active_id (self->how, server->mode);
  gtk_switch_set_active (self->fallback, server->falls_back);
  if (i < 0 && !is_system)
    {
      gtk_entry_set_text (nj_field_entry (self->server), server->server);
      gtk_entry_set_text (nj_field_entry (self->addresses), addresses);
    }
  self->is_following = FALSE;
  hdy_action_row_set_subtitle (self->who_row, markup);
  show_parts (self);
}

static void
say_tested (NjNameServerSheet *self, const char *words)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);

  hdy_action_row_set_subtitle (self->test_row, markup);
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->test_row)), words);
}

static void
on_tested (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjNameServerSheet *self = owner;
  g_autofree char   *latency = NULL;
  g_autofree char   *words = NULL;
  guint32            latency_ms;

  gtk_widget_set_sensitive (self->test, TRUE);
  nj_sheet_warn (GTK_WIDGET (self->test_row), answer == NULL);
  if (answer == NULL)
    {
      say_tested (self, problem);
      return;
    }

  g_variant_get (answer, "(u)", &latency_ms);
  latency = nj_amount_latency (latency_ms);
  words = g_strdup_printf (_ ("It answers, within %s"), latency);
  say_tested (self, words);
}

static void
on_test (GtkButton *button, gpointer user_data)
{
  NjNameServerSheet *self = user_data;

  gtk_widget_set_sensitive (self->test, FALSE);
  say_tested (self, _ ("testing…"));
  nj_sheet_ask (NJ_SHEET (self), "TestDns", NULL, on_tested);
}

static char *
signature (const NjNameServer *server)
{
  g_autofree char *addresses = g_strjoinv (" ", server->addresses);

  return g_strdup_printf ("%s %s %s %d", server->mode, server->server, addresses, server->falls_back);
}

/* While the user types nothing else shall change what he sees. */
static void
show_status (NjSheet *sheet, const NjStatus *status)
{
  char *now = signature (status->name_server);

  if (g_strcmp0 (g_object_get_data (G_OBJECT (sheet), "shown"), now) == 0)
    {
      g_free (now);
      return;
    }
  g_object_set_data_full (G_OBJECT (sheet), "shown", now, g_free);
  /* What was said of another one does not hold for this. */
  say_tested (NJ_NAME_SERVER_SHEET (sheet), "");
  nj_sheet_warn (GTK_WIDGET (NJ_NAME_SERVER_SHEET (sheet)->test_row), FALSE);
  show_server (NJ_NAME_SERVER_SHEET (sheet), status->name_server);
}

static void
on_set (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  say (owner, problem);
}

/* Which of the two fields is meant can be told by the quoted text only. */
static void
on_other_set (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjNameServerSheet *self = owner;
  g_autofree char   *server = nj_field_text (self->server);
  g_autofree char   *quoted = g_strdup_printf ("“%s”", server);
  gboolean           is_server = *server == '\0' || (problem != NULL && strstr (problem, quoted) != NULL);

  nj_field_say (self->addresses, is_server ? NULL : problem);
  nj_field_say (self->server, is_server ? problem : NULL);
}

static void
set (NjNameServerSheet *self, const char *mode, const char *server, const char *addresses, NjAskDone done)
{
  g_autofree char *copy = g_strdup (addresses);
  g_auto (GStrv)   all = g_strsplit_set (copy, " ,;", -1);
  GVariantBuilder  builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; all[i] != NULL; i++)
    if (*all[i] != '\0')
      g_variant_builder_add (&builder, "s", all[i]);
  nj_sheet_ask (NJ_SHEET (self), "SetDns",
                g_variant_new ("(ssass)", mode, server, &builder, gtk_switch_get_active (self->fallback) ? "system" : "none"), done);
}

static void
on_use_other (GtkWidget *widget, gpointer user_data)
{
  NjNameServerSheet *self = user_data;
  g_autofree char   *server = nj_field_text (self->server);
  g_autofree char   *addresses = nj_field_text (self->addresses);

  set (self, gtk_combo_box_get_active_id (self->how), server, addresses, on_other_set);
}

static void
apply (NjNameServerSheet *self)
{
  const char                 *who = gtk_combo_box_get_active_id (self->who);
  const NjNameServerProvider *provider;

  say (self, NULL);
  show_parts (self);
  if (self->is_following || who == NULL)
    return;
  if (strcmp (who, SYSTEM) == 0)
    {
      set (self, SYSTEM, "", "", on_set);
      return;
    }
  if (strcmp (who, OTHER) == 0)
    return;

  provider = nj_name_server_provider ((guint) g_ascii_strtoull (who, NULL, 10));
  set (self, gtk_combo_box_get_active_id (self->how), is_https (self) ? provider->url : provider->host, provider->addresses, on_set);
}

static void
on_chosen (GtkComboBox *combo, gpointer user_data)
{
  apply (user_data);
}

static void
on_fallback (GtkSwitch *fallback, GParamSpec *property, gpointer user_data)
{
  NjNameServerSheet *self = user_data;
  const char        *who = gtk_combo_box_get_active_id (self->who);

  if (!self->is_following && g_strcmp0 (who, OTHER) == 0 && gtk_entry_get_text_length (nj_field_entry (self->server)) > 0)
    on_use_other (NULL, self);
  else
    apply (self);
}

/* (transfer floating): a row with a box in it */
static GtkWidget *
combo_row (GtkComboBox **ret_combo, const char *title, const char *subtitle)
{
  GtkWidget *row = nj_sheet_row (title, subtitle);
  GtkWidget *combo = gtk_combo_box_text_new ();

  gtk_widget_set_valign (combo, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (combo), title);
  gtk_container_add (GTK_CONTAINER (row), combo);
  gtk_widget_show (combo);
  *ret_combo = GTK_COMBO_BOX (combo);
  return row;
}

static GtkWidget *
make_card (NjNameServerSheet *self)
{
  GtkWidget *card = nj_sheet_card (_ ("Name server"));

  self->who_row = HDY_ACTION_ROW (combo_row (&self->who, _ ("Who is asked"), NULL));
  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->who), SYSTEM, _ ("The system"));
  for (guint i = 0; i < PROVIDERS_MAX && nj_name_server_provider (i) != NULL; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->who), id, nj_name_server_provider (i)->name);
    }
  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->who), OTHER, _ ("Another server"));

  self->how_row = combo_row (&self->how, _ ("How"), _ ("Over HTTPS it looks like any other site"));
  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->how), "doh", "DNS over HTTPS");
  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->how), "dot", "DNS over TLS");
  gtk_combo_box_set_active (self->how, 0);

  self->fallback = GTK_SWITCH (gtk_switch_new ());
  self->fallback_row = nj_sheet_row (_ ("Ask the system where it cannot be had"),
                                     _ ("Names are then said in the clear. Without it they stay unknown, and their sites do not open."));
  gtk_widget_set_valign (GTK_WIDGET (self->fallback), GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->fallback)), _ ("Ask the system where it cannot be had"));
  gtk_container_add (GTK_CONTAINER (self->fallback_row), GTK_WIDGET (self->fallback));
  gtk_widget_show (GTK_WIDGET (self->fallback));

  self->test_row = HDY_ACTION_ROW (nj_sheet_row (_ ("Does it answer?"), NULL));
  self->test = gtk_button_new_with_label (_ ("Test"));
  gtk_widget_set_valign (self->test, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (self->test_row), self->test);
  gtk_widget_show (self->test);
  g_signal_connect (self->test, "clicked", G_CALLBACK (on_test), self);

  gtk_container_add (GTK_CONTAINER (card), GTK_WIDGET (self->who_row));
  gtk_container_add (GTK_CONTAINER (card), self->how_row);
  gtk_container_add (GTK_CONTAINER (card), self->fallback_row);
  gtk_container_add (GTK_CONTAINER (card), GTK_WIDGET (self->test_row));
  return card;
}

static GtkWidget *
make_other (NjNameServerSheet *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *use = gtk_button_new_with_label (_ ("Use it"));

  self->server = NJ_FIELD (nj_field_new (_ ("Name server"), ""));
  self->addresses = NJ_FIELD (nj_field_new (_ ("Its addresses"), _ ("IP addresses of it, such as 192.0.2.1")));
  gtk_widget_set_halign (use, GTK_ALIGN_END);
  gtk_style_context_add_class (gtk_widget_get_style_context (use), "suggested-action");
  gtk_widget_show (use);
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->server));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->addresses));
  gtk_container_add (GTK_CONTAINER (box), use);
  g_signal_connect (use, "clicked", G_CALLBACK (on_use_other), self);
  g_signal_connect (nj_field_entry (self->server), "activate", G_CALLBACK (on_use_other), self);
  g_signal_connect (nj_field_entry (self->addresses), "activate", G_CALLBACK (on_use_other), self);
  return box;
}

/**
 * nj_name_server_sheet_open:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Main thread.
 */
void
nj_name_server_sheet_open (GtkWindow *parent, NjRemote *remote)
{
  nj_sheet_open (g_object_new (NJ_TYPE_NAME_SERVER_SHEET, NULL), parent, remote, _ ("Name Server"));
}

static void
nj_name_server_sheet_class_init (NjNameServerSheetClass *klass)
{
  NJ_SHEET_CLASS (klass)->show_status = show_status;
}

static void
nj_name_server_sheet_init (NjNameServerSheet *self)
{
  GtkBox *column = nj_sheet_column (NJ_SHEET (self));

  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_line_wrap (self->problem, TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->problem)), "error");
  gtk_container_add (GTK_CONTAINER (column),
                     nj_sheet_words (_ ("Who turns names of sites into addresses, for what goes direct. "
                                        "Behind an exit the exit does it, and nobody is asked here.")));
  gtk_container_add (GTK_CONTAINER (column), make_card (self));
  self->other = make_other (self);
  gtk_container_add (GTK_CONTAINER (column), self->other);
  gtk_container_add (GTK_CONTAINER (column), GTK_WIDGET (self->problem));
  g_signal_connect (self->who, "changed", G_CALLBACK (on_chosen), self);
  g_signal_connect (self->how, "changed", G_CALLBACK (on_chosen), self);
  g_signal_connect (self->fallback, "notify::active", G_CALLBACK (on_fallback), self);
}
