/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key of the authority for HTTPS: in the keyring where there is one, else in a file. One that the keyring does not
 * give now is waited for: nothing is inspected meanwhile, and no second authority is made behind the user's back. Who
 * talks to the keyring stands above. Main thread.
 */
#include "settings/inspect-private.h"

#include <string.h>

static NjAuthority *
authority_of (const NjInspect *inspect)
{
  return nj_plane_authority (inspect->plane);
}

static char *
certificate_path (const NjInspect *inspect)
{
  return g_build_filename (inspect->folder, "authority.pem", NULL);
}

/**
 * nj_inspect_keys_open: (skip)
 * @inspect: the switch
 * @keys: (nullable): what the keyring holds, %NULL when that is not known
 * @error: why there is no authority
 *
 * Opens the authority, or looks anew whether the time of the next one has come.
 *
 * Returns: whether there is one now
 */
gboolean
nj_inspect_keys_open (NjInspect *inspect, const char *keys, GError **error)
{
  NjAuthority *now = authority_of (inspect);
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local = NULL;
  char    *mine = NULL;
  gboolean is_there;

  /* What is on its way to the keyring stands in no file that could be read. */
  if (now != NULL && nj_authority_keys_kept (now) == NJ_AUTHORITY_NEW)
    return TRUE;

  if (keys == NULL && now != NULL)
    keys = mine = nj_authority_keys (now);
  is_there = nj_plane_open_authority (inspect->plane, inspect->folder, keys, inspect->is_held, complaints, &local);
  nj_authority_keys_free (mine);
  for (guint i = 0; i < complaints->len; i++)
    g_warning ("%s", (const char *) g_ptr_array_index (complaints, i));

  inspect->is_keyless = g_error_matches (local, NJ_AUTHORITY_ERROR, NJ_AUTHORITY_ERROR_KEYLESS);
  if (inspect->is_keyless && inspect->keys_problem != NULL)
    g_set_error_literal (error, NJ_AUTHORITY_ERROR, NJ_AUTHORITY_ERROR_KEYLESS, inspect->keys_problem);
  else if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return is_there;
}

/**
 * nj_inspect_keys_hold:
 * @inspect: the switch
 * @is_held: whether somebody keeps keys that are made from now on; else they go to files
 */
void
nj_inspect_keys_hold (NjInspect *inspect, gboolean is_held)
{
  inspect->is_held = is_held;
}

/**
 * nj_inspect_keys_take:
 * @inspect: the switch
 * @keys: what the keyring holds, "" for nothing
 *
 * Opens the authority that is there; a policy is to be published afterwards.
 *
 * Returns: whether nothing is wanted any more: it is open, or there is none
 */
