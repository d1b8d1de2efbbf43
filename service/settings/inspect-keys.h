/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/inspect.h"

G_BEGIN_DECLS

/* Where the authority's key is. */
typedef enum
{
  NJ_INSPECT_KEY_NONE,    /* there is no authority yet, or nobody needed it so far */
  NJ_INSPECT_KEY_NEW,     /* made, on its way to the keyring */
  NJ_INSPECT_KEY_FILE,
  NJ_INSPECT_KEY_KEYRING,
  NJ_INSPECT_KEY_AWAITED, /* in a keyring that was not heard of yet: nothing is inspected until then */
  NJ_INSPECT_KEY_LOCKED,  /* in a keyring that is locked: the same */
  NJ_INSPECT_KEY_MISSING  /* in none that answers */
} NjInspectKey;

/* Keys of the authority, given to whoever keeps secrets and taken from there. Main thread. */
void         nj_inspect_keys_hold        (NjInspect *inspect, gboolean is_held);
gboolean     nj_inspect_keys_take        (NjInspect *inspect, const char *keys);
void         nj_inspect_keys_bar         (NjInspect *inspect, NjInspectKey why, const char *problem);
gboolean     nj_inspect_keys_are_awaited (const NjInspect *inspect);
char        *nj_inspect_keys_collect     (const NjInspect *inspect); /* (nullable); nj_authority_keys_free() */
gboolean     nj_inspect_keys_confirm     (NjInspect *inspect, const char *sent);
void         nj_inspect_keys_to_files    (NjInspect *inspect);
gboolean     nj_inspect_keys_replace     (NjInspect *inspect, char **ret_before, GError **error);
const char  *nj_inspect_keys_folder      (const NjInspect *inspect);
char        *nj_inspect_keys_certificate (const NjInspect *inspect); /* (nullable) */
NjInspectKey nj_inspect_keys_state       (const NjInspect *inspect);
const char  *nj_inspect_keys_state_name  (const NjInspect *inspect);
const char  *nj_inspect_keys_problem     (const NjInspect *inspect);

G_END_DECLS
