/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers each request with what the test put there, then closes. A thread for each connection, blocking calls:
 * none of the code under test.
 */
#include "tests/bus/list-server.h"

#include <glib-unix.h>
#include <openssl/ssl.h>
#include <string.h>

#define BLOCK 65536

/* What is said at one path. */
typedef struct
{
  char   *head; /* status line and fields, without the empty line */
  GBytes *body;
  char   *etag; /* (nullable) */
  guint   flood; /* megabytes instead of a body */
  guint   stall; /* seconds of silence behind the body */
  guint   requests;
  guint   unchanged;
} Saying;

struct ListServer
{
  GSocketService  *service;
  SSL_CTX         *tls;         /* (nullable) */
  guint16          port;
  GMutex           lock;
  GHashTable      *sayings;
  guint            connections;
  GMainContext    *context;
  GThread         *thread;
  GMainLoop       *loop;
};

static void
saying_free (gpointer memory)
{
  Saying *saying = memory;

  g_free (saying->head);
  g_free (saying->etag);
  g_bytes_unref (saying->body);
  g_free (saying);
}

static void
write_text (GOutputStream *out, const char *data, gsize len)
{
  g_output_stream_write_all (out, data, len, NULL, NULL, NULL);
}

static void
flood (GOutputStream *out, guint megabytes)
{
  g_autofree char *block = g_malloc (BLOCK);

  for (gsize i = 0; i < BLOCK; i++)
    block[i] = i % 32 == 31 ? '\n' : (char) ('a' + (i * 7) % 26);
  for (guint i = 0; i < megabytes * 16; i++)
    if (!g_output_stream_write_all (out, block, BLOCK, NULL, NULL, NULL))
      return;
}

static void
answer (ListServer *server, const char *request, GOutputStream *out)
{
  g_auto (GStrv) words = g_strsplit (request, " ", 3);
  g_autofree char *head = NULL;
  g_autoptr (GBytes) body = NULL;
  Saying *saying;
  guint   megabytes = 0, silence = 0;

  g_mutex_lock (&server->lock);
  saying = g_strv_length (words) == 3 ? g_hash_table_lookup (server->sayings, words[1]) : NULL;
  if (saying == NULL)
    head = g_strdup ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n");
  else if (saying->requests++, saying->etag != NULL && strstr (request, saying->etag) != NULL)
    {
      saying->unchanged++;
      head = g_strdup ("HTTP/1.1 304 Not Modified\r\n");
    }
  else
    {
      head = g_strdup (saying->head);
      body = g_bytes_ref (saying->body);
      megabytes = saying->flood;
      silence = saying->stall;
    }
  g_mutex_unlock (&server->lock);

  write_text (out, head, strlen (head));
  write_text (out, "Connection: close\r\n\r\n", 21);
  if (body != NULL)
    write_text (out, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  flood (out, megabytes);
  g_usleep (silence * G_USEC_PER_SEC);
}

static char *
read_head (GInputStream *in)
{
  GString *head = g_string_new (NULL);
  char     c;

  while (strstr (head->str, "\r\n\r\n") == NULL && head->len < BLOCK && g_input_stream_read (in, &c, 1, NULL, NULL) == 1)
    g_string_append_c (head, c);
  return g_string_free (head, FALSE);
}

/* By OpenSSL itself: GLib's module for TLS keeps what the leak finder stumbles over. */
static void
speak_tls (ListServer *server, GSocketConnection *connection)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GString) head = g_string_new (NULL);
  SSL *ssl = SSL_new (server->tls);
  int  fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
  char c;

  /* GSocket only plays that it blocks: who comes a moment later than his connection would be turned away. */
  g_unix_set_fd_nonblocking (fd, FALSE, NULL);
  SSL_set_fd (ssl, fd);
  if (SSL_accept (ssl) == 1)
    {
      while (strstr (head->str, "\r\n\r\n") == NULL && head->len < BLOCK && SSL_read (ssl, &c, 1) == 1)
        g_string_append_c (head, c);
      answer (server, head->str, out);
      SSL_write (ssl, g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                 (int) g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
      SSL_shutdown (ssl);
    }
  SSL_free (ssl);
}

static void
speak (ListServer *server, GSocketConnection *connection)
{
  g_autofree char *head = read_head (g_io_stream_get_input_stream (G_IO_STREAM (connection)));

  answer (server, head, g_io_stream_get_output_stream (G_IO_STREAM (connection)));
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, ListServer *server)
{
  g_mutex_lock (&server->lock);
  server->connections++;
  g_mutex_unlock (&server->lock);

  g_socket_set_blocking (g_socket_connection_get_socket (connection), TRUE);
  if (server->tls != NULL)
    speak_tls (server, connection);
  else
    speak (server, connection);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static gpointer
serve (gpointer user_data)
{
  ListServer *server = user_data;

  g_main_context_push_thread_default (server->context);
  g_socket_service_start (server->service);
  g_main_loop_run (server->loop);
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

/**
 * list_server_new:
 * @certificate: (nullable): to speak TLS with
 *
 * Returns: (transfer full): a server that says 404 to all
 */
ListServer *
list_server_new (const TestCertificate *certificate)
{
  ListServer *server = g_new0 (ListServer, 1);
  g_autoptr (GError) error = NULL;

  server->sayings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, saying_free);
  if (certificate != NULL)
    {
      server->tls = SSL_CTX_new (TLS_server_method ());
      g_assert_cmpint (SSL_CTX_use_certificate_chain_file (server->tls, certificate->certificate_path), ==, 1);
      g_assert_cmpint (SSL_CTX_use_PrivateKey_file (server->tls, certificate->key_path, SSL_FILETYPE_PEM), ==, 1);
    }

  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);
  g_main_context_push_thread_default (server->context);
  server->service = g_threaded_socket_service_new (16);
  server->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (server->service, "run", G_CALLBACK (on_run), server);
  g_socket_service_stop (server->service);
  g_main_context_pop_thread_default (server->context);
  server->thread = g_thread_new ("list-server", serve, server);
  return server;
}

