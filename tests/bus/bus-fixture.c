/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts the built service with a profile, a bus and desktop settings that are the test's own, and talks to it.
 */
#include "tests/bus/bus-fixture.h"

#include "settings/folders.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/prctl.h>

#define ROOT "/org/nightjar/Nightjar1"
/* Longer than anything may take on a loaded machine; µs. */
#define PATIENCE (20 * G_USEC_PER_SEC)

static char *config_folder;

/**
 * bus_fixture_init:
 * @argc: of main()
 * @argv: of main()
 *
 * To be called first. Points all settings of this process and its children at a folder of its own.
 */
void
bus_fixture_init (int *argc, char ***argv)
{
  config_folder = g_dir_make_tmp ("nightjar-config-XXXXXX", NULL);
  g_setenv ("XDG_CONFIG_HOME", config_folder, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
  g_setenv ("NIGHTJAR_TEST_ANY_SETTINGS_BACKEND", "1", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_setenv ("G_DEBUG", "fatal-criticals", TRUE);
  g_test_init (argc, argv, NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

/**
 * bus_fixture_run:
 *
 * Returns: the exit status of the test program
 */
int
bus_fixture_run (void)
{
  int status = g_test_run ();

  remove_tree (config_folder);
  return status;
}

/**
 * bus_fixture_set_up:
 * @f: a fixture
 * @options: unused
 *
 * Makes a profile and a bus; no service yet.
 */
void
bus_fixture_set_up (BusFixture *f, gconstpointer options)
{
  g_autoptr (NjFolders) folders = NULL;
  g_autoptr (GError) error = NULL;

  f->profile = g_dir_make_tmp ("nightjar-bus-XXXXXX", NULL);
  folders = nj_folders_new (f->profile);
  f->name = nj_folders_bus_name (folders);
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (f->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
}

/**
 * bus_fixture_tear_down:
 * @f: a fixture
 * @options: unused
 */
void
bus_fixture_tear_down (BusFixture *f, gconstpointer options)
{
  if (f->service != NULL)
    bus_fixture_end (f);

  g_clear_object (&f->proxy);
  g_clear_object (&f->connection);
  if (f->bus != NULL)
    g_test_dbus_stop (f->bus);
  g_clear_object (&f->bus);
  remove_tree (f->profile);
  g_free (f->profile);
  g_free (f->name);
  g_free (f->address);
}

static void
on_child (gpointer unused)
{
  /* A test that is killed takes its service with it. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * bus_fixture_start:
 * @f: a fixture
 * @more: (nullable): one more argument
 *
 * Starts the service and waits until it is ready.
 */
void
bus_fixture_start (BusFixture *f, const char *more)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", g_test_dbus_get_bus_address (f->bus), TRUE);
  f->service = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("NIGHTJARD"), "--profile", f->profile, "--listen",
                                            "127.0.0.1:0", more, NULL);
  g_assert_no_error (error);

  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (f->service));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "ready http://127.0.0.1:"));

  g_free (f->address);
  f->address = g_strndup (line + strlen ("ready http://"), strcspn (line + strlen ("ready http://"), " "));
  g_clear_object (&f->proxy);
  f->proxy = nj_dbus_nightjar1_proxy_new_sync (f->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, f->name, ROOT, NULL, &error);
  g_assert_no_error (error);
}

/**
 * bus_fixture_kill:
 * @f: a fixture with a service
 *
 * As a crash would end it.
 */
void
bus_fixture_kill (BusFixture *f)
{
  g_subprocess_force_exit (f->service);
  g_subprocess_wait (f->service, NULL, NULL);
  g_clear_object (&f->service);
}

/**
 * bus_fixture_end:
 * @f: a fixture with a service
 *
 * Ends it as a session does.
 *
 * Returns: its exit status
 */
int
bus_fixture_end (BusFixture *f)
{
  int status;

  g_subprocess_send_signal (f->service, SIGTERM);
  g_subprocess_wait (f->service, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (f->service));
  status = g_subprocess_get_exit_status (f->service);
  g_clear_object (&f->service);
  return status;
}

/**
 * bus_fixture_path:
 * @f: a fixture
 * @name: a file of the profile
 *
 * Returns: (transfer full): its path
 */
char *
bus_fixture_path (BusFixture *f, const char *name)
{
  return g_build_filename (f->profile, name, NULL);
}

/**
 * bus_fixture_write:
 * @f: a fixture
 * @name: a file of the profile
 * @text: what goes into it
 */
void
bus_fixture_write (BusFixture *f, const char *name, const char *text)
{
  g_autofree char *path = bus_fixture_path (f, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/**
 * bus_fixture_ctl:
 * @f: a fixture
 * @ret_out: (out) (optional) (transfer full): what nightjarctl printed
 * @first: its first argument
 * @...: more of them, %NULL at the end
 *
 * Returns: the exit status of nightjarctl
 */
int
bus_fixture_ctl (BusFixture *f, char **ret_out, const char *first, ...)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  va_list     list;
  const char *argument;

  g_ptr_array_add (arguments, (char *) g_getenv ("NIGHTJARCTL"));
  g_ptr_array_add (arguments, "--profile");
  g_ptr_array_add (arguments, f->profile);
  va_start (list, first);
  for (argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (char *) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);

  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", g_test_dbus_get_bus_address (f->bus), TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("nightjarctl %s …: %s", first, out);

  if (ret_out != NULL)
    *ret_out = g_steal_pointer (&out);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

/**
 * bus_fixture_visit:
 * @f: a fixture with a service
 * @target: an address of the web
 *
 * Asks for it through the service's port, whatever is answered.
 */
void
bus_fixture_visit (BusFixture *f, const char *target)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n", target);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[4096];

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, f->address, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request, strlen (request), NULL,
                                            NULL, NULL));
  while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL, NULL) > 0)
    continue;
}

/**
 * bus_fixture_await_state:
 * @f: a fixture with a service
 * @state: what it should come to
 */
void
bus_fixture_await_state (BusFixture *f, const char *state)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (g_strcmp0 (nj_dbus_nightjar1_get_state (f->proxy), state) != 0)
    {
      if (g_get_monotonic_time () > deadline)
        g_error ("the state is %s and not %s", nj_dbus_nightjar1_get_state (f->proxy), state);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (2000);
    }
}

/**
 * bus_fixture_assert_error:
 * @error: (transfer full): what a call answered
 * @name: the last part of the error's name on the bus
 */
void
bus_fixture_assert_error (GError *error, const char *name)
{
  g_autofree char *whole = g_strconcat ("org.nightjar.Error.", name, NULL);
  g_autofree char *got = NULL;

  g_assert_nonnull (error);
  got = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (got, ==, whole);
  g_error_free (error);
}

/**
 * bus_fixture_interface:
 * @f: a fixture with a service
 * @path: below the root, as "exits/ID"
 * @interface: the last part of its name
 *
 * Returns: (transfer full) (nullable): a fresh proxy, %NULL when there is no such object
 */
GDBusInterface *
bus_fixture_interface (BusFixture *f, const char *path, const char *interface)
{
  g_autoptr (GDBusObjectManager) objects = NULL;
  g_autofree char *whole = g_strdup_printf (ROOT "/%s", path);
  g_autofree char *name = g_strdup_printf ("org.nightjar.Nightjar1.%s", interface);

  objects = nj_dbus_object_manager_client_new_sync (f->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, f->name,
                                                    ROOT, NULL, NULL);
  g_assert_nonnull (objects);
  return g_dbus_object_manager_get_interface (objects, whole, name);
}
