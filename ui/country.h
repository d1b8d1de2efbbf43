/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

const char *nj_country_name (const char *code);
const char *nj_country_english_name (const char *code);
gboolean    nj_country_is_known (const char *code);
