/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl status, on, off, pause, resume: the switch.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The state in words, and the exit status that tells it to scripts. */
static const struct
{
  const char *state;
  const char *words;
  int         status;
} states[] = {
  { "protected", N_("Protected"), NJ_CTL_OK },
  /* Nothing leaves unprotected while the exit is reached. */
  { "connecting", N_("Connecting to the exit"), NJ_CTL_OK },
  { "off", N_("Off"), NJ_CTL_OFF },
  { "paused", N_("Paused"), NJ_CTL_PAUSED },
  { "blocked", N_("Blocked to protect you"), NJ_CTL_BLOCKED },
  { "unprotected", N_("Not protected"), NJ_CTL_UNPROTECTED },
};

static guint
state_index (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].state, state))
      return i;

  return G_N_ELEMENTS (states) - 1;
}

/* Statistics are not signalled, so the proxy's own copy is as old as the proxy. */
static GVariant *
read_statistics (NjCtl *ctl)
{
  GDBusProxy *proxy = G_DBUS_PROXY (ctl->service);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) boxed = NULL;

  answer = g_dbus_connection_call_sync (ctl->connection, g_dbus_proxy_get_name (proxy), g_dbus_proxy_get_object_path (proxy),
                                        "org.freedesktop.DBus.Properties", "Get",
                                        g_variant_new ("(ss)", "org.nightjar.Nightjar1", "Statistics"), G_VARIANT_TYPE ("(v)"),
                                        G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
  if (answer == NULL)
    return g_variant_ref_sink (g_variant_new ("a{st}", NULL));

  g_variant_get (answer, "(v)", &boxed);
  return g_steal_pointer (&boxed);
}

static NjDBusNightjar1Exit *
find_chosen (NjCtl *ctl)
{
  GList *exits = nj_ctl_objects (ctl, NJ_DBUS_TYPE_NIGHTJAR1_EXIT, NULL);
  NjDBusNightjar1Exit *chosen = NULL;

  for (GList *item = exits; item != NULL && chosen == NULL; item = item->next)
    if (nj_dbus_nightjar1_exit_get_chosen (item->data))
      chosen = g_object_ref (item->data);
  g_list_free_full (exits, g_object_unref);
  return chosen;
}

static guint64
count (GVariant *statistics, const char *name)
{
  guint64 value = 0;

  g_variant_lookup (statistics, name, "t", &value);
  return value;
}

static void
print_status_json (NjCtl *ctl, NjDBusNightjar1Exit *exit, GVariant *statistics)
{
  NjDBusNightjar1 *service = ctl->service;
  GVariantDict     dictionary;

  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "state", "s", nj_dbus_nightjar1_get_state (service));
  g_variant_dict_insert (&dictionary, "protection", "b", nj_dbus_nightjar1_get_protection (service));
  g_variant_dict_insert (&dictionary, "paused-until", "x", nj_dbus_nightjar1_get_paused_until (service));
  g_variant_dict_insert (&dictionary, "pause-scope", "s", nj_dbus_nightjar1_get_pause_scope (service));
  g_variant_dict_insert (&dictionary, "exit", "s", nj_dbus_nightjar1_get_exit (service));
  g_variant_dict_insert (&dictionary, "exit-name", "s", exit != NULL ? nj_dbus_nightjar1_exit_get_name (exit) : "");
  g_variant_dict_insert (&dictionary, "country", "s", nj_dbus_nightjar1_get_country (service));
  g_variant_dict_insert (&dictionary, "latency", "u", exit != NULL ? nj_dbus_nightjar1_exit_get_latency (exit) : 0);
  g_variant_dict_insert (&dictionary, "problem", "s", nj_dbus_nightjar1_get_problem (service));
  g_variant_dict_insert (&dictionary, "address", "s", nj_dbus_nightjar1_get_address (service));
  g_variant_dict_insert (&dictionary, "pac-url", "s", nj_dbus_nightjar1_get_pac_url (service));
  g_variant_dict_insert (&dictionary, "version", "s", nj_dbus_nightjar1_get_version (service));
  g_variant_dict_insert_value (&dictionary, "today", statistics);
  nj_ctl_print_json (g_variant_dict_end (&dictionary));
}

static void
print_pause (NjDBusNightjar1 *service)
{
  gint64 until = nj_dbus_nightjar1_get_paused_until (service);
  g_autoptr (GDateTime) time = until > 0 ? g_date_time_new_from_unix_local (until) : NULL;
  g_autofree char *clock = time != NULL ? g_date_time_format (time, "%H:%M:%S") : NULL;

  if (clock != NULL)
    printf (_("  until:     %s (%s)\n"), clock, nj_dbus_nightjar1_get_pause_scope (service));
  else
    printf (_("  until:     the service ends (%s)\n"), nj_dbus_nightjar1_get_pause_scope (service));
}

