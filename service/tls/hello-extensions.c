/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Those extensions of a client's hello that we can say after it and live with the answer: some are
 * switches of OpenSSL, some are written here. Left out is what a server may answer in a way that
 * OpenSSL does not read: packed certificates (27), delegated credentials (34), settings of the
 * application (17513, 17613), trust anchors (51764); and the list of what is renegotiated (65281),
 * for which OpenSSL says the cipher suite 00ff. For tls-mirror.c. Any thread.
 */
#include "tls/hello-extensions.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>

#define STATUS_TIMESTAMPS  18
#define PADDING            21
#define ENCRYPT_THEN_MAC   22
#define RECORD_SIZE        28
#define SESSION_TICKET     35
#define ENCRYPTED_HELLO    0xfe0d

/* RFC 8449 §4: who says less than the first is wrong, and OpenSSL writes no less than the second. */
#define RECORD_SIZE_FLOOR 64
#define RECORD_SIZE_LEAST 512

/* RFC 9849 §5, the outer form: kind, two suites, number, share with its length, length of what is sealed. */
#define SEALED_HEAD  42
#define SEALED_SHARE 32
#define SEALED_MAX   512

/* What Chromium draws from: 128, 160, 192 or 224 bytes, and the seal. */
#define SEALED_LEAST 144
#define SEALED_STEP  32
#define SEALED_STEPS 4

static pthread_once_t once = PTHREAD_ONCE_INIT;
static guint8         secret[32];

static gboolean
has (const NjClientHello *hello, guint16 type)
{
  for (guint i = 0; i < hello->n_extensions; i++)
    if (hello->extensions[i] == type)
      return TRUE;
  return FALSE;
}

/* What comes in answer is for those who check logs of certificates; we ask as browsers do. */
static int
on_timestamps (SSL *ssl, guint type, guint where, const guint8 **ret_bytes, size_t *ret_len, X509 *certificate, size_t chain,
               int *ret_alert, void *unused)
{
  *ret_bytes = NULL;
  *ret_len = 0;
  return 1;
}

static int
on_answer (SSL *ssl, guint type, guint where, const guint8 *bytes, size_t len, X509 *certificate, size_t chain, int *ret_alert,
           void *unused)
{
  return 1;
}

/* As much as a record can hold, and in TLS 1.3 the byte that tells its kind. */
static int
on_record_size (SSL *ssl, guint type, guint where, const guint8 **ret_bytes, size_t *ret_len, X509 *certificate, size_t chain,
                int *ret_alert, void *unused)
{
  static const guint8 most[] = { 0x40, 0x01 };

  *ret_bytes = most;
  *ret_len = sizeof most;
  return 1;
}

/* How much the server wants in a record of ours. */
static int
on_record_size_answer (SSL *ssl, guint type, guint where, const guint8 *bytes, size_t len, X509 *certificate, size_t chain,
                       int *ret_alert, void *unused)
{
  guint most = len == 2 ? (guint) bytes[0] << 8 | bytes[1] : 0;

  if (most < RECORD_SIZE_FLOOR)
    {
      *ret_alert = SSL_AD_ILLEGAL_PARAMETER;
      return 0;
    }
  if (where & SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS)
    most--;
  if (most < RECORD_SIZE_LEAST)
    {
      *ret_alert = SSL_AD_HANDSHAKE_FAILURE;
      return 0;
    }
  return most >= SSL3_RT_MAX_PLAIN_LENGTH || SSL_set_max_send_fragment (ssl, most) == 1;
}

static void
on_first_use (void)
{
  if (RAND_bytes (secret, sizeof secret) != 1)
    memset (secret, 0, sizeof secret);
}

/* The same for both hellos of a handshake that is begun again, as it must be, and chance for others. */
static gboolean
draw (SSL *ssl, guint8 *bytes, gsize len)
{
  guint8      random[SSL3_RANDOM_SIZE];
  gsize       n = SSL_get_client_random (ssl, random, sizeof random);
  EVP_MD_CTX *digest = EVP_MD_CTX_new ();
  gboolean    is_drawn;

  pthread_once (&once, on_first_use);
  is_drawn = digest != NULL && EVP_DigestInit_ex (digest, EVP_shake256 (), NULL) == 1 &&
             EVP_DigestUpdate (digest, secret, sizeof secret) == 1 && EVP_DigestUpdate (digest, random, n) == 1 &&
             EVP_DigestFinalXOF (digest, bytes, len) == 1;
  EVP_MD_CTX_free (digest);
  return is_drawn;
}

