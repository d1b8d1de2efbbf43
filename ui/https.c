/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service's part about HTTPS as the window and the notifications see it: whether it is looked into, who trusts
 * the authority, which sites were refused or cannot be looked into, what the user said. Read when somebody looks.
 * Signals: "changed" (something was read anew), "site-refused" (site, problem, client). Main thread.
 */
#include "ui/https.h"

#include "nightjar-dbus.h"

#include <glib/gi18n.h>

/* Browsers' databases are changed by another program, one after another. */
#define TIMEOUT_MS 120000

struct _NjHttps
{
  GObject parent_instance;

  NjRemote     *remote;           /* owned */
  NjDBusNightjar1Inspection *proxy; /* (nullable) owned: once the service's name is known */
  GCancellable *cancellable;      /* owned */
  GVariant     *lists[NJ_N_HTTPS]; /* (nullable) owned */
  gboolean      is_making;
};

enum
{
  CHANGED,
  SITE_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NjHttps, nj_https, G_TYPE_OBJECT)

static const char *const methods[NJ_N_HTTPS] = { "ListTrust", "ListRefused", "ListExcluded", "ListWishes" };

static const struct
{
  const char *name;
  const char *words;
} reasons[] = {
  { "refused", N_ ("A program did not accept Nightjar’s certificate") },
  { "client-certificate", N_ ("The site asks for a certificate of yours") },
  { "not-tls", N_ ("The site speaks no TLS") },
  { "not-http", N_ ("Something else than the web is spoken there") },
  { "bad-site", N_ ("It could not be verified, and you wanted to open it all the same") },
};

/**
 * nj_https_reason:
 * @reason: a word of the bus for why a site is not looked into
 *
 * Main thread.
 *
 * Returns: (transfer none): it for people
 */
const char *
nj_https_reason (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i].name, reason))
      return _ (reasons[i].words);
  return reason;
}

/* What a call was for, so that its answer finds its place. */
typedef struct
{
  NjHttps    *https; /* owned */
  NjHttpsList list;
} Question;

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (NjHttps)  self = question->https;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  GVariant            *list = answer != NULL ? g_variant_get_child_value (answer, 0) : NULL;

  if (list != NULL && self->lists[question->list] != NULL && g_variant_equal (list, self->lists[question->list]))
    {
      g_variant_unref (list);
      return;
    }

  g_clear_pointer (&self->lists[question->list], g_variant_unref);
  self->lists[question->list] = list;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * nj_https_refresh:
 * @self: the service's part about HTTPS
 *
 * Reads the lists anew. Never starts the service. Main thread.
 */
void
nj_https_refresh (NjHttps *self)
{
  if (!nj_https_is_there (self))
    return;

  for (guint i = 0; i < NJ_N_HTTPS; i++)
    {
      Question *question = g_new0 (Question, 1);

      question->https = g_object_ref (self);
      question->list = (NjHttpsList) i;
      g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), methods[i], NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, self->cancellable,
                         on_listed, question);
    }
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjHttps)  self = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    nj_remote_report (self->remote, error);
  g_signal_emit (self, signals[CHANGED], 0);
  nj_https_refresh (self);
}

/**
 * nj_https_do:
 * @self: the service's part about HTTPS
 * @method: what to do, as the bus names it
 * @arguments: (nullable): its arguments; a floating reference is taken
 *
 * A failure is the remote's to tell. Main thread.
 */
void
nj_https_do (NjHttps *self, const char *method, GVariant *arguments)
{
  if (self->proxy == NULL)
    {
      if (arguments != NULL)
        g_variant_unref (g_variant_ref_sink (arguments));
      return;
    }

  g_dbus_proxy_call (G_DBUS_PROXY (self->proxy), method, arguments, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, self->cancellable, on_done,
                     g_object_ref (self));
}

/**
 * nj_https_is_there:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: whether the service runs
 */
gboolean
nj_https_is_there (NjHttps *self)
{
  g_autofree char *owner = self->proxy != NULL ? g_dbus_proxy_get_name_owner (G_DBUS_PROXY (self->proxy)) : NULL;

  return owner != NULL;
}

/**
 * nj_https_is_on:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: whether HTTPS is looked into
 */
gboolean
nj_https_is_on (NjHttps *self)
{
  return nj_https_is_there (self) && nj_dbus_nightjar1_inspection_get_enabled (self->proxy);
}

