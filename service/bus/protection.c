/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one switch, the pause and the choice of the exit, as a state machine over what the user said
 * (settings), what the exits do (catalogue, plane) and what the desktop holds (system proxy). Whenever one of
 * them changes a new policy goes down to the plane. Which state follows, and what is shown of it, stands in
 * protection-state.c. The bus shows it; without a bus it works as well.
 * Main thread.
 */
#include "bus/protection-private.h"

#include "settings/settings-policy.h"

/* A blocked choice is tried again in this time; seconds. Only then: idle means idle. */
#define RETRY_S 5

G_DEFINE_QUARK (nj-protection-error-quark, nj_protection_error)

enum
{
  CHANGED,         /* the state, the choice or the problem */
  EXIT_CHANGED,    /* how an exit does: its id */
  REQUEST_BLOCKED, /* its host, the client's port */
  BAD_SITE,        /* its place, the client's port */
  AUTHORITY_RENEWED, /* what browsers were told before */
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (NjProtection, nj_protection, G_TYPE_OBJECT)

/* The port filters for whoever uses it, unless the user switched it off himself. */
static gboolean
is_port_at_work (NjProtection *self)
{
  return self->parts.settings->protection != NJ_SWITCH_OFF;
}

static gboolean
on_retry (gpointer user_data)
{
  nj_protection_test_chosen (user_data);
  return G_SOURCE_CONTINUE;
}

static void
go (NjProtection *self, NjProtectionState next)
{
  gboolean waits = self->choice.exit != NULL
                   && (next == NJ_PROTECTION_BLOCKED || (next == NJ_PROTECTION_UNPROTECTED && nj_protection_passes_by (self)));

  if (waits && self->retry_timer == 0)
    self->retry_timer = g_timeout_add_seconds (RETRY_S, on_retry, self);
  else if (!waits)
    g_clear_handle_id (&self->retry_timer, g_source_remove);

  if (self->state != next)
    g_debug ("protection: %s → %s", nj_protection_state_name (self->state), nj_protection_state_name (next));
  self->state = next;
}

static void
publish (NjProtection *self)
{
  gboolean     at_work = is_port_at_work (self);
  gboolean     filters = at_work && self->pause != NJ_PAUSE_ALL && self->pause != NJ_PAUSE_FILTER;
  gboolean     is_locked = nj_protection_is_locked (self);
  gboolean     goes_direct = !is_locked && (!at_work || self->pause == NJ_PAUSE_ALL || self->pause == NJ_PAUSE_EXIT);
  NjExitChoice direct = { .is_direct = TRUE };
  NjPolicy    *policy;

  policy = nj_settings_policy_new (self->parts.settings, nj_filter_lists_engine (self->parts.lists),
                                   nj_filter_lists_pages (self->parts.lists), goes_direct ? &direct : &self->choice, filters);
  nj_plane_set_policy (self->parts.plane, policy);
  nj_policy_unref (policy);
}

static void
on_tested (NjExit *exit, gboolean is_alive, guint latency_ms, const char *problem, gpointer user_data)
{
  g_autoptr (NjProtection) self = user_data;

  g_clear_pointer (&self->testing, nj_exit_unref);
  nj_protection_exit_tested (self, exit, is_alive, latency_ms, problem);
}

/**
 * nj_protection_test_chosen:
 * @self: the switch
 *
 * Dials the chosen exit, unless that is going on.
 */
void
nj_protection_test_chosen (NjProtection *self)
{
  if (self->testing != NULL || self->choice.exit == NULL)
    return;

  self->testing = nj_exit_ref (self->choice.exit);
  nj_plane_test_exit (self->parts.plane, self->testing, on_tested, g_object_ref (self));
}

/**
 * nj_protection_refresh:
 * @self: the switch
 *
 * Looks anew at settings, exits, lists and desktop, gives the plane what follows, and tells of it.
 */
void
nj_protection_refresh (NjProtection *self)
{
  g_autofree char *choice_problem = NULL;
  g_auto (NjExitChoice) before = self->choice;
  NjProtectionState next;

  nj_exit_choice_resolve (self->parts.settings, self->parts.catalogue, before.exit, &self->choice, &choice_problem);
  nj_protection_add_portal (self);
  publish (self);
  nj_protection_keep_warm (self);

  next = nj_protection_judge (self);
  g_free (self->problem);
  self->problem = nj_protection_describe_problem (self, next, choice_problem);
  go (self, next);
  g_signal_emit (self, signals[CHANGED], 0);

  if (self->choice.exit != NULL && self->choice.exit != before.exit && nj_exit_state (self->choice.exit) != NJ_EXIT_STATE_ALIVE)
    nj_protection_test_chosen (self);
  else if (self->choice.exit != NULL && self->choice.exit != before.exit)
    nj_exit_seen_measure (self->seen, self->choice.exit);
}

/**
 * nj_protection_exit_tested:
 * @self: the switch
 * @exit: what was measured
 * @is_alive: whether it answered
 * @latency_ms: how long that took
 * @problem: (nullable): why it did not
 *
 * Takes in what a test found; the exit's own state was told by the dial.
 */
void
nj_protection_exit_tested (NjProtection *self, NjExit *exit, gboolean is_alive, guint latency_ms, const char *problem)
{
  /* One failure may be chance; the second one says that nothing can leave. */
  if (!is_alive && exit == self->choice.exit && nj_exit_state (exit) == NJ_EXIT_STATE_SUSPECT)
    nj_protection_test_chosen (self);

  if (is_alive)
    nj_exit_seen_measure (self->seen, exit);
  g_signal_emit (self, signals[EXIT_CHANGED], 0, nj_exit_id (exit));
  nj_protection_refresh (self);
}

static void
on_seen (NjExit *exit, gpointer user_data)
{
  NjProtection *self = user_data;

  g_signal_emit (self, signals[EXIT_CHANGED], 0, nj_exit_id (exit));
  nj_protection_refresh (self);
}

static void
on_heard (NjPlaneEvent event, const char *text, guint client_port, gpointer user_data)
{
  NjProtection *self = user_data;

  if (event == NJ_PLANE_BLOCKED)
    {
      g_signal_emit (self, signals[REQUEST_BLOCKED], 0, text, client_port);
      return;
    }
  if (event == NJ_PLANE_BAD_SITE)
    {
      g_signal_emit (self, signals[BAD_SITE], 0, text, client_port);
      return;
    }
  if (event == NJ_PLANE_NOT_INSPECTED)
    {
      nj_inspect_save (self->parts.inspect);
      return;
    }

  g_signal_emit (self, signals[EXIT_CHANGED], 0, text);
  nj_protection_refresh (self);
}

static void
on_desktop_changed (gboolean is_applied, gpointer user_data)
{
  if (!is_applied)
    g_message ("another program changed the desktop's proxy settings");
  nj_protection_refresh (user_data);
}

/**
 * nj_protection_keep:
 * @self: the switch
 *
 * Returns: whether what the user said is on the disk; @error is %NJ_PROTECTION_ERROR_NOT_KEPT
 */
gboolean
nj_protection_keep (NjProtection *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (nj_settings_save (self->parts.settings, &local))
    return TRUE;

  g_set_error (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_NOT_KEPT, "done, but not kept for the next start: %s", local->message);
  return FALSE;
}

static gboolean
set_desktop (NjProtection *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->parts.system_proxy == NULL)
    return TRUE;
  if (nj_system_proxy_apply (self->parts.system_proxy, self->parts.host, nj_plane_port (self->parts.plane), &local))
    return TRUE;

