/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of request that rules tell apart, and their names. How a proxy finds out the kind of
 * a request is not decided here (the proxy reads Sec-Fetch-Dest). Any thread.
 */
#include "filter/request-type.h"

static const char *const names[NJ_N_REQUEST_TYPES] = {
  [NJ_TYPE_OTHER] = "other",
  [NJ_TYPE_DOCUMENT] = "document",
  [NJ_TYPE_SUBDOCUMENT] = "subdocument",
  [NJ_TYPE_STYLESHEET] = "stylesheet",
  [NJ_TYPE_SCRIPT] = "script",
  [NJ_TYPE_IMAGE] = "image",
  [NJ_TYPE_FONT] = "font",
  [NJ_TYPE_MEDIA] = "media",
  [NJ_TYPE_OBJECT] = "object",
  [NJ_TYPE_XHR] = "xhr",
  [NJ_TYPE_PING] = "ping",
  [NJ_TYPE_WEBSOCKET] = "websocket",
};

/* What lists and extensions call them besides. */
static const struct
{
  const char   *name;
  NjRequestType type;
} aliases[] = {
  { "xmlhttprequest", NJ_TYPE_XHR },      { "fetch", NJ_TYPE_XHR },
  { "main_frame", NJ_TYPE_DOCUMENT },     { "doc", NJ_TYPE_DOCUMENT },
  { "sub_frame", NJ_TYPE_SUBDOCUMENT },   { "frame", NJ_TYPE_SUBDOCUMENT },
  { "css", NJ_TYPE_STYLESHEET },          { "beacon", NJ_TYPE_PING },
  { "object-subrequest", NJ_TYPE_OBJECT },
};

/**
 * nj_request_type_from_name:
 * @name: a name as "nightjarctl check" takes it, such as "script"
 * @ret_known: (out) (optional): whether @name is one
 *
 * Any thread.
 *
 * Returns: the type; %NJ_TYPE_OTHER when @name is unknown
 */
NjRequestType
nj_request_type_from_name (NjBytes name, gboolean *ret_known)
{
  if (ret_known != NULL)
    *ret_known = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal (name, nj_bytes_from_string (names[i])))
      return i;
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (nj_bytes_equal (name, nj_bytes_from_string (aliases[i].name)))
      return aliases[i].type;

  if (ret_known != NULL)
    *ret_known = FALSE;
  return NJ_TYPE_OTHER;
}

/**
 * nj_request_type_name:
 * @type: a type
 *
 * Any thread.
 *
 * Returns: its name, never translated
 */
const char *
nj_request_type_name (NjRequestType type)
{
  return (guint) type < NJ_N_REQUEST_TYPES ? names[type] : names[NJ_TYPE_OTHER];
}
