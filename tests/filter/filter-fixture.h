/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/compiler.h"

G_BEGIN_DECLS

NjEngine *filter_fixture_compile (const char *rules);
char     *filter_fixture_ask     (const NjEngine *engine, const char *url, const char *page, const char *type);

G_END_DECLS
