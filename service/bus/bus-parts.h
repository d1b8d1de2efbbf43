/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus/bus.h"
#include "nightjar-dbus.h"

G_BEGIN_DECLS

#define NJ_BUS_ROOT  "/org/nightjar/Nightjar1"
#define NJ_BUS_ERROR "org.nightjar.Error."

/* What the files of this room share; nobody else includes this. */
struct NjBus
{
  NjProtection             *protection; /* counted */
  GDBusConnection          *connection; /* counted */
  GDBusObjectManagerServer *objects;    /* counted */
  NjDBusNightjar1          *service;    /* counted: the root object's interface */
  NjDBusNightjar1Inspection *inspection; /* counted: another of the root object's */
  char                     *name;       /* owned */
  NjBusEnded                ended;
  gpointer                  user_data;
};

G_GNUC_PRINTF (3, 4)
void nj_bus_refuse (GDBusMethodInvocation *invocation, const char *error_name, const char *format, ...);
void nj_bus_answer (GDBusMethodInvocation *invocation, gboolean is_done, GError *const *error);

void nj_bus_service_attach  (NjBus *bus);
void nj_bus_service_update  (NjBus *bus);
void nj_bus_exits_attach    (NjBus *bus);
void nj_bus_exits_update    (NjBus *bus);
void nj_bus_places_attach   (NjBus *bus);
void nj_bus_places_update   (NjBus *bus);
void nj_bus_subscriptions_attach (NjBus *bus);
void nj_bus_subscriptions_update (NjBus *bus);
void nj_bus_routes_attach   (NjBus *bus);
void nj_bus_routes_update   (NjBus *bus);
void nj_bus_privacy_attach  (NjBus *bus);
void nj_bus_privacy_update  (NjBus *bus);
void nj_bus_dns_attach      (NjBus *bus);
void nj_bus_dns_update      (NjBus *bus);
void nj_bus_lists_attach    (NjBus *bus);
void nj_bus_lists_update    (NjBus *bus);
void nj_bus_rules_attach    (NjBus *bus);
void nj_bus_requests_attach (NjBus *bus);
void nj_bus_proxy_attach    (NjBus *bus);
void nj_bus_inspection_attach (NjBus *bus);
void nj_bus_inspection_update (NjBus *bus);
void nj_bus_inspection_wishes_attach (NjBus *bus);
void nj_bus_inspection_sites_attach (NjBus *bus);

NjDBusNightjar1 *nj_bus_statistics_new  (NjPlane *plane, const char *path);
void             nj_bus_statistics_keep (NjDBusNightjar1 *service);

G_END_DECLS
