/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What a piece of a page's source is. */
typedef enum
{
  NJ_HTML_MORE,   /* not all of it is there */
  NJ_HTML_TEXT,   /* between tags; may come in several pieces */
  NJ_HTML_OTHER,  /* a comment, a doctype, what is taken for one, a tag beyond all size; may come in several pieces */
  NJ_HTML_START,  /* a start tag, whole */
  NJ_HTML_END     /* an end tag, whole */
} NjHtmlKind;

#define NJ_HTML_NAME_MAX 23
/* A longer tag is passed through and not looked at; bytes. */
#define NJ_HTML_TAG_MAX 65536
/* SVG and MathML one in the other, and ways out of them. */
#define NJ_HTML_FOREIGN_MAX 16

/* A piece: the first @length bytes of what was given. */
typedef struct
{
  NjHtmlKind kind;
  gsize      length;
  const char *name;     /* of a tag, lower case, until the next piece; "" when it is longer */
  gboolean   is_closed; /* "<br/>" */
} NjHtmlToken;

/* Where we are in the source of a page. */
typedef struct
{
  guint8   state;
  gboolean is_xml;
  gboolean is_end_tag;
  gboolean is_cut;    /* pieces of this token were given out already */
  gboolean is_unfinished; /* the page ended in the middle of it */
  gsize    at;        /* bytes of the current piece that were looked at */
  char     name[NJ_HTML_NAME_MAX + 1]; /* of the tag so far */
  gsize    name_len;
  char     raw[NJ_HTML_NAME_MAX + 1];  /* the element whose text this is, in which no tags are looked for; "" elsewhere */
  guint8   escape;    /* of a script: 0, 1 after "<!--", 2 in a "<script" within that */
  guint8   dashes;    /* of a script: how many just before, for "-->" */
  guint8   foreign[NJ_HTML_FOREIGN_MAX];
  guint8   n_foreign;
} NjHtmlScan;

/* An attribute, as written. */
typedef struct
{
  NjBytes name;
  NjBytes value;
  gsize   value_at; /* where it stands in the tag; quotes around it included in no case */
} NjHtmlAttribute;

/* Most names differ in their first letter. */
static inline gboolean
nj_html_token_is (const NjHtmlToken *token, const char *name)
{
  return token->name[0] == name[0] && strcmp (token->name, name) == 0;
}

void     nj_html_scan_init       (NjHtmlScan *self, gboolean is_xml);
void     nj_html_scan_next       (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *ret_token);
gboolean nj_html_scan_is_between (const NjHtmlScan *self);

/* html-foreign.c */
void     nj_html_scan_enter      (NjHtmlScan *self, const NjHtmlToken *token);
void     nj_html_scan_leave      (NjHtmlScan *self, const char *name);
gboolean nj_html_scan_is_foreign (const NjHtmlScan *self);

/* html-attribute.c */
gsize    nj_html_attribute_start (NjBytes tag);
gboolean nj_html_attribute_next  (NjBytes tag, gsize *at, NjHtmlAttribute *ret_attribute);
gboolean nj_html_attribute_find  (NjBytes tag, NjBytes lower_name, NjHtmlAttribute *ret_attribute);
NjBytes  nj_html_attribute_text  (NjBytes value, NjArena *arena);

G_END_DECLS
