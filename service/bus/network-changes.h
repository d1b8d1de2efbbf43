/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Listens for changes of the network and for the end of sleep. */
typedef struct NjNetworkChanges NjNetworkChanges;

/* What may have changed: is_up, whether there is a network; wants_sign_in, whether it is behind a captive portal. */
typedef void (*NjNetworkChanged) (gboolean is_up, gboolean wants_sign_in, gpointer user_data);

NjNetworkChanges *nj_network_changes_new  (NjNetworkChanged changed, gpointer user_data);
void              nj_network_changes_free (NjNetworkChanges *changes);

G_END_DECLS
