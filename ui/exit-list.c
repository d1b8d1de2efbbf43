/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of exits by address as the bus has it, and what there is to say of it: how many exits, when it came last, why
 * the last attempt failed. No bus and no widget here. Main thread.
 */
#include "ui/exit-list.h"

#include "ui/amount.h"
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * nj_exit_list_new:
 * @id: its name on the bus
 * @name: what the user calls it
 *
 * Main thread.
 *
 * Returns: (transfer full): the list, to be filled further
 */
NjExitList *
nj_exit_list_new (const char *id, const char *name)
{
  NjExitList *list = g_new0 (NjExitList, 1);

  list->id = g_strdup (id);
  list->name = g_strdup (name);
  list->address = g_strdup ("");
  list->problem = g_strdup ("");
  return list;
}

/**
 * nj_exit_list_free:
 * @list: (transfer full): a list
 *
 * Main thread.
 */
void
nj_exit_list_free (NjExitList *list)
{
  g_free (list->id);
  g_free (list->name);
  g_free (list->address);
  g_free (list->problem);
  g_free (list);
}

/**
 * nj_exit_list_compare:
 * @a: where a list is
 * @b: where another is
 *
 * Main thread.
 *
 * Returns: as strcmp(): by name, as people order names
 */
int
nj_exit_list_compare (gconstpointer a, gconstpointer b)
{
  const NjExitList *one = *(NjExitList *const *) a;
  const NjExitList *two = *(NjExitList *const *) b;
  int               order = g_utf8_collate (one->name, two->name);

  return order != 0 ? order : strcmp (one->id, two->id);
}

/**
 * nj_exit_list_words:
 * @list: a list
 *
 * Main thread.
 *
 * Returns: (transfer full): how it stands, in two lines at most: the second one why the last attempt failed
 */
char *
nj_exit_list_words (const NjExitList *list)
{
  gint64           now_s = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *exits = g_strdup_printf (ngettext ("%u exit", "%u exits", list->exits), list->exits);
  g_autofree char *success = nj_amount_ago (list->last_success_s, now_s);
  g_autofree char *attempt = nj_amount_ago (list->last_attempt_s, now_s);
  g_autofree char *first = list->last_success_s > 0 ? g_strdup_printf (_ ("%s · came %s"), exits, success)
                                                    : g_strdup_printf (_ ("%s · never came"), exits);

  g_autofree char *problem = nj_service_words (list->problem);

  if (*problem == '\0')
    return g_steal_pointer (&first);

  /* Translators: when, and why */
  return g_strdup_printf (_ ("%s\nTried %s: %s"), first, attempt, problem);
}
