/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl ca: whether browsers trust the authority. Taking it out of them must work when the service,
 * its key and its package are gone, so this file stands on the service's desktop room.
 */
#include "ctl.h"

#include "desktop/trust-store.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define BROWSERS_MS 120000

/* The certificate as the service kept it, without the service; %NULL when there is none. */
static char *
certificate_of_file (NjCtl *ctl)
{
  g_autofree char *path = g_build_filename (ctl->folders->data, "authority", "authority.pem", NULL);
  char            *pem = NULL;

  return g_file_get_contents (path, &pem, NULL, NULL) ? pem : NULL;
}

static int
certificate_of_service (NjCtl *ctl, char **ret_pem)
{
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (GError) error = NULL;
  int status = nj_ctl_inspection (ctl, &inspection);

  if (status != NJ_CTL_OK)
    return status;
  return nj_ctl_done (nj_dbus_nightjar1_inspection_call_get_certificate_sync (inspection, ret_pem, NULL, &error), &error);
}

/* From the service when it runs, for only it knows the next one; else from the file. */
static int
certificate (NjCtl *ctl, char **ret_pem)
{
  if (nj_ctl_is_running (ctl))
    return certificate_of_service (ctl, ret_pem);

  *ret_pem = certificate_of_file (ctl);
  return *ret_pem != NULL ? NJ_CTL_OK : nj_ctl_open (ctl, FALSE);
}

static void
print_places (NjCtl *ctl, GPtrArray *places)
{
  static const char *const words[] = { "absent", "trusted", "unknown" };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{ss}"));
  for (guint i = 0; i < places->len; i++)
    {
      const NjTrustPlace *place = g_ptr_array_index (places, i);

      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      g_variant_builder_add (&builder, "{ss}", "name", place->name);
      g_variant_builder_add (&builder, "{ss}", "folder", place->folder);
      g_variant_builder_add (&builder, "{ss}", "state", words[place->state]);
      g_variant_builder_add (&builder, "{ss}", "problem", place->problem);
      g_variant_builder_close (&builder);
      if (!ctl->is_json)
        printf ("  %-8s %s: %s%s%s\n", words[place->state], place->name, place->folder, place->problem[0] != '\0' ? ": " : "",
                place->problem);
    }

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_builder_end (&builder));
  else
    g_variant_builder_clear (&builder);
}

/* Only the service knows; without one nobody asks the keyring. */
static void
print_key (NjCtl *ctl)
{
  static const struct
  {
    const char *name;
    const char *words;
  } places[] = { { "new", N_ ("Its key is on its way to the keyring.") },
                 { "file", N_ ("Its key is in a file that only you may read.") },
                 { "keyring", N_ ("Its key is in your keyring.") },
                 { "awaited", N_ ("Its key is in a keyring that was not heard of yet.") },
                 { "locked", N_ ("Its key is in your keyring, which is locked.") },
                 { "missing", N_ ("Its key cannot be found. When it does not come back: nightjarctl ca replace") } };
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;

  if (!nj_ctl_is_running (ctl) || nj_ctl_inspection (ctl, &inspection) != NJ_CTL_OK)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_strcmp0 (places[i].name, nj_dbus_nightjar1_inspection_get_certificate_key (inspection)) == 0)
      printf ("%s\n", _ (places[i].words));
}

static int
ca_status (NjCtl *ctl)
{
  g_autofree char *pem = certificate_of_file (ctl);
  g_autofree char *fingerprint = pem != NULL ? nj_trust_store_fingerprint (pem) : NULL;
  g_autoptr (GPtrArray) places = nj_trust_store_find (g_get_home_dir ());
  g_autoptr (GError) error = NULL;

  if (!nj_trust_store_look (places, fingerprint != NULL ? fingerprint : "", &error))
    return nj_ctl_fail (error);

  if (!ctl->is_json && fingerprint != NULL)
    printf (_("The authority’s certificate has the fingerprint (SHA-256) %s.\n"), fingerprint);
  else if (!ctl->is_json)
    printf (_("There is no authority yet; it is made when it is needed.\n"));
  if (!ctl->is_json)
    print_key (ctl);
  print_places (ctl, places);
  return NJ_CTL_OK;
}

static int
ca_replace (NjCtl *ctl)
{
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done;
  int      status = nj_ctl_inspection (ctl, &inspection);

  if (status != NJ_CTL_OK)
    return status;
  /* Browsers' databases are changed by another program, one after another. */
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (inspection), BROWSERS_MS);
  is_done = nj_dbus_nightjar1_inspection_call_replace_certificate_sync (inspection, NULL, &error);
  if (is_done && !ctl->is_json)
    printf (_("There is another authority now. Browsers that trusted the one before trust it after their next start.\n"));
  return nj_ctl_done (is_done, &error);
}

static int
ca_install (NjCtl *ctl)
{
  g_autofree char *pem = NULL;
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done;
  int      status = certificate (ctl, &pem);

  if (status != NJ_CTL_OK)
    return status;

  places = nj_trust_store_find (g_get_home_dir ());
  is_done = nj_trust_store_install (places, pem, &error);
  print_places (ctl, places);
  if (is_done && !ctl->is_json)
    printf (_("Browsers that run now may have to be started again.\n"));
  return nj_ctl_done (is_done, &error);
}

/* By what is known of it and of those before it; and when nothing is, all that Nightjar ever installed. */
static int
ca_remove (NjCtl *ctl)
{
  g_autofree char *folder = g_build_filename (ctl->folders->data, "authority", NULL);
  g_autoptr (GPtrArray) places = nj_trust_store_find (g_get_home_dir ());
  g_autoptr (GError) error = NULL;
  gboolean is_done = nj_trust_store_forget (places, folder, &error);

  print_places (ctl, places);
  return nj_ctl_done (is_done, &error);
}

static int
ca_export (NjCtl *ctl, const char *path)
{
  g_autofree char *pem = NULL;
  g_autoptr (GError) error = NULL;
  int status = certificate (ctl, &pem);

  if (status != NJ_CTL_OK)
    return status;
  if (path != NULL)
    return nj_ctl_done (g_file_set_contents (path, pem, -1, &error), &error);

  fputs (pem, stdout);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_ca:
 * @ctl: the command line
 * @arguments: what to do with the authority's certificate
 *
 * Returns: an exit status
 */
int
nj_ctl_ca (NjCtl *ctl, char **arguments)
{
  const char *word = arguments[0] != NULL ? arguments[0] : "";

  if (g_str_equal (word, "export"))
    return ca_export (ctl, arguments[1]);
  if (g_str_equal (word, "system"))
    return nj_ctl_ca_system (ctl, arguments + 1, certificate);
  if (arguments[0] != NULL && arguments[1] != NULL)
    return nj_ctl_misused (_("ca %s takes no argument"), word);
  if (g_str_equal (word, "status"))
    return ca_status (ctl);
  if (g_str_equal (word, "install"))
    return ca_install (ctl);
  if (g_str_equal (word, "remove"))
    return ca_remove (ctl);
  if (g_str_equal (word, "replace"))
    return ca_replace (ctl);

  return nj_ctl_misused (_("ca wants one of status, install, remove, replace, export [FILE], system"));
}
