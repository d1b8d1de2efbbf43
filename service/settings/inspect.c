/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch for looking into HTTPS: off until the user asks for it; turned on it makes the
 * authority when there is none yet. What was learnt about hosts is kept in a file, so that no
 * program has to fail twice. Keys of the authority are inspect-keys.c's; how it is done is proxy's
 * business. Main thread.
 */
#include "settings/inspect-private.h"

#include <string.h>

/* The next authority is made two months ahead, so an hour more or less is nothing. */
#define LOOK_S (6 * 3600)

static void
load (NjInspect *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  NjInspectionMemory *memory = nj_plane_inspection_memory (self->plane);

  /* One that cannot be read costs every host one failure more: nothing to stop for. */
  if (!g_key_file_load_from_file (file, self->path, G_KEY_FILE_NONE, NULL))
    return;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *place = g_key_file_get_string (file, groups[i], "place", NULL);
      g_autofree char *name = g_key_file_get_string (file, groups[i], "reason", NULL);
      NjInspection     reason;

      if (place != NULL && name != NULL && nj_inspection_reason_parse (name, &reason))
        nj_inspection_memory_note (memory, nj_bytes_from_string (place),
                                   (guint32) g_key_file_get_uint64 (file, groups[i], "client", NULL), reason,
                                   g_key_file_get_int64 (file, groups[i], "when", NULL));
    }
  self->saved = nj_inspection_memory_serial (memory);
}

/**
 * nj_inspect_save:
 * @inspect: the switch
 *
 * Writes what was learnt since the last time, if anything.
 */
void
nj_inspect_save (NjInspect *inspect)
{
  NjInspectionMemory *memory = nj_plane_inspection_memory (inspect->plane);
  guint               serial = nj_inspection_memory_serial (memory);
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GPtrArray) notes = NULL;
  g_autoptr (GError) error = NULL;

  if (serial == inspect->saved)
    return;

  file = g_key_file_new ();
  notes = nj_inspection_memory_list (memory);
  for (guint i = 0; i < notes->len; i++)
    {
      const NjInspectionNote *note = g_ptr_array_index (notes, i);
      g_autofree char *group = g_strdup_printf ("%u", i);

      g_key_file_set_string (file, group, "place", note->place);
      g_key_file_set_string (file, group, "reason", nj_inspection_reason_name (note->reason));
      g_key_file_set_uint64 (file, group, "client", note->client);
      g_key_file_set_int64 (file, group, "when", note->when);
    }

  if (g_key_file_save_to_file (file, inspect->path, &error))
    inspect->saved = serial;
  else
    g_warning ("what was learnt about hosts that cannot be inspected is not kept: %s", error->message);
}

/**
 * nj_inspect_new:
 * @settings: the settings, outliving it
 * @folders: where things are kept
 * @plane: the data plane, outliving it
 *
 * When the switch is on and there can be no authority, it is off for this run, and a warning says so.
 *
 * Returns: (transfer full): the switch
 */
NjInspect *
nj_inspect_new (NjSettings *settings, const NjFolders *folders, NjPlane *plane)
{
  NjInspect *self = g_new0 (NjInspect, 1);
  g_autoptr (GError) error = NULL;

  self->settings = settings;
  self->plane = plane;
  self->folder = g_build_filename (folders->data, "authority", NULL);
  self->path = g_build_filename (folders->state, "not-inspected.ini", NULL);
  load (self);
  if (nj_inspect_is_on (self) && !nj_inspect_prepare (self, &error) && !self->is_keyless)
    g_warning ("HTTPS is not inspected: %s", error->message);
  return self;
}

/**
 * nj_inspect_free:
 * @inspect: (transfer full) (nullable): the switch
 */
void
nj_inspect_free (NjInspect *inspect)
{
  if (inspect == NULL)
    return;

  nj_inspect_save (inspect);
  nj_inspect_keys_to_files (inspect);
  g_clear_handle_id (&inspect->timer, g_source_remove);
  g_free (inspect->keys_problem);
  g_free (inspect->folder);
  g_free (inspect->path);
  g_free (inspect);
}

/**
 * nj_inspect_is_on:
 * @inspect: the switch
 *
 * Returns: what the user said
 */
gboolean
nj_inspect_is_on (const NjInspect *inspect)
{
  return inspect->settings->inspection != 0;
}

/**
 * nj_inspect_prepare:
 * @inspect: the switch
 * @error: why there is no authority
 *
 * Returns: whether there is one now
 */
gboolean
nj_inspect_prepare (NjInspect *inspect, GError **error)
{
  return nj_inspect_keys_open (inspect, NULL, error);
}

