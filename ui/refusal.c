/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why a rule is not used, in the user's words: the bus says it by a name. Pages about rules and lists ask. Main
 * thread.
 */
#include "ui/refusal.h"

#include <glib/gi18n.h>

static const struct
{
  const char *name; /* on the bus */
  const char *words;
} reasons[] = {
  { "unknown-option", N_ ("an option that is not known") },
  { "duplicate-option", N_ ("an option stands there twice") },
  { "bad-value", N_ ("an option has a value that it cannot have") },
  { "bad-domain", N_ ("a domain that cannot be one") },
  { "bad-pattern", N_ ("a pattern that cannot match") },
  { "bad-regex", N_ ("a regular expression with a fault") },
  { "conflicting-options", N_ ("options that do not go together") },
  { "untrusted-list", N_ ("only trusted lists may rewrite") },
  { "unsupported-option", N_ ("an option that a proxy cannot honour") },
  { "popup-only", N_ ("only about popups, which a proxy cannot tell from links") },
  { "too-long", N_ ("too long") },
  { "missing-include", N_ ("asks for another list that is not there") },
  { "cosmetic", N_ ("an operator that is not known") },
  { "scriptlet", N_ ("a scriptlet that is not known") },
  { "html", N_ ("names nothing to be taken out") },
};

/**
 * nj_refusal_words:
 * @reason: a name, as the bus has it
 *
 * Returns: (transfer none): it in words, translated; @reason itself when it has none
 */
const char *
nj_refusal_words (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i].name, reason))
      return _ (reasons[i].words);

  return reason;
}
