/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When lists of exits by address are fetched: when they are due, when somebody asks, and before one is added. How one is
 * fetched is in exit-fetch.c, what is kept of it in exits/subscription.c. Main thread.
 */
#include "settings/exit-subscriptions.h"

#include "settings/exit-fetch.h"
#include "settings/list-fetch.h"

/* A moment further off than this is a clock that was wrong; seconds. */
#define HORIZON (70 * 86400)
/* How long a timer sleeps at most: one that does not count while the machine sleeps would be late by a night. Seconds. */
#define LOOK_S 3600

struct NjExitSubscriptions
{
  NjExitFetchTerms terms;     /* what it points to is borrowed and outlives us, or below */
  char            *folder;    /* owned */
  char            *proxy;     /* owned */
  GCancellable    *cancellable; /* owned */
  NjExitSubscriptionsChanged changed; /* (nullable) */
  gpointer         user_data;
  guint            timer;     /* source, 0 none */
  gint64           started;   /* seconds since 1970, 0 not yet */
  GHashTable      *under_way; /* (element-type utf8) owned: ids that are fetched now */
};

/* Somebody who waits for one or more lists. */
typedef struct
{
  NjExitSubscriptions *self;  /* borrowed: it waits for us before it goes */
  GTask               *task;  /* (nullable) counted */
  guint                waits; /* for so many */
} Wait;

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static void plan (NjExitSubscriptions *self);

/**
 * nj_exit_subscriptions_new:
 * @settings: settings; outlive it
 * @catalogue: the exits; outlives it
 * @folder: where what is fetched may lie for a moment, in a folder of its own
 * @proxy: our own port, as http://127.0.0.1:8642
 *
 * Returns: (transfer full): subscriptions that wait for nj_exit_subscriptions_start()
 */
NjExitSubscriptions *
nj_exit_subscriptions_new (const NjSettings *settings, NjCatalogue *catalogue, const char *folder, const char *proxy)
{
  NjExitSubscriptions *self = g_new0 (NjExitSubscriptions, 1);

  self->folder = g_build_filename (folder, "subscriptions", NULL);
  self->proxy = g_strdup (proxy);
  self->cancellable = g_cancellable_new ();
  self->under_way = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->terms = (NjExitFetchTerms){
    .settings = settings, .catalogue = catalogue, .folder = self->folder, .proxy = self->proxy, .cancellable = self->cancellable
  };
  return self;
}

/**
 * nj_exit_subscriptions_free:
 * @self: (nullable) (transfer full): subscriptions
 *
 * Ends what is under way.
 */
void
nj_exit_subscriptions_free (NjExitSubscriptions *self)
{
  if (self == NULL)
    return;

  self->changed = NULL;
  self->started = 0;
  g_cancellable_cancel (self->cancellable);
  while (g_hash_table_size (self->under_way) > 0)
    g_main_context_iteration (NULL, TRUE);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_unref (self->under_way);
  g_object_unref (self->cancellable);
  g_free (self->folder);
  g_free (self->proxy);
  g_free (self);
}

/**
 * nj_exit_subscriptions_watch:
 * @self: subscriptions
 * @changed: (nullable): called when exits came or went, or something is to be said
 * @user_data: for @changed
 */
void
nj_exit_subscriptions_watch (NjExitSubscriptions *self, NjExitSubscriptionsChanged changed, gpointer user_data)
{
  self->changed = changed;
  self->user_data = user_data;
}

static void
tell (NjExitSubscriptions *self)
{
  if (self->changed != NULL)
    self->changed (self->user_data);
}

static Wait *
wait_new (NjExitSubscriptions *self, GTask *task)
{
  Wait *wait = g_new0 (Wait, 1);

  wait->self = self;
  wait->task = task != NULL ? g_object_ref (task) : NULL;
  return wait;
}

static void
wait_free (Wait *wait)
{
  g_clear_object (&wait->task);
  g_free (wait);
}

