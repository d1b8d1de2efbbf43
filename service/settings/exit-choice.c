/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user said ("Sweden", "this one", "none") made into the exit that the policy carries. When nothing
 * answers the choice the result has no exit and is not direct: then exits/route.c lets nothing leave, also
 * after a restart with the exit gone from the catalogue. Main thread.
 */
#include "settings/exit-choice.h"

#include "exits/program-routes.h"
#include "exits/site-routes.h"
#include "settings/settings-routes.h"

/**
 * nj_exit_choice_clear:
 * @choice: a choice; its exits are given back
 */
void
nj_exit_choice_clear (NjExitChoice *choice)
{
  nj_route_choice_clear (choice);
}

/* An exit in use stays while it does its work: a switch costs every kept connection. */
static gboolean
is_still_good (const NjSettings *settings, NjCatalogue *catalogue, NjExit *current)
{
  /* As the catalogue understands it: "UK" is not in ISO 3166, but in many heads. */
  const char *country = g_str_equal (settings->exit_country, "UK") ? "GB" : settings->exit_country;
  g_autoptr (NjExit) found = current != NULL ? nj_catalogue_find (catalogue, nj_exit_id (current)) : NULL;

  if (found != current || current == NULL || nj_exit_state (current) == NJ_EXIT_STATE_DEAD)
    return FALSE;

  if (settings->exit_mode == NJ_EXIT_MODE_GROUP)
    {
      g_autoptr (GPtrArray) exits = nj_catalogue_group_exits (catalogue, settings->exit_group);

      return g_ptr_array_find (exits, current, NULL);
    }
  return settings->exit_mode == NJ_EXIT_MODE_FASTEST || g_str_equal (nj_exit_country (current), country);
}

/* (transfer full) (nullable): who stands in for exit while it is down. Whoever said "this one" gets no other. */
static GPtrArray *
others_of (const NjSettings *settings, NjCatalogue *catalogue, NjExit *exit)
{
  if (exit == NULL || settings->exit_mode == NJ_EXIT_MODE_EXIT)
    return NULL;
  if (settings->exit_mode == NJ_EXIT_MODE_GROUP)
    return nj_catalogue_group_others (catalogue, settings->exit_group, exit);

  return nj_catalogue_others (catalogue, exit, settings->exit_mode == NJ_EXIT_MODE_FASTEST || settings->exit_abroad != 0);
}

/* The first in the user's order that is not dead, and not the fastest at the moment: sites ask who comes from
 * elsewhere in the middle of a visit to log in again. (transfer full) (nullable) */
static NjExit *
first_of (GPtrArray *exits, const char *code)
{
  const char *country = g_strcmp0 (code, "UK") == 0 ? "GB" : code;
  NjExit     *first = NULL;

  for (guint i = 0; i < exits->len; i++)
    {
      NjExit *exit = g_ptr_array_index (exits, i);

      if (country != NULL && !g_str_equal (nj_exit_country (exit), country))
        continue;
      if (nj_exit_state (exit) != NJ_EXIT_STATE_DEAD)
        return nj_exit_ref (exit);
      first = first != NULL ? first : exit;
    }
  return first != NULL ? nj_exit_ref (first) : NULL;
}

static NjExit *
first_in_country (NjCatalogue *catalogue, const char *code)
{
  g_autoptr (GPtrArray) exits = nj_catalogue_list (catalogue);

  return first_of (exits, code);
}

static NjExit *
first_in_group (NjCatalogue *catalogue, const char *name)
{
  g_autoptr (GPtrArray) exits = nj_catalogue_group_exits (catalogue, name);

  return first_of (exits, NULL);
}

