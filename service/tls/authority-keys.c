/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of the authority that somebody else keeps: as one text for him, and what becomes of our files when he has
 * them, or has not. Until then a key that is new is in this process only. Main thread.
 */
#include "tls/authority-private.h"

#include <openssl/pem.h>
#include <string.h>

/* Both pairs with the names of their files; the second may be empty. */
typedef struct
{
  NjAuthorityPair *pair;
  const char      *stem;
} Named;

static guint
pairs_of (NjAuthority *authority, Named ret_named[2])
{
  ret_named[0] = (Named){ &authority->pair, NJ_AUTHORITY_STEM };
  ret_named[1] = (Named){ &authority->next, NJ_AUTHORITY_STEM_NEXT };
  return authority->next.key != NULL ? 2 : 1;
}

/**
 * nj_authority_keys:
 * @authority: an authority
 *
 * Returns: (transfer full): its keys as text, and the next one's; to be freed with nj_authority_keys_free()
 */
char *
nj_authority_keys (const NjAuthority *authority)
{
  g_autoptr (BIO) text = BIO_new (BIO_s_secmem ());
  char *bytes = NULL;
  long  len;

  PEM_write_bio_PrivateKey (text, authority->pair.key, NULL, NULL, 0, NULL, NULL);
  if (authority->next.key != NULL)
    PEM_write_bio_PrivateKey (text, authority->next.key, NULL, NULL, 0, NULL, NULL);
  len = BIO_get_mem_data (text, &bytes);
  return g_strndup (bytes, (gsize) len);
}

/**
 * nj_authority_keys_free:
 * @keys: (transfer full) (nullable): keys as text
 *
 * Nothing of them stays in memory.
 */
void
nj_authority_keys_free (char *keys)
{
  if (keys != NULL)
    explicit_bzero (keys, strlen (keys));
  g_free (keys);
}

/**
 * nj_authority_keys_kept:
 * @authority: an authority
 *
 * Returns: where its keys are: the one of both that is kept least
 */
NjAuthorityKeeping
nj_authority_keys_kept (const NjAuthority *authority)
{
  return authority->next.key != NULL ? MIN (authority->pair.kept, authority->next.kept) : authority->pair.kept;
}

/**
 * nj_authority_keys_to_files:
 * @authority: an authority
 * @folder: where it is kept
 * @error: a #GFileError
 *
 * Writes what is nowhere yet.
 *
 * Returns: whether all of it is kept somewhere
 */
gboolean
nj_authority_keys_to_files (NjAuthority *authority, const char *folder, GError **error)
{
  Named named[2];
  guint n = pairs_of (authority, named);

  for (guint i = 0; i < n; i++)
    {
      if (named[i].pair->kept != NJ_AUTHORITY_NEW)
        continue;
      if (!nj_authority_file_store (folder, named[i].stem, named[i].pair, TRUE, error))
        return FALSE;
      named[i].pair->kept = NJ_AUTHORITY_IN_FILE;
    }
  return TRUE;
}

/**
 * nj_authority_keys_elsewhere:
 * @authority: an authority
 * @folder: where it is kept
 * @error: a #GFileError
 *
 * To be called when nj_authority_keys() are safe with somebody else: only certificates stay in files.
 *
 * Returns: whether no key is in a file any more
 */
gboolean
nj_authority_keys_elsewhere (NjAuthority *authority, const char *folder, GError **error)
{
  Named named[2];
  guint n = pairs_of (authority, named);

  for (guint i = 0; i < n; i++)
    {
      if (named[i].pair->kept == NJ_AUTHORITY_NEW && !nj_authority_file_store (folder, named[i].stem, named[i].pair, FALSE, error))
        return FALSE;
      if (!nj_authority_file_drop_key (folder, named[i].stem, error))
        return FALSE;
      named[i].pair->kept = NJ_AUTHORITY_ELSEWHERE;
    }
  return TRUE;
}
