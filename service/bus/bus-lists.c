/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filter lists on the bus: an object for each, and the methods that add, remove, switch, trust and update them. A
 * method answers when the engine it led to is in force. Main thread.
 */
#include "bus/bus-parts.h"

#define LISTS NJ_BUS_ROOT "/lists/"

/* What an update or a compilation answers to. */
typedef struct
{
  GDBusMethodInvocation *invocation; /* taken */
  NjBus                 *bus;        /* borrowed: updates end before it */
  char                  *id;         /* (nullable) owned: what AddList returns */
} ListCall;

static const NjProtectionParts *
parts_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection);
}

static NjFilterLists *
lists_of (NjBus *bus)
{
  return parts_of (bus)->lists;
}

static ListCall *
call_new (NjBus *bus, GDBusMethodInvocation *invocation, char *id)
{
  ListCall *call = g_new0 (ListCall, 1);

  call->invocation = invocation;
  call->bus = bus;
  call->id = id;
  return call;
}

static void
call_end (ListCall *call, gboolean is_done, GError *const *error)
{
  if (is_done && call->id != NULL)
    nj_dbus_nightjar1_complete_add_list (NULL, call->invocation, call->id);
  else
    nj_bus_answer (call->invocation, is_done, error);

  g_free (call->id);
  g_free (call);
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  call_end (user_data, nj_filter_lists_compile_finish (NULL, result, &error), &error);
}

static void
on_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  call_end (user_data, nj_list_updates_run_finish (result, &error), &error);
}

static void
compile_and_answer (NjBus *bus, GDBusMethodInvocation *invocation, char *id)
{
  nj_filter_lists_compile_async (lists_of (bus), on_compiled, call_new (bus, invocation, id));
  nj_list_updates_plan (parts_of (bus)->updates);
}

static void
update_and_answer (NjBus *bus, GDBusMethodInvocation *invocation, const char *const *ids, gboolean is_forced)
{
  nj_list_updates_run_async (parts_of (bus)->updates, ids, is_forced, on_updated, call_new (bus, invocation, NULL));
}

static gboolean
keep (NjBus *bus, GError **error)
{
  return nj_settings_save (parts_of (bus)->settings, error);
}

/* A list of which nothing came is not added: who typed the address wrong should not find it there. */
static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ListCall *call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_done = nj_list_updates_run_finish (result, &error);
  NjList  *list = is_done ? nj_filter_lists_find (lists_of (call->bus), call->id, &error) : NULL;

  if (list != NULL && list->path == NULL && !list->is_built_in)
    {
      g_set_error_literal (&error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE, list->problem);
      nj_filter_lists_remove (lists_of (call->bus), call->id, NULL);
      nj_filter_lists_tell (lists_of (call->bus));
    }

  is_done = error == NULL && keep (call->bus, &error);
  call_end (call, is_done, &error);
}

static gboolean
on_add_list (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *location, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = nj_filter_lists_add (lists_of (bus), location, &error);
  NjList          *list = id != NULL ? nj_filter_lists_find (lists_of (bus), id, NULL) : NULL;

  if (list != NULL && list->path == NULL)
    nj_list_updates_run_async (parts_of (bus)->updates, (const char *const[]){ id, NULL }, FALSE, on_added,
                               call_new (bus, invocation, g_strdup (id)));
  else if (list == NULL || !keep (bus, &error))
    nj_bus_answer (invocation, FALSE, &error);
  else
    compile_and_answer (bus, invocation, g_steal_pointer (&id));
  return TRUE;
}

static gboolean
on_remove_list (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  if (!nj_filter_lists_remove (lists_of (bus), id, &error) || !keep (bus, &error))
    nj_bus_answer (invocation, FALSE, &error);
  else
    compile_and_answer (bus, invocation, NULL);
  return TRUE;
}

static gboolean
on_set_list_enabled (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, gboolean is_enabled, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  NjList *list;

  if (!nj_filter_lists_set_enabled (lists_of (bus), id, is_enabled, &error) || !keep (bus, &error))
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  list = nj_filter_lists_find (lists_of (bus), id, NULL);
  if (is_enabled && list->path == NULL && nj_list_is_fetched (list))
    update_and_answer (bus, invocation, (const char *const[]){ id, NULL }, FALSE);
  else
    compile_and_answer (bus, invocation, NULL);
  return TRUE;
}

static gboolean
on_set_list_trusted (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, gboolean is_trusted, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  if (!nj_filter_lists_set_trusted (lists_of (bus), id, is_trusted, &error) || !keep (bus, &error))
    nj_bus_answer (invocation, FALSE, &error);
  else
    compile_and_answer (bus, invocation, NULL);
  return TRUE;
}

static gboolean
on_update_lists (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *const *ids, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; ids[i] != NULL; i++)
    if (nj_filter_lists_find (lists_of (bus), ids[i], &error) == NULL)
      {
        nj_bus_answer (invocation, FALSE, &error);
        return TRUE;
      }

  update_and_answer (bus, invocation, ids, FALSE);
  return TRUE;
}

static gboolean
on_accept_list (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  if (nj_filter_lists_find (lists_of (bus), id, &error) == NULL)
    nj_bus_answer (invocation, FALSE, &error);
  else
    update_and_answer (bus, invocation, (const char *const[]){ id, NULL }, TRUE);
  return TRUE;
}

