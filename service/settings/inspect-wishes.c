/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user says about looking into HTTPS, put into the settings: browsers only or every program,
 * and which sites and programs always or never. A policy is to be published afterwards. Main thread.
 */
#include "settings/inspect-wishes.h"

#include "base/host.h"

#include <string.h>

#define NAME_MAX_LEN 63

static void
list_put (char ***list, const char *name, gboolean is_in)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; (*list)[i] != NULL; i++)
    if (!g_str_equal ((*list)[i], name))
      g_strv_builder_add (builder, (*list)[i]);
  if (is_in)
    g_strv_builder_add (builder, name);
  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
}

/* Kept, or as it was. */
static gboolean
set (NjSettings *settings, char ***always, char ***never, const char *name, NjInspectWish wish, GError **error)
{
  char **always_before = g_strdupv (*always);
  char **never_before = g_strdupv (*never);

  list_put (always, name, wish == NJ_INSPECT_WISH_ALWAYS);
  list_put (never, name, wish == NJ_INSPECT_WISH_NEVER);
  if (nj_settings_save (settings, error))
    {
      g_strfreev (always_before);
      g_strfreev (never_before);
      return TRUE;
    }

  g_strfreev (*always);
  g_strfreev (*never);
  *always = always_before;
  *never = never_before;
  return FALSE;
}

static gboolean
refuse (GError **error, const char *text, const char *what)
{
  g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_BAD_VALUE, "“%s” is no %s", text, what);
  return FALSE;
}

/**
 * nj_inspect_wishes_set_site:
 * @settings: the settings
 * @text: a host, which stands for what is below it, too; or an address of the web
 * @wish: what is wanted of it
 * @error: %NJ_SETTINGS_ERROR_BAD_VALUE, or that it is not kept
 *
 * Returns: whether it is kept
 */
gboolean
nj_inspect_wishes_set_site (NjSettings *settings, const char *text, NjInspectWish wish, GError **error)
{
  g_autoptr (GUri) uri = strstr (text, "://") != NULL ? g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  const char *name = uri != NULL ? g_uri_get_host (uri) : text;
  char        host[NJ_HOST_MAX + 1];

  if (name == NULL || nj_host_normalize (nj_bytes_from_string (name), host) == 0 || strchr (host, '/') != NULL)
    return refuse (error, text, "site");
  return set (settings, &settings->inspect_sites_always, &settings->inspect_sites_never, host, wish, error);
}

/**
 * nj_inspect_wishes_set_program:
 * @settings: the settings
 * @name: of its executable, without its folder
 * @wish: what is wanted of it
 * @error: %NJ_SETTINGS_ERROR_BAD_VALUE, or that it is not kept
 *
 * Returns: whether it is kept
 */
gboolean
nj_inspect_wishes_set_program (NjSettings *settings, const char *name, NjInspectWish wish, GError **error)
{
  if (name[0] == '\0' || strlen (name) > NAME_MAX_LEN || strchr (name, '/') != NULL || !g_utf8_validate (name, -1, NULL))
    return refuse (error, name, "name of a program");
  return set (settings, &settings->inspect_programs_always, &settings->inspect_programs_never, name, wish, error);
}

/**
 * nj_inspect_wishes_set_for_all:
 * @settings: the settings
 * @is_for_all: whether every program is looked into, not only browsers
 * @error: that it is not kept
 *
 * Returns: whether it is kept
 */
gboolean
nj_inspect_wishes_set_for_all (NjSettings *settings, gboolean is_for_all, GError **error)
{
  gint64 before = settings->inspect_all;

  settings->inspect_all = is_for_all;
  if (nj_settings_save (settings, error))
    return TRUE;
  settings->inspect_all = before;
  return FALSE;
}
