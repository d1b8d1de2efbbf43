/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tells ThreadSanitizer what GLib hands from thread to thread. A distribution's GLib is not built with the
 * sanitizer and locks by futexes of its own, so work given to a thread pool or to another thread's main
 * context would look like a race. Preloaded into tests by the tsan set-up; in no program that is installed.
 */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address) __attribute__ ((weak));
void __tsan_release (void *address) __attribute__ ((weak));

/* One handed-over call, with an address of its own for the sanitizer to meet at. */
typedef struct
{
  GFunc          func;
  GSourceFunc    source;
  GDestroyNotify notify;
  gpointer       user_data;
} Call;

static void
acquire (void *address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire (address);
}

static void
release (void *address)
{
  if (__tsan_release != NULL)
    __tsan_release (address);
}

#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

static void
on_pool (gpointer data, gpointer user_data)
{
  Call *call = user_data;

  acquire (call);
  call->func (data, call->user_data);
  release (call);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads, gboolean exclusive, GError **error)
{
  Call *call = g_new0 (Call, 1);

  /* Lives as long as the pool, and pools here live as long as the process. */
  call->func = func;
  call->user_data = user_data;
  return REAL (g_thread_pool_new) (on_pool, call, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  release (pool->user_data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

static gboolean
on_source (gpointer user_data)
{
  Call *call = user_data;

  acquire (call);
  return call->source (call->user_data);
}

static void
on_source_gone (gpointer user_data)
{
  Call *call = user_data;

  acquire (call);
  if (call->notify != NULL)
    call->notify (call->user_data);
  g_free (call);
}

static Call *
call_new (GSourceFunc source, gpointer user_data, GDestroyNotify notify)
{
  Call *call = g_new0 (Call, 1);

  call->source = source;
  call->user_data = user_data;
  call->notify = notify;
  release (call);
  return call;
}

void
g_main_context_invoke_full (GMainContext *context, gint priority, GSourceFunc function, gpointer data,
                            GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full) (context, priority, on_source, call_new (function, data, notify), on_source_gone);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc function, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, function, data, NULL);
}

guint
g_idle_add_full (gint priority, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
  return REAL (g_idle_add_full) (priority, on_source, call_new (function, data, notify), on_source_gone);
}

guint
g_idle_add (GSourceFunc function, gpointer data)
{
  return g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, function, data, NULL);
}

static void
on_task (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GTaskThreadFunc func = g_object_get_data (G_OBJECT (task), "tsan-func");

  acquire (task);
  func (task, source, task_data, cancellable);
  release (task);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  g_object_set_data (G_OBJECT (task), "tsan-func", func);
  release (task);
  REAL (g_task_run_in_thread) (task, on_task);
}

void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify notify)
{
  release (task);
  REAL (g_task_return_pointer) (task, result, notify);
}

void
g_task_return_boolean (GTask *task, gboolean result)
{
  release (task);
  REAL (g_task_return_boolean) (task, result);
}

void
g_task_return_error (GTask *task, GError *error)
{
  release (task);
  REAL (g_task_return_error) (task, error);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  acquire (task);
  return REAL (g_task_propagate_pointer) (task, error);
}

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  acquire (task);
  return REAL (g_task_propagate_boolean) (task, error);
}

/* What one holder wrote before it let go is seen by the last one, who frees. */
gboolean
(g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean is_last;

  release (count);
  is_last = REAL (g_atomic_ref_count_dec) (count);
  if (is_last)
    acquire (count);
  return is_last;
}

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean is_ours = REAL (g_mutex_trylock) (mutex);

  if (is_ours)
    acquire (mutex);
  return is_ours;
}

void
g_mutex_unlock (GMutex *mutex)
{
  release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean is_woken;

  release (mutex);
  is_woken = REAL (g_cond_wait_until) (cond, mutex, end_time);
  acquire (mutex);
  return is_woken;
}
