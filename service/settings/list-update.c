/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One update of one list: a patch where the list offers them, else the whole of it from one address after the other
 * until one gives a list; then what it includes (list-parts.c). The copy before it stays until a better one is in
 * place. When to do it, and how many at once, is list-updates.c's business. Main thread.
 */
#include "settings/list-update.h"

#include "settings/list-download.h"
#include "settings/list-fetch.h"
#include "settings/list-parts.h"

#include <glib/gstdio.h>
#include <string.h>

/* How long a copy counts as fresh; seconds. */
#define EXPIRES_DEFAULT (4 * 86400)
#define EXPIRES_MIN     3600
/* After the first failure; doubled with each more. Seconds. */
#define BACK_OFF_MIN 300
#define BACK_OFF_MAX 86400
/* How often in one update a list may say that it is elsewhere now. */
#define MOVES_MAX 3

/*            no patch, it does not fit
 *   PATCH ─────────────────────────────▶ WHOLE ──┐ the next address, if this one gave no list;
 *     │ it fits, or the copy is the newest │  ▲───┘ the one that the list says it moved to
 *     └──────────────▶ PARTS ◀─────────────┘
 *                        │ all that it includes was asked for
 *                        ▼
 *                      ended
 */
typedef struct
{
  NjFilterLists    *lists; /* borrowed, outlives us */
  char             *id;    /* owned: the list may go meanwhile */
  char             *proxy; /* owned */
  char             *part;  /* owned: where it is fetched into */
  NjListUpdateTerms terms;
  guint             at;      /* which address is next */
  char             *move;    /* (nullable) owned: the address that the list just said it moved to */
  guint             n_moves;
  gboolean          is_changed; /* the list itself has a new copy */
  gboolean          is_barred; /* nothing can leave just now */
  char             *problem; /* (nullable) owned: of the first address */
  NjListFetchReply *reply;   /* (nullable) owned: what the server said of what is being judged */
  NjListUpdateDone  done;
  gpointer          user_data;
} Update;

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static NjList *
list_of (Update *update)
{
  return nj_filter_lists_find (update->lists, update->id, NULL);
}

/* Up to a tenth more, so that not all who installed a list at noon ask for it at noon. */
static gint64
due_after_success (const NjList *list, gint64 now)
{
  guint span = list->expires_s > 0 ? MAX (list->expires_s, EXPIRES_MIN) : EXPIRES_DEFAULT;

  return now + span + g_random_int_range (0, (gint32) span / 10 + 1);
}

static gint64
due_after_failure (const NjList *list, gint64 now)
{
  gint64 span = MIN ((gint64) BACK_OFF_MIN << MIN (list->failures - 1, 20), BACK_OFF_MAX);

  return now + span * 3 / 4 + g_random_int_range (0, (gint32) span / 2 + 1);
}

static void
update_free (Update *update)
{
  /* Of a list that went meanwhile, or when the service ends. */
  g_unlink (update->part);
  g_clear_object (&update->terms.cancellable);
  g_free (update->id);
  g_free (update->proxy);
  g_free (update->part);
  g_free (update->move);
  g_free (update->problem);
  nj_list_fetch_reply_free (update->reply);
  g_free (update);
}

static void
end (Update *update, NjList *list, gboolean is_changed)
{
  g_autoptr (GError) error = NULL;

  if (list != NULL && !g_cancellable_is_cancelled (update->terms.cancellable)
      && !nj_list_store_save (nj_filter_lists_store (update->lists), list, &error))
    g_warning ("the state of a filter list was not kept: %s", error->message);

  update->done (update->id, is_changed, update->user_data);
  update_free (update);
}

static void
succeed (Update *update, NjList *list, gboolean is_changed)
{
  gint64 now = now_s ();

  list->last_attempt = list->last_success = now;
  list->failures = 0;
  list->is_held = list->is_barred = FALSE;
  list->next_update = due_after_success (list, now);
  nj_list_set_problem (list, NULL);
  end (update, list, is_changed);
}

