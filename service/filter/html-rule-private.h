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
  NJ_HTML_TEST_TEXT,       /* the text holds it, or it matches the expression */
  NJ_HTML_TEST_MIN_LENGTH, /* of the text, characters */
  NJ_HTML_TEST_MAX_LENGTH,
  NJ_HTML_TEST_NOT,        /* none of the others */
  NJ_HTML_TEST_IS,         /* one of the others */
  NJ_HTML_TEST_HAS,        /* one of the others is in it, or behind it */
  NJ_HTML_TEST_ABOVE       /* one of the others has it as an ancestor: so far above, or the next that is one of @targets */
} NjHtmlTestKind;

typedef struct NjHtmlCompound NjHtmlCompound;

typedef struct
{
  NjHtmlTestKind  kind;
  gboolean        is_caseless;
  NjBytes         name;   /* lower case */
  NjBytes         value;
  NjRegex        *regex;  /* (nullable) owned */
  guint64         length; /* or how far above */
  guint           bit;    /* of a test of text: its place among all */
  NjHtmlCompound *others;
  NjHtmlCompound *targets; /* (nullable) */
} NjHtmlTest;

/* Tests that must all hold of one element, and what must stand left of it. */
struct NjHtmlCompound
{
  NjHtmlCompound *next; /* of a list, of which one must hold */
  NjHtmlCompound *left; /* (nullable) */
  char            combinator; /* between the two: " ", ">", "+", "~" */
  gboolean        is_anchor;  /* what ":has()" is asked of */
  NjBytes         name;       /* of the element, lower case; empty: any */
  NjHtmlTest     *tests;
  guint           n_tests;
};

struct NjHtmlRule
{
  NjArena         arena;
  NjHtmlCompound *first;
  guint           n_texts; /* tests of text */
  NjHtmlTest     *texts[NJ_HTML_RULE_TEXTS];
  char            lent[1024];
};

/* html-rule-parse.c */
gboolean nj_html_rule_parse (NjHtmlRule *self, NjBytes body);

/* html-rule-test.c: what can be told from a tag, or from a text */
gboolean nj_html_test_attribute (const NjHtmlTest *test, NjBytes tag);
gboolean nj_html_test_text      (const NjHtmlTest *test, NjBytes text);

G_END_DECLS
