/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* A compiled regular expression; immutable, any number of threads may run it at once. */
typedef struct NjRegex NjRegex;

enum
{
  NJ_REGEX_CASELESS = 1,
  NJ_REGEX_GLOBAL = 2 /* nj_regex_replace() replaces every match */
};

/* One place of a text that is changed, and where to look for the next. */
typedef struct
{
  GString *made;  /* borrowed: what comes in */
  gsize    start; /* what goes out */
  gsize    end;
  gsize    at;
  gboolean has_ended;
} NjRegexEdit;

gboolean  nj_regex_is_valid (NjBytes source);
NjRegex  *nj_regex_new      (NjBytes source, guint flags) G_GNUC_WARN_UNUSED_RESULT;
void      nj_regex_free     (NjRegex *regex);
gboolean  nj_regex_matches  (const NjRegex *regex, NjBytes text, gsize *ret_start, gsize *ret_end);
gboolean  nj_regex_capture  (const NjRegex *regex, NjBytes text, guint group, NjBytes *ret_group);
gboolean  nj_regex_edit_next (const NjRegex *regex, NjBytes text, NjBytes replacement, NjRegexEdit *edit);
NjBytes   nj_regex_replace  (const NjRegex *regex, NjBytes text, NjBytes replacement, NjArena *arena);
NjBytes   nj_regex_literals (NjBytes source, NjArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjRegex, nj_regex_free)

G_END_DECLS
