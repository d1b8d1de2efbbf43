/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_SYSTEM_PROXY_ERROR (nj_system_proxy_error_quark ())

typedef enum
{
  NJ_SYSTEM_PROXY_ERROR_NONE_HERE,   /* this desktop has no proxy settings that programs read */
  NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED, /* they could not be written, or did not read back */
  NJ_SYSTEM_PROXY_ERROR_NOT_RESTORED /* some key is still ours; the journal is kept */
} NjSystemProxyError;

/* The desktop's proxy settings as they are now. */
typedef struct
{
  const char *backend;    /* static: "gsettings" or "none" */
  gboolean    is_applied; /* all keys hold what we set */
  gboolean    is_ours;    /* there is a journal, and this process wrote it */
  char       *mode;       /* all below owned, never NULL */
  char       *http;
  char       *https;
  char       *socks;
  char       *journal;    /* path, "" when there is none */
} NjSystemProxyStatus;

/* Sets the desktop's proxy settings and puts them back. */
typedef struct NjSystemProxy NjSystemProxy;

typedef void (*NjSystemProxyChanged) (gboolean is_applied, gpointer user_data);

GQuark nj_system_proxy_error_quark (void);

NjSystemProxy *nj_system_proxy_new           (const char *journal_path);
void           nj_system_proxy_free          (NjSystemProxy *proxy);
gboolean       nj_system_proxy_apply         (NjSystemProxy *proxy, const char *host, guint port, GError **error);
gboolean       nj_system_proxy_restore       (NjSystemProxy *proxy, GError **error);
gboolean       nj_system_proxy_has_journal   (NjSystemProxy *proxy);
gboolean       nj_system_proxy_is_orphaned   (NjSystemProxy *proxy);
gboolean       nj_system_proxy_is_applied    (NjSystemProxy *proxy);
void           nj_system_proxy_watch         (NjSystemProxy *proxy, NjSystemProxyChanged changed, gpointer user_data);
void           nj_system_proxy_status        (NjSystemProxy *proxy, NjSystemProxyStatus *ret_status);
void           nj_system_proxy_status_clear  (NjSystemProxyStatus *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSystemProxy, nj_system_proxy_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjSystemProxyStatus, nj_system_proxy_status_clear)

G_END_DECLS
