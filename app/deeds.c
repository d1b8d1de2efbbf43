/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The actions that ask something of the service: one name each for tray, window, shortcuts, notifications and other
 * programs on the bus. What shows or closes something is the application's own. Main thread.
 */
#include "app/deeds.h"

#include "ui/call.h"

#include <string.h>

static void
on_start (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_start (remote);
}

static void
on_turn (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_turn (remote, g_variant_get_boolean (target));
}

static void
on_pause (GSimpleAction *action, GVariant *target, gpointer remote)
{
  const char *scope;
  guint32     seconds;

  g_variant_get (target, "(u&s)", &seconds, &scope);
  nj_call_pause (remote, seconds, scope);
}

static void
on_extend_pause (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_extend_pause (remote, g_variant_get_uint32 (target));
}

static void
on_resume (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_resume (remote);
}

/* The middle click and Ctrl+P: the quickest way to see a page without us, and back. */
static void
on_pause_or_resume (GSimpleAction *action, GVariant *target, gpointer remote)
{
  const NjStatus *status = nj_remote_status (remote);

  if (status->state == NJ_STATE_PAUSED)
    nj_call_resume (remote);
  else if (status->has_protection)
    nj_call_pause (remote, 300, "all");
  else if (status->state == NJ_STATE_OFF)
    nj_call_turn (remote, TRUE);
}

static void
on_select_country (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_select_country (remote, g_variant_get_string (target, NULL));
}

static void
on_select_exit (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_select_exit (remote, g_variant_get_string (target, NULL));
}

static void
on_select_group (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_select_group (remote, g_variant_get_string (target, NULL));
}

static void
on_select_direct (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_select_direct (remote);
}

static void
on_select_fastest (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_select_fastest (remote);
}

static void
on_set_level (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_set_level (remote, g_variant_get_string (target, NULL));
}

static void
on_test_exit (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_test_exit (remote, g_variant_get_string (target, NULL));
}

static void
on_toggle_list (GSimpleAction *action, GVariant *target, gpointer remote)
{
  const char *id;
  gboolean    enabled;

  g_variant_get (target, "(&sb)", &id, &enabled);
  nj_call_set_list_enabled (remote, id, enabled);
}

static void
on_update_lists (GSimpleAction *action, GVariant *target, gpointer remote)
{
  nj_call_update_lists (remote);
}

/**
 * nj_deeds_add:
 * @map: the application
 * @remote: the service; must outlive @map
 *
 * Main thread.
 */
void
nj_deeds_add (GActionMap *map, NjRemote *remote)
{
  static const GActionEntry deeds[] = {
    { .name = "start", .activate = on_start },
    { .name = "turn", .activate = on_turn, .parameter_type = "b" },
    { .name = "pause", .activate = on_pause, .parameter_type = "(us)" },
    { .name = "extend-pause", .activate = on_extend_pause, .parameter_type = "u" },
    { .name = "resume", .activate = on_resume },
    { .name = "pause-or-resume", .activate = on_pause_or_resume },
    { .name = "select-country", .activate = on_select_country, .parameter_type = "s" },
    { .name = "select-exit", .activate = on_select_exit, .parameter_type = "s" },
    { .name = "select-group", .activate = on_select_group, .parameter_type = "s" },
    { .name = "select-direct", .activate = on_select_direct },
    { .name = "select-fastest", .activate = on_select_fastest },
    { .name = "set-level", .activate = on_set_level, .parameter_type = "s" },
    { .name = "test-exit", .activate = on_test_exit, .parameter_type = "s" },
    { .name = "toggle-list", .activate = on_toggle_list, .parameter_type = "(sb)" },
    { .name = "update-lists", .activate = on_update_lists },
  };

  g_action_map_add_action_entries (map, deeds, G_N_ELEMENTS (deeds), remote);
}

/**
 * nj_deeds_proxy_text:
 * @address: "127.0.0.1:8642"
 * @shell: "bash", "fish", "powershell", "cmd"; anything else is the bare address
 *
 * Some programs read only the lower-case names, curl among them for http_proxy, some only the upper-case ones.
 * Main thread.
 *
 * Returns: (transfer full): what to paste so that programs of that shell go through the proxy
 */
char *
nj_deeds_proxy_text (const char *address, const char *shell)
{
  static const struct
  {
    const char *shell;
    const char *before;
    const char *between;
    const char *after;
    gboolean    tells_case; /* whether names of variables differ by case */
  } shells[] = {
    { "bash", "export ", "=http://", "\n", TRUE },
    { "fish", "set -gx ", " http://", "\n", TRUE },
    { "powershell", "$env:", " = \"http://", "\"\n", FALSE },
    { "cmd", "set ", "=http://", "\r\n", FALSE },
  };
  static const char *const names[] = { "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };
  GString                 *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (shells); i++)
    for (guint n = 0; strcmp (shells[i].shell, shell) == 0 && n < (shells[i].tells_case ? 6 : 3); n++)
      g_string_append_printf (text, "%s%s%s%s%s", shells[i].before, names[n], shells[i].between, address, shells[i].after);

  if (text->len == 0)
    g_string_append (text, address);
  return g_string_free (text, FALSE);
}
