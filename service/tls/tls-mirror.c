/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saying hello to an origin as the client said it to us, as far as OpenSSL lets: versions, cipher
 * suites, groups and signature algorithms in the client's order, and those extensions that can be had
 * or left out. A hello of our own would tell every site that somebody stands between. What is weaker
 * than a browser is left out, and what is asked for safety stays. One context for each kind of client,
 * made when it is first seen. Any thread.
 */
#include "tls/tls-mirror.h"

#include "tls/hello-extensions.h"
#include "tls/tls-private.h"

#include <openssl/err.h>
#include <pthread.h>

/* Room for a list of names; a client's suites are some twenty. */
#define LIST_MAX 2048

struct NjTlsMirror
{
  guint32  kind;
  SSL_CTX *context;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static NjTlsMirror     mirrors[NJ_TLS_MIRRORS_MAX];
static guint           n_mirrors;

typedef struct
{
  guint16     code;
  const char *name;
} Named;

/* RFC 8446 §4.2.7. What OpenSSL knows of it. */
static const Named groups[] = {
  { 0x001d, "X25519" }, { 0x0017, "P-256" }, { 0x0018, "P-384" }, { 0x0019, "P-521" },
  { 0x001e, "X448" },   { 0x0100, "ffdhe2048" }, { 0x0101, "ffdhe3072" },
};

/* RFC 8446 §4.2.3. Without SHA-1. */
static const Named signatures[] = {
  { 0x0403, "ecdsa_secp256r1_sha256" }, { 0x0503, "ecdsa_secp384r1_sha384" }, { 0x0603, "ecdsa_secp521r1_sha512" },
  { 0x0804, "rsa_pss_rsae_sha256" },    { 0x0805, "rsa_pss_rsae_sha384" },    { 0x0806, "rsa_pss_rsae_sha512" },
  { 0x0809, "rsa_pss_pss_sha256" },     { 0x080a, "rsa_pss_pss_sha384" },     { 0x080b, "rsa_pss_pss_sha512" },
  { 0x0401, "rsa_pkcs1_sha256" },       { 0x0501, "rsa_pkcs1_sha384" },       { 0x0601, "rsa_pkcs1_sha512" },
  { 0x0807, "ed25519" },                { 0x0808, "ed448" },
};

static guint16
code_at (NjBytes list, gsize i)
{
  return (guint16) ((guint8) list.data[i] << 8 | (guint8) list.data[i + 1]);
}

static void
add_name (char *list, const char *name)
{
  if (list[0] != '\0')
    g_strlcat (list, ":", LIST_MAX);
  g_strlcat (list, name, LIST_MAX);
}

/* The names of those codes that we know, in the client's order. */
static void
name_all (NjBytes codes, const Named *names, guint n, char list[LIST_MAX])
{
  list[0] = '\0';
  for (gsize i = 0; i + 1 < codes.len; i += 2)
    for (guint j = 0; j < n; j++)
      if (names[j].code == code_at (codes, i))
        add_name (list, names[j].name);
}

/* Forward secrecy always, and a cipher that browsers take. */
static gboolean
is_good_suite (const SSL_CIPHER *suite)
{
  int kx = SSL_CIPHER_get_kx_nid (suite);
  int cipher = SSL_CIPHER_get_cipher_nid (suite);

  if (kx == NID_kx_any)
    return TRUE;
  return kx == NID_kx_ecdhe && SSL_CIPHER_get_auth_nid (suite) != NID_auth_null &&
         (cipher == NID_aes_128_gcm || cipher == NID_aes_256_gcm || cipher == NID_chacha20_poly1305 || cipher == NID_aes_128_cbc ||
          cipher == NID_aes_256_cbc);
}

static void
follow_suites (SSL_CTX *context, NjBytes codes)
{
  char new_suites[LIST_MAX] = "";
  char old_suites[LIST_MAX] = "";
  SSL *ssl = SSL_new (context);

  for (gsize i = 0; ssl != NULL && i + 1 < codes.len; i += 2)
    {
      const SSL_CIPHER *suite = SSL_CIPHER_find (ssl, (const guint8 *) codes.data + i);

      if (suite != NULL && is_good_suite (suite))
        add_name (SSL_CIPHER_get_kx_nid (suite) == NID_kx_any ? new_suites : old_suites, SSL_CIPHER_get_name (suite));
    }
  SSL_free (ssl);

  if (new_suites[0] != '\0')
    SSL_CTX_set_ciphersuites (context, new_suites);
  if (old_suites[0] != '\0')
    SSL_CTX_set_cipher_list (context, old_suites);
}

/* Suites, groups and signatures that do not go together leave nothing to say. */
static gboolean
can_say_hello (SSL_CTX *context)
{
  SSL *ssl = SSL_new (context);
  STACK_OF (SSL_CIPHER) *suites = ssl != NULL ? SSL_get1_supported_ciphers (ssl) : NULL;
  gboolean can = suites != NULL && sk_SSL_CIPHER_num (suites) > 0;

  sk_SSL_CIPHER_free (suites);
  SSL_free (ssl);
  return can;
}

static SSL_CTX *
context_like (const NjClientHello *hello)
{
  SSL_CTX *context = nj_tls_context_new ();
  char     list[LIST_MAX];

  if (hello->version == TLS1_2_VERSION)
    SSL_CTX_set_max_proto_version (context, TLS1_2_VERSION);
  follow_suites (context, hello->ciphers);
  name_all (hello->groups, groups, G_N_ELEMENTS (groups), list);
  if (list[0] != '\0')
    SSL_CTX_set1_groups_list (context, list);
  name_all (hello->signatures, signatures, G_N_ELEMENTS (signatures), list);
  if (list[0] != '\0')
    SSL_CTX_set1_sigalgs_list (context, list);
  nj_hello_extensions_follow (context, hello);
  if (!can_say_hello (context))
    {
      SSL_CTX_free (context);
      context = nj_tls_context_new ();
    }
  ERR_clear_error ();
  return context;
}

/* FNV-1a. Values that are there to keep servers honest change with every hello (RFC 8701). */
static guint32
add_codes (guint32 hash, NjBytes codes)
{
  for (gsize i = 0; i + 1 < codes.len; i += 2)
    if ((code_at (codes, i) & 0x0f0f) != 0x0a0a)
      hash = ((hash ^ (guint8) codes.data[i]) * 16777619u ^ (guint8) codes.data[i + 1]) * 16777619u;
  return (hash ^ 0xff) * 16777619u;
}

static guint32
kind_of (const NjClientHello *hello)
{
  guint32 hash = add_codes (add_codes (add_codes (2166136261u, hello->ciphers), hello->groups), hello->signatures);
  guint32 rest = (guint32) (hello->version == TLS1_2_VERSION) | nj_hello_extensions_kind (hello) << 1;

  return (hash ^ rest) * 16777619u;
}

/**
 * nj_tls_mirror_of:
 * @hello: what a client said
 *
 * Costs a context for a kind that is new, some 100 µs, and a look-up else. Any thread.
 *
 * Returns: (transfer none) (nullable): how to say it alike; %NULL when there are too many kinds already,
 *   or it offers nothing that we may
 */
const NjTlsMirror *
nj_tls_mirror_of (const NjClientHello *hello)
{
  const NjTlsMirror *mirror = NULL;
  guint32            kind;

  if (hello->version < TLS1_2_VERSION || hello->ciphers.len == 0)
    return NULL;

  kind = kind_of (hello);
  pthread_mutex_lock (&lock);
  for (guint i = 0; i < n_mirrors && mirror == NULL; i++)
    if (mirrors[i].kind == kind)
      mirror = &mirrors[i];
  if (mirror == NULL && n_mirrors < NJ_TLS_MIRRORS_MAX)
    {
      mirrors[n_mirrors] = (NjTlsMirror){ kind, context_like (hello) };
      mirror = &mirrors[n_mirrors++];
    }
  pthread_mutex_unlock (&lock);
  return mirror;
}

/**
 * nj_tls_mirror_context: (skip)
 * @mirror: (nullable): a kind of client
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): its context
 */
SSL_CTX *
nj_tls_mirror_context (const NjTlsMirror *mirror)
{
  return mirror != NULL ? mirror->context : NULL;
}

/**
 * nj_tls_mirror_kind: (skip)
 * @mirror: (nullable): a kind of client
 *
 * Any thread.
 *
 * Returns: a number for it, 0 for none
 */
guint32
nj_tls_mirror_kind (const NjTlsMirror *mirror)
{
  return mirror != NULL ? mirror->kind : 0;
}
