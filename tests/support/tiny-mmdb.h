/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Writes a database in MaxMind's format in which 192.0.2.0/24 is in country and nothing else is anywhere. */
void tiny_mmdb_write (const char *path, const char *country);
