/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The built-in list of hosts that are never looked into, from resources/inspection/never.txt. Asked
 * once for each connection that might be. Any thread.
 */
#include "proxy/never-inspected.h"

#include "proxy/never-list.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static NjBytes       *patterns; /* sorted; never freed: as long as the process */
static guint          n_patterns;

static int
compare (const void *a, const void *b)
{
  const NjBytes *x = a, *y = b;
  int            order = memcmp (x->data, y->data, MIN (x->len, y->len));

  return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static void
on_first_use (void)
{
  NjBytes text = NJ_NEVER_NEVER_TXT;
  gsize   room = 0;

  while (text.len > 0)
    {
      const char *end = memchr (text.data, '\n', text.len);
      gsize       len = end != NULL ? (gsize) (end - text.data) : text.len;
      NjBytes     line = nj_bytes_trim (nj_bytes (text.data, len));

      if (line.len > 0 && line.data[0] != '#')
        {
          if (n_patterns == room)
            {
              room = MAX (1024, room * 2);
              patterns = g_renew (NjBytes, patterns, room);
            }
          patterns[n_patterns++] = line;
        }
      len += end != NULL;
      text = nj_bytes (text.data + len, text.len - len);
    }
  qsort (patterns, n_patterns, sizeof *patterns, compare);
}

static gboolean
has_pattern (NjBytes text)
{
  return bsearch (&text, patterns, n_patterns, sizeof *patterns, compare) != NULL;
}

/* "paypal.*": the label that was registered, whatever it was registered under. */
static gboolean
has_name (NjBytes host)
{
  NjBytes     domain = nj_host_registrable (host);
  const char *dot = memchr (domain.data, '.', domain.len);
  gsize       len = dot != NULL ? (gsize) (dot - domain.data) : 0;
  char        pattern[NJ_HOST_MAX + 3];

  if (len == 0)
    return FALSE;

  memcpy (pattern, domain.data, len);
  memcpy (pattern + len, ".*", 2);
  return has_pattern (nj_bytes (pattern, len + 2));
}

/**
 * nj_never_inspected_has:
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: whether it, a domain that it lies in, or its registered name is on the list
 */
gboolean
nj_never_inspected_has (NjBytes host)
{
  NjBytes part = host;

  pthread_once (&once, on_first_use);
  if (host.len == 0 || host.len > NJ_HOST_MAX || nj_host_is_address (host))
    return FALSE;

  while (part.len > 0)
    {
      const char *dot = memchr (part.data, '.', part.len);
      gsize       used = dot != NULL ? (gsize) (dot - part.data) + 1 : part.len;

      if (has_pattern (part))
        return TRUE;
      part = nj_bytes (part.data + used, part.len - used);
    }
  return has_name (host);
}

/**
 * nj_never_inspected_count:
 *
 * Any thread.
 *
 * Returns: how many patterns the list has
 */
guint
nj_never_inspected_count (void)
{
  pthread_once (&once, on_first_use);
  return n_patterns;
}