static gboolean
is_drawn_by_steps (gsize len)
{
  return len >= SEALED_LEAST && (len - SEALED_LEAST) % SEALED_STEP == 0 && (len - SEALED_LEAST) / SEALED_STEP < SEALED_STEPS;
}

/* A hello within the hello that nobody can open, as browsers send it where a site has published no
 * key: servers that could must go on without. RFC 9849 §6.2. */
static int
on_sealed (SSL *ssl, guint type, guint where, const guint8 **ret_bytes, size_t *ret_len, X509 *certificate, size_t chain,
           int *ret_alert, void *length)
{
  static const guint8 head[] = { 0, 0, 1, 0, 1 }; /* outer; HKDF-SHA256, AES-128-GCM */
  gsize               len = GPOINTER_TO_SIZE (length);
  guint8             *bytes = g_malloc (SEALED_HEAD + SEALED_MAX);

  if (!draw (ssl, bytes, SEALED_HEAD + SEALED_MAX))
    {
      g_free (bytes);
      *ret_alert = SSL_AD_INTERNAL_ERROR;
      return -1;
    }

  if (is_drawn_by_steps (len))
    len = SEALED_LEAST + SEALED_STEP * (bytes[0] % SEALED_STEPS);
  memcpy (bytes, head, sizeof head);
  bytes[6] = 0;
  bytes[7] = SEALED_SHARE;
  bytes[7 + SEALED_SHARE] &= 0x7f; /* a number modulo 2^255 - 19 */
  bytes[SEALED_HEAD - 2] = (guint8) (len >> 8);
  bytes[SEALED_HEAD - 1] = (guint8) len;
  *ret_bytes = bytes;
  *ret_len = SEALED_HEAD + len;
  return 1;
}

static void
on_sealed_sent (SSL *ssl, guint type, guint where, const guint8 *bytes, void *unused)
{
  g_free ((guint8 *) bytes);
}

/* Of one whose length is not known, or not to be had, the least that is drawn. */
static gsize
sealed_length (const NjClientHello *hello)
{
  gsize len = hello->sealed_length;

  return len > SEALED_HEAD && len <= SEALED_HEAD + SEALED_MAX ? len - SEALED_HEAD : SEALED_LEAST;
}

/**
 * nj_hello_extensions_follow: (skip)
 * @context: a client's, being made
 * @hello: what a client said
 *
 * Source: RFC 6962 §3.3.1, RFC 7366, RFC 7685, RFC 8449, RFC 9849.
 */
void
nj_hello_extensions_follow (SSL_CTX *context, const NjClientHello *hello)
{
  if (!has (hello, ENCRYPT_THEN_MAC))
    SSL_CTX_set_options (context, SSL_OP_NO_ENCRYPT_THEN_MAC);
  if (!has (hello, SESSION_TICKET))
    SSL_CTX_set_options (context, SSL_OP_NO_TICKET);
  if (has (hello, PADDING))
    SSL_CTX_set_options (context, SSL_OP_TLSEXT_PADDING);
  if (has (hello, STATUS_TIMESTAMPS))
    SSL_CTX_add_custom_ext (context, STATUS_TIMESTAMPS,
                            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_CERTIFICATE,
                            on_timestamps, NULL, NULL, on_answer, NULL);
  if (has (hello, RECORD_SIZE))
    SSL_CTX_add_custom_ext (context, RECORD_SIZE,
                            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
                            on_record_size, NULL, NULL, on_record_size_answer, NULL);
  if (has (hello, ENCRYPTED_HELLO) && hello->version >= TLS1_3_VERSION)
    SSL_CTX_add_custom_ext (context, ENCRYPTED_HELLO,
                            SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST,
                            on_sealed, on_sealed_sent, GSIZE_TO_POINTER (sealed_length (hello)), on_answer, NULL);
}

/**
 * nj_hello_extensions_kind: (skip)
 * @hello: what a client said
 *
 * The padding depends on how long the rest is, so that hellos of one program differ in it; it is
 * none of what tells kinds apart.
 *
 * Returns: a number
 */
guint32
nj_hello_extensions_kind (const NjClientHello *hello)
{
  return (guint32) has (hello, ENCRYPT_THEN_MAC) | (guint32) has (hello, SESSION_TICKET) << 1 |
         (guint32) has (hello, STATUS_TIMESTAMPS) << 2 | (guint32) has (hello, RECORD_SIZE) << 3 |
         (guint32) has (hello, ENCRYPTED_HELLO) << 4;
}