  g_set_error_literal (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_NOT_APPLIED, local->message);
  return FALSE;
}

/* After a crash the desktop still points at us. If the user wants protection it is taken over with what was
 * before; else it is put back. A journal whose owner lives is another service's. */
static void
take_over_desktop (NjProtection *self)
{
  NjSystemProxy *desktop = self->parts.system_proxy;
  g_autoptr (GError) error = NULL;

  if (desktop == NULL)
    return;
  if (nj_protection_is_on (self) || nj_protection_is_locked (self))
    {
      if (!set_desktop (self, &error))
        g_warning ("the desktop's proxy was not set: %s", error->message);
    }
  else if (nj_system_proxy_is_orphaned (desktop))
    {
      if (nj_system_proxy_restore (desktop, &error))
        g_message ("the desktop's proxy was put back after an unclean end");
      else
        g_warning ("the desktop's proxy was not put back: %s", error->message);
    }
}

/**
 * nj_protection_start:
 * @self: the switch
 *
 * Starts the plane with what the settings say, then sees to the desktop.
 */
void
nj_protection_start (NjProtection *self)
{
  g_autofree char *problem = NULL;

  /* The port first: it must answer before anything that takes its time. */
  nj_exit_choice_resolve (self->parts.settings, self->parts.catalogue, NULL, &self->choice, &problem);
  publish (self);
  nj_plane_start (self->parts.plane);
  nj_exit_choice_clear (&self->choice);

  take_over_desktop (self);
  if (self->parts.system_proxy != NULL)
    nj_system_proxy_watch (self->parts.system_proxy, on_desktop_changed, self);
  nj_plane_set_heard (self->parts.plane, on_heard, self);
  nj_protection_authority_start (self);
  nj_filter_lists_watch (self->parts.lists, (NjFilterListsChanged) nj_protection_refresh, self);
  nj_exit_subscriptions_watch (self->parts.subscriptions, nj_protection_exits_fetched, self);
  if (self->parts.secrets_of != NULL)
    self->secrets = nj_exit_secrets_new (self->parts.catalogue, self->parts.secrets_of, nj_protection_secrets_moved, self);
  self->network = nj_network_changes_new (nj_protection_network_changed, self);
  nj_protection_refresh (self);
}

