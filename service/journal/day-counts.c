/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The counts of today in a small file, so that a new start of the service does not begin at nought: the day, and a
 * number for each. A file of another day counts for nothing, one that is damaged as well, and that is said. When it is
 * written is the bus's to decide. Main thread.
 */
#include "journal/day-counts.h"

#include "base/clock.h"

#define GROUP "today"
/* What one file may hold; ours has a few lines. */
#define FILE_MAX 4096

/**
 * nj_day_counts_today:
 *
 * Returns: (transfer full): the day it is, where the machine stands
 */
char *
nj_day_counts_today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (nj_clock_wall () / G_USEC_PER_SEC);

  return now != NULL ? g_date_time_format (now, "%Y-%m-%d") : g_strdup ("");
}

static gboolean
parse (NjDayCounts *counts, GKeyFile *file, GError **error)
{
  for (NjCount i = 0; i < NJ_COUNT_LAST; i++)
    {
      GError *problem = NULL;
      guint64 n = g_key_file_get_uint64 (file, GROUP, nj_count_name (i), &problem);

      if (g_error_matches (problem, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND))
        g_clear_error (&problem);
      /* A minus is read as a very large number. */
      if (problem == NULL && n > G_MAXINT64)
        problem = g_error_new (G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "%s is no count", nj_count_name (i));
      if (problem != NULL)
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
      counts->counts[i] = n;
    }
  return TRUE;
}

/**
 * nj_day_counts_load:
 * @counts: of today, all nought
 * @path: a file, which need not be there
 * @error: why it counts for nothing although it is there: a #GFileError or #GKeyFileError
 *
 * Adds nothing when the file is of another day.
 *
 * Returns: whether nothing was damaged
 */
gboolean
nj_day_counts_load (NjDayCounts *counts, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (NjDayCounts) read = { 0 };
  g_autofree char *text = NULL;
  GError *problem = NULL;
  gsize   len = 0;

  if (!g_file_get_contents (path, &text, &len, &problem))
    {
      if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_clear_error (&problem);
      if (problem != NULL)
        g_propagate_error (error, problem);
      return problem == NULL;
    }

  if (!g_key_file_load_from_data (file, text, MIN (len, FILE_MAX), G_KEY_FILE_NONE, error))
    return FALSE;
  read.day = g_key_file_get_string (file, GROUP, "day", error);
  if (read.day == NULL || !parse (&read, file, error))
    return FALSE;
  for (NjCount i = 0; i < NJ_COUNT_LAST && g_strcmp0 (read.day, counts->day) == 0; i++)
    counts->counts[i] = read.counts[i];
  return TRUE;
}

/**
 * nj_day_counts_save:
 * @counts: counts
 * @path: a file, which is replaced as a whole or not at all
 * @error: a #GFileError
 *
 * Returns: whether they are kept
 */
gboolean
nj_day_counts_save (const NjDayCounts *counts, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize len;

  g_key_file_set_string (file, GROUP, "day", counts->day);
  for (NjCount i = 0; i < NJ_COUNT_LAST; i++)
    g_key_file_set_uint64 (file, GROUP, nj_count_name (i), counts->counts[i]);
  text = g_key_file_to_data (file, &len, NULL);
  return g_file_set_contents_full (path, text, (gssize) len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/**
 * nj_day_counts_turn:
 * @counts: counts
 * @day: the day it is
 */
void
nj_day_counts_turn (NjDayCounts *counts, const char *day)
{
  nj_day_counts_clear (counts);
  counts->day = g_strdup (day);
}

/**
 * nj_day_counts_clear:
 * @counts: counts
 */
void
nj_day_counts_clear (NjDayCounts *counts)
{
  g_free (counts->day);
  *counts = (NjDayCounts){ 0 };
}
