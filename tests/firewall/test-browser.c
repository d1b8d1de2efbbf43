/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a process is a browser: by the name of its executable, which is run from a folder of the test's
 * own; a script of an interpreter by its own name; a helper by whose it is.
 */
#include "firewall/browser.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->folder = g_dir_make_tmp ("nightjar-browser-XXXXXX", NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", f->folder);

  g_assert_cmpint (system (command), ==, 0);
  g_free (f->folder);
}

/* A copy of a program of the system under another name. */
static char *
copy_as (Fixture *f, const char *program, const char *name)
{
  g_autofree char *found = g_find_program_in_path (program);
  g_autofree char *bytes = NULL;
  char            *path = g_build_filename (f->folder, name, NULL);
  gsize            len;

  g_assert_true (g_file_get_contents (found, &bytes, &len, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) len, NULL));
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  return path;
}

static pid_t
start (char **arguments)
{
  GPid    process;
  GError *error = NULL;

  g_spawn_async (NULL, arguments, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &process, &error);
  g_assert_no_error (error);
  return process;
}

static void
end (pid_t process)
{
  kill (process, SIGKILL);
  waitpid (process, NULL, 0);
}

static void
test_names (void)
{
  g_assert_true (nj_browser_is_name ("firefox-esr"));
  g_assert_true (nj_browser_is_name ("chromium"));
  g_assert_true (nj_browser_is_name ("librewolf"));
  g_assert_true (nj_browser_is_name ("zen-bin"));
  g_assert_true (nj_browser_is_name ("abrowser"));
  g_assert_false (nj_browser_is_name ("curl"));
  g_assert_false (nj_browser_is_name ("firefox.real"));
  g_assert_false (nj_browser_is_name ("thunderbird"));
  g_assert_false (nj_browser_is_name (""));
}

static void
test_executable (Fixture *f, gconstpointer unused)
{
  g_autofree char *firefox = copy_as (f, "sleep", "firefox-esr");
  g_autofree char *other = copy_as (f, "sleep", "mailer");
  char  name[NJ_BROWSER_NAME_MAX];
  pid_t process = start ((char *[]){ firefox, "30", NULL });

  g_assert_true (nj_browser_look ((guint) process, name));
  g_assert_cmpstr (name, ==, "firefox-esr");

  /* An update replaces the file of a browser that runs. */
  g_assert_cmpint (g_unlink (firefox), ==, 0);
  g_assert_true (nj_browser_look ((guint) process, name));
  g_assert_cmpstr (name, ==, "firefox-esr");
  end (process);

  process = start ((char *[]){ other, "30", NULL });
  g_assert_false (nj_browser_look ((guint) process, name));
  g_assert_cmpstr (name, ==, "mailer");
  end (process);
}

static void
test_helper (Fixture *f, gconstpointer unused)
{
  g_autofree char *browser = copy_as (f, "dash", "epiphany");
  g_autofree char *mailer = copy_as (f, "dash", "mailer");
  g_autofree char *helper = copy_as (f, "sleep", "WebKitNetworkProcess");
  const char *const parents[] = { browser, mailer };

  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    {
      g_autofree char *script = g_strdup_printf ("'%s' 30 & echo $! > '%s/child'; wait", helper, f->folder);
      g_autofree char *path = g_build_filename (f->folder, "child", NULL);
      g_autofree char *text = NULL;
      char   name[NJ_BROWSER_NAME_MAX] = "";
      pid_t  process = start ((char *[]){ (char *) parents[i], "-c", script, NULL });
      guint  child = 0;

      for (int tries = 0; tries < 500; tries++)
        {
          g_clear_pointer (&text, g_free);
          if (g_file_get_contents (path, &text, NULL, NULL) && strchr (text, '\n') != NULL)
            child = (guint) g_ascii_strtoull (text, NULL, 10);
          if (child != 0)
            nj_browser_look (child, name);
          if (child != 0 && (g_str_equal (name, "epiphany") || i == 1))
            break;
          g_usleep (10000);
        }
      g_assert_cmpint (nj_browser_look (child, name), ==, i == 0);
      end (process);
      kill ((pid_t) child, SIGKILL);
      g_unlink (path);
    }
}

static void
test_nobody (void)
{
  char name[NJ_BROWSER_NAME_MAX];

  g_assert_false (nj_browser_look (4194305, name));
  g_assert_cmpstr (name, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firewall/browser/names", test_names);
  g_test_add ("/firewall/browser/executable", Fixture, NULL, set_up, test_executable, tear_down);
  g_test_add ("/firewall/browser/helper", Fixture, NULL, set_up, test_helper, tear_down);
  g_test_add_func ("/firewall/browser/nobody", test_nobody);
  return g_test_run ();
}
