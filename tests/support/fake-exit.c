/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits of each kind that behave or misbehave as a test wants: a thread for each connection and
 * blocking calls, so that none of the code under test is in them. The handshakes are here; what
 * carries the bytes afterwards is at the end.
 */
#include "tests/support/fake-exit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MAX 8192

struct FakeExit
{
  char     *kind;
  SSL_CTX  *context; /* (nullable) owned */
  guint8    fingerprint[32];
  int       listener;
  int       stop[2]; /* a pipe that is closed to end every wait */
  guint16   port;
  GThread  *thread;
  pthread_mutex_t lock; /* over all below */
  pthread_cond_t ended;
  FakeExitMood mood;
  char     *user;
  char     *password;
  char     *target;
  char     *last_user;
  guint     connections;
  guint     open;
};

typedef struct
{
  FakeExit    *exit;
  FakeExitMood mood;
  int          fd;
  SSL         *ssl; /* (nullable) */
} Talk;

static gboolean
say_bytes (Talk *talk, const void *bytes, gsize len)
{
  const char *at = bytes;
  gsize       step = talk->mood == FAKE_EXIT_DRIBBLES ? 1 : len;

  for (gsize done = 0; done < len; done += step)
    {
      if (talk->ssl != NULL ? SSL_write (talk->ssl, at + done, (int) step) <= 0
                            : send (talk->fd, at + done, step, MSG_NOSIGNAL) != (gssize) step)
        return FALSE;
      if (step < len)
        g_usleep (200);
    }
  return TRUE;
}

static gboolean
say (Talk *talk, const char *text)
{
  return say_bytes (talk, text, strlen (text));
}

/* Until there is something to read, or the exit ends. */
static gboolean
wait_for (Talk *talk, int other)
{
  struct pollfd points[] = { { talk->fd, POLLIN, 0 }, { talk->exit->stop[0], POLLIN, 0 }, { other, POLLIN, 0 } };

  if (talk->ssl != NULL && SSL_has_pending (talk->ssl))
    return TRUE;
  return poll (points, other >= 0 ? 3 : 2, -1) > 0 && points[1].revents == 0;
}

static gssize
hear (Talk *talk, void *buffer, gsize len)
{
  if (!wait_for (talk, -1))
    return -1;
  return talk->ssl != NULL ? SSL_read (talk->ssl, buffer, (int) len) : recv (talk->fd, buffer, len, 0);
}

static gboolean
hear_all (Talk *talk, void *buffer, gsize len)
{
  for (gsize have = 0; have < len;)
    {
      gssize n = hear (talk, (char *) buffer + have, len - have);

      if (n <= 0)
        return FALSE;
      have += (gsize) n;
    }
  return TRUE;
}

static void
note (FakeExit *exit, char **where, const char *text)
{
  pthread_mutex_lock (&exit->lock);
  g_free (*where);
  *where = g_strdup (text);
  pthread_mutex_unlock (&exit->lock);
}

static gboolean
is_let_in (FakeExit *exit, const char *user, const char *password)
{
  gboolean is_in;

  note (exit, &exit->last_user, user != NULL ? user : "");
  pthread_mutex_lock (&exit->lock);
  is_in = exit->user == NULL || (g_strcmp0 (exit->user, user) == 0 && g_strcmp0 (exit->password, password) == 0);
  pthread_mutex_unlock (&exit->lock);
  return is_in;
}

static void
flood (Talk *talk, const char *start)
{
  if (!say (talk, start))
    return;
  for (int i = 0; i < 100000 && say (talk, "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"); i++)
    ;
}

static gboolean
basic_is_let_in (FakeExit *exit, const char *head)
{
  const char      *field = strstr (head, "Proxy-Authorization: Basic ");
  g_autofree char *encoded = NULL;
  g_autofree char *text = NULL;
  gsize            len;
  char            *colon;

  if (field == NULL)
    return is_let_in (exit, NULL, NULL);

  field += strlen ("Proxy-Authorization: Basic ");
  encoded = g_strndup (field, strcspn (field, "\r"));
  text = (char *) g_base64_decode (encoded, &len);
  text = g_realloc (text, len + 1);
  text[len] = '\0';
  colon = strchr (text, ':');
  if (colon == NULL)
    return FALSE;
  *colon = '\0';
  return is_let_in (exit, text, colon + 1);
}

