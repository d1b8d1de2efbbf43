/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user says about looking into HTTPS, on the bus: browsers or all programs, and which sites
 * and programs always or never. Main thread.
 */
#include "bus/bus-parts.h"

#include "settings/inspect-wishes.h"

/* In the order of NjInspectWish. */
static const char *const wishes[] = { "", "always", "never", NULL };

static NjSettings *
settings_of (NjBus *bus)
{
  return nj_protection_parts (bus->protection)->settings;
}

static void
update (NjBus *bus)
{
  nj_dbus_nightjar1_inspection_set_programs (bus->inspection, settings_of (bus)->inspect_all ? "all" : "browsers");
}

static gboolean
on_set_programs (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *programs, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  gboolean is_kept;

  if (!g_str_equal (programs, "all") && !g_str_equal (programs, "browsers"))
    {
      nj_bus_refuse (invocation, "BadValue", "“%s” is none of browsers, all", programs);
      return TRUE;
    }

  is_kept = nj_inspect_wishes_set_for_all (settings_of (bus), g_str_equal (programs, "all"), &error);
  nj_protection_refresh (bus->protection);
  update (bus);
  nj_bus_answer (invocation, is_kept, &error);
  return TRUE;
}

static gboolean
parse (GDBusMethodInvocation *invocation, const char *text, NjInspectWish *ret_wish)
{
  for (guint i = 0; wishes[i] != NULL; i++)
    if (g_str_equal (wishes[i], text))
      {
        *ret_wish = (NjInspectWish) i;
        return TRUE;
      }

  nj_bus_refuse (invocation, "BadValue", "“%s” is none of always, never and nothing", text);
  return FALSE;
}

static void
answer (GDBusMethodInvocation *invocation, NjBus *bus, gboolean is_kept, GError **error)
{
  if (!is_kept && g_error_matches (*error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_BAD_VALUE))
    {
      nj_bus_refuse (invocation, "BadValue", "%s", (*error)->message);
      return;
    }
  nj_protection_refresh (bus->protection);
  nj_bus_answer (invocation, is_kept, error);
}

static gboolean
on_set_site (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *site, const char *text, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  NjInspectWish wish;

  if (parse (invocation, text, &wish))
    answer (invocation, bus, nj_inspect_wishes_set_site (settings_of (bus), site, wish, &error), &error);
  return TRUE;
}

static gboolean
on_set_program (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, const char *name, const char *text, NjBus *bus)
{
  g_autoptr (GError) error = NULL;
  NjInspectWish wish;

  if (parse (invocation, text, &wish))
    answer (invocation, bus, nj_inspect_wishes_set_program (settings_of (bus), name, wish, &error), &error);
  return TRUE;
}

static void
add_all (GVariantBuilder *builder, const char *kind, char **names, const char *wish)
{
  for (guint i = 0; names[i] != NULL; i++)
    g_variant_builder_add (builder, "(sss)", kind, names[i], wish);
}

static gboolean
on_list_wishes (NjDBusNightjar1Inspection *object, GDBusMethodInvocation *invocation, NjBus *bus)
{
  const NjSettings *settings = settings_of (bus);
  GVariantBuilder   builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sss)"));
  add_all (&builder, "site", settings->inspect_sites_always, "always");
  add_all (&builder, "site", settings->inspect_sites_never, "never");
  add_all (&builder, "program", settings->inspect_programs_always, "always");
  add_all (&builder, "program", settings->inspect_programs_never, "never");
  nj_dbus_nightjar1_inspection_complete_list_wishes (object, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

/**
 * nj_bus_inspection_wishes_attach:
 * @bus: the service on the bus, its inspection interface made
 *
 * Connects the methods about what the user wants looked into.
 */
void
nj_bus_inspection_wishes_attach (NjBus *bus)
{
  g_signal_connect (bus->inspection, "handle-set-programs", G_CALLBACK (on_set_programs), bus);
  g_signal_connect (bus->inspection, "handle-set-site", G_CALLBACK (on_set_site), bus);
  g_signal_connect (bus->inspection, "handle-set-program", G_CALLBACK (on_set_program), bus);
  g_signal_connect (bus->inspection, "handle-list-wishes", G_CALLBACK (on_list_wishes), bus);
  update (bus);
}
