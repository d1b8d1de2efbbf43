/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service says what went wrong in English, whoever asks. What it says most often about exits, lists, HTTPS, ways and name
 * servers is known here and translated; the rest is shown as it came, which is better than nothing. Who shows what
 * the service said calls it. Main thread.
 */
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* How deep one sentence may quote another. */
#define DEPTH_MAX 3

/* As the service says them; %s is what it says of this case, in the same order in every language. */
static const char *const sentences[] = {
  N_ ("exit %s: %s; connections go directly"),
  N_ ("exit %s: %s; nothing leaves"),
  N_ ("lockdown is on and no exit is chosen; nothing leaves"),
  N_ ("%s; connections go directly"),
  N_ ("%s; nothing leaves"),
  N_ ("exit %s: %s"),
  N_ ("does not answer"),
  N_ ("sites see it in %s, not in %s"),
  N_ ("the desktop's proxy settings no longer point at Nightjar"),
  N_ ("no exit “%s”"),
  N_ ("no exit in country “%s”"),
  N_ ("no exit in the list “%s”"),
  N_ ("no exit"),
  N_ ("there is no exit yet"),
  N_ ("done, but not kept for the next start: %s"),
  N_ ("it is not an address"),
  N_ ("it holds a password, which would be kept where it is not safe"),
  N_ ("over plain HTTP anybody on the way could change it; https is wanted"),
  N_ ("only https addresses are fetched"),
  N_ ("it took too long"),
  N_ ("it leads to no address"),
  N_ ("it leads from https to an address that is not encrypted"),
  N_ ("it leads to an address that is not encrypted"),
  N_ ("it leads to this very machine"),
  N_ ("the encryption failed: %s"),
  N_ ("it ended before it was whole"),
  N_ ("it is longer than %s MB"),
  N_ ("it cannot be kept: %s"),
  N_ ("Nightjar could not reach the server: %s"),
  N_ ("the server answered %s"),
  N_ ("the server redirects: %s"),
  N_ ("the server redirects without end"),
  N_ ("it is not text"),
  N_ ("list of exits holds none"),
  N_ ("list of exits is larger than %s MiB"),
  N_ ("address or name is too long or has a control character"),
  N_ ("the exit cannot be reached: %s"),
  N_ ("there is no such host"),
  N_ ("connection refused"),
  N_ ("network or host unreachable"),
  N_ ("no answer in time"),
  N_ ("the exit is down"),
  N_ ("the exit is down, so it went directly"),
  N_ ("the exit went silent"),
  N_ ("its link went silent"),
  N_ ("the exit wants other credentials"),
  N_ ("the exit wants credentials"),
  N_ ("the exit wants another user"),
  N_ ("the exit is not who it should be"),
  N_ ("the exit could not reach the target"),
  N_ ("the exit did not answer in time"),
  N_ ("the exit does not speak %s"),
  N_ ("the exit's answer is not HTTP"),
  N_ ("the exit closed the connection instead of answering"),
  N_ ("line %s: %s"),
  N_ ("exit URI has no scheme, such as https:// or socks5://"),
  N_ ("“%s://” is no kind of exit; known are http, https, h2, socks5, socks5s, socks4a and tor"),
  N_ ("exit URI is empty"),
  N_ ("exit URI has a blank or control character at byte %s"),
  N_ ("port is missing after the colon"),
  N_ ("port is not a number from 1 to 65535"),
  N_ ("IPv6 address has no closing bracket"),
  N_ ("IPv6 address must stand in brackets, as in [2001:db8::1]:1080"),
  N_ ("host is missing"),
  N_ ("“%s” is not a host name or address"),
  N_ ("“%s” is not a site"),
  N_ ("“%s” is neither the name of a program nor a path that begins with “/”"),
  N_ ("“%s” is no name for a list of exits"),
  N_ ("the system resolves names"),
  N_ ("nothing goes direct now, so it is not asked"),
  N_ ("it cannot be reached, cannot prove who it is, or speaks otherwise"),
  N_ ("it is there, but resolves no names"),
  N_ ("what answers is no name server"),
  N_ ("“%s” is no name server: a host is wanted, or host:port"),
  N_ ("“%s” is no name server: an https:// URL is wanted"),
  N_ ("“%s” is no address of a name server"),
  N_ ("“%s” is one address too many for a name server"),
  N_ ("an address of name server %s is wanted too: its name cannot be asked for before"),
  N_ ("the site is not who it should be: %s"),
  N_ ("tracking parameters"),
  N_ ("the privacy profile"),
  N_ ("rules that change the page"),
  N_ ("a filter rule"),
  N_ ("the way it is packed"),
  N_ ("a request to the port itself"),
  N_ ("a request to the proxy itself"),
  N_ ("a tunnel to the proxy itself"),
  N_ ("answered by a stand-in"),
  N_ ("its exit is down"),
  N_ ("lockdown is on"),
  N_ ("the client left"),
  N_ ("the client left in the middle of its request"),
  N_ ("the site broke off"),
  N_ ("the site broke off in the middle of its answer"),
  N_ ("the site did not answer in time"),
  N_ ("the site closed the connection without an answer"),
  N_ ("the site's answer is malformed"),
  N_ ("the exit went down before the answer came"),
  N_ ("the request did not arrive in time"),
  N_ ("the certificate is not accepted: %s"),
  N_ ("certificate has expired"),
  N_ ("certificate is not yet valid"),
  N_ ("certificate revoked"),
  N_ ("hostname mismatch"),
  N_ ("IP address mismatch"),
  N_ ("self-signed certificate"),
  N_ ("self-signed certificate in certificate chain"),
  N_ ("unable to get local issuer certificate"),
  N_ ("unable to verify the first certificate"),
  N_ ("the TLS handshake failed: %s"),
  N_ ("the connection was closed during the TLS handshake"),
  N_ ("the connection was reset during the TLS handshake"),
  N_ ("not inspected: inspection is off"),
  N_ ("not inspected: on the list of hosts that are never looked into"),
  N_ ("not inspected: a port for something else than the web"),
  N_ ("not inspected: the program asks for another host inside than it asked us for"),
  N_ ("not inspected: the program speaks no HTTP that we do"),
  N_ ("not inspected: there is no certificate for it"),
  N_ ("not inspected: you said so for this site"),
  N_ ("not inspected: you said so for this program"),
  N_ ("not inspected: the program is no browser"),
  N_ ("not inspected: the program is not known, and only browsers are inspected"),
  N_ ("not inspected: the program did not take our certificate"),
  N_ ("not inspected: the site asks for a certificate of yours"),
  N_ ("not inspected: the site speaks no TLS"),
  N_ ("not inspected: no HTTP is spoken there"),
  N_ ("not inspected: the site could not be verified, and you wanted a tunnel"),
  N_ ("the keyring is locked"),
  N_ ("the keyring did not answer in time"),
  N_ ("the keyring: %s"),
  N_ ("the keyring does not have the authority’s key"),
};

