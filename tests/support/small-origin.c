/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The smallest origin that a test can count on: one thread accepts, one more for each connection, which ends with it.
 */
#include "tests/support/small-origin.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct SmallOrigin
{
  int      fd; /* listens */
  guint16  port;
  GThread *thread;
  gint     references; /* atomic: its owner's and each connection's */
  gint     n_connections; /* these too */
  gint     n_requests;
  gint     delay_ms;
  gint     is_silent;
};

typedef struct
{
  SmallOrigin *origin; /* counted */
  int          fd;
} Connection;

static void
origin_unref (SmallOrigin *self)
{
  if (g_atomic_int_dec_and_test (&self->references))
    g_free (self);
}

static gboolean
answer (SmallOrigin *self, int fd)
{
  static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  if (g_atomic_int_get (&self->is_silent))
    return TRUE;
  g_usleep ((gulong) g_atomic_int_get (&self->delay_ms) * 1000);
  g_atomic_int_inc (&self->n_requests);
  return send (fd, ok, sizeof ok - 1, MSG_NOSIGNAL) > 0;
}

static gpointer
connection_main (gpointer user_data)
{
  Connection *self = user_data;
  char        buffer[4096];
  gsize       have = 0;
  ssize_t     n;

  while ((n = recv (self->fd, buffer + have, sizeof buffer - have - 1, 0)) > 0)
    {
      have += (gsize) n;
      buffer[have] = '\0';
      if (strstr (buffer, "\r\n\r\n") == NULL)
        continue;
      have = 0;
      if (!answer (self->origin, self->fd))
        break;
    }
  close (self->fd);
  origin_unref (self->origin);
  g_free (self);
  return NULL;
}

static gpointer
origin_main (gpointer user_data)
{
  SmallOrigin *self = user_data;
  int          fd;

  while ((fd = accept (self->fd, NULL, NULL)) >= 0)
    {
      Connection *connection = g_new (Connection, 1);

      g_atomic_int_inc (&self->references);
      g_atomic_int_inc (&self->n_connections);
      *connection = (Connection){ self, fd };
      g_thread_unref (g_thread_new ("connection", connection_main, connection));
    }
  return NULL;
}

SmallOrigin *
small_origin_new (void)
{
  SmallOrigin       *self = g_new0 (SmallOrigin, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;

  self->references = 1;
  self->fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (self->fd, 64), ==, 0);
  g_assert_cmpint (getsockname (self->fd, (struct sockaddr *) &address, &size), ==, 0);
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("origin", origin_main, self);
  return self;
}

void
small_origin_free (SmallOrigin *origin)
{
  shutdown (origin->fd, SHUT_RDWR);
  g_thread_join (origin->thread);
  close (origin->fd);
  origin_unref (origin);
}

guint16
small_origin_port (const SmallOrigin *origin)
{
  return origin->port;
}

guint
small_origin_connections (SmallOrigin *origin)
{
  return (guint) g_atomic_int_get (&origin->n_connections);
}

guint
small_origin_requests (SmallOrigin *origin)
{
  return (guint) g_atomic_int_get (&origin->n_requests);
}

void
small_origin_set_delay (SmallOrigin *origin, guint ms)
{
  g_atomic_int_set (&origin->delay_ms, (gint) ms);
}

void
small_origin_set_silent (SmallOrigin *origin, gboolean is_silent)
{
  g_atomic_int_set (&origin->is_silent, is_silent);
}
