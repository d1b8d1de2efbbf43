/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Certificates in the names of hosts, signed by our own authority when a client first asks for
 * one: good for a week, all with one key, kept by worker. Making one costs 0.3 ms, less than what a
 * thread of its own would, so it is made in the fiber that wants it. The bytes are tls-stream.c's.
 * Source: RFC 5280, RFC 9525.
 */
#include "tls/leaf-certificate.h"

#include "base/clock.h"
#include "base/host.h"
#include "tls/authority-private.h"
#include "tls/tls-private.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY 86400
/* RFC 5280 appendix A.1: ub-common-name. */
#define COMMON_NAME_MAX 64

typedef struct
{
  char  *name;        /* owned: what it is kept by */
  X509  *certificate; /* owned */
  gint64 until;       /* seconds since 1970 */
  GList  link;        /* in the order of use */
} Leaf;

struct NjLeafCertificates
{
  NjAuthority *authority; /* counted */
  GHashTable  *leaves;    /* owned: name → Leaf */
  GQueue       used;      /* of Leaf, last used first */
  guint        n_made;
};

static const guint8 protocols[] = "\x02h2\x08http/1.1";

/* What we can speak with the client; of others we say nothing (RFC 7301 §3.2). */
static int
on_alpn (SSL *ssl, const guint8 **ret_name, guint8 *ret_len, const guint8 *offered, guint offered_len, void *unused)
{
  guint8 *chosen = NULL;

  if (SSL_select_next_proto (&chosen, ret_len, protocols, sizeof protocols - 1, offered, offered_len) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;

  *ret_name = chosen;
  return SSL_TLSEXT_ERR_OK;
}

/**
 * nj_leaf_certificate_context: (skip)
 *
 * One for all hosts: each SSL made of it is given its own certificate, which costs 2 µs where a
 * context costs 126. Any thread.
 *
 * Returns: (transfer full) (nullable): how leaves are shown
 */
SSL_CTX *
nj_leaf_certificate_context (void)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  if (context == NULL)
    return NULL;

  nj_tls_context_tune (context);
  SSL_CTX_set_options (context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  /* Two cost 40 µs; a client that opens two connections at once makes a new session for one of them. */
  SSL_CTX_set_num_tickets (context, 1);
  SSL_CTX_set_alpn_select_cb (context, on_alpn, NULL);
  return context;
}

static void
leaf_free (gpointer user_data)
{
  Leaf *leaf = user_data;

  g_free (leaf->name);
  X509_free (leaf->certificate);
  g_free (leaf);
}

/**
 * nj_leaf_certificates_new:
 * @authority: (transfer none): who signs
 *
 * Returns: (transfer full): none yet
 */
NjLeafCertificates *
nj_leaf_certificates_new (NjAuthority *authority)
{
  NjLeafCertificates *self = g_new0 (NjLeafCertificates, 1);

  self->authority = nj_authority_ref (authority);
  self->leaves = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, leaf_free);
  return self;
}

/**
 * nj_leaf_certificates_free:
 * @leaves: (transfer full) (nullable): what a worker kept
 */
void
nj_leaf_certificates_free (NjLeafCertificates *leaves)
{
  if (leaves == NULL)
    return;

  g_hash_table_unref (leaves->leaves);
  nj_authority_unref (leaves->authority);
  g_free (leaves);
}

/**
 * nj_leaf_certificates_authority:
 * @leaves: what a worker keeps
 *
 * Returns: (transfer none): who signs them
 */
NjAuthority *
nj_leaf_certificates_authority (NjLeafCertificates *leaves)
{
  return leaves->authority;
}

/**
 * nj_leaf_certificates_n_made:
 * @leaves: what a worker keeps
 *
 * Returns: how many were made so far
 */
guint
nj_leaf_certificates_n_made (const NjLeafCertificates *leaves)
{
  return leaves->n_made;
}

static gboolean
add_dns (GENERAL_NAMES *names, const char *prefix, NjBytes host)
{
  g_autofree char *text = g_strdup_printf ("%s%.*s", prefix, NJ_BYTES_ARGS (host));
  GENERAL_NAME   *name = GENERAL_NAME_new ();
  ASN1_IA5STRING *value = ASN1_IA5STRING_new ();

  if (ASN1_STRING_set (value, text, -1) != 1)
    return FALSE;
  GENERAL_NAME_set0_value (name, GEN_DNS, value);
  return sk_GENERAL_NAME_push (names, name) > 0;
}

