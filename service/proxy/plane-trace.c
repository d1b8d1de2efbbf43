/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an exit looks from outside: a page that tells its visitor's address is asked for, through that exit and no
 * other way, and the address in its answer is handed to the main thread. Asked for by the user's setting alone.
 */
#include "proxy/plane.h"

#include "http/url.h"
#include "proxy/plane-private.h"
#include "proxy/upstream.h"

#include <string.h>

#define PATIENCE_US (15 * (gint64) G_USEC_PER_SEC)

/* What is read of an answer; bytes. */
#define ANSWER_MAX 8192

typedef struct
{
  NjExit       *exit;   /* counted */
  NjWorker     *worker; /* borrowed */
  NjArena       arena;
  NjUrl         url;    /* in the arena */
  char         *address; /* (nullable) owned */
  NjPlaneTraced traced;
  gpointer      user_data;
} Trace;

static gboolean
on_traced (gpointer user_data)
{
  Trace *trace = user_data;

  trace->traced (trace->exit, trace->address, trace->user_data);
  return G_SOURCE_REMOVE;
}

static void
trace_free (gpointer user_data)
{
  Trace *trace = user_data;

  nj_exit_unref (trace->exit);
  nj_arena_clear (&trace->arena);
  g_free (trace->address);
  g_free (trace);
}

/* (transfer full) (nullable): the address, if this is one of the whole Internet. */
static char *
address_of (NjBytes word)
{
  char      text[48];
  NjAddress address;
  gboolean  is_v6 = word.len > 0 && memchr (word.data, ':', word.len) != NULL;

  /* "2001:db8::" and "Your address is 192.0.2.1." */
  while (word.len > 1 && (word.data[word.len - 1] == '.' || (is_v6 && word.data[word.len - 1] == ':' && word.data[word.len - 2] != ':')))
    word.len--;
  if (word.len < 2 || word.len > 45 || (!is_v6 && memchr (word.data, '.', word.len) == NULL))
    return NULL;
  g_snprintf (text, sizeof text, is_v6 ? "[%.*s]" : "%.*s", NJ_BYTES_ARGS (word));
  if (!nj_address_parse (nj_bytes_from_string (text), 0, &address) || nj_address_scope (&address) != NJ_SCOPE_GLOBAL)
    return NULL;
  /* "1" and "0x7f.1" are no addresses here. */
  if (!is_v6 && strspn (text, "0123456789.") != strlen (text))
    return NULL;
  return nj_bytes_dup (word);
}

/**
 * nj_plane_trace_address:
 * @answer: a page, however it is written: plain, "ip=…" lines, JSON
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the first address of the whole Internet in it
 */
char *
nj_plane_trace_address (NjBytes answer)
{
  static const char parts[] = "0123456789abcdefABCDEF:.";
  gsize             at = 0;

  while (at < answer.len)
    {
      gsize end = at;
      char *address;

      while (end < answer.len && answer.data[end] != '\0' && strchr (parts, answer.data[end]) != NULL)
        end++;
      address = address_of (nj_bytes (answer.data + at, end - at));
      if (address != NULL)
        return address;
      at = end + 1;
    }
  return NULL;
}

static NjIo
open_stream (Trace *self, gint64 deadline, NjStream **ret_stream)
{
  const NjRoute       route = { .kind = NJ_ROUTE_EXIT, .exit = self->exit };
  const NjUpstreamKey key = { .route = &route, .host = self->url.host, .port = self->url.port, .is_secure = TRUE };
  NjDialFailure       failure = { 0 };
  NjTlsFailure        tls = { 0 };
  NjStream           *below = NULL;
  NjIo                io = nj_dial (self->worker, &route, self->url.host, self->url.port, deadline, &below, &failure);

  if (io != NJ_OK || !self->url.is_secure)
    {
      *ret_stream = below;
      return io;
    }
  return nj_upstream_secure (below, &key, deadline, ret_stream, &tls);
}

static void
trace_serve (gpointer user_data)
{
  Trace           *self = user_data;
  gint64           deadline = nj_worker_now (self->worker) + PATIENCE_US;
  g_autofree char *request = g_strdup_printf ("GET %.*s HTTP/1.1\r\nHost: %.*s\r\nAccept: */*\r\nConnection: close\r\n\r\n",
                                              NJ_BYTES_ARGS (self->url.path), NJ_BYTES_ARGS (self->url.authority));
  g_autofree char *answer = g_malloc (ANSWER_MAX + 1);
  NjStream        *stream = NULL;
  gsize            have = 0, n = 0;
  const char      *body;

  if (open_stream (self, deadline, &stream) == NJ_OK && nj_stream_write (stream, request, strlen (request), deadline) == NJ_OK)
    while (have < ANSWER_MAX && nj_stream_read (stream, answer + have, ANSWER_MAX - have, deadline, &n) == NJ_OK)
      have += n;
  nj_stream_close (stream);

  /* Fields may hold addresses of their own. */
  answer[have] = '\0';
  body = strstr (answer, "\r\n\r\n");
  if (body != NULL && g_str_has_prefix (answer, "HTTP/1.1 200"))
    self->address = nj_plane_trace_address (nj_bytes (body + 4, have - (gsize) (body + 4 - answer)));
  g_idle_add_full (G_PRIORITY_DEFAULT, on_traced, self, trace_free);
}

static void
on_trace (gpointer user_data)
{
  Trace *trace = user_data;

  if (nj_fiber_spawn (trace->worker, trace_serve, trace) == NULL)
    g_idle_add_full (G_PRIORITY_DEFAULT, on_traced, trace, trace_free);
}

/**
 * nj_plane_trace_exit:
 * @plane: a plane that was started
 * @exit: the exit
 * @url: the page
 * @traced: called once on the main thread's default context, unless @url is none
 * @user_data: for @traced
 *
 * Asks for @url through @exit. The main thread.
 *
 * Returns: whether @url is one
 */
gboolean
nj_plane_trace_exit (NjPlane *plane, NjExit *exit, const char *url, NjPlaneTraced traced, gpointer user_data)
{
  Trace *trace = g_new0 (Trace, 1);

  trace->exit = nj_exit_ref (exit);
  trace->worker = plane->workers[0];
  trace->traced = traced;
  trace->user_data = user_data;
  if (nj_url_parse (nj_bytes_from_string (url), &trace->arena, &trace->url) != NJ_URL_OK)
    {
      trace_free (trace);
      return FALSE;
    }

  nj_worker_post (trace->worker, on_trace, trace);
  return TRUE;
}
