/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* How much is done to requests and responses. */
typedef enum
{
  NJ_PROFILE_OFF,      /* nothing: bytes as the browser and the site wrote them */
  NJ_PROFILE_STANDARD, /* what no site needs, and third-party state */
  NJ_PROFILE_STRICT    /* also what a site may notice: shorter cookies, fewer languages, no preconnect */
} NjProfile;

gboolean    nj_profile_from_name (const char *name, NjProfile *ret_profile);
const char *nj_profile_to_name   (NjProfile profile);

G_END_DECLS