/**
 * nj_inspect_renew:
 * @inspect: the switch
 *
 * Makes the next authority when the end of this one is near, and takes its place when it has come.
 *
 * Returns: whether anything has changed; who watches was told
 */
gboolean
nj_inspect_renew (NjInspect *inspect)
{
  g_autofree char *before = g_strdup (nj_inspect_certificate (inspect));
  g_autoptr (GError) error = NULL;

  if (!nj_inspect_is_on (inspect) || inspect->is_keyless)
    return FALSE;
  nj_inspect_keys_to_files (inspect);
  if (!nj_inspect_prepare (inspect, &error))
    {
      g_warning ("the authority for HTTPS cannot be looked after: %s", error->message);
      return FALSE;
    }
  if (g_strcmp0 (before, nj_inspect_certificate (inspect)) == 0)
    return FALSE;

  if (inspect->renewed != NULL)
    inspect->renewed (before != NULL ? before : "", inspect->renewed_data);
  return TRUE;
}

static gboolean
on_time (gpointer user_data)
{
  nj_inspect_renew (user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * nj_inspect_watch:
 * @inspect: the switch
 * @renewed: (nullable): called when the authority has changed; %NULL when nobody wants to know any more
 * @user_data: for @renewed
 */
void
nj_inspect_watch (NjInspect *inspect, NjInspectRenewed renewed, gpointer user_data)
{
  inspect->renewed = renewed;
  inspect->renewed_data = user_data;
  g_clear_handle_id (&inspect->timer, g_source_remove);
  if (renewed != NULL)
    inspect->timer = g_timeout_add_seconds (LOOK_S, on_time, inspect);
}

/**
 * nj_inspect_set:
 * @inspect: the switch
 * @is_on: what the user says
 * @error: why it stays off, or is not kept
 *
 * A policy is to be published afterwards.
 *
 * Returns: whether it is as the user says
 */
gboolean
nj_inspect_set (NjInspect *inspect, gboolean is_on, GError **error)
{
  gint64 before = inspect->settings->inspection;
  g_autoptr (GError) local = NULL;

  /* One whose key the keyring will give is as good as there. */
  if (is_on && !nj_inspect_prepare (inspect, &local) && !nj_inspect_keys_are_awaited (inspect))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* Most clients that refused did so because they did not trust the authority yet. */
  if (is_on && before == 0)
    nj_inspect_forget (inspect, "");

  inspect->settings->inspection = is_on;
  if (nj_settings_save (inspect->settings, error))
    return TRUE;
  inspect->settings->inspection = before;
  return FALSE;
}

/**
 * nj_inspect_forget:
 * @inspect: the switch
 * @place: a host, or host:port when that is not 443; "" for all
 *
 * Returns: whether anything was known about it
 */
gboolean
nj_inspect_forget (NjInspect *inspect, const char *place)
{
  gboolean was_known = nj_inspection_memory_forget (nj_plane_inspection_memory (inspect->plane), nj_bytes_from_string (place));

  nj_inspect_save (inspect);
  return was_known;
}

/**
 * nj_inspect_certificate:
 * @inspect: the switch
 *
 * Returns: (transfer none) (nullable): the authority's certificate as PEM, %NULL when there is none yet
 */
const char *
nj_inspect_certificate (const NjInspect *inspect)
{
  NjAuthority *authority = nj_plane_authority (inspect->plane);

  return authority != NULL ? nj_authority_certificate (authority) : NULL;
}

/**
 * nj_inspect_name:
 * @inspect: the switch
 *
 * Returns: (transfer none): what browsers list the authority as, "" when there is none yet
 */
const char *
nj_inspect_name (const NjInspect *inspect)
{
  NjAuthority *authority = nj_plane_authority (inspect->plane);

  return authority != NULL ? nj_authority_name (authority) : "";
}

/**
 * nj_inspect_ends:
 * @inspect: the switch
 *
 * Returns: when the authority ends, seconds since 1970; 0 when there is none yet
 */
gint64
nj_inspect_ends (const NjInspect *inspect)
{
  NjAuthority *authority = nj_plane_authority (inspect->plane);

  return authority != NULL ? nj_authority_ends (authority) : 0;
}

/**
 * nj_inspect_list:
 * @inspect: the switch
 *
 * Returns: (transfer full) (element-type NjInspectionNote): what cannot be inspected, oldest first
 */
GPtrArray *
nj_inspect_list (const NjInspect *inspect)
{
  return nj_inspection_memory_list (nj_plane_inspection_memory (inspect->plane));
}
