/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The desktop's proxy settings where GNOME, Cinnamon and Firefox read them: the keys of
 * org.gnome.system.proxy through GSettings. Here a key is read and written as text; when and in what order is
 * system-proxy.c's business. Main thread.
 */
#define G_SETTINGS_ENABLE_BACKEND
#include "desktop/system-proxy-gnome.h"

#include <gio/gsettingsbackend.h>

#define SCHEMA      "org.gnome.system.proxy"
#define ANY_BACKEND "NIGHTJAR_TEST_ANY_SETTINGS_BACKEND"

static const char *const schemas[] = { SCHEMA, SCHEMA ".http", SCHEMA ".https", SCHEMA ".socks" };

struct NjSystemProxyGnome
{
  GSettings                *settings[G_N_ELEMENTS (schemas)]; /* owned */
  NjSystemProxyGnomeChanged changed;                          /* (nullable) */
  gpointer                  user_data;
};

static GSettings *
settings_of (NjSystemProxyGnome *gnome, const char *schema)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    if (g_str_equal (schemas[i], schema))
      return gnome->settings[i];

  return NULL;
}

/* Every desktop's programs read dconf; what another backend takes in nobody else sees. */
static gboolean
is_backend_shared (void)
{
  g_autoptr (GSettingsBackend) backend = g_settings_backend_get_default ();

  return g_getenv (ANY_BACKEND) != NULL || g_str_equal (G_OBJECT_TYPE_NAME (backend), "DConfSettingsBackend");
}

/**
 * nj_system_proxy_gnome_new:
 *
 * Returns: (transfer full) (nullable): the keys; @error when this desktop has no such settings
 */
NjSystemProxyGnome *
nj_system_proxy_gnome_new (GError **error)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  NjSystemProxyGnome    *gnome;

  /* g_settings_new() ends the process when a schema is missing. */
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, schemas[i], TRUE) : NULL;

      if (schema != NULL)
        continue;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "this desktop has no proxy settings: schema %s is not installed (package gsettings-desktop-schemas)", schemas[i]);
      return NULL;
    }
  if (!is_backend_shared ())
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   "settings written here would reach no other program: dconf is not in use (package dconf-gsettings-backend)");
      return NULL;
    }

  gnome = g_new0 (NjSystemProxyGnome, 1);
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    gnome->settings[i] = g_settings_new (schemas[i]);
  return gnome;
}

/**
 * nj_system_proxy_gnome_free:
 * @gnome: (nullable) (transfer full): the keys
 */
void
nj_system_proxy_gnome_free (NjSystemProxyGnome *gnome)
{
  if (gnome == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_signal_handlers_disconnect_by_data (gnome->settings[i], gnome);
      g_object_unref (gnome->settings[i]);
    }
  g_free (gnome);
}

static void
on_changed (GSettings *settings, const char *key, gpointer user_data)
{
  NjSystemProxyGnome *gnome = user_data;

  gnome->changed (gnome->user_data);
}

/**
 * nj_system_proxy_gnome_watch:
 * @gnome: the keys
 * @changed: called whenever a key changes, whoever changed it
 * @user_data: for @changed
 */
void
nj_system_proxy_gnome_watch (NjSystemProxyGnome *gnome, NjSystemProxyGnomeChanged changed, gpointer user_data)
{
  gnome->changed = changed;
  gnome->user_data = user_data;
  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_auto (GStrv) keys = NULL;
      g_autoptr (GSettingsSchema) schema = NULL;

      g_signal_connect (gnome->settings[i], "changed", G_CALLBACK (on_changed), gnome);

      /* GSettings tells of changes only of keys that were read before. */
      g_object_get (gnome->settings[i], "settings-schema", &schema, NULL);
      keys = g_settings_schema_list_keys (schema);
      for (guint k = 0; keys[k] != NULL; k++)
        g_variant_unref (g_settings_get_value (gnome->settings[i], keys[k]));
    }
}

/* What the user set, as text; NULL when the default holds. */
static char *
read_user (NjSystemProxyGnome *gnome, const char *schema, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_user_value (settings_of (gnome, schema), key);

  return value != NULL ? g_variant_print (value, FALSE) : NULL;
}

static void
plan_key (NjSystemProxyGnome *gnome, NjProxyJournal *journal, const char *schema, const char *key, const char *ours)
{
  g_autofree char *old = read_user (gnome, schema, key);

  nj_proxy_journal_add (journal, schema, key, old, ours);
}

/**
 * nj_system_proxy_gnome_plan:
 * @gnome: the keys
 * @journal: knows the proxy's address; gets all keys that must change, in order, with their present values
 *
 * Hosts come first and the mode last, so that at no moment a wrong proxy is in force.
 */
