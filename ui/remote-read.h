/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

#include "nightjar-dbus.h"

void nj_remote_read_service (NjStatus *status, NjDBusNightjar1 *service);
void nj_remote_read_objects (NjStatus *status, GDBusObjectManager *tree);
