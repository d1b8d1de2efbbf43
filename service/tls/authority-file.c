/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the authority is kept: the certificate in a file that anybody may read, its key in one that
 * only its owner may, unless somebody else keeps that: then only the certificate is here. For authority.c
 * and authority-keys.c; main thread.
 */
#include "tls/authority-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

/* Nothing of ours is longer. */
#define FILE_MAX 16384

static char *
path_of (const char *folder, const char *stem, const char *ending)
{
  g_autofree char *name = g_strconcat (stem, ending, NULL);

  return g_build_filename (folder, name, NULL);
}

static BIO *
file_read (const char *path)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  BIO  *bio = NULL;

  if (!g_file_get_contents (path, &text, &len, NULL))
    return NULL;
  if (len <= FILE_MAX)
    {
      bio = BIO_new (BIO_s_mem ());
      BIO_write (bio, text, (int) len);
    }
  OPENSSL_cleanse (text, len);
  return bio;
}

/* No terminal is asked for a pass phrase. */
static int
on_pass_phrase (char *buffer, int size, int is_writing, void *unused)
{
  return -1;
}

static EVP_PKEY *
key_load (const char *path)
{
  g_autoptr (BIO) text = file_read (path);

  if (text == NULL)
    return NULL;

  /* Somebody may have copied it with wider rights than ours. */
  g_chmod (path, 0600);
  return PEM_read_bio_PrivateKey (text, NULL, on_pass_phrase, NULL);
}

static X509 *
certificate_load (const char *path)
{
  g_autoptr (BIO) text = file_read (path);

  return text != NULL ? PEM_read_bio_X509 (text, NULL, on_pass_phrase, NULL) : NULL;
}

/* It signed itself; whose key it is shows only beside the key. */
static gboolean
is_authority (X509 *certificate)
{
  return certificate != NULL && X509_check_ca (certificate) == 1 && X509_verify (certificate, X509_get0_pubkey (certificate)) == 1;
}

static gboolean
is_key_of (X509 *certificate, EVP_PKEY *key)
{
  return key != NULL && EVP_PKEY_is_a (key, "EC") && X509_check_private_key (certificate, key) == 1;
}

/* Among the keys in a text that somebody else kept. */
static EVP_PKEY *
key_find (const char *keys, X509 *certificate)
{
  gsize len = keys != NULL ? strlen (keys) : 0;
  g_autoptr (BIO) text = len > 0 && len <= FILE_MAX ? BIO_new_mem_buf (keys, (int) len) : NULL;
  EVP_PKEY *key;

  while (text != NULL && (key = PEM_read_bio_PrivateKey (text, NULL, on_pass_phrase, NULL)) != NULL)
    {
      if (is_key_of (certificate, key))
        return key;
      EVP_PKEY_free (key);
    }
  return NULL;
}

/**
 * nj_authority_file_load: (skip)
 * @folder: where
 * @stem: name of the files without their ending
 * @keys: (nullable): what somebody else kept, nj_authority_keys()
 * @ret_pair: (out): what was read
 *
 * A key in a file goes before one of @keys.
 *
 * Returns: whether there is one that can be used
 */
NjAuthorityFile
nj_authority_file_load (const char *folder, const char *stem, const char *keys, NjAuthorityPair *ret_pair)
{
  g_auto (NjAuthorityPair) pair = { .kept = NJ_AUTHORITY_IN_FILE };
  g_autofree char *certificate_path = path_of (folder, stem, ".pem");
  g_autofree char *key_path = path_of (folder, stem, ".key");
  gboolean has_key_file = g_file_test (key_path, G_FILE_TEST_EXISTS);

  if (!g_file_test (certificate_path, G_FILE_TEST_EXISTS) && !has_key_file)
    return NJ_AUTHORITY_FILE_NONE;

  pair.certificate = certificate_load (certificate_path);
  if (!is_authority (pair.certificate))
    {
      ERR_clear_error ();
      return NJ_AUTHORITY_FILE_DAMAGED;
    }
  pair.key = key_load (key_path);
  if (!is_key_of (pair.certificate, pair.key))
    {
      EVP_PKEY_free (pair.key);
      pair.key = key_find (keys, pair.certificate);
      pair.kept = NJ_AUTHORITY_ELSEWHERE;
    }
  ERR_clear_error ();
  if (pair.key == NULL && has_key_file)
    return NJ_AUTHORITY_FILE_DAMAGED;

  *ret_pair = pair;
  pair = (NjAuthorityPair){ 0 };
  return ret_pair->key != NULL ? NJ_AUTHORITY_FILE_OK : NJ_AUTHORITY_FILE_KEYLESS;
}

static gboolean
file_write (BIO *text, const char *path, int mode, GError **error)
{
  char *bytes = NULL;
  long  len = BIO_get_mem_data (text, &bytes);

  return g_file_set_contents_full (path, bytes, len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                   error);
}

/**
 * nj_authority_file_store: (skip)
 * @folder: where; made when it is not there
 * @stem: name of the files without their ending
 * @pair: what to keep
 * @with_key: whether the key is kept here
 * @error: a #GFileError
 *
 * The key first: a certificate without its key would be a promise nobody can keep.
 *
 * Returns: whether it is on the disk
 */
gboolean
nj_authority_file_store (const char *folder, const char *stem, const NjAuthorityPair *pair, gboolean with_key, GError **error)
{
  g_autofree char *certificate_path = path_of (folder, stem, ".pem");
  g_autofree char *key_path = path_of (folder, stem, ".key");
  g_autoptr (BIO) key_text = BIO_new (BIO_s_secmem ());
  g_autoptr (BIO) certificate_text = BIO_new (BIO_s_mem ());

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (errno), "%s cannot be made: %s", folder,
                   g_strerror (errno));
      return FALSE;
    }

  return PEM_write_bio_PrivateKey (key_text, pair->key, NULL, NULL, 0, NULL, NULL) == 1 &&
         PEM_write_bio_X509 (certificate_text, pair->certificate) == 1 &&
         (!with_key || file_write (key_text, key_path, 0600, error)) && file_write (certificate_text, certificate_path, 0644, error);
}

/**
 * nj_authority_file_drop_key: (skip)
 * @folder: where
 * @stem: name of the files without their ending
 * @error: a #GFileError
 *
 * Takes away the key's file, when there is one. What a disk keeps of it in spite of that is out of our reach.
 *
 * Returns: whether it is gone
 */
gboolean
nj_authority_file_drop_key (const char *folder, const char *stem, GError **error)
{
  g_autofree char *path = path_of (folder, stem, ".key");

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;

  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (errno), "%s cannot be removed: %s", path, g_strerror (errno));
  return FALSE;
}

/**
 * nj_authority_file_rename: (skip)
 * @folder: where
 * @from: name of the files without their ending
 * @to: their new name
 *
 * Returns: whether there was anything to rename
 */
gboolean
nj_authority_file_rename (const char *folder, const char *from, const char *to)
{
  static const char *const endings[] = { ".key", ".pem" };
  gboolean is_renamed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *old_path = path_of (folder, from, endings[i]);
      g_autofree char *new_path = path_of (folder, to, endings[i]);

      is_renamed |= g_rename (old_path, new_path) == 0;
    }
  return is_renamed;
}
