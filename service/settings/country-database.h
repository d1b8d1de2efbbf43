/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file that tells in which country an address is. */
typedef struct NjCountryDatabase NjCountryDatabase;

NjCountryDatabase *nj_country_database_open   (const char *path);
void               nj_country_database_close  (NjCountryDatabase *database);
gboolean           nj_country_database_lookup (NjCountryDatabase *database, const char *address, char ret_country[3]);

G_END_DECLS
