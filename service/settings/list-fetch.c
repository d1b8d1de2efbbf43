/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fetches one address into a file, by the program nightjar-fetch: what speaks HTTP and TLS to strangers takes
 * ten megabytes that the service would then hold for good, and can fall over alone. It goes through the service's
 * own port, so that exit and kill switch hold. What is asked goes to its standard input, where no other user
 * sees it. Main thread.
 */
#include "settings/list-fetch.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#define GROUP "fetch"

static const char *const outcomes[] = { "fetched", "not-modified", "missing", "failed", NULL };

/**
 * nj_list_fetch_reply_free:
 * @reply: (nullable) (transfer full): a reply
 */
void
nj_list_fetch_reply_free (NjListFetchReply *reply)
{
  if (reply == NULL)
    return;

  g_free (reply->etag);
  g_free (reply->last_modified);
  g_free (reply->problem);
  g_free (reply);
}

static NjListFetchReply *
failed (char *problem)
{
  NjListFetchReply *reply = g_new0 (NjListFetchReply, 1);

  reply->outcome = NJ_LIST_FETCH_FAILED;
  reply->problem = problem;
  return reply;
}

static gboolean
is_this_machine (const char *host)
{
  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1");
}

/**
 * nj_list_fetch_may:
 * @address: where a list should be fetched
 * @ret_reason: (out): why it may not
 *
 * A list decides what is blocked, so it comes over HTTPS, or from this very machine. Any thread.
 *
 * Returns: whether it may
 */
gboolean
nj_list_fetch_may (const char *address, const char **ret_reason)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || host[0] == '\0' || strlen (address) > 2048)
    *ret_reason = "it is not an address";
  else if (g_uri_get_userinfo (uri) != NULL)
    *ret_reason = "it holds a password, which would be kept where it is not safe";
  else if (g_str_equal (scheme, "https") || (g_str_equal (scheme, "http") && is_this_machine (host)))
    return TRUE;
  else if (g_str_equal (scheme, "http"))
    *ret_reason = "over plain HTTP anybody on the way could change it; https is wanted";
  else
    *ret_reason = "only https addresses are fetched";

  return FALSE;
}

/**
 * nj_list_fetch_may_move:
 * @from: where a list is from
 * @to: where it says it is from now on
 *
 * As for redirects: strangers do not send us to this machine. Any thread.
 *
 * Returns: whether it may be fetched there instead
 */
gboolean
nj_list_fetch_may_move (const char *from, const char *to)
{
  g_autoptr (GUri) before = g_uri_parse (from, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GUri) after = g_uri_parse (to, G_URI_FLAGS_NONE, NULL);
  const char      *reason;

  return before != NULL && after != NULL && !g_str_equal (from, to) && nj_list_fetch_may (to, &reason)
         && (is_this_machine (g_uri_get_host (before)) || !is_this_machine (g_uri_get_host (after)));
}

/* Beside the service in its build folder, else where it is installed. */
static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, "nightjar-fetch", NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);

  return g_build_filename (NJ_LIBEXECDIR, "nightjar-fetch", NULL);
}

static NjListFetchReply *
read_reply (const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char  *outcome = NULL;
  NjListFetchReply *reply;

  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL))
    return failed (g_strdup ("nightjar-fetch gave no answer"));

  reply = g_new0 (NjListFetchReply, 1);
  reply->outcome = NJ_LIST_FETCH_FAILED;
  outcome = g_key_file_get_string (file, GROUP, "outcome", NULL);
  for (guint i = 0; outcomes[i] != NULL; i++)
    if (g_strcmp0 (outcome, outcomes[i]) == 0)
      reply->outcome = i;
  reply->etag = g_key_file_get_string (file, GROUP, "etag", NULL);
  reply->last_modified = g_key_file_get_string (file, GROUP, "last-modified", NULL);
  reply->problem = g_key_file_get_string (file, GROUP, "problem", NULL);
  if (reply->problem == NULL && reply->outcome >= NJ_LIST_FETCH_MISSING)
    reply->problem = g_strdup ("nightjar-fetch gave no reason");
  return reply;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (source);
  g_autoptr (GError) error = NULL;
  g_autofree char  *text = NULL;
  NjListFetchReply *reply;

  if (!g_subprocess_communicate_utf8_finish (process, result, &text, NULL, &error))
    {
      g_subprocess_force_exit (process);
      reply = failed (g_strdup (error->message));
    }
  else if (g_subprocess_get_if_signaled (process) && g_subprocess_get_term_sig (process) == SIGALRM)
    reply = failed (g_strdup ("it took too long"));
  else
    reply = read_reply (text);

  g_task_return_pointer (task, reply, (GDestroyNotify) nj_list_fetch_reply_free);
}

static char *
print_request (const NjListFetchRequest *request)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, GROUP, "address", request->address);
  if (request->etag != NULL)
    g_key_file_set_string (file, GROUP, "etag", request->etag);
  if (request->last_modified != NULL)
    g_key_file_set_string (file, GROUP, "last-modified", request->last_modified);
  g_key_file_set_string (file, GROUP, "proxy", request->proxy);
  g_key_file_set_string (file, GROUP, "path", request->path);
  g_key_file_set_uint64 (file, GROUP, "limit", request->limit);
  g_key_file_set_integer (file, GROUP, "timeout", (int) request->timeout_s);
  return g_key_file_to_data (file, NULL, NULL);
}

static void
on_child (gpointer unused)
{
  /* It never outlives the service whose port it uses. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * nj_list_fetch_async:
 * @request: what to fetch
 * @cancellable: ends it
 * @done: called with what came of it
 * @user_data: for @done
 *
 * Starts a program that fetches it.
 */
void
nj_list_fetch_async (const NjListFetchRequest *request, GCancellable *cancellable, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = find_program ();
  g_autofree char *text = print_request (request);

  g_task_set_source_tag (task, nj_list_fetch_async);
  g_subprocess_launcher_set_child_setup (launcher, on_child, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  if (process == NULL)
    {
      g_task_return_pointer (task, failed (g_strdup (error->message)), (GDestroyNotify) nj_list_fetch_reply_free);
      return;
    }

  g_subprocess_communicate_utf8_async (process, text, cancellable, on_ended, g_steal_pointer (&task));
}

/**
 * nj_list_fetch_finish:
 * @result: what @done was given
 *
 * Returns: (transfer full): what came of it
 */
NjListFetchReply *
nj_list_fetch_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
