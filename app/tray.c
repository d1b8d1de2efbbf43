/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tray icon, wherever this desktop has a place for it: a panel that speaks StatusNotifierItem, else one that
 * knows XEmbed, else none, and then the application shows its window. The choice is made anew whenever a panel comes
 * or goes. What the icon and the menu say comes from ui/status and tray-menu. Main thread.
 *
 * Signals: "host-changed", "clicked" (left), "middle-clicked", "chosen" (action, target).
 */
#include "app/tray.h"

#include "app/tray-dbusmenu.h"
#include "app/tray-icons.h"
#include "app/tray-item.h"
#include "app/tray-status-icon.h"
#include "ui/call.h"

/* A panel that starts together with us needs a moment; measured 2 to 60 ms for one that is there. */
#define GRACE_MS 1500

/* Three frames, four a second, ten seconds at most: a wing that beats all day wakes the processor all day. */
#define FRAME_MS 250
#define FRAMES_MAX 40

#define RETELL_S 10

struct _NjTray
{
  GObject parent_instance;

  NjRemote         *remote;     /* owned */
  NjTrayItem       *item;       /* (nullable) owned */
  NjTrayDbusmenu   *menu;       /* (nullable) owned */
  NjTrayStatusIcon *xembed;     /* (nullable) owned */
  GCancellable     *cancellable;
  NjTrayHost        host;
  guint             grace;
  guint             animation;
  guint             frame;
  gboolean          has_colour;
  NjTrayMoment      moment;
  char             *blocked_host;
  char             *blocked_client;
};

G_DEFINE_FINAL_TYPE (NjTray, nj_tray, G_TYPE_OBJECT)

enum
{
  HOST_CHANGED,
  CLICKED,
  MIDDLE_CLICKED,
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_icon (NjTray *self)
{
  const NjStatus  *status = nj_remote_status (self->remote);
  g_autofree char *word = nj_status_word (status);
  g_autofree char *title = g_strdup_printf ("Nightjar: %s", word);
  g_autofree char *sentence = nj_status_sentence (status);
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  if (self->animation != 0)
    base = g_strdup_printf ("nightjar-connecting-%u", self->frame % 3 + 1);
  else
    base = g_strdup (nj_status_icon (status));
  name = self->has_colour ? g_strdup (base) : g_strconcat (base, "-symbolic", NULL);

  if (self->item != NULL)
    {
      nj_tray_item_set_icon (self->item, name);
      nj_tray_item_set_words (self->item, title, sentence);
      nj_tray_item_set_needs_attention (self->item, status->state == NJ_STATE_BLOCKED
                                                      || status->state == NJ_STATE_UNPROTECTED);
    }

  /* XEmbed knows no colour of the panel: always the coloured icon. */
  if (self->xembed != NULL)
    nj_tray_status_icon_set (self->xembed, base, word, sentence);
}

static void
show_menu (NjTray *self)
{
  const NjStatus *status = nj_remote_status (self->remote);

  self->moment.now_s = g_get_real_time () / G_USEC_PER_SEC;
  self->moment.is_loading = nj_remote_is_loading (self->remote);
  self->moment.blocked_host = self->blocked_host;
  self->moment.blocked_client = self->blocked_client;
  if (self->menu != NULL)
    nj_tray_dbusmenu_set (self->menu, nj_tray_menu_build (status, &self->moment));
  if (self->xembed != NULL)
    nj_tray_status_icon_set_menu (self->xembed, nj_tray_menu_build (status, &self->moment));
}

static gboolean
on_frame (gpointer user_data)
{
  NjTray *self = user_data;

  if (++self->frame >= FRAMES_MAX)
    self->animation = 0;
  show_icon (self);
  return self->animation != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
animate (NjTray *self)
{
  gboolean is_connecting = nj_remote_status (self->remote)->state == NJ_STATE_CONNECTING;

  if (!is_connecting)
    {
      g_clear_handle_id (&self->animation, g_source_remove);
      self->frame = 0;
    }
  else if (self->animation == 0 && self->frame == 0)
    self->animation = g_timeout_add (FRAME_MS, on_frame, self);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjTray *self = user_data;

  animate (self);
  show_icon (self);
  show_menu (self);
}

static void
on_request_blocked (NjRemote *remote, const char *host, const char *client, gpointer user_data)
{
  NjTray *self = user_data;

  g_free (self->blocked_host);
  g_free (self->blocked_client);
  self->blocked_host = g_strdup (host);
  self->blocked_client = g_strdup (client);
  self->moment.blocked_at_s = g_get_real_time () / G_USEC_PER_SEC;

  /* Up to one a second on a busy day. Most are told only when the menu opens; some before, because panels measure the
   * menu's width as it opens. */
  if (self->moment.blocked_at_s - self->moment.now_s >= RETELL_S)
    show_menu (self);
}

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) counts = NULL;
  NjTray              *self = user_data;
  guint64              up = 0;
  guint64              down = 0;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    return;

  g_variant_get (answer, "(v)", &counts);
  if (!g_variant_is_of_type (counts, G_VARIANT_TYPE ("a{st}")))
    return;

  g_variant_lookup (counts, "blocked", "t", &self->moment.blocked);
  g_variant_lookup (counts, "bytes-up", "t", &up);
  g_variant_lookup (counts, "bytes-down", "t", &down);
  self->moment.bytes = up + down;
  show_menu (self);
}

