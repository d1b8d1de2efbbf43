/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjar-fetch: fetches one address into a file, through the service's own port, and says what came of it. The
 * service starts it for each update of a filter list (settings/list-fetch.c); it is not for people. It reads a
 * key file from standard input and writes one to standard output. Single thread.
 */
#include <libsoup/soup.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define GROUP         "fetch"
#define REQUEST_MAX   65536
#define REDIRECTS_MAX 5
#define BLOCK         65536
/* How the service signs the pages that it answers itself: http/page.c. */
#define SIGNATURE     "comes from Nightjar on your own computer"

/* What came of it. */
typedef struct
{
  const char *outcome;
  char       *etag;          /* (nullable) owned */
  char       *last_modified; /* (nullable) owned */
  char       *problem;       /* (nullable) owned */
} Reply;

static GKeyFile *
read_request (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = g_malloc (REQUEST_MAX);
  gsize len = fread (text, 1, REQUEST_MAX, stdin);

  if (!g_key_file_load_from_data (file, text, len, G_KEY_FILE_NONE, NULL) || !g_key_file_has_key (file, GROUP, "address", NULL)
      || !g_key_file_has_key (file, GROUP, "proxy", NULL) || !g_key_file_has_key (file, GROUP, "path", NULL))
    return NULL;

  return g_steal_pointer (&file);
}

static void
say (const Reply *reply)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_set_string (file, GROUP, "outcome", reply->outcome);
  if (reply->etag != NULL)
    g_key_file_set_string (file, GROUP, "etag", reply->etag);
  if (reply->last_modified != NULL)
    g_key_file_set_string (file, GROUP, "last-modified", reply->last_modified);
  if (reply->problem != NULL)
    g_key_file_set_string (file, GROUP, "problem", reply->problem);

  text = g_key_file_to_data (file, NULL, NULL);
  fputs (text, stdout);
}

static gboolean
is_this_machine (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1");
}

/* A list keeps the protection it began with, and strangers do not send us to this machine. */
static const char *
judge_redirect (GUri *from, GUri *to)
{
  if (to == NULL || g_uri_get_host (to) == NULL)
    return "it leads to no address";
  if (g_str_equal (g_uri_get_scheme (from), "https") && !g_str_equal (g_uri_get_scheme (to), "https"))
    return "it leads from https to an address that is not encrypted";
  if (!g_str_equal (g_uri_get_scheme (to), "https") && !(g_str_equal (g_uri_get_scheme (to), "http") && is_this_machine (to)))
    return "it leads to an address that is not encrypted";
  if (!is_this_machine (from) && is_this_machine (to))
    return "it leads to this very machine";
  return NULL;
}

static char *
describe (const GError *error)
{
  if (error->domain == G_TLS_ERROR)
    return g_strdup_printf ("the encryption failed: %s", error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)
      || g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_ENCODING))
    return g_strdup ("it ended before it was whole");
  return g_strdup (error->message);
}

static gboolean
write_all (int fd, const char *data, gsize len)
{
  while (len > 0)
    {
      gssize n = write (fd, data, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
    }

  return TRUE;
}

/* (nullable) (transfer full): what is wrong */
static char *
copy_body (GInputStream *body, int fd, guint64 limit)
{
  g_autofree char *block = g_malloc (BLOCK);
  g_autoptr (GError) error = NULL;
  guint64 sum = 0;
  gssize  n;

  while ((n = g_input_stream_read (body, block, BLOCK, NULL, &error)) > 0)
    {
      sum += (guint64) n;
      if (sum > limit)
        return g_strdup_printf ("it is longer than %" G_GUINT64_FORMAT " MB", limit >> 20);
      if (!write_all (fd, block, (gsize) n))
        return g_strdup_printf ("it cannot be kept: %s", g_strerror (errno));
    }

  if (n < 0)
    return describe (error);
  return fsync (fd) == 0 ? NULL : g_strdup_printf ("it cannot be kept: %s", g_strerror (errno));
}

static void
keep_body (SoupMessage *message, GInputStream *body, GKeyFile *request, Reply *reply)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autofree char *path = g_key_file_get_string (request, GROUP, "path", NULL);
  int              fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      reply->problem = g_strdup_printf ("it cannot be kept: %s", g_strerror (errno));
      return;
    }

  reply->problem = copy_body (body, fd, g_key_file_get_uint64 (request, GROUP, "limit", NULL));
  close (fd);
  if (reply->problem != NULL)
    return;

  reply->outcome = "fetched";
  reply->etag = g_strdup (soup_message_headers_get_one (headers, "ETag"));
  reply->last_modified = g_strdup (soup_message_headers_get_one (headers, "Last-Modified"));
}

