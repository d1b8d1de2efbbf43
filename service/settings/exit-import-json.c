/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits in JSON: an array, or an object that holds it as "exits", "outbounds" (sing-box) or "proxies". Its
 * elements are URIs or objects. Main thread.
 */
#include "settings/exit-import-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* json-glib calls itself for each level, and so do we. */
static gboolean
is_deep (const char *text)
{
  gboolean is_inside = FALSE;
  gint     depth = 0;

  for (; *text != '\0'; text++)
    {
      if (is_inside && *text == '\\' && text[1] != '\0')
        text++;
      else if (*text == '"')
        is_inside = !is_inside;
      else if (!is_inside && (*text == '[' || *text == '{') && ++depth > NJ_EXIT_IMPORT_DEPTH)
        return TRUE;
      else if (!is_inside && (*text == ']' || *text == '}'))
        depth--;
    }
  return FALSE;
}

static gboolean read_object (JsonObject *object, const char *prefix, NjExitImportEntry *entry, GError **error);

static gboolean
read_member (JsonNode *node, const char *name, NjExitImportEntry *entry, GError **error)
{
  g_autofree char *number = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autofree char *below = g_strconcat (name, ".", NULL);

      return read_object (json_node_get_object (node), below, entry, error);
    }
  if (!JSON_NODE_HOLDS_VALUE (node))
    return TRUE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return nj_exit_import_entry_put (entry, name, json_node_get_string (node), error);
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return nj_exit_import_entry_put (entry, name, json_node_get_boolean (node) ? "true" : "false", error);
  if (json_node_get_value_type (node) != G_TYPE_INT64)
    return TRUE;

  number = g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return nj_exit_import_entry_put (entry, name, number, error);
}

static gboolean
read_object (JsonObject *object, const char *prefix, NjExitImportEntry *entry, GError **error)
{
  JsonObjectIter all;
  const char    *name;
  JsonNode      *node;

  json_object_iter_init (&all, object);
  while (json_object_iter_next (&all, &name, &node))
    {
      g_autofree char *whole = g_strconcat (prefix, name, NULL);

      if (!read_member (node, whole, entry, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_element (JsonNode *node, GPtrArray *entries, GError **error)
{
  NjExitImportEntry *entry = nj_exit_import_entry_new (entries, 0);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return read_object (json_node_get_object (node), "", entry, error);
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return nj_exit_import_entry_put (entry, "uri", json_node_get_string (node), error);

  g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "%s: neither a URI nor an object", entry->place);
  return FALSE;
}

/* (nullable): the list in it. */
static JsonArray *
find_list (JsonNode *root)
{
  static const char *const names[] = { "exits", "outbounds", "proxies" };

  if (root != NULL && JSON_NODE_HOLDS_ARRAY (root))
    return json_node_get_array (root);
  for (guint i = 0; root != NULL && JSON_NODE_HOLDS_OBJECT (root) && i < G_N_ELEMENTS (names); i++)
    {
      JsonNode *node = json_object_get_member (json_node_get_object (root), names[i]);

      if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
        return json_node_get_array (node);
    }
  return NULL;
}

/**
 * nj_exit_import_json:
 * @text: JSON
 * @entries: (element-type NjExitImportEntry): gets its entries
 *
 * Returns: whether it is such a list
 */
gboolean
nj_exit_import_json (const char *text, GPtrArray *entries, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local = NULL;
  JsonArray *list;

  if (is_deep (text))
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "JSON is nested deeper than %d", NJ_EXIT_IMPORT_DEPTH);
      return FALSE;
    }
  if (!json_parser_load_from_data (parser, text, -1, &local))
    {
      const char *at = g_str_has_prefix (local->message, "<data>:") ? local->message + strlen ("<data>:") : local->message;

      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "not JSON, line %s", at);
      return FALSE;
    }

  list = find_list (json_parser_get_root (parser));
  if (list == NULL)
    {
      g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE,
                           "neither a list nor an object with “exits”, “outbounds” or “proxies”");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (list); i++)
    if (!read_element (json_array_get_element (list, i), entries, error))
      return FALSE;
  return TRUE;
}
