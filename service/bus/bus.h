/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus/protection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The service as others see it over D-Bus. */
typedef struct NjBus NjBus;

/* Somebody asked the service to end, or the bus is gone. */
typedef void (*NjBusEnded) (gboolean is_lost, gpointer user_data);

NjBus *nj_bus_new  (NjProtection *protection, const char *address, const char *name, NjBusEnded ended, gpointer user_data, GError **error);
void   nj_bus_free (NjBus *bus);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjBus, nj_bus_free)

G_END_DECLS
