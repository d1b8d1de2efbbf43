/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "privacy/site-profiles.h"
#include "settings/settings.h"

G_BEGIN_DECLS

char           *nj_settings_privacy_site  (const char *text) G_GNUC_WARN_UNUSED_RESULT;
const char     *nj_settings_privacy_name  (const NjSettings *settings);
gboolean        nj_settings_privacy_choose (NjSettings *settings, const char *profile);
gboolean        nj_settings_privacy_set_option (NjSettings *settings, const char *name, const char *value, char **ret_problem);
GStrv           nj_settings_privacy_options (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
gboolean        nj_settings_privacy_set   (NjSettings *settings, const char *site, const char *profile);
GPtrArray      *nj_settings_privacy_list  (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
NjSiteProfiles *nj_settings_privacy_sites (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
