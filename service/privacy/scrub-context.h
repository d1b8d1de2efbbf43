/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"
#include "http/url.h"
#include "privacy/profiles.h"

G_BEGIN_DECLS

/* What scrubbing changed: a mask for the journal. */
typedef enum
{
  NJ_SCRUB_REFERER = 1 << 0,
  NJ_SCRUB_IDENTITY = 1 << 1,  /* From, X-Client-Data, operators' and apps' ids */
  NJ_SCRUB_PROXY = 1 << 2,     /* Via, Forwarded, X-Forwarded-* */
  NJ_SCRUB_SIGNALS = 1 << 3,   /* Sec-GPC, DNT set */
  NJ_SCRUB_COOKIES = 1 << 4,   /* third-party cookies */
  NJ_SCRUB_LIFETIME = 1 << 5,  /* a cookie's life cut */
  NJ_SCRUB_VALIDATORS = 1 << 6, /* ETag and what answers it */
  NJ_SCRUB_HINTS = 1 << 7,     /* client hints, languages */
  NJ_SCRUB_AD_APIS = 1 << 8,   /* topics, attribution, auctions */
  NJ_SCRUB_REPORTS = 1 << 9,   /* NEL, Report-To, report-uri */
  NJ_SCRUB_AUTHORIZATION = 1 << 10,
  NJ_SCRUB_PARAMETERS = 1 << 11, /* for the caller of nj_tracking_parameters_strip */
  NJ_SCRUB_POLICY = 1 << 12,   /* Referrer-Policy, Link, Alt-Svc, long-lived redirects */
  NJ_SCRUB_BOUNCE = 1 << 13    /* cookies of a pure redirector */
} NjScrubChange;

/* Who asks whom, as far as the request itself tells. Lives as long as its request; not to be copied:
 * page_host may point into it. What @url points to must live as long. */
typedef struct
{
  const NjUrl *url;       /* borrowed: what is asked for */
  NjBytes      page_host; /* host of the page that asks, from Referer or Origin, normal form; empty: unknown */
  gboolean     page_is_secure;
  gboolean     page_is_plain;  /* the Referer begins with its origin in normal form, without a port */
  gsize        page_path;      /* where in the Referer the path begins */
  gboolean     is_cross_site;  /* another site asked, by a link or as part of a page */
  gboolean     is_navigation;  /* a whole page, for the address bar */
  gboolean     is_third_party; /* cross-site and no navigation: part of somebody else's page */
  gboolean     is_cloaked;     /* a part of the page under its site's name, but another site's machine answers */
  NjProfile    profile;
  guint        spared;         /* #NjScrubChange bits: what is left as it is, whatever the profile says */
  char         page_host_text[NJ_HOST_MAX + 1];
} NjScrubContext;

void nj_scrub_context_init (NjScrubContext *context, NjHead *request, const NjUrl *url, NjProfile profile);

G_END_DECLS
