/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <nghttp2/nghttp2.h>

G_BEGIN_DECLS

nghttp2_mem *nj_h2_memory (void);

G_END_DECLS
