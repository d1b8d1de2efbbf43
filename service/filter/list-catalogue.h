/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list that is offered. */
typedef struct
{
  char    *id;        /* owned */
  char    *title;     /* owned */
  char    *purpose;   /* owned: ads, privacy, malware, annoyances, repair, hosts, regional */
  char   **languages; /* owned: empty for all */
  char    *homepage;  /* owned */
  char   **urls;      /* owned: at least one; the later ones are tried if the first fails */
  char    *licence;   /* owned */
  char   **defaults;  /* owned: languages for which it is on; "all" */
  gboolean is_trusted;
} NjOfferedList;

GPtrArray *nj_list_catalogue_load       (GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   nj_list_catalogue_is_default (const NjOfferedList *list, const char *const *languages);

G_END_DECLS
