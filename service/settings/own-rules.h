/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* The id of the user's own rules among the lists, and their longest text; bytes. */
#define NJ_OWN_RULES_ID  "own"
#define NJ_OWN_RULES_MAX (8 * 1024 * 1024)

/* A line that is kept but not used. */
typedef struct
{
  guint       line;   /* 1-based */
  const char *reason; /* a name, as "unknown-option" */
} NjOwnRulesFault;

GArray  *nj_own_rules_check (NjBytes text) G_GNUC_WARN_UNUSED_RESULT;
char    *nj_own_rules_read  (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_own_rules_write (const char *path, const char *text, GError **error);

G_END_DECLS
