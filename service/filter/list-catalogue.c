/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists that are offered to a user. Which of them somebody has, and how old they are, is
 * subscription.c's; fetching is not done in this room. Main thread.
 */
#include "filter/list-catalogue.h"
#include "base/bytes.h"
#include "filter/list-catalogue-text.h"

#include <string.h>

static void
offered_list_free (gpointer memory)
{
  NjOfferedList *self = memory;

  g_free (self->id);
  g_free (self->title);
  g_free (self->purpose);
  g_strfreev (self->languages);
  g_free (self->homepage);
  g_strfreev (self->urls);
  g_free (self->licence);
  g_strfreev (self->defaults);
  g_free (self);
}

static char **
read_words (GKeyFile *file, const char *group, const char *key)
{
  char **words = g_key_file_get_string_list (file, group, key, NULL, NULL);

  return words != NULL ? words : g_new0 (char *, 1);
}

static NjOfferedList *
read_group (GKeyFile *file, const char *group)
{
  NjOfferedList *self = g_new0 (NjOfferedList, 1);

  self->id = g_strdup (group);
  self->title = g_key_file_get_string (file, group, "Title", NULL);
  self->purpose = g_key_file_get_string (file, group, "Purpose", NULL);
  self->languages = read_words (file, group, "Languages");
  self->homepage = g_key_file_get_string (file, group, "Homepage", NULL);
  self->urls = read_words (file, group, "URLs");
  self->licence = g_key_file_get_string (file, group, "Licence", NULL);
  self->defaults = read_words (file, group, "Default");
  self->is_trusted = g_key_file_get_boolean (file, group, "Trusted", NULL);
  return self;
}

/**
 * nj_list_catalogue_load:
 * @error: of %G_KEY_FILE_ERROR, when what is built in cannot be read
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjOfferedList): the lists, in the order they are shown
 */
GPtrArray *
nj_list_catalogue_load (GError **error)
{
  const NjBytes         text = NJ_LIST_CATALOGUE_INI;
  g_autoptr (GKeyFile)  file = g_key_file_new ();
  g_auto (GStrv)        groups = NULL;
  GPtrArray            *lists;

  if (!g_key_file_load_from_data (file, text.data, text.len, G_KEY_FILE_NONE, error))
    return NULL;

  lists = g_ptr_array_new_with_free_func (offered_list_free);
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    g_ptr_array_add (lists, read_group (file, groups[i]));
  return lists;
}

/**
 * nj_list_catalogue_is_default:
 * @list: a list
 * @languages: languages of the desktop, as g_get_language_names() gives them ("de_DE.UTF-8", "de")
 *
 * Any thread.
 *
 * Returns: whether @list is on unless the user says otherwise
 */
gboolean
nj_list_catalogue_is_default (const NjOfferedList *list, const char *const *languages)
{
  for (guint i = 0; list->defaults[i] != NULL; i++)
    {
      gsize len = strlen (list->defaults[i]);

      if (g_str_equal (list->defaults[i], "all"))
        return TRUE;
      for (guint k = 0; languages[k] != NULL; k++)
        if (strncmp (languages[k], list->defaults[i], len) == 0 && !g_ascii_isalnum (languages[k][len]))
          return TRUE;
    }
  return FALSE;
}
