/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What scripts of a page are told, beside what its server was: that the user objects to being sold.
 * Put into pages by proxy, where their body is changed anyway or the profile wants it. Any thread.
 */
#include "privacy/page-script.h"

/**
 * nj_page_script:
 * @profile: the profile for the page's site
 *
 * Any thread. Source: W3C Global Privacy Control §3.2.
 *
 * Returns: a script to be run before all others of the page, ASCII, static; empty for none
 */
NjBytes
nj_page_script (NjProfile profile)
{
  if (profile != NJ_PROFILE_STRICT)
    return NJ_BYTES_NONE;

  return NJ_BYTES ("if(!navigator.globalPrivacyControl)Object.defineProperty(Navigator.prototype,\"globalPrivacyControl\","
                   "{get(){return true},set:undefined,configurable:true,enumerable:true})");
}
