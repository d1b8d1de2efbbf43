/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program nightjar: one instance for each profile, a tray icon, a window when asked for. It owns the remote, the
 * tray and the window and brings them together; what they show is theirs. The service goes on when it ends.
 * Main thread.
 */
#include "app/application.h"

#include "app/deeds.h"
#include "app/launch.h"
#include "app/notices.h"
#include "app/tray.h"
#include "ui/call.h"
#include "ui/certificates-sheet.h"
#include "ui/https.h"
#include "ui/window.h"

#include <glib/gi18n.h>
#include <string.h>

#define APPLICATION_ID "org.nightjar.Nightjar"

struct _NjApplication
{
  GtkApplication parent_instance;

  char      *profile; /* (nullable) */
  NjRemote  *remote;  /* owned, from startup */
  NjTray    *tray;    /* owned, from startup */
  NjWindow  *window;  /* (nullable) borrowed */
  NjNotices  notices;
  NjHttps   *https; /* owned */
  gboolean   has_told_of_tray;
};

G_DEFINE_FINAL_TYPE (NjApplication, nj_application, GTK_TYPE_APPLICATION)

static gboolean
is_window_visible (NjApplication *self)
{
  return self->window != NULL && gtk_widget_get_visible (GTK_WIDGET (self->window));
}

static gboolean
has_tray (NjApplication *self)
{
  NjTrayHost host = nj_tray_host (self->tray);

  return host == NJ_TRAY_PANEL || host == NJ_TRAY_XEMBED;
}

/* With a tray the window hides; without one nobody would find it again, so closing it ends the program. */
static gboolean
on_delete (GtkWidget *widget, GdkEvent *event, gpointer user_data)
{
  NjApplication *self = user_data;

  if (has_tray (self))
    {
      gtk_widget_hide (widget);
      return GDK_EVENT_STOP;
    }

  if (nj_remote_status (self->remote)->has_protection)
    nj_notices_tell (G_APPLICATION (self), "no-tray", _ ("Nightjar goes on in the background"),
                     _ ("This desktop has no tray. Start Nightjar again to see or change its state."));
  g_application_quit (G_APPLICATION (self));
  return GDK_EVENT_STOP;
}

static void
show_window (NjApplication *self, const char *page)
{
  if (self->window == NULL)
    {
      self->window = nj_window_new (GTK_APPLICATION (self), self->remote);
      g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
      g_signal_connect (self->window, "delete-event", G_CALLBACK (on_delete), self);
    }

  nj_window_show_page (self->window, page);
  gtk_window_present_with_time (GTK_WINDOW (self->window), GDK_CURRENT_TIME);
}

static void
on_tray_clicked (NjTray *tray, gpointer user_data)
{
  NjApplication *self = user_data;

  if (is_window_visible (self) && gtk_window_is_active (GTK_WINDOW (self->window)))
    gtk_widget_hide (GTK_WIDGET (self->window));
  else
    show_window (self, "");
}

static void
on_tray_middle_clicked (NjTray *tray, gpointer user_data)
{
  g_action_group_activate_action (user_data, "pause-or-resume", NULL);
}

static void
on_tray_chosen (NjTray *tray, const char *action, GVariant *target, gpointer user_data)
{
  g_action_group_activate_action (user_data, action, target);
}

static void
on_tray_host (NjTray *tray, gpointer user_data)
{
  NjApplication *self = user_data;
  gboolean       was_visible = is_window_visible (self);

  if (nj_tray_host (tray) != NJ_TRAY_NONE || self->has_told_of_tray)
    return;

  /* An icon that nobody shows would leave the user with nothing. */
  self->has_told_of_tray = TRUE;
  show_window (self, "");
  nj_window_say (self->window, _ ("This desktop shows no tray icons. Closing the window ends it; protection goes on."));
  if (!was_visible)
    nj_notices_tell (G_APPLICATION (self), "no-tray", _ ("This desktop shows no tray icons"),
                     _ ("Nightjar opened its window instead."));
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjApplication *self = user_data;

  nj_notices_follow (&self->notices, G_APPLICATION (self), nj_remote_status (remote), is_window_visible (self));
}

