/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of the request log, as the bus brings it, in words: a headline, a summary, all details. Pure; what is
 * missing or of another type counts as empty. The activity page calls it. Main thread.
 */
#include "ui/entry.h"

#include "ui/amount.h"
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define ENTRY_TYPE G_VARIANT_TYPE ("(txa{sv})")
#define CHANGE_SHOWN_MAX 160

static const struct
{
  const char *action; /* on the bus */
  const char *icon;
  const char *word;
} actions[] = {
  { "block", "nightjar-entry-blocked-symbolic", N_ ("Blocked") },
  { "refuse", "nightjar-entry-blocked-symbolic", N_ ("Refused") },
  { "redirect", "nightjar-entry-changed-symbolic", N_ ("Redirected") },
  { "rewrite", "nightjar-entry-changed-symbolic", N_ ("Rewritten") },
  { "except", "nightjar-entry-passed-symbolic", N_ ("Allowed by a rule") },
  { "passed", "nightjar-entry-passed-symbolic", N_ ("Passed") },
  { "failed", "nightjar-entry-failed-symbolic", N_ ("Failed") },
};

static GVariant *
facts (GVariant *entry)
{
  return g_variant_is_of_type (entry, ENTRY_TYPE) ? g_variant_get_child_value (entry, 2) : NULL;
}

static char *
fact (GVariant *entry, const char *name)
{
  g_autoptr (GVariant) all = facts (entry);
  char                *text = NULL;

  if (all == NULL || !g_variant_lookup (all, name, "s", &text))
    return g_strdup ("");

  return text;
}

static guint64
number (GVariant *entry, const char *name)
{
  g_autoptr (GVariant) all = facts (entry);
  guint64              value = 0;

  if (all != NULL)
    g_variant_lookup (all, name, "t", &value);
  return value;
}

static guint
action_row (GVariant *entry)
{
  g_autofree char *action = fact (entry, "action");

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_has_prefix (action, actions[i].action))
      return i;

  return G_N_ELEMENTS (actions) - 2;
}

static gboolean
has_changes (GVariant *entry)
{
  g_autoptr (GVariant) all = facts (entry);
  g_autoptr (GVariant) changes = all != NULL ? g_variant_lookup_value (all, "changes", G_VARIANT_TYPE ("as")) : NULL;

  return changes != NULL && g_variant_n_children (changes) > 0;
}

/**
 * nj_entry_serial:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: its number; a later one is greater
 */
guint64
nj_entry_serial (GVariant *entry)
{
  guint64 serial = 0;

  if (g_variant_is_of_type (entry, ENTRY_TYPE))
    g_variant_get_child (entry, 0, "t", &serial);
  return serial;
}

/**
 * nj_entry_icon:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: (transfer none): name of an icon whose shape tells what happened
 */
const char *
nj_entry_icon (GVariant *entry)
{
  return actions[action_row (entry)].icon;
}

/**
 * nj_entry_headline:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: (transfer full): where the request went: the URL without its scheme, or the host
 */
char *
nj_entry_headline (GVariant *entry)
{
  g_autofree char *url = fact (entry, "url");
  const char      *rest = strstr (url, "://");

  if (*url == '\0')
    return fact (entry, "host");

  return g_strdup (rest != NULL ? rest + 3 : url);
}

/**
 * nj_entry_site:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: (transfer full): the site whose certificates it is about: host, or host:port; "" when none were in play
 */
char *
nj_entry_site (GVariant *entry)
{
  g_autofree char *url = fact (entry, "url");
  g_autofree char *method = fact (entry, "method");
  const char      *begin = url;
  char            *site;

  if (g_str_has_prefix (url, "https://"))
    begin += strlen ("https://");
  else if (!g_str_equal (method, "CONNECT") || strstr (url, "://") != NULL)
    return g_strdup ("");

  site = g_strndup (begin, strcspn (begin, "/?#"));
  if (g_str_has_suffix (site, ":443"))
    site[strlen (site) - strlen (":443")] = '\0';
  return site;
}

static char *
clock_of (GVariant *entry)
{
  g_autoptr (GDateTime) time = NULL;
  gint64                time_us = 0;

  if (g_variant_is_of_type (entry, ENTRY_TYPE))
    g_variant_get_child (entry, 1, "x", &time_us);

  time = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);
  return time != NULL ? g_date_time_format (time, "%H:%M:%S") : g_strdup ("");
}

/**
 * nj_entry_summary:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: (transfer full): when, what happened, by which list or program, one line
 */
char *
nj_entry_summary (GVariant *entry)
{
  g_autofree char *clock = clock_of (entry);
  g_autofree char *list = fact (entry, "list");
  g_autofree char *client = fact (entry, "client");
  GString         *text = g_string_new (clock);

  g_string_append_printf (text, " · %s", _ (actions[action_row (entry)].word));
  if (*list != '\0')
    g_string_append_printf (text, " · %s", list);
  else if (has_changes (entry))
    g_string_append_printf (text, " · %s", _ ("cleaned"));
  if (*client != '\0')
    g_string_append_printf (text, " · %s", client);
  return g_string_free (text, FALSE);
}

static void
append (GString *text, const char *label, const char *value)
{
  g_autofree char *line = NULL;

  if (*value == '\0')
    return;

  line = g_markup_printf_escaped ("%s<span alpha=\"65%%\">%s</span>  %s", text->len > 0 ? "\n" : "", label, value);
  g_string_append (text, line);
}

