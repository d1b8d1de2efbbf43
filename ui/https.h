/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#define NJ_TYPE_HTTPS (nj_https_get_type ())
G_DECLARE_FINAL_TYPE (NjHttps, nj_https, NJ, HTTPS, GObject)

/* What the service lists; each as its method on the bus gives it. */
typedef enum
{
  NJ_HTTPS_TRUST,    /* a(ssss): name, folder, state, problem */
  NJ_HTTPS_REFUSED,  /* a(ssx): site, problem, when */
  NJ_HTTPS_EXCLUDED, /* a(ssx): site, reason, when */
  NJ_HTTPS_WISHES,   /* a(sss): kind, name, wish */
  NJ_N_HTTPS
} NjHttpsList;

NjHttps    *nj_https_new       (NjRemote *remote);
NjRemote   *nj_https_remote    (NjHttps *self);
const char *nj_https_key       (NjHttps *self);
const char *nj_https_problem   (NjHttps *self);
gboolean    nj_https_is_there  (NjHttps *self);
gboolean    nj_https_is_on     (NjHttps *self);
gboolean    nj_https_is_for_all (NjHttps *self);
GVariant   *nj_https_list      (NjHttps *self, NjHttpsList list); /* (nullable) borrowed */
void        nj_https_refresh   (NjHttps *self);
void        nj_https_do        (NjHttps *self, const char *method, GVariant *arguments);
const char *nj_https_reason    (const char *reason);
