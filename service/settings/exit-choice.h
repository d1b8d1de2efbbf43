/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/catalogue.h"
#include "exits/route.h"
#include "settings/settings.h"

G_BEGIN_DECLS

void nj_exit_choice_resolve (const NjSettings *settings, NjCatalogue *catalogue, NjExit *current, NjExitChoice *ret_choice, char **ret_problem);
void nj_exit_choice_clear   (NjExitChoice *choice);
gboolean    nj_exit_choice_level      (const char *name, NjExitLevel *ret_level);
const char *nj_exit_choice_level_name (NjExitLevel level);
gboolean nj_exit_choice_is_locked (const NjSettings *settings);
char    *nj_exit_choice_place (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_exit_choice_check (NjCatalogue *catalogue, NjExitMode mode, const char *what, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjExitChoice, nj_exit_choice_clear)

G_END_DECLS
