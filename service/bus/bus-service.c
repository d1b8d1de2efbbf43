/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch on the bus: on, off, pause, quit and the properties that show how it stands. Main thread.
 */
#include "bus/bus-parts.h"

static gboolean
on_turn_on (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_turn_on (bus->protection, &error), &error);
  return TRUE;
}

static gboolean
on_turn_off (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_turn_off (bus->protection, &error), &error);
  return TRUE;
}

static gboolean
on_pause (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, guint seconds, const char *name, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  NjPause scope;

  if (!nj_pause_from_name (name, &scope))
    nj_bus_refuse (invocation, "BadValue", "“%s” is none of all, filter, exit", name);
  else
    nj_bus_answer (invocation, nj_protection_pause (bus->protection, seconds, scope, &error), &error);
  return TRUE;
}

static gboolean
on_resume (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  nj_protection_resume (bus->protection);
  nj_bus_answer (invocation, TRUE, NULL);
  return TRUE;
}

static gboolean
on_quit (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  nj_bus_answer (invocation, TRUE, NULL);
  bus->ended (FALSE, bus->user_data);
  return TRUE;
}

static void
on_request_blocked (NjProtection *protection, const char *host, guint client_port, NjBus *bus)
{
  NjPlane *plane = nj_protection_parts (bus->protection)->plane;

  nj_dbus_nightjar1_emit_request_blocked (bus->service, host, nj_plane_client_name (plane, client_port));
}

/**
 * nj_bus_service_attach:
 * @bus: the service on the bus
 *
 * Connects the switch's methods and sets what never changes.
 */
void
nj_bus_service_attach (NjBus *bus)
{
  const NjProtectionParts *parts = nj_protection_parts (bus->protection);
  g_autofree char *address = NULL;
  g_autofree char *pac = NULL;

  g_signal_connect (bus->service, "handle-turn-on", G_CALLBACK (on_turn_on), bus);
  g_signal_connect (bus->service, "handle-turn-off", G_CALLBACK (on_turn_off), bus);
  g_signal_connect (bus->service, "handle-pause", G_CALLBACK (on_pause), bus);
  g_signal_connect (bus->service, "handle-resume", G_CALLBACK (on_resume), bus);
  g_signal_connect (bus->service, "handle-quit", G_CALLBACK (on_quit), bus);
  g_signal_connect (bus->protection, "request-blocked", G_CALLBACK (on_request_blocked), bus);

  address = g_strdup_printf (strchr (parts->host, ':') != NULL ? "[%s]:%u" : "%s:%u", parts->host, nj_plane_port (parts->plane));
  pac = g_strdup_printf ("http://%s%s", address, nj_plane_pac_path (parts->plane));
  nj_dbus_nightjar1_set_address (bus->service, address);
  nj_dbus_nightjar1_set_pac_url (bus->service, pac);
  nj_dbus_nightjar1_set_version (bus->service, NJ_VERSION);
}

/**
 * nj_bus_service_update:
 * @bus: the service on the bus
 *
 * Shows how the switch stands; only what differs is signalled.
 */
void
nj_bus_service_update (NjBus *bus)
{
  NjProtection *protection = bus->protection;
  NjExit       *exit = nj_protection_exit (protection);
  NjSettings   *settings = nj_protection_parts (protection)->settings;

  nj_dbus_nightjar1_set_state (bus->service, nj_protection_state_name (nj_protection_state (protection)));
  nj_dbus_nightjar1_set_protection (bus->service, nj_protection_is_on (protection));
  nj_dbus_nightjar1_set_paused_until (bus->service, nj_protection_paused_until (protection));
  nj_dbus_nightjar1_set_pause_scope (bus->service, nj_pause_name (nj_protection_pause_scope (protection)));
  nj_dbus_nightjar1_set_problem (bus->service, nj_protection_problem (protection));

  /* A choice that nothing answers is still a choice, and not direct. */
  nj_dbus_nightjar1_set_exit (bus->service, exit != NULL ? nj_exit_id (exit) : settings->exit_id);
  nj_dbus_nightjar1_set_country (bus->service, exit != NULL ? nj_exit_country (exit) : settings->exit_country);
}
