/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gio/gio.h>

void  nj_deeds_add (GActionMap *map, NjRemote *remote);
char *nj_deeds_proxy_text (const char *address, const char *shell);
