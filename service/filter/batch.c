/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "nightjarctl check --batch": requests on stdin, verdicts on stdout, figures on stderr. Needs no
 * service; what outside harnesses measure the engine with. One thread.
 */
#include "filter/batch.h"
#include "base/host.h"
#include "filter/compiler.h"
#include "filter/engine-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Match times are counted in steps of 32 ns up to half a millisecond. */
#define STEP_NS 32
#define STEPS   16384
#define ROOM    (1 << 20)

typedef struct
{
  NjEngine *engine;   /* owned */
  char     *out;      /* owned: answers not yet written */
  gsize     out_len;
  gsize     out_room;
  guint64   n;
  guint64   total_ns;
  guint32  *histogram; /* owned */
  char     *lent;      /* owned: the arena's block */
  double    compile_ms;
} Batch;

static gint64
clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* The host of an authority, without user, port and a dot at its end. */
static NjBytes
host_of (NjBytes authority)
{
  const char *at = authority.len > 0 ? memrchr (authority.data, '@', authority.len) : NULL;
  const char *colon;

  if (at != NULL)
    authority = nj_bytes (at + 1, authority.data + authority.len - at - 1);
  if (authority.len > 0 && authority.data[0] == '[')
    {
      const char *close = memchr (authority.data, ']', authority.len);

      return close != NULL ? nj_bytes (authority.data, close + 1 - authority.data) : authority;
    }
  colon = authority.len > 0 ? memchr (authority.data, ':', authority.len) : NULL;
  if (colon != NULL)
    authority.len = colon - authority.data;
  while (authority.len > 0 && authority.data[authority.len - 1] == '.')
    authority.len--;
  return authority;
}

static NjBytes
host_of_url (NjBytes url)
{
  const char *colon = url.len > 0 ? memchr (url.data, ':', url.len) : NULL;
  gsize       start, end;

  if (colon == NULL || (gsize) (colon - url.data) + 3 > url.len || colon[1] != '/' || colon[2] != '/')
    return NJ_BYTES_NONE;
  start = colon + 3 - url.data;
  for (end = start; end < url.len && url.data[end] != '/' && url.data[end] != '?' && url.data[end] != '#'; end++)
    ;
  return host_of (nj_bytes (url.data + start, end - start));
}

static gboolean
is_normal (NjBytes host)
{
  for (gsize i = 0; i < host.len; i++)
    if ((guchar) host.data[i] >= 0x80 || (host.data[i] >= 'A' && host.data[i] <= 'Z'))
      return FALSE;
  return TRUE;
}

/**
 * nj_batch_split_url:
 * @url: a URL as somebody wrote it
 * @arena: where a changed URL goes
 * @ret_request: (out): gets url and host; the rest is untouched
 *
 * Any thread.
 *
 * Returns: whether @url has a host
 */
gboolean
nj_batch_split_url (NjBytes url, NjArena *arena, NjFilterRequest *ret_request)
{
  NjBytes host = host_of_url (url);
  char    normal[NJ_HOST_MAX + 1];
  gsize   len, before, after;
  char   *whole;

  if (host.len == 0)
    return FALSE;
  if (!is_normal (host))
    {
      len = nj_host_normalize (host, normal);
      if (len == 0)
        return FALSE;
      before = host.data - url.data;
      after = url.len - before - host.len;
      whole = nj_arena_alloc (arena, before + len + after + 1);
      memcpy (whole, url.data, before);
      memcpy (whole + before, normal, len);
      memcpy (whole + before + len, host.data + host.len, after);
      url = nj_bytes (whole, before + len + after);
      host = nj_bytes (whole + before, len);
    }
  ret_request->url = url;
  ret_request->host = host;
  return TRUE;
}

