/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/route.h"
#include "filter/engine.h"
#include "filter/page-rules.h"
#include "http/head.h"
#include "privacy/site-profiles.h"
#include "proxy/inspection-wishes.h"
#include "tls/authority.h"

G_BEGIN_DECLS

/* How long a peer may take; µs. */
typedef struct
{
  gint64 client_idle;   /* a kept client connection without a request: 5 min */
  gint64 client_head;   /* from the first byte of a head to its last: 30 s */
  gint64 connect;       /* name, connect and exits together: 20 s */
  gint64 origin_answer; /* from the request's last byte to the answer's head: 30 s */
  gint64 transfer;      /* between two pieces of a body: 2 min */
  gint64 tunnel_idle;   /* a tunnel that says nothing: 24 h */
  gint64 upstream_idle; /* a kept upstream connection: 60 s */
} NjTimeouts;

#define NJ_TIMEOUTS_DEFAULT                                                                                          \
  ((NjTimeouts){ 300 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC, 20 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC,                \
                 120 * G_USEC_PER_SEC, 24 * 3600 * (gint64) G_USEC_PER_SEC, 60 * G_USEC_PER_SEC })

/* Whether pages of plain HTTP are asked for by HTTPS first. */
typedef enum
{
  NJ_HTTPS_FIRST_STRICT, /* under the strict profile */
  NJ_HTTPS_FIRST_OFF,
  NJ_HTTPS_FIRST_ON
} NjHttpsFirst;

/* The immutable snapshot that one conversation keeps from its first byte to its last. */
typedef struct
{
  gatomicrefcount refs;
  gboolean        is_filtering; /* off or paused: requests pass untouched by rules and scrubbing */
  NjEngine       *engine;       /* counted, never NULL (empty when there is no list) */
  NjPageRules    *pages;        /* (nullable) counted: of the same lists; NULL when none changes pages */
  NjProfile       profile;
  NjSiteProfiles *site_profiles; /* (nullable) counted: sites that have another one */
  NjHttpsFirst    https_first;
  gboolean        has_common_agent; /* User-Agent as most browsers of its kind send it */
  gboolean        matches_language; /* Accept-Language as in the exit's country */
  NjExitChoice    choice;       /* what it holds is counted */
  NjHeadLimits    limits;
  NjTimeouts      timeouts;
  guint           client_max;   /* client connections at once; 0: as many as descriptors allow */
  gboolean        is_inspecting; /* look into HTTPS where nothing speaks against it */
  NjInspectionWishes *wishes;   /* (nullable) counted: which of it */
  NjAuthority    *authority;    /* (nullable) counted: who signs for it; given by the plane */
  gboolean        owner_only;   /* refuse connections of other users */
} NjPolicy;

NjPolicy *nj_policy_new   (void); /* all defaults, filtering on, no way out, empty engine; fill it in, then publish */
NjPolicy *nj_policy_ref   (NjPolicy *policy);
void      nj_policy_unref (NjPolicy *policy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjPolicy, nj_policy_unref)

G_END_DECLS