/**
 * nj_protection_end:
 * @self: the switch
 *
 * Puts the desktop back, except in lockdown; what the user wants is kept for the next start.
 */
void
nj_protection_end (NjProtection *self)
{
  g_autoptr (GError) error = NULL;

  nj_protection_authority_end (self);
  nj_plane_set_heard (self->parts.plane, NULL, NULL);
  nj_filter_lists_watch (self->parts.lists, NULL, NULL);
  nj_exit_subscriptions_watch (self->parts.subscriptions, NULL, NULL);
  g_clear_pointer (&self->network, nj_network_changes_free);
  g_clear_handle_id (&self->retry_timer, g_source_remove);
  g_clear_handle_id (&self->pause_timer, g_source_remove);
  g_clear_handle_id (&self->portal_timer, g_source_remove);
  g_clear_pointer (&self->secrets, nj_exit_secrets_free);
  if (self->keep_timer != 0)
    nj_protection_keep_exits (self, NULL);
  if (self->parts.system_proxy == NULL)
    return;

  nj_system_proxy_watch (self->parts.system_proxy, NULL, NULL);
  /* In lockdown programs find a closed door where we were, not a way past it. */
  if (!nj_protection_is_locked (self) && !nj_system_proxy_restore (self->parts.system_proxy, &error))
    g_warning ("the desktop's proxy was not put back: %s", error->message);
}

/**
 * nj_protection_turn_on:
 * @self: the switch
 *
 * Returns: whether it is on; @error is %NJ_PROTECTION_ERROR_NOT_APPLIED, then nothing has changed, or
 *   %NJ_PROTECTION_ERROR_NOT_KEPT
 */
gboolean
nj_protection_turn_on (NjProtection *self, GError **error)
{
  gboolean is_kept;

  if (!set_desktop (self, error))
    return FALSE;

  self->parts.settings->protection = NJ_SWITCH_ON;
  is_kept = nj_protection_keep (self, error);
  nj_protection_resume (self);
  return is_kept;
}

/**
 * nj_protection_turn_off:
 * @self: the switch
 *
 * Returns: whether it is off and the desktop as it was; it is off in any case
 */
gboolean
nj_protection_turn_off (NjProtection *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean is_kept;

  if (self->parts.system_proxy != NULL && !nj_protection_is_locked (self))
    nj_system_proxy_restore (self->parts.system_proxy, &local);

  self->parts.settings->protection = NJ_SWITCH_OFF;
  is_kept = nj_protection_keep (self, local == NULL ? error : NULL);
  nj_protection_resume (self);
  if (local == NULL)
    return is_kept;

  g_set_error (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_NOT_APPLIED, "the desktop's proxy was not put back: %s", local->message);
  return FALSE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  NjProtection *self = user_data;

  self->pause_timer = 0;
  nj_protection_resume (self);
  return G_SOURCE_REMOVE;
}

/**
 * nj_protection_pause:
 * @self: the switch
 * @seconds: how long, at most %NJ_PAUSE_MAX; 0 until the service ends
 * @scope: what is let through; not %NJ_PAUSE_NONE
 *
 * Returns: whether it is paused; @error is %NJ_PROTECTION_ERROR_BAD_VALUE
 */