/**
 * list_server_free:
 * @server: (transfer full): a server
 */
void
list_server_free (ListServer *server)
{
  g_main_loop_quit (server->loop);
  g_thread_join (server->thread);
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  g_object_unref (server->service);
  g_main_loop_unref (server->loop);
  g_main_context_unref (server->context);
  g_hash_table_unref (server->sayings);
  g_clear_pointer (&server->tls, SSL_CTX_free);
  g_free (server);
}

/**
 * list_server_address:
 * @server: a server
 * @path: as "/list.txt"
 *
 * Returns: (transfer full): the whole address
 */
char *
list_server_address (ListServer *server, const char *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", server->tls != NULL ? "https" : "http", server->port, path);
}

static Saying *
put (ListServer *server, const char *path, char *head, GBytes *body)
{
  Saying *old = g_hash_table_lookup (server->sayings, path);
  Saying *saying = g_new0 (Saying, 1);

  saying->head = head;
  saying->body = body;
  saying->requests = old != NULL ? old->requests : 0;
  saying->unchanged = old != NULL ? old->unchanged : 0;
  g_hash_table_replace (server->sayings, g_strdup (path), saying);
  return saying;
}

/**
 * list_server_say:
 * @server: a server
 * @path: where
 * @head: status line and fields, each with its line's end
 * @body: the body as it goes over the wire
 * @len: bytes of it, -1 for all of a string
 */
void
list_server_say (ListServer *server, const char *path, const char *head, const char *body, gssize len)
{
  g_mutex_lock (&server->lock);
  put (server, path, g_strdup (head), g_bytes_new (body, len < 0 ? strlen (body) : (gsize) len));
  g_mutex_unlock (&server->lock);
}

/**
 * list_server_give:
 * @server: a server
 * @path: where
 * @text: a whole file, given as it should be
 * @etag: (nullable): its mark; who has it is told that nothing changed
 */
void
list_server_give (ListServer *server, const char *path, const char *text, const char *etag)
{
  char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%s%s%s", strlen (text),
                                etag != NULL ? "ETag: " : "", etag != NULL ? etag : "", etag != NULL ? "\r\n" : "");

  g_mutex_lock (&server->lock);
  put (server, path, head, g_bytes_new (text, strlen (text)))->etag = g_strdup (etag);
  g_mutex_unlock (&server->lock);
}

/**
 * list_server_flood:
 * @server: a server
 * @path: where
 * @megabytes: of garbage
 */
void
list_server_flood (ListServer *server, const char *path, guint megabytes)
{
  g_mutex_lock (&server->lock);
  put (server, path, g_strdup ("HTTP/1.1 200 OK\r\n"), g_bytes_new ("", 0))->flood = megabytes;
  g_mutex_unlock (&server->lock);
}

/**
 * list_server_stall:
 * @server: a server
 * @path: where
 */
void
list_server_stall (ListServer *server, const char *path)
{
  static const char begun[] = "||one.example^\n";

  g_mutex_lock (&server->lock);
  put (server, path, g_strdup ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"), g_bytes_new_static (begun, sizeof begun - 1))->stall = 4;
  g_mutex_unlock (&server->lock);
}

/**
 * list_server_requests:
 * @server: a server
 * @path: where
 *
 * Returns: how often it was asked
 */
guint
list_server_requests (ListServer *server, const char *path)
{
  Saying *saying;
  guint   n;

  g_mutex_lock (&server->lock);
  saying = g_hash_table_lookup (server->sayings, path);
  n = saying != NULL ? saying->requests : 0;
  g_mutex_unlock (&server->lock);
  return n;
}

/**
 * list_server_unchanged:
 * @server: a server
 * @path: where
 *
 * Returns: how often it said that nothing changed
 */
guint
list_server_unchanged (ListServer *server, const char *path)
{
  Saying *saying;
  guint   n;

  g_mutex_lock (&server->lock);
  saying = g_hash_table_lookup (server->sayings, path);
  n = saying != NULL ? saying->unchanged : 0;
  g_mutex_unlock (&server->lock);
  return n;
}

/**
 * list_server_connections:
 * @server: a server
 *
 * Returns: how many there were
 */
guint
list_server_connections (ListServer *server)
{
  guint n;

  g_mutex_lock (&server->lock);
  n = server->connections;
  g_mutex_unlock (&server->lock);
  return n;
}
