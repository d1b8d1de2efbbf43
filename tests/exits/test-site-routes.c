/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that have a way of their own: the nearest one counts, and none of them is ever direct by mistake.
 */
#include "exits/site-routes.h"

typedef struct
{
  NjExit      *general;
  NjExit      *own;
  NjExitChoice choice;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->general = nj_exit_new_from_uri ("http://general.example:80", "NO", NULL, NULL);
  f->own = nj_exit_new_from_uri ("http://own.example:80", "DE", NULL, NULL);
  f->choice = (NjExitChoice){ .exit = nj_exit_ref (f->general), .sites = nj_site_routes_new () };
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_route_choice_clear (&f->choice);
  nj_exit_unref (f->general);
  nj_exit_unref (f->own);
}

static void
add (Fixture *f, const char *site, gboolean is_direct, NjExit *exit)
{
  const NjExitChoice choice = { .is_direct = is_direct, .exit = exit };

  nj_site_routes_add (f->choice.sites, nj_bytes_from_string (site), &choice);
}

static NjRoute
route_of (Fixture *f, const char *host)
{
  NjRoute route;

  nj_route_choose (&f->choice, nj_bytes_from_string (host), &route);
  return route;
}

static void
test_nearest (Fixture *f, gconstpointer unused)
{
  add (f, "example.org", FALSE, f->own);
  add (f, "bank.example.org", TRUE, NULL);
  add (f, "gone.example.org", FALSE, NULL);

  g_assert_true (route_of (f, "example.org").exit == f->own);
  g_assert_true (route_of (f, "www.example.org").exit == f->own);
  g_assert_true (route_of (f, "a.b.c.example.org").exit == f->own);
  g_assert_cmpint (route_of (f, "bank.example.org").kind, ==, NJ_ROUTE_DIRECT);
  g_assert_cmpint (route_of (f, "www.bank.example.org").kind, ==, NJ_ROUTE_DIRECT);

  /* No part of a label, nothing above, nothing beside. */
  g_assert_true (route_of (f, "notexample.org").exit == f->general);
  g_assert_true (route_of (f, "xbank.example.org").exit == f->own);
  g_assert_true (route_of (f, "org").exit == f->general);
  g_assert_true (route_of (f, "example.org.evil.test").exit == f->general);
  g_assert_true (route_of (f, "192.0.2.1").exit == f->general);
}

static void
test_missing_is_refused (Fixture *f, gconstpointer unused)
{
  add (f, "example.org", FALSE, NULL);
  f->choice.is_direct = TRUE;
  g_clear_pointer (&f->choice.exit, nj_exit_unref);

  g_assert_cmpint (route_of (f, "example.net").kind, ==, NJ_ROUTE_DIRECT);
  g_assert_cmpint (route_of (f, "example.org").kind, ==, NJ_ROUTE_REFUSED);
  g_assert_nonnull (route_of (f, "example.org").reason);
}

static void
test_later_counts (Fixture *f, gconstpointer unused)
{
  add (f, "example.org", TRUE, NULL);
  add (f, "example.org", FALSE, f->own);
  g_assert_true (route_of (f, "example.org").exit == f->own);
}

static void
test_many (Fixture *f, gconstpointer unused)
{
  for (int i = 0; i < NJ_SITE_ROUTES_MAX + 10; i++)
    {
      g_autofree char *site = g_strdup_printf ("s%d.test", (i * 7919) % 100003);

      add (f, site, i % 2 == 0, i % 2 == 0 ? NULL : f->own);
    }
  for (int i = 0; i < NJ_SITE_ROUTES_MAX + 10; i++)
    {
      g_autofree char *host = g_strdup_printf ("www.s%d.test", (i * 7919) % 100003);
      NjRoute          route = route_of (f, host);

      if (i >= NJ_SITE_ROUTES_MAX)
        g_assert_true (route.exit == f->general);
      else
        g_assert_cmpint (route.kind, ==, i % 2 == 0 ? NJ_ROUTE_DIRECT : NJ_ROUTE_EXIT);
    }
}

#define CASE(name, function) g_test_add ("/exits/site-routes/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("nearest", test_nearest);
  CASE ("missing-is-refused", test_missing_is_refused);
  CASE ("later-counts", test_later_counts);
  CASE ("many", test_many);
  return g_test_run ();
}
