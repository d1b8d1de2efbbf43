/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/subscription.h"
#include "settings/settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Fetches lists of exits when they are due or asked for. */
typedef struct NjExitSubscriptions NjExitSubscriptions;

/* The catalogue has changed, or what is said of a subscription: keep it, and look anew at exits. */
typedef void (*NjExitSubscriptionsChanged) (gpointer user_data);

NjExitSubscriptions *nj_exit_subscriptions_new   (const NjSettings *settings, NjCatalogue *catalogue, const char *folder, const char *proxy);
void                 nj_exit_subscriptions_free  (NjExitSubscriptions *self);
void                 nj_exit_subscriptions_watch (NjExitSubscriptions *self, NjExitSubscriptionsChanged changed, gpointer user_data);
void                 nj_exit_subscriptions_start (NjExitSubscriptions *self);
void                 nj_exit_subscriptions_retry (NjExitSubscriptions *self);

/* Adding fetches first: what holds no exit is not added. */
void     nj_exit_subscriptions_add_async    (NjExitSubscriptions *self, const char *address, const char *name, GAsyncReadyCallback done, gpointer user_data);
char    *nj_exit_subscriptions_add_finish   (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_exit_subscriptions_remove       (NjExitSubscriptions *self, const char *id, gboolean keeps_exits);
void     nj_exit_subscriptions_update_async (NjExitSubscriptions *self, const char *const *ids, GAsyncReadyCallback done, gpointer user_data);
gboolean nj_exit_subscriptions_update_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjExitSubscriptions, nj_exit_subscriptions_free)

G_END_DECLS
