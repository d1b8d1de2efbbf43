/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server staples to its certificate: an answer of who issued it that says it is still good.
 * A revoked one is refused, and one that must come with an answer but does not; an answer that
 * cannot be read or is too old counts as none, as browsers have it. Asked for in every handshake,
 * so nobody else learns where we go. Any thread. Source: RFC 6066 §8, RFC 6960, RFC 7633.
 */
#include "tls/tls-private.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

/* How much the clocks may differ; seconds. */
#define CLOCK_SKEW 300

/* The TLS extension status_request, as a certificate names it. */
#define FEATURE_STATUS_REQUEST 5

typedef enum
{
  STAPLE_NONE,
  STAPLE_GOOD,
  STAPLE_REVOKED
} Staple;

static gboolean
must_staple (X509 *certificate)
{
  TLS_FEATURE *features = X509_get_ext_d2i (certificate, NID_tlsfeature, NULL, NULL);
  gboolean     has_it = FALSE;

  for (int i = 0; features != NULL && i < sk_ASN1_INTEGER_num (features); i++)
    has_it |= ASN1_INTEGER_get (sk_ASN1_INTEGER_value (features, i)) == FEATURE_STATUS_REQUEST;
  TLS_FEATURE_free (features);
  return has_it;
}

/* The answers name a certificate by hashes of its issuer, with a digest of the answerer's choice. */
static Staple
find_answer (OCSP_BASICRESP *basic, X509 *certificate, X509 *issuer)
{
  Staple staple = STAPLE_NONE;

  for (int i = 0; i < OCSP_resp_count (basic); i++)
    {
      OCSP_SINGLERESP      *single = OCSP_resp_get0 (basic, i);
      const OCSP_CERTID    *id = OCSP_SINGLERESP_get0_id (single);
      ASN1_OBJECT          *digest = NULL;
      OCSP_CERTID          *ours;
      ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
      int                   status;
      gboolean              is_ours;

      OCSP_id_get0_info (NULL, &digest, NULL, NULL, (OCSP_CERTID *) id);
      ours = OCSP_cert_to_id (EVP_get_digestbyobj (digest), certificate, issuer);
      is_ours = ours != NULL && OCSP_id_cmp (ours, id) == 0;
      OCSP_CERTID_free (ours);
      if (!is_ours)
        continue;

      status = OCSP_single_get0_status (single, NULL, NULL, &from, &until);
      if (OCSP_check_validity (from, until, CLOCK_SKEW, -1) != 1)
        continue;
      if (status == V_OCSP_CERTSTATUS_REVOKED)
        return STAPLE_REVOKED;
      if (status == V_OCSP_CERTSTATUS_GOOD)
        staple = STAPLE_GOOD;
    }
  return staple;
}

static Staple
read_staple (SSL *ssl, X509 *certificate, X509 *issuer, STACK_OF (X509) *chain)
{
  const guint8   *bytes = NULL;
  long            len = SSL_get_tlsext_status_ocsp_resp (ssl, &bytes);
  OCSP_RESPONSE  *response = len > 0 && bytes != NULL ? d2i_OCSP_RESPONSE (NULL, &bytes, len) : NULL;
  OCSP_BASICRESP *basic = NULL;
  Staple          staple = STAPLE_NONE;

  if (response != NULL && OCSP_response_status (response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
    basic = OCSP_response_get1_basic (response);
  if (basic != NULL && OCSP_basic_verify (basic, chain, SSL_CTX_get_cert_store (SSL_get_SSL_CTX (ssl)), 0) == 1)
    staple = find_answer (basic, certificate, issuer);

  OCSP_BASICRESP_free (basic);
  OCSP_RESPONSE_free (response);
  return staple;
}

/**
 * nj_ocsp_staple_problem: (skip)
 * @ssl: a client whose server's certificate was verified
 *
 * Returns: (transfer none) (nullable): what is against the certificate, static text
 */
const char *
nj_ocsp_staple_problem (SSL *ssl)
{
  STACK_OF (X509) *chain = SSL_get0_verified_chain (ssl);
  X509   *certificate = chain != NULL ? sk_X509_value (chain, 0) : NULL;
  X509   *issuer = chain != NULL && sk_X509_num (chain) > 1 ? sk_X509_value (chain, 1) : certificate;
  Staple  staple;

  if (certificate == NULL)
    return NULL;

  staple = read_staple (ssl, certificate, issuer, chain);
  ERR_clear_error ();
  if (staple == STAPLE_REVOKED)
    return "it was revoked";
  if (staple == STAPLE_NONE && must_staple (certificate))
    return "it must come with proof that it was not revoked, and came without";
  return NULL;
}
