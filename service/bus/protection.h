/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus/pause.h"
#include "desktop/system-proxy.h"
#include "exits/catalogue.h"
#include "exits/route.h"
#include "proxy/plane.h"
#include "settings/exit-seen.h"
#include "settings/exit-subscriptions.h"
#include "settings/filter-lists.h"
#include "settings/inspect.h"
#include "settings/list-updates.h"
#include "settings/settings.h"

G_BEGIN_DECLS

#define NJ_PROTECTION_ERROR (nj_protection_error_quark ())

typedef enum
{
  NJ_PROTECTION_ERROR_NOT_APPLIED,  /* the desktop's proxy could not be set */
  NJ_PROTECTION_ERROR_BAD_VALUE,
  NJ_PROTECTION_ERROR_NOT_KEPT      /* done, but it could not be written down */
} NjProtectionError;

typedef enum
{
  NJ_PROTECTION_OFF,
  NJ_PROTECTION_PROTECTED,
  NJ_PROTECTION_CONNECTING,
  NJ_PROTECTION_BLOCKED,
  NJ_PROTECTION_PAUSED,
  NJ_PROTECTION_UNPROTECTED
} NjProtectionState;

/* Everything the switch acts on; all borrowed and outliving it. */
typedef struct
{
  NjSettings    *settings;
  NjCatalogue   *catalogue;
  const char    *exits_path;
  const char    *counts_path;  /* (nullable): where today's counts are kept */
  const char    *secrets_of;   /* (nullable): whose passwords go to the keyring, NULL: none do */
  NjExitSubscriptions *subscriptions; /* lists of exits, fetched through the plane */
  NjFilterLists *lists;
  NjListUpdates *updates;      /* fetches lists, through the plane */
  NjPlane       *plane;
  NjInspect     *inspect;      /* the switch for HTTPS */
  NjSystemProxy *system_proxy; /* (nullable): the desktop is left alone */
  const char    *host;         /* where the plane listens */
} NjProtectionParts;

#define NJ_TYPE_PROTECTION (nj_protection_get_type ())
G_DECLARE_FINAL_TYPE (NjProtection, nj_protection, NJ, PROTECTION, GObject)

GQuark        nj_protection_error_quark (void);
NjProtection *nj_protection_new         (const NjProtectionParts *parts);
void          nj_protection_start       (NjProtection *self);
void          nj_protection_end         (NjProtection *self);
const NjProtectionParts *nj_protection_parts (NjProtection *self);

gboolean nj_protection_turn_on  (NjProtection *self, GError **error);
gboolean nj_protection_turn_off (NjProtection *self, GError **error);
gboolean nj_protection_pause    (NjProtection *self, guint seconds, NjPause scope, GError **error);
void     nj_protection_resume   (NjProtection *self);
gboolean nj_protection_select   (NjProtection *self, NjExitMode mode, const char *what, GError **error);
void     nj_protection_refresh  (NjProtection *self);
gboolean nj_protection_set_level  (NjProtection *self, NjExitLevel level, GError **error);
gboolean nj_protection_is_locked  (NjProtection *self);
const char *nj_protection_level_name (NjProtection *self);
const char *nj_protection_secrets_name (NjProtection *self);
gboolean nj_protection_keep_exits (NjProtection *self, GError **error);
void     nj_protection_keep_authority (NjProtection *self);
gboolean nj_protection_replace_authority (NjProtection *self, char **ret_before, GError **error);
void     nj_protection_exit_tested (NjProtection *self, NjExit *exit, gboolean is_alive, guint latency_ms, const char *problem);

NjExitSeen *nj_protection_seen             (NjProtection *self);
gboolean    nj_protection_open_portal      (NjProtection *self, const char *host, GError **error);
void        nj_protection_close_portal     (NjProtection *self);
const char *nj_protection_portal_host      (NjProtection *self);
gboolean    nj_protection_is_behind_portal (NjProtection *self);

NjProtectionState nj_protection_state       (NjProtection *self);
const char       *nj_protection_state_name  (NjProtectionState state);
gboolean          nj_protection_is_on       (NjProtection *self);
const char       *nj_protection_problem     (NjProtection *self);
gint64            nj_protection_paused_until (NjProtection *self);
NjPause           nj_protection_pause_scope (NjProtection *self);
NjExit           *nj_protection_exit        (NjProtection *self);
const NjExitChoice *nj_protection_choice    (NjProtection *self);

G_END_DECLS
