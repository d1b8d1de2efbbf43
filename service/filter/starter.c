/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list that is built in, so that something is blocked with nothing installed. Its text is
 * resources/lists/starter.txt. Any thread.
 */
#include "filter/starter.h"

/* Generated from resources/lists/starter.txt. */
extern const unsigned char nj_starter_bytes[];
extern const unsigned long nj_starter_size;

/**
 * nj_starter_text:
 *
 * Any thread.
 *
 * Returns: the text of the built-in list, valid for good
 */
NjBytes
nj_starter_text (void)
{
  return nj_bytes ((const char *) nj_starter_bytes, nj_starter_size);
}