static NjBytes
next_field (NjBytes *line)
{
  const char *tab = line->len > 0 ? memchr (line->data, '\t', line->len) : NULL;
  NjBytes     field = nj_bytes (line->data, tab != NULL ? (gsize) (tab - line->data) : line->len);

  *line = tab != NULL ? nj_bytes (tab + 1, line->len - field.len - 1) : NJ_BYTES_NONE;
  return field;
}

static void
put (Batch *self, NjBytes text)
{
  if (self->out_len + text.len > self->out_room)
    {
      self->out_room = (self->out_len + text.len) * 2;
      self->out = g_realloc (self->out, self->out_room);
    }
  memcpy (self->out + self->out_len, text.data, text.len);
  self->out_len += text.len;
}

static void
put_verdict (Batch *self, const NjFilterVerdict *verdict)
{
  static const NjBytes words[] = {
    [NJ_FILTER_ALLOW] = { "allow", 5 },         [NJ_FILTER_BLOCK] = { "block", 5 },
    [NJ_FILTER_EXCEPT] = { "except", 6 },       [NJ_FILTER_REDIRECT] = { "redirect:", 9 },
    [NJ_FILTER_REWRITE] = { "rewrite:", 8 },
  };

  put (self, words[verdict->action]);
  if (verdict->action == NJ_FILTER_REDIRECT)
    put (self, verdict->redirect);
  else if (verdict->action == NJ_FILTER_REWRITE)
    put (self, verdict->rewrite);
  put (self, NJ_BYTES ("\n"));
}

static void
answer (Batch *self, NjBytes line)
{
  gint64           start = clock_ns (CLOCK_MONOTONIC), took;
  g_auto (NjArena) arena;
  NjFilterRequest  request = { .method = NJ_BYTES ("GET") };
  NjFilterVerdict  verdict = { .action = NJ_FILTER_ALLOW };
  NjBytes          url = next_field (&line);
  NjBytes          source = next_field (&line);

  nj_arena_init (&arena, self->lent, 65536);
  request.type = nj_request_type_from_name (line, NULL);
  request.source_host = host_of_url (source);
  if (nj_batch_split_url (url, &arena, &request))
    nj_engine_match (self->engine, &request, &arena, &verdict);

  took = clock_ns (CLOCK_MONOTONIC) - start;
  self->n++;
  self->histogram[MIN (took / STEP_NS, STEPS - 1)]++;
  put_verdict (self, &verdict);
}

static gboolean
write_all (Batch *self, FILE *out)
{
  gboolean is_written = fwrite (self->out, 1, self->out_len, out) == self->out_len && fflush (out) == 0;

  self->out_len = 0;
  return is_written;
}

/* Answers each line; writes whenever there is nothing more to read. */
static gboolean
serve (Batch *self, FILE *in, FILE *out)
{
  gsize           room = ROOM, len = 0;
  g_autofree char *buffer = g_malloc (room);

  for (;;)
    {
      ssize_t n = read (fileno (in), buffer + len, room - len);
      gsize   at = 0;
      char   *newline;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0;
      len += n;
      /* The mean is of processor time, so that what else the machine does is not counted. */
      self->total_ns -= clock_ns (CLOCK_PROCESS_CPUTIME_ID);
      while ((newline = memchr (buffer + at, '\n', len - at)) != NULL)
        {
          answer (self, nj_bytes_trim (nj_bytes (buffer + at, newline - buffer - at)));
          at = newline + 1 - buffer;
        }
      self->total_ns += clock_ns (CLOCK_PROCESS_CPUTIME_ID);
      memmove (buffer, buffer + at, len - at);
      len -= at;
      if (!write_all (self, out))
        return FALSE;
      if (len == room)
        buffer = g_realloc (buffer, room *= 2);
    }
}

static guint64
percentile_99 (const Batch *self)
{
  guint64 seen = 0;

  for (guint i = 0; i < STEPS; i++)
    {
      seen += self->histogram[i];
      if (seen * 100 >= self->n * 99)
        return (i + 1) * STEP_NS;
    }
  return STEPS * STEP_NS;
}

