/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what the user said to the exit that is used: never direct unless he said direct.
 */
#include "settings/exit-choice.h"

#include "settings/settings-routes.h"

typedef struct
{
  NjSettings  *settings;
  NjCatalogue *catalogue;
  NjExit      *oslo;
  NjExit      *bergen;
} Fixture;

static NjExit *
add (Fixture *f, const char *uri, const char *country)
{
  NjExit *exit = nj_exit_new_from_uri (uri, country, NULL, NULL);

  g_assert_nonnull (exit);
  g_assert_true (nj_catalogue_add (f->catalogue, exit, NULL));
  return exit;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->settings = nj_settings_new ();
  f->catalogue = nj_catalogue_new ();
  f->oslo = add (f, "http://oslo.example:80", "NO");
  f->bergen = add (f, "http://bergen.example:80", "NO");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_settings_free (f->settings);
  nj_catalogue_free (f->catalogue);
  nj_exit_unref (f->oslo);
  nj_exit_unref (f->bergen);
}

static void
choose (Fixture *f, NjExitMode mode, const char *id, const char *country)
{
  f->settings->exit_mode = mode;
  g_free (f->settings->exit_id);
  f->settings->exit_id = g_strdup (id);
  g_free (f->settings->exit_country);
  f->settings->exit_country = g_strdup (country);
}

static void
assert_resolves (Fixture *f, NjExit *current, gboolean is_direct, NjExit *expected)
{
  g_auto (NjExitChoice) choice = { 0 };
  g_autofree char *problem = NULL;

  nj_exit_choice_resolve (f->settings, f->catalogue, current, &choice, &problem);
  g_assert_cmpint (choice.is_direct, ==, is_direct);
  g_assert_true (choice.exit == expected);
  g_assert_cmpint (problem != NULL, ==, !is_direct && expected == NULL);
}

static void
test_direct (Fixture *f, gconstpointer unused)
{
  assert_resolves (f, NULL, TRUE, NULL);
  choose (f, NJ_EXIT_MODE_DIRECT, "", "");
  assert_resolves (f, f->oslo, TRUE, NULL);
}

static void
test_missing_is_not_direct (Fixture *f, gconstpointer unused)
{
  choose (f, NJ_EXIT_MODE_EXIT, "gone", "");
  assert_resolves (f, NULL, FALSE, NULL);
  choose (f, NJ_EXIT_MODE_COUNTRY, "", "SE");
  assert_resolves (f, f->oslo, FALSE, NULL);

  nj_catalogue_remove (f->catalogue, nj_exit_id (f->oslo));
  nj_catalogue_remove (f->catalogue, nj_exit_id (f->bergen));
  choose (f, NJ_EXIT_MODE_FASTEST, "", "");
  assert_resolves (f, f->oslo, FALSE, NULL);
  choose (f, NJ_EXIT_MODE_EXIT, nj_exit_id (f->oslo), "");
  assert_resolves (f, f->oslo, FALSE, NULL);
}

static void
test_this_one (Fixture *f, gconstpointer unused)
{
  choose (f, NJ_EXIT_MODE_EXIT, nj_exit_id (f->bergen), "");
  assert_resolves (f, NULL, FALSE, f->bergen);

  /* Also dead: the user said this one, and no other. */
  nj_exit_dial_failed (f->bergen, "refused");
  nj_exit_dial_failed (f->bergen, "refused");
  assert_resolves (f, f->bergen, FALSE, f->bergen);
}

static void
test_country_stays_and_moves (Fixture *f, gconstpointer unused)
{
  choose (f, NJ_EXIT_MODE_COUNTRY, "", "NO");
  nj_exit_dial_succeeded (f->oslo, 90000);
  nj_exit_dial_succeeded (f->bergen, 10000);
  assert_resolves (f, NULL, FALSE, f->bergen);

  /* A faster one is no reason to leave one that works; a dead one is. */
  assert_resolves (f, f->oslo, FALSE, f->oslo);
  nj_exit_dial_failed (f->oslo, "refused");
  nj_exit_dial_failed (f->oslo, "refused");
  g_assert_cmpint (nj_exit_state (f->oslo), ==, NJ_EXIT_STATE_DEAD);
  assert_resolves (f, f->oslo, FALSE, f->bergen);
}

