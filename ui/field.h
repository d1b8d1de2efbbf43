/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#define NJ_TYPE_FIELD (nj_field_get_type ())
G_DECLARE_FINAL_TYPE (NjField, nj_field, NJ, FIELD, GtkBox)

GtkWidget *nj_field_new   (const char *name, const char *example);
GtkEntry  *nj_field_entry (NjField *self);
char      *nj_field_text  (NjField *self);
void       nj_field_say   (NjField *self, const char *problem);
