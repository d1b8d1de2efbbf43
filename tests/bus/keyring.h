/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/bus/bus-fixture.h"

GSubprocess *keyring_new          (BusFixture *f, const char *password);
void         keyring_end          (GSubprocess *keyring);
void         keyring_unlock       (BusFixture *f, const char *password);
gboolean     keyring_is_installed (void);
