/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/html-scan.h"
#include "filter/regex.h"

G_BEGIN_DECLS

/* A rule that takes elements out of the source of a page: a selector that can be told from a tag and the text in it. */
typedef struct NjHtmlRule NjHtmlRule;

NjHtmlRule *nj_html_rule_new          (NjBytes body) G_GNUC_WARN_UNUSED_RESULT;
void        nj_html_rule_free         (NjHtmlRule *rule);
gboolean    nj_html_rule_matches_tag  (const NjHtmlRule *rule, const char *name, NjBytes tag);
gboolean    nj_html_rule_wants_text   (const NjHtmlRule *rule);
gboolean    nj_html_rule_matches_text (const NjHtmlRule *rule, const char *name, NjBytes tag, NjBytes text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjHtmlRule, nj_html_rule_free)

G_END_DECLS
