/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"

G_BEGIN_DECLS

NjFieldId nj_field_names_lookup (NjBytes name);
NjBytes   nj_field_names_get    (NjFieldId id);

G_END_DECLS
