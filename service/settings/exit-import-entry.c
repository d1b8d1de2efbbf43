/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one entry of an imported file means: the names that Clash, sing-box, Mullvad and we give to the same things.
 * What would weaken an exit (a certificate that is not to be checked) is refused, not dropped. Main thread.
 */
#include "settings/exit-import-private.h"

#include "base/host.h"

#include <string.h>

/**
 * nj_exit_import_entry_new:
 * @entries: (element-type NjExitImportEntry): where it is added
 * @line: where it stands, 0 unknown
 *
 * Returns: (transfer none): an entry without fields
 */
NjExitImportEntry *
nj_exit_import_entry_new (GPtrArray *entries, guint line)
{
  NjExitImportEntry *entry = g_new0 (NjExitImportEntry, 1);

  entry->place = line > 0 ? g_strdup_printf ("entry %u (line %u)", entries->len + 1, line) : g_strdup_printf ("entry %u", entries->len + 1);
  entry->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add (entries, entry);
  return entry;
}

/**
 * nj_exit_import_entry_put:
 * @entry: an entry
 * @name: a field's name, with dots
 * @value: its value as text
 *
 * Returns: whether it may have one more, and not the same twice
 */
gboolean
nj_exit_import_entry_put (NjExitImportEntry *entry, const char *name, const char *value, GError **error)
{
  if (g_hash_table_size (entry->fields) >= NJ_EXIT_IMPORT_FIELDS)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "%s: more than %d fields", entry->place, NJ_EXIT_IMPORT_FIELDS);
  else if (g_hash_table_contains (entry->fields, name))
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "%s: “%s” stands there twice", entry->place, name);
  else
    {
      g_hash_table_insert (entry->fields, g_strdup (name), g_strdup (value));
      return TRUE;
    }
  return FALSE;
}

/* The first of names that is there; NULL at the end of names. */
static const char *
field (const NjExitImportEntry *entry, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = g_hash_table_lookup (entry->fields, names[i]);

      if (value != NULL)
        return value;
    }
  return NULL;
}

#define FIELD(entry, ...) field (entry, (const char *const[]){ __VA_ARGS__, NULL })

static gboolean
is_true (const char *value)
{
  return value != NULL && (g_ascii_strcasecmp (value, "true") == 0 || g_ascii_strcasecmp (value, "yes") == 0
                           || g_ascii_strcasecmp (value, "on") == 0);
}

/* (nullable): a scheme of ours. */
static const char *
scheme_of (const NjExitImportEntry *entry)
{
  static const struct
  {
    const char *type;
    gboolean    is_tls;
    const char *scheme;
  } kinds[] = { { "http", FALSE, "http" },     { "http", TRUE, "https" },     { "https", FALSE, "https" },    { "https", TRUE, "https" },
                { "h2", FALSE, "h2" },         { "socks5", FALSE, "socks5" }, { "socks5", TRUE, "socks5s" },  { "socks", FALSE, "socks5" },
                { "socks", TRUE, "socks5s" },  { "socks5s", FALSE, "socks5s" }, { "socks4a", FALSE, "socks4a" }, { "tor", FALSE, "tor" } };
  const char *type = FIELD (entry, "type", "kind");
  const char *version = FIELD (entry, "version");
  gboolean    is_tls = is_true (FIELD (entry, "tls", "tls.enabled"));

  /* Mullvad lists them by what they are called, and says no type. */
  if (type == NULL || FIELD (entry, "socks_name") != NULL)
    return FIELD (entry, "socks_name") != NULL ? "socks5" : NULL;
  if (g_str_equal (type, "socks") && version != NULL && !g_str_equal (version, "5"))
    return g_str_equal (version, "4a") && !is_tls ? "socks4a" : NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (kinds[i].type, type) == 0 && kinds[i].is_tls == is_tls)
      return kinds[i].scheme;
  return NULL;
}

