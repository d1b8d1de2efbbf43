/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Whether a host speaks HTTPS. */
typedef enum
{
  NJ_HTTPS_UNKNOWN,
  NJ_HTTPS_YES,
  NJ_HTTPS_NO
} NjHttpsAnswer;

#define NJ_HTTPS_MEMORY_MAX 4096

/* Hosts that pages were asked of by plain HTTP, and what was found there; shared by all lanes. */
typedef struct NjHttpsMemory NjHttpsMemory;

NjHttpsMemory *nj_https_memory_new      (void);
void           nj_https_memory_free     (NjHttpsMemory *self);
NjHttpsAnswer  nj_https_memory_ask      (NjHttpsMemory *self, NjBytes host);
void           nj_https_memory_learn    (NjHttpsMemory *self, NjBytes host, NjHttpsAnswer answer);
gboolean       nj_https_memory_may_send (NjHttpsMemory *self, NjBytes host, NjBytes url);

G_END_DECLS
