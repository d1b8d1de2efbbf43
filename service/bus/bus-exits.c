/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits on the bus: an object for each, and the methods that choose, add, remove and test them. Main thread.
 */
#include "bus/bus-parts.h"

#include "exits/subscription.h"
#include "settings/exit-import.h"

#define EXITS NJ_BUS_ROOT "/exits/"

/* As the contract spells them; nj_exit_kind_name() is for people. */
static const char *const kinds[] = {
  [NJ_EXIT_HTTP] = "http",       [NJ_EXIT_HTTPS] = "https",     [NJ_EXIT_H2] = "h2",   [NJ_EXIT_SOCKS5] = "socks5",
  [NJ_EXIT_SOCKS5S] = "socks5s", [NJ_EXIT_SOCKS4A] = "socks4a", [NJ_EXIT_TOR] = "tor",
};

/* What a test answers to. */
typedef struct
{
  GDBusMethodInvocation *invocation; /* taken */
  NjProtection          *protection; /* counted */
  gboolean               is_known;   /* in the catalogue */
} ExitTest;

static gboolean
on_select_country (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *code, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_select (bus->protection, NJ_EXIT_MODE_COUNTRY, code, &error), &error);
  return TRUE;
}

static gboolean
on_select_exit (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_protection_select (bus->protection, NJ_EXIT_MODE_EXIT, id, &error);
  if (g_error_matches (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT))
    nj_bus_refuse (invocation, "NoSuchExit", "%s", error->message);
  else
    nj_bus_answer (invocation, error == NULL, &error);
  return TRUE;
}

static gboolean
on_select_direct (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_select (bus->protection, NJ_EXIT_MODE_DIRECT, "", &error), &error);
  return TRUE;
}

static gboolean
on_select_fastest (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;

  nj_bus_answer (invocation, nj_protection_select (bus->protection, NJ_EXIT_MODE_FASTEST, "", &error), &error);
  return TRUE;
}

static gboolean
keep (NjBus *bus, GError **error)
{
  return nj_protection_keep_exits (bus->protection, error);
}

static gboolean
add_exit (NjBus *bus, const char *uri, const char *country, const char *name, char **ret_id, GError **error)
{
  NjCatalogue *catalogue = nj_protection_parts (bus->protection)->catalogue;
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, country, name[0] != '\0' ? name : NULL, error);

  if (exit == NULL || !nj_catalogue_add (catalogue, exit, error))
    return FALSE;
  if (!keep (bus, error))
    {
      nj_catalogue_remove (catalogue, nj_exit_id (exit));
      return FALSE;
    }

  *ret_id = g_strdup (nj_exit_id (exit));
  return TRUE;
}

static gboolean
on_add_exit (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *uri, const char *country, const char *name,
             NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!add_exit (bus, uri, country, name, &id, &error))
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  nj_protection_refresh (bus->protection);
  nj_dbus_nightjar1_complete_add_exit (service, invocation, id);
  return TRUE;
}

static gboolean
on_remove_exit (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_kept;

  if (!nj_catalogue_remove (nj_protection_parts (bus->protection)->catalogue, id))
    {
      nj_bus_refuse (invocation, "NoSuchExit", "no exit “%s”", id);
      return TRUE;
    }

  is_kept = keep (bus, &error);
  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_kept, &error);
  return TRUE;
}

static gboolean
on_import_exits (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  guint n = nj_exit_import (nj_protection_parts (bus->protection)->catalogue, text, &error);

  if (error != NULL || !keep (bus, &error))
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  nj_protection_refresh (bus->protection);
  nj_dbus_nightjar1_complete_import_exits (service, invocation, n);
  return TRUE;
}

static void
on_tested (NjExit *exit, gboolean is_alive, guint latency_ms, const char *problem, gpointer user_data)
{
  ExitTest *test = user_data;

  if (test->is_known)
    nj_protection_exit_tested (test->protection, exit, is_alive, latency_ms, problem);
  if (is_alive)
    nj_dbus_nightjar1_complete_test_exit (NULL, test->invocation, latency_ms);
  else
    nj_bus_refuse (test->invocation, "Failed", "%s", problem != NULL ? problem : "no answer");

  g_object_unref (test->protection);
  g_free (test);
}

static gboolean
on_test_exit (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *id, NjBus *bus)
{
  const NjProtectionParts *parts = nj_protection_parts (bus->protection);
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = NULL;
  ExitTest *test;

  /* One that is not there yet, before it is added: with user and password. */
  if (strstr (id, "://") != NULL)
    exit = nj_exit_new_from_uri (id, NULL, NULL, &error);
  else
    exit = nj_catalogue_find (parts->catalogue, id);
  if (error != NULL)
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }
  if (exit == NULL)
    {
      nj_bus_refuse (invocation, "NoSuchExit", "no exit “%s”", id);
      return TRUE;
    }

  test = g_new0 (ExitTest, 1);
  test->invocation = invocation;
  test->protection = g_object_ref (bus->protection);
  test->is_known = strstr (id, "://") == NULL;
  nj_plane_test_exit (parts->plane, exit, on_tested, test);
  return TRUE;
}

