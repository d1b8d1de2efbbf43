/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "privacy/profiles.h"

G_BEGIN_DECLS

/* Sites that have a profile of their own; counted, never changed once made. */
typedef struct NjSiteProfiles NjSiteProfiles;

NjSiteProfiles *nj_site_profiles_new   (GHashTable *profiles);
NjSiteProfiles *nj_site_profiles_ref   (NjSiteProfiles *self);
void            nj_site_profiles_unref (NjSiteProfiles *self);
NjProfile       nj_site_profiles_find  (const NjSiteProfiles *self, NjBytes host, NjProfile otherwise);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSiteProfiles, nj_site_profiles_unref)

G_END_DECLS
