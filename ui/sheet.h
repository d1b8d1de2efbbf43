/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/ask.h"

#include <gtk/gtk.h>

#define NJ_TYPE_SHEET (nj_sheet_get_type ())
G_DECLARE_DERIVABLE_TYPE (NjSheet, nj_sheet, NJ, SHEET, GtkDialog)

struct _NjSheetClass
{
  GtkDialogClass parent_class;

  void (*show_status) (NjSheet *self, const NjStatus *status);
};

void       nj_sheet_open   (NjSheet *self, GtkWindow *parent, NjRemote *remote, const char *title);
NjRemote  *nj_sheet_remote (NjSheet *self);
GtkBox    *nj_sheet_column (NjSheet *self);
void       nj_sheet_ask    (NjSheet *self, const char *method, GVariant *arguments, NjAskDone done);

GtkWidget *nj_sheet_words  (const char *text);
GtkWidget *nj_sheet_card   (const char *name);
GtkWidget *nj_sheet_row    (const char *title, const char *subtitle);
GtkWidget *nj_sheet_button (const char *icon, const char *name);
void       nj_sheet_warn   (GtkWidget *row, gboolean is_warning);
void       nj_sheet_empty  (GtkContainer *list);
