/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one sets seldom about exits, as a user sets it in the window: lists by address, ways of sites and programs, lists
 * of one's own, the name server, files. Each time the real service is asked what became of it, and bad input must be
 * said at its field and change nothing.
 */
#include "session.h"

#include "tests/bus/list-server.h"

#include <glib/gstdio.h>
#include <string.h>

#define OK   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define MENU "More about exits"

static gboolean
presses (AtspiRole role, const char *name)
{
  return hand_presses ("nightjar", role, name);
}

static gboolean
sees (AtspiRole role, const char *name)
{
  return hand_sees ("nightjar", role, name);
}

/* Of the page's menu; @seen is a field or box of it. */
static void
open_sheet (const char *item, AtspiRole role, const char *seen)
{
  session_go_to ("Exits");
  WAIT_FOR (presses (ATSPI_ROLE_TOGGLE_BUTTON, MENU));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, item));
  WAIT_FOR (sees (role, seen));
}

/* By its own button: without a window manager no window gets the keys. */
static void
close_sheet (const char *title, AtspiRole role, const char *seen)
{
  WAIT_FOR (hand_presses_in ("nightjar", title, ATSPI_ROLE_PUSH_BUTTON, "Close"));
  WAIT_FOR (!sees (role, seen));
}

static guint
exit_count (void)
{
  return nj_remote_status (session.remote)->exits->len;
}

static const NjExitList *
exit_list (const char *name)
{
  GPtrArray *lists = nj_remote_status (session.remote)->exit_lists;

  for (guint i = 0; i < lists->len; i++)
    if (g_str_equal (((NjExitList *) g_ptr_array_index (lists, i))->name, name))
      return g_ptr_array_index (lists, i);
  return NULL;
}

static gboolean
has_failed (const char *name)
{
  const NjExitList *list = exit_list (name);

  return list != NULL && *list->problem != '\0';
}

static gboolean
says (AtspiRole role, const char *name, const char *words)
{
  g_autofree char *description = hand_description ("nightjar", role, name);

  return description != NULL && strstr (description, words) != NULL;
}

static void
add_list (const char *address, const char *name)
{
  WAIT_FOR (hand_types ("nightjar", "Address of the list", address));
  WAIT_FOR (hand_types ("nightjar", "Name of the list", name));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Fetch and add"));
}

