/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl exit subscription: lists of exits that somebody else keeps at an address.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static void
print_one (gpointer object)
{
  NjDBusNightjar1Subscription *one = object;
  guint            n = nj_dbus_nightjar1_subscription_get_exits (one);
  g_autofree char *exits = g_strdup_printf (ngettext ("%u exit", "%u exits", n), n);
  const char      *problem = nj_dbus_nightjar1_subscription_get_problem (one);

  printf ("%s  ", nj_dbus_nightjar1_subscription_get_id (one));
  nj_ctl_print_text (nj_dbus_nightjar1_subscription_get_name (one));
  printf ("  %s  ", exits);
  nj_ctl_print_text (nj_dbus_nightjar1_subscription_get_address (one));
  if (problem[0] != '\0')
    {
      printf ("  (");
      nj_ctl_print_text (problem);
      printf (")");
    }
  printf ("\n");
}

static GVariant *
to_json (gpointer object)
{
  NjDBusNightjar1Subscription *one = object;

  return g_variant_new_parsed ("{'id': <%s>, 'name': <%s>, 'address': <%s>, 'exits': <%u>, 'last-success': <%x>, 'problem': <%s>}",
                               nj_dbus_nightjar1_subscription_get_id (one), nj_dbus_nightjar1_subscription_get_name (one),
                               nj_dbus_nightjar1_subscription_get_address (one), nj_dbus_nightjar1_subscription_get_exits (one),
                               nj_dbus_nightjar1_subscription_get_last_success (one), nj_dbus_nightjar1_subscription_get_problem (one));
}

static int
list (NjCtl *ctl)
{
  return nj_ctl_words_list (ctl, NJ_DBUS_TYPE_NIGHTJAR1_SUBSCRIPTION, to_json, print_one, NULL,
                            _("There is no subscription yet; see nightjarctl exit import ADDRESS."));
}

/**
 * nj_ctl_subscribe:
 * @ctl: the command line
 * @address: where the list is
 *
 * Returns: an exit status
 */
int
nj_ctl_subscribe (NjCtl *ctl, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  /* A far server gets its time. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), G_MAXINT);
  if (!nj_dbus_nightjar1_call_add_subscription_sync (ctl->service, address, ctl->name != NULL ? ctl->name : "", &id, NULL, &error))
    return nj_ctl_fail (error);

  return nj_ctl_words_id (ctl, id);
}

static int
update (NjCtl *ctl, char **ids)
{
  g_autoptr (GError) error = NULL;

  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (ctl->service), G_MAXINT);
  if (!nj_dbus_nightjar1_call_update_subscriptions_sync (ctl->service, (const char *const *) ids, NULL, &error))
    return nj_ctl_fail (error);
  return list (ctl);
}

/**
 * nj_ctl_subscription:
 * @ctl: the command line
 * @arguments: what to do with lists of exits, and with which
 *
 * Returns: an exit status
 */
int
nj_ctl_subscription (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  const char *word = arguments[0] != NULL ? arguments[0] : "list";

  if (g_str_equal (word, "list"))
    return list (ctl);
  if (g_str_equal (word, "add") && arguments[1] != NULL)
    return nj_ctl_subscribe (ctl, arguments[1]);
  if (g_str_equal (word, "update"))
    return update (ctl, arguments + 1);
  if (g_str_equal (word, "remove") && arguments[1] != NULL)
    return nj_ctl_done (nj_dbus_nightjar1_call_remove_subscription_sync (ctl->service, arguments[1], ctl->keeps, NULL, &error), &error);

  return nj_ctl_misused (_("exit subscription wants list, add ADDRESS, update [ID…] or remove ID [--keep]"));
}
