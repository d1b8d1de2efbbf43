/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"
#include "filter/list-walk.h"

G_BEGIN_DECLS

#define NJ_FILTER_ERROR (nj_filter_error_quark ())
GQuark nj_filter_error_quark (void);

typedef enum
{
  NJ_FILTER_ERROR_TOO_LARGE, /* lists too long for one engine */
  NJ_FILTER_ERROR_READ,      /* a file cannot be read */
  NJ_FILTER_ERROR_WRITE,     /* a file cannot be written */
  NJ_FILTER_ERROR_DAMAGED,   /* an engine file is not what it was written as */
  NJ_FILTER_ERROR_FOREIGN    /* an engine file of another version or of other lists */
} NjFilterError;

/* Text of all lists together at most; bytes. */
#define NJ_COMPILER_TEXT_MAX (512 * 1024 * 1024)

/* One list. */
typedef struct
{
  const char *id;
  const char *title;      /* (nullable): what to call it if it does not say itself */
  NjBytes     text;
  gboolean    is_trusted; /* may hold rules that rewrite */
  NjListInclude include;  /* (nullable): where other lists come from that this one includes */
  gpointer    include_from; /* borrowed: for include */
} NjListSource;

NjEngine *nj_compiler_extend      (NjEngine *engine, const NjListSource *source, GError **error) G_GNUC_WARN_UNUSED_RESULT;
NjEngine *nj_compiler_compile     (const NjListSource *sources, guint n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint64   nj_compiler_fingerprint (const NjListSource *sources, guint n);

G_END_DECLS
