/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exit URIs and lists of them as people paste them: what is taken is printed as what reads back to
 * the same exit, and what is refused is refused in words that can be shown.
 */
#include "exits/catalogue.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
try_uri (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (text, NULL, NULL, &error);
  g_autoptr (NjExit) again = NULL;
  g_autofree char *uri = NULL;
  char             normal[NJ_HOST_MAX + 1];

  if (exit == NULL)
    {
      g_assert_true (error != NULL && g_utf8_validate (error->message, -1, NULL));
      return;
    }

  g_assert_cmpuint (nj_exit_port (exit), >, 0);
  g_assert_cmpuint (nj_host_normalize (nj_exit_host (exit), normal), ==, nj_exit_host (exit).len);
  uri = nj_exit_to_uri (exit);
  /* Escaping may make it longer than what is read. */
  if (strlen (uri) > NJ_EXIT_URI_MAX)
    return;
  again = nj_exit_new_from_uri (uri, NULL, NULL, &error);
  if (again == NULL)
    g_error ("“%s”: %s", uri, error->message);
  g_assert_cmpstr (nj_exit_id (again), ==, nj_exit_id (exit));
  g_assert_cmpstr (nj_exit_password (again), ==, nj_exit_password (exit));
}

static void
try_list (const char *text)
{
  g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
  g_autoptr (NjCatalogue) again = nj_catalogue_new ();
  g_autofree char *list = NULL;

  if (nj_catalogue_import (catalogue, text, NULL) == 0)
    {
      g_assert_cmpuint (nj_catalogue_size (catalogue), ==, 0);
      return;
    }

  list = nj_catalogue_export (catalogue);
  if (nj_catalogue_import (again, list, NULL) > 0)
    g_assert_cmpuint (nj_catalogue_size (again), ==, nj_catalogue_size (catalogue));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  try_uri (text);
  try_list (text);
  return 0;
}
