/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl list: which filter lists there are, which are on, how they do.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static GVariant *
list_to_json (gpointer object)
{
  NjDBusNightjar1List *list = object;
  GVariantDict         dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "id", "s", nj_dbus_nightjar1_list_get_id (list));
  g_variant_dict_insert (&dictionary, "title", "s", nj_dbus_nightjar1_list_get_title (list));
  g_variant_dict_insert (&dictionary, "location", "s", nj_dbus_nightjar1_list_get_location (list));
  g_variant_dict_insert (&dictionary, "moved-to", "s", nj_dbus_nightjar1_list_get_moved_to (list));
  g_variant_dict_insert (&dictionary, "enabled", "b", nj_dbus_nightjar1_list_get_enabled (list));
  g_variant_dict_insert (&dictionary, "rules-used", "u", nj_dbus_nightjar1_list_get_rules_used (list));
  g_variant_dict_insert (&dictionary, "rules-refused", "u", nj_dbus_nightjar1_list_get_rules_refused (list));
  g_variant_dict_insert (&dictionary, "page-rules-used", "u", nj_dbus_nightjar1_list_get_page_rules_used (list));
  g_variant_dict_insert (&dictionary, "page-rules-refused", "u", nj_dbus_nightjar1_list_get_page_rules_refused (list));
  g_variant_dict_insert_value (&dictionary, "refusals", nj_dbus_nightjar1_list_get_refusals (list));
  g_variant_dict_insert (&dictionary, "last-success", "x", nj_dbus_nightjar1_list_get_last_success (list));
  g_variant_dict_insert (&dictionary, "last-attempt", "x", nj_dbus_nightjar1_list_get_last_attempt (list));
  g_variant_dict_insert (&dictionary, "problem", "s", nj_dbus_nightjar1_list_get_problem (list));
  g_variant_dict_insert (&dictionary, "next-update", "x", nj_dbus_nightjar1_list_get_next_update (list));
  g_variant_dict_insert (&dictionary, "held-back", "b", nj_dbus_nightjar1_list_get_held_back (list));
  g_variant_dict_insert (&dictionary, "trusted", "b", nj_dbus_nightjar1_list_get_trusted (list));
  g_variant_dict_insert (&dictionary, "purpose", "s", nj_dbus_nightjar1_list_get_purpose (list));
  g_variant_dict_insert (&dictionary, "languages", "^as", nj_dbus_nightjar1_list_get_languages (list));
  g_variant_dict_insert (&dictionary, "homepage", "s", nj_dbus_nightjar1_list_get_homepage (list));
  g_variant_dict_insert (&dictionary, "licence", "s", nj_dbus_nightjar1_list_get_licence (list));
  g_variant_dict_insert (&dictionary, "built-in", "b", nj_dbus_nightjar1_list_get_built_in (list));
  return g_variant_dict_end (&dictionary);
}

static void
print_list (gpointer object)
{
  NjDBusNightjar1List *list = object;

  printf ("%-4s %-22s  %7u  %7u  ", nj_dbus_nightjar1_list_get_enabled (list) ? _("on") : _("off"), nj_dbus_nightjar1_list_get_id (list),
          nj_dbus_nightjar1_list_get_rules_used (list), nj_dbus_nightjar1_list_get_rules_refused (list));
  nj_ctl_print_text (nj_dbus_nightjar1_list_get_title (list));
  if (nj_dbus_nightjar1_list_get_trusted (list))
    printf (_(" (trusted)"));
  if (nj_dbus_nightjar1_list_get_problem (list)[0] != '\0')
    {
      printf (_("  failed: "));
      nj_ctl_print_text (nj_dbus_nightjar1_list_get_problem (list));
    }
  printf ("\n");
}

static void
print_line (const char *name, const char *text)
{
  if (text[0] == '\0')
    return;

  printf ("%-14s ", name);
  nj_ctl_print_text (text);
  printf ("\n");
}

static void
print_time (const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);
  g_autofree char *text = seconds > 0 && time != NULL ? g_date_time_format (time, "%F %H:%M") : g_strdup (_("never"));

  print_line (name, text);
}

/* Names are those of the bus, so that who asks about one finds it. */
static void
print_refusals (NjDBusNightjar1List *list)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char  *reason;
  guint32      requests, pages;

  g_variant_iter_init (&iter, nj_dbus_nightjar1_list_get_refusals (list));
  while (g_variant_iter_next (&iter, "(&suu)", &reason, &requests, &pages))
    g_string_append_printf (text, "%s%s %u", text->len > 0 ? ", " : "", reason, requests + pages);

  print_line (_("refused for:"), text->str);
}

