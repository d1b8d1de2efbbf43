/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The desktop's proxy set, watched and put back, in all the ways things go wrong: crash, foreign change, a
 * journal cut short, twice the same. On GSettings' keyfile backend in a folder of the test's own.
 */
#include "desktop/proxy-journal.h"
#include "desktop/system-proxy.h"

#include <glib/gstdio.h>
#include <string.h>

#define SCHEMA "org.gnome.system.proxy"

typedef struct
{
  char          *folder;
  char          *journal;
  NjSystemProxy *proxy;
  GSettings     *root;
  GSettings     *http;
  GSettings     *socks;
} Fixture;

static void
reset_all (void)
{
  static const char *const schemas[] = { SCHEMA, SCHEMA ".http", SCHEMA ".https", SCHEMA ".socks" };

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (GSettings) settings = g_settings_new (schemas[i]);
      g_autoptr (GSettingsSchema) schema = NULL;
      g_auto (GStrv) keys = NULL;

      g_object_get (settings, "settings-schema", &schema, NULL);
      keys = g_settings_schema_list_keys (schema);
      for (guint k = 0; keys[k] != NULL; k++)
        g_settings_reset (settings, keys[k]);
    }
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  reset_all ();
  f->folder = g_dir_make_tmp ("nightjar-desktop-XXXXXX", NULL);
  f->journal = g_build_filename (f->folder, "sysproxy.journal", NULL);
  f->proxy = nj_system_proxy_new (f->journal);
  f->root = g_settings_new (SCHEMA);
  f->http = g_settings_new (SCHEMA ".http");
  f->socks = g_settings_new (SCHEMA ".socks");
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  g_autofree char *broken = g_strconcat (f->journal, ".broken", NULL);

  nj_system_proxy_free (f->proxy);
  g_object_unref (f->root);
  g_object_unref (f->http);
  g_object_unref (f->socks);
  g_remove (f->journal);
  g_remove (broken);
  g_rmdir (f->folder);
  g_free (f->folder);
  g_free (f->journal);
}

