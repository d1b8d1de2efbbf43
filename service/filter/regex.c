/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Regular expressions of rules: JavaScript's flavour on PCRE2, bounded, compiled to machine code
 * where the system allows it. Texts are bytes; in URLs they are ASCII. Any thread: what a match
 * needs to work in belongs to the thread and is made once.
 */
#include "filter/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <pthread.h>

/* Steps one match may take: a hundred times what the slowest rule of the usual lists needs. */
#define MATCH_LIMIT   100000
#define DEPTH_LIMIT   2000
#define HEAP_LIMIT_KB 2048
/* Machine code runs on a stack of its own: a fiber's stack is small. */
#define JIT_STACK_START (32 * 1024)
#define JIT_STACK_MAX   (256 * 1024)
#define MAX_GROUPS      16

struct NjRegex
{
  pcre2_code *code; /* owned */
  guint       flags;
};

/* What one thread works in. */
typedef struct
{
  pcre2_match_data    *data;
  pcre2_match_context *context;
  pcre2_jit_stack     *stack;
} Workplace;

static pthread_key_t  workplace_key;
static pthread_once_t workplace_once = PTHREAD_ONCE_INIT;

static void
workplace_free (void *memory)
{
  Workplace *self = memory;

  pcre2_match_data_free (self->data);
  pcre2_match_context_free (self->context);
  pcre2_jit_stack_free (self->stack);
  g_free (self);
}

static void
make_key (void)
{
  pthread_key_create (&workplace_key, workplace_free);
}

static Workplace *
workplace_get (void)
{
  Workplace *self;

  pthread_once (&workplace_once, make_key);
  self = pthread_getspecific (workplace_key);
  if (self != NULL)
    return self;

  self = g_new0 (Workplace, 1);
  self->data = pcre2_match_data_create (MAX_GROUPS, NULL);
  self->context = pcre2_match_context_create (NULL);
  self->stack = pcre2_jit_stack_create (JIT_STACK_START, JIT_STACK_MAX, NULL);
  pcre2_set_match_limit (self->context, MATCH_LIMIT);
  pcre2_set_depth_limit (self->context, DEPTH_LIMIT);
  pcre2_set_heap_limit (self->context, HEAP_LIMIT_KB);
  pcre2_jit_stack_assign (self->context, NULL, self->stack);
  pthread_setspecific (workplace_key, self);
  return self;
}

