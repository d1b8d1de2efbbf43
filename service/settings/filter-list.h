/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

/* What came of the rules of one list. */
typedef struct
{
  guint used;
  guint refused;
  guint reasons[NJ_N_REFUSALS]; /* refused, by NjRefusal */
} NjListCounts;

/* One filter list and how it does. */
typedef struct
{
  char    *id;         /* owned */
  char    *title;      /* owned */
  char    *location;   /* owned: its first address, or its path; "" for the starter list */
  char    *path;       /* (nullable) owned: the file that is compiled; NULL for the starter list, and before a first download */
  char   **addresses;  /* owned, never NULL: where it is fetched, tried in this order; empty for a file */
  char    *purpose;    /* owned: "ads", "privacy", "security", "cookies", "annoyances", "social", "regional", "" */
  char    *homepage;   /* owned, "" unknown */
  char    *licence;    /* owned, "" unknown */
  char   **languages;  /* owned, never NULL: ISO 639-1, empty for all */
  gboolean is_default;         /* on unless the user says otherwise */
  gboolean is_trusted_default; /* trusted unless the user says otherwise */
  gboolean is_enabled;
  gboolean is_built_in; /* cannot be removed */
  gboolean is_trusted;  /* may rewrite what pages get, not only block */

  NjListCounts rules; /* of the last compilation: about requests */
  NjListCounts pages; /* about pages */

  gint64   last_success; /* this and the next two in seconds since 1970, 0 never */
  gint64   last_attempt;
  gint64   next_update;  /* when it is due; 0: it was never fetched */
  guint    expires_s;    /* how long a copy counts as fresh */
  gint64   last_whole;   /* when the copy was last known to be all there is */
  guint    failures;     /* since the last success */
  gboolean is_barred;    /* the last attempt failed because nothing could leave */
  gboolean is_held;      /* a download is kept back because it lost most of its rules */
  char    *problem;      /* owned, "" for none */

  char    *etag;          /* (nullable) owned: of the copy, as fetched_from said */
  char    *last_modified; /* (nullable) owned */
  char    *diff_path;     /* (nullable) owned: where its next patch lies, below fetched_from */
  char    *fetched_from;  /* (nullable) owned: which address the copy is of */
  char    *moved_to;      /* (nullable) owned: the address that the list itself says it has now */
} NjList;

NjList  *nj_list_new          (const char *id, const char *title, const char *location) G_GNUC_WARN_UNUSED_RESULT;
void     nj_list_free         (NjList *list);
gboolean nj_list_has_address  (const NjList *list, const char *address);
gboolean nj_list_is_fetched   (const NjList *list);
void     nj_list_set_problem  (NjList *list, const char *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjList, nj_list_free)

G_END_DECLS
