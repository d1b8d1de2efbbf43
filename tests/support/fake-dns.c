/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name server for DNS over TLS and over HTTPS that behaves or misbehaves as a test wants: a thread
 * for each connection and blocking calls, HTTP/2 by nghttp2's server side. What it knows of names is in
 * one table below.
 */
#include "tests/support/fake-dns.h"

#include <arpa/inet.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 4096

struct FakeDns
{
  gboolean  is_https;
  SSL_CTX  *context;
  int       listener;
  int       stop[2]; /* a pipe that is closed to end every wait */
  guint16   port;
  GThread  *thread;
  gint      mood; /* this and below: atomic */
  gint      questions;
  gint      connections;
  gint      open;
};

typedef struct
{
  FakeDns         *dns;
  int              fd;
  SSL             *ssl;
  gboolean         is_over;
  nghttp2_session *session;
  GPtrArray       *posts; /* (element-type Post) owned: a session that ends tells nothing of its streams */
  guint8           kept[MESSAGE_MAX]; /* FAKE_DNS_TURNS: the one that waits for the next */
  gsize            kept_len;
  gint32           kept_stream;
} Talk;

/* A DoH request under way. */
typedef struct
{
  guint8 bytes[MESSAGE_MAX];
  gsize  len;
} Post;

typedef struct
{
  const char *name;
  guint16     type; /* 0: an alias */
  guint32     ttl_s;
  const char *value;
} Entry;

static const Entry entries[] = {
  { "a.test", 1, 30, "192.0.2.1" },        { "both.test", 1, 30, "192.0.2.1" },
  { "both.test", 28, 20, "2001:db8::1" },  { "alias.test", 0, 300, "cdn.test" },
  { "cdn.test", 0, 60, "edge.test" },      { "edge.test", 1, 300, "192.0.2.7" },
  { "zero.test", 1, 300, "0.0.0.0" },
};

static void
put (guint8 *message, gsize *len, guint value, guint bytes)
{
  while (bytes-- > 0)
    message[(*len)++] = (guint8) (value >> (8 * bytes));
}

static void
put_name (guint8 *message, gsize *len, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++)
    {
      put (message, len, (guint) strlen (labels[i]), 1);
      memcpy (message + *len, labels[i], strlen (labels[i]));
      *len += strlen (labels[i]);
    }
  put (message, len, 0, 1);
}

static void
put_record (guint8 *message, gsize *len, const Entry *entry)
{
  gsize size_at;

  put_name (message, len, entry->name);
  put (message, len, entry->type == 0 ? 5 : entry->type, 2);
  put (message, len, 1, 2);
  put (message, len, entry->ttl_s, 4);
  size_at = *len;
  put (message, len, 0, 2);
  if (entry->type == 0)
    put_name (message, len, entry->value);
  else
    {
      inet_pton (entry->type == 1 ? AF_INET : AF_INET6, entry->value, message + *len);
      *len += entry->type == 1 ? 4 : 16;
    }
  put (message, &size_at, (guint) (*len - size_at - 2), 2);
}

static guint
put_answers (guint8 *message, gsize *len, const char *name, guint16 type)
{
  g_autofree char *number = g_strdup_printf ("192.0.2.%d", name[0] == 'n' ? atoi (name + 1) : 0);
  const Entry      numbered = { name, 1, 300, number };
  guint            n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (entries[i].name, name) && (entries[i].type == type || entries[i].type == 0))
      {
        put_record (message, len, &entries[i]);
        n++;
        if (entries[i].type == 0)
          n += put_answers (message, len, entries[i].value, type);
      }
  if (name[0] == 'n' && g_ascii_isdigit (name[1]) && type == 1)
    {
      put_record (message, len, &numbered);
      n++;
    }
  return n;
}

/* Name and type of the question; returns where it ends. */
static gsize
read_question (const guint8 *question, GString *name, guint16 *type)
{
  gsize at = 12;

  for (; question[at] != 0; at += 1 + (gsize) question[at])
    {
      if (name->len > 0)
        g_string_append_c (name, '.');
      g_string_append_len (name, (const char *) question + at + 1, question[at]);
    }
  *type = (guint16) (question[at + 1] << 8 | question[at + 2]);
  return at + 5;
}

