/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The URI of an exit, read and written: scheme://user:password@host:port#sha256=…, and chains of
 * them joined by commas, the first to be dialled first. It is what people paste and what
 * subscriptions hold, so every mistake has its own words. Any thread.
 */
#include "exits/exit-private.h"

#include <stdio.h>

/* Longest user name or password; bytes. RFC 1929 §2 has one length octet for each. */
#define CREDENTIAL_MAX 255

/* Hops of one chain. Each costs a round trip, and nobody means more than these. */
#define CHAIN_MAX 5

#define NAME_MAX_BYTES 100

G_GNUC_PRINTF (2, 3)
static gboolean
bad (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
bytes_are_clean (NjBytes uri, GError **error)
{
  if (uri.len == 0)
    return bad (error, "exit URI is empty");
  if (uri.len > NJ_EXIT_URI_MAX)
    return bad (error, "exit URI is longer than %d bytes", NJ_EXIT_URI_MAX);

  for (gsize i = 0; i < uri.len; i++)
    if ((guchar) uri.data[i] <= ' ' || uri.data[i] == 0x7f)
      return bad (error, "exit URI has a blank or control character at byte %" G_GSIZE_FORMAT, i + 1);

  if (!g_utf8_validate_len (uri.data, uri.len, NULL))
    return bad (error, "exit URI is not UTF-8");
  return TRUE;
}

/* RFC 3986 §2.1, with what can do harm further on refused here. */
static char *
decode (NjBytes text, const char *what, GError **error)
{
  GString *out = g_string_sized_new (text.len);

  for (gsize i = 0; i < text.len; i++)
    {
      int c = (guchar) text.data[i];

      if (c == '%')
        {
          int high = i + 2 < text.len ? g_ascii_xdigit_value (text.data[i + 1]) : -1;
          int low = i + 2 < text.len ? g_ascii_xdigit_value (text.data[i + 2]) : -1;

          if (high < 0 || low < 0)
            {
              bad (error, "%s has a “%%” without two hexadecimal digits", what);
              g_string_free (out, TRUE);
              return NULL;
            }
          c = high << 4 | low;
          i += 2;
        }
      if (c < ' ' || c == 0x7f)
        {
          bad (error, "%s has a control character", what);
          g_string_free (out, TRUE);
          return NULL;
        }
      g_string_append_c (out, (char) c);
    }

  if (out->len > CREDENTIAL_MAX)
    {
      bad (error, "%s is longer than %d bytes", what, CREDENTIAL_MAX);
      g_string_free (out, TRUE);
      return NULL;
    }
  return g_string_free (out, FALSE);
}

static gboolean
credentials_parse (NjExit *exit, NjBytes text, GError **error)
{
  const char *colon = memchr (text.data, ':', text.len);
  gsize       user_len = colon != NULL ? (gsize) (colon - text.data) : text.len;

  exit->user = decode (nj_bytes (text.data, user_len), "user name", error);
  if (exit->user == NULL)
    return FALSE;

  if (colon != NULL)
    {
      exit->password = decode (nj_bytes (colon + 1, text.len - user_len - 1), "password", error);
      if (exit->password == NULL)
        return FALSE;
    }

  if (exit->user[0] == '\0')
    return bad (error, "user name is empty");
  /* The colon is where Basic authentication splits: RFC 7617 §2. */
  if (exit->kind <= NJ_EXIT_H2 && strchr (exit->user, ':') != NULL)
    return bad (error, "user name must not hold a colon");
  if (exit->kind == NJ_EXIT_SOCKS4A && exit->password != NULL)
    return bad (error, "SOCKS4a knows no password");
  return TRUE;
}

static gboolean
port_parse (NjExit *exit, NjBytes text, GError **error)
{
  guint64 port;

  if (text.len == 0)
    return bad (error, "port is missing after the colon");
  if (!nj_bytes_parse_u64 (text, G_MAXUINT16, &port) || port == 0)
    /* Not quoted: with the host forgotten this is the password. */
    return bad (error, "port is not a number from 1 to 65535");

  exit->port = (guint16) port;
  return TRUE;
}

/* RFC 3986 §3.2.2: an IPv6 address stands in brackets, or its end and the port cannot be told apart. */
static gboolean
host_parse (NjExit *exit, NjBytes text, GError **error)
{
  char        host[NJ_HOST_MAX + 1];
  const char *end = memchr (text.data, ':', text.len);
  NjBytes     name;

  if (text.len > 0 && text.data[0] == '[')
    {
      end = memchr (text.data, ']', text.len);
      if (end == NULL)
        return bad (error, "IPv6 address has no closing bracket");
      end++;
      if (end < text.data + text.len && *end != ':')
        return bad (error, "there is something other than a port after the IPv6 address");
      if (end == text.data + text.len)
        end = NULL;
    }
  else if (end != NULL && memchr (end + 1, ':', text.len - (gsize) (end + 1 - text.data)) != NULL)
    return bad (error, "IPv6 address must stand in brackets, as in [2001:db8::1]:1080");

  name = nj_bytes (text.data, end != NULL ? (gsize) (end - text.data) : text.len);
  if (name.len == 0 && exit->kind == NJ_EXIT_TOR)
    name = NJ_BYTES ("127.0.0.1");
  if (name.len == 0)
    return bad (error, "host is missing");
  if (nj_host_normalize (name, host) == 0)
    return bad (error, "“%.*s” is not a host name or address", NJ_BYTES_ARGS (name));

  exit->host = g_strdup (host);
  exit->port = nj_exit_kind_row (exit->kind)->default_port;
  if (end == NULL)
    return TRUE;
  return port_parse (exit, nj_bytes (end + 1, text.len - (gsize) (end + 1 - text.data)), error);
}

static gboolean
fingerprint_parse (NjExit *exit, NjBytes text, GError **error)
{
  gsize n = 0;

  if (!nj_exit_kind_row (exit->kind)->is_tls)
    return bad (error, "a certificate fingerprint is only for https, h2 and socks5s");

  /* openssl x509 -fingerprint prints colons between the bytes. */
  for (gsize i = 0; i < text.len; i++)
    {
      int digit = g_ascii_xdigit_value (text.data[i]);

      if (text.data[i] == ':' && n % 2 == 0)
        continue;
      if (digit < 0 || n == 2 * NJ_EXIT_FINGERPRINT)
        return bad (error, "certificate fingerprint is not 64 hexadecimal digits");
      exit->fingerprint[n / 2] = (guint8) (exit->fingerprint[n / 2] << 4 | digit);
      n++;
    }
  if (n != 2 * NJ_EXIT_FINGERPRINT)
    return bad (error, "certificate fingerprint is not 64 hexadecimal digits");

  exit->has_fingerprint = TRUE;
  return TRUE;
}

static gboolean
country_set (NjExit *exit, const char *country, GError **error)
{
  if (!g_ascii_isalpha (country[0]) || !g_ascii_isalpha (country[1]) || country[2] != '\0')
    return bad (error, "country is not two letters, such as DE");

  exit->country[0] = g_ascii_toupper (country[0]);
  exit->country[1] = g_ascii_toupper (country[1]);
  /* People write UK; ISO 3166 reserves it for the same country and lists GB. */
  if (strcmp (exit->country, "UK") == 0)
    strcpy (exit->country, "GB");
  return TRUE;
}

static gboolean
name_set (NjExit *exit, const char *name, GError **error)
{
  if (!g_utf8_validate (name, -1, NULL))
    return bad (error, "name is not UTF-8");
  if (strlen (name) > NAME_MAX_BYTES)
    return bad (error, "name is longer than %d bytes", NAME_MAX_BYTES);
  for (const char *c = name; *c != '\0'; c++)
    if ((guchar) *c < ' ' || *c == 0x7f)
      return bad (error, "name has a control character");

  g_free (exit->name);
  exit->name = g_strdup (name);
  return TRUE;
}

/* What stands behind the "#": sha256=…, country=… and name=… joined by "&"; without any "=" it is a
 * name, as subscriptions have it. */
static gboolean
fragment_parse (NjExit *exit, NjBytes text, GError **error)
{
  g_autofree char *whole = nj_bytes_dup (text);
  g_auto (GStrv) parts = g_strsplit (whole, "&", -1);

  if (strchr (whole, '=') == NULL && whole[0] != '\0')
    {
      g_autofree char *name = decode (text, "name", error);

      return name != NULL && name_set (exit, name, error);
    }

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char      *value = strchr (parts[i], '=');
      g_autofree char *decoded = NULL;

      if (parts[i][0] == '\0')
        continue;
      if (value == NULL)
        return bad (error, "“%s” after the # has no value", parts[i]);
      decoded = decode (nj_bytes_from_string (value + 1), "value after the #", error);
      if (decoded == NULL)
        return FALSE;

      if (g_str_has_prefix (parts[i], "sha256="))
        {
          if (!fingerprint_parse (exit, nj_bytes_from_string (decoded), error))
            return FALSE;
        }
      else if (g_str_has_prefix (parts[i], "country="))
        {
          if (!country_set (exit, decoded, error))
            return FALSE;
        }
      else if (!g_str_has_prefix (parts[i], "name="))
        return bad (error, "“%s” after the # is not known", parts[i]);
      else if (!name_set (exit, decoded, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
scheme_parse (NjExit *exit, NjBytes *uri, GError **error)
{
  gssize  end = nj_bytes_find (*uri, NJ_BYTES ("://"));
  NjBytes scheme;

  if (end <= 0)
    return bad (error, "exit URI has no scheme, such as https:// or socks5://");

  scheme = nj_bytes (uri->data, (gsize) end);
  /* curl says socks5h for SOCKS5 with names resolved at the exit; we never do it otherwise. */
  if (nj_bytes_equal_nocase (scheme, NJ_BYTES ("socks5h")))
    scheme = NJ_BYTES ("socks5");
  if (!nj_exit_kind_of (scheme, &exit->kind))
    return bad (error, "“%.*s://” is no kind of exit; known are http, https, h2, socks5, socks5s, socks4a and tor",
                NJ_BYTES_ARGS (scheme));

  *uri = nj_bytes (uri->data + end + 3, uri->len - (gsize) end - 3);
  return TRUE;
}

static gboolean
link_parse (NjExit *exit, NjBytes rest, GError **error)
{
  const char *mark;
  NjBytes     authority;
  NjBytes     fragment = NJ_BYTES_NONE;

  if (!scheme_parse (exit, &rest, error))
    return FALSE;

  mark = memchr (rest.data, '#', rest.len);
  if (mark != NULL)
    {
      fragment = nj_bytes (mark + 1, rest.len - (gsize) (mark + 1 - rest.data));
      rest.len = (gsize) (mark - rest.data);
      if (memchr (fragment.data, '@', fragment.len) != NULL)
        return bad (error, "a “#” in a user name or password must be written %%23");
    }
  if (rest.len > 0 && rest.data[rest.len - 1] == '/')
    rest.len--;
  if (memchr (rest.data, '/', rest.len) != NULL || memchr (rest.data, '?', rest.len) != NULL)
    return bad (error, "exit URI has a path or query; only host and port belong in it");

  authority = rest;
  mark = memrchr (authority.data, '@', authority.len);
  if (mark != NULL)
    {
      if (!credentials_parse (exit, nj_bytes (authority.data, (gsize) (mark - authority.data)), error))
        return FALSE;
      authority = nj_bytes (mark + 1, authority.len - (gsize) (mark + 1 - authority.data));
    }

  return host_parse (exit, authority, error) && fragment_parse (exit, fragment, error);
}

static char *
id_make (const NjExit *exit)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s\n%s\n%u\n%s", nj_exit_kind_row (exit->kind)->scheme,
                                           exit->user != NULL ? exit->user : "", exit->host, exit->port,
                                           exit->via != NULL ? exit->via->id : "");
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strndup (sum, 12);
}

/* The last comma that another link's scheme follows; commas in a password are no such thing. */
static gssize
last_link (NjBytes uri)
{
  for (gsize i = uri.len; i-- > 1;)
    {
      gsize end = i + 1;

      if (uri.data[i] != ',')
        continue;
      while (end < uri.len && g_ascii_isalnum (uri.data[end]))
        end++;
      if (end > i + 1 && nj_bytes_starts_with (nj_bytes (uri.data + end, uri.len - end), NJ_BYTES ("://")))
        return (gssize) i;
    }
  return -1;
}

static NjExit *
chain_parse (NjBytes uri, guint depth, GError **error)
{
  g_autoptr (NjExit) exit = g_new0 (NjExit, 1);
  gssize comma = last_link (uri);

  g_atomic_ref_count_init (&exit->refs);
  nj_exit_health_init (&exit->health);

  if (depth > CHAIN_MAX)
    {
      bad (error, "chain has more than %d exits", CHAIN_MAX);
      return NULL;
    }
  if (comma >= 0)
    {
      exit->via = chain_parse (nj_bytes (uri.data, (gsize) comma), depth + 1, error);
      if (exit->via == NULL)
        return NULL;
      uri = nj_bytes (uri.data + comma + 1, uri.len - (gsize) comma - 1);
    }
  if (!link_parse (exit, uri, error))
    return NULL;

  exit->id = id_make (exit);
  if (exit->name == NULL)
    exit->name = g_strdup (exit->host);
  return g_steal_pointer (&exit);
}

/**
 * nj_exit_new_from_uri:
 * @uri: the URI of an exit, or several joined by commas for a chain; blanks around it are dropped
 * @country: (nullable): ISO 3166 alpha-2 in any case; %NULL or "" leaves what @uri says
 * @name: (nullable): what to call it; %NULL or "" leaves what @uri says, else its host
 * @error: %NJ_EXIT_ERROR_BAD_URI with what is wrong; never with the password in it
 *
 * Any thread. Source: RFC 3986 §3; the fragment is our own.
 *
 * Returns: (transfer full) (nullable): a new exit
 */
NjExit *
nj_exit_new_from_uri (const char *uri, const char *country, const char *name, GError **error)
{
  g_autoptr (NjExit) exit = NULL;
  NjBytes text = nj_bytes_trim (nj_bytes_from_string (uri));

  if (!bytes_are_clean (text, error))
    return NULL;
  exit = chain_parse (text, 1, error);
  if (exit == NULL)
    return NULL;

  if (country != NULL && country[0] != '\0' && !country_set (exit, country, error))
    return NULL;
  if (name != NULL && name[0] != '\0' && !name_set (exit, name, error))
    return NULL;
  return g_steal_pointer (&exit);
}

static void
link_print (const NjExit *exit, gboolean with_password, GString *out)
{
  if (exit->via != NULL)
    {
      link_print (exit->via, with_password, out);
      g_string_append_c (out, ',');
    }

  g_string_append_printf (out, "%s://", nj_exit_kind_row (exit->kind)->scheme);
  if (exit->user != NULL)
    g_string_append_uri_escaped (out, exit->user, NULL, FALSE);
  if (exit->password != NULL && with_password)
    {
      g_string_append_c (out, ':');
      g_string_append_uri_escaped (out, exit->password, NULL, FALSE);
    }
  if (exit->user != NULL)
    g_string_append_c (out, '@');
  g_string_append_printf (out, "%s:%u", exit->host, exit->port);

  if (exit->has_fingerprint)
    {
      g_string_append (out, "#sha256=");
      for (guint i = 0; i < NJ_EXIT_FINGERPRINT; i++)
        g_string_append_printf (out, "%02x", exit->fingerprint[i]);
    }
}

/**
 * nj_exit_to_uri:
 * @exit: an exit
 *
 * What nj_exit_new_from_uri() reads back to the same exit, save for its name and country.
 * Any thread.
 *
 * Returns: (transfer full): its URI, with user name and password
 */
char *
nj_exit_to_uri (const NjExit *exit)
{
  GString *out = g_string_new (NULL);

  link_print (exit, TRUE, out);
  return g_string_free (out, FALSE);
}

/**
 * nj_exit_to_public_uri:
 * @exit: an exit
 *
 * As nj_exit_to_uri(), with no password of any exit of a chain. Any thread.
 *
 * Returns: (transfer full): its URI, which may be shown and passed on
 */
char *
nj_exit_to_public_uri (const NjExit *exit)
{
  GString *out = g_string_new (NULL);

  link_print (exit, FALSE, out);
  return g_string_free (out, FALSE);
}