static void
show_exit (NjDBusNightjar1Exit *shown, NjExitSeen *seen, NjExit *exit, const char *source, gboolean is_chosen)
{
  NjBytes          host = nj_exit_host (exit);
  g_autofree char *address = g_strdup_printf ("%.*s:%u", NJ_BYTES_ARGS (host), nj_exit_port (exit));
  g_autofree char *problem = nj_exit_problem (exit);

  if (problem[0] == '\0')
    {
      g_free (problem);
      problem = nj_exit_seen_problem (seen, exit);
    }
  nj_dbus_nightjar1_exit_set_measured_address (shown, nj_exit_seen_address (seen, exit));
  nj_dbus_nightjar1_exit_set_measured_country (shown, nj_exit_seen_country (seen, exit));
  nj_dbus_nightjar1_exit_set_id (shown, nj_exit_id (exit));
  nj_dbus_nightjar1_exit_set_name (shown, nj_exit_name (exit));
  nj_dbus_nightjar1_exit_set_country (shown, nj_exit_country (exit));
  nj_dbus_nightjar1_exit_set_kind (shown, kinds[nj_exit_kind (exit)]);
  nj_dbus_nightjar1_exit_set_address (shown, address);
  nj_dbus_nightjar1_exit_set_link_encrypted (shown, nj_exit_is_link_encrypted (exit));
  nj_dbus_nightjar1_exit_set_state (shown, nj_exit_state_name (nj_exit_state (exit)));
  nj_dbus_nightjar1_exit_set_latency (shown, nj_exit_latency_ms (exit));
  nj_dbus_nightjar1_exit_set_loss (shown, nj_exit_loss (exit));
  nj_dbus_nightjar1_exit_set_problem (shown, problem);
  nj_dbus_nightjar1_exit_set_chosen (shown, is_chosen);
  nj_dbus_nightjar1_exit_set_subscription (shown, source);
}

static void
update_exit (NjBus *bus, NjExit *exit)
{
  g_autofree char *path = g_strconcat (EXITS, nj_exit_id (exit), NULL);
  g_autoptr (GDBusObject) object = g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (bus->objects), path);
  gboolean         is_chosen = exit == nj_protection_exit (bus->protection);
  const char      *source = nj_subscription_of (nj_protection_parts (bus->protection)->catalogue, nj_exit_id (exit));
  NjDBusNightjar1Exit *shown;

  if (object != NULL)
    {
      shown = nj_dbus_object_get_nightjar1_exit (NJ_DBUS_OBJECT (object));
      show_exit (shown, nj_protection_seen (bus->protection), exit, source, is_chosen);
      g_object_unref (shown);
      return;
    }

  shown = nj_dbus_nightjar1_exit_skeleton_new ();
  show_exit (shown, nj_protection_seen (bus->protection), exit, source, is_chosen);
  object = G_DBUS_OBJECT (nj_dbus_object_skeleton_new (path));
  nj_dbus_object_skeleton_set_nightjar1_exit (NJ_DBUS_OBJECT_SKELETON (object), shown);
  g_dbus_object_manager_server_export (bus->objects, G_DBUS_OBJECT_SKELETON (object));
  g_object_unref (shown);
}

static void
drop_removed (NjBus *bus, NjCatalogue *catalogue)
{
  GList *objects = g_dbus_object_manager_get_objects (G_DBUS_OBJECT_MANAGER (bus->objects));

  for (GList *item = objects; item != NULL; item = item->next)
    {
      const char *path = g_dbus_object_get_object_path (item->data);
      g_autoptr (NjExit) exit = NULL;

      if (!g_str_has_prefix (path, EXITS))
        continue;
      exit = nj_catalogue_find (catalogue, path + strlen (EXITS));
      if (exit == NULL)
        g_dbus_object_manager_server_unexport (bus->objects, path);
    }

  g_list_free_full (objects, g_object_unref);
}

/**
 * nj_bus_exits_update:
 * @bus: the service on the bus
 *
 * Makes the objects below exits/ what the catalogue holds; only what differs is signalled.
 */
void
nj_bus_exits_update (NjBus *bus)
{
  NjCatalogue *catalogue = nj_protection_parts (bus->protection)->catalogue;
  g_autoptr (GPtrArray) exits = nj_catalogue_list (catalogue);

  drop_removed (bus, catalogue);
  for (guint i = 0; i < exits->len; i++)
    update_exit (bus, g_ptr_array_index (exits, i));
}

static void
on_exit_changed (NjProtection *protection, const char *id, NjBus *bus)
{
  g_autoptr (NjExit) exit = nj_catalogue_find (nj_protection_parts (protection)->catalogue, id);

  if (exit != NULL)
    update_exit (bus, exit);
}

/**
 * nj_bus_exits_attach:
 * @bus: the service on the bus
 *
 * Connects the exits' methods.
 */
void
nj_bus_exits_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-select-country", G_CALLBACK (on_select_country), bus);
  g_signal_connect (bus->service, "handle-select-exit", G_CALLBACK (on_select_exit), bus);
  g_signal_connect (bus->service, "handle-select-direct", G_CALLBACK (on_select_direct), bus);
  g_signal_connect (bus->service, "handle-select-fastest", G_CALLBACK (on_select_fastest), bus);
  g_signal_connect (bus->service, "handle-add-exit", G_CALLBACK (on_add_exit), bus);
  g_signal_connect (bus->service, "handle-remove-exit", G_CALLBACK (on_remove_exit), bus);
  g_signal_connect (bus->service, "handle-import-exits", G_CALLBACK (on_import_exits), bus);
  g_signal_connect (bus->service, "handle-test-exit", G_CALLBACK (on_test_exit), bus);
  g_signal_connect (bus->protection, "exit-changed", G_CALLBACK (on_exit_changed), bus);
}
