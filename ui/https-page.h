/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/https.h"

#include <handy.h>

#define NJ_TYPE_HTTPS_PAGE (nj_https_page_get_type ())
G_DECLARE_FINAL_TYPE (NjHttpsPage, nj_https_page, NJ, HTTPS_PAGE, GtkBin)

void nj_https_page_set_remote (NjHttpsPage *self, NjRemote *remote);
