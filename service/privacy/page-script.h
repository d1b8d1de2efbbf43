/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What a page's server was told, and its scripts are to see as well. */
typedef struct
{
  NjBytes  agent;      /* a User-Agent that nj_common_agent_is() knows; empty: the browser's own */
  NjBytes  languages;  /* as Accept-Language; empty: the browser's own */
  gboolean is_control; /* that the user objects: Global Privacy Control */
  gboolean is_arrival; /* a page of another site was there before, whose messages are not for this one */
} NjPageTold;

NjBytes nj_page_script        (const NjPageTold *told, NjArena *arena);
NjBytes nj_page_script_worker (const NjPageTold *told, NjArena *arena);

G_END_DECLS
