/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A private desktop for one test program: an X server without a screen, a session bus with only the services that
 * are wanted, a window manager where there is one, xfce4-panel with nothing but its tray. Everything lies in one
 * folder and dies with the test. What is missing on this machine is named, so that the test can be skipped.
 */
#include "desk.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVICES "/usr/share/dbus-1/services"

static const char bus_configuration[] =
  "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\""
  " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
  "<busconfig><type>session</type><listen>unix:path=%s/bus</listen><servicedir>%s/services</servicedir>"
  "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>"
  "<allow own=\"*\"/></policy></busconfig>\n";

/* One panel along the top, the tray its only part: the icon stands in the upper left corner. */
static const char panel_configuration[] =
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  "<channel name=\"xfce4-panel\" version=\"1.0\"><property name=\"configver\" type=\"int\" value=\"2\"/>"
  "<property name=\"panels\" type=\"array\"><value type=\"int\" value=\"1\"/>"
  "<property name=\"panel-1\" type=\"empty\"><property name=\"position\" type=\"string\" value=\"p=6;x=0;y=0\"/>"
  "<property name=\"length\" type=\"uint\" value=\"100\"/><property name=\"position-locked\" type=\"bool\" value=\"true\"/>"
  "<property name=\"size\" type=\"uint\" value=\"28\"/>"
  "<property name=\"plugin-ids\" type=\"array\"><value type=\"int\" value=\"1\"/></property></property></property>"
  "<property name=\"plugins\" type=\"empty\"><property name=\"plugin-1\" type=\"string\" value=\"systray\">"
  "<property name=\"square-icons\" type=\"bool\" value=\"true\"/></property></property></channel>\n";

static void
write_file (Desk *self, const char *path, const char *text)
{
  g_autofree char   *whole = g_build_filename (self->folder, path, NULL);
  g_autofree char   *folder = g_path_get_dirname (whole);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (whole, text, -1, &error);
  g_assert_no_error (error);
}

static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * desk_start:
 * @self: the desktop
 * @arguments: program and arguments
 *
 * Returns: the program's process id; it ends with the desktop
 */
GPid
desk_start (Desk *self, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  GPid               pid;

  g_spawn_async (NULL, (char **) arguments, NULL,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                 die_with_parent, NULL, &pid, &error);
  g_assert_no_error (error);
  g_ptr_array_add (self->pids, GINT_TO_POINTER (pid));
  return pid;
}

/**
 * desk_end:
 * @self: the desktop
 * @pid: a program that desk_start() started
 *
 * Ends it and waits for its end.
 */
void
desk_end (Desk *self, GPid pid)
{
  g_assert_true (g_ptr_array_remove (self->pids, GINT_TO_POINTER (pid)));
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
}

/* The server chooses a free number itself and tells it when it accepts connections. */
static gboolean
start_screen (Desk *self)
{
  int              pipe_ends[2];
  char             number[16] = "";
  g_autofree char *end = NULL;
  g_autofree char *display = NULL;
  gsize            length = 0;

  g_assert_cmpint (pipe (pipe_ends), ==, 0);
  fcntl (pipe_ends[0], F_SETFD, FD_CLOEXEC);
  end = g_strdup_printf ("%d", pipe_ends[1]);
  {
    const char        *arguments[] = { "Xvfb", "-displayfd", end, "-screen", "0", "1000x700x24", "-nolisten", "tcp",
                                       "-noreset", NULL };
    g_autoptr (GError) error = NULL;
    GPid               pid;

    g_spawn_async (NULL, (char **) arguments, NULL,
                   G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN
                     | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                   die_with_parent, NULL, &pid, &error);
    g_assert_no_error (error);
    g_ptr_array_add (self->pids, GINT_TO_POINTER (pid));
  }

  close (pipe_ends[1]);
  /* Number and line end come in two writes, and the server gives up when the second fails. */
  while (strchr (number, '\n') == NULL && length < sizeof number - 1)
    {
      gssize got = read (pipe_ends[0], number + length, sizeof number - 1 - length);

      if (got <= 0)
        break;
      length += got;
    }
  close (pipe_ends[0]);
  if (length == 0)
    return FALSE;

  display = g_strdup_printf (":%s", g_strstrip (number));
  g_setenv ("DISPLAY", display, TRUE);
  return TRUE;
}

static void
copy_service (Desk *self, const char *name)
{
  g_autofree char *from = g_strdup_printf (SERVICES "/%s.service", name);
  g_autofree char *to = g_strdup_printf ("services/%s.service", name);
  g_autofree char *text = NULL;

  if (g_file_get_contents (from, &text, NULL, NULL))
    write_file (self, to, text);
}

