/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The immutable snapshot of all that the user chose. Made and filled in on the main thread, then
 * published and only read; a conversation keeps one from its first byte to its last.
 */
#include "proxy/policy.h"

/**
 * nj_policy_new:
 *
 * Returns: (transfer full): all defaults: filtering, standard profile, no rules, and no way out: until somebody says where to,
 *   nothing leaves
 */
NjPolicy *
nj_policy_new (void)
{
  NjPolicy *policy = g_new0 (NjPolicy, 1);

  g_atomic_ref_count_init (&policy->refs);
  policy->is_filtering = TRUE;
  policy->engine = nj_engine_new_empty ();
  policy->profile = NJ_PROFILE_STANDARD;
  policy->limits = NJ_HEAD_LIMITS_DEFAULT;
  policy->timeouts = NJ_TIMEOUTS_DEFAULT;
  policy->owner_only = TRUE;
  return policy;
}

/**
 * nj_policy_ref:
 * @policy: a policy
 *
 * Any thread.
 *
 * Returns: (transfer full): @policy
 */
NjPolicy *
nj_policy_ref (NjPolicy *policy)
{
  g_atomic_ref_count_inc (&policy->refs);
  return policy;
}

/**
 * nj_policy_unref:
 * @policy: (transfer full): a policy
 *
 * Any thread.
 */
void
nj_policy_unref (NjPolicy *policy)
{
  if (!g_atomic_ref_count_dec (&policy->refs))
    return;

  nj_engine_unref (policy->engine);
  g_clear_pointer (&policy->pages, nj_page_rules_unref);
  nj_route_choice_clear (&policy->choice);
  g_clear_pointer (&policy->site_profiles, nj_site_profiles_unref);
  nj_inspection_wishes_unref (policy->wishes);
  g_clear_pointer (&policy->authority, nj_authority_unref);
  g_free (policy);
}
