/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-mirror.h"

G_BEGIN_DECLS

#define NJ_CLIENT_MIRRORS_SLOTS 32

/* How clients of one name said hello the last time. All zeros is none; shared by all lanes. */
typedef struct
{
  struct
  {
    guint32            agent;
    gboolean           speaks_h2;
    const NjTlsMirror *mirror; /* (nullable) */
  } slots[NJ_CLIENT_MIRRORS_SLOTS];
} NjClientMirrors;

guint32            nj_client_mirrors_agent  (NjBytes name); /* as a number, 0 for who says nothing */
const NjTlsMirror *nj_client_mirrors_recall (NjClientMirrors *self, NjBytes name); /* (nullable) */
void               nj_client_mirrors_learn  (NjClientMirrors *self, guint32 agent, const NjTlsMirror *mirror, gboolean speaks_h2);

G_END_DECLS
