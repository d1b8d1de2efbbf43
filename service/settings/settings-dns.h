/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/settings.h"

G_BEGIN_DECLS

gboolean    nj_settings_dns_apply    (const NjSettings *settings, GError **error);
gboolean    nj_settings_dns_set      (NjSettings *settings, const char *mode, const char *server, const char *const *bootstrap,
                                      const char *fallback, GError **error);
const char *nj_settings_dns_mode     (const NjSettings *settings);
const char *nj_settings_dns_fallback (const NjSettings *settings);

G_END_DECLS
