/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <handy.h>

#define NJ_TYPE_PRIVACY_PAGE (nj_privacy_page_get_type ())
G_DECLARE_FINAL_TYPE (NjPrivacyPage, nj_privacy_page, NJ, PRIVACY_PAGE, GtkBin)

void nj_privacy_page_set_remote (NjPrivacyPage *self, NjRemote *remote);
