/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/exit-list.h"
#include "ui/name-server.h"

#include <glib.h>

typedef enum
{
  NJ_STATE_ABSENT,
  NJ_STATE_OFF,
  NJ_STATE_PROTECTED,
  NJ_STATE_CONNECTING,
  NJ_STATE_BLOCKED,
  NJ_STATE_PAUSED,
  NJ_STATE_UNPROTECTED,
} NjState;

typedef struct
{
  char    *id;
  char    *name;
  char    *country; /* ISO 3166 alpha-2, "" unknown */
  char    *kind;
  char    *address;
  char    *state;
  char    *problem;
  char    *seen_country; /* where sites see it, "" unknown */
  char    *list;         /* name of the list by address because of which it is here, "" the user's own */
  gboolean is_link_encrypted;
  gboolean is_chosen;
  gboolean is_favourite;
  guint    latency_ms; /* 0 unknown */
  guint    loss;       /* percent of the connections to it */
} NjStatusExit;

typedef struct
{
  char    *id;
  char    *title;
  char    *location;
  char    *purpose; /* as the bus spells it, "" unknown */
  char    *problem;
  gboolean is_enabled;
  gboolean is_built_in;
  gboolean is_trusted; /* may rewrite pages, not only block */
  guint    rules_used;
  guint    rules_refused;
  guint    pages_used; /* rules about pages, which are not among those */
  guint    pages_refused;
  GVariant *refusals; /* (nullable) counted: a(suu), by reason */
  char    *homepage;
  char    *licence;
  char    *moved_to;
  gint64   next_update_s;
  gint64   last_attempt_s;
  gint64   last_success_s;
} NjStatusList;

/* A list of exits of the user's own. */
typedef struct
{
  char  *name;
  char **exits; /* ids */
} NjStatusGroup;

typedef struct
{
  NjState    state;
  gboolean   has_protection; /* the switch */
  gint64     paused_until_s; /* 0 not paused, -1 until the service ends */
  char      *pause_scope;
  char      *exit;
  char      *country;
  char      *problem;
  char      *address;
  char      *pac_url;
  char      *version;
  char      *level;      /* "open", "closed", "lockdown", "" unknown */
  char      *choice;     /* "direct", "fastest" or a place; "" unknown */
  char     **favourites; /* places */
  char     **recents;    /* places, the last one first */
  GPtrArray *groups;     /* (element-type NjStatusGroup), owned */
  GPtrArray *exit_lists;  /* (element-type NjExitList), owned, by name */
  NjNameServer *name_server; /* owned: who resolves what goes direct */
  GPtrArray *exits; /* (element-type NjStatusExit), owned, by country and name */
  GPtrArray *lists; /* (element-type NjStatusList), owned, those that are on first, by title */
} NjStatus;

NjStatus           *nj_status_new (void);
void                nj_status_free (NjStatus *status);
void                nj_status_sort (NjStatus *status);
NjStatusExit       *nj_status_add_exit (NjStatus *status, const char *id, const char *name, const char *country);
void                nj_status_add_group (NjStatus *status, const char *name, char **exits);
NjStatusList       *nj_status_add_list (NjStatus *status, const char *id, const char *title);
NjState             nj_status_state_from_name (const char *name);
const NjStatusExit *nj_status_chosen_exit (const NjStatus *status);
gboolean            nj_status_needs_attention (const NjStatus *status);
gboolean            nj_status_list_is_failing (const NjStatusList *list);
const char         *nj_status_icon (const NjStatus *status);
const char         *nj_status_style (const NjStatus *status);
char               *nj_status_word (const NjStatus *status);
char               *nj_status_sentence (const NjStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjStatus, nj_status_free)
