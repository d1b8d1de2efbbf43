/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl proxy: the desktop's proxy settings. Putting them back must work without the service, after it was
 * killed or its package removed: so this file stands on the service's desktop room and not on the bus alone.
 */
#include "ctl.h"

#include "desktop/system-proxy.h"
#include "settings/exit-choice.h"

#include <glib/gi18n.h>
#include <stdio.h>

static GVariant *
status_without_service (NjCtl *ctl)
{
  g_autofree char *journal = nj_folders_journal (ctl->folders);
  g_autoptr (NjSystemProxy) proxy = nj_system_proxy_new (journal);
  g_auto (NjSystemProxyStatus) status = { 0 };
  GVariantDict dictionary;

  nj_system_proxy_status (proxy, &status);
  g_variant_dict_init (&dictionary, NULL);
  g_variant_dict_insert (&dictionary, "backend", "s", status.backend);
  g_variant_dict_insert (&dictionary, "applied", "b", status.is_applied);
  g_variant_dict_insert (&dictionary, "ours", "b", FALSE);
  g_variant_dict_insert (&dictionary, "mode", "s", status.mode);
  g_variant_dict_insert (&dictionary, "http", "s", status.http);
  g_variant_dict_insert (&dictionary, "https", "s", status.https);
  g_variant_dict_insert (&dictionary, "socks", "s", status.socks);
  g_variant_dict_insert (&dictionary, "journal", "s", status.journal);
  return g_variant_ref_sink (g_variant_dict_end (&dictionary));
}

static void
print_text (GVariant *status)
{
  static const char *const keys[] = { "mode", "http", "https", "socks", "journal" };
  gboolean    is_applied = FALSE;
  const char *backend = "none";

  g_variant_lookup (status, "applied", "b", &is_applied);
  g_variant_lookup (status, "backend", "&s", &backend);
  if (g_str_equal (backend, "none"))
    printf (_("This desktop has no proxy settings that Nightjar sets.\n"));
  else
    printf ("%s\n", is_applied ? _("The desktop uses Nightjar.") : _("The desktop does not use Nightjar."));

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = "";

      if (g_variant_lookup (status, keys[i], "&s", &text) && text[0] != '\0')
        printf ("  %-8s %s\n", keys[i], text);
    }
}

static int
proxy_status (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = NULL;

  if (!nj_ctl_is_running (ctl))
    status = status_without_service (ctl);
  else if (nj_ctl_open (ctl, FALSE) != NJ_CTL_OK || !nj_dbus_nightjar1_call_proxy_status_sync (ctl->service, &status, NULL, &error))
    return error != NULL ? nj_ctl_fail (error) : NJ_CTL_NOT_RUNNING;

  if (ctl->is_json)
    nj_ctl_print_json (status);
  else
    print_text (status);
  return NJ_CTL_OK;
}

static int
proxy_apply (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_open (ctl, FALSE);

  if (status != NJ_CTL_OK)
    return status;

  return nj_ctl_done (nj_dbus_nightjar1_call_apply_proxy_sync (ctl->service, NULL, &error), &error);
}

/* In lockdown a service that died shall leave a closed door behind. */
static gboolean
is_locked (NjCtl *ctl)
{
  g_autofree char *path = nj_folders_settings (ctl->folders);
  g_autoptr (GPtrArray) complaints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (NjSettings) settings = nj_settings_load (path, complaints, NULL);

  return settings != NULL && nj_exit_choice_is_locked (settings);
}

static int
proxy_restore (NjCtl *ctl)
{
  g_autofree char *journal = nj_folders_journal (ctl->folders);
  g_autoptr (NjSystemProxy) proxy = nj_system_proxy_new (journal);
  g_autoptr (GError) error = NULL;

  if (ctl->if_owner_dead && (!nj_system_proxy_is_orphaned (proxy) || is_locked (ctl)))
    return NJ_CTL_OK;
  if (!ctl->if_owner_dead && nj_ctl_is_running (ctl) && nj_ctl_open (ctl, FALSE) == NJ_CTL_OK)
    return nj_ctl_done (nj_dbus_nightjar1_call_restore_proxy_sync (ctl->service, NULL, &error), &error);

  return nj_ctl_done (nj_system_proxy_restore (proxy, &error), &error);
}

/**
 * nj_ctl_proxy:
 * @ctl: the command line
 * @arguments: what to do with the desktop's proxy
 *
 * Returns: an exit status
 */
int
nj_ctl_proxy (NjCtl *ctl, char **arguments)
{
  if (g_strcmp0 (arguments[0], "status") == 0)
    return proxy_status (ctl);
  if (g_strcmp0 (arguments[0], "apply") == 0)
    return proxy_apply (ctl);
  if (g_strcmp0 (arguments[0], "restore") == 0)
    return proxy_restore (ctl);

  return nj_ctl_misused (_("proxy wants one of status, apply, restore"));
}
