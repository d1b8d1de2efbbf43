/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Fields that some room asks for by name; found while parsing, so that nobody compares strings later.
 * The names are in field-names.c, in this order. */
typedef enum
{
  NJ_FIELD_OTHER,
  NJ_FIELD_ACCEPT,
  NJ_FIELD_ACCEPT_ENCODING,
  NJ_FIELD_ACCEPT_LANGUAGE,
  NJ_FIELD_ALT_SVC,
  NJ_FIELD_AUTHORIZATION,
  NJ_FIELD_CACHE_CONTROL,
  NJ_FIELD_CONNECTION,
  NJ_FIELD_CONTENT_ENCODING,
  NJ_FIELD_CONTENT_LENGTH,
  NJ_FIELD_CONTENT_TYPE,
  NJ_FIELD_COOKIE,
  NJ_FIELD_DATE,
  NJ_FIELD_DNT,
  NJ_FIELD_ETAG,
  NJ_FIELD_EXPECT,
  NJ_FIELD_FORWARDED,
  NJ_FIELD_FROM,
  NJ_FIELD_HOST,
  NJ_FIELD_IF_MODIFIED_SINCE,
  NJ_FIELD_IF_NONE_MATCH,
  NJ_FIELD_IF_RANGE,
  NJ_FIELD_KEEP_ALIVE,
  NJ_FIELD_LAST_MODIFIED,
  NJ_FIELD_LOCATION,
  NJ_FIELD_MAX_FORWARDS,
  NJ_FIELD_ORIGIN,
  NJ_FIELD_PROXY_AUTHENTICATE,
  NJ_FIELD_PROXY_AUTHENTICATION_INFO,
  NJ_FIELD_PROXY_AUTHORIZATION,
  NJ_FIELD_PROXY_CONNECTION,
  NJ_FIELD_RANGE,
  NJ_FIELD_REFERER,
  NJ_FIELD_SEC_FETCH_DEST,
  NJ_FIELD_SEC_FETCH_MODE,
  NJ_FIELD_SEC_FETCH_SITE,
  NJ_FIELD_SEC_FETCH_USER,
  NJ_FIELD_SEC_GPC,
  NJ_FIELD_SET_COOKIE,
  NJ_FIELD_TE,
  NJ_FIELD_TRAILER,
  NJ_FIELD_TRANSFER_ENCODING,
  NJ_FIELD_UPGRADE,
  NJ_FIELD_USER_AGENT,
  NJ_FIELD_VIA,
  NJ_FIELD_X_CLIENT_DATA,
  NJ_FIELD_X_FORWARDED, /* any X-Forwarded-*, X-Real-IP, X-Client-IP, True-Client-IP, Client-IP, X-Cluster-Client-IP, CF-Connecting-IP */
  NJ_FIELD_LAST
} NjFieldId;

G_STATIC_ASSERT (NJ_FIELD_LAST <= 64);

/* A set of ids. */
#define NJ_FIELD_BIT(id) (G_GUINT64_CONSTANT (1) << (id))

typedef struct
{
  NjBytes   name;  /* as written */
  NjBytes   value; /* without the blanks around it */
  NjFieldId id;    /* NJ_FIELD_OTHER when nobody asks for it by name */
  guint8    is_dropped; /* not printed */
  guint8    is_plain;   /* as it was parsed, its line is what is printed: one blank before the value, none behind it */
} NjField;

typedef enum
{
  NJ_METHOD_OTHER,
  NJ_METHOD_GET,
  NJ_METHOD_HEAD,
  NJ_METHOD_POST,
  NJ_METHOD_PUT,
  NJ_METHOD_DELETE,
  NJ_METHOD_OPTIONS,
  NJ_METHOD_CONNECT,
  NJ_METHOD_TRACE,
  NJ_METHOD_PATCH
} NjMethod;

/* Bounds on what a peer may send; bytes and counts. */
typedef struct
{
  gsize head;   /* whole head with its blank line: 64 KiB */
  gsize target; /* request target: 32 KiB */
  guint fields; /* 200 */
} NjHeadLimits;

#define NJ_HEAD_LIMITS_DEFAULT ((NjHeadLimits){ 65536, 32768, 200 })

/* What parsing came to. */
typedef enum
{
  NJ_HEAD_OK,
  NJ_HEAD_MORE,            /* not all there yet */
  NJ_HEAD_BAD,             /* 400: not HTTP, or ambiguous */
  NJ_HEAD_TOO_LARGE,       /* 431 */
  NJ_HEAD_TARGET_TOO_LONG, /* 414 */
  NJ_HEAD_BAD_VERSION,     /* 505 */
  NJ_HEAD_NOT_IMPLEMENTED  /* 501: a transfer coding we do not know */
} NjHeadResult;

