/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that were looked into, on the bus: the certificates they showed, those that could not be
 * verified, and a tunnel to one of those when the user wants it all the same. Main thread.
 */
#include "bus/bus-parts.h"

static NjPlane *
plane_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->plane;
}

static GVariant *
describe_chain (const NjSeenCertificate *seen)
{
  g_autoptr (GPtrArray) chain = nj_seen_certificate_chain (seen);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < chain->len; i++)
    {
      const NjTlsCertificate *certificate = g_ptr_array_index (chain, i);
      GVariantDict            facts;

      g_variant_dict_init (&facts, NULL);
      g_variant_dict_insert (&facts, "subject", "s", certificate->subject);
      g_variant_dict_insert (&facts, "issuer", "s", certificate->issuer);
      g_variant_dict_insert (&facts, "names", "s", certificate->names);
      g_variant_dict_insert (&facts, "begins", "x", certificate->begins);
      g_variant_dict_insert (&facts, "ends", "x", certificate->ends);
      g_variant_dict_insert (&facts, "key", "s", certificate->key);
      g_variant_dict_insert (&facts, "signature", "s", certificate->signature);
      g_variant_dict_insert (&facts, "fingerprint", "s", certificate->fingerprint);
      g_variant_builder_add_value (&builder, g_variant_dict_end (&facts));
    }
  return g_variant_builder_end (&builder);
}

static gboolean
on_read_certificates (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *site, NjBus *bus)
{
  g_autoptr (NjSeenCertificate) seen = nj_seen_certificates_find (nj_plane_seen_certificates (plane_of (bus)), site);

  if (seen == NULL)
    nj_bus_refuse (invocation, "BadValue", "%s was not looked into lately", site);
  else
    nj_dbus_nightjar1_inspection_complete_read_certificates (object, invocation, seen->problem, seen->when,
                                                             describe_chain (seen));
  return TRUE;
}

static gboolean
on_list_refused (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  g_autoptr (GPtrArray) bad = nj_seen_certificates_bad (nj_plane_seen_certificates (plane_of (bus)));
  NjInspectionMemory *memory = nj_plane_inspection_memory (plane_of (bus));
  GVariantBuilder     builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssx)"));
  for (guint i = 0; i < bad->len; i++)
    {
      const NjSeenCertificate *seen = g_ptr_array_index (bad, i);

      /* Not those that are tunnelled to by now. */
      if (nj_inspection_memory_ask (memory, nj_bytes_from_string (seen->place), 0) == NJ_INSPECTION_LOOK)
        g_variant_builder_add (&builder, "(ssx)", seen->place, seen->problem, seen->when);
    }
  nj_dbus_nightjar1_inspection_complete_list_refused (object, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_tunnel_site (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *site, NjBus *bus)
{
  g_autoptr (NjSeenCertificate) seen = nj_seen_certificates_find (nj_plane_seen_certificates (plane_of (bus)), site);

  if (seen == NULL || seen->problem[0] == '\0')
    {
      nj_bus_refuse (invocation, "BadValue", "%s is no site that could not be verified lately", site);
      return TRUE;
    }

  nj_inspection_memory_note (nj_plane_inspection_memory (plane_of (bus)), nj_bytes_from_string (site), 0, NJ_INSPECTION_BAD_SITE,
                             g_get_real_time () / G_USEC_PER_SEC);
  nj_inspect_save (nj_protection_parts (bus->protection)->inspect);
  nj_dbus_nightjar1_inspection_complete_tunnel_site (object, invocation);
  return TRUE;
}

static void
on_bad_site (NjProtection *protection, const char *place, guint client_port, NjBus *bus)
{
  g_autoptr (NjSeenCertificate) seen = nj_seen_certificates_find (nj_plane_seen_certificates (plane_of (bus)), place);

  nj_dbus_nightjar1_inspection_emit_site_refused (bus->inspection, place, seen != NULL ? seen->problem : "",
                                                  nj_plane_client_name (plane_of (bus), client_port));
}

/**
 * nj_bus_inspection_sites_attach:
 * @bus: the service on the bus, its inspection interface made
 *
 * Connects the methods about sites, and tells of those that could not be verified.
 */
void
nj_bus_inspection_sites_attach (NjBus *bus)
{
  g_signal_connect (bus->inspection, "handle-read-certificates", G_CALLBACK (on_read_certificates), bus);
  g_signal_connect (bus->inspection, "handle-list-refused", G_CALLBACK (on_list_refused), bus);
  g_signal_connect (bus->inspection, "handle-tunnel-site", G_CALLBACK (on_tunnel_site), bus);
  g_signal_connect (bus->protection, "bad-site", G_CALLBACK (on_bad_site), bus);
}
