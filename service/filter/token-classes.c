/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One byte per character: to which classes it belongs (NJ_CLASS_ of token.h). A table, because every
 * byte of every URL and list line is asked for. Any thread.
 */
#include "filter/token.h"

const guint8 nj_token_classes[256] = {
    0,   0,   0,   0,   0,   0,   0,   0,   0,  16,  16,  16,  16,  16,   0,   0,
    0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
   16,   0,   0,   0,   0,  67,  64,   0,   0,   0,   0,   0,  64,  98,  66,  64,
   71, 103,  71, 103,  71,  71,  71,  71,  71,  71,  64,  64,   0,  64,   0,  64,
    0,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,
   11,  11,  11,  11,  11,  11,  11,  11,  11,  11,  11,   0,   0,   0,   0,  66,
    0, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103,
  103, 103, 103, 103, 103, 103, 103, 103, 103, 103, 103,   0,   0,   0,   0,   0,
};