/* Ids hold hyphens, paths of objects may not. */
static char *
path_of (const char *id)
{
  char *path = g_strconcat (LISTS, id, NULL);

  return g_strcanon (path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/", '_');
}

/* (transfer floating) */
static GVariant *
refusals_of (const NjList *list)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(suu)"));
  for (guint i = NJ_REFUSAL_NONE + 1; i < NJ_N_REFUSALS; i++)
    if (list->rules.reasons[i] + list->pages.reasons[i] > 0)
      g_variant_builder_add (&builder, "(suu)", nj_refusal_name (i), list->rules.reasons[i], list->pages.reasons[i]);

  return g_variant_builder_end (&builder);
}

static void
show_list (NjDBusNightjar1List *shown, const NjList *list)
{
  nj_dbus_nightjar1_list_set_id (shown, list->id);
  nj_dbus_nightjar1_list_set_title (shown, list->title);
  nj_dbus_nightjar1_list_set_location (shown, list->location);
  nj_dbus_nightjar1_list_set_moved_to (shown, list->moved_to != NULL ? list->moved_to : "");
  nj_dbus_nightjar1_list_set_enabled (shown, list->is_enabled);
  nj_dbus_nightjar1_list_set_rules_used (shown, list->rules.used);
  nj_dbus_nightjar1_list_set_rules_refused (shown, list->rules.refused);
  nj_dbus_nightjar1_list_set_page_rules_used (shown, list->pages.used);
  nj_dbus_nightjar1_list_set_page_rules_refused (shown, list->pages.refused);
  nj_dbus_nightjar1_list_set_refusals (shown, refusals_of (list));
  nj_dbus_nightjar1_list_set_last_success (shown, list->last_success);
  nj_dbus_nightjar1_list_set_last_attempt (shown, list->last_attempt);
  nj_dbus_nightjar1_list_set_problem (shown, list->problem);
  nj_dbus_nightjar1_list_set_next_update (shown, list->next_update);
  nj_dbus_nightjar1_list_set_held_back (shown, list->is_held);
  nj_dbus_nightjar1_list_set_trusted (shown, list->is_trusted);
  nj_dbus_nightjar1_list_set_purpose (shown, list->purpose);
  nj_dbus_nightjar1_list_set_languages (shown, (const char *const *) list->languages);
  nj_dbus_nightjar1_list_set_homepage (shown, list->homepage);
  nj_dbus_nightjar1_list_set_licence (shown, list->licence);
  nj_dbus_nightjar1_list_set_built_in (shown, list->is_built_in);
}

static void
update_list (NjBus *bus, const NjList *list, GHashTable *present)
{
  g_autofree char *path = path_of (list->id);
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (bus->objects), path);
  NjDBusNightjar1List *shown;

  if (object != NULL)
    {
      shown = nj_dbus_object_get_nightjar1_list (NJ_DBUS_OBJECT (object));
      show_list (shown, list);
    }
  else
    {
      shown = nj_dbus_nightjar1_list_skeleton_new ();
      show_list (shown, list);
      object = G_DBUS_OBJECT (nj_dbus_object_skeleton_new (path));
      nj_dbus_object_skeleton_set_nightjar1_list (NJ_DBUS_OBJECT_SKELETON (object), shown);
      g_dbus_object_manager_server_export (bus->objects, G_DBUS_OBJECT_SKELETON (object));
    }

  g_object_unref (shown);
  g_hash_table_add (present, g_steal_pointer (&path));
}

/**
 * nj_bus_lists_update:
 * @bus: the service on the bus
 *
 * Makes the objects below lists/ what there is; only what differs is signalled.
 */
void
nj_bus_lists_update (NjBus *bus)
{
  g_autoptr (GHashTable) present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *all = nj_filter_lists_all (lists_of (bus));
  GList     *objects;

  for (guint i = 0; i < all->len; i++)
    update_list (bus, g_ptr_array_index (all, i), present);

  objects = g_dbus_object_manager_get_objects (G_DBUS_OBJECT_MANAGER (bus->objects));
  for (GList *item = objects; item != NULL; item = item->next)
    {
      const char *path = g_dbus_object_get_object_path (item->data);

      if (g_str_has_prefix (path, LISTS) && !g_hash_table_contains (present, path))
        g_dbus_object_manager_server_unexport (bus->objects, path);
    }
  g_list_free_full (objects, g_object_unref);
}

/**
 * nj_bus_lists_attach:
 * @bus: the service on the bus
 *
 * Connects the lists' methods.
 */
void
nj_bus_lists_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-add-list", G_CALLBACK (on_add_list), bus);
  g_signal_connect (bus->service, "handle-remove-list", G_CALLBACK (on_remove_list), bus);
  g_signal_connect (bus->service, "handle-set-list-enabled", G_CALLBACK (on_set_list_enabled), bus);
  g_signal_connect (bus->service, "handle-set-list-trusted", G_CALLBACK (on_set_list_trusted), bus);
  g_signal_connect (bus->service, "handle-accept-list", G_CALLBACK (on_accept_list), bus);
  g_signal_connect (bus->service, "handle-update-lists", G_CALLBACK (on_update_lists), bus);
}