/**
 * nj_https_is_for_all:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: whether that holds for every program, not only for browsers
 */
gboolean
nj_https_is_for_all (NjHttps *self)
{
  return nj_https_is_there (self) && g_strcmp0 (nj_dbus_nightjar1_inspection_get_programs (self->proxy), "all") == 0;
}

/**
 * nj_https_remote:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: (transfer none): the service
 */
NjRemote *
nj_https_remote (NjHttps *self)
{
  return self->remote;
}

static const char *
text_of (NjHttps *self, const char *text)
{
  return nj_https_is_there (self) && text != NULL ? text : "";
}

/**
 * nj_https_key:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: (transfer none): where the authority's key is, as the bus has it; "" while there is none
 */
const char *
nj_https_key (NjHttps *self)
{
  return self->proxy != NULL ? text_of (self, nj_dbus_nightjar1_inspection_get_certificate_key (self->proxy)) : "";
}

/**
 * nj_https_problem:
 * @self: the service's part about HTTPS
 *
 * Main thread.
 *
 * Returns: (transfer none): why HTTPS is not looked into although it should be, "" when it is
 */
const char *
nj_https_problem (NjHttps *self)
{
  return self->proxy != NULL ? text_of (self, nj_dbus_nightjar1_inspection_get_problem (self->proxy)) : "";
}

/**
 * nj_https_list:
 * @self: the service's part about HTTPS
 * @list: which one
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): as it was read last
 */
GVariant *
nj_https_list (NjHttps *self, NjHttpsList list)
{
  return self->lists[list];
}

static void
on_properties (NjHttps *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_site_refused (NjDBusNightjar1Inspection *proxy, const char *site, const char *problem, const char *client, gpointer user_data)
{
  g_signal_emit (user_data, signals[SITE_REFUSED], 0, site, problem, client);
  nj_https_refresh (user_data);
}

static void
on_proxy_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjHttps) self = user_data;
  NjDBusNightjar1Inspection *proxy = nj_dbus_nightjar1_inspection_proxy_new_finish (result, NULL);

  self->is_making = FALSE;
  if (proxy == NULL)
    return;

  self->proxy = proxy;
  g_signal_connect_object (proxy, "g-properties-changed", G_CALLBACK (on_properties), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (proxy, "notify::g-name-owner", G_CALLBACK (on_properties), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (proxy, "site-refused", G_CALLBACK (on_site_refused), self, 0);
  on_properties (self);
  nj_https_refresh (self);
}

static void
on_remote_changed (NjHttps *self)
{
  GDBusProxy *service = nj_remote_service (self->remote);

  if (service == NULL || self->proxy != NULL || self->is_making)
    return;

  self->is_making = TRUE;
  nj_dbus_nightjar1_inspection_proxy_new (g_dbus_proxy_get_connection (service), G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
                                          g_dbus_proxy_get_name (service), g_dbus_proxy_get_object_path (service),
                                          self->cancellable, on_proxy_ready, g_object_ref (self));
}

/**
 * nj_https_new:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer full): its part about HTTPS
 */
NjHttps *
nj_https_new (NjRemote *remote)
{
  NjHttps *self = g_object_new (NJ_TYPE_HTTPS, NULL);

  self->remote = g_object_ref (remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_remote_changed), self, G_CONNECT_SWAPPED);
  on_remote_changed (self);
  return self;
}

static void
nj_https_dispose (GObject *object)
{
  NjHttps *self = NJ_HTTPS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->proxy);
  g_clear_object (&self->remote);
  for (guint i = 0; i < NJ_N_HTTPS; i++)
    g_clear_pointer (&self->lists[i], g_variant_unref);
  G_OBJECT_CLASS (nj_https_parent_class)->dispose (object);
}

static void
nj_https_finalize (GObject *object)
{
  g_object_unref (NJ_HTTPS (object)->cancellable);
  G_OBJECT_CLASS (nj_https_parent_class)->finalize (object);
}

static void
nj_https_class_init (NjHttpsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = nj_https_dispose;
  G_OBJECT_CLASS (klass)->finalize = nj_https_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SITE_REFUSED] = g_signal_new ("site-refused", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING,
                                        G_TYPE_STRING, G_TYPE_STRING);
}

static void
nj_https_init (NjHttps *self)
{
  self->cancellable = g_cancellable_new ();
}