/* Whatever a way is that leads nowhere, it is not direct. */
static void
resolve_way (const NjSettings *settings, NjCatalogue *catalogue, const char *way, NjExitChoice *ret_choice)
{
  *ret_choice = (NjExitChoice){ .is_direct = FALSE };
  switch (nj_settings_routes_way (way))
    {
    case NJ_SETTINGS_WAY_DIRECT:
      ret_choice->is_direct = TRUE;
      break;
    case NJ_SETTINGS_WAY_COUNTRY:
      ret_choice->exit = first_in_country (catalogue, way);
      if (ret_choice->exit != NULL)
        ret_choice->others = nj_catalogue_others (catalogue, ret_choice->exit, settings->exit_abroad != 0);
      break;
    case NJ_SETTINGS_WAY_EXIT:
      ret_choice->exit = nj_catalogue_find (catalogue, way);
      break;
    case NJ_SETTINGS_WAY_GROUP:
      ret_choice->exit = first_in_group (catalogue, way + 1);
      if (ret_choice->exit != NULL)
        ret_choice->others = nj_catalogue_group_others (catalogue, way + 1, ret_choice->exit);
      break;
    case NJ_SETTINGS_WAY_BAD:
    default:
      break;
    }
}

static void
choice_free (gpointer user_data)
{
  nj_route_choice_clear (user_data);
  g_free (user_data);
}

/* (transfer full) (nullable): the sites that have a way of their own. */
static NjSiteRoutes *
resolve_sites (const NjSettings *settings, NjCatalogue *catalogue)
{
  g_autoptr (GHashTable) ways = NULL;
  NjSiteRoutes  *routes;
  GHashTableIter all;
  gpointer       site, way;

  if (g_hash_table_size (settings->routes) == 0)
    return NULL;

  routes = nj_site_routes_new ();
  ways = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, choice_free);
  g_hash_table_iter_init (&all, settings->routes);
  while (g_hash_table_iter_next (&all, &site, &way))
    {
      NjExitChoice *choice = g_hash_table_lookup (ways, way);

      if (choice == NULL)
        {
          choice = g_new0 (NjExitChoice, 1);
          resolve_way (settings, catalogue, way, choice);
          g_hash_table_insert (ways, way, choice);
        }
      nj_site_routes_add (routes, nj_bytes_from_string (site), choice);
    }
  return routes;
}

/* (transfer full) (nullable): the programs that have a way of their own. */
static NjProgramRoutes *
resolve_programs (const NjSettings *settings, NjCatalogue *catalogue)
{
  NjProgramRoutes *routes;
  GHashTableIter   all;
  gpointer         program, way;

  if (g_hash_table_size (settings->programs) == 0)
    return NULL;

  routes = nj_program_routes_new ();
  g_hash_table_iter_init (&all, settings->programs);
  while (g_hash_table_iter_next (&all, &program, &way))
    {
      g_auto (NjExitChoice) choice = { .is_direct = FALSE };

      resolve_way (settings, catalogue, way, &choice);
      nj_program_routes_add (routes, program, &choice);
    }
  return routes;
}

/**
 * nj_exit_choice_resolve:
 * @settings: what the user chose
 * @catalogue: all exits there are
 * @current: (nullable): the exit in use
 * @ret_choice: (out): what the policy gets; clear it with nj_exit_choice_clear()
 * @ret_problem: (out) (transfer full) (nullable): why nothing can leave
 */
void
nj_exit_choice_resolve (const NjSettings *settings, NjCatalogue *catalogue, NjExit *current, NjExitChoice *ret_choice, char **ret_problem)
{
  g_autoptr (GError) error = NULL;
  NjExit *exit = NULL;

  *ret_choice = (NjExitChoice){ .is_direct = settings->exit_mode == NJ_EXIT_MODE_DIRECT };
  ret_choice->level = (NjExitLevel) settings->exit_level;
  ret_choice->sites = resolve_sites (settings, catalogue);
  ret_choice->programs = resolve_programs (settings, catalogue);
  *ret_problem = NULL;
  if (ret_choice->is_direct)
    return;

  if (settings->exit_mode == NJ_EXIT_MODE_EXIT)
    exit = nj_catalogue_find (catalogue, settings->exit_id);
  else if (is_still_good (settings, catalogue, current))
    exit = nj_exit_ref (current);
  else if (settings->exit_mode == NJ_EXIT_MODE_COUNTRY)
    exit = nj_catalogue_best_in_country (catalogue, settings->exit_country, &error);
  else if (settings->exit_mode == NJ_EXIT_MODE_GROUP)
    exit = nj_catalogue_best_in_group (catalogue, settings->exit_group, &error);
  else
    exit = nj_catalogue_fastest (catalogue, &error);

  ret_choice->exit = exit;
  ret_choice->others = others_of (settings, catalogue, exit);
  if (exit == NULL)
    *ret_problem = g_strdup (error != NULL ? error->message : "the chosen exit is no longer there");
}

