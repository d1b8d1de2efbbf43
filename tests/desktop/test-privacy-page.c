/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much is done to requests, as a user says it in the window; the real service is asked what became of it.
 */
#include "session.h"

static gboolean
is_profile (const char *wanted)
{
  return g_strcmp0 (nj_dbus_nightjar1_get_privacy (session.service), wanted) == 0;
}

static gboolean
is_option (const char *name, const char *wanted)
{
  GVariant   *options = nj_dbus_nightjar1_get_privacy_options (session.service);
  const char *value = NULL;

  return options != NULL && g_variant_lookup (options, name, "&s", &value) && g_str_equal (value, wanted);
}

static gboolean
is_site (const char *wanted, const char *profile)
{
  GVariant    *sites = nj_dbus_nightjar1_get_privacy_sites (session.service);
  GVariantIter all;
  const char  *site, *its;

  if (sites == NULL)
    return FALSE;
  g_variant_iter_init (&all, sites);
  while (g_variant_iter_next (&all, "(&s&s)", &site, &its))
    if (g_str_equal (site, wanted))
      return g_str_equal (its, profile);
  return FALSE;
}

static void
test_profile (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Privacy");
  WAIT_FOR (hand_is_checked ("nightjar", ATSPI_ROLE_RADIO_BUTTON, "Standard"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_RADIO_BUTTON, "Strict"));
  WAIT_FOR (is_profile ("strict"));
  WAIT_FOR (hand_is_checked ("nightjar", ATSPI_ROLE_RADIO_BUTTON, "Strict"));

  /* What somebody else says is shown, and not said again. */
  session_ask ("SetPrivacy", g_variant_new ("(s)", "off"));
  WAIT_FOR (hand_is_checked ("nightjar", ATSPI_ROLE_RADIO_BUTTON, "Off"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_RADIO_BUTTON, "Standard"));
  WAIT_FOR (is_profile ("standard"));
}

static void
test_sites (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Privacy");
  WAIT_FOR (hand_types ("nightjar", "Site with a profile of its own", "https://www.shop.example/cart"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add the site"));
  WAIT_FOR (is_site ("shop.example", "off"));
  session_ask ("SetSitePrivacy", g_variant_new ("(ss)", "shop.example", "strict"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_COMBO_BOX, "Privacy of shop.example"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Treat shop.example as all sites"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Treat shop.example as all sites"));
  g_assert_false (is_site ("shop.example", "strict"));
}

static void
test_options (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Privacy");
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look like most browsers"));
  WAIT_FOR (is_option ("user-agent", "common"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look like most browsers"));
  WAIT_FOR (is_option ("user-agent", "own"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Languages of the exit’s country"));
  WAIT_FOR (is_option ("accept-language", "match"));
}

static void
test_names (void)
{
  g_autoptr (GPtrArray) nameless = NULL;

  if (session_is_skipped ())
    return;

  session_go_to ("Privacy");
  nameless = hand_nameless ("nightjar");
  for (guint i = 0; i < nameless->len; i++)
    g_test_message ("without a name: %s", (const char *) g_ptr_array_index (nameless, i));
  g_assert_cmpuint (nameless->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/privacy/profile", test_profile);
  g_test_add_func ("/desktop/privacy/sites", test_sites);
  g_test_add_func ("/desktop/privacy/options", test_options);
  g_test_add_func ("/desktop/privacy/names", test_names);
  return session_close (g_test_run ());
}
