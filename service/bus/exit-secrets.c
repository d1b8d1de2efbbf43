/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Marries the catalogue of exits and the user's keyring: passwords that stand in the catalogue's file go to the keyring as
 * soon as it takes them, and come back when the service starts. While it is locked it is looked at again now and then;
 * nobody is asked to unlock it. Main thread.
 */
#include "bus/exit-secrets.h"

#include "desktop/secret-store.h"
#include "exits/catalogue-secrets.h"

#include <string.h>

#define WHAT  "exits"
#define LABEL "Nightjar: passwords of exits"
/* The keyring's text is a key file with one group. */
#define GROUP "exits"
/* A keyring that is locked, or said no, is asked again in this time; seconds. */
#define AGAIN_S 20

struct NjExitSecrets
{
  gatomicrefcount      refs;
  NjCatalogue         *catalogue; /* (nullable) borrowed; NULL once nobody wants to hear of us */
  char                *whose;     /* owned */
  NjExitSecretsChanged changed;
  gpointer             user_data;
  NjExitSecretsState   state;
  gboolean             is_loaded; /* what the keyring holds is known, so it may be replaced */
  gboolean             is_busy;
  guint                timer;     /* source, 0 none */
  GHashTable          *sent;      /* (nullable) owned: what is on its way */
};

static void
unref (NjExitSecrets *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->sent, g_hash_table_unref);
  g_free (self->whose);
  g_free (self);
}

static void load (NjExitSecrets *self);

static gboolean
on_again (gpointer user_data)
{
  NjExitSecrets *self = user_data;

  self->timer = 0;
  nj_exit_secrets_look (self);
  return G_SOURCE_REMOVE;
}

static void
look_again (NjExitSecrets *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add_seconds (AGAIN_S, on_again, self);
}

static void
go (NjExitSecrets *self, const GError *error)
{
  gboolean is_locked = g_error_matches (error, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_LOCKED);

  if (error == NULL)
    self->state = NJ_EXIT_SECRETS_KEYRING;
  else if (!nj_catalogue_secrets_are_awaited (self->catalogue))
    self->state = NJ_EXIT_SECRETS_FILE;
  else
    self->state = is_locked ? NJ_EXIT_SECRETS_LOCKED : NJ_EXIT_SECRETS_MISSING;

  /* Without a keyring at all there is nothing to wait for, unless passwords are in one. */
  if (error != NULL && (is_locked || self->state == NJ_EXIT_SECRETS_MISSING))
    look_again (self);
}

static char *
print (GHashTable *uris)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GHashTableIter all;
  gpointer       id, uri;

  g_hash_table_iter_init (&all, uris);
  while (g_hash_table_iter_next (&all, &id, &uri))
    g_key_file_set_string (file, GROUP, id, uri);
  return g_key_file_to_data (file, NULL, NULL);
}

static GHashTable *
parse (const char *text)
{
  GHashTable *uris = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) ids = NULL;

  if (g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL))
    ids = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    {
      char *uri = g_key_file_get_string (file, GROUP, ids[i], NULL);

      if (uri != NULL)
        g_hash_table_insert (uris, g_strdup (ids[i]), uri);
    }
  return uris;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjExitSecrets *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_kept = nj_secret_store_save_finish (result, &error);

  self->is_busy = FALSE;
  if (self->catalogue != NULL)
    {
      if (is_kept)
        nj_catalogue_secrets_confirm (self->catalogue, self->sent);
      else
        g_message ("passwords of exits stay in their file: %s", error->message);
      go (self, error);
      self->changed (self->user_data);
      /* The catalogue may have changed meanwhile. */
      if (is_kept && self->catalogue != NULL)
        nj_exit_secrets_look (self);
    }
  unref (self);
}