static SoupMessage *
make_message (GUri *uri, GKeyFile *request)
{
  SoupMessage        *message = soup_message_new_from_uri ("GET", uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char    *etag = g_key_file_get_string (request, GROUP, "etag", NULL);
  g_autofree char    *last_modified = g_key_file_get_string (request, GROUP, "last-modified", NULL);

  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept", "text/plain, */*;q=0.1");
  if (etag != NULL)
    soup_message_headers_replace (headers, "If-None-Match", etag);
  if (last_modified != NULL)
    soup_message_headers_replace (headers, "If-Modified-Since", last_modified);
  return message;
}

/* (nullable) (transfer full): what the service itself said, if it was the service that answered: it has no other
 * way to say why it could not pass a request on. */
static char *
read_own_page (GInputStream *body)
{
  g_autofree char *page = g_malloc0 (BLOCK);
  const char *start, *end;
  gsize       n;

  if (!g_input_stream_read_all (body, page, BLOCK - 1, &n, NULL, NULL) || strstr (page, SIGNATURE) == NULL)
    return NULL;

  start = strstr (page, "<p>");
  end = start != NULL ? strstr (start, "</p>") : NULL;
  if (end == NULL || !g_utf8_validate (start, end - start, NULL) || memchr (start, '&', (gsize) (end - start)) != NULL)
    return NULL;
  return g_strndup (start + strlen ("<p>"), (gsize) (end - start) - strlen ("<p>"));
}

/* The library keeps the page that answers a CONNECT to itself; it is asked for once more. */
static char *
ask_why (GUri *uri, GKeyFile *request)
{
  g_autofree char *proxy = g_key_file_get_string (request, GROUP, "proxy", NULL);
  g_autofree char *authority = g_strdup_printf (strchr (g_uri_get_host (uri), ':') != NULL ? "[%s]:%d" : "%s:%d", g_uri_get_host (uri),
                                                g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : 443);
  g_autofree char *text = g_strdup_printf ("CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", authority, authority);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 30);
  connection = g_socket_client_connect_to_uri (client, proxy, 80, NULL, NULL);
  if (connection == NULL
      || !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL, NULL))
    return NULL;

  return read_own_page (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
}

static char *
describe_refusal (SoupMessage *message, GUri *uri, GInputStream *body, GKeyFile *request)
{
  guint       status = soup_message_get_status (message);
  const char *reason = soup_message_get_reason_phrase (message);
  gboolean    is_tunnel = g_str_equal (g_uri_get_scheme (uri), "https");
  char       *why;

  /* Without a certificate it was never spoken to: the service answered. */
  is_tunnel = is_tunnel && soup_message_get_tls_peer_certificate (message) == NULL;
  why = is_tunnel ? ask_why (uri, request) : read_own_page (body);
  if (why != NULL)
    return why;

  return g_strdup_printf ("%s %u %s", is_tunnel ? "Nightjar could not reach the server:" : "the server answered", status,
                          reason != NULL ? reason : "");
}

/* (nullable) (transfer full): where to go on; otherwise the reply is whole. */
static GUri *
take_answer (SoupMessage *message, GUri *uri, GInputStream *body, GKeyFile *request, Reply *reply)
{
  guint status = soup_message_get_status (message);

  if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED)
    {
      const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
      g_autoptr (GUri) to = location != NULL ? g_uri_parse_relative (uri, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
      const char *problem = judge_redirect (uri, to);

      if (problem == NULL)
        return g_steal_pointer (&to);
      reply->problem = g_strdup_printf ("the server redirects: %s", problem);
    }
  else if (status == SOUP_STATUS_NOT_MODIFIED)
    reply->outcome = "not-modified";
  else if (status == SOUP_STATUS_OK)
    keep_body (message, body, request, reply);
  else
    {
      if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
        reply->outcome = "missing";
      reply->problem = describe_refusal (message, uri, body, request);
    }

  return NULL;
}

static void
fetch (SoupSession *session, GKeyFile *request, Reply *reply)
{
  g_autofree char *address = g_key_file_get_string (request, GROUP, "address", NULL);
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);

  for (guint i = 0; uri != NULL && i <= REDIRECTS_MAX; i++)
    {
      g_autoptr (SoupMessage) message = make_message (uri, request);
      g_autoptr (GError) error = NULL;
      g_autoptr (GInputStream) body = soup_session_send (session, message, NULL, &error);
      GUri *next;

      if (body == NULL)
        {
          reply->problem = describe (error);
          return;
        }
      next = take_answer (message, uri, body, request, reply);
      g_uri_unref (uri);
      uri = next;
      if (uri == NULL)
        return;
    }

  reply->problem = g_strdup (uri != NULL ? "the server redirects without end" : "it is not an address");
}

static SoupSession *
make_session (GKeyFile *request)
{
  g_autofree char *proxy = g_key_file_get_string (request, GROUP, "proxy", NULL);
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);
  int timeout = g_key_file_get_integer (request, GROUP, "timeout", NULL);

  return soup_session_new_with_options ("proxy-resolver", resolver, "timeout", (guint) MAX (timeout, 1) + 1, "user-agent", "Nightjar",
                                        "accept-language-auto", FALSE, NULL);
}

int
main (void)
{
  g_autoptr (GKeyFile) request = read_request ();
  g_autoptr (SoupSession) session = NULL;
  Reply reply = { .outcome = "failed" };

  if (request == NULL)
    {
      g_printerr ("nightjar-fetch: started by nightjard, and by nobody else\n");
      return 64;
    }

  /* A server that sends a byte a minute never runs into a timeout of the library's; the service sees what ended us. */
  alarm ((guint) CLAMP (g_key_file_get_integer (request, GROUP, "timeout", NULL), 1, 3600));
  session = make_session (request);
  fetch (session, request, &reply);
  say (&reply);

  /* Said and done: what the libraries would tidy up now goes with the process. */
  fflush (stdout);
  _exit (0);
}