static void
start_bus (Desk *self, const char *service)
{
  g_autofree char *configuration = g_strdup_printf (bus_configuration, self->folder, self->folder);
  g_autofree char *option = g_strdup_printf ("--config-file=%s/bus.conf", self->folder);
  g_autofree char *socket = g_build_filename (self->folder, "bus", NULL);
  g_autofree char *address = g_strconcat ("unix:path=", socket, NULL);
  g_autofree char *file = g_strdup_printf ("services/%s.service", self->bus_name);
  g_autofree char *text = g_strdup_printf ("[D-BUS Service]\nName=%s\nExec=%s --profile %s --listen 127.0.0.1:0 --no-desktop\n",
                                           self->bus_name, service, self->profile);
  const char      *arguments[] = { "dbus-daemon", option, "--nofork", "--nopidfile", NULL };

  write_file (self, "bus.conf", configuration);
  write_file (self, file, text);
  copy_service (self, "org.a11y.Bus");
  copy_service (self, "org.xfce.Xfconf");
  desk_start (self, arguments);
  for (int i = 0; i < 500 && !g_file_test (socket, G_FILE_TEST_EXISTS); i++)
    g_usleep (10000);

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
}

static void
set_environment (Desk *self)
{
  static const struct
  {
    const char *name;
    const char *folder;
  } folders[] = { { "HOME", "home" },           { "XDG_CONFIG_HOME", "config" }, { "XDG_DATA_HOME", "data" },
                  { "XDG_CACHE_HOME", "cache" }, { "XDG_STATE_HOME", "state" },   { "XDG_RUNTIME_DIR", "runtime" } };
  static const char *const unwanted[] = { "WAYLAND_DISPLAY", "GDK_BACKEND",  "GTK_THEME",        "GTK_MODULES",
                                          "NO_AT_BRIDGE",    "GDK_SCALE",    "SESSION_MANAGER",  "G_DEBUG",
                                          "GTK_IM_MODULE",   "MALLOC_PERTURB_", "NIGHTJAR_TRAY_ICONS" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, folders[i].folder, NULL);

      g_mkdir_with_parents (path, 0700);
      g_setenv (folders[i].name, path, TRUE);
    }

  for (guint i = 0; i < G_N_ELEMENTS (unwanted); i++)
    g_unsetenv (unwanted[i]);

  g_setenv ("XDG_CURRENT_DESKTOP", "XFCE", TRUE);
  g_setenv ("XDG_SESSION_TYPE", "x11", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
}

static char *
missing_part (void)
{
  static const char *const programs[] = { "Xvfb", "dbus-daemon", "xfce4-panel" };
  static const char *const services[] = { "org.a11y.Bus", "org.xfce.Xfconf" };

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = g_find_program_in_path (programs[i]);

      if (path == NULL)
        return g_strdup_printf ("%s is not installed", programs[i]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autofree char *path = g_strdup_printf (SERVICES "/%s.service", services[i]);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_strdup_printf ("the D-Bus service %s is not installed", services[i]);
    }

  return NULL;
}

static void
start_wm (Desk *self)
{
  g_autofree char *wm = g_find_program_in_path ("openbox");
  const char      *arguments[] = { "openbox", NULL };

  if (wm != NULL)
    desk_start (self, arguments);
}

/**
 * desk_start_panel:
 * @self: the desktop
 *
 * Starts the panel, or starts it again after it was ended.
 *
 * Returns: its process id
 */
GPid
desk_start_panel (Desk *self)
{
  const char *arguments[] = { "xfce4-panel", "--disable-wm-check", NULL };

  write_file (self, "config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", panel_configuration);
  self->panel = desk_start (self, arguments);
  return self->panel;
}

/**
 * desk_open:
 * @service: path of the service's program
 * @bus_name: gives the bus name for a profile folder
 * @ret_reason: (out): why there can be no desktop here, for g_test_skip()
 *
 * Returns: (transfer full) (nullable): the desktop, panel started, service to be started by the bus when it is asked
 */
Desk *
desk_open (const char *service, char *(*bus_name) (const char *profile), char **ret_reason)
{
  Desk *self;
  char *reason = missing_part ();

  if (reason != NULL)
    {
      *ret_reason = reason;
      return NULL;
    }

  self = g_new0 (Desk, 1);
  self->pids = g_ptr_array_new ();
  self->folder = g_dir_make_tmp ("nightjar-desk-XXXXXX", NULL);
  self->profile = g_build_filename (self->folder, "profile", NULL);
  self->bus_name = bus_name (self->profile);
  g_mkdir_with_parents (self->profile, 0700);
  set_environment (self);
  if (!start_screen (self))
    {
      *ret_reason = g_strdup ("Xvfb does not start here");
      desk_close (self);
      return NULL;
    }

  start_bus (self, service);
  start_wm (self);
  desk_start_panel (self);
  return self;
}

/**
 * desk_close:
 * @self: (transfer full): the desktop
 *
 * Ends everything that desk_start() started, the last first, and removes its folder.
 */
void
desk_close (Desk *self)
{
  const char *arguments[] = { "rm", "-rf", self->folder, NULL };

  while (self->pids->len > 0)
    desk_end (self, GPOINTER_TO_INT (g_ptr_array_index (self->pids, self->pids->len - 1)));

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_ptr_array_unref (self->pids);
  g_free (self->folder);
  g_free (self->profile);
  g_free (self->bus_name);
  g_free (self);
}