static gboolean
http_serve (Talk *talk)
{
  char  head[HEAD_MAX + 1] = "";
  gsize have = 0;
  char  target[300] = "";

  while (strstr (head, "\r\n\r\n") == NULL)
    {
      gssize n = have < HEAD_MAX ? hear (talk, head + have, HEAD_MAX - have) : -1;

      if (n <= 0)
        return FALSE;
      have += (gsize) n;
      head[have] = '\0';
    }
  if (sscanf (head, "CONNECT %299s HTTP/1.1\r\n", target) != 1)
    return FALSE;
  note (talk->exit, &talk->exit->target, target);

  if (talk->mood == FAKE_EXIT_DENIES || !basic_is_let_in (talk->exit, head))
    {
      say (talk, "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 4\r\n\r\npage");
      return FALSE;
    }
  if (talk->mood == FAKE_EXIT_REFUSES)
    say (talk, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 11\r\n\r\nsecret page");
  else if (talk->mood == FAKE_EXIT_BABBLES)
    say (talk, "220 mail.test ESMTP\r\n\r\n");
  else if (talk->mood == FAKE_EXIT_CUTS)
    say (talk, "HTTP/1.1 200 OK\r\nX-Half: ");
  else if (talk->mood == FAKE_EXIT_FLOODS)
    flood (talk, "HTTP/1.1 200 OK\r\n");
  else if (talk->mood == FAKE_EXIT_EAGER)
    return say (talk, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\neager");
  else
    return say (talk, "HTTP/1.1 200 Connection established\r\n\r\n");
  return FALSE;
}

static gboolean
socks5_greet (Talk *talk)
{
  guint8 head[2], methods[255], text[2][256] = { { 0 } };

  if (!hear_all (talk, head, 2) || head[0] != 5 || !hear_all (talk, methods, head[1]))
    return FALSE;
  if (talk->mood == FAKE_EXIT_BABBLES)
    return say (talk, "HTTP/1.1 400 Bad Request\r\n\r\n"), FALSE;
  if (talk->mood == FAKE_EXIT_DENIES)
    return say_bytes (talk, "\5\377", 2), FALSE;

  if (memchr (methods, 2, head[1]) == NULL)
    {
      gboolean is_in = is_let_in (talk->exit, NULL, NULL);

      return say_bytes (talk, is_in ? "\5\0" : "\5\377", 2) && is_in;
    }

  say_bytes (talk, "\5\2", 2);
  if (!hear_all (talk, head, 2) || head[0] != 1 || !hear_all (talk, text[0], head[1]))
    return FALSE;
  if (!hear_all (talk, head, 1) || !hear_all (talk, text[1], head[0]))
    return FALSE;
  if (!is_let_in (talk->exit, (char *) text[0], (char *) text[1]))
    return say_bytes (talk, "\1\1", 2), FALSE;
  return say_bytes (talk, "\1\0", 2);
}

static gboolean
socks5_target (Talk *talk)
{
  guint8           head[4], address[256] = { 0 }, len = 0, port[2];
  char             text[INET6_ADDRSTRLEN];
  g_autofree char *target = NULL;

  if (!hear_all (talk, head, 4))
    return FALSE;
  if (head[3] == 3 && !hear_all (talk, &len, 1))
    return FALSE;
  if (head[3] != 3)
    len = head[3] == 1 ? 4 : 16;
  if (!hear_all (talk, address, len) || !hear_all (talk, port, 2))
    return FALSE;

  if (head[3] != 3)
    inet_ntop (head[3] == 1 ? AF_INET : AF_INET6, address, text, sizeof text);
  target = g_strdup_printf (head[3] == 4 ? "[%s]:%u" : "%s:%u", head[3] == 3 ? (char *) address : text,
                            port[0] << 8 | port[1]);
  note (talk->exit, &talk->exit->target, target);
  return TRUE;
}

static gboolean
socks5_serve (Talk *talk)
{
  static const char granted[] = "\5\0\0\1\0\0\0\0\0\0eager";
  static const char named[] = "\5\0\0\3\4name\0\7";

  if (!socks5_greet (talk) || !socks5_target (talk))
    return FALSE;

  if (talk->mood == FAKE_EXIT_REFUSES)
    say_bytes (talk, "\5\5\0\1", 4);
  else if (talk->mood == FAKE_EXIT_CUTS)
    say_bytes (talk, "\5\0\0\1\0\0", 6);
  else if (talk->mood == FAKE_EXIT_FLOODS)
    flood (talk, "\5x");
  else if (talk->mood == FAKE_EXIT_EAGER)
    return say_bytes (talk, granted, sizeof granted - 1);
  else if (talk->mood == FAKE_EXIT_DRIBBLES)
    return say_bytes (talk, named, sizeof named - 1);
  else if (talk->mood != FAKE_EXIT_PONDERS)
    return say_bytes (talk, granted, 10);
  return FALSE;
}

static gboolean
socks4a_text (Talk *talk, char text[256])
{
  for (guint i = 0; i < 256; i++)
    {
      if (!hear_all (talk, text + i, 1))
        return FALSE;
      if (text[i] == '\0')
        return TRUE;
    }
  return FALSE;
}

static gboolean
socks4a_serve (Talk *talk)
{
  guint8           head[8];
  char             user[256], name[256];
  g_autofree char *target = NULL;

  if (!hear_all (talk, head, 8) || head[0] != 4 || !socks4a_text (talk, user))
    return FALSE;
  if (head[4] != 0)
    inet_ntop (AF_INET, head + 4, name, sizeof name);
  else if (!socks4a_text (talk, name))
    return FALSE;
  target = g_strdup_printf ("%s:%u", name, head[2] << 8 | head[3]);
  note (talk->exit, &talk->exit->target, target);

  if (talk->mood == FAKE_EXIT_DENIES || !is_let_in (talk->exit, user, ""))
    say_bytes (talk, "\0\135\0\0\0\0\0\0", 8);
  else if (talk->mood == FAKE_EXIT_REFUSES)
    say_bytes (talk, "\0\133\0\0\0\0\0\0", 8);
  else if (talk->mood == FAKE_EXIT_BABBLES || talk->mood == FAKE_EXIT_FLOODS)
    flood (talk, "HTTP/1.1");
  else if (talk->mood == FAKE_EXIT_CUTS)
    say_bytes (talk, "\0\132", 2);
  else
    return say_bytes (talk, "\0\132\0\0\0\0\0\0eager", talk->mood == FAKE_EXIT_EAGER ? 13 : 8);
  return FALSE;
}

/* Back what came, end included. */
static void
echo (Talk *talk)
{
  char   buffer[16384];
  gssize n;

  if (talk->mood == FAKE_EXIT_DRIBBLES)
    talk->mood = FAKE_EXIT_SERVES;
  while ((n = hear (talk, buffer, sizeof buffer)) > 0)
    if (!say_bytes (talk, buffer, (gsize) n))
      return;
  if (talk->ssl != NULL)
    SSL_shutdown (talk->ssl);
}

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static void
forward (Talk *talk, guint16 port)
{
  Talk far = { talk->exit, FAKE_EXIT_SERVES, connect_to (port), NULL };
  char buffer[16384];

  if (far.fd < 0)
    return;

  while (wait_for (talk, far.fd))
    {
      struct pollfd points[] = { { talk->fd, POLLIN, 0 }, { far.fd, POLLIN, 0 } };
      gssize        n = 1;

      poll (points, 2, 0);
      if (points[0].revents != 0 || (talk->ssl != NULL && SSL_has_pending (talk->ssl)))
        n = hear (talk, buffer, sizeof buffer);
      if (n <= 0 || (points[0].revents != 0 && !say_bytes (&far, buffer, (gsize) n)))
        break;
      if (points[1].revents == 0)
        continue;
      n = recv (far.fd, buffer, sizeof buffer, 0);
      if (n <= 0 || !say_bytes (talk, buffer, (gsize) n))
        break;
    }
  close (far.fd);
}

static void
carry (Talk *talk)
{
  g_autofree char *target = fake_exit_target (talk->exit);

  if (g_str_has_prefix (target, "127.0.0.1:"))
    forward (talk, (guint16) atoi (strrchr (target, ':') + 1));
  else
    echo (talk);
}

static void
talk_serve (Talk *talk)
{
  const char *kind = talk->exit->kind;
  gboolean    is_open;

  if (talk->mood == FAKE_EXIT_STALLS)
    {
      struct pollfd stop = { talk->exit->stop[0], POLLIN, 0 };

      poll (&stop, 1, -1);
      return;
    }
  if (talk->mood == FAKE_EXIT_CLOSES || talk->mood == FAKE_EXIT_RESETS)
    return;
  if (talk->exit->context != NULL)
    {
      talk->ssl = SSL_new (talk->exit->context);
      SSL_set_fd (talk->ssl, talk->fd);
      if (!wait_for (talk, -1) || SSL_accept (talk->ssl) != 1)
        return;
    }

  if (g_str_has_prefix (kind, "http"))
    is_open = http_serve (talk);
  else if (g_str_has_prefix (kind, "socks4"))
    is_open = socks4a_serve (talk);
  else
    is_open = socks5_serve (talk);

  if (is_open)
    carry (talk);
  /* What misbehaved by silence keeps the connection until the other side has enough. */
  if (!is_open && talk->mood == FAKE_EXIT_PONDERS)
    hear (talk, &(char){ 0 }, 1);
}

static gpointer
on_talk (gpointer user_data)
{
  Talk         *talk = user_data;
  FakeExit     *exit = talk->exit;
  struct linger linger = { 1, 0 };

  talk_serve (talk);
  if (talk->ssl != NULL)
    SSL_free (talk->ssl);
  if (talk->mood == FAKE_EXIT_RESETS)
    setsockopt (talk->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (talk->fd);
  g_free (talk);

  pthread_mutex_lock (&exit->lock);
  exit->open--;
  pthread_cond_signal (&exit->ended);
  pthread_mutex_unlock (&exit->lock);
  return NULL;
}

static gpointer
on_listen (gpointer user_data)
{
  FakeExit     *exit = user_data;
  struct pollfd points[] = { { exit->listener, POLLIN, 0 }, { exit->stop[0], POLLIN, 0 } };

  while (poll (points, 2, -1) > 0 && points[1].revents == 0)
    {
      Talk *talk = g_new0 (Talk, 1);

      talk->exit = exit;
      talk->fd = accept4 (exit->listener, NULL, NULL, SOCK_CLOEXEC);
      pthread_mutex_lock (&exit->lock);
      talk->mood = exit->mood;
      exit->connections++;
      exit->open++;
      pthread_mutex_unlock (&exit->lock);
      g_thread_unref (g_thread_new ("fake-exit", on_talk, talk));
    }
  return NULL;
}

FakeExit *
fake_exit_new (const char *kind, const TestCertificate *certificate)
{
  FakeExit          *exit = g_new0 (FakeExit, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;

  exit->kind = g_strdup (kind);
  pthread_mutex_init (&exit->lock, NULL);
  pthread_cond_init (&exit->ended, NULL);
  if (g_str_has_suffix (kind, "s"))
    {
      exit->context = SSL_CTX_new (TLS_server_method ());
      g_assert_cmpint (SSL_CTX_use_certificate_file (exit->context, certificate->certificate_path, SSL_FILETYPE_PEM), ==, 1);
      g_assert_cmpint (SSL_CTX_use_PrivateKey_file (exit->context, certificate->key_path, SSL_FILETYPE_PEM), ==, 1);
      memcpy (exit->fingerprint, certificate->fingerprint, sizeof exit->fingerprint);
    }

  exit->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (exit->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (exit->listener, 64), ==, 0);
  getsockname (exit->listener, (struct sockaddr *) &address, &size);
  exit->port = ntohs (address.sin_port);
  g_assert_cmpint (pipe (exit->stop), ==, 0);
  exit->thread = g_thread_new ("fake-exit", on_listen, exit);
  return exit;
}

void
fake_exit_free (FakeExit *exit)
{
  if (exit == NULL)
    return;

  close (exit->stop[1]);
  g_thread_join (exit->thread);
  pthread_mutex_lock (&exit->lock);
  while (exit->open > 0)
    pthread_cond_wait (&exit->ended, &exit->lock);
  pthread_mutex_unlock (&exit->lock);

  close (exit->stop[0]);
  close (exit->listener);
  SSL_CTX_free (exit->context);
  pthread_mutex_destroy (&exit->lock);
  pthread_cond_destroy (&exit->ended);
  g_free (exit->kind);
  g_free (exit->user);
  g_free (exit->password);
  g_free (exit->target);
  g_free (exit->last_user);
  g_free (exit);
}

void
fake_exit_set_mood (FakeExit *exit, FakeExitMood mood)
{
  pthread_mutex_lock (&exit->lock);
  exit->mood = mood;
  pthread_mutex_unlock (&exit->lock);
}

void
fake_exit_set_credentials (FakeExit *exit, const char *user, const char *password)
{
  note (exit, &exit->user, user);
  note (exit, &exit->password, password);
}

guint16
fake_exit_port (const FakeExit *exit)
{
  return exit->port;
}

char *
fake_exit_uri (const FakeExit *exit, const char *credentials, gboolean is_pinned)
{
  GString *uri = g_string_new (NULL);

  g_string_printf (uri, "%s://%s%s127.0.0.1:%u", exit->kind, credentials != NULL ? credentials : "",
                   credentials != NULL ? "@" : "", exit->port);
  if (is_pinned && exit->context != NULL)
    {
      g_string_append (uri, "#sha256=");
      for (guint i = 0; i < sizeof exit->fingerprint; i++)
        g_string_append_printf (uri, "%02x", exit->fingerprint[i]);
    }
  return g_string_free (uri, FALSE);
}

char *
fake_exit_target (FakeExit *exit)
{
  char *target;

  pthread_mutex_lock (&exit->lock);
  target = g_strdup (exit->target != NULL ? exit->target : "");
  pthread_mutex_unlock (&exit->lock);
  return target;
}

char *
fake_exit_last_user (FakeExit *exit)
{
  char *user;

  pthread_mutex_lock (&exit->lock);
  user = g_strdup (exit->last_user != NULL ? exit->last_user : "");
  pthread_mutex_unlock (&exit->lock);
  return user;
}

guint
fake_exit_connections (FakeExit *exit)
{
  guint connections;

  pthread_mutex_lock (&exit->lock);
  connections = exit->connections;
  pthread_mutex_unlock (&exit->lock);
  return connections;
}
