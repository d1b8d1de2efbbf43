/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

#define NJ_SITE_HOST_MAX 84
#define NJ_SITE_NAMES    8

/* What a thread remembers of a host it met lately: two lines of the cache, of which hosts as long as most take one. */
typedef struct
{
  guint64 serial;    /* of the engine whose names these are; 0: none yet */
  guint32 names[NJ_SITE_NAMES];
  guint8  n_names;
  guint8  domain_at; /* where the registrable domain starts; 255: not asked yet */
  guint8  len;       /* 0: the slot is free */
  char    host[NJ_SITE_HOST_MAX];
} NjSite;

NjSite *nj_site_remember    (NjBytes host);
NjBytes nj_site_registrable (NjBytes host);

G_END_DECLS
