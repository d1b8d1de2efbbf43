/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desktop/proxy-journal.h"

G_BEGIN_DECLS

/* The keys of org.gnome.system.proxy, as text. */
typedef struct NjSystemProxyGnome NjSystemProxyGnome;

typedef void (*NjSystemProxyGnomeChanged) (gpointer user_data);

NjSystemProxyGnome *nj_system_proxy_gnome_new     (GError **error);
void                nj_system_proxy_gnome_free    (NjSystemProxyGnome *gnome);
void                nj_system_proxy_gnome_watch   (NjSystemProxyGnome *gnome, NjSystemProxyGnomeChanged changed, gpointer user_data);
void                nj_system_proxy_gnome_plan    (NjSystemProxyGnome *gnome, NjProxyJournal *journal);
char               *nj_system_proxy_gnome_read    (NjSystemProxyGnome *gnome, const char *schema, const char *key) G_GNUC_WARN_UNUSED_RESULT;
gboolean            nj_system_proxy_gnome_write   (NjSystemProxyGnome *gnome, const char *schema, const char *key, const char *text, GError **error);
void                nj_system_proxy_gnome_sync    (void);
char               *nj_system_proxy_gnome_address (NjSystemProxyGnome *gnome, const char *protocol) G_GNUC_WARN_UNUSED_RESULT;
char               *nj_system_proxy_gnome_mode    (NjSystemProxyGnome *gnome) G_GNUC_WARN_UNUSED_RESULT;
gboolean            nj_system_proxy_gnome_is_mode (const char *schema, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSystemProxyGnome, nj_system_proxy_gnome_free)

G_END_DECLS