static void
print_status_text (NjCtl *ctl, NjDBusNightjar1Exit *exit, GVariant *statistics, const char *words)
{
  NjDBusNightjar1 *service = ctl->service;
  const char      *country = nj_dbus_nightjar1_get_country (service);
  g_autofree char *down = g_format_size (count (statistics, "bytes-down"));
  g_autofree char *requests = g_strdup_printf ("%" G_GUINT64_FORMAT, count (statistics, "requests"));
  g_autofree char *blocked = g_strdup_printf ("%" G_GUINT64_FORMAT, count (statistics, "blocked"));

  printf ("%s\n", words);
  if (nj_dbus_nightjar1_get_problem (service)[0] != '\0')
    printf (_("  problem:   %s\n"), nj_dbus_nightjar1_get_problem (service));
  if (nj_dbus_nightjar1_get_paused_until (service) != 0)
    print_pause (service);

  printf (_("  exit:      "));
  if (exit != NULL)
    {
      nj_ctl_print_text (nj_dbus_nightjar1_exit_get_name (exit));
      printf (country[0] != '\0' ? " (%s)" : "%s", country);
      if (nj_dbus_nightjar1_exit_get_latency (exit) > 0)
        printf (", %u ms", nj_dbus_nightjar1_exit_get_latency (exit));
      printf ("\n");
    }
  else
    {
      gboolean is_chosen = nj_dbus_nightjar1_get_exit (service)[0] != '\0' || country[0] != '\0';

      printf ("%s\n", is_chosen ? _("none that answers the choice") : _("direct"));
    }

  printf (_("  listening: %s\n"), nj_dbus_nightjar1_get_address (service));
  printf (_("  today:     %s requests, %s blocked, %s received\n"), requests, blocked, down);
}

/**
 * nj_ctl_status:
 * @ctl: the command line
 * @arguments: none
 *
 * Returns: the exit status that tells the state
 */
int
nj_ctl_status (NjCtl *ctl, char **arguments)
{
  g_autoptr (GVariant) statistics = NULL;
  NjDBusNightjar1Exit *exit;
  int   status = nj_ctl_open (ctl, FALSE);
  guint i;

  if (status != NJ_CTL_OK)
    return status;

  i = state_index (nj_dbus_nightjar1_get_state (ctl->service));
  statistics = read_statistics (ctl);
  exit = find_chosen (ctl);
  if (ctl->is_json)
    print_status_json (ctl, exit, statistics);
  else
    print_status_text (ctl, exit, statistics, _(states[i].words));

  g_clear_object (&exit);
  return states[i].status;
}

/**
 * nj_ctl_on:
 * @ctl: the command line
 * @arguments: none
 *
 * Returns: an exit status
 */
int
nj_ctl_on (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_open (ctl, TRUE);

  if (status != NJ_CTL_OK)
    return status;

  return nj_ctl_done (nj_dbus_nightjar1_call_turn_on_sync (ctl->service, NULL, &error), &error);
}

/**
 * nj_ctl_off:
 * @ctl: the command line
 * @arguments: none
 *
 * Returns: an exit status
 */
int
nj_ctl_off (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_open (ctl, FALSE);

  if (status != NJ_CTL_OK)
    return status;

  return nj_ctl_done (nj_dbus_nightjar1_call_turn_off_sync (ctl->service, NULL, &error), &error);
}

/**
 * nj_ctl_pause:
 * @ctl: the command line
 * @arguments: (optional) how long; until the service ends without
 *
 * Returns: an exit status
 */
int
nj_ctl_pause (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  const char *scope = ctl->only != NULL ? ctl->only : "all";
  guint seconds = 0;
  int   status;

  if (arguments[0] != NULL && (!nj_ctl_parse_span (arguments[0], &seconds) || seconds == 0))
    return nj_ctl_misused (_("“%s” is not a span of time such as 5m or 1h"), arguments[0]);
  if (ctl->only != NULL && !g_str_equal (ctl->only, "filter") && !g_str_equal (ctl->only, "exit"))
    return nj_ctl_misused (_("--only takes “filter” or “exit”"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;

  return nj_ctl_done (nj_dbus_nightjar1_call_pause_sync (ctl->service, seconds, scope, NULL, &error), &error);
}

/**
 * nj_ctl_resume:
 * @ctl: the command line
 * @arguments: none
 *
 * Returns: an exit status
 */
int
nj_ctl_resume (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_open (ctl, FALSE);

  if (status != NJ_CTL_OK)
    return status;

  return nj_ctl_done (nj_dbus_nightjar1_call_resume_sync (ctl->service, NULL, &error), &error);
}
