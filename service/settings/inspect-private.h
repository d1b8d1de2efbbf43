/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What inspect.c and inspect-keys.c share. */

#include "settings/inspect-keys.h"

struct NjInspect
{
  NjSettings *settings; /* borrowed, outlive us */
  NjPlane    *plane;    /* borrowed, outlives us */
  char       *folder;   /* owned: of the authority */
  char       *path;     /* owned: of what was learnt */
  guint       saved;    /* what of the memory is in the file */
  guint       timer;
  NjInspectRenewed renewed; /* (nullable) */
  gpointer    renewed_data;
  gboolean    is_held;      /* keys that are made anew are kept by somebody else */
  gboolean    is_keyless;   /* the authority is there, its key is not */
  NjInspectKey keys_state;  /* while keyless: why */
  char       *keys_problem; /* (nullable) owned: the same in words */
};

gboolean nj_inspect_keys_open (NjInspect *inspect, const char *keys, GError **error);
