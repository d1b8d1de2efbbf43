/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Content Security Policy: lets one script and one style of ours, told by a nonce, into a page whose policy would keep them
 * out, and nothing else. Whoever rewrites pages asks, on any thread. Source: CSP Level 3 §6.1, §6.7, §6.8.
 *
 * A directive that already lets every inline script in is left alone: a nonce would take that back ("'unsafe-inline'" counts
 * only where there is neither nonce nor hash). Where only default-src speaks, ours gets a directive of its own that says the
 * same for elements, so that workers, frames and pictures are not touched.
 */
#include "http/csp.h"

/* More than any page has; one that has more is not changed, and ours stays out. */
#define DIRECTIVES_MAX 64
#define POLICIES_MAX 32

typedef struct
{
  NjBytes name;
  NjBytes sources;
  NjBytes text; /* both, as written, without the blanks around them */
} Directive;

typedef struct
{
  Directive items[DIRECTIVES_MAX];
  guint     n;
  gboolean  is_cut; /* there are more than we look at */
} Policy;

/* The directives that speak for an element of a kind, first the one that counts most. CSP Level 3 §6.8.3. */
static const NjBytes script_names[] = { { "script-src-elem", 15 }, { "script-src", 10 }, { "default-src", 11 } };
static const NjBytes style_names[] = { { "style-src-elem", 14 }, { "style-src", 9 }, { "default-src", 11 } };

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static NjBytes
trim (NjBytes text)
{
  while (text.len > 0 && is_blank (text.data[0]))
    text = nj_bytes (text.data + 1, text.len - 1);
  while (text.len > 0 && is_blank (text.data[text.len - 1]))
    text.len--;
  return text;
}

/* Takes the text before @sign, or all, off the start of @rest. */
static NjBytes
take_until (NjBytes *rest, char sign)
{
  const char *at = rest->len > 0 ? memchr (rest->data, sign, rest->len) : NULL;
  NjBytes     part = nj_bytes (rest->data, at != NULL ? (gsize) (at - rest->data) : rest->len);

  *rest = at != NULL ? nj_bytes (at + 1, rest->len - part.len - 1) : NJ_BYTES_NONE;
  return part;
}

static NjBytes
take_word (NjBytes *rest)
{
  NjBytes word;
  gsize   len = 0;

  *rest = trim (*rest);
  while (len < rest->len && !is_blank (rest->data[len]))
    len++;
  word = nj_bytes (rest->data, len);
  *rest = nj_bytes (rest->data + len, rest->len - len);
  return word;
}

static void
read_policy (NjBytes text, Policy *ret_policy)
{
  ret_policy->n = 0;
  ret_policy->is_cut = FALSE;
  while (text.len > 0)
    {
      NjBytes   part = trim (take_until (&text, ';'));
      Directive directive = { .text = part };

      if (part.len == 0)
        continue;
      if (ret_policy->n == DIRECTIVES_MAX)
        {
          ret_policy->is_cut = TRUE;
          return;
        }
      directive.name = take_word (&part);
      directive.sources = trim (part);
      ret_policy->items[ret_policy->n++] = directive;
    }
}

/* Of two directives of one name the first counts. */
static Directive *
find (Policy *policy, NjBytes name)
{
  for (guint i = 0; i < policy->n; i++)
    if (nj_bytes_equal_nocase (policy->items[i].name, name))
      return &policy->items[i];
  return NULL;
}

static gboolean
starts_with_nocase (NjBytes text, NjBytes prefix)
{
  return text.len >= prefix.len && nj_bytes_equal_nocase (nj_bytes (text.data, prefix.len), prefix);
}

/* Whether any inline element is let in already. CSP Level 3 §6.7.3.2. */
static gboolean
lets_all_in (NjBytes sources, gboolean is_script)
{
  static const NjBytes strict[] = { { "'nonce-", 7 }, { "'sha256-", 8 }, { "'sha384-", 8 }, { "'sha512-", 8 } };
  gboolean             is_open = FALSE;
  NjBytes              word;

  while ((word = take_word (&sources)).len > 0)
    {
      is_open |= nj_bytes_equal_nocase (word, NJ_BYTES ("'unsafe-inline'"));
      if (is_script && nj_bytes_equal_nocase (word, NJ_BYTES ("'strict-dynamic'")))
        return FALSE;
      for (guint i = 0; i < G_N_ELEMENTS (strict); i++)
        if (starts_with_nocase (word, strict[i]))
          return FALSE;
    }
  return is_open;
}

