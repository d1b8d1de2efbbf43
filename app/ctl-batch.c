/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl check --batch: many requests against given lists, without a service. It is for measuring the
 * filter engine and for comparing lists, so it stands on the service's filter room itself: over the bus the
 * bus would be measured.
 */
#include "ctl.h"

#include "filter/batch.h"
#include "settings/filter-lists.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The files of the lists that are on in the profile. */
static char **
files_of_profile (NjCtl *ctl, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = nj_folders_settings (ctl->folders);
  g_autoptr (NjSettings) settings = nj_settings_load (path, complaints, error);
  g_autoptr (NjFilterLists) lists = NULL;
  GPtrArray *all;

  if (settings == NULL)
    return NULL;

  lists = nj_filter_lists_new (settings, ctl->folders);
  all = nj_filter_lists_all (lists);
  for (guint i = 0; i < all->len; i++)
    {
      const NjList *list = g_ptr_array_index (all, i);

      if (list->is_enabled && list->path != NULL && g_file_test (list->path, G_FILE_TEST_EXISTS))
        g_strv_builder_add (builder, list->path);
    }

  return g_strv_builder_end (builder);
}

/**
 * nj_ctl_batch:
 * @ctl: the command line
 *
 * Returns: an exit status
 */
int
nj_ctl_batch (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) files = ctl->lists != NULL ? g_strsplit (ctl->lists, ",", -1) : files_of_profile (ctl, &error);

  if (files == NULL)
    return nj_ctl_fail (error);

  return nj_batch_run ((const char *const *) files, stdin, stdout, stderr);
}
