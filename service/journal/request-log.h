/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "journal/change-log.h"

G_BEGIN_DECLS

/* What became of a request. */
typedef enum
{
  NJ_LOG_PASSED,
  NJ_LOG_BLOCKED,   /* by a filter rule */
  NJ_LOG_EXCEPTED,  /* a rule would have blocked, another lets it pass */
  NJ_LOG_REFUSED,   /* by us: malformed, not the owner, own port */
  NJ_LOG_FAILED,    /* no way there, or the origin broke */
  NJ_LOG_REDIRECTED /* answered by a resource of our own, or sent elsewhere */
} NjLogAction;

/* What was changed on the way, one bit each. */
typedef enum
{
  NJ_CHANGE_REFERER = 1 << 0,
  NJ_CHANGE_IDENTITY = 1 << 1,   /* From, X-Client-Data, Via, X-Forwarded-*, Forwarded */
  NJ_CHANGE_SIGNALS = 1 << 2,    /* Sec-GPC, DNT set */
  NJ_CHANGE_PARAMETERS = 1 << 3, /* tracking parameters stripped */
  NJ_CHANGE_COOKIES = 1 << 4,
  NJ_CHANGE_ETAG = 1 << 5,
  NJ_CHANGE_OTHER = 1 << 6,
  NJ_CHANGE_BODY = 1 << 7        /* the page itself */
} NjChanges;

/* One line of the log, as a worker hands it over; all text is copied. */
typedef struct
{
  gint64      time;     /* wall clock, µs since 1970 */
  gint64      duration; /* µs */
  NjLogAction action;
  NjBytes     method;
  NjBytes     url;      /* or host:port of a tunnel */
  NjBytes     host;
  const char *reason;   /* (nullable) static text */
  NjBytes     rule;
  NjBytes     list;
  NjBytes     exit;     /* id, empty for direct */
  guint       client_port; /* local port of the client, to find its program */
  guint8      http_client; /* HTTP version it was asked in, ten times: 10, 11, 20; 0 none */
  guint8      http_origin; /* and in which the site was asked */
  guint       status;   /* sent to the client, 0 none */
  guint64     bytes_up;
  guint64     bytes_down;
  guint       changes;  /* NjChanges */
  const NjChangeNotes *notes; /* (nullable) before and after */
} NjLogRecord;

/* The same, owned, as a reader gets it. */
typedef struct
{
  guint64     serial;
  gint64      time;
  gint64      duration;
  NjLogAction action;
  char       *method, *url, *host, *reason, *rule, *list, *exit; /* owned, never NULL */
  guint       client_port;
  guint8      http_client;
  guint8      http_origin;
  guint       status;
  guint64     bytes_up;
  guint64     bytes_down;
  guint       changes;
} NjLogEntry;

/* The last requests, in memory. One ring a worker, written without a lock. */
typedef struct NjRequestLog NjRequestLog;

NjRequestLog *nj_request_log_new   (guint n_writers, guint entries_per_writer);
void          nj_request_log_free  (NjRequestLog *log);
void          nj_request_log_write (NjRequestLog *log, guint writer, const NjLogRecord *record);
GPtrArray    *nj_request_log_read  (NjRequestLog *log, guint64 after_serial, guint max, const char *filter);
guint64       nj_request_log_last  (NjRequestLog *log);
GPtrArray    *nj_request_log_changes (NjRequestLog *log, guint64 serial, gboolean *ret_is_cut) G_GNUC_WARN_UNUSED_RESULT;
const char   *nj_log_action_name   (NjLogAction action);

void nj_log_entry_free (NjLogEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjRequestLog, nj_request_log_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjLogEntry, nj_log_entry_free)

G_END_DECLS
