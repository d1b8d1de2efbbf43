/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A patch from a stranger, and whether what it leads to is a list. The input is the old text and the patch, with a
 * line "====" between them.
 */
#include "settings/list-copy.h"
#include "settings/list-patch.h"

#include <stdint.h>
#include <string.h>

#define LIMIT (1024 * 1024)

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
patch (NjBytes old, NjBytes text)
{
  const char      *problem = NULL;
  gsize            len = 0;
  g_autofree char *result = nj_list_patch_apply (old, text, NJ_BYTES ("x"), LIMIT, &len, &problem);

  g_assert ((result == NULL) == (problem != NULL));
  g_assert (len <= LIMIT);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  NjBytes          whole = nj_bytes ((const char *) data, size);
  gssize           at = nj_bytes_find (whole, NJ_BYTES ("\n====\n"));
  NjBytes          old = at >= 0 ? nj_bytes (whole.data, (gsize) at + 1) : NJ_BYTES ("||a.example^\n||b.example^\n");
  NjBytes          text = at >= 0 ? nj_bytes (whole.data + at + 6, whole.len - (gsize) at - 6) : whole;
  g_auto (NjListCopy) copy = { 0 };
  g_autofree char *problem = NULL;
  g_autofree char *headed = g_strdup_printf ("diff name:x lines:%u checksum:0123456789\n%.*s",
                                             size > 0 ? data[size - 1] % 16 : 0, (int) text.len, text.data);

  patch (old, text);
  patch (old, nj_bytes_from_string (headed));
  g_assert (nj_list_copy_read (old, FALSE, &copy, &problem) == (problem == NULL));
  return 0;
}
