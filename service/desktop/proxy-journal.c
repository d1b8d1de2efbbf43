/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The write-ahead journal of the desktop's proxy settings: on the disk before the first key is changed,
 * gone only when every key is verified to be back. It is text, a line a fact, and each line carries its own
 * checksum, so that a journal cut short still serves with what is left of it. What is done with it is
 * system-proxy.c's business. Main thread.
 */
#include "desktop/proxy-journal.h"

#include <string.h>
#include <unistd.h>

#define DIGEST_DIGITS 8
#define BOOT_ID       "/proc/sys/kernel/random/boot_id"
/* What stands for "the user never set this key"; no value's text is just that. */
#define NEVER_SET     "-"
/* Field of /proc/PID/stat, counted behind the command's name: when the process began. */
#define STAT_STARTED  19

G_DEFINE_QUARK (nj-proxy-journal-error-quark, nj_proxy_journal_error)

static void
change_free (gpointer memory)
{
  NjProxyChange *change = memory;

  g_free (change->group);
  g_free (change->key);
  g_free (change->old);
  g_free (change->ours);
  g_free (change);
}

static char *
read_boot_id (void)
{
  char *text = NULL;

  if (!g_file_get_contents (BOOT_ID, &text, NULL, NULL))
    return g_strdup ("unknown");

  return g_strstrip (text);
}

/* When a process began; 0 when there is none. With the pid it names a process for one run of the machine. */
static guint64
read_started (gint64 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  const char *behind;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;

  /* The command's name stands in brackets and may hold both blanks and brackets. */
  behind = strrchr (text, ')');
  if (behind == NULL || behind[1] == '\0')
    return 0;

  fields = g_strsplit (behind + 2, " ", -1);
  return g_strv_length (fields) > STAT_STARTED ? g_ascii_strtoull (fields[STAT_STARTED], NULL, 10) : 0;
}

static NjProxyJournal *
new_empty (void)
{
  NjProxyJournal *journal = g_new0 (NjProxyJournal, 1);

  journal->changes = g_ptr_array_new_with_free_func (change_free);
  return journal;
}

/**
 * nj_proxy_journal_new:
 * @backend: how the desktop is spoken to
 * @host: where our proxy listens
 * @port: and on which port
 *
 * Returns: (transfer full): a journal without changes, owned by this process
 */
NjProxyJournal *
nj_proxy_journal_new (const char *backend, const char *host, guint port)
{
  NjProxyJournal *journal = new_empty ();

  journal->boot_id = read_boot_id ();
  journal->pid = getpid ();
  journal->started = read_started (journal->pid);
  journal->backend = g_strdup (backend);
  journal->host = g_strdup (host);
  journal->port = port;
  journal->is_whole = TRUE;
  return journal;
}

/**
 * nj_proxy_journal_free:
 * @journal: (nullable) (transfer full): a journal
 */
void
nj_proxy_journal_free (NjProxyJournal *journal)
{
  if (journal == NULL)
    return;

  g_free (journal->boot_id);
  g_free (journal->backend);
  g_free (journal->host);
  g_ptr_array_unref (journal->changes);
  g_free (journal);
}

/**
 * nj_proxy_journal_add:
 * @journal: a journal
 * @group: schema or group of the key
 * @key: the key
 * @old: (nullable): its value as text, %NULL when the user never set it
 * @ours: what we make of it, as text
 */
void
nj_proxy_journal_add (NjProxyJournal *journal, const char *group, const char *key, const char *old, const char *ours)
{
  NjProxyChange *change = g_new0 (NjProxyChange, 1);

  change->group = g_strdup (group);
  change->key = g_strdup (key);
  change->old = g_strdup (old);
  change->ours = g_strdup (ours);
  g_ptr_array_add (journal->changes, change);
}

/**
 * nj_proxy_journal_find:
 * @journal: a journal
 * @group: schema or group of the key
 * @key: the key
 *
 * Returns: (transfer none) (nullable): the change of that key
 */
NjProxyChange *
nj_proxy_journal_find (const NjProxyJournal *journal, const char *group, const char *key)
{
  for (guint i = 0; i < journal->changes->len; i++)
    {
      NjProxyChange *change = g_ptr_array_index (journal->changes, i);

      if (g_str_equal (change->group, group) && g_str_equal (change->key, key))
        return change;
    }

  return NULL;
}

static void
append_line (GString *text, const char *const *fields)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *digest = NULL;

  for (guint i = 0; fields[i] != NULL; i++)
    {
      g_autofree char *escaped = g_strescape (fields[i], NULL);

      g_string_append_printf (line, "%s%s", i > 0 ? "\t" : "", escaped);
    }

  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line->str, (gssize) line->len);
  g_string_append_printf (text, "%.*s %s\n", DIGEST_DIGITS, digest, line->str);
}

/**
 * nj_proxy_journal_write:
 * @journal: a journal
 * @path: where it goes
 *
 * Returns: whether it is on the disk, file and folder synced; only then may a key be changed
 */
