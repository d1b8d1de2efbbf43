/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings made into the immutable snapshot that conversations keep. Below this nobody reads settings.
 * Main thread.
 */
#include "settings/settings-policy.h"

#include "settings/settings-privacy.h"

/**
 * nj_settings_policy_new:
 * @settings: settings
 * @engine: the filter in force
 * @pages: (nullable): the rules about pages in force
 * @choice: the way out
 * @is_filtering: whether rules and scrubbing apply now
 *
 * Returns: (transfer full): a policy to publish
 */
NjPolicy *
nj_settings_policy_new (const NjSettings *settings, NjEngine *engine, NjPageRules *pages, const NjExitChoice *choice,
                        gboolean is_filtering)
{
  NjPolicy *policy = nj_policy_new ();

  nj_engine_unref (policy->engine);
  policy->engine = nj_engine_ref (engine);
  if (pages != NULL && nj_page_rules_n_rules (pages) > 0)
    policy->pages = nj_page_rules_ref (pages);
  policy->is_filtering = is_filtering;
  policy->profile = (NjProfile) settings->privacy;
  policy->site_profiles = nj_settings_privacy_sites (settings);
  policy->https_first = (NjHttpsFirst) settings->privacy_https_first;
  policy->has_common_agent = settings->privacy_agent != 0;
  policy->matches_language = settings->exit_languages != 0;
  policy->is_inspecting = settings->inspection != 0;
  policy->wishes = nj_inspection_wishes_new (&(NjInspectionWishesConfig){
    .is_for_all = settings->inspect_all != 0,
    .sites_always = (const char *const *) settings->inspect_sites_always,
    .sites_never = (const char *const *) settings->inspect_sites_never,
    .programs_always = (const char *const *) settings->inspect_programs_always,
    .programs_never = (const char *const *) settings->inspect_programs_never,
  });

  nj_route_choice_copy (choice, &policy->choice);

  policy->limits.head = (gsize) settings->head_bytes;
  policy->limits.target = (gsize) settings->target_bytes;
  policy->limits.fields = (guint) settings->fields;
  policy->client_max = (guint) settings->clients;
  policy->owner_only = settings->owner_only != 0;

  policy->timeouts = (NjTimeouts){
    .client_idle = settings->client_idle,
    .client_head = settings->client_head,
    .connect = settings->connect,
    .origin_answer = settings->origin_answer,
    .transfer = settings->transfer,
    .tunnel_idle = settings->tunnel_idle,
    .upstream_idle = settings->upstream_idle,
  };
  return policy;
}
