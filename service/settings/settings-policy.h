/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/policy.h"
#include "settings/settings.h"

G_BEGIN_DECLS

NjPolicy *nj_settings_policy_new (const NjSettings *settings, NjEngine *engine, NjPageRules *pages, const NjExitChoice *choice,
                                  gboolean is_filtering);

G_END_DECLS
