/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The desktop's proxy settings on the bus. Main thread.
 */
#include "bus/bus-parts.h"

static NjSystemProxy *
desktop_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->system_proxy;
}

static gboolean
on_proxy_status (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_auto (NjSystemProxyStatus) status = { .backend = "none" };
  GVariantDict dictionary;

  if (desktop_of (bus) != NULL)
    nj_system_proxy_status (desktop_of (bus), &status);

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "backend", "s", status.backend);
  g_variant_dict_insert (&dictionary, "applied", "b", status.is_applied);
  g_variant_dict_insert (&dictionary, "ours", "b", status.is_ours);
  g_variant_dict_insert (&dictionary, "mode", "s", status.mode != NULL ? status.mode : "");
  g_variant_dict_insert (&dictionary, "http", "s", status.http != NULL ? status.http : "");
  g_variant_dict_insert (&dictionary, "https", "s", status.https != NULL ? status.https : "");
  g_variant_dict_insert (&dictionary, "socks", "s", status.socks != NULL ? status.socks : "");
  g_variant_dict_insert (&dictionary, "journal", "s", status.journal != NULL ? status.journal : "");
  nj_dbus_nightjar1_complete_proxy_status (service, invocation, g_variant_dict_end (&dictionary));
  return TRUE;
}

static gboolean
on_apply_proxy (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  const NjProtectionParts *parts = nj_protection_parts (bus->protection);
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (parts->system_proxy == NULL)
    {
      nj_bus_refuse (invocation, "ProxyNotApplied", "the service was started to leave the desktop alone");
      return TRUE;
    }

  is_done = nj_system_proxy_apply (parts->system_proxy, parts->host, nj_plane_port (parts->plane), &error);
  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_done, &error);
  return TRUE;
}

static gboolean
on_restore_proxy (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (nj_protection_is_locked (bus->protection))
    {
      nj_bus_refuse (invocation, "ProxyNotApplied", "lockdown is on: the desktop’s proxy stays set");
      return TRUE;
    }
  is_done = desktop_of (bus) == NULL || nj_system_proxy_restore (desktop_of (bus), &error);

  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_done, &error);
  return TRUE;
}

/**
 * nj_bus_proxy_attach:
 * @bus: the service on the bus
 *
 * Connects the methods about the desktop's proxy.
 */
void
nj_bus_proxy_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-proxy-status", G_CALLBACK (on_proxy_status), bus);
  g_signal_connect (bus->service, "handle-apply-proxy", G_CALLBACK (on_apply_proxy), bus);
  g_signal_connect (bus->service, "handle-restore-proxy", G_CALLBACK (on_restore_proxy), bus);
}
