/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_RULES_PAGE (nj_rules_page_get_type ())
G_DECLARE_FINAL_TYPE (NjRulesPage, nj_rules_page, NJ, RULES_PAGE, GtkBin)

void nj_rules_page_set_remote (NjRulesPage *self, NjRemote *remote);
