/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sets the desktop's proxy, watches it, and puts back what was there. Before the first key is changed the
 * journal (proxy-journal.c) is on the disk; it goes when every key is verified to be back. A key is put back
 * only while it still holds our value: what somebody else wrote since is his. Restoring needs no running
 * service and may be done any number of times. How keys are spoken to is system-proxy-gnome.c's business.
 * Called by the service and by nightjarctl. Main thread.
 */
#include "desktop/system-proxy.h"

#include "desktop/proxy-journal.h"
#include "desktop/system-proxy-gnome.h"

#include <glib/gstdio.h>

G_DEFINE_QUARK (nj-system-proxy-error-quark, nj_system_proxy_error)

struct NjSystemProxy
{
  char                *path;        /* owned: of the journal */
  NjSystemProxyGnome  *gnome;       /* (nullable) owned: made at first use, dconf costs milliseconds */
  NjSystemProxyChanged changed;     /* (nullable) */
  gpointer             user_data;
  guint                idle;        /* source that will look at what changed, 0 none */
  gboolean             was_applied; /* as last told to changed */
};

/**
 * nj_system_proxy_new:
 * @journal_path: where the journal lies or will lie
 *
 * Touches nothing yet.
 *
 * Returns: (transfer full): the desktop's proxy
 */
NjSystemProxy *
nj_system_proxy_new (const char *journal_path)
{
  NjSystemProxy *proxy = g_new0 (NjSystemProxy, 1);

  proxy->path = g_strdup (journal_path);
  return proxy;
}

/**
 * nj_system_proxy_free:
 * @proxy: (nullable) (transfer full): the desktop's proxy, which stays as it is
 */
void
nj_system_proxy_free (NjSystemProxy *proxy)
{
  if (proxy == NULL)
    return;

  g_clear_handle_id (&proxy->idle, g_source_remove);
  nj_system_proxy_gnome_free (proxy->gnome);
  g_free (proxy->path);
  g_free (proxy);
}

static gboolean
on_idle (gpointer user_data)
{
  NjSystemProxy *proxy = user_data;
  gboolean       is_applied;

  proxy->idle = 0;
  is_applied = nj_system_proxy_is_applied (proxy);
  if (is_applied != proxy->was_applied)
    {
      proxy->was_applied = is_applied;
      proxy->changed (is_applied, proxy->user_data);
    }
  return G_SOURCE_REMOVE;
}

/* A change of the user's comes as several keys; they are looked at once they all are in. */
static void
on_key_changed (gpointer user_data)
{
  NjSystemProxy *proxy = user_data;

  if (proxy->changed != NULL && proxy->idle == 0)
    proxy->idle = g_idle_add (on_idle, proxy);
}

static gboolean
open_keys (NjSystemProxy *proxy, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (proxy->gnome != NULL)
    return TRUE;

  proxy->gnome = nj_system_proxy_gnome_new (&local);
  if (proxy->gnome == NULL)
    {
      g_set_error_literal (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NONE_HERE, local->message);
      return FALSE;
    }

  if (proxy->changed != NULL)
    nj_system_proxy_gnome_watch (proxy->gnome, on_key_changed, proxy);
  return TRUE;
}

static gboolean
holds (NjSystemProxy *proxy, const NjProxyChange *change, const char *text)
{
  g_autofree char *now = nj_system_proxy_gnome_read (proxy->gnome, change->group, change->key);

  return g_strcmp0 (now, text) == 0;
}

/* What a key was before us: the old journal knows it, unless somebody has changed the key since. */
static void
keep_older (NjSystemProxy *proxy, NjProxyJournal *journal, const NjProxyJournal *before)
{
  for (guint i = 0; i < journal->changes->len; i++)
    {
      NjProxyChange       *change = g_ptr_array_index (journal->changes, i);
      const NjProxyChange *older = nj_proxy_journal_find (before, change->group, change->key);

      if (older == NULL || !holds (proxy, older, older->ours))
        continue;
      g_free (change->old);
      change->old = g_strdup (older->old);
    }
}

static gboolean
make_changes (NjSystemProxy *proxy, const NjProxyJournal *journal, GError **error)
{
  for (guint i = 0; i < journal->changes->len; i++)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i);

      if (!nj_system_proxy_gnome_write (proxy->gnome, change->group, change->key, change->ours, error))
        return FALSE;
    }

  nj_system_proxy_gnome_sync ();
  for (guint i = 0; i < journal->changes->len; i++)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i);

      if (holds (proxy, change, change->ours))
        continue;
      g_set_error (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED, "%s %s was written but does not read back",
                   change->group, change->key);
      return FALSE;
    }

  return TRUE;
}

/* What did not read back may have been written all the same, where we do not see it; so every key is put back
 * as it was seen, without asking what it holds now. */
