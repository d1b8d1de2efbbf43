/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/html-scan.h"

G_BEGIN_DECLS

#define NJ_HTML_NODE_NONE G_MAXUINT16
/* Elements that are kept of a page; with more of them nothing is told of it any more. */
#define NJ_HTML_NODES_MAX 2048

typedef struct NjHtmlRule NjHtmlRule;

/* What can be said of an element while more of the page is to come. In this order: of several the least, or the most, counts. */
typedef enum
{
  NJ_HTML_NO,
  NJ_HTML_MAYBE,
  NJ_HTML_YES
} NjHtmlAnswer;

enum
{
  NJ_HTML_NODE_ENDED = 1,
  NJ_HTML_NODE_WANTED = 2,   /* some rule may speak of it */
  NJ_HTML_NODE_ADJACENT = 4, /* nothing stood between it and its previous sibling that is kept */
  NJ_HTML_NODE_GAP = 8,      /* its last child was not kept */
  NJ_HTML_NODE_RAW = 16,     /* a script or a style */
  NJ_HTML_NODE_CUT = 32      /* not all of its text was kept */
};

/* An element of the page. Those that follow it up to @end are in it. */
typedef struct
{
  guint64 asked; /* a bit for each thing that rules want to know of its text */
  guint64 said;  /* those that hold, once it has ended */
  guint32 at;    /* of its name in the texts, its tag behind it */
  guint32 text_at;
  guint16 parent;
  guint16 previous; /* sibling */
  guint16 last;     /* child */
  guint16 end;      /* once it has ended */
  guint16 tag_len;
  guint8  name_len;
  guint8  flags;
} NjHtmlNode;

/* The elements that are open, and those that were of interest, as a page streams. */
typedef struct
{
  NjHtmlRule *const *rules; /* borrowed */
  guint       n_rules;
  NjHtmlNode *nodes; /* owned; the first one is the root */
  guint       n;
  guint       room;
  NjBuffer    names; /* names and tags */
  NjBuffer    text;  /* of the elements whose text is asked for */
  guint       n_asking; /* that are open */
  guint16     current;  /* the innermost one that is open */
  guint16     head;
  guint16     body;
  guint16     closed;   /* by the last end tag itself */
  gboolean    is_xml;
  gboolean    is_lost;  /* too much of it: nothing is told any more */
  guint       version;  /* another one when something may be told that could not be told before */
  guint64     steps;    /* of comparing, so far */
} NjHtmlTree;

static inline NjBytes
nj_html_tree_name (const NjHtmlTree *self, guint16 node)
{
  return nj_bytes ((char *) self->names.data + self->nodes[node].at, self->nodes[node].name_len);
}

static inline NjBytes
nj_html_tree_tag (const NjHtmlTree *self, guint16 node)
{
  return nj_bytes ((char *) self->names.data + self->nodes[node].at + self->nodes[node].name_len, self->nodes[node].tag_len);
}

static inline gboolean
nj_html_tree_has_ended (const NjHtmlTree *self, guint16 node)
{
  return (self->nodes[node].flags & NJ_HTML_NODE_ENDED) != 0;
}

void    nj_html_tree_init   (NjHtmlTree *self, gboolean is_xml, NjHtmlRule *const *rules, guint n_rules);
void    nj_html_tree_clear  (NjHtmlTree *self);
guint16 nj_html_tree_start  (NjHtmlTree *self, const NjHtmlToken *token, NjBytes tag);
void    nj_html_tree_end    (NjHtmlTree *self, const char *name, NjBytes held);
void    nj_html_tree_text   (NjHtmlTree *self, NjBytes text, gboolean is_held);
void    nj_html_tree_finish (NjHtmlTree *self);

G_END_DECLS
