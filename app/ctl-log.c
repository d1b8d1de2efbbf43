/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl log: the request log, once or as it grows.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* Entries asked for at once. */
#define READ_MAX 1000
/* How often the log is asked for more while following; ms. Nobody pays for it but who looks. */
#define FOLLOW_MS 400

typedef struct
{
  NjCtl     *ctl;
  GMainLoop *loop;
  guint64    serial; /* of the last entry printed */
  char      *site;   /* (nullable) owned: whose certificates were printed last */
  NjDBusNightjar1Inspection *inspection; /* (nullable) owned: --detail */
  gint64     since;  /* µs since 1970 */
  int        status;
} Reader;

static void
print_field (GVariantDict *fields, const char *key, const char *before)
{
  const char *text = NULL;

  if (!g_variant_dict_lookup (fields, key, "&s", &text) || text[0] == '\0')
    return;
  printf ("%s", before);
  nj_ctl_print_text (text);
}

static void
print_text (gint64 time, GVariant *dictionary)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  g_autofree char *clock = g_date_time_format (when, "%H:%M:%S");
  GVariantDict fields;
  guint        status = 0;
  guint64      duration = 0;

  g_variant_dict_init (&fields, dictionary);
  g_variant_dict_lookup (&fields, "status", "u", &status);
  g_variant_dict_lookup (&fields, "duration", "t", &duration);
  printf ("%s", clock);
  print_field (&fields, "action", "  ");
  print_field (&fields, "method", "  ");
  print_field (&fields, "url", " ");
  printf ("  %u  %" G_GUINT64_FORMAT " ms", status, duration / 1000);
  print_field (&fields, "exit", "  exit ");
  print_field (&fields, "reason", "  ");
  print_field (&fields, "list", "  ");
  print_field (&fields, "rule", ": ");
  printf ("\n");
  g_variant_dict_clear (&fields);
}

static GVariant *
changes_for_json (GVariant *changes)
{
  GVariantBuilder builder;
  GVariantIter iter;
  const char  *part, *name, *before, *after, *why;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "(&s&s&s&s&s)", &part, &name, &before, &after, &why))
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (&builder, "{ss}", "part", part);
      g_variant_builder_add (&builder, "{ss}", "name", name);
      g_variant_builder_add (&builder, "{ss}", "before", before);
      g_variant_builder_add (&builder, "{ss}", "after", after);
      g_variant_builder_add (&builder, "{ss}", "why", why);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

static void
print_json (guint64 serial, gint64 time, GVariant *dictionary, GVariant *changes)
{
  GVariantDict fields;

  g_variant_dict_init (&fields, dictionary);
  g_variant_dict_insert (&fields, "serial", "t", serial);
  g_variant_dict_insert (&fields, "time", "x", time);
  if (changes != NULL)
    g_variant_dict_insert_value (&fields, "changed", changes_for_json (changes));
  nj_ctl_print_json (g_variant_dict_end (&fields));
}

/* What was changed in one exchange; empty when nothing was. */
static GVariant *
changes_of (NjCtl *ctl, guint64 serial)
{
  GVariant *changes = NULL;
  gboolean  is_incomplete;

  /* One that is too old to be known is no failure. */
  if (!nj_dbus_nightjar1_call_read_changes_sync (ctl->service, serial, &changes, &is_incomplete, NULL, NULL))
    changes = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(sssss)"), NULL, 0));
  return changes;
}

static void
print_changes (GVariant *changes)
{
  GVariantIter iter;
  const char  *part, *name, *before, *after, *why;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "(&s&s&s&s&s)", &part, &name, &before, &after, &why))
    {
      printf ("          %s ", part);
      nj_ctl_print_text (name);
      if (why[0] != '\0')
        printf (" (%s)", why);
      printf (":\n");
      if (before[0] != '\0')
        {
          printf ("            - ");
          nj_ctl_print_text (before);
          printf ("\n");
        }
      if (after[0] != '\0')
        {
          printf ("            + ");
          nj_ctl_print_text (after);
          printf ("\n");
        }
    }
}

