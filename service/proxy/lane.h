/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/program-search.h"
#include "firewall/program.h"
#include "net/worker.h"
#include "proxy/allowance.h"
#include "proxy/client-mirrors.h"
#include "proxy/plane.h"
#include "proxy/https-memory.h"
#include "proxy/inspection-memory.h"
#include "proxy/port-memory.h"
#include "proxy/seen-certificates.h"
#include "proxy/rebinding.h"
#include "proxy/upstream.h"
#include "tls/leaf-certificate.h"

G_BEGIN_DECLS

typedef struct NjSession NjSession;
typedef struct NjTunnel NjTunnel;

typedef struct NjH2Session NjH2Session;

/* What all lanes share; owned by the plane, which outlives them. */
typedef struct
{
  NjPolicy     *policy; /* atomic pointer; counted by the plane until every lane has looked away */
  NjRequestLog *log;
  NjStatistics *statistics;
  NjAllowances *allowances;
  NjInspectionMemory *inspection_memory;
  NjSeenCertificates *seen_certificates;
  NjRebinding   rebinding;
  NjClientMirrors client_mirrors;
  NjPortMemory  port_memory;
  NjHttpsMemory *https_memory;
  NjAddress     address; /* where we listen */
  NjBytes       pac_path;
  NjBytes       pac_answer;
  gint64        bad_site_told; /* atomic: the same of a site that could not be verified */
  gint64        blocked_told; /* atomic: when the main thread last heard of a blocked request */
  void (*tell) (gpointer plane, NjPlaneEvent event, NjBytes text, guint client_port); /* from any lane */
  gpointer      plane;
} NjShared;

/* One worker's share of the plane. */
typedef struct
{
  NjWorker       *worker;   /* owned by the plane */
  NjShared       *shared;   /* borrowed */
  guint           number;
  NjProgram      *program;  /* owned */
  NjProgramSearch programs; /* those that clients were lately */
  NjUpstreamPool *upstreams; /* owned */
  NjLeafCertificates *leaves; /* (nullable) owned: made when first wanted */
  NjSession      *sessions; /* list of those whose fiber runs */
  NjTunnel       *tunnels;  /* list of those whose relay runs */
  NjH2Session    *h2_sessions; /* list of the clients' HTTP/2 connections */
  gint            n_sessions; /* atomic: fibers, not tunnels */
  guint           n_clients;  /* connections, tunnels too */
  gboolean        is_draining;
} NjLane;

NjLane   *nj_lane_new    (NjShared *shared, NjWorker *worker, guint number);
void      nj_lane_free   (NjLane *lane);
NjPolicy *nj_lane_policy (NjLane *lane);
void      nj_lane_count  (NjLane *lane, NjCount count, gint64 n);
void      nj_lane_log    (NjLane *lane, const NjLogRecord *record);

G_END_DECLS
