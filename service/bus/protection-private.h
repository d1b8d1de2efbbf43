/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus/protection.h"

#include "settings/exit-choice.h"

/* What protection.c and protection-state.c share. */
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
};

NjProtectionState nj_protection_judge            (NjProtection *self);
char             *nj_protection_describe_problem (NjProtection *self, NjProtectionState state, const char *choice_problem);
