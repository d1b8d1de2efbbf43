/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What several commands of nightjarctl do alike: find what to do by its word, print all objects of one kind, print the
 * id of something new.
 */
#include "ctl.h"

#include <stdio.h>

/**
 * nj_ctl_words_run:
 * @ctl: the command line
 * @words: what may be done
 * @n: how many
 * @arguments: the word and what follows it
 * @ret_status: (out): the exit status, if the word is known
 *
 * Opens the service and does what the first argument says.
 *
 * Returns: whether it is one of @words
 */
gboolean
nj_ctl_words_run (NjCtl *ctl, const NjCtlWord *words, guint n, char **arguments, int *ret_status)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (arguments[0], words[i].word) == 0)
      {
        int status = nj_ctl_open (ctl, FALSE);

        *ret_status = status != NJ_CTL_OK ? status : words[i].run (ctl, arguments + 1);
        return TRUE;
      }

  return FALSE;
}

/**
 * nj_ctl_words_list:
 * @ctl: the command line, with the service open
 * @type: the interface of the objects
 * @to_json: makes a dictionary of one, floating
 * @print: prints one for people
 * @heading: (nullable): what stands above them for people
 * @none: (nullable): what people are told when there is none
 *
 * Returns: an exit status
 */
int
nj_ctl_words_list (NjCtl *ctl, GType type, NjCtlToJson to_json, NjCtlPrint print, const char *heading, const char *none)
{
  g_autoptr (GError) error = NULL;
  GList          *all = nj_ctl_objects (ctl, type, &error);
  GVariantBuilder builder;

  if (error != NULL)
    return nj_ctl_fail (error);

  if (!ctl->is_json && heading != NULL)
    printf ("%s\n", heading);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *item = all; item != NULL; item = item->next)
    {
      if (ctl->is_json)
        g_variant_builder_add_value (&builder, to_json (item->data));
      else
        print (item->data);
    }

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
  if (!ctl->is_json && all == NULL && none != NULL)
    printf ("%s\n", none);
  g_list_free_full (all, g_object_unref);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_words_id:
 * @ctl: the command line
 * @id: of what was added
 *
 * Returns: an exit status
 */
int
nj_ctl_words_id (NjCtl *ctl, const char *id)
{
  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'id': %s}", id));
  else
    printf ("%s\n", id);
  return NJ_CTL_OK;
}
