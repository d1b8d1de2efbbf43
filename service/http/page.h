/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"

G_BEGIN_DECLS

/* What a blocked or failed request was for, so that the answer fits. */
typedef enum
{
  NJ_PAGE_HTML,
  NJ_PAGE_IMAGE,  /* 1×1 transparent GIF */
  NJ_PAGE_SCRIPT, /* empty */
  NJ_PAGE_STYLE,  /* empty */
  NJ_PAGE_EMPTY   /* no content */
} NjPageKind;

/* One answer of our own. Text is escaped when it is put into HTML. */
typedef struct
{
  guint       status;
  NjPageKind  kind;
  NjBytes     title;   /* what happened, in words */
  NjBytes     reason;  /* one sentence */
  NjBytes     url;     /* (may be empty) what was asked for */
  NjBytes     rule;    /* (may be empty) the rule that decided */
  NjBytes     list;    /* (may be empty) its list and line */
  NjBytes     action_label; /* (may be empty) the one button: "Allow once" */
  NjBytes     action_url;
  gboolean    is_persistent; /* the client's connection goes on */
  gboolean    omit_body;     /* answer to HEAD */
} NjPage;

NjBytes nj_page_print (NjArena *arena, const NjPage *page);

G_END_DECLS
