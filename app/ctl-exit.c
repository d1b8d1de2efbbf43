/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl exit: which exits there are, which one is used.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static GVariant *
exit_to_json (gpointer object)
{
  NjDBusNightjar1Exit *exit = object;
  GVariantDict         dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "id", "s", nj_dbus_nightjar1_exit_get_id (exit));
  g_variant_dict_insert (&dictionary, "name", "s", nj_dbus_nightjar1_exit_get_name (exit));
  g_variant_dict_insert (&dictionary, "country", "s", nj_dbus_nightjar1_exit_get_country (exit));
  g_variant_dict_insert (&dictionary, "kind", "s", nj_dbus_nightjar1_exit_get_kind (exit));
  g_variant_dict_insert (&dictionary, "address", "s", nj_dbus_nightjar1_exit_get_address (exit));
  g_variant_dict_insert (&dictionary, "link-encrypted", "b", nj_dbus_nightjar1_exit_get_link_encrypted (exit));
  g_variant_dict_insert (&dictionary, "state", "s", nj_dbus_nightjar1_exit_get_state (exit));
  g_variant_dict_insert (&dictionary, "latency", "u", nj_dbus_nightjar1_exit_get_latency (exit));
  g_variant_dict_insert (&dictionary, "loss", "u", nj_dbus_nightjar1_exit_get_loss (exit));
  g_variant_dict_insert (&dictionary, "chosen", "b", nj_dbus_nightjar1_exit_get_chosen (exit));
  g_variant_dict_insert (&dictionary, "measured-address", "s", nj_dbus_nightjar1_exit_get_measured_address (exit));
  g_variant_dict_insert (&dictionary, "measured-country", "s", nj_dbus_nightjar1_exit_get_measured_country (exit));
  g_variant_dict_insert (&dictionary, "problem", "s", nj_dbus_nightjar1_exit_get_problem (exit));
  return g_variant_dict_end (&dictionary);
}

static void
print_exit (gpointer object)
{
  NjDBusNightjar1Exit *exit = object;
  const char          *country = nj_dbus_nightjar1_exit_get_country (exit);
  guint                latency = nj_dbus_nightjar1_exit_get_latency (exit);

  printf ("%c %-12s  %-2s  %-7s  %-7s  ", nj_dbus_nightjar1_exit_get_chosen (exit) ? '*' : ' ', nj_dbus_nightjar1_exit_get_id (exit),
          country[0] != '\0' ? country : "-", nj_dbus_nightjar1_exit_get_kind (exit), nj_dbus_nightjar1_exit_get_state (exit));
  if (latency > 0)
    printf ("%5u ms  ", latency);
  else
    printf ("%8s  ", "");
  nj_ctl_print_text (nj_dbus_nightjar1_exit_get_address (exit));
  printf ("  ");
  nj_ctl_print_text (nj_dbus_nightjar1_exit_get_name (exit));
  if (nj_dbus_nightjar1_exit_get_loss (exit) > 0)
    printf (_("  %u %% lost"), nj_dbus_nightjar1_exit_get_loss (exit));
  if (nj_dbus_nightjar1_exit_get_measured_address (exit)[0] != '\0')
    printf (_("  seen as %s %s"), nj_dbus_nightjar1_exit_get_measured_address (exit), nj_dbus_nightjar1_exit_get_measured_country (exit));
  if (nj_dbus_nightjar1_exit_get_problem (exit)[0] != '\0')
    {
      printf ("  (");
      nj_ctl_print_text (nj_dbus_nightjar1_exit_get_problem (exit));
      printf (")");
    }
  printf ("\n");
}

static int
exit_list (NjCtl *ctl, char **arguments)
{
  return nj_ctl_words_list (ctl, NJ_DBUS_TYPE_NIGHTJAR1_EXIT, exit_to_json, print_exit, NULL,
                            _("There is no exit yet; see nightjarctl exit add."));
}

static gboolean
is_country (const char *text)
{
  return strlen (text) == 2 && g_ascii_isalpha (text[0]) && g_ascii_isalpha (text[1]);
}

static int
exit_use (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("exit use wants a country’s code, an exit’s id or @LIST"));
  if (arguments[0][0] == '@')
    return nj_ctl_done (nj_dbus_nightjar1_call_select_group_sync (ctl->service, arguments[0] + 1, NULL, &error), &error);
  if (!is_country (arguments[0]))
    return nj_ctl_done (nj_dbus_nightjar1_call_select_exit_sync (ctl->service, arguments[0], NULL, &error), &error);

  code = g_ascii_strup (arguments[0], -1);
  return nj_ctl_done (nj_dbus_nightjar1_call_select_country_sync (ctl->service, code, NULL, &error), &error);
}

