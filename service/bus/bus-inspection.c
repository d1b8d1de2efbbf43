/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking into HTTPS on the bus: the switch, the authority's certificate, the browsers that trust it
 * and the hosts that cannot be looked into. What changes browsers' databases waits for another
 * program and runs in a thread of its own; all else on the main thread.
 */
#include "bus/bus-parts.h"

#include "desktop/trust-store.h"
#include "settings/inspect-keys.h"

static NjInspect *
inspect_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->inspect;
}

/**
 * nj_bus_inspection_update:
 * @bus: the service on the bus
 *
 * Shows the switch, the authority and where its key is.
 */
void
nj_bus_inspection_update (NjBus *bus)
{
  NjInspect *inspect = inspect_of (bus);

  nj_dbus_nightjar1_inspection_set_enabled (bus->inspection, nj_inspect_is_on (inspect));
  nj_dbus_nightjar1_inspection_set_certificate_name (bus->inspection, nj_inspect_name (inspect));
  nj_dbus_nightjar1_inspection_set_certificate_ends (bus->inspection, nj_inspect_ends (inspect));
  nj_dbus_nightjar1_inspection_set_certificate_key (bus->inspection, nj_inspect_keys_state_name (inspect));
  nj_dbus_nightjar1_inspection_set_problem (bus->inspection, nj_inspect_keys_problem (inspect));
}

/* There may be an authority that was not there before. */
static void
keep (NjBus *bus)
{
  nj_protection_keep_authority (bus->protection);
  nj_bus_inspection_update (bus);
}

static gboolean
on_set_enabled (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, gboolean enabled, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = nj_inspect_set (inspect_of (bus), enabled, &error);

  nj_protection_refresh (bus->protection);
  keep (bus);
  nj_bus_answer (invocation, is_done, &error);
  return TRUE;
}

/* Made when there is none; of one whose key will come the certificate is enough. (transfer full) (nullable) */
static char *
take_certificate (NjBus *bus, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (nj_inspect_certificate (inspect_of (bus)) == NULL && !nj_inspect_prepare (inspect_of (bus), &local) &&
      !nj_inspect_keys_are_awaited (inspect_of (bus)))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  keep (bus);
  return nj_inspect_keys_certificate (inspect_of (bus));
}

static gboolean
on_get_certificate (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = take_certificate (bus, &error);

  if (pem != NULL)
    nj_dbus_nightjar1_inspection_complete_get_certificate (object, invocation, pem);
  else
    nj_bus_answer (invocation, FALSE, &error);
  return TRUE;
}

