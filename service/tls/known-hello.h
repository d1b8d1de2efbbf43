/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-mirror.h"

G_BEGIN_DECLS

const NjTlsMirror *nj_known_hello_find (NjBytes agent); /* (nullable) */

G_END_DECLS
