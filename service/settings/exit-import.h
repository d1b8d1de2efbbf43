/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/catalogue.h"

G_BEGIN_DECLS

/* Most bytes that are imported at once. */
#define NJ_EXIT_IMPORT_MAX (2 * 1024 * 1024)

/* Returns how many came in, 0 with error set: then nothing came in. */
guint nj_exit_import (NjCatalogue *catalogue, const char *text, GError **error);

G_END_DECLS