gboolean
nj_inspect_keys_take (NjInspect *inspect, const char *keys)
{
  g_autofree char *path = certificate_path (inspect);
  g_autoptr (GError) error = NULL;

  if (authority_of (inspect) != NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  g_clear_pointer (&inspect->keys_problem, g_free);
  if (nj_inspect_keys_open (inspect, keys, &error))
    return TRUE;
  if (!inspect->is_keyless)
    g_warning ("HTTPS is not inspected: %s", error->message);
  return !inspect->is_keyless;
}

/**
 * nj_inspect_keys_bar:
 * @inspect: the switch
 * @why: %NJ_INSPECT_KEY_LOCKED or %NJ_INSPECT_KEY_MISSING
 * @problem: the same in words
 *
 * The key cannot be had now; it may come later.
 */
void
nj_inspect_keys_bar (NjInspect *inspect, NjInspectKey why, const char *problem)
{
  inspect->keys_state = why;
  g_free (inspect->keys_problem);
  inspect->keys_problem = g_strdup (problem);
}

/**
 * nj_inspect_keys_are_awaited:
 * @inspect: the switch
 *
 * Returns: whether there is an authority whose key somebody else has, and is likely to give
 */
gboolean
nj_inspect_keys_are_awaited (const NjInspect *inspect)
{
  return inspect->is_keyless && inspect->keys_state != NJ_INSPECT_KEY_MISSING;
}

/**
 * nj_inspect_keys_collect:
 * @inspect: the switch
 *
 * Returns: (transfer full) (nullable): keys that the keyring does not have yet, with those that it has; %NULL when it
 *   has them all. To be freed with nj_authority_keys_free()
 */
char *
nj_inspect_keys_collect (const NjInspect *inspect)
{
  NjAuthority *authority = authority_of (inspect);

  if (authority == NULL || nj_authority_keys_kept (authority) == NJ_AUTHORITY_ELSEWHERE)
    return NULL;
  return nj_authority_keys (authority);
}

/**
 * nj_inspect_keys_confirm:
 * @inspect: the switch
 * @sent: what is in the keyring now, and was read back from there
 *
 * Only now files go.
 *
 * Returns: whether these are all there are; else they are to be collected anew
 */
gboolean
nj_inspect_keys_confirm (NjInspect *inspect, const char *sent)
{
  NjAuthority *authority = authority_of (inspect);
  char        *keys = authority != NULL ? nj_authority_keys (authority) : NULL;
  gboolean     are_all = g_strcmp0 (keys, sent) == 0;
  g_autoptr (GError) error = NULL;

  nj_authority_keys_free (keys);
  if (!are_all)
    return FALSE;
  if (!nj_authority_keys_elsewhere (authority, inspect->folder, &error))
    g_warning ("the authority's key is in the keyring, and in a file as well: %s", error->message);
  return TRUE;
}

/**
 * nj_inspect_keys_to_files:
 * @inspect: the switch
 *
 * The keyring does not take what is new, or there is no time left to wait for it.
 */
void
nj_inspect_keys_to_files (NjInspect *inspect)
{
  NjAuthority *authority = authority_of (inspect);
  g_autoptr (GError) error = NULL;

  if (authority != NULL && !nj_authority_keys_to_files (authority, inspect->folder, &error))
    g_warning ("the authority for HTTPS is not kept: %s", error->message);
}

/**
 * nj_inspect_keys_replace:
 * @inspect: the switch
 * @ret_before: (out) (transfer full): the certificate that was there, "" for none
 * @error: why there is no other one
 *
 * Makes another authority because the user asked for it. A policy is to be published afterwards.
 *
 * Returns: whether it is there
 */
gboolean
nj_inspect_keys_replace (NjInspect *inspect, char **ret_before, GError **error)
{
  g_autofree char *before = nj_inspect_keys_certificate (inspect);

  nj_inspect_keys_to_files (inspect);
  nj_authority_set_aside (inspect->folder);
  g_clear_pointer (&inspect->keys_problem, g_free);
  if (!nj_inspect_keys_open (inspect, NULL, error))
    return FALSE;

  *ret_before = before != NULL ? g_steal_pointer (&before) : g_strdup ("");
  return TRUE;
}

/**
 * nj_inspect_keys_folder:
 * @inspect: the switch
 *
 * Returns: (transfer none): where certificates of authorities are, those that were replaced among them
 */
const char *
nj_inspect_keys_folder (const NjInspect *inspect)
{
  return inspect->folder;
}

/**
 * nj_inspect_keys_certificate:
 * @inspect: the switch
 *
 * Returns: (transfer full) (nullable): the authority's certificate as PEM, also while its key is not here
 */
char *
nj_inspect_keys_certificate (const NjInspect *inspect)
{
  g_autofree char *path = certificate_path (inspect);
  char *pem = NULL;

  if (authority_of (inspect) != NULL)
    return g_strdup (nj_inspect_certificate (inspect));
  return g_file_get_contents (path, &pem, NULL, NULL) ? pem : NULL;
}

/**
 * nj_inspect_keys_state:
 * @inspect: the switch
 *
 * Returns: where the key is
 */
NjInspectKey
nj_inspect_keys_state (const NjInspect *inspect)
{
  static const NjInspectKey kept[] = { [NJ_AUTHORITY_NEW] = NJ_INSPECT_KEY_NEW, [NJ_AUTHORITY_IN_FILE] = NJ_INSPECT_KEY_FILE,
                                       [NJ_AUTHORITY_ELSEWHERE] = NJ_INSPECT_KEY_KEYRING };
  NjAuthority *authority = authority_of (inspect);

  if (authority != NULL)
    return kept[nj_authority_keys_kept (authority)];
  if (!inspect->is_keyless)
    return NJ_INSPECT_KEY_NONE;
  return inspect->keys_problem != NULL ? inspect->keys_state : NJ_INSPECT_KEY_AWAITED;
}

/**
 * nj_inspect_keys_state_name:
 * @inspect: the switch
 *
 * Returns: (transfer none): where the key is, as the bus has it
 */
const char *
nj_inspect_keys_state_name (const NjInspect *inspect)
{
  static const char *const names[] = { [NJ_INSPECT_KEY_NONE] = "",           [NJ_INSPECT_KEY_NEW] = "new",
                                       [NJ_INSPECT_KEY_FILE] = "file",       [NJ_INSPECT_KEY_KEYRING] = "keyring",
                                       [NJ_INSPECT_KEY_AWAITED] = "awaited", [NJ_INSPECT_KEY_LOCKED] = "locked",
                                       [NJ_INSPECT_KEY_MISSING] = "missing" };

  return names[nj_inspect_keys_state (inspect)];
}

/**
 * nj_inspect_keys_problem:
 * @inspect: the switch
 *
 * Returns: (transfer none): why HTTPS is not inspected although the user asked for it, "" when it is
 */
const char *
nj_inspect_keys_problem (const NjInspect *inspect)
{
  if (!nj_inspect_is_on (inspect) || authority_of (inspect) != NULL)
    return "";
  if (!inspect->is_keyless)
    return "there is no certificate authority";
  return inspect->keys_problem != NULL ? inspect->keys_problem : "the keyring, which has the authority’s key, was not heard of yet";
}
