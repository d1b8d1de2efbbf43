/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#define NJ_TYPE_APPLICATION (nj_application_get_type ())
G_DECLARE_FINAL_TYPE (NjApplication, nj_application, NJ, APPLICATION, GtkApplication)

NjApplication *nj_application_new (const char *profile);
