/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an exit asked of us by Digest, remembered so that the next dial answers at once instead of
 * being sent away first. Any thread; the lock is held for a copy only.
 */
#include "exits/exit-private.h"

/**
 * nj_exit_digest_learn:
 * @exit: an exit
 * @challenge: (transfer full): what it asked; its content is taken
 *
 * Any thread.
 *
 * Returns: whether it is news, so that another try is worth it
 */
gboolean
nj_exit_digest_learn (NjExit *exit, NjDigestChallenge *challenge)
{
  gboolean is_news;

  pthread_mutex_lock (&exit->health.lock);
  /* The same question again after an answer means that the password is wrong; save when it says
   * that only the nonce grew old. */
  is_news = exit->digest.nonce == NULL || challenge->is_stale;
  nj_digest_challenge_clear (&exit->digest);
  exit->digest = *challenge;
  exit->digest_count = 0;
  pthread_mutex_unlock (&exit->health.lock);

  *challenge = (NjDigestChallenge){ 0 };
  return is_news;
}

/**
 * nj_exit_digest_answer:
 * @exit: an exit
 * @method: the request's method
 * @uri: its target
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): value of Proxy-Authorization; %NULL when it never asked
 */
char *
nj_exit_digest_answer (NjExit *exit, const char *method, const char *uri)
{
  char            cnonce[17];
  NjDigestRequest request = { exit->user, exit->password != NULL ? exit->password : "", method, uri, cnonce, 0 };
  char           *answer = NULL;

  g_snprintf (cnonce, sizeof cnonce, "%08x%08x", g_random_int (), g_random_int ());
  pthread_mutex_lock (&exit->health.lock);
  if (exit->digest.nonce != NULL && exit->user != NULL)
    {
      request.count = ++exit->digest_count;
      answer = nj_digest_answer (&exit->digest, &request);
    }
  pthread_mutex_unlock (&exit->health.lock);
  return answer;
}
