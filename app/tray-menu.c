/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tray's menu as one description for every host: a tree of lines with keys, made from the service's status.
 * Pure: it knows neither bus nor GTK. tray-dbusmenu speaks it to panels, tray-status-icon turns it into a GtkMenu;
 * a line that is chosen runs an action of the application. At most 14 lines on top and no third level. Main thread.
 */
#include "app/tray-menu.h"

#include "ui/amount.h"
#include "ui/country.h"
#include "ui/level.h"
#include "ui/places.h"

#include <glib/gi18n.h>
#include <string.h>

/* Panels do not scroll well; the window has them all. */
#define PLACES_MAX 24

/**
 * nj_tray_menu_free:
 * @line: (transfer full) (nullable): a line
 *
 * Frees it and all below it. Main thread.
 */
void
nj_tray_menu_free (NjTrayLine *line)
{
  if (line == NULL)
    return;

  g_free (line->key);
  g_free (line->label);
  g_clear_pointer (&line->target, g_variant_unref);
  g_clear_pointer (&line->children, g_ptr_array_unref);
  g_free (line);
}

/**
 * nj_tray_menu_find:
 * @line: a line
 * @key: the key of it or of one below it
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): that line
 */
NjTrayLine *
nj_tray_menu_find (NjTrayLine *line, const char *key)
{
  NjTrayLine *found = strcmp (line->key, key) == 0 ? line : NULL;

  for (guint i = 0; found == NULL && line->children != NULL && i < line->children->len; i++)
    found = nj_tray_menu_find (g_ptr_array_index (line->children, i), key);

  return found;
}

/* Takes @label. */
static NjTrayLine *
add (NjTrayLine *parent, const char *key, char *label, const char *action, GVariant *target)
{
  NjTrayLine *line = g_new0 (NjTrayLine, 1);

  line->key = g_strdup (key);
  line->label = label;
  line->is_enabled = TRUE;
  line->is_visible = TRUE;
  line->action = action;
  line->target = target != NULL ? g_variant_ref_sink (target) : NULL;
  if (parent == NULL)
    return line;

  if (parent->children == NULL)
    parent->children = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_tray_menu_free);
  g_ptr_array_add (parent->children, line);
  return line;
}

static void
add_separator (NjTrayLine *parent, const char *key)
{
  add (parent, key, NULL, NULL, NULL)->kind = NJ_TRAY_LINE_SEPARATOR;
}

static void
add_words (NjTrayLine *parent, const char *key, char *label)
{
  add (parent, key, label, NULL, NULL)->is_enabled = FALSE;
}

static NjTrayLine *
add_choice (NjTrayLine *parent, const char *key, char *label, gboolean is_active, const char *action, GVariant *target)
{
  NjTrayLine *line = add (parent, key, label, action, target);

  line->kind = NJ_TRAY_LINE_RADIO;
  line->is_active = is_active;
  return line;
}

static void
add_status (NjTrayLine *root, const NjStatus *status, const NjTrayMoment *moment)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);
  g_autofree char    *word = moment->is_loading ? g_strdup (_ ("Looking for the service…")) : nj_status_word (status);
  g_autofree char    *blocked = nj_amount_count (moment->blocked);
  g_autofree char    *bytes = nj_amount_bytes (moment->bytes);
  NjTrayLine         *counts;

  if (status->state == NJ_STATE_PROTECTED && chosen != NULL && chosen->latency_ms > 0)
    add (root, "status", g_strdup_printf (_ ("%s · %u ms"), word, chosen->latency_ms), "open", g_variant_new_string ("overview"));
  else
    add (root, "status", g_steal_pointer (&word), "open", g_variant_new_string ("overview"));

  /* Always there: a line that appears in a menu that is open already would be cut off by some panels. */
  counts = add (root, "counts", g_strdup_printf (_ ("%s blocked today · %s"), blocked, bytes), NULL, NULL);
  counts->is_enabled = FALSE;
  counts->is_visible = status->state != NJ_STATE_ABSENT;
}

static void
add_running_pause (NjTrayLine *pause, const NjStatus *status)
{
  g_autofree char *clock = NULL;

  if (status->paused_until_s < 0)
    {
      add_words (pause, "pause/until", g_strdup (_ ("Paused until Nightjar restarts")));
      add (pause, "pause/resume", g_strdup (_ ("Resume now")), "resume", NULL);
      return;
    }

  clock = nj_amount_clock (status->paused_until_s);
  add_words (pause, "pause/until", g_strdup_printf (_ ("Paused until %s"), clock));
  add (pause, "pause/resume", g_strdup (_ ("Resume now")), "resume", NULL);
  add (pause, "pause/extend", g_strdup (_ ("+5 minutes")), "extend-pause", g_variant_new_uint32 (300));
}

