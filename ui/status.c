/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the service said last, as a plain value, and the one table that turns it into icon, colour, word and
 * sentence: tray, tooltip, window and notifications all speak from here, so they never disagree. No bus and no
 * widget here: remote.c fills it. Main thread.
 */
#include "ui/status.h"

#include "ui/amount.h"
#include "ui/country.h"
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* A list whose updates have failed for longer than this is a concern; seconds. */
#define STALE_S (3 * 86400)

static const struct
{
  const char *name; /* on the bus */
  const char *icon;
  const char *style; /* class in the style sheet */
  const char *word;
} faces[] = {
  [NJ_STATE_ABSENT] = { "", "nightjar-absent", "absent", N_ ("Service not running") },
  [NJ_STATE_OFF] = { "off", "nightjar-off", "off", N_ ("Off") },
  [NJ_STATE_PROTECTED] = { "protected", "nightjar-protected", "protected", N_ ("Protected") },
  [NJ_STATE_CONNECTING] = { "connecting", "nightjar-connecting-2", "connecting", N_ ("Connecting…") },
  [NJ_STATE_BLOCKED] = { "blocked", "nightjar-blocked", "blocked", N_ ("Blocked to protect you") },
  [NJ_STATE_PAUSED] = { "paused", "nightjar-paused", "paused", N_ ("Paused") },
  [NJ_STATE_UNPROTECTED] = { "unprotected", "nightjar-unprotected", "unprotected", N_ ("Not protected") },
};

static void
exit_free (gpointer item)
{
  NjStatusExit *self = item;

  g_free (self->id);
  g_free (self->name);
  g_free (self->country);
  g_free (self->kind);
  g_free (self->address);
  g_free (self->state);
  g_free (self->problem);
  g_free (self->seen_country);
  g_free (self->list);
  g_free (self);
}

static void
list_free (gpointer item)
{
  NjStatusList *self = item;

  g_free (self->id);
  g_free (self->title);
  g_free (self->location);
  g_free (self->purpose);
  g_free (self->problem);
  g_free (self->homepage);
  g_free (self->licence);
  g_free (self->moved_to);
  g_clear_pointer (&self->refusals, g_variant_unref);
  g_free (self);
}

static void
group_free (gpointer item)
{
  NjStatusGroup *self = item;

  g_free (self->name);
  g_strfreev (self->exits);
  g_free (self);
}

/**
 * nj_status_new:
 *
 * A status of a service that is not there. Main thread.
 *
 * Returns: (transfer full): the status
 */
NjStatus *
nj_status_new (void)
{
  NjStatus *self = g_new0 (NjStatus, 1);

  self->state = NJ_STATE_ABSENT;
  self->pause_scope = g_strdup ("");
  self->exit = g_strdup ("");
  self->country = g_strdup ("");
  self->problem = g_strdup ("");
  self->address = g_strdup ("");
  self->pac_url = g_strdup ("");
  self->version = g_strdup ("");
  self->choice = g_strdup ("");
  self->level = g_strdup ("");
  self->favourites = g_new0 (char *, 1);
  self->recents = g_new0 (char *, 1);
  self->groups = g_ptr_array_new_with_free_func (group_free);
  self->exit_lists = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_list_free);
  self->name_server = nj_name_server_new ();
  self->exits = g_ptr_array_new_with_free_func (exit_free);
  self->lists = g_ptr_array_new_with_free_func (list_free);
  return self;
}

/**
 * nj_status_free:
 * @status: (transfer full) (nullable): a status
 *
 * Main thread.
 */
void
nj_status_free (NjStatus *status)
{
  if (status == NULL)
    return;

  g_free (status->pause_scope);
  g_free (status->exit);
  g_free (status->country);
  g_free (status->problem);
  g_free (status->address);
  g_free (status->pac_url);
  g_free (status->version);
  g_free (status->choice);
  g_free (status->level);
  g_strfreev (status->favourites);
  g_strfreev (status->recents);
  g_ptr_array_unref (status->groups);
  g_ptr_array_unref (status->exit_lists);
  nj_name_server_free (status->name_server);
  g_ptr_array_unref (status->exits);
  g_ptr_array_unref (status->lists);
  g_free (status);
}

/**
 * nj_status_add_exit:
 * @status: a status
 * @id: its name on the bus
 * @name: what the user calls it
 * @country: ISO 3166 alpha-2, "" unknown
 *
 * Main thread.
 *
 * Returns: (transfer none): the new exit, to be filled further
 */