static void
print_whole (NjDBusNightjar1List *list)
{
  g_autofree char *languages = g_strjoinv (", ", (char **) nj_dbus_nightjar1_list_get_languages (list));
  g_autofree char *rules = g_strdup_printf (_("%u used, %u refused"), nj_dbus_nightjar1_list_get_rules_used (list),
                                            nj_dbus_nightjar1_list_get_rules_refused (list));
  g_autofree char *pages = g_strdup_printf (_("%u used, %u refused"), nj_dbus_nightjar1_list_get_page_rules_used (list),
                                            nj_dbus_nightjar1_list_get_page_rules_refused (list));

  print_line (_("title:"), nj_dbus_nightjar1_list_get_title (list));
  print_line (_("from:"), nj_dbus_nightjar1_list_get_location (list));
  print_line (_("moved to:"), nj_dbus_nightjar1_list_get_moved_to (list));
  print_line (_("purpose:"), nj_dbus_nightjar1_list_get_purpose (list));
  print_line (_("languages:"), languages);
  print_line (_("homepage:"), nj_dbus_nightjar1_list_get_homepage (list));
  print_line (_("licence:"), nj_dbus_nightjar1_list_get_licence (list));
  print_line (_("state:"), nj_dbus_nightjar1_list_get_enabled (list) ? _("on") : _("off"));
  print_line (_("trusted:"), nj_dbus_nightjar1_list_get_trusted (list) ? _("yes") : _("no"));
  print_line (_("rules:"), rules);
  print_line (_("page rules:"), pages);
  print_refusals (list);
  print_time (_("last success:"), nj_dbus_nightjar1_list_get_last_success (list));
  print_time (_("last attempt:"), nj_dbus_nightjar1_list_get_last_attempt (list));
  if (nj_dbus_nightjar1_list_get_next_update (list) > 0)
    print_time (_("next update:"), nj_dbus_nightjar1_list_get_next_update (list));
  print_line (_("failed:"), nj_dbus_nightjar1_list_get_problem (list));
}

/* (transfer full) (nullable) */
static NjDBusNightjar1List *
find_list (NjCtl *ctl, const char *id, GError **error)
{
  GList *lists = nj_ctl_objects (ctl, NJ_DBUS_TYPE_NIGHTJAR1_LIST, error);
  NjDBusNightjar1List *found = NULL;

  for (GList *item = lists; item != NULL && found == NULL; item = item->next)
    if (g_strcmp0 (nj_dbus_nightjar1_list_get_id (item->data), id) == 0)
      found = g_object_ref (item->data);

  g_list_free_full (lists, g_object_unref);
  return found;
}

static int
list_show (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjDBusNightjar1List) list = arguments[0] != NULL ? find_list (ctl, arguments[0], &error) : NULL;

  if (error != NULL)
    return nj_ctl_fail (error);
  if (list == NULL)
    return nj_ctl_misused (_("which list? see nightjarctl list list"));

  if (ctl->is_json)
    nj_ctl_print_json (list_to_json (list));
  else
    print_whole (list);
  return NJ_CTL_OK;
}

/* How those of @ids (all that are on, if none) did: a line for each that failed. */
static int
report (NjCtl *ctl, const char *const *ids)
{
  g_autoptr (GError) error = NULL;
  GList *lists = nj_ctl_objects (ctl, NJ_DBUS_TYPE_NIGHTJAR1_LIST, &error);
  int    status = NJ_CTL_OK;

  if (error != NULL)
    return nj_ctl_fail (error);

  for (GList *item = lists; item != NULL; item = item->next)
    {
      NjDBusNightjar1List *list = item->data;
      const char *id = nj_dbus_nightjar1_list_get_id (list);
      const char *problem = nj_dbus_nightjar1_list_get_problem (list);

      if (!(ids[0] != NULL ? g_strv_contains (ids, id) : nj_dbus_nightjar1_list_get_enabled (list)) || problem[0] == '\0')
        continue;
      g_printerr ("nightjarctl: %s: %s%s\n", id, problem,
                  nj_dbus_nightjar1_list_get_held_back (list) ? _(" (nightjarctl list update ID --force takes it)") : "");
      status = NJ_CTL_FAILED;
    }

  g_list_free_full (lists, g_object_unref);
  return status;
}

