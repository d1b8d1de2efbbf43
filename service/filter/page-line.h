/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

/* What a rule does to a page. */
typedef enum
{
  NJ_PAGE_LINE_HIDE,       /* elements that a style sheet's selector names */
  NJ_PAGE_LINE_STYLE,      /* "selector{declarations}" or "selector:style(declarations)" */
  NJ_PAGE_LINE_PROCEDURAL, /* a selector that only a program finds */
  NJ_PAGE_LINE_SCRIPTLET,  /* "name, argument, …" or AdGuard's "//scriptlet('name', …)" */
  NJ_PAGE_LINE_SCRIPT,     /* AdGuard: a program as it stands */
  NJ_PAGE_LINE_HTML,       /* elements taken out of the source */
  NJ_PAGE_LINE_HEADER,     /* a field of the response: the name of it */
  NJ_N_PAGE_LINE_KINDS
} NjPageLineKind;

/* A line that changes pages, taken apart; texts are slices of it. */
typedef struct
{
  NjBytes    domains; /* between commas, as written */
  NjBytes    body;
  NjBytes    path;    /* an expression that the address must match behind its host; empty: any. By nj_page_line_judge() */
  NjPageLineKind kind;
  gboolean   is_exception;
} NjPageLine;

gboolean    nj_page_line_parse        (NjBytes text, NjPageLine *ret_line);
gboolean    nj_page_line_parse_dollar (NjBytes text, NjPageLine *ret_line);
void        nj_page_line_refine       (NjPageLine *line);
NjRefusal   nj_page_line_count        (const NjPageLine *line);
NjRefusal   nj_page_line_domains      (const NjPageLine *line, NjArena *arena, NjDomainList *ret_list);
NjRefusal   nj_page_line_judge        (NjPageLine *line, gboolean is_trusted, NjArena *arena, NjDomainList *ret_list);
NjRefusal   nj_page_line_header_rule  (const NjPageLine *line, NjBytes text, NjArena *arena, NjRule *ret_rule);
const char *nj_page_kind_name         (NjPageLineKind kind);

G_END_DECLS
