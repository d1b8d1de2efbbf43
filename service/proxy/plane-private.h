/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/program-name.h"
#include "net/listener.h"
#include "proxy/lane.h"
#include "proxy/plane.h"

/* What the files of the plane share. */
struct NjPlane
{
  NjShared    shared;
  NjListener *listener; /* owned */
  guint       n_lanes;
  NjWorker  **workers;  /* owned */
  NjLane    **lanes;    /* owned */
  char       *pac_path; /* owned */
  char       *pac_answer; /* owned */
  gboolean    has_started;
  NjProgramNames *names; /* (nullable) owned: made when first asked for */
  NjAuthority *authority; /* (nullable) counted: goes into each policy that inspects */
  NjPlaneHeard heard;
  gpointer     heard_data;
};

/* plane-exits.c */
void nj_plane_leave_exit (NjPlane *plane, NjExit *exit);
