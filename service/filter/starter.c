/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list that is built in, so that something is blocked with nothing installed. Its text is
 * resources/lists/starter.txt. Any thread.
 */
#include "filter/starter.h"
#include "filter/starter-list.h"

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
  return (NjBytes) NJ_LIST_STARTER_TXT;
}