/* Our own filter and our own kill switch answer with pages; what they are about is known better here. */
static char *
explain (Update *update, const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *url = NULL;
  g_auto (NjArena) arena = { 0 };
  g_auto (NjRuleOrigin) origin = { 0 };
  NjFilterRequest request = { .type = NJ_TYPE_OTHER, .method = NJ_BYTES ("GET") };
  NjFilterVerdict verdict;
  NjEngine *engine = nj_filter_lists_engine (update->lists);

  if (update->terms.barred != NULL)
    {
      char *reason = update->terms.barred (update->terms.barred_data);

      update->is_barred = reason != NULL;
      if (reason != NULL)
        return reason;
    }
  if (uri == NULL)
    return NULL;

  request.host_only = g_str_equal (g_uri_get_scheme (uri), "https");
  url = request.host_only ? g_strdup_printf ("https://%s/", g_uri_get_host (uri)) : g_strdup (address);
  request.url = nj_bytes_from_string (url);
  request.host = nj_bytes (strstr (url, "://") + 3, strcspn (strstr (url, "://") + 3, ":/"));
  nj_arena_init (&arena, NULL, 0);
  nj_engine_match (engine, &request, &arena, &verdict);
  if (verdict.action != NJ_FILTER_BLOCK || !nj_engine_describe (engine, verdict.rule, &origin))
    return NULL;

  return g_strdup_printf ("a rule of yours blocks it: “%s”, line %u of %s", origin.text, origin.line, origin.title);
}

static void
fail (Update *update, NjList *list, gboolean is_held, gboolean is_changed)
{
  gint64 now = now_s ();

  list->last_attempt = now;
  list->failures++;
  list->is_held = is_held;
  list->is_barred = update->is_barred;
  /* What was kept back is not fetched again every five minutes. */
  list->next_update = is_held ? due_after_success (list, now) : due_after_failure (list, now);
  nj_list_set_problem (list, update->problem);
  end (update, list, is_changed);
}

/* The list itself is in place; a part that could not be had is tried again as a list is. */
static void
on_parts (gboolean is_changed, const char *problem, gpointer user_data)
{
  Update *update = user_data;
  NjList *list = list_of (update);

  is_changed = is_changed || update->is_changed;
  if (list == NULL || g_cancellable_is_cancelled (update->terms.cancellable))
    end (update, NULL, FALSE);
  else if (problem == NULL)
    succeed (update, list, is_changed);
  else
    {
      char *why = explain (update, list->fetched_from);

      g_free (update->problem);
      update->problem = why != NULL ? why : g_strdup (problem);
      fail (update, list, FALSE, is_changed);
    }
}

static void
fetch_parts (Update *update, NjList *list, gboolean is_changed)
{
  g_autofree char *folder = nj_list_store_folder (nj_filter_lists_store (update->lists), list);
  NjListPartsTerms terms = { .text = list->path, .folder = folder, .part = update->part, .address = list->fetched_from,
                             .proxy = update->proxy, .is_forced = update->terms.is_forced,
                             .timeout_s = (guint) (nj_filter_lists_settings (update->lists)->lists_timeout / G_USEC_PER_SEC),
                             .cancellable = update->terms.cancellable };

  update->is_changed = is_changed;
  if (folder == NULL || list->fetched_from == NULL)
    succeed (update, list, is_changed);
  else
    nj_list_parts_fetch (&terms, on_parts, update);
}

static void fetch_whole (Update *update);

/* The address that is asked: where the list said it is goes first. */
static const char *
address_of (const Update *update, const NjList *list)
{
  if (update->move != NULL)
    return update->move;
  if (list->moved_to == NULL)
    return list->addresses[update->at];

  return update->at == 0 ? list->moved_to : list->addresses[update->at - 1];
}

/* The reason that the first address gave is the one that is told. */
static void
fail_here (Update *update, NjList *list, const char *problem, gboolean is_held)
{
  g_autofree char *why = NULL;

  /* What came from where it was before is good, and says so again next time. */
  if (update->move != NULL)
    {
      g_clear_pointer (&update->move, g_free);
      fetch_parts (update, list, TRUE);
      return;
    }

  why = is_held ? NULL : explain (update, address_of (update, list));
  if (update->problem == NULL)
    update->problem = g_strdup (why != NULL ? why : problem);
  if (is_held)
    {
      g_free (update->problem);
      update->problem = g_strdup (problem);
    }

  update->at++;
  if (is_held || update->is_barred || address_of (update, list) == NULL)
    fail (update, list, is_held, FALSE);
  else
    fetch_whole (update);
}