static char *translate (const char *text, guint depth);

/* What stands in the holes: each as short as what follows it allows, the last one to the end. (transfer full) (nullable) */
static char **
match (char **parts, const char *text)
{
  g_autoptr (GStrvBuilder) holes = g_strv_builder_new ();
  guint       n = g_strv_length (parts);
  const char *at = text + strlen (parts[0]);

  if (!g_str_has_prefix (text, parts[0]))
    return NULL;

  for (guint i = 1; i < n; i++)
    {
      gsize            len = strlen (parts[i]);
      const char      *end = i + 1 < n ? strstr (at, parts[i]) : at + strlen (at) - len;
      g_autofree char *hole = NULL;

      if (end == NULL || end < at || !g_str_has_prefix (end, parts[i]))
        return NULL;
      hole = g_strndup (at, (gsize) (end - at));
      g_strv_builder_add (holes, hole);
      at = end + len;
    }
  return *at == '\0' ? g_strv_builder_end (holes) : NULL;
}

/* (transfer full) (nullable): @text in the user's language when it is that sentence. */
static char *
try_sentence (const char *sentence, const char *text, guint depth)
{
  g_auto (GStrv)      parts = g_strsplit (sentence, "%s", -1);
  g_auto (GStrv)      words = g_strsplit (_ (sentence), "%s", -1);
  g_auto (GStrv)      holes = match (parts, text);
  g_autoptr (GString) translated = g_string_new (words[0]);

  if (holes == NULL || g_strv_length (parts) != g_strv_length (words))
    return NULL;

  for (guint i = 0; holes[i] != NULL; i++)
    {
      g_autofree char *inner = translate (holes[i], depth + 1);

      g_string_append (translated, inner);
      g_string_append (translated, words[i + 1]);
    }
  return g_string_free (g_steal_pointer (&translated), FALSE);
}

static char *
translate (const char *text, guint depth)
{
  for (guint i = 0; depth < DEPTH_MAX && i < G_N_ELEMENTS (sentences); i++)
    {
      char *translated = try_sentence (sentences[i], text, depth);

      if (translated != NULL)
        return translated;
    }

  return g_strdup (text);
}

/**
 * nj_service_words:
 * @text: what the service said
 *
 * Main thread.
 *
 * Returns: (transfer full): it in the user's language where it is known
 */
char *
nj_service_words (const char *text)
{
  return translate (text, 0);
}