static int
exit_direct (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_call_select_direct_sync (ctl->service, NULL, &error), &error);
}

static int
exit_fastest (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  return nj_ctl_done (nj_dbus_nightjar1_call_select_fastest_sync (ctl->service, NULL, &error), &error);
}

static int
exit_add (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("exit add wants a URI such as socks5://user:password@host:1080"));
  if (!nj_dbus_nightjar1_call_add_exit_sync (ctl->service, arguments[0], ctl->country != NULL ? ctl->country : "",
                                             ctl->name != NULL ? ctl->name : "", &id, NULL, &error))
    return nj_ctl_fail (error);

  return nj_ctl_words_id (ctl, id);
}

static int
exit_remove (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("exit remove wants an exit’s id"));

  return nj_ctl_done (nj_dbus_nightjar1_call_remove_exit_sync (ctl->service, arguments[0], NULL, &error), &error);
}

static GVariant *
test_one (NjCtl *ctl, const char *id, int *status)
{
  g_autoptr (GError) error = NULL;
  guint        latency = 0;
  GVariantDict dictionary;
  gboolean     is_alive = nj_dbus_nightjar1_call_test_exit_sync (ctl->service, id, &latency, NULL, &error);

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "id", "s", id);
  g_variant_dict_insert (&dictionary, "alive", "b", is_alive);
  g_variant_dict_insert (&dictionary, "latency", "u", latency);
  if (!is_alive)
    {
      *status = NJ_CTL_FAILED;
      g_dbus_error_strip_remote_error (error);
      g_variant_dict_insert (&dictionary, "problem", "s", error->message);
    }

  if (!ctl->is_json && is_alive)
    printf (_("%s  alive, %u ms\n"), id, latency);
  else if (!ctl->is_json)
    printf ("%s  %s\n", id, error->message);
  return g_variant_dict_end (&dictionary);
}

static char **
all_ids (NjCtl *ctl, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GList *exits = nj_ctl_objects (ctl, NJ_DBUS_TYPE_NIGHTJAR1_EXIT, error);

  for (GList *item = exits; item != NULL; item = item->next)
    g_strv_builder_add (builder, nj_dbus_nightjar1_exit_get_id (item->data));
  g_list_free_full (exits, g_object_unref);
  return g_strv_builder_end (builder);
}

static int
exit_test (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = arguments[0] != NULL ? g_strdupv (arguments) : all_ids (ctl, &error);
  GVariantBuilder builder;
  int             status = NJ_CTL_OK;

  if (error != NULL)
    return nj_ctl_fail (error);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL; i++)
    g_variant_builder_add_value (&builder, test_one (ctl, ids[i], &status));

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
  return status;
}

static int
exit_import (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char      *path = arguments[0];
  guint            n = 0;

  if (path == NULL)
    return nj_ctl_misused (_("exit import wants a file or an https address: URIs one a line, JSON, or proxies of Clash or sing-box"));
  if (strstr (path, "://") != NULL)
    return nj_ctl_subscribe (ctl, path);
  if (!g_file_get_contents (g_str_equal (path, "-") ? "/dev/stdin" : path, &text, NULL, &error))
    return nj_ctl_fail (error);
  if (!nj_dbus_nightjar1_call_import_exits_sync (ctl->service, text, &n, NULL, &error))
    return nj_ctl_fail (error);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'count': %u}", n));
  else
    printf (ngettext ("%u exit imported\n", "%u exits imported\n", n), n);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_exit:
 * @ctl: the command line
 * @arguments: what to do with exits, and to which
 *
 * Returns: an exit status
 */
int
nj_ctl_exit (NjCtl *ctl, char **arguments)
{
  static const NjCtlWord words[] = { { "list", exit_list },
                                     { "use", exit_use },
                                     { "direct", exit_direct },
                                     { "fastest", exit_fastest },
                                     { "add", exit_add },
                                     { "remove", exit_remove },
                                     { "test", exit_test },
                                     { "import", exit_import },
                                     { "favourite", nj_ctl_favourite },
                                     { "unfavourite", nj_ctl_unfavourite },
                                     { "group", nj_ctl_group },
                                     { "level", nj_ctl_level },
                                     { "subscription", nj_ctl_subscription },
                                     { "export", nj_ctl_export_exits } };
  int status;

  if (nj_ctl_words_run (ctl, words, G_N_ELEMENTS (words), arguments, &status))
    return status;

  return nj_ctl_misused (
      _("exit wants one of list, use, direct, fastest, add, remove, test, import, "
        "favourite, unfavourite, group, level, subscription, export"));
}
