/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certificates that a site showed when it was looked into, which the browser no longer sees: each with who it is for,
 * who signed it, how long it holds, its key and its fingerprint; and why the site could not be verified, if so. Activity
 * and HTTPS page open it. Main thread.
 */
#include "ui/certificates-sheet.h"

#include "ui/service-words.h"
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <string.h>

#define INTERFACE "org.nightjar.Nightjar1.Inspection"
#define ANSWER    "(sxaa{sv})"

#define NJ_TYPE_CERTIFICATES_SHEET (nj_certificates_sheet_get_type ())
G_DECLARE_FINAL_TYPE (NjCertificatesSheet, nj_certificates_sheet, NJ, CERTIFICATES_SHEET, NjSheet)

struct _NjCertificatesSheet
{
  NjSheet parent_instance;

  char *site; /* owned: host, or host:port */
};

G_DEFINE_FINAL_TYPE (NjCertificatesSheet, nj_certificates_sheet, NJ_TYPE_SHEET)

static void
add (NjCertificatesSheet *self, GtkWidget *widget)
{
  gtk_box_pack_start (nj_sheet_column (NJ_SHEET (self)), widget, FALSE, FALSE, 0);
}

static GtkWidget *
heading_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "heading");
  gtk_widget_show (label);
  return label;
}

/* What somebody may want to compare or copy: a label that can be selected, by the keyboard as well. */
static void
add_fact (GtkWidget *card, const char *name, const char *value)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (name);
  GtkWidget *text = gtk_label_new (value);
  GtkWidget *row;

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_line_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (title), "caption");
  gtk_style_context_add_class (gtk_widget_get_style_context (title), "dim-label");
  gtk_label_set_mnemonic_widget (GTK_LABEL (title), text);
  g_object_set (box, "margin-start", 12, "margin-end", 12, "margin-top", 6, "margin-bottom", 6, NULL);
  gtk_box_pack_start (GTK_BOX (box), title, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), text, FALSE, FALSE, 0);
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (card), box);
  row = gtk_widget_get_parent (box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_can_focus (row, FALSE);
}

static void
add_text (GtkWidget *card, GVariant *facts, const char *key, const char *name)
{
  const char *value = "";

  g_variant_lookup (facts, key, "&s", &value);
  if (value[0] != '\0')
    add_fact (card, name, value);
}

static char *
day_of (GVariant *facts, const char *key)
{
  gint64 when = 0;
  g_autoptr (GDateTime) date = NULL;

  g_variant_lookup (facts, key, "x", &when);
  date = g_date_time_new_from_unix_local (when);
  return date != NULL ? g_date_time_format (date, "%x") : g_strdup ("");
}

/* "aa:bb…" in groups that can be read aloud. */
static char *
group (const char *digits)
{
  GString *text = g_string_new (NULL);
  guint    n = 0;

  for (const char *at = digits; *at != '\0'; at++)
    {
      if (!g_ascii_isxdigit (*at))
        continue;
      if (n > 0 && n % 4 == 0)
        g_string_append_c (text, ' ');
      g_string_append_c (text, g_ascii_toupper (*at));
      n++;
    }
  return g_string_free (text, FALSE);
}

static void
add_certificate (NjCertificatesSheet *self, GVariant *facts, const char *what)
{
  g_autofree char *begins = day_of (facts, "begins");
  g_autofree char *ends = day_of (facts, "ends");
  g_autofree char *both = g_strdup_printf (_ ("%s to %s"), begins, ends);
  g_autofree char *fingerprint = NULL;
  const char *digits = "";
  GtkWidget  *card = nj_sheet_card (what);

  g_variant_lookup (facts, "fingerprint", "&s", &digits);
  fingerprint = group (digits);
  add (self, heading_new (what));
  add_text (card, facts, "subject", _ ("For"));
  add_text (card, facts, "names", _ ("Names"));
  add_text (card, facts, "issuer", _ ("Signed by"));
  add_fact (card, _ ("Holds"), both);
  add_text (card, facts, "key", _ ("Key"));
  add_text (card, facts, "signature", _ ("Signature"));
  add_fact (card, _ ("Fingerprint (SHA-256)"), fingerprint);
  add (self, card);
}

static gboolean
signs_itself (GVariant *facts)
{
  const char *subject = "", *issuer = "";

  return g_variant_lookup (facts, "subject", "&s", &subject) && g_variant_lookup (facts, "issuer", "&s", &issuer) &&
         g_str_equal (subject, issuer);
}

static void
on_tunnelled (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  if (answer != NULL)
    gtk_widget_destroy (GTK_WIDGET (owner));
  else
    add (owner, nj_sheet_words (problem));
}

static void
on_tunnel (GtkButton *button, gpointer user_data)
{
  NjCertificatesSheet *self = user_data;

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  nj_sheet_ask (NJ_SHEET (self), INTERFACE ".TunnelSite", g_variant_new ("(s)", self->site), on_tunnelled);
}

static void
add_problem (NjCertificatesSheet *self, const char *problem)
{
  g_autofree char *words = nj_service_words (problem);
  g_autofree char *text = g_strdup_printf (_ ("The site could not be verified, so nothing was sent to it: %s."), words);
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Open it without looking into it"));

  add (self, nj_sheet_words (text));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_show (button);
  g_signal_connect (button, "clicked", G_CALLBACK (on_tunnel), self);
  add (self, button);
}

static void
on_read (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjCertificatesSheet *self = owner;
  g_autoptr (GVariant) chain = NULL;
  const char *why;
  gsize       n;

  nj_sheet_empty (GTK_CONTAINER (nj_sheet_column (NJ_SHEET (self))));
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE (ANSWER)))
    {
      add (self, nj_sheet_words (_ ("Nightjar was not inside this site’s encryption lately. The certificate that your browser "
                                    "shows is the site’s own.")));
      return;
    }

  g_variant_get (answer, "(&sx@aa{sv})", &why, NULL, &chain);
  if (why[0] != '\0')
    add_problem (self, why);
  else
    add (self, nj_sheet_words (_ ("What the site showed to Nightjar. Your browser shows Nightjar’s certificate in its place.")));
  n = g_variant_n_children (chain);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) facts = g_variant_get_child_value (chain, i);

      add_certificate (self, facts, i == 0 ? _ ("The site") : signs_itself (facts) ? _ ("Root authority") : _ ("Authority"));
    }
}

static void
nj_certificates_sheet_finalize (GObject *object)
{
  g_free (NJ_CERTIFICATES_SHEET (object)->site);
  G_OBJECT_CLASS (nj_certificates_sheet_parent_class)->finalize (object);
}

static void
nj_certificates_sheet_class_init (NjCertificatesSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_certificates_sheet_finalize;
}

static void
nj_certificates_sheet_init (NjCertificatesSheet *self)
{
}

/**
 * nj_certificates_sheet_open:
 * @parent: the window that it stands before
 * @remote: the service
 * @site: host, or host:port when that is not 443
 *
 * Main thread.
 */
void
nj_certificates_sheet_open (GtkWindow *parent, NjRemote *remote, const char *site)
{
  NjCertificatesSheet *self = g_object_new (NJ_TYPE_CERTIFICATES_SHEET, NULL);
  g_autofree char     *title = g_strdup_printf (_ ("Certificates of %s"), site);

  self->site = g_strdup (site);
  nj_sheet_open (NJ_SHEET (self), parent, remote, title);
  nj_sheet_ask (NJ_SHEET (self), INTERFACE ".ReadCertificates", g_variant_new ("(s)", site), on_read);
}
