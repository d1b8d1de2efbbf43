/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marries the authority for HTTPS and the user's keyring: its key goes there, is read back, and only then leaves its
 * file. A keyring that is locked, or does not answer, is looked at again when something happens to it; nobody is asked
 * to unlock it. Main thread.
 */
#include "bus/authority-secrets.h"

#include "desktop/secret-store.h"
#include "desktop/secret-store-watch.h"
#include "settings/inspect-keys.h"

#include <string.h>

#define WHAT  "authority"
#define LABEL "Nightjar: key of the certificate authority"
/* For a keyring that says nothing when it is unlocked; seconds. */
#define AGAIN_S 120

struct NjAuthoritySecrets
{
  gatomicrefcount refs;
  NjInspect      *inspect;  /* (nullable) borrowed; NULL once nobody wants to hear of us */
  char           *whose;    /* owned */
  NjAuthoritySecretsChanged changed;
  gpointer        user_data;
  gboolean        is_loaded; /* what the keyring holds is known, so it may be replaced */
  gboolean        is_busy;
  guint           timer;     /* source, 0 none */
  NjSecretStoreWatch *watch; /* (nullable) owned: while something is wanted of the keyring */
  char           *sent;      /* (nullable) owned: keys that are on their way */
};

static void
unref (NjAuthoritySecrets *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  nj_authority_keys_free (self->sent);
  g_free (self->whose);
  g_free (self);
}

static gboolean
on_again (gpointer user_data)
{
  NjAuthoritySecrets *self = user_data;

  self->timer = 0;
  nj_authority_secrets_look (self);
  return G_SOURCE_REMOVE;
}

static void
stop_waiting (NjAuthoritySecrets *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->watch, nj_secret_store_watch_free);
}

/* One question under way at a time, each holding a reference. */
static void
begin (NjAuthoritySecrets *self)
{
  self->is_busy = TRUE;
  g_atomic_ref_count_inc (&self->refs);
}

/* @is_wanted: whether the key is nowhere but there */
static void
come_again (NjAuthoritySecrets *self, const GError *error, gboolean is_wanted)
{
  gboolean is_locked = g_error_matches (error, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_LOCKED);

  /* Without a keyring at all there is nothing to wait for, unless the key is in one. */
  if (!is_locked && !is_wanted)
    {
      stop_waiting (self);
      return;
    }
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (AGAIN_S, on_again, self);
  if (self->watch == NULL)
    self->watch = nj_secret_store_watch_new ((NjSecretStoreWatchHeard) nj_authority_secrets_look, self);
}

/* New keys go to files from now on, and those that are on their way as well. */
static void
give_up (NjAuthoritySecrets *self, const GError *error)
{
  self->is_loaded = FALSE;
  nj_inspect_keys_hold (self->inspect, FALSE);
  nj_inspect_keys_to_files (self->inspect);
  g_message ("the authority's key stays in its file: %s", error->message);
  come_again (self, error, FALSE);
}

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjAuthoritySecrets *self = user_data;
  g_autoptr (GError)  error = NULL;
  char *text = nj_secret_store_load_finish (result, &error);

  self->is_busy = FALSE;
  if (self->inspect != NULL)
    {
      if (error == NULL && g_strcmp0 (text, self->sent) != 0)
        g_set_error_literal (&error, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_FAILED, "the keyring gives back something else");
      if (error != NULL)
        give_up (self, error);
      else if (nj_inspect_keys_confirm (self->inspect, self->sent))
        g_message ("the authority's key is in the keyring");
      self->changed (self->user_data);
      /* There may be another one meanwhile. */
      if (error == NULL && self->inspect != NULL)
        nj_authority_secrets_look (self);
    }
  nj_authority_keys_free (text);
  unref (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjAuthoritySecrets *self = user_data;
  g_autoptr (GError)  error = NULL;
  gboolean is_kept = nj_secret_store_save_finish (result, &error);

  self->is_busy = FALSE;
  if (self->inspect != NULL && is_kept)
    {
      begin (self);
      nj_secret_store_load_async (WHAT, self->whose, on_read_back, self);
    }
  else if (self->inspect != NULL)
    {
      give_up (self, error);
      self->changed (self->user_data);
    }
  unref (self);
}