/* A request or response head. Slices point into the buffer that was parsed. */
typedef struct
{
  NjBytes     method;   /* request */
  NjMethod    method_id;
  NjBytes     target;   /* request, as written */
  guint       status;   /* response: 100-999 */
  NjBytes     reason;   /* response, may be empty */
  guint       minor;    /* 0 or 1 of HTTP/1.x */
  NjField    *fields;   /* in an arena, in order */
  guint       n_fields;
  guint       fields_size; /* slots in fields */
  guint64     ids;      /* a bit for each id that a field has, dropped or not */
  guint64     repeated; /* a bit for each id that more than one field has */
  guint8      first[NJ_FIELD_LAST]; /* index + 1 of the first field with that id, 0 for none */
  gsize       length;   /* bytes of the head in the buffer, blank line included */
  const char *problem;  /* static text, for the journal, after a result other than OK and MORE */
} NjHead;

/* How the bytes after a head are told. */
typedef enum
{
  NJ_FRAMING_NONE,
  NJ_FRAMING_LENGTH,
  NJ_FRAMING_CHUNKED,
  NJ_FRAMING_UNTIL_CLOSE
} NjFramingKind;

typedef struct
{
  NjFramingKind kind;
  guint64       length;        /* NJ_FRAMING_LENGTH */
  gboolean      is_persistent; /* the connection may be used again after this message */
} NjFraming;

NjHeadResult nj_head_parse_request  (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits);
NjHeadResult nj_head_parse_response (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits);
NjHeadResult nj_head_parse_trailers (NjHead *head, NjArena *arena, const char *buffer, gsize len, const NjHeadLimits *limits);

NjHeadResult nj_head_request_framing  (NjHead *head, NjFraming *ret_framing);
NjHeadResult nj_head_response_framing (NjHead *head, NjMethod request_method, NjFraming *ret_framing);

NjField *nj_head_find_from    (NjHead *head, NjFieldId id, guint start);
NjField *nj_head_find_name    (NjHead *head, NjBytes lower_name);
void     nj_head_add          (NjHead *head, NjArena *arena, NjFieldId id, NjBytes name, NjBytes value);
void     nj_head_drop_set     (NjHead *head, guint64 ids);
void     nj_head_drop_hop_by_hop (NjHead *head);
gboolean nj_head_lists_have   (NjHead *head, NjFieldId id, NjBytes lower_token);

NjBytes  nj_head_print_request  (NjHead *head, NjArena *arena, NjBytes target, NjBytes host);
NjBytes  nj_head_print_response (NjHead *head, NjArena *arena);
gsize    nj_head_print_size     (const NjHead *head);
NjBytes  nj_head_print_trailers (NjHead *head, NjArena *arena);

/* These are asked dozens of times for each head, nearly always for what is not there, or there once. */

/* The first field with that id that was not dropped; valid until a field is added. Not for NJ_FIELD_OTHER. */
static inline NjField *
nj_head_find (NjHead *head, NjFieldId id)
{
  guint    first = head->first[id];
  NjField *field;

  if (first == 0)
    return NULL;

  field = &head->fields[first - 1];
  return field->id == id && !field->is_dropped ? field : nj_head_find_from (head, id, first);
}

/* The next field with the id of @field that was not dropped, or NULL. */
static inline NjField *
nj_head_find_next (NjHead *head, NjField *field)
{
  if ((head->repeated & NJ_FIELD_BIT (field->id)) == 0)
    return NULL;

  return nj_head_find_from (head, field->id, (guint) (field - head->fields) + 1);
}

/* The value of the first field with that id, its data NULL when there is none. */
static inline NjBytes
nj_head_value (NjHead *head, NjFieldId id)
{
  NjField *field = nj_head_find (head, id);

  return field != NULL ? field->value : NJ_BYTES_NONE;
}

/* Marks all fields with that id as not to be printed. */
static inline void
nj_head_drop (NjHead *head, NjFieldId id)
{
  if (head->first[id] != 0)
    nj_head_drop_set (head, NJ_FIELD_BIT (id));
}

/* Whether a token, in lower case, is in one of the lists that fields with that id are, in any case. RFC 9110 §5.6.1. */
static inline gboolean
nj_head_list_has (NjHead *head, NjFieldId id, NjBytes lower_token)
{
  return head->first[id] != 0 && nj_head_lists_have (head, id, lower_token);
}

G_END_DECLS
