/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

#include <gtk/gtk.h>

GtkWidget *nj_way_choice_new   (const char *name, const NjStatus *status, const char *way);
char      *nj_way_choice_words (const NjStatus *status, const char *way);