static void
note_end (NjExitSubscriptions *self, const char *id)
{
  g_hash_table_remove (self->under_way, id);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  tell (self);
  plan (self);
}

/* How each did is in the subscription. */
static void
on_updated (const char *id, const char *problem, gpointer user_data)
{
  Wait *wait = user_data;

  note_end (wait->self, id);
  if (--wait->waits > 0)
    return;
  if (wait->task != NULL)
    g_task_return_boolean (wait->task, TRUE);
  wait_free (wait);
}

static void
on_added (const char *id, const char *problem, gpointer user_data)
{
  Wait *wait = user_data;

  note_end (wait->self, id);
  if (problem != NULL)
    g_task_return_new_error (wait->task, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "%s", problem);
  else
    g_task_return_pointer (wait->task, g_strdup (id), g_free);
  wait_free (wait);
}

static void
begin (NjExitSubscriptions *self, const NjSubscription *subscription, Wait *wait)
{
  wait->waits++;
  g_hash_table_add (self->under_way, g_strdup (subscription->id));
  nj_exit_fetch_start (&self->terms, subscription->address, subscription->name, FALSE, on_updated, wait);
}

/* When it is due; seconds since 1970. */
static gint64
due (const NjExitSubscriptions *self, const NjSubscription *subscription, gint64 now)
{
  gint64 patience = self->terms.settings->lists_patience / G_USEC_PER_SEC;
  gint64 next = subscription->next_update > now + HORIZON ? now : subscription->next_update;

  return MAX (next, self->started + patience);
}

static gboolean
on_timer (gpointer user_data)
{
  NjExitSubscriptions *self = user_data;
  const GPtrArray     *all = nj_subscription_all (self->terms.catalogue);
  gint64               now = now_s ();

  self->timer = 0;
  for (guint i = 0; i < all->len; i++)
    {
      const NjSubscription *subscription = g_ptr_array_index (all, i);

      if (due (self, subscription, now) <= now && !g_hash_table_contains (self->under_way, subscription->id))
        begin (self, subscription, wait_new (self, NULL));
    }
  plan (self);
  return G_SOURCE_REMOVE;
}

/* Without subscriptions there is no timer. */
static void
plan (NjExitSubscriptions *self)
{
  const GPtrArray *all = nj_subscription_all (self->terms.catalogue);
  gint64           now = now_s ();
  gint64           next = now + LOOK_S;
  gboolean         is_any = FALSE;

  g_clear_handle_id (&self->timer, g_source_remove);
  for (guint i = 0; i < all->len; i++)
    if (!g_hash_table_contains (self->under_way, ((NjSubscription *) all->pdata[i])->id))
      {
        is_any = TRUE;
        next = MIN (next, due (self, all->pdata[i], now));
      }
  if (is_any && self->started > 0)
    self->timer = g_timeout_add_seconds ((guint) CLAMP (next - now, 1, LOOK_S), on_timer, self);
}

/**
 * nj_exit_subscriptions_start:
 * @self: subscriptions
 *
 * From now on they are fetched when they are due, unless the user does not want that.
 */
void
nj_exit_subscriptions_start (NjExitSubscriptions *self)
{
  self->started = self->terms.settings->exit_update ? now_s () : 0;
  plan (self);
}

/**
 * nj_exit_subscriptions_retry:
 * @self: subscriptions
 *
 * To be called when there is a way out again: those that failed need not wait any longer.
 */
void
nj_exit_subscriptions_retry (NjExitSubscriptions *self)
{
  const GPtrArray *all = nj_subscription_all (self->terms.catalogue);

  for (guint i = 0; i < all->len; i++)
    {
      NjSubscription *subscription = g_ptr_array_index (all, i);

      if (subscription->problem[0] != '\0')
        subscription->next_update = MIN (subscription->next_update, now_s () + 1);
    }
  plan (self);
}

