/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Allow once": each block page carries a token that nobody can guess, good for one host; when the
 * button brings it back the host is let through for five minutes. A page on the web can neither read
 * a token nor make one. Asked only after a rule has blocked, so a lock costs nothing here. Any thread.
 */
#include "proxy/allowance.h"

#include "base/clock.h"

#include <pthread.h>
#include <sys/random.h>

#define OFFERS_MAX 64
#define ALLOWED_MAX 64
#define ALLOWED_US (300 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  char  token[NJ_ALLOWANCE_TOKEN + 1];
  char *host; /* owned */
  char *url;  /* owned */
} Offer;

typedef struct
{
  char  *host; /* owned */
  gint64 until; /* monotonic µs */
} Allowed;

struct NjAllowances
{
  pthread_mutex_t lock;
  guint           next_offer;
  guint           next_allowed;
  Offer           offers[OFFERS_MAX]; /* a ring: the oldest page loses its button */
  Allowed         allowed[ALLOWED_MAX];
};

/**
 * nj_allowances_new:
 *
 * Returns: (transfer full): nothing allowed
 */
NjAllowances *
nj_allowances_new (void)
{
  NjAllowances *self = g_new0 (NjAllowances, 1);

  pthread_mutex_init (&self->lock, NULL);
  return self;
}

/**
 * nj_allowances_free:
 * @allowances: (transfer full) (nullable): what nobody asks any more
 */
void
nj_allowances_free (NjAllowances *allowances)
{
  if (allowances == NULL)
    return;

  for (guint i = 0; i < OFFERS_MAX; i++)
    {
      g_free (allowances->offers[i].host);
      g_free (allowances->offers[i].url);
    }
  for (guint i = 0; i < ALLOWED_MAX; i++)
    g_free (allowances->allowed[i].host);
  pthread_mutex_destroy (&allowances->lock);
  g_free (allowances);
}

/**
 * nj_allowances_offer:
 * @allowances: the allowances
 * @host: what would be let through
 * @url: where the button leads back to
 * @ret_token: (out): for the page; empty when the system gives no randomness, and then there is no button
 */
void
nj_allowances_offer (NjAllowances *allowances, NjBytes host, NjBytes url, char ret_token[NJ_ALLOWANCE_TOKEN + 1])
{
  guint8 noise[NJ_ALLOWANCE_TOKEN / 2];
  Offer *offer;

  ret_token[0] = '\0';
  if (getrandom (noise, sizeof noise, 0) != sizeof noise)
    return;
  for (guint i = 0; i < sizeof noise; i++)
    g_snprintf (ret_token + 2 * i, 3, "%02x", noise[i]);

  pthread_mutex_lock (&allowances->lock);
  offer = &allowances->offers[allowances->next_offer++ % OFFERS_MAX];
  g_free (offer->host);
  g_free (offer->url);
  memcpy (offer->token, ret_token, sizeof offer->token);
  offer->host = nj_bytes_dup (host);
  offer->url = nj_bytes_dup (url);
  pthread_mutex_unlock (&allowances->lock);
}

/**
 * nj_allowances_accept:
 * @allowances: the allowances
 * @token: what came back
 *
 * Lets the token's host through; a token works once.
 *
 * Returns: (transfer full) (nullable): where to go back to; %NULL for a token that was never given
 */
char *
nj_allowances_accept (NjAllowances *allowances, NjBytes token)
{
  char *url = NULL;

  if (token.len != NJ_ALLOWANCE_TOKEN)
    return NULL;

  pthread_mutex_lock (&allowances->lock);
  for (guint i = 0; i < OFFERS_MAX && url == NULL; i++)
    {
      Offer   *offer = &allowances->offers[i];
      Allowed *allowed = &allowances->allowed[allowances->next_allowed % ALLOWED_MAX];

      if (offer->host == NULL || memcmp (offer->token, token.data, NJ_ALLOWANCE_TOKEN) != 0)
        continue;

      g_free (allowed->host);
      allowed->host = g_steal_pointer (&offer->host);
      allowed->until = nj_clock_monotonic () + ALLOWED_US;
      allowances->next_allowed++;
      url = g_steal_pointer (&offer->url);
    }
  pthread_mutex_unlock (&allowances->lock);

  return url;
}

/**
 * nj_allowances_has:
 * @allowances: the allowances
 * @host: a host in its normal form
 *
 * Returns: whether the user lets it through at the moment
 */
gboolean
nj_allowances_has (NjAllowances *allowances, NjBytes host)
{
  gint64   now = nj_clock_monotonic ();
  gboolean has = FALSE;

  pthread_mutex_lock (&allowances->lock);
  for (guint i = 0; i < ALLOWED_MAX && !has; i++)
    has = allowances->allowed[i].host != NULL && allowances->allowed[i].until > now &&
          nj_bytes_equal (nj_bytes_from_string (allowances->allowed[i].host), host);
  pthread_mutex_unlock (&allowances->lock);

  return has;
}
