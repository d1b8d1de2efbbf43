/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of all settings and how one value is read, checked and written. Files are settings.c's
 * business. Adding a setting is adding a field to NjSettings and a row here. Main thread.
 */
#include "settings/settings-value.h"

#include "base/host.h"
#include "exits/route.h"
#include "settings/settings.h"

#include <string.h>

#define SECONDS(n) ((gint64) (n) *G_USEC_PER_SEC)
#define WEEK       (7 * 24 * 3600)
#define AT(field)  G_STRUCT_OFFSET (NjSettings, field)

static const char *const truths[] = { "false", "true", NULL };
static const char *const switches[] = { "undecided", "off", "on", NULL };
static const char *const programs[] = { "browsers", "all", NULL };
static const char *const exit_modes[] = { "direct", "exit", "country", "fastest", "group", NULL };
/* In the order of NjExitLevel. */
static const char *const exit_levels[] = { "closed", "open", "lockdown", NULL };
/* In the order of NjDnsMode. */
static const char *const dns_modes[] = { "system", "dot", "doh", NULL };
static const char *const dns_fallbacks[] = { "none", "system", NULL };
static const char *const privacy_names[] = { "off", "standard", "strict", NULL };
/* In the order of NjHttpsFirst. */
static const char *const https_first_names[] = { "strict", "off", "on", NULL };
static const char *const agent_names[] = { "own", "common", NULL };
static const char *const language_names[] = { "own", "match", NULL };

static gboolean
is_country (const char *text)
{
  return text[0] == '\0' || (g_ascii_isupper (text[0]) && g_ascii_isupper (text[1]) && text[2] == '\0');
}

static gboolean
is_web_address (const char *text)
{
  return text[0] == '\0' || g_str_has_prefix (text, "https://") || g_str_has_prefix (text, "http://");
}

static gboolean
is_listen_address (const char *text)
{
  return text[0] == '\0' || nj_settings_parse_listen (text, NULL, NULL, NULL);
}

