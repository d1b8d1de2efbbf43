/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites and programs that have a way of their own, on the bus: set and listed; and the host of a captive portal, which has one for
 * five minutes. Main thread.
 */
#include "bus/bus-parts.h"

#include "base/host.h"
#include "settings/exit-choice.h"
#include "settings/settings-routes.h"

#include <string.h>

/* (transfer full) (nullable): the host that is meant. */
static char *
site_of (const char *text)
{
  g_autoptr (GUri) uri = NULL;
  char    host[NJ_HOST_MAX + 1];
  NjBytes site;

  if (strstr (text, "://") == NULL)
    return nj_host_normalize (nj_bytes_from_string (text), host) > 0 ? g_strdup (host) : NULL;

  uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || nj_host_normalize (nj_bytes_from_string (g_uri_get_host (uri)), host) == 0)
    return NULL;
  site = nj_host_registrable (nj_bytes_from_string (host));
  return site.len > 0 ? nj_bytes_dup (site) : g_strdup (host);
}

/* Whether there is an exit for it now. */
static gboolean
is_way_there (NjBus *bus, const char *way, GError **error)
{
  static const NjExitMode modes[] = { [NJ_SETTINGS_WAY_DIRECT] = NJ_EXIT_MODE_DIRECT, [NJ_SETTINGS_WAY_COUNTRY] = NJ_EXIT_MODE_COUNTRY,
                                      [NJ_SETTINGS_WAY_EXIT] = NJ_EXIT_MODE_EXIT, [NJ_SETTINGS_WAY_GROUP] = NJ_EXIT_MODE_GROUP };
  NjSettingsWay           kind = nj_settings_routes_way (way);

  if (kind != NJ_SETTINGS_WAY_BAD)
    return nj_exit_choice_check (nj_protection_parts (bus->protection)->catalogue, modes[kind],
                                 kind == NJ_SETTINGS_WAY_GROUP ? way + 1 : way, error);

  g_set_error (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_BAD_VALUE,
               "“%s” is none of direct, a country’s code, an exit’s id and “@” with a list’s name", way);
  return FALSE;
}

/* Says no when there is no such way now. */
static gboolean
check_way (NjBus *bus, GDBusMethodInvocation *invocation, const char *way)
{
  g_autoptr (GError) error = NULL;

  if (way[0] == '\0' || is_way_there (bus, way, &error))
    return TRUE;
  if (nj_settings_routes_way (way) == NJ_SETTINGS_WAY_EXIT)
    nj_bus_refuse (invocation, "NoSuchExit", "%s", error->message);
  else
    nj_bus_answer (invocation, FALSE, &error);
  return FALSE;
}

static gboolean
on_set_site_route (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, const char *way, NjBus *bus)
{
  NjSettings      *settings = nj_protection_parts (bus->protection)->settings;
  g_autofree char *site = site_of (text);
  g_autoptr (GError) error = NULL;
  gboolean is_kept;

  /* A key of the file cannot hold brackets. */
  if (site == NULL || site[0] == '[')
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is not a site", text);
      return TRUE;
    }
  if (!check_way (bus, invocation, way))
    return TRUE;

  nj_settings_routes_set (settings, site, way);
  is_kept = nj_settings_save (settings, &error);
  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_kept, &error);
  return TRUE;
}

static gboolean
on_set_program_route (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *program, const char *way, NjBus *bus)
{
  NjSettings *settings = nj_protection_parts (bus->protection)->settings;
  g_autoptr (GError) error = NULL;
  gboolean is_kept;

  if (!nj_settings_routes_is_program (program))
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is neither the name of a program nor a path that begins with “/”", program);
      return TRUE;
    }
  if (!check_way (bus, invocation, way))
    return TRUE;

  nj_settings_routes_set_program (settings, program, way);
  is_kept = nj_settings_save (settings, &error);
  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_kept, &error);
  return TRUE;
}

/* Keys of table in their order, and what stands behind them. */
static GVariant *
routes_of (GHashTable *table, char **keys)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autofree char *way = g_utf8_make_valid (g_hash_table_lookup (table, keys[i]), -1);

      g_variant_builder_add (&builder, "(ss)", keys[i], way);
    }
  return g_variant_builder_end (&builder);
}

static gboolean
on_program_routes (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  const NjSettings *settings = nj_protection_parts (bus->protection)->settings;
  g_auto (GStrv) programs = nj_settings_routes_programs (settings);

  nj_dbus_nightjar1_complete_program_routes (service, invocation, routes_of (settings->programs, programs));
  return TRUE;
}

static gboolean
on_site_routes (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  const NjSettings *settings = nj_protection_parts (bus->protection)->settings;
  g_auto (GStrv) sites = nj_settings_routes_sites (settings);

  nj_dbus_nightjar1_complete_site_routes (service, invocation, routes_of (settings->routes, sites));
  return TRUE;
}

static gboolean
on_open_portal (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *host, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_open_portal (bus->protection, host, &error), &error);
  return TRUE;
}

static gboolean
on_close_portal (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  nj_protection_close_portal (bus->protection);
  nj_bus_answer (invocation, TRUE, NULL);
  return TRUE;
}

/**
 * nj_bus_routes_update:
 * @bus: the service on the bus
 *
 * Shows what is open for a captive portal.
 */
void
nj_bus_routes_update (NjBus *bus)
{
  nj_dbus_nightjar1_set_portal (bus->service, nj_protection_is_behind_portal (bus->protection));
  nj_dbus_nightjar1_set_portal_host (bus->service, nj_protection_portal_host (bus->protection));
}

/**
 * nj_bus_routes_attach:
 * @bus: the service on the bus
 *
 * Connects the methods of sites that have a way of their own, and of portals.
 */
void
nj_bus_routes_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-set-site-route", G_CALLBACK (on_set_site_route), bus);
  g_signal_connect (bus->service, "handle-site-routes", G_CALLBACK (on_site_routes), bus);
  g_signal_connect (bus->service, "handle-set-program-route", G_CALLBACK (on_set_program_route), bus);
  g_signal_connect (bus->service, "handle-program-routes", G_CALLBACK (on_program_routes), bus);
  g_signal_connect (bus->service, "handle-open-portal", G_CALLBACK (on_open_portal), bus);
  g_signal_connect (bus->service, "handle-close-portal", G_CALLBACK (on_close_portal), bus);
  nj_bus_routes_update (bus);
}
