/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl log --har: the request log as an HTTP Archive, which browsers and many tools open. Of the fields that an
 * exchange had the log knows only what was changed, so they are empty; what Nightjar did stands in fields of its own,
 * whose names begin with an underscore. Source: HAR 1.2.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

/* Entries asked for at once. */
#define READ_MAX 1000

static const char *
text_of (GVariant *facts, const char *key)
{
  const char *text = "";

  g_variant_lookup (facts, key, "&s", &text);
  return text;
}

static guint64
number_of (GVariant *facts, const char *key)
{
  guint64 number = 0;

  g_variant_lookup (facts, key, "t", &number);
  return number;
}

static GVariant *
nothing (void)
{
  return g_variant_new_array (G_VARIANT_TYPE ("a{ss}"), NULL, 0);
}

/* A tunnel has a host and a port; readers of archives want an address. */
static char *
address_of (GVariant *facts)
{
  const char *url = text_of (facts, "url");

  return strstr (url, "://") != NULL ? g_strdup (url) : g_strdup_printf ("https://%s/", url[0] != '\0' ? url : "unknown.invalid");
}

static char *
version_of (const char *version)
{
  return version[0] != '\0' ? g_strconcat ("HTTP/", version, NULL) : g_strdup ("");
}

static GVariant *
query_of (const char *address)
{
  const char    *begin = strchr (address, '?');
  g_auto (GStrv) pairs = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  pairs = g_strsplit (begin != NULL ? begin + 1 : "", "&", 0);
  for (guint i = 0; pairs[i] != NULL; i++)
    {
      char *sign = strchr (pairs[i], '=');

      if (pairs[i][0] == '\0')
        continue;
      if (sign != NULL)
        *sign = '\0';
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (&builder, "{ss}", "name", pairs[i]);
      g_variant_builder_add (&builder, "{ss}", "value", sign != NULL ? sign + 1 : "");
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_request (GVariant *facts)
{
  g_autofree char *address = address_of (facts);
  g_autofree char *version = version_of (text_of (facts, "http-client"));

  /* What was sent is counted with its head, so the body's own size is not known: -1. */
  return g_variant_new_parsed ("{'method': <%s>, 'url': <%s>, 'httpVersion': <%s>, 'cookies': <%@aa{ss}>, 'headers': <%@aa{ss}>, "
                               "'queryString': <%@aa{ss}>, 'headersSize': <-1>, 'bodySize': <-1>}",
                               text_of (facts, "method"), address, version, nothing (), nothing (), query_of (address));
}

static GVariant *
describe_response (GVariant *facts)
{
  g_autofree char *version = version_of (text_of (facts, "http-origin"));
  guint status = 0;

  g_variant_lookup (facts, "status", "u", &status);
  return g_variant_new_parsed ("{'status': <%u>, 'statusText': <''>, 'httpVersion': <%s>, 'cookies': <%@aa{ss}>, "
                               "'headers': <%@aa{ss}>, 'content': <{'size': <%t>, 'mimeType': <''>}>, 'redirectURL': <''>, "
                               "'headersSize': <-1>, 'bodySize': <-1>}",
                               status, version, nothing (), nothing (), number_of (facts, "bytes-down"));
}

static char *
moment_of (gint64 time)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *text = second != NULL ? g_date_time_format (second, "%Y-%m-%dT%H:%M:%S") : g_strdup ("1970-01-01T00:00:00");

  return g_strdup_printf ("%s.%03dZ", text, (int) (time / 1000 % 1000));
}

/* What was changed, as the service has it: part, name, before, after, why. */
static GVariant *
changes_of (NjCtl *ctl, guint64 serial)
{
  g_autoptr (GVariant) changes = NULL;
  GVariantBuilder builder;
  GVariantIter    all;
  const char     *values[5];
  static const char *const names[5] = { "part", "name", "before", "after", "why" };

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  /* One that is too old to be known is no failure. */
  if (!ctl->shows_changes || !nj_dbus_nightjar1_call_read_changes_sync (ctl->service, serial, &changes, NULL, NULL, NULL))
    return g_variant_builder_end (&builder);

  g_variant_iter_init (&all, changes);
  while (g_variant_iter_next (&all, "(&s&s&s&s&s)", &values[0], &values[1], &values[2], &values[3], &values[4]))
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      for (guint i = 0; i < G_N_ELEMENTS (values); i++)
        g_variant_builder_add (&builder, "{ss}", names[i], values[i]);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static char *
describe_entry (NjCtl *ctl, guint64 serial, gint64 time, GVariant *facts)
{
  static const char *const own[] = { "action", "reason", "rule", "list", "exit", "client" };
  g_autofree char *moment = moment_of (time);
  double       took = (double) number_of (facts, "duration") / 1000;
  GVariantDict entry;

  g_variant_dict_init (&entry, NULL);
  g_variant_dict_insert (&entry, "startedDateTime", "s", moment);
  g_variant_dict_insert (&entry, "time", "d", took);
  g_variant_dict_insert_value (&entry, "request", describe_request (facts));
  g_variant_dict_insert_value (&entry, "response", describe_response (facts));
  g_variant_dict_insert_value (&entry, "cache", g_variant_new_array (G_VARIANT_TYPE ("{ss}"), NULL, 0));
  g_variant_dict_insert_value (&entry, "timings", g_variant_new_parsed ("{'send': <0>, 'wait': <%d>, 'receive': <0>}", took));
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *name = g_strconcat ("_", own[i], NULL);

      g_variant_dict_insert (&entry, name, "s", text_of (facts, own[i]));
    }
  g_variant_dict_insert_value (&entry, "_changed", changes_of (ctl, serial));
  return nj_ctl_json (g_variant_dict_end (&entry));
}

/* FALSE: the service could not be asked. */
static gboolean
collect (NjCtl *ctl, gint64 since, GString *archive, GError **error)
{
  guint64 serial = 0;
  gsize   n = READ_MAX;
  gboolean is_first = TRUE;

  while (n == READ_MAX)
    {
      g_autoptr (GVariant) entries = NULL;

      if (!nj_dbus_nightjar1_call_read_log_sync (ctl->service, serial, READ_MAX, ctl->filter != NULL ? ctl->filter : "", &entries, NULL,
                                                 error))
        return FALSE;
      n = g_variant_n_children (entries);
      for (gsize i = 0; i < n; i++)
        {
          g_autoptr (GVariant) facts = NULL;
          g_autofree char     *text = NULL;
          gint64 time;

          g_variant_get_child (entries, i, "(tx@a{sv})", &serial, &time, &facts);
          if (time < since)
            continue;
          text = describe_entry (ctl, serial, time, facts);
          g_string_append_printf (archive, "%s\n%s", is_first ? "" : ",", text);
          is_first = FALSE;
        }
    }
  return TRUE;
}

/**
 * nj_ctl_har:
 * @ctl: the command line, the service being open
 * @since: what came before is left out; µs since 1970
 *
 * Writes the log to the file that --har names, readable to its owner alone; "-" is standard output.
 *
 * Returns: an exit status
 */
int
nj_ctl_har (NjCtl *ctl, gint64 since)
{
  g_autoptr (GString) archive = g_string_new ("{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"Nightjar\", "
                                              "\"version\": \"" NJ_VERSION "\"}, \"entries\": [");
  g_autoptr (GError) error = NULL;

  if (!collect (ctl, since, archive, &error))
    return nj_ctl_fail (error);
  g_string_append (archive, "\n]}}\n");

  if (g_str_equal (ctl->har, "-"))
    return fputs (archive->str, stdout) >= 0 ? NJ_CTL_OK : NJ_CTL_FAILED;
  return nj_ctl_done (g_file_set_contents_full (ctl->har, archive->str, (gssize) archive->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                                &error),
                      &error);
}