void
nj_system_proxy_gnome_plan (NjSystemProxyGnome *gnome, NjProxyJournal *journal)
{
  g_autofree char *host = g_strdup_printf ("'%s'", journal->host);
  g_autofree char *port = g_strdup_printf ("%u", journal->port);

  plan_key (gnome, journal, SCHEMA ".http", "host", host);
  plan_key (gnome, journal, SCHEMA ".http", "port", port);
  /* A password for another proxy must not be sent to ours. */
  plan_key (gnome, journal, SCHEMA ".http", "use-authentication", "false");
  plan_key (gnome, journal, SCHEMA ".http", "enabled", "true");
  plan_key (gnome, journal, SCHEMA ".https", "host", host);
  plan_key (gnome, journal, SCHEMA ".https", "port", port);
  plan_key (gnome, journal, SCHEMA ".socks", "host", host);
  plan_key (gnome, journal, SCHEMA ".socks", "port", port);
  plan_key (gnome, journal, SCHEMA, "mode", "'manual'");
}

/**
 * nj_system_proxy_gnome_read:
 * @gnome: the keys
 * @schema: a schema
 * @key: a key of it
 *
 * Returns: (transfer full): what programs see, as text; %NULL for a key that does not exist
 */
char *
nj_system_proxy_gnome_read (NjSystemProxyGnome *gnome, const char *schema, const char *key)
{
  GSettings *settings = settings_of (gnome, schema);
  g_autoptr (GSettingsSchema) described = NULL;
  g_autoptr (GVariant) value = NULL;

  if (settings == NULL)
    return NULL;

  g_object_get (settings, "settings-schema", &described, NULL);
  if (!g_settings_schema_has_key (described, key))
    return NULL;

  value = g_settings_get_value (settings, key);
  return g_variant_print (value, FALSE);
}

/**
 * nj_system_proxy_gnome_write:
 * @gnome: the keys
 * @schema: a schema
 * @key: a key of it
 * @text: (nullable): the value as text, %NULL to take the user's away
 *
 * That it was written shows only when it is read back after nj_system_proxy_gnome_sync().
 *
 * Returns: whether it could be tried
 */
gboolean
nj_system_proxy_gnome_write (NjSystemProxyGnome *gnome, const char *schema, const char *key, const char *text, GError **error)
{
  GSettings       *settings = settings_of (gnome, schema);
  g_autofree char *now = nj_system_proxy_gnome_read (gnome, schema, key);
  g_autoptr (GVariant) present = NULL;
  g_autoptr (GVariant) value = NULL;

  if (now == NULL || !g_settings_is_writable (settings, key))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s %s is locked by the administrator", schema, key);
      return FALSE;
    }
  if (text == NULL)
    {
      g_settings_reset (settings, key);
      return TRUE;
    }

  present = g_settings_get_value (settings, key);
  value = g_variant_parse (g_variant_get_type (present), text, NULL, NULL, error);
  if (value == NULL)
    return FALSE;

  g_settings_set_value (settings, key, value);
  return TRUE;
}

/**
 * nj_system_proxy_gnome_sync:
 *
 * Waits until everything written is where other programs read it.
 */
void
nj_system_proxy_gnome_sync (void)
{
  g_settings_sync ();
}

/**
 * nj_system_proxy_gnome_address:
 * @gnome: the keys
 * @protocol: "http", "https" or "socks"
 *
 * Returns: (transfer full): "host:port", "" when none is set
 */
char *
nj_system_proxy_gnome_address (NjSystemProxyGnome *gnome, const char *protocol)
{
  g_autofree char *schema = g_strconcat (SCHEMA ".", protocol, NULL);
  GSettings       *settings = settings_of (gnome, schema);
  g_autofree char *host = g_settings_get_string (settings, "host");

  if (host[0] == '\0')
    return g_strdup ("");

  return g_strdup_printf ("%s:%d", host, g_settings_get_int (settings, "port"));
}

/**
 * nj_system_proxy_gnome_mode:
 * @gnome: the keys
 *
 * Returns: (transfer full): "none", "manual" or "auto"
 */
char *
nj_system_proxy_gnome_mode (NjSystemProxyGnome *gnome)
{
  return g_settings_get_string (settings_of (gnome, SCHEMA), "mode");
}

/**
 * nj_system_proxy_gnome_is_mode:
 * @schema: a schema
 * @key: a key
 *
 * Returns: whether it is the key that puts the others in force
 */
gboolean
nj_system_proxy_gnome_is_mode (const char *schema, const char *key)
{
  return g_str_equal (schema, SCHEMA) && g_str_equal (key, "mode");
}