/* The answer to a question, in its place. */
static gsize
answer (FakeDns *dns, guint8 *message, gsize len)
{
  FakeDnsMood mood = (FakeDnsMood) g_atomic_int_get (&dns->mood);
  g_autoptr (GString) name = g_string_new (NULL);
  guint16     type = 0;
  gsize       end = read_question (message, name, &type);
  gsize       at = 6;
  guint       n;

  /* Its answers would say nothing of a question without recursion or with no padding. */
  g_assert_cmpuint (message[2], ==, 1);
  g_assert_cmpuint (len % 128, ==, 0);
  g_atomic_int_inc (&dns->questions);

  if (mood == FAKE_DNS_BABBLES)
    {
      memset (message + 2, 'x', 60);
      return 62;
    }

  message[2] = 0x81;
  message[3] = mood == FAKE_DNS_FAILS ? 0x82 : 0x80;
  memset (message + 6, 0, 6);
  n = mood == FAKE_DNS_FAILS ? 0 : put_answers (message, &end, name->str, type);
  put (message, &at, n, 2);
  if (g_str_equal (name->str, "none.test"))
    {
      message[3] |= 3;
      put (message, &at, 1, 2);
      put_name (message, &end, "test");
      put (message, &end, 6 << 16 | 1, 4);
      put (message, &end, 600, 4);
      put (message, &end, 22, 2);
      put (message, &end, 0, 2);
      for (guint i = 0; i < 5; i++)
        put (message, &end, 60, 4);
    }
  return end;
}

static gboolean
read_whole (Talk *talk, void *buffer, gsize len)
{
  gsize done = 0;

  while (done < len)
    {
      struct pollfd watched[] = { { talk->fd, POLLIN, 0 }, { talk->dns->stop[0], POLLIN, 0 } };
      int           n;

      if (SSL_pending (talk->ssl) == 0)
        poll (watched, 2, -1);
      if (watched[1].revents != 0)
        return FALSE;
      n = SSL_read (talk->ssl, (char *) buffer + done, (int) (len - done));
      if (n <= 0)
        return FALSE;
      done += (gsize) n;
    }
  return TRUE;
}

static void
say_framed (Talk *talk, const guint8 *message, gsize len)
{
  guint8 framed[MESSAGE_MAX + 2] = { (guint8) (len >> 8), (guint8) len };

  memcpy (framed + 2, message, len);
  SSL_write (talk->ssl, framed, (int) len + 2);
}

/* One question over TLS; FALSE ends the connection. */
static gboolean
serve_framed (Talk *talk)
{
  FakeDnsMood mood;
  guint8      message[MESSAGE_MAX];
  guint8      size[2];
  gsize       len;

  if (!read_whole (talk, size, 2))
    return FALSE;
  len = (gsize) size[0] << 8 | size[1];
  g_assert_cmpuint (len, <, 512);
  if (!read_whole (talk, message, len))
    return FALSE;

  mood = (FakeDnsMood) g_atomic_int_get (&talk->dns->mood);
  if (mood == FAKE_DNS_CLOSES)
    return FALSE;
  if (mood == FAKE_DNS_STALLS)
    return TRUE;

  len = answer (talk->dns, message, len);
  if (mood == FAKE_DNS_TURNS && talk->kept_len == 0)
    {
      memcpy (talk->kept, message, len);
      talk->kept_len = len;
      return TRUE;
    }
  say_framed (talk, message, len);
  if (talk->kept_len > 0)
    say_framed (talk, talk->kept, talk->kept_len);
  talk->kept_len = 0;
  return mood != FAKE_DNS_PARTS;
}

static int
on_begin (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  Talk *talk = user_data;
  Post *post = g_new0 (Post, 1);

  g_ptr_array_add (talk->posts, post);
  nghttp2_session_set_stream_user_data (session, frame->hd.stream_id, post);
  return 0;
}

