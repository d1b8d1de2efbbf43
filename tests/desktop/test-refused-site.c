/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that are looked into, as the desktop shows them: one that cannot prove who it is makes one notification, whose
 * buttons work in a real notification daemon; its certificates are shown, and those of a site that is what it should be.
 */
#include "session.h"
#include "tests/bus/list-server.h"

#include <X11/keysym.h>
#include <string.h>

#define NOTICES "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service"
#define DAEMON  "xfce4-notifyd"

static ListServer *good; /* trusted by the service */
static ListServer *bad;

static void
ask_inspection (const char *method, GVariant *arguments)
{
  g_autofree char     *whole = g_strconcat ("org.nightjar.Nightjar1.Inspection.", method, NULL);
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_sync (G_DBUS_PROXY (session.service), whole, arguments, 0, -1, NULL, &error);

  g_assert_no_error (error);
}

/* "127.0.0.1:PORT", as the journal and the bus have it. */
static char *
place_of (ListServer *server)
{
  g_autofree char *address = list_server_address (server, "/");
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);

  return g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

/* As a browser would that trusts our authority; whatever comes of it. */
static void
visit (ListServer *server)
{
  g_autofree char   *proxy = g_strconcat ("http://", nj_dbus_nightjar1_get_address (session.service), NULL);
  g_autofree char   *address = list_server_address (server, "/");
  const char *const  arguments[] = { "curl", "-k", "-s", "-o", "/dev/null", "--max-time", "50", "-x", proxy, address, NULL };
  g_autoptr (GError) error = NULL;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
is_excluded (const char *place)
{
  g_autoptr (GVariant) answer = g_dbus_proxy_call_sync (G_DBUS_PROXY (session.service),
                                                        "org.nightjar.Nightjar1.Inspection.ListExcluded", NULL, 0, -1, NULL, NULL);
  g_autofree char *text = answer != NULL ? g_variant_print (answer, FALSE) : g_strdup ("");

  return strstr (text, place) != NULL && strstr (text, "bad-site") != NULL;
}

static void
begin (void)
{
  ask_inspection ("SetEnabled", g_variant_new ("(b)", TRUE));
  ask_inspection ("SetPrograms", g_variant_new ("(s)", "all"));
  ask_inspection ("ForgetExcluded", g_variant_new ("(s)", ""));

  /* Then the program hears of sites, too, and we know where the port is. */
  session_go_to ("HTTPS");
  WAIT_FOR (hand_is_checked ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Every program"));
  WAIT_FOR (nj_dbus_nightjar1_get_address (session.service) != NULL && *nj_dbus_nightjar1_get_address (session.service) != '\0');
}

/* The desktop's bus starts nothing that a test does not ask for. */
static gboolean
start_daemon (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char     *program = NULL;

  if (!g_key_file_load_from_file (file, NOTICES, G_KEY_FILE_NONE, NULL))
    return FALSE;
  program = g_key_file_get_string (file, "D-BUS Service", "Exec", NULL);
  if (program == NULL)
    return FALSE;
  desk_start (session.desk, (const char *const[]){ program, NULL });
  return TRUE;
}

/* A notification comes and goes by itself: each time the button is not there the site is visited again. */
static gboolean
is_noticed (const char *button)
{
  visit (bad);
  for (guint i = 0; i < 20; i++)
    {
      if (hand_presses (DAEMON, ATSPI_ROLE_PUSH_BUTTON, button))
        return TRUE;
      hand_rests (100);
    }
  return FALSE;
}

static gboolean
is_skipped (void)
{
  g_autofree char *curl = g_find_program_in_path ("curl");

  if (session_is_skipped ())
    return TRUE;
  if (curl == NULL)
    g_test_skip ("curl is not installed");
  return curl == NULL;
}

/* A key that comes before the dialog has the focus is lost. */
static gboolean
is_closed (const char *title)
{
  hand_taps (XK_Escape);
  hand_rests (300);
  return !hand_sees ("nightjar", ATSPI_ROLE_DIALOG, title);
}

/* By the keyboard, as a screen reader's user does. */
static gboolean
is_line_chosen (void)
{
  AtspiAccessible *list = hand_find ("nightjar", ATSPI_ROLE_TREE_TABLE, "Requests, newest first");
  AtspiComponent  *component;

  if (list == NULL)
    list = hand_find ("nightjar", ATSPI_ROLE_TABLE, "Requests, newest first");
  component = list != NULL ? atspi_accessible_get_component_iface (list) : NULL;
  if (component != NULL)
    atspi_component_grab_focus (component, NULL);
  g_clear_object (&component);
  g_clear_object (&list);
  hand_taps (XK_Down);
  hand_rests (300);
  return hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Certificates of the site");
}

/* One button opens what is known of the site, the other one the site. */
static void
test_notification (void)
{
  g_autofree char *place = place_of (bad);
  g_autofree char *title = g_strdup_printf ("Certificates of %s", place);

  if (is_skipped ())
    return;
  if (!start_daemon ())
    {
      g_test_skip (DAEMON " is not installed");
      return;
    }

  begin ();
  WAIT_FOR (is_noticed ("Details"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_DIALOG, title));
  WAIT_FOR (is_closed (title));

  g_assert_false (is_excluded (place));
  WAIT_FOR (is_noticed ("Open without looking into it"));
  WAIT_FOR (is_excluded (place));
}

/* Why, by which certificate, and a way past it. */
static void
test_refused (void)
{
  g_autofree char *place = place_of (bad);
  g_autofree char *title = g_strdup_printf ("Certificates of %s", place);

  if (is_skipped ())
    return;

  begin ();
  visit (bad);
  session_go_to ("HTTPS");
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, title));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LIST_BOX, "The site"));
  g_assert_true (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Fingerprint (SHA-256)"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Open it without looking into it"));
  WAIT_FOR (is_excluded (place));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_DIALOG, title));
}

/* The browser sees our certificate; the site's own is a line of the journal and one button away. */
static void
test_seen (void)
{
  g_autofree char *place = place_of (good);
  g_autofree char *title = g_strdup_printf ("Certificates of %s", place);

  if (is_skipped ())
    return;

  begin ();
  list_server_give (good, "/", "hello", NULL);
  visit (good);
  session_go_to ("Activity");
  hand_types ("nightjar", "Filter the activity", place);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TREE_TABLE, "Requests, newest first") ||
            hand_sees ("nightjar", ATSPI_ROLE_TABLE, "Requests, newest first"));
  WAIT_FOR (is_line_chosen ());
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Certificates of the site"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_DIALOG, title));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LIST_BOX, "The site"));
  g_assert_false (hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Open it without looking into it"));
  WAIT_FOR (is_closed (title));
}

int
main (int argc, char **argv)
{
  g_autoptr (TestCertificate) trusted = test_certificate_new ("IP:127.0.0.1", 10);
  g_autoptr (TestCertificate) unknown = test_certificate_new ("IP:127.0.0.1", 10);

  g_test_init (&argc, &argv, NULL);
  g_setenv ("SSL_CERT_FILE", trusted->certificate_path, TRUE);
  session_open (FALSE);
  good = list_server_new (trusted);
  bad = list_server_new (unknown);
  g_test_add_func ("/desktop/refused-site/notification", test_notification);
  g_test_add_func ("/desktop/refused-site/refused", test_refused);
  g_test_add_func ("/desktop/refused-site/seen", test_seen);
  return session_close (g_test_run ());
}
