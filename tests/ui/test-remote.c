/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The remote against a stand-in service on a private bus: it fills, follows changes, lives through the service's
 * death and return, and brings it back by asking. No display.
 */
#include "ui/call.h"
#include "ui/remote.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

#define DEADLINE_MS 10000

typedef struct
{
  GTestDBus *bus;
  NjRemote  *remote;
  char      *failure;
  guint      starts_wanted;
} Fixture;

typedef gboolean (*Condition) (Fixture *fixture);

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_until (Fixture *fixture, Condition is_true)
{
  gboolean is_late = FALSE;
  guint    deadline = g_timeout_add (DEADLINE_MS, on_late, &is_late);

  while (!is_true (fixture) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  if (!is_late)
    g_source_remove (deadline);
  g_assert_true (is_true (fixture));
}

static const NjStatus *
status_of (Fixture *fixture)
{
  return nj_remote_status (fixture->remote);
}

static gboolean
is_filled (Fixture *fixture)
{
  return status_of (fixture)->state != NJ_STATE_ABSENT && status_of (fixture)->lists->len == 4
         && status_of (fixture)->exits->len == 4;
}

static gboolean
is_absent (Fixture *fixture)
{
  return !nj_remote_is_loading (fixture->remote) && status_of (fixture)->state == NJ_STATE_ABSENT;
}

static gboolean
is_on (Fixture *fixture)
{
  return status_of (fixture)->state == NJ_STATE_PROTECTED;
}

static gboolean
is_paused (Fixture *fixture)
{
  return status_of (fixture)->state == NJ_STATE_PAUSED;
}

static gboolean
is_dutch (Fixture *fixture)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status_of (fixture));

  return chosen != NULL && strcmp (chosen->country, "NL") == 0;
}

static gboolean
is_list_off (Fixture *fixture)
{
  for (guint i = 0; i < status_of (fixture)->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status_of (fixture)->lists, i);

      if (strcmp (list->id, "easylist") == 0)
        return !list->is_enabled;
    }

  return FALSE;
}

static gboolean
has_failed (Fixture *fixture)
{
  return fixture->failure != NULL;
}

static void
on_failed (NjRemote *remote, const char *text, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_free (fixture->failure);
  fixture->failure = g_strdup (text);
}

static void
on_start_wanted (NjRemote *remote, gpointer user_data)
{
  ((Fixture *) user_data)->starts_wanted++;
}

/* The stand-in is D-Bus activated, as the real service is. */
static void
set_up (Fixture *fixture, gconstpointer is_activatable)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  if (is_activatable != NULL)
    g_test_dbus_add_service_dir (fixture->bus, g_getenv ("STUB_SERVICES"));
  g_test_dbus_up (fixture->bus);
  fixture->remote = nj_remote_new (NULL);
  g_signal_connect (fixture->remote, "call-failed", G_CALLBACK (on_failed), fixture);
  g_signal_connect (fixture->remote, "start-wanted", G_CALLBACK (on_start_wanted), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer is_activatable)
{
  g_clear_object (&fixture->remote);
  g_clear_pointer (&fixture->failure, g_free);
  /* Calls that are still under way hold the connection; down() would wait for them. */
  g_test_dbus_stop (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
kill_service (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant)        answer = NULL;
  guint32                     pid;

  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "GetConnectionUnixProcessID", g_variant_new ("(s)", "org.nightjar.Nightjar1"), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
  g_variant_get (answer, "(u)", &pid);
  kill (pid, SIGKILL);
}

static void
test_fills_and_follows (Fixture *fixture, gconstpointer data)
{
  const NjStatusExit *exit;

  wait_until (fixture, is_filled);
  exit = g_ptr_array_index (status_of (fixture)->exits, 0);
  g_assert_cmpstr (exit->name, ==, "Berlin");
  g_assert_cmpstr (status_of (fixture)->address, ==, "127.0.0.1:8642");

  nj_call_turn (fixture->remote, TRUE);
  wait_until (fixture, is_on);
  nj_call_select_country (fixture->remote, "NL");
  wait_until (fixture, is_dutch);
  nj_call_set_list_enabled (fixture->remote, "easylist", FALSE);
  wait_until (fixture, is_list_off);
  nj_call_pause (fixture->remote, 300, "all");
  wait_until (fixture, is_paused);
  nj_call_resume (fixture->remote);
  wait_until (fixture, is_on);
}

static void
test_survives_the_service (Fixture *fixture, gconstpointer data)
{
  wait_until (fixture, is_filled);
  kill_service ();
  wait_until (fixture, is_absent);
  g_assert_cmpuint (status_of (fixture)->exits->len, ==, 0);

  nj_call_start (fixture->remote);
  wait_until (fixture, is_filled);
  nj_call_turn (fixture->remote, TRUE);
  wait_until (fixture, is_on);
  g_assert_null (fixture->failure);
}

static void
test_says_what_the_service_refused (Fixture *fixture, gconstpointer data)
{
  wait_until (fixture, is_filled);
  nj_call_select_exit (fixture->remote, "nowhere");
  wait_until (fixture, has_failed);
  g_assert_cmpstr (fixture->failure, ==, "no such exit");
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture             *fixture = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);

  g_assert_null (answer);
  fixture->failure = g_strdup (error->message);
}

static void
test_bad_address (Fixture *fixture, gconstpointer data)
{
  wait_until (fixture, is_filled);
  nj_call_add_exit (fixture->remote, "rubbish", "", "", NULL, on_added, fixture);
  wait_until (fixture, has_failed);
  g_assert_cmpstr (fixture->failure, ==, "exit address: no scheme, such as https://");
}

static void
test_without_service (Fixture *fixture, gconstpointer data)
{
  wait_until (fixture, is_absent);
  g_assert_cmpuint (fixture->starts_wanted, ==, 1);
  nj_call_start (fixture->remote);
  while (fixture->starts_wanted < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fixture->failure);
}

static void
test_bus_name (void)
{
  g_autofree char *own = nj_remote_bus_name (NULL);
  g_autofree char *one = nj_remote_bus_name ("/tmp/profile");
  g_autofree char *same = nj_remote_bus_name ("/tmp/./x/../profile/");

  g_assert_cmpstr (own, ==, "org.nightjar.Nightjar1");
  g_assert_true (g_str_has_prefix (one, "org.nightjar.Nightjar1.Profile_"));
  g_assert_true (g_dbus_is_name (one));
  g_assert_cmpstr (one, ==, same);
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/remote/bus-name", test_bus_name);
  g_test_add ("/ui/remote/fills-and-follows", Fixture, "", set_up, test_fills_and_follows, tear_down);
  g_test_add ("/ui/remote/survives-the-service", Fixture, "", set_up, test_survives_the_service, tear_down);
  g_test_add ("/ui/remote/says-what-was-refused", Fixture, "", set_up, test_says_what_the_service_refused, tear_down);
  g_test_add ("/ui/remote/bad-address", Fixture, "", set_up, test_bad_address, tear_down);
  g_test_add ("/ui/remote/without-service", Fixture, NULL, set_up, test_without_service, tear_down);
  return g_test_run ();
}
