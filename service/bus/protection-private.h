/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus/authority-secrets.h"
#include "bus/exit-secrets.h"
#include "bus/network-changes.h"
#include "bus/protection.h"

#include "settings/exit-choice.h"

/* What protection.c, protection-state.c and protection-network.c share. */
struct _NjProtection
{
  GObject           parent_instance;
  NjProtectionParts parts;
  NjProtectionState state;
  NjExitChoice      choice;       /* its exit is counted */
  char             *problem;      /* owned, never NULL */
  NjPause           pause;
  gint64            paused_until; /* seconds since 1970, 0 not paused, -1 until the service ends */
  guint             pause_timer;  /* sources, 0 none */
  guint             retry_timer;
  NjExit           *testing;      /* (nullable) counted: what is measured now */
  GPtrArray        *warm;         /* (nullable) (element-type NjExit) owned: to which connections are made ahead */
  NjNetworkChanges *network;      /* (nullable) owned */
  NjExitSeen       *seen;         /* owned */
  char             *portal_host;  /* (nullable) owned: reached directly for a while */
  guint             portal_timer;
  NjExitSecrets    *secrets;      /* (nullable) owned: moves passwords to the keyring */
  NjAuthoritySecrets *authority;  /* (nullable) owned: moves the key for HTTPS there */
  guint             keep_timer;   /* the catalogue has changed and is not kept yet */
  gboolean          is_behind_portal;
};

void              nj_protection_test_chosen      (NjProtection *self);
gboolean          nj_protection_keep             (NjProtection *self, GError **error);
void              nj_protection_secrets_moved    (gpointer user_data);
void              nj_protection_authority_start  (NjProtection *self);
void              nj_protection_authority_end    (NjProtection *self);
void              nj_protection_exits_fetched    (gpointer user_data);
void              nj_protection_keep_exits_later (NjProtection *self);
void              nj_protection_network_changed  (gboolean is_up, gboolean wants_sign_in, gpointer user_data);
void              nj_protection_keep_warm        (NjProtection *self);
void              nj_protection_add_portal       (NjProtection *self);
gboolean          nj_protection_passes_by        (NjProtection *self);
NjProtectionState nj_protection_judge            (NjProtection *self);
char             *nj_protection_describe_problem (NjProtection *self, NjProtectionState state, const char *choice_problem);
