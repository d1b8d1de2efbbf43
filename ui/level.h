/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* How much the choice of an exit weighs. */
typedef struct
{
  const char *name;     /* on the bus */
  const char *word;     /* the rest for people, not yet translated */
  const char *line;     /* in a menu, where no sentence can follow */
  const char *sentence; /* what follows from it */
} NjLevel;

const NjLevel *nj_level (guint i);
