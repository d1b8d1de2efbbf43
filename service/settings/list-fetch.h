/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  NJ_LIST_FETCH_FETCHED,      /* the file holds it */
  NJ_LIST_FETCH_NOT_MODIFIED, /* what we have is what there is */
  NJ_LIST_FETCH_MISSING,      /* 404 or 410 */
  NJ_LIST_FETCH_FAILED
} NjListFetchOutcome;

/* What is asked for; all borrowed. */
typedef struct
{
  const char *address;
  const char *etag;          /* (nullable) of what we have */
  const char *last_modified; /* (nullable) */
  const char *proxy;         /* our own port, as http://127.0.0.1:8642 */
  const char *path;          /* the file it goes into */
  gsize       limit;         /* bytes, after decoding */
  guint       timeout_s;     /* for all of it */
} NjListFetchRequest;

/* What came of it. */
typedef struct
{
  NjListFetchOutcome outcome;
  char *etag;          /* (nullable) owned */
  char *last_modified; /* (nullable) owned */
  char *problem;       /* (nullable) owned: why it failed */
} NjListFetchReply;

void              nj_list_fetch_async      (const NjListFetchRequest *request, GCancellable *cancellable, GAsyncReadyCallback done, gpointer user_data);
NjListFetchReply *nj_list_fetch_finish     (GAsyncResult *result) G_GNUC_WARN_UNUSED_RESULT;
void              nj_list_fetch_reply_free (NjListFetchReply *reply);
gboolean          nj_list_fetch_may        (const char *address, const char **ret_reason);
gboolean          nj_list_fetch_may_move   (const char *from, const char *to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListFetchReply, nj_list_fetch_reply_free)

G_END_DECLS
