/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/catalogue.h"

G_BEGIN_DECLS

gboolean    nj_catalogue_secrets_are_awaited (const NjCatalogue *catalogue);
gboolean    nj_catalogue_secrets_are_kept    (NjCatalogue *catalogue);
/* (element-type utf8 utf8) URIs with passwords, by the ids of exits */
GHashTable *nj_catalogue_secrets_collect     (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;
void        nj_catalogue_secrets_confirm     (NjCatalogue *catalogue, GHashTable *uris);
void        nj_catalogue_secrets_take        (NjCatalogue *catalogue, GHashTable *uris);

G_END_DECLS
