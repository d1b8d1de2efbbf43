/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certificates that sites showed when they were looked into, for people who want to see what a
 * browser would have shown them, and for those that could not be verified why. The last few, in memory
 * only. Written by lanes once for each new handshake, read by the main thread.
 */
#include "proxy/seen-certificates.h"

#include <pthread.h>

struct NjSeenCertificates
{
  pthread_mutex_t   lock;
  guint             next;
  NjSeenCertificate slots[NJ_SEEN_CERTIFICATES_MAX]; /* place is NULL: empty */
};

/**
 * nj_seen_certificates_new:
 *
 * Returns: (transfer full): nothing seen yet
 */
NjSeenCertificates *
nj_seen_certificates_new (void)
{
  NjSeenCertificates *self = g_new0 (NjSeenCertificates, 1);

  pthread_mutex_init (&self->lock, NULL);
  return self;
}

static void
slot_clear (NjSeenCertificate *slot)
{
  g_clear_pointer (&slot->place, g_free);
  g_clear_pointer (&slot->problem, g_free);
  g_clear_pointer (&slot->chain, g_byte_array_unref);
}

/**
 * nj_seen_certificates_free:
 * @seen: (transfer full) (nullable): what was seen
 */
void
nj_seen_certificates_free (NjSeenCertificates *seen)
{
  if (seen == NULL)
    return;

  for (guint i = 0; i < NJ_SEEN_CERTIFICATES_MAX; i++)
    slot_clear (&seen->slots[i]);
  pthread_mutex_destroy (&seen->lock);
  g_free (seen);
}

/* With the lock held. The one of that place, or NULL. */
static NjSeenCertificate *
slot_of (NjSeenCertificates *self, NjBytes place)
{
  for (guint i = 0; i < NJ_SEEN_CERTIFICATES_MAX; i++)
    if (self->slots[i].place != NULL && nj_bytes_equal (nj_bytes_from_string (self->slots[i].place), place))
      return &self->slots[i];
  return NULL;
}

/**
 * nj_seen_certificates_note:
 * @seen: what was seen
 * @place: host, or host:port when that is not 443
 * @problem: why it could not be verified, "" when it could
 * @chain: what it showed; copied. Empty: a session was resumed, and it showed nothing
 * @when: seconds since 1970
 *
 * The oldest goes. Any thread.
 */
void
nj_seen_certificates_note (NjSeenCertificates *seen, NjBytes place, const char *problem, const GByteArray *chain, gint64 when)
{
  NjSeenCertificate *slot;

  if (chain->len == 0)
    return;

  pthread_mutex_lock (&seen->lock);
  slot = slot_of (seen, place);
  if (slot == NULL)
    {
      slot = &seen->slots[seen->next++ % NJ_SEEN_CERTIFICATES_MAX];
      slot_clear (slot);
      slot->place = nj_bytes_dup (place);
      slot->chain = g_byte_array_new ();
    }
  slot->when = when;
  if (slot->problem == NULL || strcmp (slot->problem, problem) != 0)
    {
      g_free (slot->problem);
      slot->problem = g_strdup (problem);
    }
  if (slot->chain->len != chain->len || memcmp (slot->chain->data, chain->data, chain->len) != 0)
    {
      g_byte_array_set_size (slot->chain, 0);
      g_byte_array_append (slot->chain, chain->data, chain->len);
    }
  pthread_mutex_unlock (&seen->lock);
}

static NjSeenCertificate *
slot_copy (const NjSeenCertificate *slot)
{
  NjSeenCertificate *copy = g_new0 (NjSeenCertificate, 1);

  copy->place = g_strdup (slot->place);
  copy->problem = g_strdup (slot->problem);
  copy->when = slot->when;
  copy->chain = g_byte_array_append (g_byte_array_new (), slot->chain->data, slot->chain->len);
  return copy;
}

/**
 * nj_seen_certificates_find:
 * @seen: what was seen
 * @place: host, or host:port when that is not 443
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what it showed last, %NULL when that is not known
 */
NjSeenCertificate *
nj_seen_certificates_find (NjSeenCertificates *seen, const char *place)
{
  NjSeenCertificate *slot;
  NjSeenCertificate *copy;

  pthread_mutex_lock (&seen->lock);
  slot = slot_of (seen, nj_bytes_from_string (place));
  copy = slot != NULL ? slot_copy (slot) : NULL;
  pthread_mutex_unlock (&seen->lock);
  return copy;
}

/**
 * nj_seen_certificates_bad:
 * @seen: what was seen
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type NjSeenCertificate): those places that could not be verified
 */
GPtrArray *
nj_seen_certificates_bad (NjSeenCertificates *seen)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_seen_certificate_free);

  pthread_mutex_lock (&seen->lock);
  for (guint i = 0; i < NJ_SEEN_CERTIFICATES_MAX; i++)
    if (seen->slots[i].place != NULL && seen->slots[i].problem[0] != '\0')
      g_ptr_array_add (list, slot_copy (&seen->slots[i]));
  pthread_mutex_unlock (&seen->lock);
  return list;
}

/**
 * nj_seen_certificate_chain:
 * @certificate: a copy
 *
 * Returns: (transfer full) (element-type NjTlsCertificate): what was shown, in words
 */
GPtrArray *
nj_seen_certificate_chain (const NjSeenCertificate *certificate)
{
  return nj_tls_chain_read (certificate->chain->data, certificate->chain->len);
}

/**
 * nj_seen_certificate_free:
 * @certificate: (transfer full): a copy
 */
void
nj_seen_certificate_free (NjSeenCertificate *certificate)
{
  slot_clear (certificate);
  g_free (certificate);
}
