/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a pause lets through. */
typedef enum
{
  NJ_PAUSE_NONE,
  NJ_PAUSE_ALL,
  NJ_PAUSE_FILTER,
  NJ_PAUSE_EXIT
} NjPause;

/* Longest pause with an end; seconds. */
#define NJ_PAUSE_MAX 86400

const char *nj_pause_name      (NjPause scope);
gboolean    nj_pause_from_name (const char *name, NjPause *ret_scope);

G_END_DECLS