static void
take_back (NjSystemProxy *proxy, const NjProxyJournal *journal)
{
  for (guint i = journal->changes->len; i > 0; i--)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i - 1);

      nj_system_proxy_gnome_write (proxy->gnome, change->group, change->key, change->old, NULL);
    }

  nj_system_proxy_gnome_sync ();
}

/**
 * nj_system_proxy_apply:
 * @proxy: the desktop's proxy
 * @host: where our proxy listens
 * @port: and on which port
 *
 * Points the desktop at our proxy. Called again, or after a crash, it keeps what the journal knows of the time
 * before us. When it fails everything is put back.
 *
 * Returns: whether all keys read back; @error is %NJ_SYSTEM_PROXY_ERROR_NONE_HERE or %NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED
 */
gboolean
nj_system_proxy_apply (NjSystemProxy *proxy, const char *host, guint port, GError **error)
{
  g_autoptr (NjProxyJournal) before = nj_proxy_journal_read (proxy->path, NULL);
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_new ("gsettings", host, port);
  g_autoptr (GError) local = NULL;

  if (!open_keys (proxy, error))
    return FALSE;

  nj_system_proxy_gnome_plan (proxy->gnome, journal);
  if (before != NULL)
    keep_older (proxy, journal, before);

  if (!nj_proxy_journal_write (journal, proxy->path, &local))
    {
      g_set_error (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED, "the journal cannot be written: %s", local->message);
      return FALSE;
    }
  if (!make_changes (proxy, journal, &local))
    {
      take_back (proxy, journal);
      nj_system_proxy_restore (proxy, NULL);
      g_set_error_literal (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED, local->message);
      return FALSE;
    }

  proxy->was_applied = TRUE;
  return TRUE;
}

/* Whether the proxy that is in force is still ours: with another host in every place the mode is its owner's. */
static gboolean
is_any_host_ours (NjSystemProxy *proxy, const NjProxyJournal *journal)
{
  gboolean is_known = FALSE;

  for (guint i = 0; i < journal->changes->len; i++)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i);

      if (!g_str_equal (change->key, "host"))
        continue;
      is_known = TRUE;
      if (holds (proxy, change, change->ours))
        return TRUE;
    }

  return !is_known;
}

/* The journal lost the line of the mode: with our address still in force the desktop would talk to a dead port. */
static gboolean
rescue_mode (NjSystemProxy *proxy, const NjProxyJournal *journal, GError **error)
{
  g_autofree char *mode = nj_system_proxy_gnome_mode (proxy->gnome);
  g_autofree char *address = nj_system_proxy_gnome_address (proxy->gnome, "http");
  g_autofree char *ours = journal->host != NULL ? g_strdup_printf ("%s:%u", journal->host, journal->port) : NULL;
  gboolean         is_ours = ours != NULL ? g_str_equal (address, ours) : g_str_has_prefix (address, "127.");

  if (nj_proxy_journal_find (journal, "org.gnome.system.proxy", "mode") != NULL || !g_str_equal (mode, "manual") || !is_ours)
    return TRUE;

  return nj_system_proxy_gnome_write (proxy->gnome, "org.gnome.system.proxy", "mode", NULL, error);
}

/* Last made, first undone: the mode goes before the hosts it puts in force. */
static gboolean
undo_changes (NjSystemProxy *proxy, const NjProxyJournal *journal, GError **error)
{
  gboolean  is_mode_ours = is_any_host_ours (proxy, journal);
  GPtrArray *undone = g_ptr_array_new ();
  gboolean  is_back = rescue_mode (proxy, journal, error);

  for (guint i = journal->changes->len; i > 0 && is_back; i--)
    {
      NjProxyChange *change = g_ptr_array_index (journal->changes, i - 1);

      if (!holds (proxy, change, change->ours))
        continue;
      if (nj_system_proxy_gnome_is_mode (change->group, change->key) && !is_mode_ours)
        continue;

      is_back = nj_system_proxy_gnome_write (proxy->gnome, change->group, change->key, change->old, error);
      g_ptr_array_add (undone, change);
    }

  nj_system_proxy_gnome_sync ();
  for (guint i = 0; i < undone->len && is_back; i++)
    {
      const NjProxyChange *change = g_ptr_array_index (undone, i);

      if (change->old == NULL || holds (proxy, change, change->old))
        continue;
      g_set_error (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_RESTORED, "%s %s was put back but does not read back",
                   change->group, change->key);
      is_back = FALSE;
    }

  g_ptr_array_unref (undone);
  return is_back;
}

/* A journal of which nothing is left tells nothing of the old values; it is kept aside for a person to look at. */
static gboolean
set_broken_aside (NjSystemProxy *proxy, GError **error)
{
  g_autofree char *aside = g_strconcat (proxy->path, ".broken", NULL);
  g_autoptr (NjProxyJournal) nothing = nj_proxy_journal_new ("gsettings", NULL, 0);

  if (!rescue_mode (proxy, nothing, error))
    return FALSE;

  nj_system_proxy_gnome_sync ();
  g_rename (proxy->path, aside);
  return TRUE;
}

