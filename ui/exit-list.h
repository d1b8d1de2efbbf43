/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A list of exits that somebody else keeps at an address. */
typedef struct
{
  char  *id;
  char  *name;
  char  *address;
  char  *problem; /* why the last attempt failed, "" when it did not */
  guint  exits;   /* here because of it */
  gint64 last_success_s; /* these: 0 never */
  gint64 last_attempt_s;
  gint64 next_update_s;
} NjExitList;

NjExitList *nj_exit_list_new     (const char *id, const char *name);
void        nj_exit_list_free    (NjExitList *list);
int         nj_exit_list_compare (gconstpointer a, gconstpointer b);
char       *nj_exit_list_words   (const NjExitList *list);