static gboolean
on_list_excluded (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GPtrArray) notes = nj_inspect_list (inspect_of (bus));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssx)"));
  for (guint i = 0; i < notes->len; i++)
    {
      const NjInspectionNote *note = g_ptr_array_index (notes, i);

      g_variant_builder_add (&builder, "(ssx)", note->place, nj_inspection_reason_name (note->reason), note->when);
    }
  nj_dbus_nightjar1_inspection_complete_list_excluded (object, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_forget_excluded (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *host, NjBus *bus)
{
  if (!nj_inspect_forget (inspect_of (bus), host) && host[0] != '\0')
    nj_bus_refuse (invocation, "BadValue", "nothing is known of %s", host);
  else
    nj_dbus_nightjar1_inspection_complete_forget_excluded (object, invocation);
  return TRUE;
}

/* What is done with browsers' databases, in a thread. */
typedef enum
{
  DEED_LOOK,
  DEED_INSTALL,
  DEED_REMOVE,
  DEED_REPLACE
} Deed;

typedef struct
{
  Deed       deed;
  char      *pem;    /* (nullable) owned */
  char      *folder; /* (nullable) owned: that place alone */
  char      *before; /* (nullable) owned: PEM of the authority that another one replaces */
  char      *kept;   /* owned: folder of the authorities that are to be forgotten */
  GPtrArray *places; /* (nullable) owned */
} Errand;

static void
errand_free (gpointer memory)
{
  Errand *errand = memory;

  g_free (errand->pem);
  g_free (errand->folder);
  g_free (errand->before);
  g_free (errand->kept);
  g_clear_pointer (&errand->places, g_ptr_array_unref);
  g_free (errand);
}

/* Those that are meant. */
static GPtrArray *
find_places (const char *folder)
{
  GPtrArray *places = nj_trust_store_find (g_get_home_dir ());

  for (guint i = places->len; folder != NULL && i > 0; i--)
    if (!g_str_equal (((NjTrustPlace *) g_ptr_array_index (places, i - 1))->folder, folder))
      g_ptr_array_remove_index (places, i - 1);
  return places;
}

/* Who trusts what was there before. */
static GPtrArray *
find_trusting (const char *before, GError **error)
{
  g_autofree char *fingerprint = nj_trust_store_fingerprint (before);
  GPtrArray       *places = nj_trust_store_find (g_get_home_dir ());

  if (fingerprint == NULL || !nj_trust_store_look (places, fingerprint, error))
    {
      g_ptr_array_set_size (places, 0);
      return places;
    }
  for (guint i = places->len; i > 0; i--)
    if (((NjTrustPlace *) g_ptr_array_index (places, i - 1))->state != NJ_TRUST_STATE_PRESENT)
      g_ptr_array_remove_index (places, i - 1);
  return places;
}

/* The new one first, so that at no time there is none. */
static gboolean
replace (const char *before, const char *pem, GError **error)
{
  g_autoptr (GPtrArray) places = find_trusting (before, NULL);
  g_autofree char *fingerprint = nj_trust_store_fingerprint (before);

  return places->len == 0 || (nj_trust_store_install (places, pem, error) && nj_trust_store_remove (places, fingerprint, error));
}

static gboolean
run_deed (Errand *errand, GError **error)
{
  g_autofree char *fingerprint = errand->pem != NULL ? nj_trust_store_fingerprint (errand->pem) : NULL;

  switch (errand->deed)
    {
    case DEED_INSTALL:
      return nj_trust_store_install (errand->places, errand->pem, error);
    case DEED_REMOVE:
      return nj_trust_store_forget (errand->places, errand->kept, error);
    case DEED_REPLACE:
      return replace (errand->before, errand->pem, error);
    case DEED_LOOK:
    default:
      return nj_trust_store_look (errand->places, fingerprint != NULL ? fingerprint : "", error);
    }
}

static void
run_errand (GTask *task, gpointer source, gpointer memory, GCancellable *cancellable)
{
  Errand *errand = memory;
  GError *error = NULL;

  errand->places = find_places (errand->folder);
  if (errand->folder != NULL && errand->places->len == 0)
    {
      g_task_return_new_error (task, NJ_PROTECTION_ERROR, NJ_PROTECTION_ERROR_BAD_VALUE, "%s is no place where a browser looks",
                               errand->folder);
      return;
    }
  if (run_deed (errand, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static GVariant *
places_to_variant (GPtrArray *places)
{
  static const char *const states[] = { "absent", "trusted", "unknown" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssss)"));
  for (guint i = 0; i < places->len; i++)
    {
      const NjTrustPlace *place = g_ptr_array_index (places, i);

      g_variant_builder_add (&builder, "(ssss)", place->name, place->folder, states[place->state], place->problem);
    }
  return g_variant_builder_end (&builder);
}

static void
on_errand_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  Errand *errand = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_done = g_task_propagate_boolean (G_TASK (result), &error);

  if (is_done && errand->deed == DEED_LOOK)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a(ssss))", places_to_variant (errand->places)));
  else
    nj_bus_answer (invocation, is_done, &error);
}

static void
send_errand (NjBus *bus, GDBusMethodInvocation *invocation, Deed deed, const char *pem, const char *folder, const char *before)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_errand_done, invocation);
  Errand *errand = g_new0 (Errand, 1);

  errand->deed = deed;
  errand->pem = g_strdup (pem);
  errand->folder = g_strdup (folder);
  errand->before = g_strdup (before);
  errand->kept = g_strdup (nj_inspect_keys_folder (inspect_of (bus)));
  g_task_set_task_data (task, errand, errand_free);
  g_task_run_in_thread (task, run_errand);
}

