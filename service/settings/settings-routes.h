/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/settings.h"

G_BEGIN_DECLS

/* The groups of the file whose keys are sites, and programs. */
#define NJ_SETTINGS_ROUTES_GROUP    "routes"
#define NJ_SETTINGS_ROUTES_PROGRAMS "program-routes"

/* What may stand behind a site. */
typedef enum
{
  NJ_SETTINGS_WAY_BAD,
  NJ_SETTINGS_WAY_DIRECT,
  NJ_SETTINGS_WAY_COUNTRY,
  NJ_SETTINGS_WAY_EXIT,
  NJ_SETTINGS_WAY_GROUP
} NjSettingsWay;

NjSettingsWay nj_settings_routes_way   (const char *way);
gboolean      nj_settings_routes_read  (NjSettings *settings, const char *group, const char *key, const char *raw, char **ret_problem);
void          nj_settings_routes_put   (const NjSettings *settings, GKeyFile *file);
void          nj_settings_routes_set   (NjSettings *settings, const char *site, const char *way);
char        **nj_settings_routes_sites (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;
gboolean      nj_settings_routes_is_program  (const char *program);
void          nj_settings_routes_set_program (NjSettings *settings, const char *program, const char *way);
char        **nj_settings_routes_programs    (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