static int
list_list (NjCtl *ctl, char **arguments)
{
  g_autofree char *heading = g_strdup_printf ("     %-22s  %7s  %7s", _("id"), _("rules"), _("refused"));

  return nj_ctl_words_list (ctl, NJ_DBUS_TYPE_NIGHTJAR1_LIST, list_to_json, print_list, heading, NULL);
}

static int
set_enabled (NjCtl *ctl, const char *id, gboolean is_enabled)
{
  g_autoptr (GError) error = NULL;

  if (id == NULL)
    return nj_ctl_misused (_("which list? see nightjarctl list list"));

  /* A list that was never fetched is fetched now. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), G_MAXINT);
  if (!nj_dbus_nightjar1_call_set_list_enabled_sync (ctl->service, id, is_enabled, NULL, &error))
    return nj_ctl_fail (error);

  return is_enabled ? report (ctl, (const char *const[]){ id, NULL }) : NJ_CTL_OK;
}

static int
list_on (NjCtl *ctl, char **arguments)
{
  return set_enabled (ctl, arguments[0], TRUE);
}

static int
list_off (NjCtl *ctl, char **arguments)
{
  return set_enabled (ctl, arguments[0], FALSE);
}

static int
list_add (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *location = NULL;
  g_autofree char *id = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("list add wants a file or an address"));

  /* The service runs in another folder. */
  location = strstr (arguments[0], "://") != NULL ? g_strdup (arguments[0]) : g_canonicalize_filename (arguments[0], NULL);
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), G_MAXINT);
  if (!nj_dbus_nightjar1_call_add_list_sync (ctl->service, location, &id, NULL, &error))
    return nj_ctl_fail (error);

  return nj_ctl_words_id (ctl, id);
}

static int
list_remove (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;

  if (arguments[0] == NULL)
    return nj_ctl_misused (_("which list? see nightjarctl list list"));

  return nj_ctl_done (nj_dbus_nightjar1_call_remove_list_sync (ctl->service, arguments[0], NULL, &error), &error);
}

static gboolean
accept_all (NjCtl *ctl, char **ids, GError **error)
{
  for (guint i = 0; ids[i] != NULL; i++)
    if (!nj_dbus_nightjar1_call_accept_list_sync (ctl->service, ids[i], NULL, error))
      return FALSE;

  return TRUE;
}

static int
list_update (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (ctl->is_forced && arguments[0] == NULL)
    return nj_ctl_misused (_("list update --force wants the lists by name"));

  /* Slow servers get their time from the service. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), G_MAXINT);
  if (ctl->is_forced)
    is_done = accept_all (ctl, arguments, &error);
  else
    is_done = nj_dbus_nightjar1_call_update_lists_sync (ctl->service, (const char *const *) arguments, NULL, &error);

  return is_done ? report (ctl, (const char *const *) arguments) : nj_ctl_fail (error);
}

static int
list_trust (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  gboolean is_on = arguments[0] != NULL && g_strcmp0 (arguments[1], "on") == 0;

  if (!is_on && (arguments[0] == NULL || g_strcmp0 (arguments[1], "off") != 0))
    return nj_ctl_misused (_("list trust wants a list, and on or off"));

  return nj_ctl_done (nj_dbus_nightjar1_call_set_list_trusted_sync (ctl->service, arguments[0], is_on, NULL, &error), &error);
}

/**
 * nj_ctl_list:
 * @ctl: the command line
 * @arguments: what to do with lists, and to which
 *
 * Returns: an exit status
 */
int
nj_ctl_list (NjCtl *ctl, char **arguments)
{
  static const NjCtlWord words[] = { { "list", list_list }, { "on", list_on },         { "off", list_off },
                                     { "add", list_add },   { "remove", list_remove }, { "update", list_update },
                                     { "show", list_show }, { "trust", list_trust } };
  int status;

  /* To check a file takes no service. */
  if (g_strcmp0 (arguments[0], "own") == 0)
    return nj_ctl_own (ctl, arguments + 1);
  if (nj_ctl_words_run (ctl, words, G_N_ELEMENTS (words), arguments, &status))
    return status;

  return nj_ctl_misused (_("list wants one of list, on, off, add, remove, update, show, trust, own"));
}
