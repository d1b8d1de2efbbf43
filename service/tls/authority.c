/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certificate authority of this user on this machine: made on first use, good for two years at
 * most, able to sign for servers only and to make no other authority, with the next one made two
 * months before it ends so that both can be trusted meanwhile. Opened on the main thread, then only
 * read, by any. Files are authority-file.c's, leaves leaf-certificate.c's. Source: RFC 5280 §4.2.
 */
#include "tls/authority-private.h"

#include "base/clock.h"
#include "tls/leaf-certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define DAY 86400
#define STEM      NJ_AUTHORITY_STEM
#define STEM_NEXT NJ_AUTHORITY_STEM_NEXT

/* Common names hold 64 characters (RFC 5280 appendix A.1): "Nightjar on ", " ()" and these. */
#define HOST_MAX 28
#define USER_MAX 20

G_DEFINE_QUARK (nj-authority-error-quark, nj_authority_error)

static X509_EXTENSION *
extension_new (X509 *issuer, X509 *subject, int nid, const char *value)
{
  X509V3_CTX context;

  X509V3_set_ctx_nodb (&context);
  X509V3_set_ctx (&context, issuer, subject, NULL, NULL, 0);
  return X509V3_EXT_conf_nid (NULL, &context, nid, value);
}

static gboolean
extension_add (X509 *certificate, int nid, const char *value)
{
  X509_EXTENSION *extension = extension_new (certificate, certificate, nid, value);
  gboolean        is_added = extension != NULL && X509_add_ext (certificate, extension, -1) == 1;

  X509_EXTENSION_free (extension);
  return is_added;
}

/**
 * nj_authority_stamp: (skip)
 * @certificate: one being made
 * @from: valid from, seconds since 1970
 * @until: valid until
 *
 * Version 3, a serial number of 127 random bits, and the dates. Any thread. Source: RFC 5280 §4.1.2.
 *
 * Returns: whether it could be done
 */
gboolean
nj_authority_stamp (X509 *certificate, gint64 from, gint64 until)
{
  guint8   random[16];
  BIGNUM  *number;
  gboolean is_done;

  if (RAND_bytes (random, sizeof random) != 1)
    return FALSE;

  /* Positive, and never shorter than 16 bytes. */
  random[0] = (random[0] & 0x3f) | 0x40;
  number = BN_bin2bn (random, sizeof random, NULL);
  is_done = number != NULL && X509_set_version (certificate, 2) == 1 &&
            BN_to_ASN1_INTEGER (number, X509_get_serialNumber (certificate)) != NULL &&
            ASN1_TIME_set (X509_getm_notBefore (certificate), (time_t) from) != NULL &&
            ASN1_TIME_set (X509_getm_notAfter (certificate), (time_t) until) != NULL;
  BN_free (number);
  return is_done;
}

/**
 * nj_authority_pair_make: (skip)
 * @pair: (out): a new key and its certificate
 * @name: what people see in the list of authorities
 * @now: seconds since 1970
 *
 * P-256, signs itself. Any thread.
 *
 * Returns: whether OpenSSL could
 */
gboolean
nj_authority_pair_make (NjAuthorityPair *pair, const char *name, gint64 now)
{
  g_autoptr (EVP_PKEY) key = EVP_EC_gen ("P-256");
  g_autoptr (X509) certificate = X509_new ();
  X509_NAME *subject = certificate != NULL ? X509_get_subject_name (certificate) : NULL;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (now);
  g_autofree char *since = g_date_time_format (date, "since %Y-%m-%d");

  /* The date keeps this one and the next apart in lists, and in databases that go by the subject. A day early, for clocks that are slow. */
  if (key == NULL || subject == NULL || !nj_authority_stamp (certificate, now - DAY, now + NJ_AUTHORITY_DAYS * (gint64) DAY) ||
      X509_NAME_add_entry_by_txt (subject, "O", MBSTRING_UTF8, (const guchar *) "Nightjar", -1, -1, 0) != 1 ||
      X509_NAME_add_entry_by_txt (subject, "OU", MBSTRING_UTF8, (const guchar *) since, -1, -1, 0) != 1 ||
      X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *) name, -1, -1, 0) != 1 ||
      X509_set_issuer_name (certificate, subject) != 1 || X509_set_pubkey (certificate, key) != 1 ||
      !extension_add (certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extension_add (certificate, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !extension_add (certificate, NID_ext_key_usage, "serverAuth") ||
      !extension_add (certificate, NID_subject_key_identifier, "hash") ||
      X509_sign (certificate, key, EVP_sha256 ()) <= 0)
    {
      ERR_clear_error ();
      return FALSE;
    }

  pair->key = g_steal_pointer (&key);
  pair->certificate = g_steal_pointer (&certificate);
  return TRUE;
}

