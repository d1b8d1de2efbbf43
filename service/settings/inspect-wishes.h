/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/settings.h"

G_BEGIN_DECLS

/* Lists are in the order of these. */
typedef enum
{
  NJ_INSPECT_WISH_DEFAULT,
  NJ_INSPECT_WISH_ALWAYS,
  NJ_INSPECT_WISH_NEVER
} NjInspectWish;

gboolean nj_inspect_wishes_set_site    (NjSettings *settings, const char *text, NjInspectWish wish, GError **error);
gboolean nj_inspect_wishes_set_program (NjSettings *settings, const char *name, NjInspectWish wish, GError **error);
gboolean nj_inspect_wishes_set_for_all (NjSettings *settings, gboolean is_for_all, GError **error);

G_END_DECLS