gboolean
nj_proxy_journal_write (const NjProxyJournal *journal, const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new ("# What the desktop's proxy settings were before Nightjar; see nightjarctl proxy restore.\n");
  g_autofree char *pid = g_strdup_printf ("%" G_GINT64_FORMAT, journal->pid);
  g_autofree char *started = g_strdup_printf ("%" G_GUINT64_FORMAT, journal->started);
  g_autofree char *port = g_strdup_printf ("%u", journal->port);
  g_autofree char *n = g_strdup_printf ("%u", journal->changes->len);
  g_autofree char *folder = g_path_get_dirname (path);

  append_line (text, (const char *[]){ "owner", journal->boot_id, pid, started, NULL });
  append_line (text, (const char *[]){ "proxy", journal->backend, journal->host, port, NULL });

  /* Last made, first written: the key that switches the proxy on is the one that must survive a cut. */
  for (guint i = journal->changes->len; i > 0; i--)
    {
      const NjProxyChange *change = g_ptr_array_index (journal->changes, i - 1);

      append_line (text, (const char *[]){ "key", change->group, change->key, change->old != NULL ? change->old : NEVER_SET,
                                           change->ours, NULL });
    }
  append_line (text, (const char *[]){ "end", n, NULL });

  g_mkdir_with_parents (folder, 0700);
  return g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

static void
take_key (NjProxyJournal *journal, char **fields)
{
  const char *old = g_str_equal (fields[3], NEVER_SET) ? NULL : fields[3];

  nj_proxy_journal_add (journal, fields[1], fields[2], old, fields[4]);
  /* They stand in the file last made first. */
  g_ptr_array_insert (journal->changes, 0, g_ptr_array_steal_index (journal->changes, journal->changes->len - 1));
}

/* TRUE: the line was the end, and nothing before it is missing. */
static gboolean
take_line (NjProxyJournal *journal, const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  guint n = g_strv_length (fields);

  for (guint i = 0; i < n; i++)
    {
      char *plain = g_strcompress (fields[i]);

      g_free (fields[i]);
      fields[i] = plain;
    }

  if (n == 4 && g_str_equal (fields[0], "owner"))
    {
      journal->boot_id = g_strdup (fields[1]);
      journal->pid = g_ascii_strtoll (fields[2], NULL, 10);
      journal->started = g_ascii_strtoull (fields[3], NULL, 10);
    }
  else if (n == 4 && g_str_equal (fields[0], "proxy"))
    {
      journal->backend = g_strdup (fields[1]);
      journal->host = g_strdup (fields[2]);
      journal->port = (guint) g_ascii_strtoull (fields[3], NULL, 10);
    }
  else if (n == 5 && g_str_equal (fields[0], "key"))
    take_key (journal, fields);
  else if (n == 2 && g_str_equal (fields[0], "end"))
    return g_ascii_strtoull (fields[1], NULL, 10) == journal->changes->len && journal->boot_id != NULL && journal->host != NULL;

  return FALSE;
}

static gboolean
is_true_line (const char *line)
{
  g_autofree char *digest = NULL;

  if (strlen (line) < DIGEST_DIGITS + 2 || line[DIGEST_DIGITS] != ' ')
    return FALSE;

  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, line + DIGEST_DIGITS + 1, -1);
  return strncmp (digest, line, DIGEST_DIGITS) == 0;
}

/**
 * nj_proxy_journal_read:
 * @path: where it lies
 *
 * Reads a journal, leaving out every line that does not match its checksum.
 *
 * Returns: (transfer full) (nullable): the journal; @error is %NJ_PROXY_JOURNAL_ERROR_MISSING,
 *   %NJ_PROXY_JOURNAL_ERROR_BROKEN or of %G_FILE_ERROR
 */
NjProxyJournal *
nj_proxy_journal_read (const char *path, GError **error)
{
  g_autoptr (NjProxyJournal) journal = new_empty ();
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &local))
    {
      if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_MISSING, "nothing of the desktop was changed");
      return NULL;
    }

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (is_true_line (lines[i]))
      journal->is_whole = take_line (journal, lines[i] + DIGEST_DIGITS + 1);

  if (journal->boot_id == NULL && journal->host == NULL && journal->changes->len == 0)
    {
      g_set_error (error, NJ_PROXY_JOURNAL_ERROR, NJ_PROXY_JOURNAL_ERROR_BROKEN, "the journal %s is broken", path);
      return NULL;
    }

  return g_steal_pointer (&journal);
}

/**
 * nj_proxy_journal_is_ours:
 * @journal: a journal
 *
 * Returns: whether this process wrote it
 */
gboolean
nj_proxy_journal_is_ours (const NjProxyJournal *journal)
{
  return journal->pid == getpid () && nj_proxy_journal_is_owner_alive (journal);
}

/**
 * nj_proxy_journal_is_owner_alive:
 * @journal: a journal
 *
 * Returns: whether the process that wrote it still runs; a later one with the same number does not count
 */
gboolean
nj_proxy_journal_is_owner_alive (const NjProxyJournal *journal)
{
  g_autofree char *boot_id = read_boot_id ();

  return journal->boot_id != NULL && journal->started != 0 && g_str_equal (journal->boot_id, boot_id)
         && read_started (journal->pid) == journal->started;
}