static int
on_field (nghttp2_session *session, const nghttp2_frame *frame, const guint8 *name, size_t name_len, const guint8 *value,
          size_t value_len, guint8 flags, void *user_data)
{
  if (name_len == 7 && memcmp (name, ":method", 7) == 0)
    g_assert_true (value_len == 4 && memcmp (value, "POST", 4) == 0);
  if (name_len == 5 && memcmp (name, ":path", 5) == 0)
    g_assert_true (value_len == 10 && memcmp (value, "/dns-query", 10) == 0);
  if (name_len == 12 && memcmp (name, "content-type", 12) == 0)
    g_assert_true (value_len == 23 && memcmp (value, "application/dns-message", 23) == 0);
  return 0;
}

static int
on_piece (nghttp2_session *session, guint8 flags, gint32 id, const guint8 *bytes, size_t len, void *user_data)
{
  Post *post = nghttp2_session_get_stream_user_data (session, id);

  g_assert_cmpuint (post->len + len, <, 512);
  memcpy (post->bytes + post->len, bytes, len);
  post->len += len;
  return 0;
}

static ssize_t
on_body (nghttp2_session *session, gint32 id, guint8 *buffer, size_t len, guint32 *flags, nghttp2_data_source *source,
         void *user_data)
{
  Post *post = source->ptr;

  memcpy (buffer, post->bytes, post->len);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t) post->len;
}

static void
say_post (Talk *talk, gint32 id, FakeDnsMood mood)
{
  Post       *post = nghttp2_session_get_stream_user_data (talk->session, id);
  const char *type = mood == FAKE_DNS_PORTAL ? "text/html" : "application/dns-message";
  const char *status = mood == FAKE_DNS_FAILS ? "500" : "200";
  nghttp2_nv  fields[] = {
    { (guint8 *) ":status", (guint8 *) status, 7, 3, 0 },
    { (guint8 *) "content-type", (guint8 *) type, 12, strlen (type), 0 },
  };
  nghttp2_data_provider body = { .source.ptr = post, .read_callback = on_body };

  nghttp2_submit_response (talk->session, id, fields, 2, &body);
}

