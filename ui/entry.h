/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

const char *nj_entry_icon (GVariant *entry);
char       *nj_entry_headline (GVariant *entry);
char       *nj_entry_summary (GVariant *entry);
char       *nj_entry_details (GVariant *entry);
char       *nj_entry_changes (GVariant *changes);
char       *nj_entry_site (GVariant *entry);
guint64     nj_entry_serial (GVariant *entry);
