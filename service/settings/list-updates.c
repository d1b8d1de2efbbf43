/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When lists are updated: each when it is due, a few at once, and all at once when somebody asks. There is one
 * timer, set to the next moment at which something is due; without such a list there is none. How one list is
 * updated is list-update.c's business. Main thread.
 */
#include "settings/list-updates.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define RUNNING_MAX 4
/* A list that has no copy at all need not wait for the rush of a session's start to be over; seconds. */
#define FIRST_COPY_S 5
/* A moment further off than this is a clock that was wrong; seconds. */
#define HORIZON (70 * 86400)

struct NjListUpdates
{
  NjFilterLists     *lists; /* borrowed, outlives us */
  char              *proxy; /* owned */
  NjListUpdateBarred barred;
  gpointer           barred_data;
  GCancellable      *cancellable; /* owned */
  gint64             started;     /* seconds since 1970; 0: not yet */
  int                timer;       /* descriptor */
  guint              source;      /* 0 none */
  GQueue             queue;       /* (element-type utf8), owned: ids that wait */
  GHashTable        *forced;      /* ids to be fetched whatever they are */
  GHashTable        *running;     /* ids */
  GPtrArray         *waiting;     /* (element-type GTask), owned: who wants to hear of ids */
  gboolean           is_changed;  /* some list has a new copy that is not compiled */
};

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/**
 * nj_list_updates_new:
 * @lists: outlives the updates
 * @proxy: our own port, as http://127.0.0.1:8642
 *
 * Returns: (transfer full): updates that wait for nj_list_updates_start()
 */
NjListUpdates *
nj_list_updates_new (NjFilterLists *lists, const char *proxy)
{
  NjListUpdates *updates = g_new0 (NjListUpdates, 1);

  updates->lists = lists;
  updates->proxy = g_strdup (proxy);
  updates->cancellable = g_cancellable_new ();
  updates->timer = -1;
  updates->forced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  updates->running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  updates->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return updates;
}

/**
 * nj_list_updates_free:
 * @updates: (nullable) (transfer full): updates
 *
 * Ends those under way; nobody hears of them.
 */
void
nj_list_updates_free (NjListUpdates *updates)
{
  if (updates == NULL)
    return;

  g_clear_handle_id (&updates->source, g_source_remove);
  g_queue_clear_full (&updates->queue, g_free);
  g_cancellable_cancel (updates->cancellable);
  while (g_hash_table_size (updates->running) > 0)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < updates->waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (updates->waiting, i), G_IO_ERROR, G_IO_ERROR_CANCELLED, "the service ends");
  if (updates->timer >= 0)
    close (updates->timer);
  g_ptr_array_unref (updates->waiting);
  g_hash_table_unref (updates->forced);
  g_hash_table_unref (updates->running);
  g_object_unref (updates->cancellable);
  g_free (updates->proxy);
  g_free (updates);
}

/**
 * nj_list_updates_set_barred:
 * @updates: updates
 * @barred: (nullable): says why nothing can leave
 * @user_data: for @barred
 */
void
nj_list_updates_set_barred (NjListUpdates *updates, NjListUpdateBarred barred, gpointer user_data)
{
  updates->barred = barred;
  updates->barred_data = user_data;
}

static gboolean
is_waiting (NjListUpdates *updates, const char *id)
{
  return g_queue_find_custom (&updates->queue, id, (GCompareFunc) g_strcmp0) != NULL;
}

static gboolean
is_queued (NjListUpdates *updates, const char *id)
{
  return is_waiting (updates, id) || g_hash_table_contains (updates->running, id);
}

