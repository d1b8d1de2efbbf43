/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_PROXY_JOURNAL_ERROR (nj_proxy_journal_error_quark ())

typedef enum
{
  NJ_PROXY_JOURNAL_ERROR_MISSING, /* there is none: nothing was changed */
  NJ_PROXY_JOURNAL_ERROR_BROKEN   /* not a line of it can be believed */
} NjProxyJournalError;

/* One key of the desktop: what it was, what we make of it. */
typedef struct
{
  char *group; /* owned: schema or group of the key */
  char *key;   /* owned */
  char *old;   /* (nullable) owned: as text; NULL when the user never set it */
  char *ours;  /* owned: as text */
} NjProxyChange;

/* Everything that is needed to put the desktop's proxy back, by anybody, at any later time. */
typedef struct
{
  char      *boot_id;  /* owned: which run of the machine */
  gint64     pid;      /* the service that wrote it */
  guint64    started;  /* when that process began, in the kernel's ticks */
  char      *backend;  /* owned */
  char      *host;     /* (nullable) owned: where our proxy listens; NULL when that line was lost */
  guint      port;
  GPtrArray *changes;  /* (element-type NjProxyChange), owned, in the order they are made */
  gboolean   is_whole; /* every line was there and true */
} NjProxyJournal;

GQuark nj_proxy_journal_error_quark (void);

NjProxyJournal *nj_proxy_journal_new            (const char *backend, const char *host, guint port);
void            nj_proxy_journal_free           (NjProxyJournal *journal);
void            nj_proxy_journal_add            (NjProxyJournal *journal, const char *group, const char *key, const char *old, const char *ours);
NjProxyChange  *nj_proxy_journal_find           (const NjProxyJournal *journal, const char *group, const char *key);
gboolean        nj_proxy_journal_write          (const NjProxyJournal *journal, const char *path, GError **error);
NjProxyJournal *nj_proxy_journal_read           (const char *path, GError **error);
gboolean        nj_proxy_journal_is_ours        (const NjProxyJournal *journal);
gboolean        nj_proxy_journal_is_owner_alive (const NjProxyJournal *journal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjProxyJournal, nj_proxy_journal_free)

G_END_DECLS
