/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits in any format: all or nothing, and refused in words that can be shown.
 */
#include "settings/exit-import.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
  g_autoptr (GError) error = NULL;
  guint n = nj_exit_import (catalogue, text, &error);

  g_assert_true ((n == 0) == (error != NULL));
  g_assert_true (n > 0 || nj_catalogue_size (catalogue) == 0);
  g_assert_cmpuint (nj_catalogue_size (catalogue), <=, n);
  return 0;
}