/* What one task waits for. */
static gboolean
waits_for_any (NjListUpdates *updates, GTask *task)
{
  const char *const *ids = g_task_get_task_data (task);

  for (guint i = 0; ids[i] != NULL; i++)
    if (is_queued (updates, ids[i]))
      return TRUE;

  return FALSE;
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (nj_filter_lists_compile_finish (NULL, result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Those whose lists are all done hear of it when the engine made of them is in force. */
static void
answer (NjListUpdates *updates)
{
  for (guint i = 0; i < updates->waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (updates->waiting, i);

      if (waits_for_any (updates, task))
        continue;
      g_object_ref (task);
      g_ptr_array_remove_index (updates->waiting, i--);
      updates->is_changed = FALSE;
      nj_filter_lists_compile_async (updates->lists, on_compiled, task);
    }

  if (g_hash_table_size (updates->running) > 0 || !g_queue_is_empty (&updates->queue))
    return;
  if (updates->is_changed)
    nj_filter_lists_compile_async (updates->lists, NULL, NULL);
  updates->is_changed = FALSE;
}

static void run_queue (NjListUpdates *updates);

static void
on_updated (const char *id, gboolean is_changed, gpointer user_data)
{
  NjListUpdates *updates = user_data;

  g_hash_table_remove (updates->running, id);
  if (g_cancellable_is_cancelled (updates->cancellable))
    return;

  updates->is_changed = updates->is_changed || is_changed;
  nj_filter_lists_tell (updates->lists);
  run_queue (updates);
  answer (updates);
  nj_list_updates_plan (updates);
}

/* (transfer full) (nullable): the next that waits. One that is under way waits for its own end: two would write the
 * same file. */
static char *
take_next (NjListUpdates *updates)
{
  for (GList *item = updates->queue.head; item != NULL; item = item->next)
    {
      char *id = item->data;

      if (g_hash_table_contains (updates->running, id))
        continue;
      g_queue_delete_link (&updates->queue, item);
      return id;
    }

  return NULL;
}

static void
run_queue (NjListUpdates *updates)
{
  while (g_hash_table_size (updates->running) < RUNNING_MAX)
    {
      g_autofree char  *id = take_next (updates);
      NjList           *list = id != NULL ? nj_filter_lists_find (updates->lists, id, NULL) : NULL;
      NjListUpdateTerms terms = { .proxy = updates->proxy,
                                  .is_forced = id != NULL && g_hash_table_remove (updates->forced, id),
                                  .barred = updates->barred,
                                  .barred_data = updates->barred_data,
                                  .cancellable = updates->cancellable };

      if (id == NULL)
        return;
      if (list == NULL)
        continue;
      g_hash_table_add (updates->running, g_strdup (id));
      nj_list_update_start (updates->lists, list, &terms, on_updated, updates);
    }
}

/* When @list is due; 0: never. */
static gint64
due (NjListUpdates *updates, const NjList *list, gint64 now)
{
  gint64 patience = nj_filter_lists_settings (updates->lists)->lists_patience / G_USEC_PER_SEC;
  gint64 next = list->next_update > now + HORIZON ? now : list->next_update;

  if (!list->is_enabled || !nj_list_is_fetched (list) || is_queued (updates, list->id))
    return 0;
  if (list->path == NULL)
    patience = MIN (patience, FIRST_COPY_S);

  return MAX (next, updates->started + patience);
}

static void
queue_due (NjListUpdates *updates)
{
  GPtrArray *all = nj_filter_lists_all (updates->lists);
  gint64     now = now_s ();

  for (guint i = 0; i < all->len; i++)
    {
      const NjList *list = g_ptr_array_index (all, i);
      gint64        when = due (updates, list, now);

      if (when > 0 && when <= now)
        g_queue_push_tail (&updates->queue, g_strdup (list->id));
    }

  run_queue (updates);
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer user_data)
{
  NjListUpdates *updates = user_data;
  guint64        n;

  if (read (fd, &n, sizeof n) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  queue_due (updates);
  nj_list_updates_plan (updates);
  return G_SOURCE_CONTINUE;
}

/**
 * nj_list_updates_plan:
 * @updates: updates
 *
 * Sets the timer to the next moment at which a list is due; to be called when lists came, went or were
 * switched. By the wall clock, so that a night's sleep of the machine counts.
 */
void
nj_list_updates_plan (NjListUpdates *updates)
{
  GPtrArray        *all = nj_filter_lists_all (updates->lists);
  struct itimerspec at = { 0 };
  gint64            now = now_s ();

  if (updates->started == 0 || updates->timer < 0)
    return;

  for (guint i = 0; i < all->len; i++)
    {
      gint64 when = due (updates, g_ptr_array_index (all, i), now);

      if (when > 0 && (at.it_value.tv_sec == 0 || when < at.it_value.tv_sec))
        at.it_value.tv_sec = when;
    }

  timerfd_settime (updates->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

/**
 * nj_list_updates_retry:
 * @updates: updates
 *
 * To be called when what barred the way is gone: lists that failed for it need not wait any longer.
 */
void
nj_list_updates_retry (NjListUpdates *updates)
{
  GPtrArray *all = nj_filter_lists_all (updates->lists);

  for (guint i = 0; i < all->len; i++)
    {
      NjList *list = g_ptr_array_index (all, i);

      if (list->is_barred)
        list->next_update = now_s () + 1;
      list->is_barred = FALSE;
    }

  nj_list_updates_plan (updates);
}

/**
 * nj_list_updates_start:
 * @updates: updates
 *
 * Begins to update lists when they are due, unless the user does not want that.
 */
void
nj_list_updates_start (NjListUpdates *updates)
{
  if (!nj_filter_lists_settings (updates->lists)->lists_update)
    return;

  updates->timer = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (updates->timer < 0)
    {
      g_warning ("filter lists are updated only when asked for: %s", g_strerror (errno));
      return;
    }

  updates->source = g_unix_fd_add (updates->timer, G_IO_IN, on_timer, updates);
  updates->started = now_s ();
  nj_list_updates_plan (updates);
}

/* Those of @ids that come from an address; with no ids all that are on. */
static char **
choose (NjListUpdates *updates, const char *const *ids)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GPtrArray *all = nj_filter_lists_all (updates->lists);

  for (guint i = 0; i < all->len; i++)
    {
      const NjList *list = g_ptr_array_index (all, i);
      gboolean      is_meant = ids[0] != NULL ? g_strv_contains (ids, list->id) : list->is_enabled;

      if (is_meant && nj_list_is_fetched (list))
        g_strv_builder_add (builder, list->id);
    }

  return g_strv_builder_end (builder);
}

/**
 * nj_list_updates_run_async:
 * @updates: updates
 * @ids: which lists; none for all that are on
 * @is_forced: take them also if they shrank
 * @done: called when all are done and the engine made of them is in force
 * @user_data: for @done
 *
 * Updates lists now, due or not; how each did is in the list. Files are read anew as well.
 */
void
nj_list_updates_run_async (NjListUpdates *updates, const char *const *ids, gboolean is_forced, GAsyncReadyCallback done, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, done, user_data);
  char **chosen = choose (updates, ids);

  g_task_set_source_tag (task, nj_list_updates_run_async);
  g_task_set_task_data (task, chosen, (GDestroyNotify) g_strfreev);
  g_ptr_array_add (updates->waiting, task);
  for (guint i = 0; chosen[i] != NULL; i++)
    {
      /* One that is under way just now will not be taken as it is: it is fetched once more. */
      if (is_forced)
        g_hash_table_add (updates->forced, g_strdup (chosen[i]));
      if (is_forced ? !is_waiting (updates, chosen[i]) : !is_queued (updates, chosen[i]))
        g_queue_push_tail (&updates->queue, g_strdup (chosen[i]));
    }

  run_queue (updates);
  answer (updates);
  nj_list_updates_plan (updates);
}

/**
 * nj_list_updates_run_finish:
 * @result: what @done was given
 *
 * Returns: whether an engine of the lists as they are now is in force
 */
gboolean
nj_list_updates_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