static void
replace (char **text, const char *with)
{
  char *copy = g_strdup (with);

  g_free (*text);
  *text = copy;
}

/* The new copy is in place. */
static void
take_facts (Update *update, NjList *list, NjListDownload *download)
{
  NjListCopy *facts = &download->facts;

  replace (&list->path, download->copy);
  replace (&list->diff_path, facts->diff_path);
  list->expires_s = facts->diff_path != NULL && facts->diff_expires_s > 0 ? facts->diff_expires_s : facts->expires_s;
  list->last_whole = now_s ();
  if (facts->title != NULL && !list->is_built_in)
    replace (&list->title, facts->title);
}

static NjListDownload *
make_download (Update *update, NjList *list, const char *name)
{
  NjListDownload *download = g_new0 (NjListDownload, 1);

  download->part = g_strdup (update->part);
  download->old = g_strdup (list->path);
  download->copy = nj_list_store_copy_path (nj_filter_lists_store (update->lists), list);
  download->name = g_strdup (name != NULL ? name : "");
  download->is_patch = name != NULL;
  download->is_forced = update->terms.is_forced;
  return download;
}

static void
begin_fetch (Update *update, NjList *list, const char *address, gboolean is_conditional, GAsyncReadyCallback done)
{
  NjListFetchRequest request = { .address = address, .proxy = update->proxy, .path = update->part, .limit = NJ_LIST_DOWNLOAD_MAX,
                                 .timeout_s = (guint) (nj_filter_lists_settings (update->lists)->lists_timeout / G_USEC_PER_SEC) };

  if (is_conditional)
    {
      request.etag = list->etag;
      request.last_modified = list->last_modified;
    }
  nj_list_fetch_async (&request, update->terms.cancellable, done, update);
}

/* "! Redirect: address": the list has moved there, which counts once a list came from there. */
static gboolean
follow (Update *update, const NjList *list, const char *redirect)
{
  g_clear_pointer (&update->move, g_free);
  if (redirect == NULL || update->n_moves == MOVES_MAX || !nj_list_fetch_may_move (list->fetched_from, redirect))
    return FALSE;

  update->n_moves++;
  update->move = g_strdup (redirect);
  fetch_whole (update);
  return TRUE;
}

static void
on_whole_placed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Update         *update = user_data;
  NjListDownload *download = nj_list_download_place_finish (result);
  NjList         *list = list_of (update);

  if (list == NULL)
    {
      end (update, NULL, FALSE);
      return;
    }
  if (download->problem != NULL)
    {
      g_autofree char *problem = g_strdup_printf ("what the server gave is not used: %s", download->problem);

      fail_here (update, list, problem, download->is_held);
      return;
    }

  /* Not before: a server that gives a page with a mark of its own must not be asked for changes of that page. */
  replace (&list->etag, update->reply->etag);
  replace (&list->last_modified, update->reply->last_modified);
  replace (&list->fetched_from, address_of (update, list));
  if (update->move != NULL)
    replace (&list->moved_to, update->move);
  take_facts (update, list, download);
  if (!follow (update, list, download->facts.redirect))
    fetch_parts (update, list, TRUE);
}

static void
on_whole (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Update *update = user_data;
  NjList *list = list_of (update);
  g_autoptr (NjListFetchReply) reply = nj_list_fetch_finish (result);

  if (list == NULL || g_cancellable_is_cancelled (update->terms.cancellable))
    end (update, NULL, FALSE);
  else if (reply->outcome == NJ_LIST_FETCH_NOT_MODIFIED && list->path != NULL)
    {
      list->last_whole = now_s ();
      fetch_parts (update, list, FALSE);
    }
  else if (reply->outcome == NJ_LIST_FETCH_FETCHED)
    {
      nj_list_fetch_reply_free (update->reply);
      update->reply = g_steal_pointer (&reply);
      nj_list_download_place_async (make_download (update, list, NULL), on_whole_placed, update);
    }
  else
    fail_here (update, list, reply->problem != NULL ? reply->problem : "the server gave nothing", FALSE);
}

