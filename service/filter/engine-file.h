/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/compiler.h"

G_BEGIN_DECLS

gboolean  nj_engine_file_save (const NjEngine *engine, const char *path, guint64 fingerprint, GError **error);
NjEngine *nj_engine_file_load (const char *path, guint64 fingerprint, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