/* What starting from the engine's file would take; the file is made for this alone. */
static double
measure_load (const Batch *self)
{
  g_autofree char     *folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  g_autofree char     *path = folder != NULL ? g_build_filename (folder, "engine", NULL) : NULL;
  g_autoptr (NjEngine) loaded = NULL;
  gint64               took = 0;

  if (path != NULL && nj_engine_file_save (self->engine, path, nj_engine_fingerprint (self->engine), NULL))
    {
      gint64 start = clock_ns (CLOCK_MONOTONIC);

      loaded = nj_engine_file_load (path, nj_engine_fingerprint (self->engine), NULL);
      took = clock_ns (CLOCK_MONOTONIC) - start;
      g_unlink (path);
    }
  if (folder != NULL)
    g_rmdir (folder);
  return took / 1e6;
}

static void
report (const Batch *self, FILE *err)
{
  guint refused = 0;

  for (guint i = 0; i < nj_engine_n_lists (self->engine); i++)
    refused += nj_engine_list (self->engine, i)->n_refused;
  fprintf (err,
           "bench: compile_cpu_ms=%.1f load_ms=%.2f match_ns_mean=%" G_GUINT64_FORMAT " match_ns_p99=%" G_GUINT64_FORMAT
           " engine_bytes=%" G_GSIZE_FORMAT " rules=%u refused=%u\n",
           self->compile_ms, measure_load (self), self->n > 0 ? self->total_ns / self->n : 0,
           self->n > 0 ? percentile_99 (self) : 0, nj_engine_size (self->engine), nj_engine_n_rules (self->engine), refused);
}

static gboolean
compile (Batch *self, const char *const *paths, FILE *err)
{
  g_autoptr (GError) error = NULL;
  guint              n = g_strv_length ((char **) paths);
  NjListSource      *sources = g_new0 (NjListSource, n);
  GMappedFile      **files = g_new0 (GMappedFile *, n);
  gint64             start;

  for (guint i = 0; i < n && error == NULL; i++)
    {
      files[i] = g_mapped_file_new (paths[i], FALSE, &error);
      if (files[i] != NULL)
        sources[i] = (NjListSource){ .id = paths[i],
                                     .text = nj_bytes (g_mapped_file_get_contents (files[i]),
                                                       g_mapped_file_get_length (files[i])),
                                     .is_trusted = TRUE };
    }
  start = clock_ns (CLOCK_PROCESS_CPUTIME_ID);
  if (error == NULL)
    self->engine = nj_compiler_compile (sources, n, &error);
  self->compile_ms = (clock_ns (CLOCK_PROCESS_CPUTIME_ID) - start) / 1e6;

  if (error != NULL)
    fprintf (err, "check: %s\n", error->message);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&files[i], g_mapped_file_unref);
  g_free (files);
  g_free (sources);
  return self->engine != NULL;
}

/**
 * nj_batch_run:
 * @list_paths: list files, %NULL-terminated; compiled as trusted
 * @in: lines "url<TAB>source<TAB>type"; read by its descriptor
 * @out: one verdict a line, in order
 * @err: complaints, and at the end one line "bench: …"
 *
 * One thread; blocks until @in ends.
 *
 * Returns: the exit status
 */
int
nj_batch_run (const char *const *list_paths, FILE *in, FILE *out, FILE *err)
{
  Batch    batch = { 0 };
  gboolean is_done;

  if (!compile (&batch, list_paths, err))
    return EXIT_FAILURE;

  batch.histogram = g_new0 (guint32, STEPS);
  batch.lent = g_malloc (65536);
  batch.out_room = ROOM;
  batch.out = g_malloc (ROOM);
  is_done = serve (&batch, in, out);
  report (&batch, err);

  nj_engine_unref (batch.engine);
  g_free (batch.histogram);
  g_free (batch.lent);
  g_free (batch.out);
  return is_done ? EXIT_SUCCESS : EXIT_FAILURE;
}