static void
on_call_failed (NjRemote *remote, const char *text, gpointer user_data)
{
  NjApplication *self = user_data;

  if (!is_window_visible (self))
    nj_notices_tell (G_APPLICATION (self), "failed", _ ("That did not work"), text);
}

static void
on_start_wanted (NjRemote *remote, gpointer user_data)
{
  NjApplication     *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!nj_launch_service (self->profile, &error))
    nj_remote_report (remote, error);
}

static void
on_open (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  show_window (user_data, g_variant_get_string (target, NULL));
}

static void
on_show_log (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication *self = user_data;

  show_window (self, "activity");
  nj_window_show_log (self->window, g_variant_get_string (target, NULL));
}

static void
on_show_certificates (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication *self = user_data;

  show_window (self, "https");
  nj_certificates_sheet_open (GTK_WINDOW (self->window), self->remote, g_variant_get_string (target, NULL));
}

static void
on_copy (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication   *self = user_data;
  const NjStatus  *status = nj_remote_status (self->remote);
  GtkClipboard    *clipboard = gtk_clipboard_get (GDK_SELECTION_CLIPBOARD);
  g_autofree char *text = nj_deeds_proxy_text (status->address, g_variant_get_string (target, NULL));

  if (*status->address == '\0')
    return;

  gtk_clipboard_set_text (clipboard, text, -1);
  gtk_clipboard_set_can_store (clipboard, NULL, 0);
}

static void
on_close_icon (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  g_application_quit (user_data);
}

static void
on_service_quit (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_application_quit (user_data);
}

static void
on_quit_all (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication *self = user_data;

  nj_call_quit (self->remote, on_service_quit, self);
}

static void
on_about (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication *self = user_data;

  gtk_show_about_dialog (self->window != NULL ? GTK_WINDOW (self->window) : NULL, "program-name", "Nightjar", "version",
                         NJ_VERSION, "comments", _ ("A personal privacy proxy"), "license-type", GTK_LICENSE_GPL_3_0,
                         "logo-icon-name", APPLICATION_ID, "translator-credits", _ ("translator-credits"), NULL);
}

static void
on_site_refused (NjHttps *https, const char *site, const char *problem, const char *client, gpointer user_data)
{
  nj_notices_refuse (user_data, site, problem);
}

static void
on_tunnel_site (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  NjApplication *self = user_data;

  nj_https_do (self->https, "TunnelSite", g_variant_new ("(s)", g_variant_get_string (target, NULL)));
  g_application_withdraw_notification (G_APPLICATION (self), "refused");
}

static void
add_actions (NjApplication *self)
{
  static const GActionEntry own[] = {
    { .name = "open", .activate = on_open, .parameter_type = "s" },
    { .name = "show-log", .activate = on_show_log, .parameter_type = "s" },
    { .name = "show-certificates", .activate = on_show_certificates, .parameter_type = "s" },
    { .name = "tunnel-site", .activate = on_tunnel_site, .parameter_type = "s" },
    { .name = "copy", .activate = on_copy, .parameter_type = "s" },
    { .name = "close-icon", .activate = on_close_icon },
    { .name = "quit-all", .activate = on_quit_all },
    { .name = "about", .activate = on_about },
  };
  static const struct
  {
    const char *action;
    const char *keys[2];
  } keys[] = {
    { "app.pause-or-resume", { "<Primary>p" } }, { "app.quit-all", { "<Primary>q" } },
    { "app.update-lists", { "F5" } },            { "win.close", { "<Primary>w" } },
    { "win.search", { "<Primary>f" } },          { "win.page::exits", { "<Primary>e" } },
    { "win.page::overview", { "<Primary>1" } },  { "win.page::filters", { "<Primary>3" } },
    { "win.page::rules", { "<Primary>4" } },     { "win.page::activity", { "<Primary>5" } },
    { "win.page::https", { "<Primary>6" } },      { "win.page::privacy", { "<Primary>7" } },
    { "win.show-help-overlay", { "<Primary>question" } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), own, G_N_ELEMENTS (own), self);
  nj_deeds_add (G_ACTION_MAP (self), self->remote);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action,
                                           (const char *[]){ keys[i].keys[0], NULL });
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "win.page::exits",
                                         (const char *[]){ "<Primary>e", "<Primary>2", NULL });
}

