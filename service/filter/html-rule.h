/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/html-tree.h"
#include "filter/regex.h"

G_BEGIN_DECLS

/* Things that a rule asks of texts; with all rules of a page a bit of 64 is for each. */
#define NJ_HTML_RULE_TEXTS 16

/* A rule that takes elements out of the source of a page: a selector. (NjHtmlRule, of html-tree.h.) */
NjHtmlRule  *nj_html_rule_new    (NjBytes body) G_GNUC_WARN_UNUSED_RESULT;
void         nj_html_rule_free   (NjHtmlRule *rule);
gboolean     nj_html_rule_number (NjHtmlRule *rule, guint *n_texts);
gboolean     nj_html_rule_ask    (const NjHtmlRule *rule, const char *name, NjBytes tag, guint64 *asked);
guint64      nj_html_rule_hear   (const NjHtmlRule *rule, guint64 asked, NjBytes text);
NjHtmlAnswer nj_html_rule_match  (const NjHtmlRule *rule, NjHtmlTree *tree, guint16 node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjHtmlRule, nj_html_rule_free)

G_END_DECLS