NjStatusExit *
nj_status_add_exit (NjStatus *status, const char *id, const char *name, const char *country)
{
  NjStatusExit *item = g_new0 (NjStatusExit, 1);

  item->id = g_strdup (id);
  item->name = g_strdup (name);
  item->country = g_strdup (country);
  item->kind = g_strdup ("");
  item->address = g_strdup ("");
  item->state = g_strdup ("idle");
  item->problem = g_strdup ("");
  item->seen_country = g_strdup ("");
  item->list = g_strdup ("");
  g_ptr_array_add (status->exits, item);
  return item;
}

/**
 * nj_status_add_group:
 * @status: a status
 * @name: what the user calls it
 * @exits: (transfer full): its exits
 *
 * Main thread.
 */
void
nj_status_add_group (NjStatus *status, const char *name, char **exits)
{
  NjStatusGroup *group = g_new0 (NjStatusGroup, 1);

  group->name = g_strdup (name);
  group->exits = exits;
  g_ptr_array_add (status->groups, group);
}

/**
 * nj_status_add_list:
 * @status: a status
 * @id: its name on the bus
 * @title: what its makers call it
 *
 * Main thread.
 *
 * Returns: (transfer none): the new list, to be filled further
 */
NjStatusList *
nj_status_add_list (NjStatus *status, const char *id, const char *title)
{
  NjStatusList *item = g_new0 (NjStatusList, 1);

  item->id = g_strdup (id);
  item->title = g_strdup (title);
  item->location = g_strdup ("");
  item->purpose = g_strdup ("");
  item->problem = g_strdup ("");
  item->homepage = g_strdup ("");
  item->licence = g_strdup ("");
  item->moved_to = g_strdup ("");
  g_ptr_array_add (status->lists, item);
  return item;
}

static int
compare_exits (gconstpointer a, gconstpointer b)
{
  const NjStatusExit *one = *(NjStatusExit *const *) a;
  const NjStatusExit *two = *(NjStatusExit *const *) b;
  int                 order;

  /* Exits of no known country stand last. */
  if ((*one->country == '\0') != (*two->country == '\0'))
    return *one->country == '\0' ? 1 : -1;

  order = g_utf8_collate (nj_country_name (one->country), nj_country_name (two->country));
  if (order == 0)
    order = g_utf8_collate (one->name, two->name);
  return order != 0 ? order : strcmp (one->id, two->id);
}

static int
compare_lists (gconstpointer a, gconstpointer b)
{
  const NjStatusList *one = *(NjStatusList *const *) a;
  const NjStatusList *two = *(NjStatusList *const *) b;
  int                 order = g_utf8_collate (one->title, two->title);

  /* Most of the catalogue is off: what works stands above what could. */
  if (one->is_enabled != two->is_enabled)
    return one->is_enabled ? -1 : 1;
  return order != 0 ? order : strcmp (one->id, two->id);
}

/**
 * nj_status_sort:
 * @status: a status
 *
 * Puts exits and lists into the order in which they are shown everywhere. Main thread.
 */
void
nj_status_sort (NjStatus *status)
{
  g_ptr_array_sort (status->exits, compare_exits);
  g_ptr_array_sort (status->lists, compare_lists);
  g_ptr_array_sort (status->exit_lists, nj_exit_list_compare);
}

/**
 * nj_status_state_from_name:
 * @name: (nullable): a state as the bus spells it
 *
 * Main thread.
 *
 * Returns: the state; %NJ_STATE_OFF for one that this version does not know, because it promises nothing
 */
NjState
nj_status_state_from_name (const char *name)
{
  if (name == NULL)
    return NJ_STATE_ABSENT;

  for (guint i = 0; i < G_N_ELEMENTS (faces); i++)
    if (strcmp (faces[i].name, name) == 0)
      return i;

  return NJ_STATE_OFF;
}

/**
 * nj_status_chosen_exit:
 * @status: a status
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): where connections leave, %NULL for direct
 */
const NjStatusExit *
nj_status_chosen_exit (const NjStatus *status)
{
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *item = g_ptr_array_index (status->exits, i);

      if (item->is_chosen)
        return item;
    }

  return NULL;
}

/**
 * nj_status_list_is_failing:
 * @list: a list
 *
 * A laptop that was offline when an update was due, or at the very first start, is well for all that. Main thread.
 *
 * Returns: whether the file of a list that is on cannot be read, or its updates have failed for days
 */
gboolean
nj_status_list_is_failing (const NjStatusList *list)
{
  gint64 age_s = g_get_real_time () / G_USEC_PER_SEC - list->last_success_s;

  if (!list->is_enabled || *list->problem == '\0')
    return FALSE;

  return strstr (list->location, "://") == NULL || (list->last_success_s > 0 && age_s > STALE_S);
}

/**
 * nj_status_needs_attention:
 * @status: a status
 *
 * Main thread.
 *
 * Returns: whether all is not well although protection works: a list that could not be read, say
 */
