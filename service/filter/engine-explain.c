/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every rule that has to do with a request, not only the one that decides: for "check --explain" and the
 * block page. Slow and thorough where engine.c is quick. Any thread.
 */
#include "filter/match.h"

static const char *const roles[NJ_N_REALMS] = {
  [NJ_REALM_BLOCK] = "block",
  [NJ_REALM_EXCEPT] = "except",
  [NJ_REALM_REDIRECT] = "redirect",
  [NJ_REALM_REMOVE_PARAM] = "removeparam",
  [NJ_REALM_URI_TRANSFORM] = "uritransform",
  [NJ_REALM_URL_SKIP] = "urlskip",
  [NJ_REALM_CSP] = "csp",
  [NJ_REALM_PERMISSIONS] = "permissions",
  [NJ_REALM_REPLACE] = "replace",
  [NJ_REALM_REMOVE_HEADER] = "removeheader",
  [NJ_REALM_COOKIE] = "cookie",
  [NJ_REALM_STEALTH] = "stealth",
  [NJ_REALM_HEADER] = "header",
  [NJ_REALM_GENERIC_HIDE] = "generichide",
  [NJ_REALM_SPECIFIC_HIDE] = "specifichide",
  [NJ_REALM_INLINE_SCRIPT] = "inline-script",
  [NJ_REALM_INLINE_FONT] = "inline-font",
  [NJ_REALM_CNAME] = "cname",
};

typedef struct
{
  NjFilterVisit visit;
  gpointer      user_data;
  NjRealm       realm;
} Teller;

static const char *
role_of (NjRealm realm, guint8 flags)
{
  if ((flags & NJ_IMAGE_RULE_IMPORTANT) != 0 && realm == NJ_REALM_BLOCK)
    return "important";
  if ((flags & NJ_IMAGE_RULE_EXCEPTION) != 0 && realm != NJ_REALM_EXCEPT)
    return "except-modifier";
  return roles[realm];
}

static gboolean
tell (NjMatch *match, const NjMatchHit *hit, gpointer user_data)
{
  const Teller *teller = user_data;

  teller->visit (hit->rule, role_of (teller->realm, hit->flags), teller->user_data);
  return FALSE;
}

/**
 * nj_engine_explain:
 * @engine: an engine
 * @request: what is asked
 * @visit: called for each rule that holds, with what it does; one rule may come more than once
 * @user_data: for @visit
 *
 * Any thread.
 */
void
nj_engine_explain (const NjEngine *engine, const NjFilterRequest *request, NjFilterVisit visit, gpointer user_data)
{
  _Alignas (8) char lent[4096];
  g_auto (NjArena) arena;
  NjMatch          match;
  Teller           teller = { visit, user_data, 0 };
  guint16          need;

  if (request->url.len == 0)
    return;

  nj_arena_init (&arena, lent, sizeof lent);
  nj_match_init (&match, engine, request, &arena);
  need = NJ_TYPE_BIT (request->type) | match.party;
  for (guint realm = 0; realm < NJ_N_REALMS; realm++)
    {
      teller.realm = realm;
      nj_match_visit (&match, realm, need, tell, &teller);
      if (request->type == NJ_TYPE_DOCUMENT && realm <= NJ_REALM_EXCEPT)
        nj_match_visit (&match, realm, NJ_COND_UNTYPED | match.party, tell, &teller);
    }
}
