/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/plane.h"
#include "settings/folders.h"
#include "settings/settings.h"

G_BEGIN_DECLS

/* The switch for looking into HTTPS, the authority that goes with it and what was learnt about hosts,
 * as they are kept between two runs. */
typedef struct NjInspect NjInspect;

NjInspect *nj_inspect_new     (NjSettings *settings, const NjFolders *folders, NjPlane *plane);
void       nj_inspect_free    (NjInspect *inspect);
gboolean   nj_inspect_is_on   (const NjInspect *inspect);
gboolean   nj_inspect_set     (NjInspect *inspect, gboolean is_on, GError **error); /* the caller publishes a policy afterwards */
gboolean   nj_inspect_prepare (NjInspect *inspect, GError **error);                 /* makes the authority when there is none */
gboolean   nj_inspect_forget  (NjInspect *inspect, const char *place);              /* "" for all */
void       nj_inspect_save    (NjInspect *inspect);

/* While the switch is on the authority is looked after: renewed is called when it, or what is given out of it, has changed; for a
 * policy to be published, and browsers to be told. pem_before is what they were told the last time. */
typedef void (*NjInspectRenewed) (const char *pem_before, gpointer user_data);
void       nj_inspect_watch   (NjInspect *inspect, NjInspectRenewed renewed, gpointer user_data); /* NULL: nobody */
gboolean   nj_inspect_renew   (NjInspect *inspect); /* looks whether it is time; by itself four times a day */
GPtrArray *nj_inspect_list    (const NjInspect *inspect); /* (transfer full) of NjInspectionNote */

const char *nj_inspect_certificate (const NjInspect *inspect); /* (nullable) PEM */
const char *nj_inspect_name        (const NjInspect *inspect); /* of the authority, "" before there is one */
gint64      nj_inspect_ends        (const NjInspect *inspect); /* seconds since 1970, 0 before there is one */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjInspect, nj_inspect_free)

G_END_DECLS
