/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/builder.h"

G_BEGIN_DECLS

guint8 *nj_index_build (NjBuilder *builder, guint64 fingerprint, gsize *ret_size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
