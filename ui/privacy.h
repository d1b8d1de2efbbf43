/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

/* How much is done to requests and answers, as the service has it; what is borrowed lasts until the remote changes. */
char     *nj_privacy_profile  (NjRemote *remote);                   /* "" unknown; free with g_free() */
char     *nj_privacy_option   (NjRemote *remote, const char *name); /* the same */
GVariant *nj_privacy_sites    (NjRemote *remote);                   /* (nullable), a(ss): site, profile; a reference of yours */
void      nj_privacy_choose   (NjRemote *remote, const char *profile);
void      nj_privacy_set_site (NjRemote *remote, const char *site, const char *profile);
void      nj_privacy_set_option (NjRemote *remote, const char *name, const char *value);