static void
test_lists_by_address (void)
{
  g_autoptr (ListServer) server = NULL;
  g_autofree char       *address = NULL;
  guint                  before;

  if (session_is_skipped ())
    return;

  server = list_server_new (NULL);
  address = list_server_address (server, "/exits");
  before = exit_count ();
  open_sheet ("Lists by address", ATSPI_ROLE_TEXT, "Address of the list");

  /* Each its own words, and nothing comes in. */
  add_list ("gopher://lists.example/", "");
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "only https addresses are fetched"));
  list_server_say (server, "/exits", "HTTP/1.1 302 Found\r\nLocation: http://exits.example/\r\nContent-Length: 0\r\n", "", -1);
  add_list (address, "");
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "the server redirects: it leads to an address that is not encrypted"));
  list_server_say (server, "/exits", OK, "socks5://one.example:1 SE One\nhttp://two.example:70000\n", -1);
  add_list (address, "");
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "line 2: port is not a number from 1 to 65535"));
  g_assert_cmpuint (exit_count (), ==, before);
  g_assert_cmpuint (nj_remote_status (session.remote)->exit_lists->len, ==, 0);

  list_server_say (server, "/exits", OK, "socks5://one.example:1 SE One\nhttps://two.example NO Two\n", -1);
  add_list (address, "Provider");
  WAIT_FOR (sees (ATSPI_ROLE_LIST_ITEM, "Provider"));
  WAIT_FOR (exit_count () == before + 2);
  g_assert_true (exit_list ("Provider")->last_success_s > 0);

  /* What was good stays when what comes next is not, and the list says why. */
  list_server_say (server, "/exits", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", "", -1);
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Fetch Provider now"));
  WAIT_FOR (has_failed ("Provider"));
  WAIT_FOR (says (ATSPI_ROLE_LIST_ITEM, "Provider", "the server answered 404"));
  g_assert_cmpuint (exit_count (), ==, before + 2);

  WAIT_FOR (presses (ATSPI_ROLE_TOGGLE_BUTTON, "Remove Provider"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Remove it and its exits"));
  WAIT_FOR (exit_list ("Provider") == NULL && exit_count () == before);
  close_sheet ("Lists by Address", ATSPI_ROLE_TEXT, "Address of the list");
}

/* (transfer full): "example.org DE,", of sites or of programs */
static char *
routes (const char *method)
{
  g_autoptr (GVariant) answer = g_dbus_proxy_call_sync (G_DBUS_PROXY (session.service), method, NULL, 0, -1, NULL, NULL);
  g_autoptr (GVariant) list = NULL;
  GString             *text = g_string_new (NULL);
  GVariantIter         all;
  const char          *name, *way;

  g_assert_nonnull (answer);
  list = g_variant_get_child_value (answer, 0);
  g_variant_iter_init (&all, list);
  while (g_variant_iter_next (&all, "(&s&s)", &name, &way))
    g_string_append_printf (text, "%s %s,", name, way);
  return g_string_free (text, FALSE);
}

static gboolean
are_routes (const char *method, const char *wanted)
{
  g_autofree char *text = routes (method);

  return g_str_equal (text, wanted);
}

static gboolean
picks (const char *combo, const char *label)
{
  return hand_picks ("nightjar", combo, label);
}

static void
test_routes (void)
{
  static const char name[] = "Site or program that leaves another way";

  if (session_is_skipped ())
    return;

  open_sheet ("Sites and programs", ATSPI_ROLE_TEXT, name);
  WAIT_FOR (hand_types ("nightjar", name, "no site!"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "“no site!” is not a site"));
  g_assert_true (are_routes ("SiteRoutes", ""));

  WAIT_FOR (hand_types ("nightjar", name, "example.org"));
  WAIT_FOR (picks ("Way", "Germany"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (are_routes ("SiteRoutes", "example.org DE,"));
  WAIT_FOR (picks ("Way of example.org", "Direct"));
  WAIT_FOR (are_routes ("SiteRoutes", "example.org direct,"));

  WAIT_FOR (picks ("Site or program", "Program"));
  WAIT_FOR (hand_types ("nightjar", name, "bin/wget"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "“bin/wget” is neither the name of a program nor a path that begins with “/”"));
  WAIT_FOR (hand_types ("nightjar", name, "wget"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (are_routes ("ProgramRoutes", "wget DE,"));

  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "No way of its own for wget"));
  WAIT_FOR (are_routes ("ProgramRoutes", ""));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "No way of its own for example.org"));
  WAIT_FOR (are_routes ("SiteRoutes", ""));
  close_sheet ("Sites and Programs", ATSPI_ROLE_TEXT, name);
}

/* How many exits the only list of the user's own has, 0 when there is none. */
static guint
group_size (void)
{
  GPtrArray *groups = nj_remote_status (session.remote)->groups;

  return groups->len == 1 ? g_strv_length (((NjStatusGroup *) g_ptr_array_index (groups, 0))->exits) : 0;
}

static void
test_groups (void)
{
  if (session_is_skipped ())
    return;

  open_sheet ("Lists of your own", ATSPI_ROLE_PUSH_BUTTON, "New list…");
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "New list…"));
  WAIT_FOR (presses (ATSPI_ROLE_CHECK_BOX, "Germany · Frankfurt"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "A name is wanted."));
  WAIT_FOR (hand_types ("nightjar", "Name of your list", "a@b"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "“a@b” is no name for a list of exits"));
  g_assert_cmpuint (group_size (), ==, 0);

  WAIT_FOR (hand_types ("nightjar", "Name of your list", "Near me"));
  WAIT_FOR (presses (ATSPI_ROLE_CHECK_BOX, "Netherlands · Amsterdam"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (group_size () == 2);
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Change Near me"));
  WAIT_FOR (presses (ATSPI_ROLE_CHECK_BOX, "Germany · Frankfurt"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (group_size () == 1);
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Remove Near me"));
  WAIT_FOR (group_size () == 0);
  close_sheet ("Lists of Your Own", ATSPI_ROLE_PUSH_BUTTON, "New list…");
}

static gboolean
is_asked (const char *mode, const char *server, gboolean falls_back)
{
  const NjNameServer *now = nj_remote_status (session.remote)->name_server;

  return g_str_equal (now->mode, mode) && g_str_equal (now->server, server) && now->falls_back == falls_back;
}

static void
test_name_server (void)
{
  static const char fallback[] = "Ask the system where it cannot be had";

  if (session_is_skipped ())
    return;

  open_sheet ("Name server", ATSPI_ROLE_COMBO_BOX, "Who is asked");
  WAIT_FOR (picks ("Who is asked", "Mullvad"));
  WAIT_FOR (is_asked ("doh", "https://dns.mullvad.net/dns-query", FALSE));
  WAIT_FOR (picks ("How", "DNS over TLS"));
  WAIT_FOR (is_asked ("dot", "dns.mullvad.net", FALSE));
  WAIT_FOR (presses (ATSPI_ROLE_TOGGLE_BUTTON, fallback));
  WAIT_FOR (is_asked ("dot", "dns.mullvad.net", TRUE));

  /* What is wrong is said, and what was before still holds. */
  WAIT_FOR (picks ("Who is asked", "Another server"));
  WAIT_FOR (hand_types ("nightjar", "Name server", "dns.example:99999"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Use it"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "“dns.example:99999” is no name server: a host is wanted, or host:port"));
  WAIT_FOR (hand_types ("nightjar", "Name server", "dns.example"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Use it"));
  WAIT_FOR (sees (ATSPI_ROLE_LABEL, "an address of name server dns.example is wanted too: its name cannot be asked for before"));
  g_assert_true (is_asked ("dot", "dns.mullvad.net", TRUE));
  WAIT_FOR (hand_types ("nightjar", "Its addresses", "192.0.2.1, 192.0.2.2"));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Use it"));
  WAIT_FOR (is_asked ("dot", "dns.example", TRUE));

  /* Tested where nobody is: the reason is said. */
  WAIT_FOR (hand_types ("nightjar", "Name server", "127.0.0.1:1"));
  WAIT_FOR (hand_types ("nightjar", "Its addresses", ""));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Use it"));
  WAIT_FOR (is_asked ("dot", "127.0.0.1:1", TRUE));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Test"));
  WAIT_FOR (says (ATSPI_ROLE_LIST_ITEM, "Does it answer?", "it cannot be reached"));

  WAIT_FOR (picks ("Who is asked", "The system"));
  WAIT_FOR (nj_remote_status (session.remote)->name_server->mode[0] == 's');
  close_sheet ("Name Server", ATSPI_ROLE_COMBO_BOX, "Who is asked");
}

/* Of the only entry that has no name: the file chooser's. */
static void
save_as (const char *path, gboolean with_passwords)
{
  open_sheet ("Save exits to a file…", ATSPI_ROLE_CHECK_BOX, "With user names and passwords");
  if (with_passwords)
    {
      WAIT_FOR (presses (ATSPI_ROLE_CHECK_BOX, "With user names and passwords"));
      WAIT_FOR (sees (ATSPI_ROLE_LABEL, "Whoever reads that file can use your exits in your name. Keep it where only you can."));
    }
  WAIT_FOR (hand_types ("nightjar", "", path));
  WAIT_FOR (presses (ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (g_file_test (path, G_FILE_TEST_EXISTS));
  WAIT_FOR (!sees (ATSPI_ROLE_CHECK_BOX, "With user names and passwords"));
}

static void
test_saves_a_file (void)
{
  g_autofree char *path = NULL;
  g_autofree char *open = NULL;
  g_autofree char *text = NULL;
  GStatBuf         file;

  if (session_is_skipped ())
    return;

  path = g_build_filename (session.desk->folder, "exits.txt", NULL);
  save_as (path, FALSE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "nl.example"));
  g_assert_null (strstr (text, "secret"));

  open = g_build_filename (session.desk->folder, "passwords.txt", NULL);
  save_as (open, TRUE);
  g_free (g_steal_pointer (&text));
  g_assert_true (g_file_get_contents (open, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "user:secret@nl.example"));
  g_assert_cmpint (g_stat (open, &file), ==, 0);
  g_assert_cmpint (file.st_mode & 0777, ==, 0600);
}

/* Names below no sheet may be missing either. */
static void
test_names (void)
{
  static const struct
  {
    const char *item;
    const char *title;
    AtspiRole   role;
    const char *seen;
  } sheets[] = { { "Lists by address", "Lists by Address", ATSPI_ROLE_TEXT, "Address of the list" },
                 { "Sites and programs", "Sites and Programs", ATSPI_ROLE_TEXT, "Site or program that leaves another way" },
                 { "Lists of your own", "Lists of Your Own", ATSPI_ROLE_PUSH_BUTTON, "New list…" },
                 { "Name server", "Name Server", ATSPI_ROLE_COMBO_BOX, "Who is asked" } };

  if (session_is_skipped ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (sheets); i++)
    {
      g_autoptr (GPtrArray) nameless = NULL;

      open_sheet (sheets[i].item, sheets[i].role, sheets[i].seen);
      nameless = hand_nameless ("nightjar");
      for (guint n = 0; n < nameless->len; n++)
        g_test_message ("%s: a %s has no name", sheets[i].item, (char *) g_ptr_array_index (nameless, n));
      g_assert_cmpuint (nameless->len, ==, 0);
      close_sheet (sheets[i].title, sheets[i].role, sheets[i].seen);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  if (!session_is_skipped ())
    {
      session_ask ("AddExit", g_variant_new ("(sss)", "socks5://127.0.0.1:9", "DE", "Frankfurt"));
      session_ask ("AddExit", g_variant_new ("(sss)", "https://user:secret@nl.example", "NL", "Amsterdam"));
    }
  g_test_add_func ("/desktop/exit-sheets/names", test_names);
  g_test_add_func ("/desktop/exit-sheets/lists-by-address", test_lists_by_address);
  g_test_add_func ("/desktop/exit-sheets/routes", test_routes);
  g_test_add_func ("/desktop/exit-sheets/groups", test_groups);
  g_test_add_func ("/desktop/exit-sheets/name-server", test_name_server);
  g_test_add_func ("/desktop/exit-sheets/saves-a-file", test_saves_a_file);
  return session_close (g_test_run ());
}