static void
fetch_whole (Update *update)
{
  NjList     *list = list_of (update);
  const char *address = address_of (update, list);
  /* Asked conditionally only where the copy is from; a copy that was kept back has no such mark. */
  gboolean    is_conditional = !update->terms.is_forced && g_strcmp0 (list->fetched_from, address) == 0 && !list->is_held;

  begin_fetch (update, list, address, is_conditional, on_whole);
}

static void
on_patch_placed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Update         *update = user_data;
  NjListDownload *download = nj_list_download_place_finish (result);
  NjList         *list = list_of (update);

  if (list == NULL)
    end (update, NULL, FALSE);
  else if (download->problem != NULL)
    fetch_whole (update);
  else
    {
      /* What the server said of the whole list is not about this text. */
      g_clear_pointer (&list->etag, g_free);
      g_clear_pointer (&list->last_modified, g_free);
      take_facts (update, list, download);
      fetch_parts (update, list, TRUE);
    }
}

/* Where the next patch lies, and which list of it is ours: what stands behind "#". */
static char *
patch_address (const NjList *list, char **ret_name)
{
  const char *base = list->fetched_from != NULL ? list->fetched_from : list->addresses[0];
  g_autofree char *whole = g_uri_resolve_relative (base, list->diff_path, G_URI_FLAGS_NONE, NULL);
  char            *hash = whole != NULL ? strchr (whole, '#') : NULL;
  const char      *reason;

  *ret_name = g_strdup (hash != NULL ? hash + 1 : "");
  if (hash != NULL)
    *hash = '\0';
  return whole != NULL && nj_list_fetch_may (whole, &reason) ? g_steal_pointer (&whole) : NULL;
}

static void
on_patch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Update *update = user_data;
  NjList *list = list_of (update);
  g_autoptr (NjListFetchReply) reply = nj_list_fetch_finish (result);
  g_autofree char *address = NULL;
  g_autofree char *name = NULL;

  if (list == NULL || g_cancellable_is_cancelled (update->terms.cancellable))
    {
      end (update, NULL, FALSE);
      return;
    }

  /* No patch yet: ours is the newest, unless that has been so for longer than a copy is fresh. */
  if (reply->outcome == NJ_LIST_FETCH_MISSING && now_s () - list->last_whole < EXPIRES_DEFAULT)
    fetch_parts (update, list, FALSE);
  else if (reply->outcome == NJ_LIST_FETCH_FETCHED)
    {
      address = patch_address (list, &name);
      nj_list_download_place_async (make_download (update, list, name), on_patch_placed, update);
    }
  else
    fetch_whole (update);
}

static void
fetch_patch (Update *update, NjList *list)
{
  g_autofree char *name = NULL;
  g_autofree char *address = patch_address (list, &name);

  if (address != NULL)
    begin_fetch (update, list, address, FALSE, on_patch);
  else
    fetch_whole (update);
}

/**
 * nj_list_update_start:
 * @lists: whose state it becomes; outlives the update
 * @list: a list with addresses
 * @terms: how
 * @done: called when it ended, never before this returns
 * @user_data: for @done
 *
 * Updates one list. The caller compiles when something changed.
 */
void
nj_list_update_start (NjFilterLists *lists, NjList *list, const NjListUpdateTerms *terms, NjListUpdateDone done, gpointer user_data)
{
  Update *update = g_new0 (Update, 1);

  update->lists = lists;
  update->id = g_strdup (list->id);
  update->proxy = g_strdup (terms->proxy);
  update->part = nj_list_store_part_path (nj_filter_lists_store (lists), list);
  update->terms = *terms;
  update->terms.proxy = update->proxy;
  update->terms.cancellable = g_object_ref (terms->cancellable);
  update->done = done;
  update->user_data = user_data;

  if (list->diff_path != NULL && list->path != NULL && !terms->is_forced)
    fetch_patch (update, list);
  else
    fetch_whole (update);
}
