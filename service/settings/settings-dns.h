/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/settings.h"

G_BEGIN_DECLS

gboolean nj_settings_dns_apply (const NjSettings *settings, GError **error);

G_END_DECLS
