/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/response.h"

G_BEGIN_DECLS

/* What of the proxy's own protection a rule switches off. */
enum
{
  NJ_STEALTH_REFERRER = 1 << 0,
  NJ_STEALTH_SIGNALS = 1 << 1,            /* DNT and its like */
  NJ_STEALTH_PARAMETERS = 1 << 2,
  NJ_STEALTH_COOKIES_FIRST_PARTY = 1 << 3,
  NJ_STEALTH_COOKIES_THIRD_PARTY = 1 << 4,
  NJ_STEALTH_CACHE = 1 << 5,
  NJ_STEALTH_AUTHORIZATION = 1 << 6,
  NJ_STEALTH_IDENTITY = 1 << 7,           /* User-Agent, X-Client-Data, address */
  NJ_STEALTH_ALL = (1 << 8) - 1
};

/* What rules say of a request that may pass, before it is sent. */
typedef struct
{
  NjResponseChanges remove_headers; /* names of request fields; never one that frames or addresses the request */
  NjCookieRules     cookies;        /* nj_cookie_rule_strip() for each Cookie field */
  guint             stealth_off;    /* NJ_STEALTH_ */
} NjRequestChanges;

gboolean nj_request_change_is_judged     (const NjEngine *engine);
void     nj_request_change_match         (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena,
                                          NjRequestChanges *ret_changes);
gboolean nj_request_change_is_removable  (NjBytes name);
gboolean nj_request_change_parse_stealth (NjBytes value, guint *ret_bits);

G_END_DECLS
