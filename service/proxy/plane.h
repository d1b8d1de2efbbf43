/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "journal/request-log.h"
#include "journal/statistics.h"
#include "proxy/inspection-memory.h"
#include "proxy/policy.h"
#include "proxy/seen-certificates.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The data plane as the main thread holds it: workers, the one port, the policy in force. */
typedef struct NjPlane NjPlane;

/* Something a person may want to know at once; called on the main thread's default context. */
typedef enum
{
  NJ_PLANE_BLOCKED,     /* a request was blocked: text is its host, client_port tells the program; at most one a second */
  NJ_PLANE_BAD_SITE,    /* a site (text: its place) could not be verified, and nothing was sent to it; at most one a second */
  NJ_PLANE_NOT_INSPECTED, /* something was learnt that keeps a host (text) from being looked into */
  NJ_PLANE_EXIT_CHANGED /* an exit's health changed: text is its id */
} NjPlaneEvent;
typedef void (*NjPlaneHeard) (NjPlaneEvent event, const char *text, guint client_port, gpointer user_data);

NjPlane      *nj_plane_new        (NjBytes host, guint16 port, guint n_workers, GError **error); /* G_IO_ERROR_ADDRESS_IN_USE when the port is taken */
void          nj_plane_set_policy (NjPlane *plane, NjPolicy *policy); /* counted; applies to the next request; idle connections of another route are closed */
void          nj_plane_leave_network (NjPlane *plane); /* the network is another one: kept connections are dropped */
void          nj_plane_keep_warm (NjPlane *plane, GPtrArray *exits); /* (element-type NjExit) a connection to each is made ahead */
void          nj_plane_start      (NjPlane *plane);
void          nj_plane_set_heard  (NjPlane *plane, NjPlaneHeard heard, gpointer user_data);
guint16       nj_plane_port       (const NjPlane *plane);
const char   *nj_plane_pac_path   (const NjPlane *plane); /* "/TOKEN/proxy.pac" */
NjRequestLog *nj_plane_log        (NjPlane *plane);
NjStatistics *nj_plane_statistics (NjPlane *plane);
const char   *nj_plane_client_name (NjPlane *plane, guint client_port); /* the program behind a port, "" unknown; valid until the next call */

/* Measures one exit on a worker: connects to it (for TLS kinds with handshake) and calls back on the main thread. */
typedef void (*NjPlaneTested) (NjExit *exit, gboolean is_alive, guint latency_ms, const char *problem, gpointer user_data);
void          nj_plane_test_exit  (NjPlane *plane, NjExit *exit, NjPlaneTested tested, gpointer user_data);
typedef void (*NjPlaneDnsTested) (gboolean is_good, guint latency_ms, const char *problem, gpointer user_data);
void          nj_plane_test_dns   (NjPlane *plane, NjPlaneDnsTested tested, gpointer user_data);

/* How an exit looks from outside, by a page that tells: address is NULL when it did not. */
typedef void (*NjPlaneTraced) (NjExit *exit, const char *address, gpointer user_data);
gboolean      nj_plane_trace_exit    (NjPlane *plane, NjExit *exit, const char *url, NjPlaneTraced traced, gpointer user_data);
char         *nj_plane_trace_address (NjBytes answer) G_GNUC_WARN_UNUSED_RESULT;

/* Looking into HTTPS: opens the authority kept in folder, which each policy that inspects then goes by; and what was learnt about hosts. */
gboolean            nj_plane_open_authority    (NjPlane *plane, const char *folder, const char *keys, gboolean is_held, GPtrArray *complaints, GError **error);
NjAuthority        *nj_plane_authority         (NjPlane *plane); /* (nullable) */
NjInspectionMemory *nj_plane_inspection_memory (NjPlane *plane);
NjSeenCertificates *nj_plane_seen_certificates (NjPlane *plane);

/* Ends: no new connections; those in flight get until grace_us, then are cut. Blocks until the workers have ended. */
void          nj_plane_stop       (NjPlane *plane, gint64 grace_us);
void          nj_plane_free       (NjPlane *plane);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjPlane, nj_plane_free)

G_END_DECLS
