/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address and country of each exit as the outside sees them, measured where the user named a page that tells
 * them ([exit] trace); with none named nobody is asked. How it is asked is plane-trace.c's. Main thread.
 */
#include "settings/exit-seen.h"

#include "settings/country-database.h"

typedef struct
{
  char *address; /* owned */
  char  country[3];
} Seen;

struct NjExitSeen
{
  grefcount         refs; /* one for each answer that is waited for */
  const NjSettings *settings; /* borrowed */
  NjPlane          *plane;    /* borrowed */
  GHashTable       *exits;    /* (element-type utf8 Seen) owned: by id */
  NjExitSeenChanged changed;  /* (nullable): NULL once nobody wants to hear */
  gpointer          user_data;
};

static void
seen_free (gpointer user_data)
{
  Seen *seen = user_data;

  g_free (seen->address);
  g_free (seen);
}

static void
unref (NjExitSeen *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;

  g_hash_table_unref (self->exits);
  g_free (self);
}

/**
 * nj_exit_seen_new:
 * @settings: where to ask
 * @plane: who asks
 * @changed: told of what was measured
 * @user_data: for @changed
 *
 * Returns: (transfer full): nothing is measured yet
 */
NjExitSeen *
nj_exit_seen_new (const NjSettings *settings, NjPlane *plane, NjExitSeenChanged changed, gpointer user_data)
{
  NjExitSeen *self = g_new0 (NjExitSeen, 1);

  g_ref_count_init (&self->refs);
  self->settings = settings;
  self->plane = plane;
  self->exits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, seen_free);
  self->changed = changed;
  self->user_data = user_data;
  return self;
}

/**
 * nj_exit_seen_free:
 * @seen: (transfer full) (nullable): what was measured
 */
void
nj_exit_seen_free (NjExitSeen *seen)
{
  if (seen == NULL)
    return;

  seen->changed = NULL;
  unref (seen);
}

/* Opened for each answer: they are rare, and the file is replaced now and then. */
static void
find_country (const NjExitSeen *self, Seen *seen)
{
  NjCountryDatabase *database = nj_country_database_open (self->settings->exit_database);

  if (database != NULL)
    nj_country_database_lookup (database, seen->address, seen->country);
  nj_country_database_close (database);
}

static void
on_traced (NjExit *exit, const char *address, gpointer user_data)
{
  NjExitSeen *self = user_data;
  Seen       *seen;

  if (self->changed != NULL && address != NULL)
    {
      seen = g_new0 (Seen, 1);
      seen->address = g_strdup (address);
      find_country (self, seen);
      g_hash_table_replace (self->exits, g_strdup (nj_exit_id (exit)), seen);
      self->changed (exit, self->user_data);
    }
  unref (self);
}

/**
 * nj_exit_seen_measure:
 * @seen: what was measured
 * @exit: an exit that answers
 *
 * Asks, if the user named where.
 */
void
nj_exit_seen_measure (NjExitSeen *seen, NjExit *exit)
{
  if (seen->settings->exit_trace[0] == '\0')
    return;

  g_ref_count_inc (&seen->refs);
  if (!nj_plane_trace_exit (seen->plane, exit, seen->settings->exit_trace, on_traced, seen))
    unref (seen);
}

/**
 * nj_exit_seen_address:
 * @seen: what was measured
 * @exit: an exit
 *
 * Returns: (transfer none): its address from outside, "" when it was not measured
 */
const char *
nj_exit_seen_address (NjExitSeen *seen, const NjExit *exit)
{
  const Seen *found = g_hash_table_lookup (seen->exits, nj_exit_id (exit));

  return found != NULL ? found->address : "";
}

/**
 * nj_exit_seen_country:
 * @seen: what was measured
 * @exit: an exit
 *
 * Returns: (transfer none): the country of that address, "" when nobody knows
 */
const char *
nj_exit_seen_country (NjExitSeen *seen, const NjExit *exit)
{
  const Seen *found = g_hash_table_lookup (seen->exits, nj_exit_id (exit));

  return found != NULL ? found->country : "";
}

/**
 * nj_exit_seen_problem:
 * @seen: what was measured
 * @exit: an exit
 *
 * Returns: (transfer full): a warning when sites see it in another country than it says, "" else
 */
char *
nj_exit_seen_problem (NjExitSeen *seen, const NjExit *exit)
{
  const char *country = nj_exit_seen_country (seen, exit);

  if (country[0] == '\0' || nj_exit_country (exit)[0] == '\0' || g_str_equal (country, nj_exit_country (exit)))
    return g_strdup ("");
  return g_strdup_printf ("sites see it in %s, not in %s", country, nj_exit_country (exit));
}