/* Of a site that was looked into; once for lines that follow each other. */
static void
print_certificates (Reader *reader, GVariant *dictionary)
{
  const char *url = "";
  g_autofree char *site = NULL;

  g_variant_lookup (dictionary, "url", "&s", &url);
  if (g_str_has_prefix (url, "https://"))
    url += strlen ("https://");
  else if (strstr (url, "://") != NULL)
    return;

  site = g_strndup (url, strcspn (url, "/?#"));
  if (g_str_has_suffix (site, ":443"))
    site[strlen (site) - strlen (":443")] = '\0';
  if (g_strcmp0 (site, reader->site) == 0)
    return;

  g_free (reader->site);
  reader->site = g_strdup (site);
  nj_ctl_certificates_print (reader->ctl, reader->inspection, site, "          ", NULL);
}

/* FALSE: the service could not be asked. */
static gboolean
read_more (Reader *reader, gsize *ret_n)
{
  NjCtl *ctl = reader->ctl;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) entries = NULL;

  if (!nj_dbus_nightjar1_call_read_log_sync (ctl->service, reader->serial, READ_MAX, ctl->filter != NULL ? ctl->filter : "", &entries, NULL,
                                             &error))
    {
      reader->status = nj_ctl_fail (error);
      return FALSE;
    }

  *ret_n = g_variant_n_children (entries);
  for (gsize i = 0; i < *ret_n; i++)
    {
      g_autoptr (GVariant) dictionary = NULL;
      g_autoptr (GVariant) changes = NULL;
      gint64 time;

      g_variant_get_child (entries, i, "(tx@a{sv})", &reader->serial, &time, &dictionary);
      if (time < reader->since)
        continue;
      if (ctl->shows_changes)
        changes = changes_of (ctl, reader->serial);
      if (ctl->is_json)
        print_json (reader->serial, time, dictionary, changes);
      else
        print_text (time, dictionary);
      if (changes != NULL && !ctl->is_json)
        print_changes (changes);
      if (reader->inspection != NULL && !ctl->is_json)
        print_certificates (reader, dictionary);
    }

  fflush (stdout);
  return TRUE;
}

static gboolean
on_time (gpointer user_data)
{
  Reader *reader = user_data;
  gsize   n;

  if (read_more (reader, &n))
    return G_SOURCE_CONTINUE;

  g_main_loop_quit (reader->loop);
  return G_SOURCE_REMOVE;
}

/* A span before now, or a moment in ISO 8601. */
static gboolean
parse_since (const char *text, gint64 *ret_since)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GDateTime) moment = NULL;
  guint seconds;

  if (nj_ctl_parse_span (text, &seconds))
    {
      *ret_since = g_get_real_time () - (gint64) seconds * G_USEC_PER_SEC;
      return TRUE;
    }

  moment = g_date_time_new_from_iso8601 (text, zone);
  if (moment == NULL)
    return FALSE;

  *ret_since = g_date_time_to_unix (moment) * G_USEC_PER_SEC;
  return TRUE;
}

/**
 * nj_ctl_log:
 * @ctl: the command line
 * @arguments: none
 *
 * Returns: an exit status
 */
int
nj_ctl_log (NjCtl *ctl, char **arguments)
{
  Reader reader = { .ctl = ctl, .status = NJ_CTL_OK };
  gsize  n;
  int    status;

  if (ctl->har != NULL && (ctl->follows || ctl->is_json || ctl->shows_detail))
    return nj_ctl_misused (_("--har goes with --filter, --since and --changes only"));
  if (ctl->since != NULL && !parse_since (ctl->since, &reader.since))
    return nj_ctl_misused (_("--since takes a span such as 10m or a moment such as 2026-01-31T12:00"));

  status = nj_ctl_open (ctl, FALSE);
  if (status == NJ_CTL_OK && ctl->har != NULL)
    return nj_ctl_har (ctl, reader.since);
  if (status == NJ_CTL_OK && ctl->shows_detail)
    status = nj_ctl_inspection (ctl, &reader.inspection);
  if (status != NJ_CTL_OK)
    return status;

  do
    if (!read_more (&reader, &n))
      break;
  while (n == READ_MAX);

  if (ctl->follows && reader.status == NJ_CTL_OK)
    {
      reader.loop = g_main_loop_new (NULL, FALSE);
      g_timeout_add (FOLLOW_MS, on_time, &reader);
      g_main_loop_run (reader.loop);
      g_main_loop_unref (reader.loop);
    }
  g_clear_object (&reader.inspection);
  g_free (reader.site);
  return reader.status;
}