/* Nothing is inspected until the key comes. */
static void
bar (NjAuthoritySecrets *self, const GError *error)
{
  gboolean     is_locked = g_error_matches (error, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_LOCKED);
  const char  *problem = error != NULL ? error->message : "the keyring does not have the authority’s key";
  NjInspectKey before = nj_inspect_keys_state (self->inspect);

  nj_inspect_keys_bar (self->inspect, is_locked ? NJ_INSPECT_KEY_LOCKED : NJ_INSPECT_KEY_MISSING, problem);
  if (before != nj_inspect_keys_state (self->inspect))
    g_message ("HTTPS cannot be inspected without the authority's key: %s", problem);
}

/* What the keyring said, or that it said nothing. */
static void
take (NjAuthoritySecrets *self, const char *text, const GError *error)
{
  gboolean is_wanted;

  nj_inspect_keys_hold (self->inspect, error == NULL);
  if (error == NULL)
    is_wanted = !nj_inspect_keys_take (self->inspect, text);
  else
    is_wanted = nj_inspect_keys_state (self->inspect) >= NJ_INSPECT_KEY_AWAITED;
  if (is_wanted)
    bar (self, error);

  /* One that knows nothing of a key that is in one is another one, or not all there. */
  self->is_loaded = error == NULL && !is_wanted;
  come_again (self, error, is_wanted);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjAuthoritySecrets *self = user_data;
  g_autoptr (GError)  error = NULL;
  char *text = nj_secret_store_load_finish (result, &error);

  self->is_busy = FALSE;
  if (self->inspect != NULL)
    {
      take (self, text, error);
      self->changed (self->user_data);
      if (self->is_loaded && self->inspect != NULL)
        nj_authority_secrets_look (self);
    }
  nj_authority_keys_free (text);
  unref (self);
}

/**
 * nj_authority_secrets_new:
 * @inspect: the switch for HTTPS; outlives it
 * @whose: which profile's
 * @changed: called when the key came or was moved
 * @user_data: for @changed
 *
 * Begins to ask the keyring.
 *
 * Returns: (transfer full): the key on its way
 */
NjAuthoritySecrets *
nj_authority_secrets_new (NjInspect *inspect, const char *whose, NjAuthoritySecretsChanged changed, gpointer user_data)
{
  NjAuthoritySecrets *self = g_new0 (NjAuthoritySecrets, 1);

  g_atomic_ref_count_init (&self->refs);
  self->inspect = inspect;
  self->whose = g_strdup (whose);
  self->changed = changed;
  self->user_data = user_data;
  nj_authority_secrets_look (self);
  return self;
}

/**
 * nj_authority_secrets_free:
 * @self: (transfer full) (nullable): the key
 *
 * What is under way ends by itself, and nobody hears of it.
 */
void
nj_authority_secrets_free (NjAuthoritySecrets *self)
{
  if (self == NULL)
    return;

  stop_waiting (self);
  self->inspect = NULL;
  unref (self);
}

/**
 * nj_authority_secrets_look:
 * @self: the key
 *
 * To be called when there may be another authority: what the keyring does not hold yet is given to it.
 */
void
nj_authority_secrets_look (NjAuthoritySecrets *self)
{
  char *keys;

  if (self->is_busy)
    return;
  if (!self->is_loaded)
    {
      begin (self);
      nj_secret_store_load_async (WHAT, self->whose, on_loaded, self);
      return;
    }
  keys = nj_inspect_keys_collect (self->inspect);
  if (keys == NULL)
    return;

  nj_authority_keys_free (self->sent);
  self->sent = keys;
  begin (self);
  nj_secret_store_save_async (WHAT, self->whose, LABEL, keys, on_saved, self);
}