/**
 * nj_authority_pair_clear: (skip)
 * @pair: a pair, or an empty one
 */
void
nj_authority_pair_clear (NjAuthorityPair *pair)
{
  g_clear_pointer (&pair->certificate, X509_free);
  g_clear_pointer (&pair->key, EVP_PKEY_free);
}

/**
 * nj_authority_pair_ends: (skip)
 * @pair: a pair
 *
 * Returns: when its certificate ends, seconds since 1970
 */
gint64
nj_authority_pair_ends (const NjAuthorityPair *pair)
{
  struct tm moment = { 0 };

  return ASN1_TIME_to_tm (X509_get0_notAfter (pair->certificate), &moment) == 1 ? (gint64) timegm (&moment) : 0;
}

/* Cut between two characters. */
static char *
shorten (const char *text, gsize most)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (strlen (valid) > most)
    *g_utf8_find_prev_char (valid, valid + most + 1) = '\0';
  return g_steal_pointer (&valid);
}

static char *
name_new (void)
{
  g_autofree char *host = shorten (g_get_host_name (), HOST_MAX);
  g_autofree char *user = shorten (g_get_user_name (), USER_MAX);

  return g_strdup_printf ("Nightjar on %s (%s)", host, user);
}

G_GNUC_PRINTF (2, 3)
static void
complain (GPtrArray *complaints, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (complaints != NULL)
    g_ptr_array_add (complaints, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
set_aside (const char *folder, const char *stem, const char *why, gint64 now)
{
  g_autofree char *aside = g_strdup_printf ("%s.%s-%" G_GINT64_FORMAT, stem, why, now);

  nj_authority_file_rename (folder, stem, aside);
}

/* What cannot be used is kept for whoever wants to know what happened to it. A certificate may come without its key. */
static void
load_or_set_aside (const char *folder, const char *stem, const char *keys, gint64 now, NjAuthorityPair *ret_pair,
                   GPtrArray *complaints)
{
  if (nj_authority_file_load (folder, stem, keys, ret_pair) != NJ_AUTHORITY_FILE_DAMAGED)
    return;

  set_aside (folder, stem, "damaged", now);
  complain (complaints, "the certificate authority's file %s.pem or its key was damaged; it is kept as %s.damaged-%" G_GINT64_FORMAT
                        " and a new one was made, which browsers must be told to trust",
            stem, stem, now);
}

/* @is_held: the caller has it kept */
static gboolean
make (NjAuthorityPair *pair, const char *folder, const char *stem, gboolean is_held, gint64 now, GError **error)
{
  g_autofree char *name = name_new ();

  if (!nj_authority_pair_make (pair, name, now))
    return FALSE;

  pair->kept = is_held ? NJ_AUTHORITY_NEW : NJ_AUTHORITY_IN_FILE;
  return is_held || nj_authority_file_store (folder, stem, pair, TRUE, error);
}

/* Whose end is near makes room for the next one: a leaf must never outlive who signed it, and it lives a week. */
static void
move_on (const char *folder, gint64 now, NjAuthorityPair *pair, NjAuthorityPair *next)
{
  if (pair->certificate != NULL && nj_authority_pair_ends (pair) < now + 8 * DAY)
    {
      nj_authority_pair_clear (pair);
      nj_authority_file_rename (folder, STEM, STEM "-old");
    }
  if (pair->certificate == NULL && next->certificate != NULL && nj_authority_pair_ends (next) >= now + 8 * DAY)
    {
      nj_authority_file_rename (folder, STEM_NEXT, STEM);
      *pair = *next;
      *next = (NjAuthorityPair){ 0 };
    }
}

/* The pair to sign with, and the one that follows it once the first comes to its end. */
static gboolean
take_pairs (NjAuthority *self, const char *folder, const char *keys, gboolean is_held, GPtrArray *complaints, GError **error)
{
  gint64 now = nj_clock_wall () / G_USEC_PER_SEC;

  load_or_set_aside (folder, STEM, keys, now, &self->pair, complaints);
  load_or_set_aside (folder, STEM_NEXT, keys, now, &self->next, complaints);
  move_on (folder, now, &self->pair, &self->next);

  /* Another one in its place would be one that browsers were never told of. */
  if (self->pair.certificate != NULL && self->pair.key == NULL)
    {
      g_set_error (error, NJ_AUTHORITY_ERROR, NJ_AUTHORITY_ERROR_KEYLESS, "the key of the authority %s is not here", STEM);
      return FALSE;
    }
  if (self->pair.certificate == NULL && !make (&self->pair, folder, STEM, is_held, now, error))
    return FALSE;

  /* The next one's may come later; when all keys are there and it is not among them, it is lost. */
  if (self->next.certificate != NULL && self->next.key == NULL)
    {
      nj_authority_pair_clear (&self->next);
      if (keys == NULL)
        return TRUE;
      set_aside (folder, STEM_NEXT, "lost", now);
      complain (complaints, "the key of the next certificate authority is lost; another one is made");
    }
  return self->next.certificate != NULL || nj_authority_pair_ends (&self->pair) >= now + NJ_AUTHORITY_OVERLAP * (gint64) DAY ||
         make (&self->next, folder, STEM_NEXT, is_held, now, error);
}

static char *
print_pem (const NjAuthorityPair *pair, const NjAuthorityPair *next)
{
  g_autoptr (BIO) text = BIO_new (BIO_s_mem ());
  char *bytes = NULL;
  long  len;

  PEM_write_bio_X509 (text, pair->certificate);
  if (next->certificate != NULL)
    PEM_write_bio_X509 (text, next->certificate);
  len = BIO_get_mem_data (text, &bytes);
  return g_strndup (bytes, (gsize) len);
}

static char *
common_name (X509 *certificate)
{
  char text[256] = "";

  X509_NAME_get_text_by_NID (X509_get_subject_name (certificate), NID_commonName, text, sizeof text);
  return g_utf8_make_valid (text, -1);
}

static gboolean
make_leaf_parts (NjAuthority *self)
{
  X509 *issuer = self->pair.certificate;

  self->leaf_key = EVP_EC_gen ("P-256");
  self->context = nj_leaf_certificate_context ();
  self->leaf[NJ_AUTHORITY_LEAF_CONSTRAINTS] = extension_new (issuer, NULL, NID_basic_constraints, "critical,CA:FALSE");
  self->leaf[NJ_AUTHORITY_LEAF_USAGE] = extension_new (issuer, NULL, NID_key_usage, "critical,digitalSignature");
  self->leaf[NJ_AUTHORITY_LEAF_PURPOSE] = extension_new (issuer, NULL, NID_ext_key_usage, "serverAuth");
  self->leaf[NJ_AUTHORITY_LEAF_ISSUER_KEY] = extension_new (issuer, NULL, NID_authority_key_identifier, "keyid:always");
  for (guint i = 0; i < NJ_AUTHORITY_N_LEAF; i++)
    if (self->leaf[i] == NULL)
      return FALSE;

  return self->leaf_key != NULL && self->context != NULL;
}

/**
 * nj_authority_open:
 * @folder: where it is kept; made when it is not there
 * @keys: (nullable): keys that somebody else keeps, from nj_authority_keys(); %NULL when they are not known
 * @is_held: what is made anew is not written: the caller ends with nj_authority_keys_to_files() or nj_authority_keys_elsewhere()
 * @complaints: (nullable) (element-type utf8): gets a sentence for what was found damaged
 * @error: a #GFileError, %NJ_AUTHORITY_ERROR_KEYLESS, or %NJ_TLS_ERROR_CERTIFICATE
 *
 * Reads the authority, or makes one. Reads and writes files: main thread.
 *
 * Returns: (transfer full) (nullable): the authority
 */
NjAuthority *
nj_authority_open (const char *folder, const char *keys, gboolean is_held, GPtrArray *complaints, GError **error)
{
  g_autoptr (NjAuthority) self = g_new0 (NjAuthority, 1);
  GError *problem = NULL;

  g_atomic_ref_count_init (&self->refs);
  if (take_pairs (self, folder, keys, is_held, complaints, &problem) && make_leaf_parts (self))
    {
      self->name = common_name (self->pair.certificate);
      self->ends = nj_authority_pair_ends (&self->pair);
      self->pem = print_pem (&self->pair, &self->next);
      return g_steal_pointer (&self);
    }

  ERR_clear_error ();
  if (problem != NULL)
    g_propagate_error (error, problem);
  else
    g_set_error (error, NJ_TLS_ERROR, NJ_TLS_ERROR_CERTIFICATE, "the certificate authority cannot be made");
  return NULL;
}

/**
 * nj_authority_set_aside:
 * @folder: where an authority is kept
 *
 * For one that is replaced: its certificates stay under other names, so that browsers can be told to forget them. Keys
 * that are in files go.
 *
 * Returns: whether there was one
 */
gboolean
nj_authority_set_aside (const char *folder)
{
  gint64   now = nj_clock_wall () / G_USEC_PER_SEC;
  g_auto (NjAuthorityPair) pair = { 0 };
  gboolean is_there = nj_authority_file_load (folder, STEM, NULL, &pair) != NJ_AUTHORITY_FILE_NONE;

  (void) nj_authority_file_drop_key (folder, STEM, NULL);
  (void) nj_authority_file_drop_key (folder, STEM_NEXT, NULL);
  set_aside (folder, STEM, "replaced", now);
  set_aside (folder, STEM_NEXT, "replaced", now);
  return is_there;
}

/**
 * nj_authority_ref:
 * @authority: an authority
 *
 * Any thread.
 *
 * Returns: (transfer full): @authority
 */
NjAuthority *
nj_authority_ref (NjAuthority *authority)
{
  g_atomic_ref_count_inc (&authority->refs);
  return authority;
}

/**
 * nj_authority_unref:
 * @authority: (transfer full) (nullable): an authority
 *
 * Any thread.
 */
void
nj_authority_unref (NjAuthority *authority)
{
  if (authority == NULL || !g_atomic_ref_count_dec (&authority->refs))
    return;

  nj_authority_pair_clear (&authority->pair);
  nj_authority_pair_clear (&authority->next);
  EVP_PKEY_free (authority->leaf_key);
  for (guint i = 0; i < NJ_AUTHORITY_N_LEAF; i++)
    X509_EXTENSION_free (authority->leaf[i]);
  SSL_CTX_free (authority->context);
  g_free (authority->name);
  g_free (authority->pem);
  g_free (authority);
}

/**
 * nj_authority_name:
 * @authority: an authority
 *
 * Returns: (transfer none): its name, as browsers list it
 */
const char *
nj_authority_name (const NjAuthority *authority)
{
  return authority->name;
}

/**
 * nj_authority_ends:
 * @authority: an authority
 *
 * Returns: when it ends, seconds since 1970
 */
gint64
nj_authority_ends (const NjAuthority *authority)
{
  return authority->ends;
}

/**
 * nj_authority_certificate:
 * @authority: an authority
 *
 * Returns: (transfer none): its certificate as PEM, and behind it the next one's when there is one;
 *   never a key
 */
const char *
nj_authority_certificate (const NjAuthority *authority)
{
  return authority->pem;
}

/**
 * nj_authority_fingerprint:
 * @authority: an authority
 * @ret_fingerprint: (out): SHA-256 of its certificate
 */
void
nj_authority_fingerprint (const NjAuthority *authority, guint8 ret_fingerprint[NJ_AUTHORITY_FINGERPRINT])
{
  X509_digest (authority->pair.certificate, EVP_sha256 (), ret_fingerprint, NULL);
}
