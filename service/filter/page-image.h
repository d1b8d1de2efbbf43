/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/image.h"
#include "filter/page-line.h"

G_BEGIN_DECLS

/* Rules about pages as they lie in memory and in their file: one block, offsets and no pointers. Written by
 * page-compiler, read by page-rules. Change the version with any change here. */

#define NJ_PAGE_IMAGE_MAGIC   "NJPAGES\n"
#define NJ_PAGE_IMAGE_VERSION 5
/* Domains and paths that are expressions, of all lists. */
#define NJ_PAGE_IMAGE_REGEXES 4095

enum
{
  NJ_PAGE_RULE_EXCEPTION = 1,
  NJ_PAGE_RULE_SPECIFIC = 2,   /* names a domain it is for */
  NJ_PAGE_RULE_EVERYWHERE = 4, /* for all pages, also those without generic rules: "*##" */
  NJ_PAGE_RULE_TRUSTED = 8,    /* its list may rewrite */
  NJ_PAGE_RULE_PATH = 16       /* its first name is an expression for the path */
};

typedef struct
{
  guint32 body_at; /* in the blob */
  guint32 body_len;
  guint32 key_at;  /* in the blob; the same for rules that an exception takes for the same */
  guint32 names;   /* index of its first name */
  guint16 n_names;
  guint8  kind;    /* NjPageLineKind */
  guint8  flags;   /* NJ_PAGE_RULE_ */
  guint32 line;
  guint32 list;
} NjPageImageRule;

enum
{
  NJ_PAGE_NAME_NEGATED = 1,
  NJ_PAGE_NAME_ENTITY = 2,
  NJ_PAGE_NAME_REGEX = 4,
  NJ_PAGE_NAME_PATH = 8, /* no name, but an expression for the path */
  NJ_PAGE_NAME_SHIFT = 4 /* above: the number of the expression */
};

typedef struct
{
  guint32 at; /* in the blob */
  guint16 len;
  guint16 flags;
} NjPageImageName;

/* A rule in a bucket; the last of a bucket has NJ_ENTRY_LAST in its rule. */
typedef struct
{
  guint32 rule;
  guint32 name; /* index of the name it is filed under, NJ_IMAGE_NONE */
} NjPageImageEntry;

typedef struct
{
  NjImageSpan id; /* at: in the blob */
  NjImageSpan title;
  guint32     n_refused;
  guint32     n_exceptions;
  guint32     counts[NJ_N_PAGE_LINE_KINDS]; /* exceptions are not among them */
  guint32     refused[NJ_N_REFUSALS];
} NjPageImageList;

typedef struct
{
  char        magic[8];
  guint32     version;
  guint32     header_size;
  guint64     size;
  guint64     fingerprint;
  guint64     checksum; /* nj_page_image_checksum() */
  NjImageSpan lists;
  NjImageSpan rules;
  NjImageSpan names;
  NjImageSpan blob;
  NjImageSpan hosts;   /* NjImageSlot by nj_page_image_key() of a name or entity; bucket: index of an entry */
  NjImageSpan tokens;  /* NjImageSlot by nj_page_image_key() of ".class" or "#id" */
  NjImageSpan entries; /* NjPageImageEntry */
  guint32     unfiled; /* index of the first entry without any key, or NJ_IMAGE_NONE */
  guint32     common;  /* the same of those that are for every page and can stand in a style sheet */
  guint32     n_regexes;
} NjPageImageHeader;

static inline guint32
nj_page_image_key (guint64 hash)
{
  return (guint32) (hash >> 32);
}

guint64 nj_page_image_checksum (const guint8 *image, gsize size);

G_END_DECLS
