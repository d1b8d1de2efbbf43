/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "nightjar-dbus.h"
#include "settings/folders.h"

G_BEGIN_DECLS

/* Exit statuses of nightjarctl; a contract with scripts. */
enum
{
  NJ_CTL_OK = 0,
  NJ_CTL_FAILED = 1,
  NJ_CTL_OFF = 3,
  NJ_CTL_PAUSED = 4,
  NJ_CTL_BLOCKED = 5,
  NJ_CTL_NOT_RUNNING = 6,
  NJ_CTL_UNPROTECTED = 7,
  NJ_CTL_USAGE = 64
};

/* What the command line said, and the service it is about. */
typedef struct
{
  char     *profile;
  gboolean  is_json;
  char     *only;          /* pause --only */
  char     *country;       /* exit add --country */
  char     *name;          /* exit add --name */
  gboolean  keeps;         /* exit subscription remove --keep */
  gboolean  with_passwords; /* exit export --passwords */
  char     *source;        /* check --source */
  char     *type;          /* check --type */
  gboolean  explains;      /* check --explain */
  gboolean  is_batch;      /* check --batch */
  char     *lists;         /* check --batch --lists */
  gboolean  follows;       /* log --follow */
  char     *filter;        /* log --filter */
  char     *since;         /* log --since */
  gboolean  shows_changes; /* log --changes */
  gboolean  shows_detail;  /* log --detail */
  char     *har;           /* log --har */
  gboolean  is_forced;     /* list update --force */
  gboolean  if_owner_dead; /* proxy restore --if-owner-dead */
  gboolean  wants_version;
  char    **rest;          /* the command and its arguments */

  NjFolders       *folders;    /* owned */
  GDBusConnection *connection; /* (nullable) counted */
  NjDBusNightjar1 *service;    /* (nullable) counted */
} NjCtl;

/* One thing that a command can do, with the arguments behind its word. */
typedef struct
{
  const char *word;
  int (*run) (NjCtl *ctl, char **arguments);
} NjCtlWord;

typedef GVariant *(*NjCtlToJson) (gpointer object);
typedef void (*NjCtlPrint) (gpointer object);

/* In each: arguments without the command's own words, NULL at the end. */
int nj_ctl_status (NjCtl *ctl, char **arguments);
int nj_ctl_on     (NjCtl *ctl, char **arguments);
int nj_ctl_off    (NjCtl *ctl, char **arguments);
int nj_ctl_pause  (NjCtl *ctl, char **arguments);
int nj_ctl_resume (NjCtl *ctl, char **arguments);
int nj_ctl_exit   (NjCtl *ctl, char **arguments);
int nj_ctl_favourite    (NjCtl *ctl, char **arguments);
int nj_ctl_unfavourite  (NjCtl *ctl, char **arguments);
int nj_ctl_group        (NjCtl *ctl, char **arguments);
int nj_ctl_level        (NjCtl *ctl, char **arguments);
int nj_ctl_subscribe    (NjCtl *ctl, const char *address);
int nj_ctl_subscription (NjCtl *ctl, char **arguments);
int nj_ctl_program      (NjCtl *ctl, char **arguments);
int nj_ctl_export_exits (NjCtl *ctl, char **arguments);
int nj_ctl_list   (NjCtl *ctl, char **arguments);
int nj_ctl_own    (NjCtl *ctl, char **arguments);
int nj_ctl_site   (NjCtl *ctl, char **arguments);
int nj_ctl_dns    (NjCtl *ctl, char **arguments);
int nj_ctl_privacy (NjCtl *ctl, char **arguments);
int nj_ctl_dns    (NjCtl *ctl, char **arguments);
int nj_ctl_portal (NjCtl *ctl, char **arguments);
int nj_ctl_check  (NjCtl *ctl, char **arguments);
int nj_ctl_batch  (NjCtl *ctl);
int nj_ctl_log    (NjCtl *ctl, char **arguments);
int nj_ctl_har    (NjCtl *ctl, gint64 since);
int nj_ctl_proxy  (NjCtl *ctl, char **arguments);
int nj_ctl_ca      (NjCtl *ctl, char **arguments);
int nj_ctl_inspect (NjCtl *ctl, char **arguments);

/* Reaching the service. */
int    nj_ctl_inspection (NjCtl *ctl, NjDBusNightjar1Inspection **ret_inspection);
gboolean nj_ctl_certificates_print (NjCtl *ctl, NjDBusNightjar1Inspection *inspection, const char *site, const char *indent, GError **error);
int    nj_ctl_certificates_site (NjCtl *ctl, NjDBusNightjar1Inspection *inspection, const char *word, const char *site);
int    nj_ctl_ca_system (NjCtl *ctl, char **arguments, int (*certificate) (NjCtl *, char **));
int    nj_ctl_inspect_list (NjCtl *ctl, NjDBusNightjar1Inspection *inspection);
int    nj_ctl_inspect_site (NjCtl *ctl, const char *site, const char *word);
gboolean nj_ctl_inspect_wish (NjDBusNightjar1Inspection *inspection, char **arguments, int *ret_status);
int    nj_ctl_open    (NjCtl *ctl, gboolean may_start);
gboolean nj_ctl_is_running (NjCtl *ctl);
GList *nj_ctl_objects (NjCtl *ctl, GType interface_type, GError **error);
int    nj_ctl_fail    (const GError *error);
int    nj_ctl_done    (gboolean is_done, GError *const *error);
int    nj_ctl_misused (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* What commands do alike. */
gboolean nj_ctl_words_run  (NjCtl *ctl, const NjCtlWord *words, guint n, char **arguments, int *ret_status);
int      nj_ctl_words_list (NjCtl *ctl, GType type, NjCtlToJson to_json, NjCtlPrint print, const char *heading, const char *none);
int      nj_ctl_words_id   (NjCtl *ctl, const char *id);

/* Printing. */
char    *nj_ctl_json        (GVariant *value) G_GNUC_WARN_UNUSED_RESULT;
void nj_ctl_print_json (GVariant *value);
void nj_ctl_print_text (const char *text);
gboolean nj_ctl_parse_span (const char *text, guint *ret_seconds);

G_END_DECLS
