/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why a handshake came to nothing, in words for people and in flags for the caller. For
 * tls-stream.c, right after the call into OpenSSL that failed. Any thread.
 */
#include "tls/tls-private.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

G_GNUC_PRINTF (2, 3)
static void
print (NjTlsFailure *failure, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_vsnprintf (failure->text, sizeof failure->text, format, args);
  va_end (args);
}

/**
 * nj_tls_failure_say: (skip)
 * @failure: what is told
 * @text: for people
 */
void
nj_tls_failure_say (NjTlsFailure *failure, const char *text)
{
  print (failure, "%s", text);
}

/* What plain HTTP, SSH and the like look like to somebody who expects a TLS record. */
static gboolean
is_no_record (int reason)
{
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST ||
         reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

/**
 * nj_tls_failure_explain: (skip)
 * @failure: what is told
 * @ssl: whose handshake failed
 * @peer: what its callbacks saw
 * @is_below_ended: whether the other side closed
 * @below_io: what the last call below came to
 *
 * Looks at OpenSSL's errors, so no fiber switch may come between. Source: RFC 8446 §6.
 */
void
nj_tls_failure_explain (NjTlsFailure *failure, SSL *ssl, const NjTlsPeer *peer, gboolean is_below_ended, NjIo below_io)
{
  long          verify = SSL_get_verify_result (ssl);
  unsigned long error = ERR_peek_last_error ();
  int           code = ERR_GET_LIB (error) == ERR_LIB_SSL ? ERR_GET_REASON (error) : 0;
  const char   *reason = ERR_reason_error_string (error);

  failure->is_certificate_wanted = peer->is_certificate_wanted;
  failure->is_not_tls = is_no_record (code);
  if (code > SSL_AD_REASON_OFFSET && code <= SSL_AD_REASON_OFFSET + 255)
    failure->alert = (guint8) (code - SSL_AD_REASON_OFFSET);

  if (peer->is_fingerprint_wrong || peer->staple_problem != NULL || (!SSL_is_server (ssl) && verify != X509_V_OK))
    failure->is_certificate = TRUE;
  else if (failure->alert == 0 && is_below_ended)
    failure->is_closed = TRUE;

  if (peer->is_fingerprint_wrong)
    print (failure, "the certificate is not the one with the fingerprint given");
  else if (peer->staple_problem != NULL)
    print (failure, "the certificate is not accepted: %s", peer->staple_problem);
  else if (failure->is_certificate)
    print (failure, "the certificate is not accepted: %s", X509_verify_cert_error_string (verify));
  else if (failure->is_closed)
    print (failure, "the connection was closed during the TLS handshake");
  else if (below_io == NJ_FAILED)
    print (failure, "the connection was reset during the TLS handshake");
  else
    print (failure, "the TLS handshake failed: %s", reason != NULL ? reason : "no reason given");
}

/**
 * nj_tls_failure_is_about_certificate:
 * @failure: why there is no TLS
 *
 * Any thread. Source: RFC 8446 §6.2.
 *
 * Returns: whether the other side said that it does not take our certificate
 */
gboolean
nj_tls_failure_is_about_certificate (const NjTlsFailure *failure)
{
  switch (failure->alert)
    {
    case 42: /* bad_certificate */
    case 43: /* unsupported_certificate */
    case 44: /* certificate_revoked */
    case 45: /* certificate_expired */
    case 46: /* certificate_unknown */
    case 48: /* unknown_ca */
    case 49: /* access_denied */
    case 121: /* ech_required: the name it wanted is not the one that we saw */
      return TRUE;
    default:
      return FALSE;
    }
}
