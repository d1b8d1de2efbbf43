/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/cookie-rule.h"
#include "filter/match.h"

G_BEGIN_DECLS

void nj_cookie_match_collect (NjMatch *match, NjCookieRules *ret_rules);

G_END_DECLS