static const NjSettingsRow rows[] = {
  { "service", "protection", NJ_SETTINGS_VALUE_CHOICE, AT (protection), .names = switches },
  { "service", "listen", NJ_SETTINGS_VALUE_TEXT, AT (listen), .text = "", .is_good = is_listen_address,
    .wanted = "a loopback address and a port, as 127.0.0.1:8642" },
  { "service", "workers", NJ_SETTINGS_VALUE_NUMBER, AT (workers), 1, 64, 1 },
  { "service", "owner-only", NJ_SETTINGS_VALUE_CHOICE, AT (owner_only), .names = truths, .standard = TRUE },
  /* Whoever wrote something here wanted no direct way: no exit answers to nothing, so nothing leaves. */
  { "exit", "choice", NJ_SETTINGS_VALUE_CHOICE, AT (exit_mode), .names = exit_modes, .safe = NJ_EXIT_MODE_EXIT },
  { "exit", "id", NJ_SETTINGS_VALUE_TEXT, AT (exit_id), .text = "" },
  { "exit", "country", NJ_SETTINGS_VALUE_TEXT, AT (exit_country), .text = "", .is_good = is_country,
    .wanted = "a country code of two capitals (ISO 3166)" },
  /* Whoever wrote something here wanted more than the standard, or says so again. */
  { "exit", "level", NJ_SETTINGS_VALUE_CHOICE, AT (exit_level), .names = exit_levels, .safe = NJ_EXIT_LEVEL_LOCKDOWN },
  { "exit", "update", NJ_SETTINGS_VALUE_CHOICE, AT (exit_update), .names = truths, .standard = TRUE },
  { "exit", "update-interval", NJ_SETTINGS_VALUE_SECONDS, AT (exit_interval), SECONDS (60), SECONDS (WEEK), SECONDS (86400) },
  { "exit", "group", NJ_SETTINGS_VALUE_TEXT, AT (exit_group), .text = "" },
  { "exit", "other-countries", NJ_SETTINGS_VALUE_CHOICE, AT (exit_abroad), .names = truths },
  { "exit", "trace", NJ_SETTINGS_VALUE_TEXT, AT (exit_trace), .text = "", .is_good = is_web_address,
    .wanted = "an address that begins with https:// or http://" },
  { "exit", "country-database", NJ_SETTINGS_VALUE_TEXT, AT (exit_database), .text = "" },
  { "exit", "accept-language", NJ_SETTINGS_VALUE_CHOICE, AT (exit_languages), .names = language_names },
  { "dns", "mode", NJ_SETTINGS_VALUE_CHOICE, AT (dns_mode), .names = dns_modes },
  { "dns", "server", NJ_SETTINGS_VALUE_TEXT, AT (dns_server), .text = "" },
  { "dns", "bootstrap", NJ_SETTINGS_VALUE_TEXTS, AT (dns_bootstrap) },
  { "dns", "fallback", NJ_SETTINGS_VALUE_CHOICE, AT (dns_fallback), .names = dns_fallbacks },
  { "lists", "on", NJ_SETTINGS_VALUE_TEXTS, AT (lists_on) },
  { "lists", "off", NJ_SETTINGS_VALUE_TEXTS, AT (lists_off) },
  { "lists", "added", NJ_SETTINGS_VALUE_TEXTS, AT (lists_added) },
  { "lists", "trusted", NJ_SETTINGS_VALUE_TEXTS, AT (lists_trusted) },
  { "lists", "untrusted", NJ_SETTINGS_VALUE_TEXTS, AT (lists_untrusted) },
  { "lists", "update", NJ_SETTINGS_VALUE_CHOICE, AT (lists_update), .names = truths, .standard = TRUE },
  { "lists", "update-after-start", NJ_SETTINGS_VALUE_SECONDS, AT (lists_patience), 0, SECONDS (WEEK), SECONDS (90) },
  { "lists", "update-timeout", NJ_SETTINGS_VALUE_SECONDS, AT (lists_timeout), SECONDS (1), SECONDS (3600), SECONDS (120) },
  { "inspection", "on", NJ_SETTINGS_VALUE_CHOICE, AT (inspection), .names = truths },
  { "inspection", "programs", NJ_SETTINGS_VALUE_CHOICE, AT (inspect_all), .names = programs },
  { "inspection", "sites-always", NJ_SETTINGS_VALUE_TEXTS, AT (inspect_sites_always) },
  { "inspection", "sites-never", NJ_SETTINGS_VALUE_TEXTS, AT (inspect_sites_never) },
  { "inspection", "programs-always", NJ_SETTINGS_VALUE_TEXTS, AT (inspect_programs_always) },
  { "inspection", "programs-never", NJ_SETTINGS_VALUE_TEXTS, AT (inspect_programs_never) },
  { "privacy", "profile", NJ_SETTINGS_VALUE_CHOICE, AT (privacy), .names = privacy_names, .standard = 1 },
  { "privacy", "off-for", NJ_SETTINGS_VALUE_TEXTS, AT (privacy_off_for) },
  { "privacy", "standard-for", NJ_SETTINGS_VALUE_TEXTS, AT (privacy_standard_for) },
  { "privacy", "strict-for", NJ_SETTINGS_VALUE_TEXTS, AT (privacy_strict_for) },
  { "privacy", "https-first", NJ_SETTINGS_VALUE_CHOICE, AT (privacy_https_first), .names = https_first_names },
  { "privacy", "user-agent", NJ_SETTINGS_VALUE_CHOICE, AT (privacy_agent), .names = agent_names },
  { "limits", "head-bytes", NJ_SETTINGS_VALUE_NUMBER, AT (head_bytes), 1024, 1024 * 1024, 65536 },
  { "limits", "target-bytes", NJ_SETTINGS_VALUE_NUMBER, AT (target_bytes), 256, 1024 * 1024, 32768 },
  { "limits", "fields", NJ_SETTINGS_VALUE_NUMBER, AT (fields), 16, 10000, 200 },
  { "limits", "clients", NJ_SETTINGS_VALUE_NUMBER, AT (clients), 0, 1000000, 0 },
  { "timeouts", "client-idle", NJ_SETTINGS_VALUE_SECONDS, AT (client_idle), 1000, SECONDS (WEEK), SECONDS (300) },
  { "timeouts", "client-head", NJ_SETTINGS_VALUE_SECONDS, AT (client_head), 1000, SECONDS (WEEK), SECONDS (30) },
  { "timeouts", "connect", NJ_SETTINGS_VALUE_SECONDS, AT (connect), 1000, SECONDS (WEEK), SECONDS (20) },
  { "timeouts", "origin-answer", NJ_SETTINGS_VALUE_SECONDS, AT (origin_answer), 1000, SECONDS (WEEK), SECONDS (30) },
  { "timeouts", "transfer", NJ_SETTINGS_VALUE_SECONDS, AT (transfer), 1000, SECONDS (WEEK), SECONDS (120) },
  { "timeouts", "tunnel-idle", NJ_SETTINGS_VALUE_SECONDS, AT (tunnel_idle), 1000, SECONDS (WEEK), SECONDS (86400) },
  { "timeouts", "upstream-idle", NJ_SETTINGS_VALUE_SECONDS, AT (upstream_idle), 1000, SECONDS (WEEK), SECONDS (60) },
};

