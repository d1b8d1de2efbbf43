/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/page-line.h"

G_BEGIN_DECLS

/* Longest line taken, with all its continuations; bytes. */
#define NJ_LIST_PARSER_LINE_MAX 60000

typedef enum
{
  NJ_LINE_EMPTY,   /* or comment, header, directive: nothing to do */
  NJ_LINE_RULE,    /* a network rule */
  NJ_LINE_HOSTS,   /* bare names, each blocked with all below it */
  NJ_LINE_PAGE,    /* changes pages: cosmetic, scriptlet, HTML */
  NJ_LINE_REFUSED
} NjLineKind;

/* What one line of a list says. */
typedef struct
{
  NjLineKind kind;
  NjRefusal  refusal; /* set for REFUSED and PAGE */
  NjRule     rule;    /* set for RULE */
  NjPageLine page;    /* set for PAGE */
  gboolean   is_exception; /* set for HOSTS: the names are let through */
  NjBytes    hosts;   /* set for HOSTS: take them with nj_list_parser_next_host() */
} NjLine;

void     nj_list_parser_parse     (NjBytes text, gboolean is_trusted, NjArena *arena, NjLine *ret_line);
gboolean nj_list_parser_next_host (NjBytes *hosts, NjBytes *ret_host);
gsize    nj_list_parser_bare_host (NjBytes text);

G_END_DECLS
