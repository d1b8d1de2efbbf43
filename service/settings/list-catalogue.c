/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue of well-known filter lists, resources/lists/catalogue.ini, which is built in. It says what lists
 * are and where; nothing is fetched here. Main thread, at start.
 */
#include "settings/list-catalogue.h"
#include "settings/catalogue-text.h"

#include "base/bytes.h"

static char *
text_of (GKeyFile *file, const char *id, const char *key)
{
  char *text = g_key_file_get_string (file, id, key, NULL);

  return text != NULL ? text : g_strdup ("");
}

static char **
texts_of (GKeyFile *file, const char *id, const char *key)
{
  char **texts = g_key_file_get_string_list (file, id, key, NULL, NULL);

  return texts != NULL ? texts : g_new0 (char *, 1);
}

/* The user's languages come as g_get_language_names() has them: "de_AT.UTF-8", "de_AT", "de", "C". */
static gboolean
is_spoken (char **list_languages, const char *const *languages)
{
  for (guint i = 0; languages[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) list_languages, languages[i]))
      return TRUE;

  return FALSE;
}

static NjList *
read_group (GKeyFile *file, const char *id, const char *const *languages)
{
  g_autofree char *name = text_of (file, id, "name");
  g_autofree char *on = text_of (file, id, "on");
  g_auto (GStrv) addresses = texts_of (file, id, "addresses");
  NjList *list = nj_list_new (id, name, addresses[0] != NULL ? addresses[0] : "");

  g_strfreev (list->addresses);
  g_strfreev (list->languages);
  g_free (list->purpose);
  g_free (list->homepage);
  g_free (list->licence);
  list->addresses = g_steal_pointer (&addresses);
  list->languages = texts_of (file, id, "languages");
  list->purpose = text_of (file, id, "purpose");
  list->homepage = text_of (file, id, "homepage");
  list->licence = text_of (file, id, "licence");
  list->is_built_in = TRUE;
  list->is_default = g_str_equal (on, "yes") || (g_str_equal (on, "locale") && is_spoken (list->languages, languages));
  list->is_trusted_default = g_key_file_get_boolean (file, id, "trusted", NULL);
  return list;
}

/**
 * nj_list_catalogue_read:
 * @languages: the user's, as g_get_language_names() has them
 *
 * Returns: (transfer full) (element-type NjList): the lists of the catalogue, each id once
 */
GPtrArray *
nj_list_catalogue_read (const char *const *languages)
{
  static const NjBytes text = NJ_CATALOGUE_CATALOGUE_INI;
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_list_free);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) ids = NULL;

  /* It is part of the program. */
  g_assert (g_key_file_load_from_data (file, text.data, text.len, G_KEY_FILE_NONE, NULL));
  ids = g_key_file_get_groups (file, NULL);
  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (lists, read_group (file, ids[i], languages));
  return lists;
}
