/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Hosts that the user let through by the button of a block page, for a while. */
typedef struct NjAllowances NjAllowances;

#define NJ_ALLOWANCE_TOKEN 32 /* hexadecimal digits */

NjAllowances *nj_allowances_new    (void);
void          nj_allowances_free   (NjAllowances *allowances);
void          nj_allowances_offer  (NjAllowances *allowances, NjBytes host, NjBytes url, char ret_token[NJ_ALLOWANCE_TOKEN + 1]);
char         *nj_allowances_accept (NjAllowances *allowances, NjBytes token) G_GNUC_WARN_UNUSED_RESULT;
gboolean      nj_allowances_has    (NjAllowances *allowances, NjBytes host);

G_END_DECLS