static gint64 *
number_of (const NjSettingsRow *row, gconstpointer settings)
{
  return (gint64 *) ((char *) settings + row->offset);
}

static char **
text_of (const NjSettingsRow *row, gconstpointer settings)
{
  return (char **) ((char *) settings + row->offset);
}

static char ***
texts_of (const NjSettingsRow *row, gconstpointer settings)
{
  return (char ***) ((char *) settings + row->offset);
}

/**
 * nj_settings_value_rows:
 * @ret_n: (out): how many there are
 *
 * Returns: (transfer none): the table
 */
const NjSettingsRow *
nj_settings_value_rows (guint *ret_n)
{
  *ret_n = G_N_ELEMENTS (rows);
  return rows;
}

/**
 * nj_settings_value_find:
 * @group: a group of the file
 * @key: a key in it
 *
 * Returns: (transfer none) (nullable): its row, %NULL when it is not ours
 */
const NjSettingsRow *
nj_settings_value_find (const char *group, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].group, group) && g_str_equal (rows[i].key, key))
      return &rows[i];

  return NULL;
}

static gboolean
parse_number (const NjSettingsRow *row, const char *raw, gint64 *ret_value, char **ret_problem)
{
  gint64 value;

  if (!g_ascii_string_to_signed (raw, 10, row->least, row->most, &value, NULL))
    {
      *ret_problem = g_strdup_printf ("“%s” is not a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, raw,
                                      row->least, row->most);
      return FALSE;
    }

  *ret_value = value;
  return TRUE;
}

static gboolean
parse_seconds (const NjSettingsRow *row, const char *raw, gint64 *ret_value, char **ret_problem)
{
  char   *end = NULL;
  gdouble value = g_ascii_strtod (raw, &end);

  /* Digits only: strtod also takes "inf", "nan" and hexadecimal. */
  if (!g_ascii_isdigit (raw[0]) || strspn (raw, "0123456789.") != strlen (raw) || *end != '\0'
      || value * G_USEC_PER_SEC < row->least || value * G_USEC_PER_SEC > row->most)
    {
      *ret_problem = g_strdup_printf ("“%s” is not a number of seconds from %g to %g", raw, row->least / 1e6, row->most / 1e6);
      return FALSE;
    }

  *ret_value = (gint64) (value * G_USEC_PER_SEC + 0.5);
  return TRUE;
}

static gboolean
parse_choice (const NjSettingsRow *row, const char *raw, gint64 *ret_value, char **ret_problem)
{
  g_autofree char *all = NULL;

  for (guint i = 0; row->names[i] != NULL; i++)
    if (g_str_equal (row->names[i], raw))
      {
        *ret_value = i;
        return TRUE;
      }

  all = g_strjoinv (", ", (char **) row->names);
  *ret_problem = g_strdup_printf ("“%s” is none of %s", raw, all);
  return FALSE;
}

static gboolean
parse_text (const NjSettingsRow *row, const char *raw, char **text, char **ret_problem)
{
  if (!g_utf8_validate (raw, -1, NULL))
    {
      *ret_problem = g_strdup ("not UTF-8");
      return FALSE;
    }
  if (row->is_good != NULL && !row->is_good (raw))
    {
      *ret_problem = g_strdup_printf ("“%s” is not %s", raw, row->wanted);
      return FALSE;
    }

  g_free (*text);
  *text = g_strdup (raw);
  return TRUE;
}

static gboolean
parse_texts (const NjSettingsRow *row, const char *raw, char ***texts, char **ret_problem)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  char **list;

  /* GKeyFile knows how a separator inside an element is written. */
  g_key_file_set_value (file, "a", "b", raw);
  list = g_key_file_get_string_list (file, "a", "b", NULL, NULL);
  if (list == NULL)
    {
      *ret_problem = g_strdup_printf ("“%s” is not a list with “;” between its parts", raw);
      return FALSE;
    }

  g_strfreev (*texts);
  *texts = list;
  return TRUE;
}

