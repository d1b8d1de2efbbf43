/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What the user wants of one site or one program. */
typedef enum
{
  NJ_WISH_NONE,
  NJ_WISH_NEVER,
  NJ_WISH_ALWAYS
} NjWish;

/* What the user said about looking into HTTPS, as it stands in the settings. Immutable, counted. */
typedef struct NjInspectionWishes NjInspectionWishes;

/* Lists are of names, each ended by NULL; copied. */
typedef struct
{
  gboolean           is_for_all;      /* whatever the program; else browsers only */
  const char *const *sites_always;
  const char *const *sites_never;
  const char *const *programs_always;
  const char *const *programs_never;
} NjInspectionWishesConfig;

NjInspectionWishes *nj_inspection_wishes_new   (const NjInspectionWishesConfig *config);
NjInspectionWishes *nj_inspection_wishes_ref   (NjInspectionWishes *wishes);
void                nj_inspection_wishes_unref (NjInspectionWishes *wishes);

gboolean nj_inspection_wishes_wants_program (const NjInspectionWishes *wishes); /* whether it matters which one it is */
gboolean nj_inspection_wishes_is_for_all  (const NjInspectionWishes *wishes);
NjWish   nj_inspection_wishes_of_site     (const NjInspectionWishes *wishes, NjBytes host);
NjWish   nj_inspection_wishes_of_program  (const NjInspectionWishes *wishes, const char *name);

G_END_DECLS