static void
nj_application_startup (GApplication *application)
{
  NjApplication *self = NJ_APPLICATION (application);

  G_APPLICATION_CLASS (nj_application_parent_class)->startup (application);
  hdy_init ();
  hdy_style_manager_set_color_scheme (hdy_style_manager_get_default (), HDY_COLOR_SCHEME_PREFER_LIGHT);
  gtk_window_set_default_icon_name (APPLICATION_ID);

  /* Until it is told to end: the tray has no window that would keep the program alive. */
  g_application_hold (application);
  self->remote = nj_remote_new (self->profile);
  self->https = nj_https_new (self->remote);
  g_signal_connect (self->https, "site-refused", G_CALLBACK (on_site_refused), self);
  add_actions (self);
  g_signal_connect (self->remote, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->remote, "call-failed", G_CALLBACK (on_call_failed), self);
  g_signal_connect (self->remote, "start-wanted", G_CALLBACK (on_start_wanted), self);

  self->tray = nj_tray_new (self->remote, g_application_get_dbus_connection (application));
  g_signal_connect (self->tray, "clicked", G_CALLBACK (on_tray_clicked), self);
  g_signal_connect (self->tray, "middle-clicked", G_CALLBACK (on_tray_middle_clicked), self);
  g_signal_connect (self->tray, "chosen", G_CALLBACK (on_tray_chosen), self);
  g_signal_connect (self->tray, "host-changed", G_CALLBACK (on_tray_host), self);
}

static void
nj_application_activate (GApplication *application)
{
  show_window (NJ_APPLICATION (application), "");
}

static int
nj_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (line);

  if (!g_variant_dict_contains (options, "tray"))
    g_application_activate (application);
  return 0;
}

static int
nj_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;

  g_print ("nightjar %s\n", NJ_VERSION);
  return 0;
}

/**
 * nj_application_new:
 * @profile: (nullable): a profile folder, %NULL for the user's own
 *
 * Main thread.
 *
 * Returns: (transfer full): the application
 */
NjApplication *
nj_application_new (const char *profile)
{
  g_autofree char   *bus_name = nj_remote_bus_name (profile);
  const char        *suffix = strrchr (bus_name, '.');
  g_autofree char   *id = g_strconcat (APPLICATION_ID, profile != NULL ? suffix : "", NULL);
  NjApplication     *self;
  const GOptionEntry options[] = {
    { "tray", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Start hidden, with the tray icon only"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and end"), NULL },
    { NULL },
  };

  self = g_object_new (NJ_TYPE_APPLICATION, "application-id", id, "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/org/nightjar/Nightjar", NULL);
  self->profile = g_strdup (profile);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  return self;
}

static void
nj_application_finalize (GObject *object)
{
  NjApplication *self = NJ_APPLICATION (object);

  if (self->window != NULL)
    gtk_widget_destroy (GTK_WIDGET (self->window));
  g_clear_object (&self->tray);
  g_clear_object (&self->https);
  g_clear_object (&self->remote);
  g_free (self->profile);

  G_OBJECT_CLASS (nj_application_parent_class)->finalize (object);
}

static void
nj_application_class_init (NjApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_application_finalize;
  application_class->startup = nj_application_startup;
  application_class->activate = nj_application_activate;
  application_class->command_line = nj_application_command_line;
  application_class->handle_local_options = nj_application_handle_local_options;
}

static void
nj_application_init (NjApplication *self)
{
  self->notices.last = NJ_STATE_ABSENT;
}
