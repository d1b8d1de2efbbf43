/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who resolves the names of direct traffic, on the bus. Main thread.
 */
#include "bus/bus-parts.h"

#include "exits/dns.h"
#include "settings/settings-dns.h"

static gboolean
on_set_dns (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *mode, const char *server,
            const char *const *addresses, const char *fallback, NjBus *bus)
{
  NjSettings *settings = nj_protection_parts (bus->protection)->settings;
  g_autoptr (GError) error = NULL;
  gboolean is_kept;

  if (!nj_settings_dns_set (settings, mode, server, addresses, fallback, &error))
    {
      nj_bus_refuse (invocation, "BadValue", "%s", error->message);
      return TRUE;
    }

  is_kept = nj_settings_save (settings, &error);
  nj_bus_dns_update (bus);
  nj_bus_answer (invocation, is_kept, &error);
  return TRUE;
}

static void
on_tested (gboolean is_good, guint latency_ms, const char *problem, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;

  if (is_good)
    nj_dbus_nightjar1_complete_test_dns (NULL, invocation, latency_ms);
  else
    nj_bus_refuse (invocation, "Failed", "%s", problem);
}

/* Whether anything but what is said at an exit may be asked of anybody. */
static gboolean
goes_direct (NjBus *bus)
{
  const NjExitChoice *choice = nj_protection_choice (bus->protection);

  return choice->is_direct && choice->level != NJ_EXIT_LEVEL_LOCKDOWN;
}

static gboolean
on_test_dns (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  const NjProtectionParts *parts = nj_protection_parts (bus->protection);

  if (g_str_equal (nj_settings_dns_mode (parts->settings), "system"))
    nj_bus_refuse (invocation, "BadValue", "the system resolves names");
  else if (!goes_direct (bus))
    nj_bus_refuse (invocation, "Failed", "nothing goes direct now, so it is not asked");
  else
    nj_plane_test_dns (parts->plane, on_tested, invocation);
  return TRUE;
}

/**
 * nj_bus_dns_update:
 * @bus: the service on the bus
 *
 * Shows what is in force.
 */
void
nj_bus_dns_update (NjBus *bus)
{
  static const char *const none[] = { NULL };
  const NjSettings *settings = nj_protection_parts (bus->protection)->settings;
  const char *const *addresses = (const char *const *) settings->dns_bootstrap;

  nj_dbus_nightjar1_set_dns_mode (bus->service, nj_settings_dns_mode (settings));
  nj_dbus_nightjar1_set_dns_server (bus->service, settings->dns_server);
  nj_dbus_nightjar1_set_dns_addresses (bus->service, addresses != NULL ? addresses : none);
  nj_dbus_nightjar1_set_dns_fallback (bus->service, nj_settings_dns_fallback (settings));
}

/**
 * nj_bus_dns_attach:
 * @bus: the service on the bus
 *
 * Connects the methods.
 */
void
nj_bus_dns_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-set-dns", G_CALLBACK (on_set_dns), bus);
  g_signal_connect (bus->service, "handle-test-dns", G_CALLBACK (on_test_dns), bus);
  nj_bus_dns_update (bus);
}
