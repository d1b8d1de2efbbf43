/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A box to choose a way out of: direct, a country, a list of one's own, one exit. The ids of its entries are ways as the
 * bus has them. Sheets own it. Main thread.
 */
#include "ui/way-choice.h"

#include "ui/country.h"

#include <glib/gi18n.h>
#include <string.h>

/* A menu of more is no help; those that are not shown can still be chosen by country. */
#define EXITS_MAX 100

static const NjStatusExit *
exit_by_id (const NjStatus *status, const char *id)
{
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);

      if (strcmp (exit->id, id) == 0)
        return exit;
    }
  return NULL;
}

static char *
exit_words (const NjStatusExit *exit)
{
  if (*exit->country == '\0')
    return g_strdup (exit->name);

  return g_strdup_printf ("%s · %s", nj_country_name (exit->country), exit->name);
}

/**
 * nj_way_choice_words:
 * @status: what the service said
 * @way: a way, as the bus has it
 *
 * Main thread.
 *
 * Returns: (transfer full): it for people
 */
char *
nj_way_choice_words (const NjStatus *status, const char *way)
{
  const NjStatusExit *exit = exit_by_id (status, way);

  if (strcmp (way, "direct") == 0)
    return g_strdup (_ ("Direct"));
  if (way[0] == '@')
    return g_strdup_printf (_ ("List %s"), way + 1);
  if (exit != NULL)
    return exit_words (exit);
  if (nj_country_is_known (way))
    return g_strdup (nj_country_name (way));

  return g_strdup (way);
}

static void
append (GtkComboBoxText *combo, const NjStatus *status, const char *way)
{
  g_autofree char *words = nj_way_choice_words (status, way);

  gtk_combo_box_text_append (combo, way, words);
}

static void
fill (GtkComboBoxText *combo, const NjStatus *status)
{
  const char *country = "";

  append (combo, status, "direct");
  /* Sorted by country: a new one begins where the last ends. */
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);

      if (strcmp (exit->country, country) != 0 && *exit->country != '\0')
        append (combo, status, exit->country);
      country = exit->country;
    }
  for (guint i = 0; i < status->groups->len; i++)
    {
      const NjStatusGroup *group = g_ptr_array_index (status->groups, i);
      g_autofree char     *way = g_strconcat ("@", group->name, NULL);

      append (combo, status, way);
    }
  for (guint i = 0; i < MIN (status->exits->len, EXITS_MAX); i++)
    append (combo, status, ((NjStatusExit *) g_ptr_array_index (status->exits, i))->id);
}

/**
 * nj_way_choice_new:
 * @name: what is chosen for
 * @status: what the service said: which ways there are
 * @way: the one that is chosen
 *
 * A way that leads nowhere any more is among them and says so. Main thread.
 *
 * Returns: (transfer floating): the box
 */
GtkWidget *
nj_way_choice_new (const char *name, const NjStatus *status, const char *way)
{
  GtkWidget *combo = gtk_combo_box_text_new ();

  fill (GTK_COMBO_BOX_TEXT (combo), status);
  if (!gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), way))
    {
      g_autofree char *words = nj_way_choice_words (status, way);
      g_autofree char *dead = g_strdup_printf (_ ("%s: no exit, nothing leaves"), words);

      gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), way, exit_by_id (status, way) != NULL ? words : dead);
      gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), way);
    }
  gtk_widget_set_valign (combo, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (combo), name);
  gtk_widget_show (combo);
  return combo;
}