static const char *const level_names[] = { [NJ_EXIT_LEVEL_CLOSED] = "closed", [NJ_EXIT_LEVEL_OPEN] = "open",
                                           [NJ_EXIT_LEVEL_LOCKDOWN] = "lockdown" };

/**
 * nj_exit_choice_level_name:
 * @level: how much a choice weighs
 *
 * Any thread.
 *
 * Returns: (transfer none): its name, as the bus and the settings file have it
 */
const char *
nj_exit_choice_level_name (NjExitLevel level)
{
  return level_names[level];
}

/**
 * nj_exit_choice_level:
 * @name: the name of a level
 * @ret_level: (out): that level
 *
 * Any thread.
 *
 * Returns: whether it is one
 */
gboolean
nj_exit_choice_level (const char *name, NjExitLevel *ret_level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (g_str_equal (level_names[i], name))
      {
        *ret_level = (NjExitLevel) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * nj_exit_choice_is_locked:
 * @settings: what the user chose
 *
 * Returns: whether he wants nothing to leave but through an exit, whatever else he says
 */
gboolean
nj_exit_choice_is_locked (const NjSettings *settings)
{
  return settings->exit_level == NJ_EXIT_LEVEL_LOCKDOWN;
}

/**
 * nj_exit_choice_place:
 * @settings: what the user chose
 *
 * Returns: (transfer full): the same as one word: "direct", "fastest", a country's code, an exit's id, or "@" and the name
 *   of a list
 */
char *
nj_exit_choice_place (const NjSettings *settings)
{
  switch ((NjExitMode) settings->exit_mode)
    {
    case NJ_EXIT_MODE_EXIT:
      return g_strdup (settings->exit_id);
    case NJ_EXIT_MODE_COUNTRY:
      return g_strdup (g_str_equal (settings->exit_country, "UK") ? "GB" : settings->exit_country);
    case NJ_EXIT_MODE_FASTEST:
      return g_strdup ("fastest");
    case NJ_EXIT_MODE_GROUP:
      return g_strconcat ("@", settings->exit_group, NULL);
    case NJ_EXIT_MODE_DIRECT:
    default:
      return g_strdup ("direct");
    }
}

/**
 * nj_exit_choice_check:
 * @catalogue: all exits there are
 * @mode: which way out
 * @what: an exit's id, a country's code or a list's name; of no meaning to the other modes
 *
 * Returns: whether an exit answers that choice now; @error is %NJ_EXIT_ERROR_NO_EXIT
 */
gboolean
nj_exit_choice_check (NjCatalogue *catalogue, NjExitMode mode, const char *what, GError **error)
{
  g_autoptr (NjExit) exit = NULL;

  if (mode == NJ_EXIT_MODE_DIRECT)
    return TRUE;
  if (mode == NJ_EXIT_MODE_COUNTRY)
    exit = nj_catalogue_best_in_country (catalogue, what, error);
  else if (mode == NJ_EXIT_MODE_GROUP)
    exit = nj_catalogue_best_in_group (catalogue, what, error);
  else if (mode == NJ_EXIT_MODE_FASTEST)
    exit = nj_catalogue_fastest (catalogue, error);
  else if ((exit = nj_catalogue_find (catalogue, what)) == NULL)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit “%s”", what);

  return exit != NULL;
}