/* A kind of change, as the bus names it, in words. */
static const char *
change_word (const char *name)
{
  static const struct
  {
    const char *name, *word;
  } words[] = { { "referer", N_ ("page of origin") },        { "identity", N_ ("what tells who you are") },
                { "signals", N_ ("wish not to be tracked") }, { "parameters", N_ ("tracking parameters") },
                { "cookies", N_ ("cookies") },                { "etag", N_ ("marks of the cache") },
                { "page", N_ ("the page") },                  { "other", N_ ("other fields") } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].name, name))
      return _ (words[i].word);
  return name;
}

static void
append_changes (GString *text, GVariant *entry)
{
  g_autoptr (GVariant)     all = facts (entry);
  g_autofree const char  **changes = NULL;
  g_autofree char         *joined = NULL;
  g_autoptr (GVariant)     list = NULL;

  list = all != NULL ? g_variant_lookup_value (all, "changes", G_VARIANT_TYPE ("as")) : NULL;
  if (list == NULL || g_variant_n_children (list) == 0)
    return;

  changes = g_variant_get_strv (list, NULL);
  for (guint i = 0; changes[i] != NULL; i++)
    changes[i] = change_word (changes[i]);
  joined = g_strjoinv (", ", (char **) changes);
  append (text, _ ("Changed"), joined);
}

static void
append_versions (GString *text, GVariant *entry)
{
  g_autofree char *client = fact (entry, "http-client");
  g_autofree char *origin = fact (entry, "http-origin");
  g_autofree char *both = NULL;

  if (origin == NULL || *origin == '\0')
    return;
  both = g_strdup_printf (_ ("%s with the program, %s with the site"), client, origin);
  append (text, _ ("HTTP"), both);
}

/**
 * nj_entry_details:
 * @entry: "(txa{sv})"
 *
 * Main thread.
 *
 * Returns: (transfer full): everything that is known, as Pango markup
 */
char *
nj_entry_details (GVariant *entry)
{
  static const struct
  {
    const char *name;
    const char *label;
  } rows[] = {
    { "method", N_ ("Method") }, { "reason", N_ ("Reason") }, { "rule", N_ ("Rule") },
    { "list", N_ ("List") },     { "exit", N_ ("Exit") },     { "client", N_ ("Program") },
  };
  g_autofree char *up = nj_amount_bytes (number (entry, "bytes-up"));
  g_autofree char *down = nj_amount_bytes (number (entry, "bytes-down"));
  g_autofree char *size = g_strdup_printf ("↑ %s  ↓ %s", up, down);
  g_autofree char *duration = g_strdup_printf (_ ("%.1f ms"), number (entry, "duration") / 1000.0);
  GString         *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = fact (entry, rows[i].name);
      g_autofree char *words = g_str_equal (rows[i].name, "reason") ? nj_service_words (value) : g_strdup (value);

      append (text, _ (rows[i].label), words);
    }

  append_versions (text, entry);
  append_changes (text, entry);
  append (text, _ ("Size"), size);
  append (text, _ ("Took"), duration);
  return g_string_free (text, FALSE);
}

/* Long values are cut: the page is not as wide as they are. */
static void
append_value (GString *text, const char *sign, const char *value)
{
  g_autofree char *start = g_utf8_substring (value, 0, MIN (g_utf8_strlen (value, -1), CHANGE_SHOWN_MAX));
  g_autofree char *line = g_markup_printf_escaped ("\n   %s %s", sign, start);

  if (*value != '\0')
    g_string_append (text, line);
}

/* What was done to a page. */
static const char *
page_change (const char *name)
{
  static const struct
  {
    const char *name, *label;
  } rows[] = { { "hidden-elements", N_ ("Rules that hide elements") },
               { "scriptlets", N_ ("Scriptlets put in") },
               { "removed-elements", N_ ("Elements taken out") },
               { "replaced-text", N_ ("Rules that replaced text") },
               { "removed-hints", N_ ("Orders for details of the browser taken out") },
               { "left-misnamed", N_ ("Left as it was: it is not packed as it says") },
               { "left-unreadable", N_ ("Left as it was: it is packed in a way that cannot be read here") },
               { "left-too-large", N_ ("Left as it was: unpacking it would take too much memory") },
               { "left-too-long", N_ ("No text replaced: it is too long") } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (name, rows[i].name))
      return _ (rows[i].label);
  return name;
}

/**
 * nj_entry_changes:
 * @changes: "a(sssss)": part, name, before, after, why
 *
 * Main thread.
 *
 * Returns: (transfer full): what was changed in an exchange, as Pango markup; "" for nothing
 */
char *
nj_entry_changes (GVariant *changes)
{
  GString     *text = g_string_new (NULL);
  GVariantIter iter;
  const char  *part, *name, *before, *after, *why;

  g_variant_iter_init (&iter, changes);
  while (g_variant_iter_next (&iter, "(&s&s&s&s&s)", &part, &name, &before, &after, &why))
    {
      const char      *what = g_str_equal (part, "url")              ? _ ("Address")
                              : g_str_equal (part, "response-field") ? _ ("Answer")
                              : g_str_equal (part, "body")           ? _ ("Page")
                                                                     : _ ("Request");
      g_autofree char *words = nj_service_words (why);
      g_autofree char *line = g_markup_printf_escaped ("\n<span alpha=\"65%%\">%s</span>  %s%s%s", what,
                                                        g_str_equal (part, "body") ? page_change (name) : name,
                                                        words[0] != '\0' ? " · " : "", words);

      g_string_append (text, line);
      append_value (text, "−", before);
      append_value (text, "+", after);
    }
  return g_string_free (text, FALSE);
}
