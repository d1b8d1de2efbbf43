/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl portal: networks that want a sign-in before they let anybody out.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static int
show (NjCtl *ctl)
{
  gboolean    is_found = nj_dbus_nightjar1_get_portal (ctl->service);
  const char *host = nj_dbus_nightjar1_get_portal_host (ctl->service);

  if (ctl->is_json)
    {
      nj_ctl_print_json (g_variant_new_parsed ("{'portal': <%b>, 'open': <%s>}", is_found, host));
      return NJ_CTL_OK;
    }

  printf ("%s\n", is_found ? _("This network wants a sign-in first.") : _("This network is not known to want a sign-in."));
  if (host[0] != '\0')
    {
      nj_ctl_print_text (host);
      printf (" %s\n", _("is reached directly for five minutes at most."));
    }
  return NJ_CTL_OK;
}

/**
 * nj_ctl_portal:
 * @ctl: the command line
 * @arguments: nothing, "open" and a host, or "close"
 *
 * Returns: an exit status
 */
int
nj_ctl_portal (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  guint    n = g_strv_length (arguments);
  gboolean opens = n == 2 && g_str_equal (arguments[0], "open");
  int      status;

  if (n != 0 && !opens && (n != 1 || !g_str_equal (arguments[0], "close")))
    return nj_ctl_misused (_("portal wants nothing, open and a host, or close"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  if (n == 0)
    return show (ctl);
  if (opens)
    return nj_ctl_done (nj_dbus_nightjar1_call_open_portal_sync (ctl->service, arguments[1], NULL, &error), &error);
  return nj_ctl_done (nj_dbus_nightjar1_call_close_portal_sync (ctl->service, NULL, &error), &error);
}
