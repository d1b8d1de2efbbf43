/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What there is to say of one filter list, and whether it is trusted: where it is from, how many of its rules are used
 * and why the others are not, when it is fetched next. A popover of the list's row, which owns it. Main thread.
 */
#include "ui/list-details.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/refusal.h"

#include <glib/gi18n.h>

struct _NjListDetails
{
  GtkPopover parent_instance;

  NjRemote *remote; /* owned */
  char     *id;
  gboolean  is_filling; /* the switch is set by us, not by the user */

  GtkLabel      *text;
  GtkLabel      *origin;
  GtkLinkButton *homepage;
  GtkSwitch     *trust;
};

G_DEFINE_FINAL_TYPE (NjListDetails, nj_list_details, GTK_TYPE_POPOVER)

/* Each reason with how many rules it kept out, those about requests and those about pages together. */
static void
add_refusals (GString *text, GVariant *refusals)
{
  GVariantIter iter;
  const char  *reason;
  guint32      requests, pages;

  g_variant_iter_init (&iter, refusals);
  while (g_variant_iter_next (&iter, "(&suu)", &reason, &requests, &pages))
    {
      g_autofree char *count = nj_amount_count ((guint64) requests + pages);

      g_string_append_printf (text, "\n    %s · %s", count, nj_refusal_words (reason));
    }
}

static char *
describe (const NjStatusList *list)
{
  guint            n_refused = list->rules_refused + list->pages_refused;
  g_autofree char *rules = nj_amount_count (list->rules_used);
  g_autofree char *pages = nj_amount_count (list->pages_used);
  g_autofree char *refused = nj_amount_count (n_refused);
  GString         *text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%s rule about requests", "%s rules about requests", list->rules_used), rules);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, ngettext ("%s rule about pages", "%s rules about pages", list->pages_used), pages);
  if (n_refused == 0)
    return g_string_free (text, FALSE);

  g_string_append_c (text, '\n');
  g_string_append_printf (text, ngettext ("%s rule is not used:", "%s rules are not used:", n_refused), refused);
  if (list->refusals != NULL)
    add_refusals (text, list->refusals);
  return g_string_free (text, FALSE);
}

static void
add_line (GString *text, const char *line)
{
  if (*line == '\0')
    return;
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

/* (transfer full): "" for never */
static char *
print_time (gint64 time_s)
{
  g_autoptr (GDateTime) time = time_s > 0 ? g_date_time_new_from_unix_local (time_s) : NULL;

  return time != NULL ? g_date_time_format (time, "%c") : g_strdup ("");
}

/* When it came last, when that was tried last if it failed since, and when it is tried again. */
static void
add_times (GString *text, const NjStatusList *list)
{
  g_autofree char *success = print_time (list->last_success_s);
  g_autofree char *attempt = print_time (list->last_attempt_s > list->last_success_s ? list->last_attempt_s : 0);
  g_autofree char *next = print_time (list->next_update_s);
  g_autofree char *last = g_strdup_printf (_ ("last read: %s"), success);
  g_autofree char *tried = g_strdup_printf (_ ("last attempt: %s"), attempt);
  g_autofree char *again = g_strdup_printf (_ ("fetched again: %s"), next);

  add_line (text, *success != '\0' ? last : "");
  add_line (text, *attempt != '\0' ? tried : "");
  add_line (text, *next != '\0' ? again : "");
}

static char *
describe_origin (const NjStatusList *list)
{
  GString *text = g_string_new (*list->moved_to != '\0' ? list->moved_to : list->location);

  add_line (text, list->licence);
  add_times (text, list);
  add_line (text, list->problem);
  return g_string_free (text, FALSE);
}

/**
 * nj_list_details_set:
 * @self: the details
 * @list: what the service says of the list now
 *
 * Main thread.
 */
void
nj_list_details_set (NjListDetails *self, const NjStatusList *list)
{
  g_autofree char *text = describe (list);
  g_autofree char *origin = describe_origin (list);
  g_autofree char *trust = g_strdup_printf (_ ("%s may rewrite pages"), list->title);

  gtk_label_set_text (self->text, text);
  gtk_label_set_text (self->origin, origin);
  gtk_widget_set_visible (GTK_WIDGET (self->origin), *origin != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->homepage), *list->homepage != '\0');
  gtk_link_button_set_uri (self->homepage, list->homepage);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->trust)), trust);

  self->is_filling = TRUE;
  gtk_switch_set_active (self->trust, list->is_trusted);
  self->is_filling = FALSE;
}

static void
on_trust (GtkSwitch *trust, GParamSpec *property, gpointer user_data)
{
  NjListDetails *self = user_data;

  if (!self->is_filling)
    nj_call_set_list_trusted (self->remote, self->id, gtk_switch_get_active (trust));
}

/**
 * nj_list_details_new:
 * @remote: the service
 * @id: a filter list
 *
 * Main thread.
 *
 * Returns: (transfer floating): its details, empty as yet
 */
GtkWidget *
nj_list_details_new (NjRemote *remote, const char *id)
{
  NjListDetails *self = g_object_new (NJ_TYPE_LIST_DETAILS, NULL);

  self->remote = g_object_ref (remote);
  self->id = g_strdup (id);
  return GTK_WIDGET (self);
}

static void
nj_list_details_finalize (GObject *object)
{
  NjListDetails *self = NJ_LIST_DETAILS (object);

  g_clear_object (&self->remote);
  g_free (self->id);

  G_OBJECT_CLASS (nj_list_details_parent_class)->finalize (object);
}

static void
nj_list_details_class_init (NjListDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_list_details_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/list-details.ui");
  gtk_widget_class_bind_template_child (widget_class, NjListDetails, text);
  gtk_widget_class_bind_template_child (widget_class, NjListDetails, origin);
  gtk_widget_class_bind_template_child (widget_class, NjListDetails, homepage);
  gtk_widget_class_bind_template_child (widget_class, NjListDetails, trust);
}

static void
nj_list_details_init (NjListDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->trust, "notify::active", G_CALLBACK (on_trust), self);
}
