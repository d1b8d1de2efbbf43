/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's own filter rules on the bus: read, written, and checked while somebody types. A method that changes
 * them answers when the engine it led to is in force. Main thread.
 */
#include "bus/bus-parts.h"

#include "settings/own-rules.h"

/* What the compilation of new rules answers to. */
typedef struct
{
  GDBusMethodInvocation *invocation; /* taken */
  GVariant              *faults;     /* counted */
} RulesCall;

static NjFilterLists *
lists_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->lists;
}

/* (transfer floating) */
static GVariant *
faults_of (const char *text)
{
  g_autoptr (GArray) faults = nj_own_rules_check (nj_bytes_from_string (text));
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(us)"));
  for (guint i = 0; i < faults->len; i++)
    {
      const NjOwnRulesFault *fault = &g_array_index (faults, NjOwnRulesFault, i);

      g_variant_builder_add (&builder, "(us)", fault->line, fault->reason);
    }

  return g_variant_builder_end (&builder);
}

static gboolean
on_read_own_rules (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = nj_own_rules_read (nj_filter_lists_own_path (lists_of (bus)), &error);

  if (text == NULL)
    nj_bus_answer (invocation, FALSE, &error);
  else
    nj_dbus_nightjar1_complete_read_own_rules (service, invocation, text, faults_of (text));
  return TRUE;
}

static void
on_compiled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RulesCall *call = user_data;
  g_autoptr (GError) error = NULL;

  if (nj_filter_lists_compile_finish (NULL, result, &error))
    nj_dbus_nightjar1_complete_write_own_rules (NULL, call->invocation, call->faults);
  else
    nj_bus_answer (call->invocation, FALSE, &error);

  g_variant_unref (call->faults);
  g_free (call);
}

static gboolean
on_write_own_rules (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  RulesCall *call;

  if (!nj_own_rules_write (nj_filter_lists_own_path (lists_of (bus)), text, &error))
    {
      nj_bus_answer (invocation, FALSE, &error);
      return TRUE;
    }

  call = g_new0 (RulesCall, 1);
  call->invocation = invocation;
  call->faults = g_variant_ref_sink (faults_of (text));
  nj_filter_lists_compile_async (lists_of (bus), on_compiled, call);
  return TRUE;
}

static gboolean
on_check_rules (NjDBusNightjar1 *service, GDBusMethodInvocation *invocation, const char *text, NjBus *bus)
{
  nj_dbus_nightjar1_complete_check_rules (service, invocation, faults_of (text));
  return TRUE;
}

/**
 * nj_bus_rules_attach:
 * @bus: the service on the bus
 *
 * Connects the methods of the user's own rules.
 */
void
nj_bus_rules_attach (NjBus *bus)
{
  g_signal_connect (bus->service, "handle-read-own-rules", G_CALLBACK (on_read_own_rules), bus);
  g_signal_connect (bus->service, "handle-write-own-rules", G_CALLBACK (on_write_own_rules), bus);
  g_signal_connect (bus->service, "handle-check-rules", G_CALLBACK (on_check_rules), bus);
}
