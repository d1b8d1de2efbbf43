/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service's part about privacy as the window sees it: the profile of all sites, those with one of their own, and
 * what else may be chosen. A refusal is the remote's to tell. Main thread.
 */
#include "ui/privacy.h"

#define TIMEOUT_MS 30000

/* @type: what the property is; another service may have another one */
static GVariant *
property (NjRemote *remote, const char *name, const char *type)
{
  GDBusProxy *service = nj_remote_service (remote);
  GVariant   *value = service != NULL ? g_dbus_proxy_get_cached_property (service, name) : NULL;

  if (value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    return value;
  g_variant_unref (value);
  return NULL;
}

/**
 * nj_privacy_profile:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer full): the profile of all sites, "" while it is not known
 */
char *
nj_privacy_profile (NjRemote *remote)
{
  g_autoptr (GVariant) value = property (remote, "Privacy", "s");

  return value != NULL ? g_variant_dup_string (value, NULL) : g_strdup ("");
}

/**
 * nj_privacy_option:
 * @remote: the service
 * @name: "https-first", "user-agent" or "accept-language"
 *
 * Main thread.
 *
 * Returns: (transfer full): what was chosen, "" while it is not known
 */
char *
nj_privacy_option (NjRemote *remote, const char *name)
{
  g_autoptr (GVariant) options = property (remote, "PrivacyOptions", "a{ss}");
  const char *value = "";

  if (options != NULL)
    g_variant_lookup (options, name, "&s", &value);
  return g_strdup (value);
}

/**
 * nj_privacy_sites:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): sites that have a profile of their own, and which
 */
GVariant *
nj_privacy_sites (NjRemote *remote)
{
  return property (remote, "PrivacySites", "a(ss)");
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjRemote) remote = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);

  if (answer == NULL)
    nj_remote_report (remote, error);
}

/* @arguments: floating */
static void
ask (NjRemote *remote, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (arguments);
  GDBusProxy *service = nj_remote_service (remote);

  if (service != NULL)
    g_dbus_proxy_call (service, method, held, G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL, on_answered, g_object_ref (remote));
}

/**
 * nj_privacy_choose:
 * @remote: the service
 * @profile: "off", "standard" or "strict", for all sites
 *
 * Main thread.
 */
void
nj_privacy_choose (NjRemote *remote, const char *profile)
{
  ask (remote, "SetPrivacy", g_variant_new ("(s)", profile));
}

/**
 * nj_privacy_set_site:
 * @remote: the service
 * @site: a host, or an address of the web
 * @profile: the same for it and what is below it; "" for what holds for all sites
 *
 * Main thread.
 */
void
nj_privacy_set_site (NjRemote *remote, const char *site, const char *profile)
{
  ask (remote, "SetSitePrivacy", g_variant_new ("(ss)", site, profile));
}

/**
 * nj_privacy_set_option:
 * @remote: the service
 * @name: as nj_privacy_option() takes it
 * @value: what is chosen
 *
 * Main thread.
 */
void
nj_privacy_set_option (NjRemote *remote, const char *name, const char *value)
{
  ask (remote, "SetPrivacyOption", g_variant_new ("(ss)", name, value));
}