/**
 * nj_settings_value_parse:
 * @row: a setting
 * @raw: how it stands in the file
 * @settings: where it is put; untouched when it is bad
 * @ret_problem: (out) (transfer full): what is wrong with it
 *
 * Returns: whether it is good
 */
gboolean
nj_settings_value_parse (const NjSettingsRow *row, const char *raw, gpointer settings, char **ret_problem)
{
  switch (row->kind)
    {
    case NJ_SETTINGS_VALUE_NUMBER:
      return parse_number (row, raw, number_of (row, settings), ret_problem);
    case NJ_SETTINGS_VALUE_SECONDS:
      return parse_seconds (row, raw, number_of (row, settings), ret_problem);
    case NJ_SETTINGS_VALUE_CHOICE:
      return parse_choice (row, raw, number_of (row, settings), ret_problem);
    case NJ_SETTINGS_VALUE_TEXT:
      return parse_text (row, raw, text_of (row, settings), ret_problem);
    case NJ_SETTINGS_VALUE_TEXTS:
    default:
      return parse_texts (row, raw, texts_of (row, settings), ret_problem);
    }
}

static char *
print_seconds (gint64 us)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (us % G_USEC_PER_SEC == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, us / G_USEC_PER_SEC);

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.6f", us / 1e6));
}

/**
 * nj_settings_value_print:
 * @row: a setting
 * @settings: where it lies
 *
 * Returns: (transfer full): how it is written in the file
 */
char *
nj_settings_value_print (const NjSettingsRow *row, gconstpointer settings)
{
  g_autoptr (GKeyFile) file = NULL;
  char **list;

  switch (row->kind)
    {
    case NJ_SETTINGS_VALUE_NUMBER:
      return g_strdup_printf ("%" G_GINT64_FORMAT, *number_of (row, settings));
    case NJ_SETTINGS_VALUE_SECONDS:
      return print_seconds (*number_of (row, settings));
    case NJ_SETTINGS_VALUE_CHOICE:
      return g_strdup (row->names[*number_of (row, settings)]);
    case NJ_SETTINGS_VALUE_TEXT:
      return g_strdup (*text_of (row, settings));
    case NJ_SETTINGS_VALUE_TEXTS:
    default:
      file = g_key_file_new ();
      list = *texts_of (row, settings);
      g_key_file_set_string_list (file, "a", "b", (const char *const *) list, g_strv_length (list));
      return g_key_file_get_value (file, "a", "b", NULL);
    }
}

/**
 * nj_settings_value_make_safe:
 * @row: a key
 * @settings: (inout): gets what stands in for a refused value that no good one is known for
 *
 * Fails closed where the standard value would not.
 */
void
nj_settings_value_make_safe (const NjSettingsRow *row, gpointer settings)
{
  nj_settings_value_standard (row, settings);
  if (row->kind == NJ_SETTINGS_VALUE_CHOICE && row->safe > row->standard)
    *number_of (row, settings) = row->safe;
}

/**
 * nj_settings_value_standard:
 * @row: a setting
 * @settings: where it lies; gets what holds when nothing is written
 */
void
nj_settings_value_standard (const NjSettingsRow *row, gpointer settings)
{
  nj_settings_value_clear (row, settings);
  if (row->kind == NJ_SETTINGS_VALUE_TEXT)
    *text_of (row, settings) = g_strdup (row->text);
  else if (row->kind == NJ_SETTINGS_VALUE_TEXTS)
    *texts_of (row, settings) = g_new0 (char *, 1);
  else
    *number_of (row, settings) = row->standard;
}

/**
 * nj_settings_value_clear:
 * @row: a setting
 * @settings: where it lies; what it holds is given back
 */
void
nj_settings_value_clear (const NjSettingsRow *row, gpointer settings)
{
  if (row->kind == NJ_SETTINGS_VALUE_TEXT)
    g_clear_pointer (text_of (row, settings), g_free);
  else if (row->kind == NJ_SETTINGS_VALUE_TEXTS)
    g_clear_pointer (texts_of (row, settings), g_strfreev);
}