gboolean
nj_status_needs_attention (const NjStatus *status)
{
  if (status->state != NJ_STATE_PROTECTED)
    return FALSE;
  if (*status->problem != '\0')
    return TRUE;

  for (guint i = 0; i < status->lists->len; i++)
    if (nj_status_list_is_failing (g_ptr_array_index (status->lists, i)))
      return TRUE;

  return FALSE;
}

/**
 * nj_status_icon:
 * @status: a status
 *
 * Shape tells the state first, colour second. Main thread.
 *
 * Returns: (transfer none): name of the coloured icon; with "-symbolic" behind it, of the one that takes the panel's colour
 */
const char *
nj_status_icon (const NjStatus *status)
{
  if (nj_status_needs_attention (status))
    return "nightjar-attention";
  if (status->state == NJ_STATE_PROTECTED && *status->exit != '\0')
    return "nightjar-exit";

  return faces[status->state].icon;
}

/**
 * nj_status_style:
 * @status: a status
 *
 * Main thread.
 *
 * Returns: (transfer none): class for the style sheet
 */
const char *
nj_status_style (const NjStatus *status)
{
  return faces[status->state].style;
}

/* Where connections leave, in words; NULL for direct. */
static const char *
place_name (const NjStatus *status)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);

  if (*status->country != '\0')
    return nj_country_name (status->country);
  if (chosen != NULL)
    return *chosen->country != '\0' ? nj_country_name (chosen->country) : chosen->name;

  return NULL;
}

/**
 * nj_status_word:
 * @status: a status
 *
 * Main thread.
 *
 * Returns: (transfer full): the state in one or two words, as a headline
 */
char *
nj_status_word (const NjStatus *status)
{
  const char *place = place_name (status);

  if (status->state == NJ_STATE_PROTECTED && place != NULL)
    /* Translators: the headline; %s is a country. */
    return g_strdup_printf (_ ("Protected, %s"), place);
  if (status->state == NJ_STATE_CONNECTING && place != NULL)
    return g_strdup_printf (_ ("Connecting to %s…"), place);
  if (status->state == NJ_STATE_PAUSED && g_strcmp0 (status->pause_scope, "filter") == 0)
    return g_strdup (_ ("Filtering paused"));
  if (status->state == NJ_STATE_PAUSED && g_strcmp0 (status->pause_scope, "exit") == 0)
    return g_strdup (_ ("Exit paused"));

  return g_strdup (_ (faces[status->state].word));
}

static char *
sentence_of_protection (const NjStatus *status)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);
  g_autofree char    *latency = NULL;

  if (nj_status_needs_attention (status) && *status->problem != '\0')
    return nj_service_words (status->problem);
  if (nj_status_needs_attention (status))
    return g_strdup (_ ("Filtering, but a filter list could not be read."));
  if (chosen == NULL)
    return g_strdup (_ ("Filtering. Sites see your own address."));

  latency = nj_amount_latency (chosen->latency_ms);
  return g_strdup_printf ("%s · %s · %s", chosen->name, latency,
                          chosen->is_link_encrypted ? _ ("link encrypted") : _ ("link not encrypted"));
}

/**
 * nj_status_sentence:
 * @status: a status
 *
 * Main thread.
 *
 * Returns: (transfer full): what the state means for the user, one line
 */
char *
nj_status_sentence (const NjStatus *status)
{
  g_autofree char *clock = NULL;

  switch (status->state)
    {
    case NJ_STATE_ABSENT:
      return g_strdup (_ ("Start it to filter and to choose an exit."));
    case NJ_STATE_OFF:
      return g_strdup (strcmp (status->level, "lockdown") == 0 ? _ ("Lockdown: all still leaves through the exit.")
                                                              : _ ("Apps connect directly."));
    case NJ_STATE_CONNECTING:
      return g_strdup (_ ("Connections wait until the exit answers."));
    case NJ_STATE_BLOCKED:
      return *status->problem != '\0' ? nj_service_words (status->problem) : g_strdup (_ ("The exit is down. Nothing leaves unprotected."));
    case NJ_STATE_UNPROTECTED:
      return *status->problem != '\0' ? nj_service_words (status->problem)
                                      : g_strdup (_ ("Apps bypass Nightjar: the system’s proxy was changed."));
    case NJ_STATE_PAUSED:
      if (status->paused_until_s < 0)
        return g_strdup (_ ("Paused until Nightjar restarts"));
      clock = nj_amount_clock (status->paused_until_s);
      return g_strdup_printf (_ ("Paused until %s"), clock);
    case NJ_STATE_PROTECTED:
    default:
      return sentence_of_protection (status);
    }
}