static void
assert_text (GSettings *settings, const char *key, const char *expected)
{
  g_autofree char *text = g_settings_get_string (settings, key);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_unset (GSettings *settings, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_user_value (settings, key);

  g_assert_null (value);
}

static void
apply (Fixture *f, guint port)
{
  g_autoptr (GError) error = NULL;

  nj_system_proxy_apply (f->proxy, "127.0.0.1", port, &error);
  g_assert_no_error (error);
  assert_text (f->root, "mode", "manual");
  assert_text (f->http, "host", "127.0.0.1");
  g_assert_cmpint (g_settings_get_int (f->http, "port"), ==, (gint) port);
  g_assert_true (nj_system_proxy_is_applied (f->proxy));
  g_assert_true (nj_system_proxy_has_journal (f->proxy));
}

static void
restore (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  nj_system_proxy_restore (f->proxy, &error);
  g_assert_no_error (error);
  g_assert_false (nj_system_proxy_has_journal (f->proxy));
}

static void
test_never_set (Fixture *f, gconstpointer unused)
{
  apply (f, 8642);
  restore (f);
  assert_unset (f->root, "mode");
  assert_unset (f->http, "host");
  assert_unset (f->http, "port");
  assert_unset (f->socks, "host");
}

static void
set_company_proxy (Fixture *f)
{
  g_settings_set_string (f->http, "host", "proxy.company.example");
  g_settings_set_int (f->http, "port", 3128);
  g_settings_set_boolean (f->http, "use-authentication", TRUE);
  g_settings_set_string (f->root, "mode", "manual");
}

static void
assert_company_proxy (Fixture *f)
{
  assert_text (f->root, "mode", "manual");
  assert_text (f->http, "host", "proxy.company.example");
  g_assert_cmpint (g_settings_get_int (f->http, "port"), ==, 3128);
  g_assert_true (g_settings_get_boolean (f->http, "use-authentication"));
  assert_unset (f->socks, "host");
}

static void
test_company_proxy (Fixture *f, gconstpointer unused)
{
  set_company_proxy (f);
  apply (f, 8642);
  g_assert_false (g_settings_get_boolean (f->http, "use-authentication"));
  restore (f);
  assert_company_proxy (f);
}

static void
test_pac_of_user (Fixture *f, gconstpointer unused)
{
  g_settings_set_string (f->root, "autoconfig-url", "http://pac.example/p.pac");
  g_settings_set_string (f->root, "mode", "auto");
  apply (f, 8642);
  restore (f);
  assert_text (f->root, "mode", "auto");
  assert_text (f->root, "autoconfig-url", "http://pac.example/p.pac");
}

static void
test_idempotent (Fixture *f, gconstpointer unused)
{
  restore (f);
  set_company_proxy (f);
  apply (f, 8642);
  apply (f, 8642);
  restore (f);
  assert_company_proxy (f);
  restore (f);
  assert_company_proxy (f);
}

/* The journal as a service leaves it that was killed. */
static void
kill_owner (Fixture *f)
{
  g_autoptr (NjProxyJournal) journal = nj_proxy_journal_read (f->journal, NULL);

  journal->started++;
  g_assert_true (nj_proxy_journal_write (journal, f->journal, NULL));
}

static void
test_crash_and_restore (Fixture *f, gconstpointer unused)
{
  g_autoptr (NjSystemProxy) other = nj_system_proxy_new (f->journal);

  set_company_proxy (f);
  apply (f, 8642);
  g_assert_false (nj_system_proxy_is_orphaned (f->proxy));
  kill_owner (f);
  g_assert_true (nj_system_proxy_is_orphaned (other));
  g_assert_true (nj_system_proxy_restore (other, NULL));
  assert_company_proxy (f);
}

static void
test_crash_and_another_port (Fixture *f, gconstpointer unused)
{
  set_company_proxy (f);
  apply (f, 8642);
  kill_owner (f);
  apply (f, 9001);
  g_assert_false (nj_system_proxy_is_orphaned (f->proxy));
  restore (f);
  assert_company_proxy (f);
}

/* Power was lost after the journal was written and before the first key was: nothing of ours is there. */
static void
test_crash_before_first_change (Fixture *f, gconstpointer unused)
{
  g_autofree char *journal = NULL;

  set_company_proxy (f);
  apply (f, 8642);
  g_assert_true (g_file_get_contents (f->journal, &journal, NULL, NULL));
  restore (f);
  g_assert_true (g_file_set_contents (f->journal, journal, -1, NULL));
  restore (f);
  assert_company_proxy (f);
}

static void
test_foreign_host (Fixture *f, gconstpointer unused)
{
  g_autoptr (GSettings) https = g_settings_new (SCHEMA ".https");

  apply (f, 8642);
  g_settings_set_string (f->http, "host", "other.example");
  g_settings_set_string (https, "host", "other.example");
  g_settings_set_string (f->socks, "host", "other.example");
  g_assert_false (nj_system_proxy_is_applied (f->proxy));
  restore (f);

  /* The proxy in force is somebody else's, and so is the switch that puts it in force. */
  assert_text (f->http, "host", "other.example");
  assert_text (f->root, "mode", "manual");
}

static void
test_foreign_mode (Fixture *f, gconstpointer unused)
{
  apply (f, 8642);
  g_settings_set_string (f->root, "mode", "auto");
  restore (f);
  assert_text (f->root, "mode", "auto");
  assert_unset (f->http, "host");
}

static void
cut_journal (Fixture *f, gsize lines)
{
  g_autofree char *text = NULL;
  char *at;

  g_assert_true (g_file_get_contents (f->journal, &text, NULL, NULL));
  at = text;
  for (gsize i = 0; i < lines; i++)
    at = strchr (at, '\n') + 1;
  g_assert_true (g_file_set_contents (f->journal, text, at - text + 5, NULL));
}

/* At every length of the journal the desktop does not stay on our port. */
static void
test_truncated (Fixture *f, gconstpointer unused)
{
  for (gsize lines = 1; lines < 13; lines++)
    {
      reset_all ();
      apply (f, 8642);
      cut_journal (f, lines);
      restore (f);
      assert_text (f->root, "mode", "none");
    }
}

static void
test_broken (Fixture *f, gconstpointer unused)
{
  g_autofree char *broken = g_strconcat (f->journal, ".broken", NULL);

  apply (f, 8642);
  g_assert_true (g_file_set_contents (f->journal, "", 0, NULL));
  restore (f);
  assert_text (f->root, "mode", "none");
  g_assert_true (g_file_test (broken, G_FILE_TEST_EXISTS));
}

static void
test_broken_and_foreign (Fixture *f, gconstpointer unused)
{
  set_company_proxy (f);
  g_assert_true (g_file_set_contents (f->journal, "rubbish", -1, NULL));
  restore (f);
  assert_text (f->root, "mode", "manual");
  assert_text (f->http, "host", "proxy.company.example");
}

static void
on_changed (gboolean is_applied, gpointer user_data)
{
  int *heard = user_data;

  *heard = is_applied ? 2 : 1;
}

static void
test_watch (Fixture *f, gconstpointer unused)
{
  int heard = 0;

  nj_system_proxy_watch (f->proxy, on_changed, &heard);
  apply (f, 8642);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (heard, ==, 0);

  g_settings_set_string (f->root, "mode", "none");
  while (heard == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (heard, ==, 1);

  heard = 0;
  g_settings_set_string (f->root, "mode", "manual");
  while (heard == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (heard, ==, 2);
  restore (f);
}

static void
test_journal_unwritable (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->folder, "file", "sysproxy.journal", NULL);
  g_autofree char *file = g_build_filename (f->folder, "file", NULL);
  g_autoptr (NjSystemProxy) proxy = nj_system_proxy_new (path);
  g_autoptr (GError) error = NULL;

  /* Without a journal nothing is touched. */
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (nj_system_proxy_apply (proxy, "127.0.0.1", 8642, &error));
  g_assert_error (error, NJ_SYSTEM_PROXY_ERROR, NJ_SYSTEM_PROXY_ERROR_NOT_APPLIED);
  assert_unset (f->http, "host");
  assert_unset (f->root, "mode");
  g_remove (file);
}

static void
test_status (Fixture *f, gconstpointer unused)
{
  g_auto (NjSystemProxyStatus) status = { 0 };

  apply (f, 8642);
  nj_system_proxy_status (f->proxy, &status);
  g_assert_cmpstr (status.backend, ==, "gsettings");
  g_assert_true (status.is_applied);
  g_assert_true (status.is_ours);
  g_assert_cmpstr (status.mode, ==, "manual");
  g_assert_cmpstr (status.http, ==, "127.0.0.1:8642");
  g_assert_cmpstr (status.socks, ==, "127.0.0.1:8642");
  restore (f);
}

#define CASE(name, function) g_test_add ("/desktop/system-proxy/" name, Fixture, NULL, set_up, function, tear_down)

static void
remove_settings (const char *config)
{
  g_autofree char *file = g_build_filename (config, "glib-2.0", "settings", "keyfile", NULL);

  g_settings_sync ();
  g_remove (file);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *folder = g_path_get_dirname (file);

      g_rmdir (folder);
      g_free (file);
      file = g_steal_pointer (&folder);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *config = g_dir_make_tmp ("nightjar-config-XXXXXX", NULL);
  g_autoptr (GSettingsSchema) schema = NULL;
  int status;

  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "keyfile", TRUE);
  g_setenv ("NIGHTJAR_TEST_ANY_SETTINGS_BACKEND", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

  schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (), SCHEMA, TRUE);
  if (schema == NULL)
    {
      g_print ("1..0 # SKIP schema " SCHEMA " is not installed\n");
      return 0;
    }

  CASE ("never-set", test_never_set);
  CASE ("company-proxy", test_company_proxy);
  CASE ("pac-of-user", test_pac_of_user);
  CASE ("idempotent", test_idempotent);
  CASE ("crash-and-restore", test_crash_and_restore);
  CASE ("crash-and-another-port", test_crash_and_another_port);
  CASE ("crash-before-first-change", test_crash_before_first_change);
  CASE ("foreign-host", test_foreign_host);
  CASE ("foreign-mode", test_foreign_mode);
  CASE ("truncated", test_truncated);
  CASE ("broken", test_broken);
  CASE ("broken-and-foreign", test_broken_and_foreign);
  CASE ("watch", test_watch);
  CASE ("journal-unwritable", test_journal_unwritable);
  CASE ("status", test_status);
  status = g_test_run ();
  remove_settings (config);
  return status;
}