static int
on_frame (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  Talk       *talk = user_data;
  FakeDnsMood mood = (FakeDnsMood) g_atomic_int_get (&talk->dns->mood);
  Post       *post;

  if (frame->hd.stream_id == 0 || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
    return 0;
  if (mood == FAKE_DNS_CLOSES)
    talk->is_over = TRUE;
  if (mood == FAKE_DNS_STALLS || mood == FAKE_DNS_CLOSES)
    return 0;

  post = nghttp2_session_get_stream_user_data (session, frame->hd.stream_id);
  post->len = answer (talk->dns, post->bytes, post->len);
  if (mood == FAKE_DNS_TURNS && talk->kept_stream == 0)
    {
      talk->kept_stream = frame->hd.stream_id;
      return 0;
    }
  say_post (talk, frame->hd.stream_id, mood);
  if (talk->kept_stream != 0)
    say_post (talk, talk->kept_stream, mood);
  talk->kept_stream = 0;
  if (mood == FAKE_DNS_PARTS)
    talk->is_over = TRUE;
  return 0;
}

static void
session_start (Talk *talk)
{
  nghttp2_session_callbacks *callbacks = NULL;

  nghttp2_session_callbacks_new (&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback (callbacks, on_begin);
  nghttp2_session_callbacks_set_on_header_callback (callbacks, on_field);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback (callbacks, on_piece);
  nghttp2_session_callbacks_set_on_frame_recv_callback (callbacks, on_frame);
  nghttp2_session_server_new (&talk->session, callbacks, talk);
  nghttp2_session_callbacks_del (callbacks);
  nghttp2_submit_settings (talk->session, NGHTTP2_FLAG_NONE, NULL, 0);
}

/* What came at once over HTTPS; FALSE ends the connection. */
static gboolean
serve_session (Talk *talk)
{
  const guint8 *bytes;
  ssize_t       n;
  guint8        buffer[MESSAGE_MAX];
  int           came;

  while ((n = nghttp2_session_mem_send (talk->session, &bytes)) > 0)
    SSL_write (talk->ssl, bytes, (int) n);
  if (nghttp2_session_want_read (talk->session) == 0 || talk->is_over)
    return FALSE;
  if (!read_whole (talk, buffer, 1))
    return FALSE;

  came = SSL_pending (talk->ssl) > 0 ? SSL_read (talk->ssl, buffer + 1, (int) sizeof buffer - 1) : 0;
  came = 1 + (came > 0 ? came : 0);
  return nghttp2_session_mem_recv (talk->session, buffer, (size_t) came) == came;
}

static gpointer
talk_thread (gpointer user_data)
{
  Talk    *talk = user_data;
  FakeDns *dns = talk->dns;

  talk->posts = g_ptr_array_new_with_free_func (g_free);
  talk->ssl = SSL_new (dns->context);
  SSL_set_fd (talk->ssl, talk->fd);
  if (SSL_accept (talk->ssl) == 1)
    {
      if (dns->is_https)
        session_start (talk);
      while (dns->is_https ? serve_session (talk) : serve_framed (talk))
        ;
      /* What the other side still says must not become a reset that costs it our last words. */
      SSL_shutdown (talk->ssl);
      shutdown (talk->fd, SHUT_WR);
      while (recv (talk->fd, talk->kept, sizeof talk->kept, 0) > 0)
        ;
    }

  if (talk->session != NULL)
    nghttp2_session_del (talk->session);
  g_ptr_array_unref (talk->posts);
  SSL_free (talk->ssl);
  close (talk->fd);
  g_free (talk);
  g_atomic_int_add (&dns->open, -1);
  return NULL;
}

static gpointer
accept_thread (gpointer user_data)
{
  FakeDns *dns = user_data;

  for (;;)
    {
      struct pollfd watched[] = { { dns->listener, POLLIN, 0 }, { dns->stop[0], POLLIN, 0 } };
      Talk         *talk;

      poll (watched, 2, -1);
      if (watched[1].revents != 0)
        return NULL;

      talk = g_new0 (Talk, 1);
      talk->dns = dns;
      talk->fd = accept (dns->listener, NULL, NULL);
      g_atomic_int_inc (&dns->connections);
      g_atomic_int_inc (&dns->open);
      g_thread_unref (g_thread_new ("fake-dns", talk_thread, talk));
    }
}

static int
on_alpn (SSL *ssl, const guchar **out, guchar *out_len, const guchar *in, guint in_len, void *data)
{
  static const guchar h2[] = { 2, 'h', '2' };

  return SSL_select_next_proto ((guchar **) out, out_len, h2, sizeof h2, in, in_len) == OPENSSL_NPN_NEGOTIATED
           ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

FakeDns *
fake_dns_new (gboolean is_https, const TestCertificate *certificate)
{
  FakeDns           *dns = g_new0 (FakeDns, 1);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;

  dns->is_https = is_https;
  dns->context = SSL_CTX_new (TLS_server_method ());
  g_assert_cmpint (SSL_CTX_use_certificate_file (dns->context, certificate->certificate_path, SSL_FILETYPE_PEM), ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey_file (dns->context, certificate->key_path, SSL_FILETYPE_PEM), ==, 1);
  if (is_https)
    SSL_CTX_set_alpn_select_cb (dns->context, on_alpn, NULL);

  g_assert_cmpint (pipe (dns->stop), ==, 0);
  dns->listener = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (dns->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (dns->listener, 64), ==, 0);
  getsockname (dns->listener, (struct sockaddr *) &address, &size);
  dns->port = ntohs (address.sin_port);
  dns->thread = g_thread_new ("fake-dns", accept_thread, dns);
  return dns;
}

void
fake_dns_free (FakeDns *dns)
{
  if (dns == NULL)
    return;

  close (dns->stop[1]);
  g_thread_join (dns->thread);
  while (g_atomic_int_get (&dns->open) > 0)
    g_usleep (1000);
  close (dns->stop[0]);
  close (dns->listener);
  SSL_CTX_free (dns->context);
  g_free (dns);
}

void
fake_dns_set_mood (FakeDns *dns, FakeDnsMood mood)
{
  g_atomic_int_set (&dns->mood, (gint) mood);
}

guint16
fake_dns_port (const FakeDns *dns)
{
  return dns->port;
}

guint
fake_dns_questions (FakeDns *dns)
{
  return (guint) g_atomic_int_get (&dns->questions);
}

guint
fake_dns_connections (FakeDns *dns)
{
  return (guint) g_atomic_int_get (&dns->connections);
}