static gboolean
add_address (GENERAL_NAMES *names, const NjAddress *address)
{
  GENERAL_NAME      *name = GENERAL_NAME_new ();
  ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new ();
  gboolean           is_v4 = address->any.sa_family == AF_INET;

  if (ASN1_OCTET_STRING_set (value, is_v4 ? (const guint8 *) &address->v4.sin_addr : (const guint8 *) &address->v6.sin6_addr,
                             is_v4 ? 4 : 16) != 1)
    return FALSE;
  GENERAL_NAME_set0_value (name, GEN_IPADD, value);
  return sk_GENERAL_NAME_push (names, name) > 0;
}

/* Below "co.uk" anybody may register: no certificate may stand for all of it. */
static gboolean
is_public_suffix (NjBytes domain)
{
  char    name[NJ_HOST_MAX + 1] = "a.";
  NjBytes below = nj_bytes (name, domain.len + 2);

  if (below.len > NJ_HOST_MAX)
    return TRUE;
  memcpy (name + 2, domain.data, domain.len);
  return nj_host_registrable (below).len != domain.len;
}

/* One certificate serves a site and what is directly below it: a wildcard stands for one label
 * (RFC 9525 §6.3). What lies deeper, an address, or a name without a dot has one of its own. */
static NjBytes
domain_of (NjBytes host)
{
  NjBytes domain = nj_host_registrable (host);
  NjBytes label = nj_bytes (host.data, domain.len < host.len ? host.len - domain.len - 1 : 0);

  if (nj_host_is_address (host) || domain.len == 0 || nj_bytes_find (domain, NJ_BYTES (".")) < 0 ||
      nj_bytes_find (label, NJ_BYTES (".")) >= 0 || is_public_suffix (domain))
    return NJ_BYTES_NONE;
  return domain;
}

static gboolean
add_names (X509 *certificate, NjBytes host, NjBytes domain)
{
  GENERAL_NAMES *names = GENERAL_NAMES_new ();
  NjBytes        main_name = domain.len > 0 ? domain : host;
  gboolean       has_subject = main_name.len <= COMMON_NAME_MAX;
  NjAddress      address;
  gboolean       is_added;

  /* Who does not name a host and talks to this machine may mean either (RFC 6761 §6.3). */
  if (nj_address_parse (host, 0, &address))
    is_added = add_address (names, &address) && (nj_address_scope (&address) != NJ_SCOPE_LOOPBACK ||
                                                 add_dns (names, "", NJ_BYTES ("localhost")));
  else if (domain.len > 0)
    is_added = add_dns (names, "", domain) && add_dns (names, "*.", domain);
  else
    is_added = add_dns (names, "", host);

  if (has_subject)
    is_added = is_added && X509_NAME_add_entry_by_NID (X509_get_subject_name (certificate), NID_commonName, MBSTRING_UTF8,
                                                       (const guchar *) main_name.data, (int) main_name.len, -1, 0) == 1;
  /* RFC 5280 §4.2.1.6: critical when the subject is empty. */
  is_added = is_added && X509_add1_ext_i2d (certificate, NID_subject_alt_name, names, !has_subject, X509V3_ADD_APPEND) == 1;
  GENERAL_NAMES_free (names);
  return is_added;
}

static X509 *
certificate_make (const NjAuthority *authority, NjBytes host, NjBytes domain, gint64 now, gint64 until)
{
  g_autoptr (X509) certificate = X509_new ();

  if (certificate == NULL || !nj_authority_stamp (certificate, now - DAY, until) ||
      X509_set_issuer_name (certificate, X509_get_subject_name (authority->pair.certificate)) != 1 ||
      X509_set_pubkey (certificate, authority->leaf_key) != 1 || !add_names (certificate, host, domain))
    return NULL;
  for (guint i = 0; i < NJ_AUTHORITY_N_LEAF; i++)
    if (X509_add_ext (certificate, authority->leaf[i], -1) != 1)
      return NULL;

  return X509_sign (certificate, authority->pair.key, EVP_sha256 ()) > 0 ? g_steal_pointer (&certificate) : NULL;
}

