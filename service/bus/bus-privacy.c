/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The privacy profile on the bus: that of all sites, and of those that have one of their own. A page
 * that does not work is helped by one call. Main thread.
 */
#include "bus/bus-parts.h"

#include "settings/settings-privacy.h"

static NjSettings *
settings_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->settings;
}

/* Keeps what was set, and lets it hold. */
static void
answer (NjBus *bus, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  gboolean is_kept = nj_settings_save (settings_of (bus), &error);

  nj_protection_refresh (bus->protection);
  nj_bus_privacy_update (bus);
  nj_bus_answer (invocation, is_kept, &error);
}

static gboolean
on_set_privacy (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *profile, NjBus *bus)
{
  if (!nj_settings_privacy_choose (settings_of (bus), profile))
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is none of off, standard, strict", profile);
      return TRUE;
    }

  answer (bus, invocation);
  return TRUE;
}

static gboolean
on_set_site_privacy (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, const char *profile, NjBus *bus)
{
  g_autofree char *site = nj_settings_privacy_site (text);

  if (site == NULL)
    nj_bus_refuse (invocation, "BadValue", "“%s” is not a site", text);
  else if (!nj_settings_privacy_set (settings_of (bus), site, profile[0] != '\0' ? profile : NULL))
    nj_bus_refuse (invocation, "BadValue", "“%s” is none of off, standard, strict", profile);
  else
    answer (bus, invocation);
  return TRUE;
}

static gboolean
on_set_privacy_option (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *name, const char *value, NjBus *bus)
{
  g_autofree char *problem = NULL;

  if (nj_settings_privacy_set_option (settings_of (bus), name, value, &problem))
    answer (bus, invocation);
  else
    nj_bus_refuse (invocation, "BadValue", "%s", problem);
  return TRUE;
}

/**
 * nj_bus_privacy_update:
 * @bus: the service on the bus
 *
 * Shows the profile and the sites that have one of their own.
 */
void
nj_bus_privacy_update (NjBus *bus)
{
  g_autoptr (GPtrArray) list = nj_settings_privacy_list (settings_of (bus));
  g_auto (GStrv)        options = nj_settings_privacy_options (settings_of (bus));
  GVariantBuilder       builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  for (guint i = 0; options[i] != NULL; i += 2)
    g_variant_builder_add (&builder, "{ss}", options[i], options[i + 1]);
  nj_dbus_nightjar1_set_privacy_options (bus->service, g_variant_builder_end (&builder));

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i + 1 < list->len; i += 2)
    g_variant_builder_add (&builder, "(ss)", list->pdata[i], list->pdata[i + 1]);
  nj_dbus_nightjar1_set_privacy_sites (bus->service, g_variant_builder_end (&builder));
  nj_dbus_nightjar1_set_privacy (bus->service, nj_settings_privacy_name (settings_of (bus)));
}

/**
 * nj_bus_privacy_attach:
 * @bus: the service on the bus
 *
 * Connects the methods of the privacy profile.
 */
void
nj_bus_privacy_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-set-privacy", G_CALLBACK (on_set_privacy), bus);
  g_signal_connect (bus->service, "handle-set-privacy-option", G_CALLBACK (on_set_privacy_option), bus);
  g_signal_connect (bus->service, "handle-set-site-privacy", G_CALLBACK (on_set_site_privacy), bus);
  nj_bus_privacy_update (bus);
}