static pcre2_code *
compile (NjBytes source, guint flags)
{
  uint32_t               options = PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF
                     | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF;
  int                    error = 0;
  size_t                 offset = 0;
  pcre2_compile_context *context;
  pcre2_code            *code;

  /* JavaScript takes "\_" and the like for the character itself. */
  context = pcre2_compile_context_create (NULL);
  pcre2_set_compile_extra_options (context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
  pcre2_set_parens_nest_limit (context, 100);
  if ((flags & NJ_REGEX_CASELESS) != 0)
    options |= PCRE2_CASELESS;
  code = pcre2_compile ((PCRE2_SPTR) source.data, source.len, options, &error, &offset, context);
  pcre2_compile_context_free (context);
  return code;
}

/**
 * nj_regex_is_valid:
 * @source: a regular expression without its slashes
 *
 * Any thread.
 *
 * Returns: whether it can be compiled
 */
gboolean
nj_regex_is_valid (NjBytes source)
{
  pcre2_code *code = source.len > 0 ? compile (source, 0) : NULL;

  pcre2_code_free (code);
  return code != NULL;
}

/**
 * nj_regex_new:
 * @source: a regular expression without its slashes
 * @flags: %NJ_REGEX_CASELESS, %NJ_REGEX_GLOBAL
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the expression, %NULL when it cannot be compiled
 */
NjRegex *
nj_regex_new (NjBytes source, guint flags)
{
  pcre2_code *code = source.len > 0 ? compile (source, flags) : NULL;
  NjRegex    *self;

  if (code == NULL)
    return NULL;

  /* Without leave for executable memory this fails and matching is interpreted. */
  pcre2_jit_compile (code, PCRE2_JIT_COMPLETE);
  self = g_new0 (NjRegex, 1);
  self->code = code;
  self->flags = flags;
  return self;
}

/**
 * nj_regex_free:
 * @regex: (nullable) (transfer full): an expression
 *
 * Any thread.
 */
void
nj_regex_free (NjRegex *regex)
{
  if (regex == NULL)
    return;
  pcre2_code_free (regex->code);
  g_free (regex);
}

/* Returns the number of groups that took part, at most MAX_GROUPS; 0 for no match or one that ran too long. */
static guint
match_at (const NjRegex *regex, Workplace *place, NjBytes text, gsize start)
{
  int n = pcre2_match (regex->code, (PCRE2_SPTR) (text.data != NULL ? text.data : ""), text.len, start, 0,
                       place->data, place->context);

  if (n < 0)
    return 0;
  return n == 0 ? MAX_GROUPS : (guint) n;
}

/**
 * nj_regex_matches:
 * @regex: an expression
 * @text: where to look
 * @ret_start: (out) (optional): where the first match starts
 * @ret_end: (out) (optional): where it ends
 *
 * A match that would take too many steps counts as none. Any thread.
 *
 * Returns: whether @text holds a match
 */
gboolean
nj_regex_matches (const NjRegex *regex, NjBytes text, gsize *ret_start, gsize *ret_end)
{
  Workplace *place = workplace_get ();
  size_t    *ends;

  if (match_at (regex, place, text, 0) == 0)
    return FALSE;

  ends = pcre2_get_ovector_pointer (place->data);
  if (ret_start != NULL)
    *ret_start = ends[0];
  if (ret_end != NULL)
    *ret_end = ends[1];
  return TRUE;
}

/**
 * nj_regex_capture:
 * @regex: an expression
 * @text: where to look
 * @group: the number of a group
 * @ret_group: (out): what it matched, a slice of @text
 *
 * Any thread.
 *
 * Returns: whether @text holds a match in which that group took part
 */
gboolean
nj_regex_capture (const NjRegex *regex, NjBytes text, guint group, NjBytes *ret_group)
{
  Workplace *place = workplace_get ();
  size_t    *ends;

  if (group >= match_at (regex, place, text, 0))
    return FALSE;

  ends = pcre2_get_ovector_pointer (place->data);
  if (ends[2 * group] == PCRE2_UNSET)
    return FALSE;
  *ret_group = nj_bytes (text.data + ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
  return TRUE;
}

/* "$1", "$12", "$&" and "$$" as String.prototype.replace() reads them. */
static gsize
append_reference (GString *out, NjBytes rest, NjBytes text, const size_t *ends, guint n_groups)
{
  guint group = 0;
  gsize width = 0;

  if (rest.len > 1 && rest.data[1] == '$')
    {
      g_string_append_c (out, '$');
      return 2;
    }
  if (rest.len > 1 && rest.data[1] == '&')
    width = 1;
  while (width < 2 && width + 1 < rest.len && g_ascii_isdigit (rest.data[width + 1]))
    group = group * 10 + (rest.data[++width] - '0');
  if (width == 0 || (group == 0 && rest.data[1] != '&'))
    {
      g_string_append_c (out, '$');
      return 1;
    }

  if (group < n_groups && ends[2 * group] != PCRE2_UNSET)
    g_string_append_len (out, text.data + ends[2 * group], ends[2 * group + 1] - ends[2 * group]);
  return width + 1;
}

static void
append_replacement (GString *out, NjBytes replacement, NjBytes text, const size_t *ends, guint n_groups)
{
  for (gsize i = 0; i < replacement.len;)
    {
      if (replacement.data[i] == '$')
        i += append_reference (out, nj_bytes (replacement.data + i, replacement.len - i), text, ends, n_groups);
      else
        g_string_append_c (out, replacement.data[i++]);
    }
}

/**
 * nj_regex_edit_next:
 * @regex: an expression
 * @text: what to change; the same each time, but that what is before the end of the last edit need not be there any more
 * @replacement: what to put in place of a match, with "$1" and "$&"
 * @edit: (inout): zeros at first, but for a text of the caller's
 *
 * One edit after the other, for who has no room for the whole text twice. Any thread.
 *
 * Returns: whether there is one more: @edit tells what goes out and what comes in
 */
gboolean
nj_regex_edit_next (const NjRegex *regex, NjBytes text, NjBytes replacement, NjRegexEdit *edit)
{
  Workplace    *place = workplace_get ();
  const size_t *ends = pcre2_get_ovector_pointer (place->data);
  guint         n_groups = edit->has_ended || edit->at > text.len ? 0 : match_at (regex, place, text, edit->at);

  edit->has_ended = n_groups == 0 || ends[0] < edit->end;
  if (edit->has_ended)
    return FALSE;

  g_string_truncate (edit->made, 0);
  append_replacement (edit->made, replacement, text, ends, n_groups);
  edit->start = ends[0];
  edit->end = ends[1];
  edit->at = ends[1] > ends[0] ? ends[1] : ends[1] + 1;
  edit->has_ended = (regex->flags & NJ_REGEX_GLOBAL) == 0;
  return TRUE;
}

/**
 * nj_regex_replace:
 * @regex: an expression
 * @text: what to change
 * @replacement: what to put in place of a match, with "$1" and "$&"
 * @arena: where the new text goes
 *
 * Any thread.
 *
 * Returns: the new text; @text itself when nothing matched
 */
NjBytes
nj_regex_replace (const NjRegex *regex, NjBytes text, NjBytes replacement, NjArena *arena)
{
  g_autoptr (GString) out = NULL;
  g_autoptr (GString) made = g_string_new (NULL);
  NjRegexEdit         edit = { .made = made };
  gsize               copied = 0;

  while (nj_regex_edit_next (regex, text, replacement, &edit))
    {
      if (out == NULL)
        out = g_string_sized_new (text.len + 64);
      g_string_append_len (out, text.data + copied, (gssize) (edit.start - copied));
      g_string_append_len (out, made->str, (gssize) made->len);
      copied = edit.end;
    }
  if (out == NULL)
    return text;

  g_string_append_len (out, text.data + copied, (gssize) (text.len - copied));
  return nj_arena_copy (arena, nj_bytes (out->str, out->len));
}
