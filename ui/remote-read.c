/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What generated proxies say, as one plain #NjStatus. It asks nothing: proxies hold what the service said last. The remote
 * calls it. Main thread.
 */
#include "ui/remote-read.h"

#include <string.h>

static char *
text_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

static void
fill_exit (NjStatus *status, NjDBusNightjar1Exit *exit)
{
  NjStatusExit *item;
  const char   *id = nj_dbus_nightjar1_exit_get_id (exit);
  const char   *name = nj_dbus_nightjar1_exit_get_name (exit);
  const char   *country = nj_dbus_nightjar1_exit_get_country (exit);

  /* A property may be missing while an object is on its way out. */
  if (id == NULL)
    return;

  item = nj_status_add_exit (status, id, name != NULL && *name != '\0' ? name : id, country != NULL ? country : "");
  g_free (item->kind);
  g_free (item->address);
  g_free (item->state);
  g_free (item->problem);
  g_free (item->seen_country);
  g_free (item->list);
  item->seen_country = text_or_empty (nj_dbus_nightjar1_exit_get_measured_country (exit));
  item->list = text_or_empty (nj_dbus_nightjar1_exit_get_subscription (exit));
  item->kind = text_or_empty (nj_dbus_nightjar1_exit_get_kind (exit));
  item->address = text_or_empty (nj_dbus_nightjar1_exit_get_address (exit));
  item->state = text_or_empty (nj_dbus_nightjar1_exit_get_state (exit));
  item->problem = text_or_empty (nj_dbus_nightjar1_exit_get_problem (exit));
  item->is_link_encrypted = nj_dbus_nightjar1_exit_get_link_encrypted (exit);
  item->is_chosen = nj_dbus_nightjar1_exit_get_chosen (exit);
  item->latency_ms = nj_dbus_nightjar1_exit_get_latency (exit);
  item->loss = nj_dbus_nightjar1_exit_get_loss (exit);
}

static void
fill_list (NjStatus *status, NjDBusNightjar1List *list)
{
  NjStatusList *item;
  const char   *id = nj_dbus_nightjar1_list_get_id (list);
  const char   *title = nj_dbus_nightjar1_list_get_title (list);

  if (id == NULL)
    return;

  item = nj_status_add_list (status, id, title != NULL && *title != '\0' ? title : id);
  g_free (item->location);
  g_free (item->purpose);
  g_free (item->problem);
  g_free (item->homepage);
  g_free (item->licence);
  g_free (item->moved_to);
  item->homepage = text_or_empty (nj_dbus_nightjar1_list_get_homepage (list));
  item->licence = text_or_empty (nj_dbus_nightjar1_list_get_licence (list));
  item->moved_to = text_or_empty (nj_dbus_nightjar1_list_get_moved_to (list));
  item->purpose = text_or_empty (nj_dbus_nightjar1_list_get_purpose (list));
  item->location = text_or_empty (nj_dbus_nightjar1_list_get_location (list));
  item->problem = text_or_empty (nj_dbus_nightjar1_list_get_problem (list));
  item->is_enabled = nj_dbus_nightjar1_list_get_enabled (list);
  item->is_built_in = nj_dbus_nightjar1_list_get_built_in (list);
  item->is_trusted = nj_dbus_nightjar1_list_get_trusted (list);
  item->rules_used = nj_dbus_nightjar1_list_get_rules_used (list);
  item->rules_refused = nj_dbus_nightjar1_list_get_rules_refused (list);
  item->pages_used = nj_dbus_nightjar1_list_get_page_rules_used (list);
  item->pages_refused = nj_dbus_nightjar1_list_get_page_rules_refused (list);
  item->refusals = nj_dbus_nightjar1_list_dup_refusals (list);
  item->last_success_s = nj_dbus_nightjar1_list_get_last_success (list);
  item->next_update_s = nj_dbus_nightjar1_list_get_next_update (list);
  item->last_attempt_s = nj_dbus_nightjar1_list_get_last_attempt (list);
}

static void
fill_exit_list (NjStatus *status, NjDBusNightjar1Subscription *list)
{
  NjExitList *item;
  const char *id = nj_dbus_nightjar1_subscription_get_id (list);
  const char *name = nj_dbus_nightjar1_subscription_get_name (list);

  if (id == NULL)
    return;

  item = nj_exit_list_new (id, name != NULL && *name != '\0' ? name : id);
  g_free (item->address);
  g_free (item->problem);
  item->address = text_or_empty (nj_dbus_nightjar1_subscription_get_address (list));
  item->problem = text_or_empty (nj_dbus_nightjar1_subscription_get_problem (list));
  item->exits = nj_dbus_nightjar1_subscription_get_exits (list);
  item->last_success_s = nj_dbus_nightjar1_subscription_get_last_success (list);
  item->last_attempt_s = nj_dbus_nightjar1_subscription_get_last_attempt (list);
  item->next_update_s = nj_dbus_nightjar1_subscription_get_next_update (list);
  g_ptr_array_add (status->exit_lists, item);
}

