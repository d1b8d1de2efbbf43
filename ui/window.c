/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one window: its pages under a switcher, and a bar that says what the service refused. What the pages show is
 * theirs; what closing means is the application's. The application owns it. Main thread.
 */
#include "ui/window.h"

#include "ui/activity-page.h"
#include "ui/exits-page.h"
#include "ui/filters-page.h"
#include "ui/https-page.h"
#include "ui/overview-page.h"
#include "ui/privacy-page.h"
#include "ui/rules-page.h"

#include <string.h>

struct _NjWindow
{
  HdyApplicationWindow parent_instance;

  gboolean is_lasting; /* what the bar says stays true until the user closes it */

  GtkStack       *stack;
  GtkInfoBar     *failure_bar;
  GtkLabel       *failure_label;
  GtkWidget      *failure_close;
  NjOverviewPage *overview;
  NjExitsPage    *exits;
  NjFiltersPage  *filters;
  NjRulesPage    *rules;
  NjPrivacyPage  *privacy;
  NjHttpsPage    *https;
  NjActivityPage *activity;
};

G_DEFINE_FINAL_TYPE (NjWindow, nj_window, HDY_TYPE_APPLICATION_WINDOW)

static void
load_style (void)
{
  static gsize is_loaded = 0;
  g_autoptr (GtkCssProvider) provider = NULL;

  if (!g_once_init_enter (&is_loaded))
    return;

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/nightjar/Nightjar/nightjar.css");
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (), GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_once_init_leave (&is_loaded, 1);
}

/**
 * nj_window_show_page:
 * @self: the window
 * @page: "overview", "exits", "filters", "rules", "privacy", "https" or "activity"; anything else leaves the page as it is
 *
 * Main thread.
 */
void
nj_window_show_page (NjWindow *self, const char *page)
{
  if (gtk_stack_get_child_by_name (self->stack, page) != NULL)
    gtk_stack_set_visible_child_name (self->stack, page);
}

/**
 * nj_window_show_log:
 * @self: the window
 * @filter: text that an entry must hold, "" for all
 *
 * Main thread.
 */
void
nj_window_show_log (NjWindow *self, const char *filter)
{
  nj_window_show_page (self, "activity");
  nj_activity_page_show_only (self->activity, filter);
}

/**
 * nj_window_say:
 * @self: the window
 * @text: what the user shall know, until the bar is closed
 *
 * Main thread.
 */
void
nj_window_say (NjWindow *self, const char *text)
{
  self->is_lasting = TRUE;
  gtk_label_set_text (self->failure_label, text);
  gtk_info_bar_set_revealed (self->failure_bar, TRUE);
}

static void
on_call_failed (NjRemote *remote, const char *text, gpointer user_data)
{
  NjWindow *self = user_data;

  self->is_lasting = FALSE;
  gtk_label_set_text (self->failure_label, text);
  gtk_info_bar_set_revealed (self->failure_bar, TRUE);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjWindow *self = user_data;

  /* Something happened after the refusal: it is no longer news. */
  if (!self->is_lasting)
    gtk_info_bar_set_revealed (self->failure_bar, FALSE);
}

static void
on_failure_closed (GtkButton *button, gpointer user_data)
{
  NjWindow *self = user_data;

  gtk_info_bar_set_revealed (self->failure_bar, FALSE);
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  NjWindow   *self = user_data;
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (page, "exits") == 0)
    nj_exits_page_focus_search (self->exits);
  else
    {
      nj_window_show_page (self, "activity");
      nj_activity_page_focus_filter (self->activity);
    }
}

static void
on_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static void
on_page (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  NjWindow   *self = user_data;
  const char *page = g_variant_get_string (parameter, NULL);

  nj_window_show_page (self, page);
  if (strcmp (page, "exits") == 0)
    nj_exits_page_focus_search (self->exits);
}

/**
 * nj_window_new:
 * @application: whose window it is
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer none): the window, hidden
 */
NjWindow *
nj_window_new (GtkApplication *application, NjRemote *remote)
{
  NjWindow *self = g_object_new (NJ_TYPE_WINDOW, "application", application, NULL);

  nj_overview_page_set_remote (self->overview, remote);
  nj_exits_page_set_remote (self->exits, remote);
  nj_filters_page_set_remote (self->filters, remote);
  nj_rules_page_set_remote (self->rules, remote);
  nj_privacy_page_set_remote (self->privacy, remote);
  nj_https_page_set_remote (self->https, remote);
  nj_activity_page_set_remote (self->activity, remote);
  g_signal_connect_object (remote, "call-failed", G_CALLBACK (on_call_failed), self, 0);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}

static void
nj_window_class_init (NjWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (NJ_TYPE_OVERVIEW_PAGE);
  g_type_ensure (NJ_TYPE_EXITS_PAGE);
  g_type_ensure (NJ_TYPE_FILTERS_PAGE);
  g_type_ensure (NJ_TYPE_RULES_PAGE);
  g_type_ensure (NJ_TYPE_PRIVACY_PAGE);
  g_type_ensure (NJ_TYPE_HTTPS_PAGE);
  g_type_ensure (NJ_TYPE_ACTIVITY_PAGE);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/window.ui");
  gtk_widget_class_bind_template_child (widget_class, NjWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, failure_bar);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, failure_label);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, failure_close);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, overview);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, exits);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, filters);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, rules);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, privacy);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, https);
  gtk_widget_class_bind_template_child (widget_class, NjWindow, activity);
}

static void
nj_window_init (NjWindow *self)
{
  static const GActionEntry actions[] = { { .name = "search", .activate = on_search },
                                          { .name = "close", .activate = on_close },
                                          { .name = "page", .activate = on_page, .parameter_type = "s" } };
  g_autoptr (GtkBuilder)    shortcuts = gtk_builder_new_from_resource ("/org/nightjar/Nightjar/shortcuts.ui");

  load_style ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (shortcuts, "help_overlay")));
  g_signal_connect (self->failure_close, "clicked", G_CALLBACK (on_failure_closed), self);
}
