/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

#define NJ_PROGRAM_SEARCH_RECENT 8

/* Processes that were found before, the last one first: they are most likely the next ones. All zeros is none. */
typedef struct
{
  guint recent[NJ_PROGRAM_SEARCH_RECENT];
  guint hints[NJ_PROGRAM_SEARCH_RECENT]; /* the descriptor that was found in each */
} NjProgramSearch;

guint nj_program_search_recent   (NjProgramSearch *search, guint32 inode); /* a process id, 0 for none of them */
guint nj_program_search_all      (guint32 inode);                          /* looks at every process: milliseconds */
void  nj_program_search_remember (NjProgramSearch *search, guint process);

G_END_DECLS