static Leaf *
leaf_make (NjLeafCertificates *self, const char *name, NjBytes host, NjBytes domain, gint64 now)
{
  gint64 until = MIN (now + (NJ_LEAF_CERTIFICATE_DAYS - 1) * (gint64) DAY, self->authority->ends);
  X509  *certificate = certificate_make (self->authority, host, domain, now, until);
  Leaf  *leaf;

  ERR_clear_error ();
  if (certificate == NULL)
    return NULL;

  leaf = g_new0 (Leaf, 1);
  leaf->name = g_strdup (name);
  leaf->certificate = certificate;
  leaf->until = until;
  leaf->link.data = leaf;
  g_hash_table_replace (self->leaves, leaf->name, leaf);
  self->n_made++;
  return leaf;
}

static void
leaf_forget (NjLeafCertificates *self, Leaf *leaf)
{
  g_queue_unlink (&self->used, &leaf->link);
  g_hash_table_remove (self->leaves, leaf->name);
}

static Leaf *
leaf_get (NjLeafCertificates *self, NjBytes host)
{
  gint64  now = nj_clock_wall () / G_USEC_PER_SEC;
  NjBytes domain = domain_of (host);
  NjBytes key = domain.len > 0 ? domain : host;
  char    name[NJ_HOST_MAX + 1];
  Leaf   *leaf;

  if (key.len == 0 || key.len > NJ_HOST_MAX)
    return NULL;
  memcpy (name, key.data, key.len);
  name[key.len] = '\0';

  leaf = g_hash_table_lookup (self->leaves, name);
  /* A browser that keeps a page open must not see it end: half of its life is left at least. */
  if (leaf != NULL && leaf->until - now < NJ_LEAF_CERTIFICATE_DAYS * DAY / 2)
    {
      leaf_forget (self, leaf);
      leaf = NULL;
    }
  if (leaf != NULL)
    g_queue_unlink (&self->used, &leaf->link);
  else
    leaf = leaf_make (self, name, host, domain, now);
  if (leaf == NULL)
    return NULL;

  g_queue_push_head_link (&self->used, &leaf->link);
  if (self->used.length > NJ_LEAF_CERTIFICATES_MAX)
    leaf_forget (self, self->used.tail->data);
  return leaf;
}

static SSL *
ssl_new (NjLeafCertificates *self, NjBytes host)
{
  const Leaf *leaf = leaf_get (self, host);
  SSL        *ssl = leaf != NULL ? SSL_new (self->authority->context) : NULL;
  guint8      session_context[EVP_MAX_MD_SIZE];
  guint       len = 0;

  if (ssl == NULL)
    return NULL;

  /* A session that was made in the name of one host is none for another. */
  if (EVP_Digest (host.data, host.len, session_context, &len, EVP_sha256 (), NULL) != 1 ||
      SSL_set_session_id_context (ssl, session_context, SSL_MAX_SID_CTX_LENGTH) != 1 ||
      SSL_use_cert_and_key (ssl, leaf->certificate, self->authority->leaf_key, NULL, 1) != 1)
    g_clear_pointer (&ssl, SSL_free);
  return ssl;
}

/**
 * nj_leaf_certificates_accept:
 * @leaves: what the calling worker keeps
 * @below: (transfer full): the stream to speak TLS over; closed on failure
 * @host: in whose name, in its normal form
 * @deadline: monotonic µs for the whole handshake
 * @ret_stream: (out) (transfer full): the stream inside; closing it closes @below
 * @ret_failure: (out): why not
 *
 * As nj_tls_accept(), with a certificate for @host that our authority signed. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_leaf_certificates_accept (NjLeafCertificates *leaves, NjStream *below, NjBytes host, gint64 deadline,
                             NjStream **ret_stream, NjTlsFailure *ret_failure)
{
  return nj_tls_accept_ssl (below, ssl_new (leaves, host), deadline, ret_stream, ret_failure);
}

/**
 * nj_leaf_certificates_print:
 * @leaves: what the calling thread keeps
 * @host: a host in its normal form
 *
 * Returns: (transfer full) (nullable): the certificate for @host as PEM
 */
char *
nj_leaf_certificates_print (NjLeafCertificates *leaves, NjBytes host)
{
  const Leaf *leaf = leaf_get (leaves, host);
  g_autoptr (BIO) text = BIO_new (BIO_s_mem ());
  char *bytes = NULL;
  long  len;

  if (leaf == NULL || PEM_write_bio_X509 (text, leaf->certificate) != 1)
    return NULL;

  len = BIO_get_mem_data (text, &bytes);
  return g_strndup (bytes, (gsize) len);
}