static void
add_pause (NjTrayLine *root, const NjStatus *status)
{
  NjTrayLine *pause = add (root, "pause", g_strdup (_ ("Pause")), NULL, NULL);
  NjTrayLine *only_exit;

  pause->is_enabled = status->has_protection;
  if (status->state == NJ_STATE_PAUSED)
    {
      add_running_pause (pause, status);
      return;
    }

  add (pause, "pause/5", g_strdup (_ ("5 minutes")), "pause", g_variant_new ("(us)", 300, "all"));
  add (pause, "pause/30", g_strdup (_ ("30 minutes")), "pause", g_variant_new ("(us)", 1800, "all"));
  add (pause, "pause/restart", g_strdup (_ ("Until restart")), "pause", g_variant_new ("(us)", 0, "all"));
  add_separator (pause, "pause/line");
  add (pause, "pause/filter", g_strdup (_ ("Only filtering, 5 minutes")), "pause", g_variant_new ("(us)", 300, "filter"));
  only_exit = add (pause, "pause/exit", g_strdup (_ ("Only the exit, 5 minutes")), "pause",
                   g_variant_new ("(us)", 300, "exit"));
  only_exit->is_enabled = *status->exit != '\0';
}

static char *
place_label (const NjPlacesPlace *place)
{
  const char *mark = place->is_link_encrypted ? "" : _ (" · link not encrypted");

  if (place->is_dead)
    return g_strdup_printf (_ ("%s · not answering%s"), place->label, mark);
  if (place->latency_ms > 0)
    return g_strdup_printf (_ ("%s · %u ms%s"), place->label, place->latency_ms, mark);

  return g_strdup_printf ("%s%s", place->label, mark);
}

/* What is starred and what was used last stand above a line of their own. */
static void
add_places (NjTrayLine *exits, const NjStatus *status)
{
  g_autoptr (GArray) places = nj_places_list (status, PLACES_MAX);
  NjPlacesPart       before = NJ_PLACES_FAVOURITE;

  for (guint i = 0; i < places->len; i++)
    {
      const NjPlacesPlace *place = &g_array_index (places, NjPlacesPlace, i);
      const char          *action = nj_places_action (place->key);
      g_autofree char     *key = g_strconcat ("exits/", action + strlen ("select-"), "/", nj_places_target (place->key), NULL);

      if (i > 0 && before <= NJ_PLACES_RECENT && place->part > NJ_PLACES_RECENT)
        add_separator (exits, "exits/line/first");
      before = place->part;
      add_choice (exits, key, place_label (place), place->is_chosen, action, g_variant_new_string (nj_places_target (place->key)));
    }
}

/* No third level and no more lines on top: it stands among the exits that it is about. */
static void
add_levels (NjTrayLine *exits, const NjStatus *status)
{
  if (*status->level == '\0')
    return;

  add_separator (exits, "exits/line/level");
  for (guint i = 0; nj_level (i) != NULL; i++)
    {
      const NjLevel   *level = nj_level (i);
      g_autofree char *key = g_strconcat ("exits/level/", level->name, NULL);

      add_choice (exits, key, g_strdup (_ (level->line)), strcmp (status->level, level->name) == 0, "set-level",
                  g_variant_new_string (level->name));
    }
}

static void
add_exits (NjTrayLine *root, const NjStatus *status)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);
  const char         *where = _ ("Direct");
  NjTrayLine         *exits;
  NjTrayLine         *fastest;

  if (chosen != NULL)
    where = *chosen->country != '\0' ? nj_country_name (chosen->country) : chosen->name;

  exits = add (root, "exits", g_strdup_printf (_ ("Exit: %s"), where), NULL, NULL);
  add_places (exits, status);
  add_choice (exits, "exits/direct", g_strdup (_ ("Direct (your own address)")), *status->exit == '\0', "select-direct",
              NULL);
  add_separator (exits, "exits/line");
  fastest = add (exits, "exits/fastest", g_strdup (_ ("Fastest")), "select-fastest", NULL);
  fastest->is_enabled = status->exits->len > 0;
  add (exits, "exits/choose", g_strdup (_ ("Choose…")), "open", g_variant_new_string ("exits"));
  add_levels (exits, status);
}

/* The way out when the kill switch holds everything back; nothing here happens by itself. */
static void
add_blocked (NjTrayLine *root, const NjStatus *status)
{
  gboolean    has_exit = *status->exit != '\0';
  NjTrayLine *blocked = add (root, "down", g_strdup (has_exit ? _ ("Exit down") : _ ("No exit chosen")), NULL, NULL);

  add (blocked, "down/again", g_strdup (_ ("Try again")), "test-exit", g_variant_new_string (status->exit))->is_enabled = has_exit;
  add (blocked, "down/other", g_strdup (_ ("Choose another exit…")), "open", g_variant_new_string ("exits"));
  /* In lockdown it would not. */
  add (blocked, "down/direct", g_strdup (_ ("Go direct for 5 minutes")), "pause", g_variant_new ("(us)", 300, "exit"))->is_enabled
    = has_exit && strcmp (status->level, "lockdown") != 0;
}

/* The catalogue holds many that nobody here ever used: those are in the window. */
static gboolean
is_at_hand (const NjStatusList *list)
{
  return list->is_enabled || list->rules_used > 0 || !list->is_built_in;
}