static void
save (NjExitSecrets *self)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&self->sent, g_hash_table_unref);
  self->sent = nj_catalogue_secrets_collect (self->catalogue);
  text = print (self->sent);
  self->is_busy = TRUE;
  g_atomic_ref_count_inc (&self->refs);
  nj_secret_store_save_async (WHAT, self->whose, LABEL, text, on_saved, self);
  explicit_bzero (text, strlen (text));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  NjExitSecrets   *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = nj_secret_store_load_finish (result, &error);

  self->is_busy = FALSE;
  if (self->catalogue != NULL)
    {
      g_autoptr (GHashTable) uris = parse (text != NULL ? text : "");

      /* A keyring that knows nothing of us while passwords are in one is another one, or not all there. */
      if (text != NULL && text[0] == '\0' && nj_catalogue_secrets_are_awaited (self->catalogue))
        g_set_error_literal (&error, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_FAILED, "the keyring has no passwords of exits");
      self->is_loaded = error == NULL;
      if (self->is_loaded)
        nj_catalogue_secrets_take (self->catalogue, uris);
      else if (nj_catalogue_secrets_are_awaited (self->catalogue))
        g_message ("exits are without their passwords: %s", error->message);
      go (self, error);
      self->changed (self->user_data);
      if (self->is_loaded && self->catalogue != NULL)
        nj_exit_secrets_look (self);
    }
  unref (self);
}

static void
load (NjExitSecrets *self)
{
  self->is_busy = TRUE;
  g_atomic_ref_count_inc (&self->refs);
  nj_secret_store_load_async (WHAT, self->whose, on_loaded, self);
}

/**
 * nj_exit_secrets_new:
 * @catalogue: the exits; outlives it
 * @whose: which profile's
 * @changed: called when passwords came or were moved
 * @user_data: for @changed
 *
 * Begins to ask the keyring.
 *
 * Returns: (transfer full): passwords on their way
 */
NjExitSecrets *
nj_exit_secrets_new (NjCatalogue *catalogue, const char *whose, NjExitSecretsChanged changed, gpointer user_data)
{
  NjExitSecrets *self = g_new0 (NjExitSecrets, 1);

  g_atomic_ref_count_init (&self->refs);
  self->catalogue = catalogue;
  self->whose = g_strdup (whose);
  self->changed = changed;
  self->user_data = user_data;
  load (self);
  return self;
}

/**
 * nj_exit_secrets_free:
 * @self: (transfer full) (nullable): passwords
 *
 * What is under way ends by itself, and nobody hears of it.
 */
void
nj_exit_secrets_free (NjExitSecrets *self)
{
  if (self == NULL)
    return;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->catalogue = NULL;
  unref (self);
}

/**
 * nj_exit_secrets_look:
 * @self: passwords
 *
 * To be called when the catalogue has changed and is kept: what the keyring does not hold yet is given to it.
 */
void
nj_exit_secrets_look (NjExitSecrets *self)
{
  if (self->is_busy)
    return;
  if (!self->is_loaded)
    load (self);
  else if (self->is_loaded && !nj_catalogue_secrets_are_awaited (self->catalogue) && !nj_catalogue_secrets_are_kept (self->catalogue))
    save (self);
}

/**
 * nj_exit_secrets_state:
 * @self: passwords
 *
 * Returns: where they are
 */
NjExitSecretsState
nj_exit_secrets_state (const NjExitSecrets *self)
{
  return self->state;
}

/**
 * nj_exit_secrets_state_name:
 * @self: (nullable): passwords
 *
 * Returns: (transfer none): where they are, as the bus has it
 */
const char *
nj_exit_secrets_state_name (const NjExitSecrets *self)
{
  static const char *const names[] = { [NJ_EXIT_SECRETS_FILE] = "file", [NJ_EXIT_SECRETS_KEYRING] = "keyring",
                                       [NJ_EXIT_SECRETS_LOCKED] = "locked", [NJ_EXIT_SECRETS_MISSING] = "missing" };

  return names[self != NULL ? self->state : NJ_EXIT_SECRETS_FILE];
}
