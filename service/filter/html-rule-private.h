/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/html-rule.h"

G_BEGIN_DECLS

typedef enum
{
  NJ_HTML_TEST_ATTRIBUTE, /* one of that name, with any value */
  NJ_HTML_TEST_EQUALS,
  NJ_HTML_TEST_WORD,
  NJ_HTML_TEST_DASH,
  NJ_HTML_TEST_STARTS,
  NJ_HTML_TEST_ENDS,
  NJ_HTML_TEST_HOLDS,
  NJ_HTML_TEST_NOT,       /* none of the others */
  NJ_HTML_TEST_TEXT,      /* the text holds it, or it matches the expression */
  NJ_HTML_TEST_MIN_LENGTH, /* of the text, characters */
  NJ_HTML_TEST_MAX_LENGTH
} NjHtmlTestKind;

typedef struct NjHtmlCompound NjHtmlCompound;

typedef struct
{
  NjHtmlTestKind  kind;
  gboolean        is_caseless;
  NjBytes         name;   /* lower case */
  NjBytes         value;
  NjRegex        *regex;  /* (nullable) owned */
  guint64         length;
  NjHtmlCompound *others; /* of NJ_HTML_TEST_NOT */
} NjHtmlTest;

/* Tests that must all hold; of several compounds one must. */
struct NjHtmlCompound
{
  NjHtmlCompound *next;
  NjBytes         name; /* of the element, lower case; empty: any */
  NjHtmlTest     *tests;
  guint           n_tests;
  gboolean        wants_text;
};

struct NjHtmlRule
{
  NjArena         arena;
  NjHtmlCompound *first;
  char            lent[1024];
};

/* html-rule-parse.c */
gboolean nj_html_rule_parse (NjHtmlRule *self, NjBytes body);

G_END_DECLS