static void
on_about_to_show (GObject *source, gpointer user_data)
{
  NjTray *self = user_data;

  show_menu (self);
  nj_call_read_statistics (self->remote, self->cancellable, on_statistics, self);
}

static void
on_clicked (GObject *source, gpointer user_data)
{
  g_signal_emit (user_data, signals[CLICKED], 0);
}

static void
on_middle_clicked (GObject *source, gpointer user_data)
{
  g_signal_emit (user_data, signals[MIDDLE_CLICKED], 0);
}

static void
on_chosen (GObject *source, const char *action, GVariant *target, gpointer user_data)
{
  g_signal_emit (user_data, signals[CHOSEN], 0, action, target);
}

static void
set_host (NjTray *self, NjTrayHost host)
{
  if (self->host == host)
    return;

  self->host = host;
  g_clear_object (&self->xembed);
  if (host == NJ_TRAY_XEMBED)
    {
      self->xembed = nj_tray_status_icon_new ();
      g_signal_connect (self->xembed, "about-to-show", G_CALLBACK (on_about_to_show), self);
      g_signal_connect (self->xembed, "activated", G_CALLBACK (on_clicked), self);
      g_signal_connect (self->xembed, "middle-clicked", G_CALLBACK (on_middle_clicked), self);
      g_signal_connect (self->xembed, "chosen", G_CALLBACK (on_chosen), self);
      show_icon (self);
      show_menu (self);
    }

  g_signal_emit (self, signals[HOST_CHANGED], 0);
}

static gboolean
on_grace_over (gpointer user_data)
{
  NjTray *self = user_data;

  self->grace = 0;
  if (self->item != NULL && nj_tray_item_has_host (self->item))
    set_host (self, NJ_TRAY_PANEL);
  else
    set_host (self, nj_tray_status_icon_has_host () ? NJ_TRAY_XEMBED : NJ_TRAY_NONE);
  return G_SOURCE_REMOVE;
}

static void
on_host_changed (NjTrayItem *item, gpointer user_data)
{
  NjTray *self = user_data;

  if (nj_tray_item_has_host (item))
    {
      g_clear_handle_id (&self->grace, g_source_remove);
      set_host (self, NJ_TRAY_PANEL);
    }
  else if (self->grace == 0)
    /* A panel that restarts comes back within the grace. */
    self->grace = g_timeout_add (GRACE_MS, on_grace_over, self);
}

static void
export (NjTray *self, GDBusConnection *connection)
{
  g_autofree char   *folder = nj_tray_icons_folder ();
  g_autoptr (GError) error = NULL;

  self->menu = nj_tray_dbusmenu_new (connection, &error);
  if (self->menu != NULL)
    self->item = nj_tray_item_new (connection, NJ_TRAY_DBUSMENU_PATH, folder, nj_tray_icons_paint, &error);
  if (self->item == NULL)
    {
      g_warning ("no tray icon by D-Bus: %s", error->message);
      g_clear_object (&self->menu);
      return;
    }

  g_signal_connect (self->menu, "about-to-show", G_CALLBACK (on_about_to_show), self);
  g_signal_connect (self->menu, "activated", G_CALLBACK (on_chosen), self);
  g_signal_connect (self->item, "host-changed", G_CALLBACK (on_host_changed), self);
  g_signal_connect (self->item, "activated", G_CALLBACK (on_clicked), self);
  g_signal_connect (self->item, "middle-clicked", G_CALLBACK (on_middle_clicked), self);
}

/**
 * nj_tray_new:
 * @remote: the service
 * @connection: (nullable): the session bus
 *
 * Main thread.
 *
 * Returns: (transfer full): the tray, looking for a place
 */
NjTray *
nj_tray_new (NjRemote *remote, GDBusConnection *connection)
{
  NjTray *self = g_object_new (NJ_TYPE_TRAY, NULL);

  self->remote = g_object_ref (remote);
  self->has_colour = nj_tray_icons_prefer_colour ();
  if (connection != NULL)
    export (self, connection);

  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (remote, "request-blocked", G_CALLBACK (on_request_blocked), self, 0);
  on_changed (remote, self);
  self->grace = g_timeout_add (GRACE_MS, on_grace_over, self);
  return self;
}

/**
 * nj_tray_host:
 * @self: the tray
 *
 * Main thread.
 *
 * Returns: who shows the icon
 */
NjTrayHost
nj_tray_host (NjTray *self)
{
  return self->host;
}

static void
nj_tray_finalize (GObject *object)
{
  NjTray *self = NJ_TRAY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->grace, g_source_remove);
  g_clear_handle_id (&self->animation, g_source_remove);
  g_clear_object (&self->item);
  g_clear_object (&self->menu);
  g_clear_object (&self->xembed);
  g_clear_object (&self->remote);
  g_clear_object (&self->cancellable);
  g_free (self->blocked_host);
  g_free (self->blocked_client);

  G_OBJECT_CLASS (nj_tray_parent_class)->finalize (object);
}

static void
nj_tray_class_init (NjTrayClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_tray_finalize;

  signals[HOST_CHANGED] = g_signal_new ("host-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CLICKED] = g_signal_new ("clicked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MIDDLE_CLICKED] = g_signal_new ("middle-clicked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHOSEN] = g_signal_new ("chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                  G_TYPE_VARIANT);
}

static void
nj_tray_init (NjTray *self)
{
  self->cancellable = g_cancellable_new ();
  self->host = NJ_TRAY_LOOKING;
}