static void
fill_name_server (NjNameServer *server, NjDBusNightjar1 *service)
{
  const char *const *addresses = nj_dbus_nightjar1_get_dns_addresses (service);

  g_free (server->mode);
  g_free (server->server);
  server->mode = text_or_empty (nj_dbus_nightjar1_get_dns_mode (service));
  server->server = text_or_empty (nj_dbus_nightjar1_get_dns_server (service));
  server->falls_back = g_strcmp0 (nj_dbus_nightjar1_get_dns_fallback (service), "system") == 0;
  if (addresses == NULL)
    return;

  g_strfreev (server->addresses);
  server->addresses = g_strdupv ((char **) addresses);
}

/* Ids of lists are for the bus; people know them by name. */
static void
name_list (const NjStatus *status, NjStatusExit *exit)
{
  for (guint i = 0; *exit->list != '\0' && i < status->exit_lists->len; i++)
    {
      const NjExitList *list = g_ptr_array_index (status->exit_lists, i);

      if (strcmp (list->id, exit->list) == 0)
        {
          g_free (exit->list);
          exit->list = g_strdup (list->name);
          return;
        }
    }
}

/**
 * nj_remote_read_objects:
 * @status: what is filled
 * @tree: the service's objects
 *
 * Main thread.
 */
void
nj_remote_read_objects (NjStatus *status, GDBusObjectManager *tree)
{
  GList *objects = g_dbus_object_manager_get_objects (tree);

  for (GList *l = objects; l != NULL; l = l->next)
    {
      NjDBusNightjar1Exit *exit = nj_dbus_object_peek_nightjar1_exit (l->data);
      NjDBusNightjar1List *list = nj_dbus_object_peek_nightjar1_list (l->data);
      NjDBusNightjar1Subscription *exit_list = nj_dbus_object_peek_nightjar1_subscription (l->data);

      if (exit != NULL)
        fill_exit (status, exit);
      if (list != NULL)
        fill_list (status, list);
      if (exit_list != NULL)
        fill_exit_list (status, exit_list);
    }

  g_list_free_full (objects, g_object_unref);
  for (guint i = 0; i < status->exits->len; i++)
    name_list (status, g_ptr_array_index (status->exits, i));
}

static void
fill_places (NjStatus *status, NjDBusNightjar1 *service)
{
  const char *const *favourites = nj_dbus_nightjar1_get_favourites (service);
  const char *const *recents = nj_dbus_nightjar1_get_recents (service);
  GVariant          *groups = nj_dbus_nightjar1_get_groups (service);
  GVariantIter       all;
  const char        *name;
  char             **exits;

  g_free (status->choice);
  g_free (status->level);
  status->level = text_or_empty (nj_dbus_nightjar1_get_level (service));
  status->choice = text_or_empty (nj_dbus_nightjar1_get_choice (service));
  if (favourites != NULL)
    {
      g_strfreev (status->favourites);
      status->favourites = g_strdupv ((char **) favourites);
    }
  if (recents != NULL)
    {
      g_strfreev (status->recents);
      status->recents = g_strdupv ((char **) recents);
    }
  if (groups == NULL)
    return;

  g_variant_iter_init (&all, groups);
  while (g_variant_iter_next (&all, "(&s^as)", &name, &exits))
    nj_status_add_group (status, name, exits);
}

/**
 * nj_remote_read_service:
 * @status: what is filled
 * @service: what the service says
 *
 * Main thread.
 */
void
nj_remote_read_service (NjStatus *status, NjDBusNightjar1 *service)
{
  fill_places (status, service);
  fill_name_server (status->name_server, service);
  status->state = nj_status_state_from_name (nj_dbus_nightjar1_get_state (service));
  status->has_protection = nj_dbus_nightjar1_get_protection (service);
  status->paused_until_s = nj_dbus_nightjar1_get_paused_until (service);
  g_free (status->pause_scope);
  g_free (status->exit);
  g_free (status->country);
  g_free (status->problem);
  g_free (status->address);
  g_free (status->pac_url);
  g_free (status->version);
  status->pause_scope = text_or_empty (nj_dbus_nightjar1_get_pause_scope (service));
  status->exit = text_or_empty (nj_dbus_nightjar1_get_exit (service));
  status->country = text_or_empty (nj_dbus_nightjar1_get_country (service));
  status->problem = text_or_empty (nj_dbus_nightjar1_get_problem (service));
  status->address = text_or_empty (nj_dbus_nightjar1_get_address (service));
  status->pac_url = text_or_empty (nj_dbus_nightjar1_get_pac_url (service));
  status->version = text_or_empty (nj_dbus_nightjar1_get_version (service));
}