gboolean
nj_protection_pause (NjProtection *self, guint seconds, NjPause scope, GError **error)
{
  if (seconds > NJ_PAUSE_MAX)
    {
      g_set_error (error, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_BAD_VALUE, "a pause lasts 1 to %d seconds", NJ_PAUSE_MAX);
      return FALSE;
    }

  g_clear_handle_id (&self->pause_timer, g_source_remove);
  if (seconds > 0)
    self->pause_timer = g_timeout_add_seconds (seconds, on_pause_over, self);
  self->pause = scope;
  self->paused_until = seconds > 0 ? g_get_real_time () / G_USEC_PER_SEC + seconds : -1;
  nj_protection_refresh (self);
  return TRUE;
}

/**
 * nj_protection_resume:
 * @self: the switch
 *
 * Ends a pause, if there is one.
 */
void
nj_protection_resume (NjProtection *self)
{
  g_clear_handle_id (&self->pause_timer, g_source_remove);
  self->pause = NJ_PAUSE_NONE;
  self->paused_until = 0;
  nj_protection_refresh (self);
}

/**
 * nj_protection_select:
 * @self: the switch
 * @mode: which way out
 * @what: an exit's id, a country's code or a list's name, "" for the other modes
 *
 * Returns: whether new connections go that way; @error is %NJ_EXIT_ERROR_NO_EXIT (then nothing has
 *   changed) or %NJ_PROTECTION_ERROR_NOT_KEPT
 */
gboolean
nj_protection_select (NjProtection *self, NjExitMode mode, const char *what, GError **error)
{
  NjSettings      *settings = self->parts.settings;
  g_autofree char *place = NULL;

  if (!nj_exit_choice_check (self->parts.catalogue, mode, what, error))
    return FALSE;

  settings->exit_mode = mode;
  g_free (settings->exit_id);
  settings->exit_id = g_strdup (mode == NJ_EXIT_MODE_EXIT ? what : "");
  g_free (settings->exit_country);
  settings->exit_country = mode == NJ_EXIT_MODE_COUNTRY ? g_ascii_strup (what, -1) : g_strdup ("");
  g_free (settings->exit_group);
  settings->exit_group = g_strdup (mode == NJ_EXIT_MODE_GROUP ? what : "");
  place = nj_exit_choice_place (settings);
  nj_catalogue_note_used (self->parts.catalogue, place);
  nj_protection_keep_exits_later (self);

  /* Choosing anew is choosing the best one, not the one in use. It holds before the disk has it: that takes 10 to 40 ms. */
  nj_exit_choice_clear (&self->choice);
  nj_protection_refresh (self);
  return nj_protection_keep (self, error);
}

static void
nj_protection_finalize (GObject *object)
{
  NjProtection *self = NJ_PROTECTION (object);

  nj_exit_choice_clear (&self->choice);
  g_clear_pointer (&self->testing, nj_exit_unref);
  g_clear_pointer (&self->warm, g_ptr_array_unref);
  g_free (self->problem);
  g_free (self->portal_host);
  nj_exit_seen_free (self->seen);
  G_OBJECT_CLASS (nj_protection_parent_class)->finalize (object);
}

static void
nj_protection_class_init (NjProtectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_protection_finalize;

  signals[CHANGED] = g_signal_new ("changed", NJ_TYPE_PROTECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EXIT_CHANGED] = g_signal_new ("exit-changed", NJ_TYPE_PROTECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
  signals[REQUEST_BLOCKED] = g_signal_new ("request-blocked", NJ_TYPE_PROTECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                           2, G_TYPE_STRING, G_TYPE_UINT);
  signals[AUTHORITY_RENEWED] = g_signal_new ("authority-renewed", NJ_TYPE_PROTECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             1, G_TYPE_STRING);
  signals[BAD_SITE] = g_signal_new ("bad-site", NJ_TYPE_PROTECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                    G_TYPE_STRING, G_TYPE_UINT);
}

static void
nj_protection_init (NjProtection *self)
{
  self->problem = g_strdup ("");
  self->choice.is_direct = FALSE;
}

/**
 * nj_protection_new:
 * @parts: what it acts on
 *
 * Returns: (transfer full): the switch; nothing is done before nj_protection_start()
 */
NjProtection *
nj_protection_new (const NjProtectionParts *parts)
{
  NjProtection *self = g_object_new (NJ_TYPE_PROTECTION, NULL);

  self->parts = *parts;
  self->seen = nj_exit_seen_new (parts->settings, parts->plane, on_seen, self);
  return self;
}
