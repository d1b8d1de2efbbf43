/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What the answer of a request will be used for. The values are bit numbers in the engine. */
typedef enum
{
  NJ_TYPE_OTHER,
  NJ_TYPE_DOCUMENT, /* a navigation */
  NJ_TYPE_SUBDOCUMENT,
  NJ_TYPE_STYLESHEET,
  NJ_TYPE_SCRIPT,
  NJ_TYPE_IMAGE,
  NJ_TYPE_FONT,
  NJ_TYPE_MEDIA,
  NJ_TYPE_OBJECT,
  NJ_TYPE_XHR,
  NJ_TYPE_PING,
  NJ_TYPE_WEBSOCKET,
  NJ_N_REQUEST_TYPES
} NjRequestType;

NjRequestType nj_request_type_from_name (NjBytes name, gboolean *ret_known);
const char   *nj_request_type_name      (NjRequestType type);

G_END_DECLS
