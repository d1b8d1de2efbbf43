/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a worker has lent and got back: stacks, blocks. A few are kept for good; what a burst of
 * conversations leaves beyond them is kept while it is used and given back to the system three
 * seconds after it was not, for a page that is given back at once is asked for again by the next
 * request: with 128 at a time that cost a fifth of each. The worker's thread.
 */
#include "net/worker-private.h"

#define LOOK_EVERY (3 * (gint64) G_USEC_PER_SEC)

struct NjSpare
{
  NjSpare *next;
};

/* The deepest ones were not used for longest. */
static void
drop_beyond (NjSpares *spares, guint n)
{
  NjSpare **link = &spares->first;
  NjSpare  *spare;

  for (guint i = 0; i < n; i++)
    link = &(*link)->next;
  spare = *link;
  *link = NULL;
  spares->n = n;

  while (spare != NULL)
    {
      NjSpare *next = spare->next;

      spares->drop (spare);
      spare = next;
    }
}

static void
look_again (NjWorker *worker)
{
  nj_worker_timer_set (worker, &worker->spares_timer, nj_worker_now (worker) + LOOK_EVERY);
}

static void
on_timer (NjTimer *timer)
{
  NjWorker *worker = (NjWorker *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjWorker, spares_timer));
  gboolean  has_more = FALSE;

  for (guint i = 0; i < NJ_SPARES_N; i++)
    {
      NjSpares *spares = &worker->spares[i];

      if (spares->n > spares->keep)
        drop_beyond (spares, MAX (spares->keep, spares->n - spares->least));
      spares->least = spares->n;
      has_more = has_more || spares->n > spares->keep;
    }
  if (has_more)
    look_again (worker);
}

/**
 * nj_spares_init:
 * @worker: a new worker
 * @kind: of what
 * @keep: how many are kept for good
 * @most: how many are kept at all
 * @drop: frees one
 */
void
nj_spares_init (NjWorker *worker, NjSparesKind kind, guint keep, guint most, void (*drop) (gpointer spare))
{
  worker->spares_timer.fire = on_timer;
  worker->spares[kind] = (NjSpares){ .keep = keep, .most = most, .drop = drop };
}

/**
 * nj_spares_take:
 * @worker: the calling thread's worker
 * @kind: of what
 *
 * Returns: (transfer full) (nullable): the one that was given last
 */
gpointer
nj_spares_take (NjWorker *worker, NjSparesKind kind)
{
  NjSpares *spares = &worker->spares[kind];
  NjSpare  *spare = spares->first;

  if (spare == NULL)
    return NULL;

  spares->first = spare->next;
  spares->n--;
  spares->least = MIN (spares->least, spares->n);
  return spare;
}

/**
 * nj_spares_give:
 * @worker: the calling thread's worker
 * @kind: of what
 * @spare: (transfer full): at least as large as a pointer, which overwrites its start
 */
void
nj_spares_give (NjWorker *worker, NjSparesKind kind, gpointer spare)
{
  NjSpares *spares = &worker->spares[kind];

  if (spares->n >= spares->most)
    {
      spares->drop (spare);
      return;
    }

  ((NjSpare *) spare)->next = spares->first;
  spares->first = spare;
  if (++spares->n > spares->keep && worker->spares_timer.when == 0)
    look_again (worker);
}

/**
 * nj_spares_clear:
 * @worker: a worker that has ended
 */
void
nj_spares_clear (NjWorker *worker)
{
  for (guint i = 0; i < NJ_SPARES_N; i++)
    if (worker->spares[i].n > 0)
      drop_beyond (&worker->spares[i], 0);
}