static void
test_others (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjExit) abroad = add (f, "http://kiel.example:80", "DE");
  static const struct
  {
    NjExitMode mode;
    gint64     abroad;
    int        n; /* -1 none */
  } cases[] = { { NJ_EXIT_MODE_COUNTRY, 0, 1 }, { NJ_EXIT_MODE_COUNTRY, 1, 2 },
                { NJ_EXIT_MODE_FASTEST, 0, 2 }, { NJ_EXIT_MODE_EXIT, 1, -1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (NjExitChoice) choice = { 0 };
      g_autofree char *problem = NULL;

      choose (f, cases[i].mode, nj_exit_id (f->oslo), "NO");
      f->settings->exit_abroad = cases[i].abroad;
      nj_exit_choice_resolve (f->settings, f->catalogue, f->oslo, &choice, &problem);
      g_assert_true (choice.exit == f->oslo);
      g_assert_cmpint (choice.others != NULL ? (int) choice.others->len : -1, ==, cases[i].n);
      if (cases[i].n > 0)
        g_assert_true (g_ptr_array_index (choice.others, 0) == f->bergen);
    }
}

static void
assert_route (Fixture *f, const char *host, NjRouteKind kind, NjExit *exit)
{
  g_auto (NjExitChoice) choice = { 0 };
  g_autofree char *problem = NULL;
  NjRoute route;

  nj_exit_choice_resolve (f->settings, f->catalogue, NULL, &choice, &problem);
  nj_route_choose (&choice, nj_bytes_from_string (host), &route);
  g_assert_cmpint (route.kind, ==, kind);
  g_assert_true (route.exit == exit);
}

static void
test_sites (Fixture *f, gconstpointer unused)
{
  nj_settings_routes_set (f->settings, "direct.test", "direct");
  nj_settings_routes_set (f->settings, "norway.test", "NO");
  nj_settings_routes_set (f->settings, "bergen.test", nj_exit_id (f->bergen));
  nj_settings_routes_set (f->settings, "sweden.test", "SE");
  nj_settings_routes_set (f->settings, "odd.test", "nonsense");

  choose (f, NJ_EXIT_MODE_DIRECT, "", "");
  assert_route (f, "example.org", NJ_ROUTE_DIRECT, NULL);
  assert_route (f, "www.norway.test", NJ_ROUTE_EXIT, f->oslo);
  assert_route (f, "www.bergen.test", NJ_ROUTE_EXIT, f->bergen);
  assert_route (f, "sweden.test", NJ_ROUTE_REFUSED, NULL);
  assert_route (f, "odd.test", NJ_ROUTE_REFUSED, NULL);

  choose (f, NJ_EXIT_MODE_COUNTRY, "", "NO");
  assert_route (f, "a.direct.test", NJ_ROUTE_DIRECT, NULL);
  assert_route (f, "sweden.test", NJ_ROUTE_REFUSED, NULL);

  /* Who is faster at the moment does not move a site; who is dead does. */
  nj_exit_dial_succeeded (f->oslo, 90000);
  nj_exit_dial_succeeded (f->bergen, 10000);
  assert_route (f, "norway.test", NJ_ROUTE_EXIT, f->oslo);
  nj_exit_dial_failed (f->oslo, "refused");
  nj_exit_dial_failed (f->oslo, "refused");
  assert_route (f, "norway.test", NJ_ROUTE_EXIT, f->bergen);
}

static void
test_check (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (nj_exit_choice_check (f->catalogue, NJ_EXIT_MODE_DIRECT, "", NULL));
  g_assert_true (nj_exit_choice_check (f->catalogue, NJ_EXIT_MODE_COUNTRY, "no", NULL));
  g_assert_true (nj_exit_choice_check (f->catalogue, NJ_EXIT_MODE_FASTEST, "", NULL));
  g_assert_true (nj_exit_choice_check (f->catalogue, NJ_EXIT_MODE_EXIT, nj_exit_id (f->oslo), NULL));
  g_assert_false (nj_exit_choice_check (f->catalogue, NJ_EXIT_MODE_EXIT, "gone", &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT);
}

#define CASE(name, function) g_test_add ("/settings/exit-choice/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("direct", test_direct);
  CASE ("missing-is-not-direct", test_missing_is_not_direct);
  CASE ("this-one", test_this_one);
  CASE ("country-stays-and-moves", test_country_stays_and_moves);
  CASE ("others", test_others);
  CASE ("sites", test_sites);
  CASE ("check", test_check);
  return g_test_run ();
}