static gboolean
is_clean (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if ((guchar) *c < ' ' || *c == 0x7f)
      return FALSE;
  return g_utf8_validate (text, -1, NULL);
}

/**
 * nj_exit_subscriptions_add_async:
 * @self: subscriptions
 * @address: where it is
 * @name: what to call it, "" for its host
 * @done: called when it is there, or is not going to be
 * @user_data: for @done
 *
 * Fetches it first; one that is there already is fetched again.
 */
void
nj_exit_subscriptions_add_async (NjExitSubscriptions *self, const char *address, const char *name, GAsyncReadyCallback done,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);
  g_autofree char *id = nj_subscription_id (address);
  const char      *reason = NULL;

  g_task_set_source_tag (task, nj_exit_subscriptions_add_async);
  if (!is_clean (address) || !is_clean (name))
    g_task_return_new_error (task, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, "there is a control character in it, or it is not UTF-8");
  else if (!nj_list_fetch_may (address, &reason))
    g_task_return_new_error (task, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, "%s", reason);
  else if (g_hash_table_contains (self->under_way, id))
    g_task_return_new_error (task, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "it is being fetched already");
  else
    {
      g_hash_table_add (self->under_way, g_steal_pointer (&id));
      nj_exit_fetch_start (&self->terms, address, name, TRUE, on_added, wait_new (self, task));
    }
}

/**
 * nj_exit_subscriptions_add_finish:
 * @result: what @done was given
 * @error: %NJ_EXIT_ERROR_BAD_URI for an address that is not taken, %NJ_EXIT_ERROR_BAD_FILE when no exits came
 *
 * Returns: (transfer full) (nullable): its id
 */
char *
nj_exit_subscriptions_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nj_exit_subscriptions_remove:
 * @self: subscriptions
 * @id: one of them
 * @keeps_exits: whether its exits become the user's own
 *
 * An exit that is chosen stays in any case.
 *
 * Returns: whether there was one
 */
gboolean
nj_exit_subscriptions_remove (NjExitSubscriptions *self, const char *id, gboolean keeps_exits)
{
  g_autoptr (GHashTable) kept = nj_exit_fetch_kept_ids (self->terms.settings);

  if (!nj_subscription_remove (self->terms.catalogue, id, keeps_exits, kept))
    return FALSE;

  plan (self);
  tell (self);
  return TRUE;
}

/**
 * nj_exit_subscriptions_update_async:
 * @self: subscriptions
 * @ids: which; none for all
 * @done: called when all are done; how each did is in the subscription
 * @user_data: for @done
 *
 * Fetches them now, due or not; one that is under way is not waited for.
 */
void
nj_exit_subscriptions_update_async (NjExitSubscriptions *self, const char *const *ids, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);
  const GPtrArray *all = nj_subscription_all (self->terms.catalogue);
  Wait            *wait;

  g_task_set_source_tag (task, nj_exit_subscriptions_update_async);
  for (guint i = 0; ids[i] != NULL; i++)
    if (nj_subscription_find (self->terms.catalogue, ids[i]) == NULL)
      {
        g_task_return_new_error (task, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no subscription “%s”", ids[i]);
        return;
      }

  wait = wait_new (self, task);
  for (guint i = 0; i < all->len; i++)
    {
      const NjSubscription *subscription = g_ptr_array_index (all, i);

      if ((ids[0] == NULL || g_strv_contains (ids, subscription->id)) && !g_hash_table_contains (self->under_way, subscription->id))
        begin (self, subscription, wait);
    }
  if (wait->waits > 0)
    return;

  g_task_return_boolean (task, TRUE);
  wait_free (wait);
}

/**
 * nj_exit_subscriptions_update_finish:
 * @result: what @done was given
 * @error: %NJ_EXIT_ERROR_NO_EXIT for one that is not there
 *
 * Returns: whether they were fetched, or tried to be
 */
gboolean
nj_exit_subscriptions_update_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