/**
 * nj_system_proxy_restore:
 * @proxy: the desktop's proxy
 *
 * Puts back every key that still holds our value, by what the journal says, whoever wrote it.
 *
 * Returns: whether nothing of ours is left; then the journal is gone. @error is %NJ_SYSTEM_PROXY_ERROR_NONE_HERE or
 *   %NJ_SYSTEM_PROXY_ERROR_NOT_RESTORED
 */
gboolean
nj_system_proxy_restore (NjSystemProxy *proxy, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (proxy->path, &local);

  if (g_error_matches (local, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_MISSING))
    return TRUE;
  if (!open_keys (proxy, error))
    return FALSE;
  if (g_error_matches (local, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_BROKEN))
    return set_broken_aside (proxy, error);

  if (journal == NULL || !undo_changes (proxy, journal, local == NULL ? &local : NULL))
    {
      g_set_error_literal (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_RESTORED, local->message);
      return FALSE;
    }

  proxy->was_applied = FALSE;
  g_unlink (proxy->path);
  return TRUE;
}

/**
 * nj_system_proxy_has_journal:
 * @proxy: the desktop's proxy
 *
 * Returns: whether something of ours may be in the desktop's settings
 */
gboolean
nj_system_proxy_has_journal (NjSystemProxy *proxy)
{
  return g_file_test (proxy->path, G_FILE_TEST_EXISTS);
}

/**
 * nj_system_proxy_is_orphaned:
 * @proxy: the desktop's proxy
 *
 * Returns: whether there is a journal whose writer no longer lives
 */
gboolean
nj_system_proxy_is_orphaned (NjSystemProxy *proxy)
{
  g_autoptr (NjProxyJournal) journal = NULL;

  if (!nj_system_proxy_has_journal (proxy))
    return FALSE;

  journal = nj_proxy_journal_read (proxy->path, NULL);
  return journal == NULL || !nj_proxy_journal_is_owner_alive (journal);
}

/**
 * nj_system_proxy_is_applied:
 * @proxy: the desktop's proxy
 *
 * Returns: whether every key holds what the journal says we set
 */
gboolean
nj_system_proxy_is_applied (NjSystemProxy *proxy)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (proxy->path, NULL);

  if (journal == NULL || journal->changes->len == 0 || !open_keys (proxy, NULL))
    return FALSE;

  for (guint i = 0; i < journal->changes->len; i++)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i);

      if (!holds (proxy, change, change->ours))
        return FALSE;
    }

  return TRUE;
}

/**
 * nj_system_proxy_watch:
 * @proxy: the desktop's proxy
 * @changed: told on the main context when our settings are no longer, or again, in force by somebody else's hand
 * @user_data: for @changed
 */
void
nj_system_proxy_watch (NjSystemProxy *proxy, NjSystemProxyChanged changed, gpointer user_data)
{
  proxy->changed = changed;
  proxy->user_data = user_data;
  if (proxy->gnome != NULL)
    nj_system_proxy_gnome_watch (proxy->gnome, on_key_changed, proxy);
}

/**
 * nj_system_proxy_status:
 * @proxy: the desktop's proxy
 * @ret_status: (out): what is in force now; clear it with nj_system_proxy_status_clear()
 */
void
nj_system_proxy_status (NjSystemProxy *proxy, NjSystemProxyStatus *ret_status)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (proxy->path, NULL);
  gboolean is_open = open_keys (proxy, NULL);

  *ret_status = (NjSystemProxyStatus){
    .backend = is_open ? "gsettings" : "none",
    .is_applied = nj_system_proxy_is_applied (proxy),
    .is_ours = journal != NULL && nj_proxy_journal_is_ours (journal),
    .mode = is_open ? nj_system_proxy_gnome_mode (proxy->gnome) : g_strdup ("none"),
    .http = is_open ? nj_system_proxy_gnome_address (proxy->gnome, "http") : g_strdup (""),
    .https = is_open ? nj_system_proxy_gnome_address (proxy->gnome, "https") : g_strdup (""),
    .socks = is_open ? nj_system_proxy_gnome_address (proxy->gnome, "socks") : g_strdup (""),
    .journal = g_strdup (nj_system_proxy_has_journal (proxy) ? proxy->path : ""),
  };
}

/**
 * nj_system_proxy_status_clear:
 * @status: what nj_system_proxy_status() filled in
 */
void
nj_system_proxy_status_clear (NjSystemProxyStatus *status)
{
  g_free (status->mode);
  g_free (status->http);
  g_free (status->https);
  g_free (status->socks);
  g_free (status->journal);
}
