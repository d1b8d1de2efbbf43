/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes out of browsers every authority that a profile ever had: the one in use, the next one, and those that were
 * replaced or found damaged, whose certificates are kept for this. Keys need not be there. Called by nightjarctl, and
 * by the bus in a thread of its own.
 */
#include "desktop/trust-store.h"

#include <string.h>

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"

/* Of each certificate in a text. */
static void
add_fingerprints (GPtrArray *fingerprints, const char *pem)
{
  for (const char *at = strstr (pem, PEM_BEGIN); at != NULL; at = strstr (at + 1, PEM_BEGIN))
    {
      char *fingerprint = nj_trust_store_fingerprint (at);

      if (fingerprint != NULL)
        g_ptr_array_add (fingerprints, fingerprint);
    }
}

static GPtrArray *
gather (const char *folder)
{
  GPtrArray *fingerprints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *pem = NULL;

      if (g_str_has_suffix (name, ".pem") && g_file_get_contents (path, &pem, NULL, NULL))
        add_fingerprints (fingerprints, pem);
    }
  return fingerprints;
}

/**
 * nj_trust_store_forget:
 * @places: (element-type NjTrustPlace): where from; their states are set
 * @folder: of the authority; when no certificate is in it, all that Nightjar ever installed is meant
 * @error: why not, or that some place failed
 *
 * Returns: whether none is anywhere any more
 */
gboolean
nj_trust_store_forget (GPtrArray *places, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) fingerprints = gather (folder);
  gboolean is_done = TRUE;

  if (fingerprints->len == 0)
    return nj_trust_store_remove (places, "", error);
  for (guint i = 0; i < fingerprints->len; i++)
    is_done = nj_trust_store_remove (places, g_ptr_array_index (fingerprints, i), is_done ? error : NULL) && is_done;
  return is_done;
}
