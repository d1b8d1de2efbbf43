/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl list own: the user's own filter rules, shown, edited with the user's editor, or a file of rules checked
 * without a service. What is wrong is said with its line; it is kept all the same.
 */
#include "ctl.h"

#include "settings/own-rules.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static int
own_show (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!nj_dbus_nightjar1_call_read_own_rules_sync (ctl->service, &text, NULL, NULL, &error))
    return nj_ctl_fail (error);

  /* As it is: it may go into a file. */
  fputs (text, stdout);
  return NJ_CTL_OK;
}

static void
say_fault (const char *name, guint line, const char *reason)
{
  g_printerr ("%s:%u: %s\n", name, line, reason);
}

static int
say_faults (GVariant *faults)
{
  GVariantIter iter;
  const char  *reason;
  guint32      line;

  g_variant_iter_init (&iter, faults);
  while (g_variant_iter_next (&iter, "(u&s)", &line, &reason))
    say_fault ("rules.txt", line, reason);

  return g_variant_n_children (faults) > 0 ? NJ_CTL_FAILED : NJ_CTL_OK;
}

static gboolean
run_editor (const char *path, GError **error)
{
  const char *editor = g_getenv ("VISUAL") != NULL ? g_getenv ("VISUAL") : g_getenv ("EDITOR");
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) arguments = NULL;
  int status;

  if (!g_shell_parse_argv (editor != NULL && editor[0] != '\0' ? editor : "editor", NULL, &words, error))
    return FALSE;

  g_strv_builder_addv (builder, (const char **) words);
  g_strv_builder_add (builder, path);
  arguments = g_strv_builder_end (builder);
  return g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status, error)
         && g_spawn_check_wait_status (status, error);
}

/* A copy is edited, so that what is half written is never in force. */
static gboolean
edit_text (const char *text, char **ret_text, GError **error)
{
  g_autofree char *folder = g_dir_make_tmp ("nightjar-rules-XXXXXX", error);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "rules.txt", NULL) : NULL;
  gboolean is_done;

  if (path == NULL)
    return FALSE;

  is_done = g_file_set_contents (path, text, -1, error) && run_editor (path, error) && g_file_get_contents (path, ret_text, NULL, error);
  g_unlink (path);
  g_rmdir (folder);
  return is_done;
}

static int
own_edit (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) faults = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (!nj_dbus_nightjar1_call_read_own_rules_sync (ctl->service, &before, NULL, NULL, &error) || !edit_text (before, &after, &error))
    return nj_ctl_fail (error);
  if (g_str_equal (before, after))
    return NJ_CTL_OK;
  if (!g_utf8_validate (after, -1, NULL))
    return nj_ctl_misused (_("the rules are not written in UTF-8"));
  if (!nj_dbus_nightjar1_call_write_own_rules_sync (ctl->service, after, &faults, NULL, &error))
    return nj_ctl_fail (error);

  return say_faults (faults);
}

static int
own_check (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) faults = NULL;
  g_autofree char *text = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, &error))
    return nj_ctl_fail (error);

  faults = nj_own_rules_check (nj_bytes (text, len));
  for (guint i = 0; i < faults->len; i++)
    {
      const NjOwnRulesFault *fault = &g_array_index (faults, NjOwnRulesFault, i);

      say_fault (path, fault->line, fault->reason);
    }

  return faults->len > 0 ? NJ_CTL_FAILED : NJ_CTL_OK;
}

/**
 * nj_ctl_own:
 * @ctl: the command line
 * @arguments: "show", "edit" or "check" and a file
 *
 * Returns: an exit status; 1 when a line is faulty
 */
int
nj_ctl_own (NjCtl *ctl, char **arguments)
{
  const char *word = arguments[0] != NULL ? arguments[0] : "show";
  int         status;

  if (g_str_equal (word, "check"))
    return arguments[1] != NULL ? own_check (arguments[1]) : nj_ctl_misused (_("list own check wants a file"));
  if (!g_str_equal (word, "show") && !g_str_equal (word, "edit"))
    return nj_ctl_misused (_("list own wants one of show, edit, check"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  return g_str_equal (word, "show") ? own_show (ctl) : own_edit (ctl);
}