/* Who trusts what was there before shall trust what comes, and nobody else. In a thread. */
static void
run_renewal (GTask *task, gpointer source, gpointer memory, GCancellable *cancellable)
{
  Errand *errand = memory;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) places = find_trusting (errand->before, NULL);

  if (places->len > 0 && !nj_trust_store_install (places, errand->pem, &error))
    g_warning ("browsers could not be told of the next authority for HTTPS: %s", error->message);
}

static void
on_authority_renewed (NjProtection *protection, const char *pem_before, NjBus *bus)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Errand *errand = g_new0 (Errand, 1);

  nj_bus_inspection_update (bus);
  errand->pem = g_strdup (nj_inspect_certificate (inspect_of (bus)));
  errand->before = g_strdup (pem_before);
  g_task_set_task_data (task, errand, errand_free);
  g_task_run_in_thread (task, run_renewal);
}

static gboolean
on_list_trust (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autofree char *pem = nj_inspect_keys_certificate (inspect_of (bus));

  send_errand (bus, invocation, DEED_LOOK, pem, NULL, NULL);
  return TRUE;
}

static gboolean
install (NjBus *bus, GDBusMethodInvocation *invocation, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = take_certificate (bus, &error);

  if (pem == NULL)
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  /* Who did not trust it may do so now. */
  nj_inspect_forget (inspect_of (bus), "");
  send_errand (bus, invocation, DEED_INSTALL, pem, folder, NULL);
  return TRUE;
}

static gboolean
on_install_certificate (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  return install (bus, invocation, NULL);
}

static gboolean
on_trust_in (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *folder, NjBus *bus)
{
  return install (bus, invocation, folder);
}

static gboolean
on_distrust_in (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *folder, NjBus *bus)
{
  send_errand (bus, invocation, DEED_REMOVE, NULL, folder, NULL);
  return TRUE;
}

static gboolean
on_remove_certificate (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  send_errand (bus, invocation, DEED_REMOVE, NULL, NULL, NULL);
  return TRUE;
}

static gboolean
on_replace_certificate (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;

  if (!nj_protection_replace_authority (bus->protection, &before, &error))
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  nj_inspect_forget (inspect_of (bus), "");
  send_errand (bus, invocation, DEED_REPLACE, nj_inspect_certificate (inspect_of (bus)), NULL, before);
  return TRUE;
}

/**
 * nj_bus_inspection_attach:
 * @bus: the service on the bus
 *
 * Makes the interface and connects its methods.
 */
void
nj_bus_inspection_attach (NjBus *bus)
{
  bus->inspection = nj_dbus_nightjar1_inspection_skeleton_new ();
  g_signal_connect (bus->inspection, "handle-set-enabled", G_CALLBACK (on_set_enabled), bus);
  g_signal_connect (bus->inspection, "handle-get-certificate", G_CALLBACK (on_get_certificate), bus);
  g_signal_connect (bus->inspection, "handle-list-trust", G_CALLBACK (on_list_trust), bus);
  g_signal_connect (bus->inspection, "handle-install-certificate", G_CALLBACK (on_install_certificate), bus);
  g_signal_connect (bus->inspection, "handle-remove-certificate", G_CALLBACK (on_remove_certificate), bus);
  g_signal_connect (bus->inspection, "handle-replace-certificate", G_CALLBACK (on_replace_certificate), bus);
  g_signal_connect (bus->inspection, "handle-trust-in", G_CALLBACK (on_trust_in), bus);
  g_signal_connect (bus->inspection, "handle-distrust-in", G_CALLBACK (on_distrust_in), bus);
  g_signal_connect (bus->inspection, "handle-list-excluded", G_CALLBACK (on_list_excluded), bus);
  g_signal_connect (bus->inspection, "handle-forget-excluded", G_CALLBACK (on_forget_excluded), bus);
  g_signal_connect (bus->protection, "authority-renewed", G_CALLBACK (on_authority_renewed), bus);
  nj_bus_inspection_wishes_attach (bus);
  nj_bus_inspection_sites_attach (bus);
  nj_bus_inspection_update (bus);
}