static void
add_lists (NjTrayLine *root, const NjStatus *status)
{
  NjTrayLine *lists = add (root, "lists", g_strdup (_ ("Lists")), NULL, NULL);

  lists->is_enabled = status->lists->len > 0;
  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);
      g_autofree char    *key = g_strconcat ("lists/id/", list->id, NULL);
      NjTrayLine         *line;

      if (!is_at_hand (list))
        continue;
      line = add (lists, key,
                  nj_status_list_is_failing (list) ? g_strdup_printf (_ ("%s · cannot be read"), list->title)
                                                   : g_strdup (list->title),
                  "toggle-list", g_variant_new ("(sb)", list->id, !list->is_enabled));
      line->kind = NJ_TRAY_LINE_CHECK;
      line->is_active = list->is_enabled;
    }

  add_separator (lists, "lists/line");
  add (lists, "lists/all", g_strdup (_ ("All lists…")), "open", g_variant_new_string ("filters"));
  add (lists, "lists/update", g_strdup (_ ("Update now")), "update-lists", NULL);
}

/* Always there, though often with nothing to say: some panels cut a menu that grows while it is open. */
static void
add_last_blocked (NjTrayLine *root, const NjTrayMoment *moment)
{
  const char *client = moment->blocked_client;
  const char *host = moment->blocked_host;
  gboolean    is_recent = host != NULL && moment->now_s - moment->blocked_at_s < NJ_TRAY_MENU_LAST_BLOCKED_S;
  char       *label;

  if (!is_recent)
    label = g_strdup (_ ("Nothing blocked in the last minute"));
  else if (client != NULL && *client != '\0')
    label = g_strdup_printf (_ ("Last blocked: %s (%s)"), host, client);
  else
    label = g_strdup_printf (_ ("Last blocked: %s"), host);

  add (root, "last-blocked", label, "show-log", g_variant_new_string (is_recent ? host : ""))->is_enabled = is_recent;
}

static void
add_copy (NjTrayLine *root, const NjStatus *status)
{
  NjTrayLine *copy = add (root, "copy", g_strdup (_ ("Copy proxy settings")), NULL, NULL);

  copy->is_enabled = *status->address != '\0';
  add (copy, "copy/bash", g_strdup ("bash/zsh"), "copy", g_variant_new_string ("bash"));
  add (copy, "copy/fish", g_strdup ("fish"), "copy", g_variant_new_string ("fish"));
  add (copy, "copy/powershell", g_strdup ("PowerShell"), "copy", g_variant_new_string ("powershell"));
  add (copy, "copy/cmd", g_strdup ("cmd"), "copy", g_variant_new_string ("cmd"));
  add_separator (copy, "copy/line");
  add (copy, "copy/address", g_strdup (_ ("Address only")), "copy", g_variant_new_string ("address"));
}

static void
add_quit (NjTrayLine *root, const NjStatus *status)
{
  NjTrayLine *quit;

  if (status->state == NJ_STATE_ABSENT)
    {
      add (root, "quit-icon", g_strdup (_ ("Quit")), "close-icon", NULL);
      return;
    }

  quit = add (root, "quit", g_strdup (_ ("Quit")), NULL, NULL);
  add (quit, "quit/icon", status->has_protection ? g_strdup (_ ("Close the icon, keep protection"))
                                                 : g_strdup (_ ("Close the icon")),
       "close-icon", NULL);
  add (quit, "quit/all", g_strdup (_ ("Turn off and quit")), "quit-all", NULL);
}

static void
add_protection (NjTrayLine *root, const NjStatus *status)
{
  NjTrayLine *line = add (root, "protection", g_strdup (_ ("Protection")), "turn",
                          g_variant_new_boolean (!status->has_protection));

  line->kind = NJ_TRAY_LINE_CHECK;
  line->is_active = status->has_protection;
}

/**
 * nj_tray_menu_build:
 * @status: what the service said
 * @moment: what else the menu tells
 *
 * Main thread.
 *
 * Returns: (transfer full): the root line, whose children are the menu
 */
NjTrayLine *
nj_tray_menu_build (const NjStatus *status, const NjTrayMoment *moment)
{
  NjTrayLine *root = add (NULL, "root", NULL, NULL, NULL);

  add_status (root, status, moment);
  add_separator (root, "line/1");
  if (status->state == NJ_STATE_ABSENT)
    {
      if (!moment->is_loading)
        add (root, "start", g_strdup (_ ("Start the service")), "start", NULL);
    }
  else
    {
      add_protection (root, status);
      add_pause (root, status);
      add_separator (root, "line/2");
      add_exits (root, status);
      if (status->state == NJ_STATE_BLOCKED)
        add_blocked (root, status);
      add_lists (root, status);
      add_last_blocked (root, moment);
    }

  add_separator (root, "line/3");
  add (root, "open", g_strdup (_ ("Open Nightjar")), "open", g_variant_new_string (""));
  if (status->state != NJ_STATE_ABSENT)
    add_copy (root, status);
  add_quit (root, status);
  return root;
}