/* "🇩🇪 Berlin": two regional indicators (Unicode Standard, chapter 22.10) are the letters of a country. */
static void
country_of_flag (const char *name, char ret_country[3])
{
  gunichar first, second;

  if (name == NULL || !g_utf8_validate (name, -1, NULL) || name[0] == '\0')
    return;
  first = g_utf8_get_char (name);
  second = g_utf8_get_char (g_utf8_next_char (name));
  if (first < 0x1f1e6 || first > 0x1f1ff || second < 0x1f1e6 || second > 0x1f1ff)
    return;

  ret_country[0] = (char) ('A' + (first - 0x1f1e6));
  ret_country[1] = (char) ('A' + (second - 0x1f1e6));
}

static void
country_of (const NjExitImportEntry *entry, const char *name, char ret_country[3])
{
  const char *country = FIELD (entry, "country", "country_code", "country-code");

  memset (ret_country, 0, 3);
  if (country == NULL)
    country_of_flag (name, ret_country);
  else if (strlen (country) == 2)
    memcpy (ret_country, country, 2);
}

static gboolean
refuse (GError **error, const char *reason)
{
  g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, reason);
  return FALSE;
}

static gboolean
check_tls (const NjExitImportEntry *entry, const char *host, GError **error)
{
  const char *server_name = FIELD (entry, "sni", "servername", "tls.server_name");

  if (is_true (FIELD (entry, "skip-cert-verify", "tls.insecure")))
    return refuse (error, "asks not to check the exit’s certificate, which is not done");
  if (server_name != NULL && server_name[0] != '\0' && g_ascii_strcasecmp (server_name, host) != 0)
    return refuse (error, "wants another name than the server’s in its certificate, which is not supported");
  return TRUE;
}

/* (transfer full) (nullable): the URI that says the same. */
static char *
uri_of (const NjExitImportEntry *entry, const char *scheme, GError **error)
{
  const char      *host = FIELD (entry, "socks_name", "server", "host", "address");
  const char      *port = FIELD (entry, "socks_port", "server_port", "port");
  const char      *user = FIELD (entry, "username", "user");
  const char      *password = FIELD (entry, "password");
  g_autofree char *user_text = user != NULL ? g_uri_escape_string (user, NULL, FALSE) : NULL;
  g_autofree char *password_text = password != NULL ? g_uri_escape_string (password, NULL, FALSE) : NULL;
  gboolean         is_named = user != NULL && user[0] != '\0';
  char             normal[NJ_HOST_MAX + 1];
  g_autofree char *bracketed = NULL;

  if (host == NULL)
    return refuse (error, "names no server"), NULL;
  if (strchr (host, ':') != NULL && host[0] != '[')
    host = bracketed = g_strdup_printf ("[%s]", host);
  if (nj_host_normalize (nj_bytes_from_string (host), normal) == 0)
    return refuse (error, "its server is no host"), NULL;
  if (port == NULL || port[0] == '\0' || strspn (port, "0123456789") != strlen (port) || strlen (port) > 5)
    return refuse (error, "its port is none"), NULL;
  if (!check_tls (entry, host, error))
    return NULL;

  return g_strdup_printf ("%s://%s%s%s%s%s:%s", scheme, is_named ? user_text : "", is_named && password != NULL ? ":" : "",
                          is_named && password != NULL ? password_text : "", is_named ? "@" : "", normal, port);
}

/**
 * nj_exit_import_entry_exit:
 * @entry: an entry
 * @ret_is_ours: (out): FALSE when it is of a kind we do not speak; then there is no error
 *
 * Returns: (transfer full) (nullable): the exit it describes
 */
NjExit *
nj_exit_import_entry_exit (const NjExitImportEntry *entry, gboolean *ret_is_ours, GError **error)
{
  const char      *uri = FIELD (entry, "uri", "url");
  const char      *name = FIELD (entry, "name", "tag", "hostname");
  const char      *scheme = uri == NULL ? scheme_of (entry) : NULL;
  g_autofree char *made = NULL;
  char             country[3];

  *ret_is_ours = uri != NULL || scheme != NULL;
  if (!*ret_is_ours)
    return NULL;
  if (uri == NULL)
    uri = made = uri_of (entry, scheme, error);
  if (uri == NULL)
    return NULL;

  country_of (entry, name, country);
  return nj_exit_new_from_uri (uri, country, name, error);
}