/* "'none'" stands alone: beside another source it would mean nothing, and some browsers say so to the page. */
static NjBytes
with_nonce (NjBytes sources, NjBytes nonce, NjArena *arena)
{
  NjBytes ours = nj_arena_join (arena, nj_arena_join (arena, NJ_BYTES (" 'nonce-"), nonce), NJ_BYTES ("'"));

  if (sources.len == 0 || nj_bytes_equal_nocase (sources, NJ_BYTES ("'none'")))
    return nj_bytes (ours.data + 1, ours.len - 1);
  return nj_arena_join (arena, sources, ours);
}

/* Returns whether the policy had to be changed. */
static gboolean
admit_kind (Policy *policy, const NjBytes names[3], NjBytes nonce, NjArena *arena)
{
  Directive *directive = NULL;
  guint      level = 0;

  while (level < 3 && (directive = find (policy, names[level])) == NULL)
    level++;
  if (directive == NULL || lets_all_in (directive->sources, names == script_names) || policy->n == DIRECTIVES_MAX)
    return FALSE;

  if (level == 2)
    {
      directive = &policy->items[policy->n++];
      *directive = (Directive){ .name = names[0], .sources = find (policy, names[2])->sources };
    }
  directive->sources = with_nonce (directive->sources, nonce, arena);
  directive->text = nj_arena_join (arena, directive->name, nj_arena_join (arena, NJ_BYTES (" "), directive->sources));
  return TRUE;
}

static NjBytes
join (const NjBytes *parts, guint n, NjBytes between, NjArena *arena)
{
  gsize size = 0;
  char *text, *at;

  for (guint i = 0; i < n; i++)
    size += parts[i].len + between.len;
  at = text = nj_arena_alloc (arena, size + 1);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        at = mempcpy (at, between.data, between.len);
      if (parts[i].len > 0)
        at = mempcpy (at, parts[i].data, parts[i].len);
    }
  return nj_bytes (text, (gsize) (at - text));
}

static NjBytes
print_policy (const Policy *policy, NjArena *arena)
{
  NjBytes parts[DIRECTIVES_MAX];

  for (guint i = 0; i < policy->n; i++)
    parts[i] = policy->items[i].text;
  return join (parts, policy->n, NJ_BYTES ("; "), arena);
}

/* One policy; as it was when nothing need be changed, or it is longer than we look at: then ours stays out. */
static gboolean
admit_one (NjBytes text, NjBytes nonce, guint what, NjArena *arena, NjBytes *ret_text)
{
  Policy   policy;
  gboolean is_changed = FALSE;

  *ret_text = text;
  read_policy (text, &policy);
  if (policy.is_cut)
    return FALSE;
  if ((what & NJ_CSP_SCRIPT) != 0)
    is_changed |= admit_kind (&policy, script_names, nonce, arena);
  if ((what & NJ_CSP_STYLE) != 0)
    is_changed |= admit_kind (&policy, style_names, nonce, arena);
  if (is_changed)
    *ret_text = print_policy (&policy, arena);
  return is_changed;
}

/**
 * nj_csp_admit:
 * @policies: the value of a Content-Security-Policy field: policies between commas
 * @nonce: what our elements carry; unguessable
 * @what: NJ_CSP_ bits
 * @arena: where a changed value goes
 * @ret_policies: (out): the value that lets them in; @policies when it does already
 *
 * Each policy must let a thing in for it to come in, so each is changed on its own. Any thread.
 *
 * Returns: whether anything was changed
 */
gboolean
nj_csp_admit (NjBytes policies, NjBytes nonce, guint what, NjArena *arena, NjBytes *ret_policies)
{
  NjBytes  rest = policies, parts[POLICIES_MAX];
  gboolean is_changed = FALSE;
  guint    n = 0;

  while (rest.len > 0 && n < POLICIES_MAX)
    {
      NjBytes text = take_until (&rest, ',');

      is_changed |= admit_one (text, nonce, what, arena, &parts[n++]);
    }
  if (rest.len > 0)
    is_changed = FALSE;
  *ret_policies = is_changed ? join (parts, n, NJ_BYTES (","), arena) : policies;
  return is_changed;
}
