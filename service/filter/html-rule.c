/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that take elements out of the source of a page, asked about an element among others. While the page streams much can
 * be told only later: whether something is in an element that has not ended, what its text is. So there are three answers,
 * and whoever asks holds the element back while it is none of the two that stay. Any thread.
 */
#include "filter/html-rule-private.h"

/* Comparisons that are made for one page. A rule of the usual lists needs a few for each element. */
#define STEPS_MAX 2000000

/**
 * nj_html_rule_new:
 * @body: of a rule of %NJ_PAGE_LINE_HTML; must outlive what is returned
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the rule; %NULL when it asks for what is not known here
 */
NjHtmlRule *
nj_html_rule_new (NjBytes body)
{
  NjHtmlRule *self = g_new0 (NjHtmlRule, 1);

  nj_arena_init (&self->arena, self->lent, sizeof self->lent);
  if (nj_html_rule_parse (self, body))
    return self;
  nj_html_rule_free (self);
  return NULL;
}

/**
 * nj_html_rule_free:
 * @rule: (nullable) (transfer full): a rule
 */
void
nj_html_rule_free (NjHtmlRule *rule)
{
  if (rule == NULL)
    return;

  for (guint i = 0; i < rule->n_texts; i++)
    nj_regex_free (rule->texts[i]->regex);
  nj_arena_clear (&rule->arena);
  g_free (rule);
}

/**
 * nj_html_rule_number:
 * @rule: a rule
 * @n_texts: (inout): places that are taken, of 64
 *
 * Any thread, before anything is asked.
 *
 * Returns: whether there was room for what it asks of texts
 */
gboolean
nj_html_rule_number (NjHtmlRule *rule, guint *n_texts)
{
  if (*n_texts + rule->n_texts > 64)
    return FALSE;
  for (guint i = 0; i < rule->n_texts; i++)
    rule->texts[i]->bit = (*n_texts)++;
  return TRUE;
}

static gboolean
is_named (const NjHtmlCompound *compound, NjBytes name)
{
  return compound->name.len == 0 || nj_bytes_equal (compound->name, name);
}

static gboolean ask_list (const NjHtmlCompound *list, gboolean is_last, NjBytes name, NjBytes tag, guint64 *asked);

/* Whether one element may pass, as far as its tag tells; and what is to be known of its text then. */
static gboolean
ask_compound (const NjHtmlCompound *compound, gboolean is_last, NjBytes name, NjBytes tag, guint64 *asked)
{
  gboolean may_pass = !compound->is_anchor && is_named (compound, name), is_wanted = FALSE;
  gboolean is_about = is_last || compound->name.len > 0 || compound->n_tests == 0;
  guint64  texts = 0;

  for (guint i = 0; i < compound->n_tests; i++)
    {
      const NjHtmlTest *test = &compound->tests[i];
      gboolean          is_one = test->others != NULL && ask_list (test->others, FALSE, name, tag, asked);
      gboolean          is_target = test->targets == NULL || ask_list (test->targets, FALSE, name, tag, asked);

      is_wanted |= is_one || (test->targets != NULL && is_target);
      may_pass = may_pass && is_target;
      is_about |= test->kind != NJ_HTML_TEST_ABOVE || test->targets != NULL;
      if (test->kind >= NJ_HTML_TEST_TEXT && test->kind <= NJ_HTML_TEST_MAX_LENGTH)
        texts |= G_GUINT64_CONSTANT (1) << test->bit;
      else if (test->kind < NJ_HTML_TEST_TEXT && may_pass)
        may_pass = nj_html_test_attribute (test, tag);
      else if (test->kind == NJ_HTML_TEST_IS)
        may_pass = may_pass && is_one;
    }
  if (compound->left != NULL)
    is_wanted |= ask_compound (compound->left, FALSE, name, tag, asked);
  if (may_pass)
    *asked |= texts;
  /* What is only above others is kept because they are. */
  return is_wanted || (may_pass && is_about);
}

static gboolean
ask_list (const NjHtmlCompound *list, gboolean is_last, NjBytes name, NjBytes tag, guint64 *asked)
{
  gboolean is_wanted = FALSE;

  for (; list != NULL; list = list->next)
    is_wanted |= ask_compound (list, is_last, name, tag, asked);
  return is_wanted;
}

/**
 * nj_html_rule_ask:
 * @rule: a rule
 * @name: of an element, lower case
 * @tag: its start tag, as written
 * @asked: (inout): gets a bit for each thing that is to be known of its text
 *
 * Any thread.
 *
 * Returns: whether the rule may speak of such an element
 */
gboolean
nj_html_rule_ask (const NjHtmlRule *rule, const char *name, NjBytes tag, guint64 *asked)
{
  return ask_list (rule->first, TRUE, nj_bytes_from_string (name), tag, asked);
}

/**
 * nj_html_rule_hear:
 * @rule: a rule
 * @asked: what is to be known of a text
 * @text: all of it
 *
 * Any thread.
 *
 * Returns: those of @asked that this rule asks for and that hold
 */
guint64
nj_html_rule_hear (const NjHtmlRule *rule, guint64 asked, NjBytes text)
{
  guint64 said = 0;

  for (guint i = 0; i < rule->n_texts; i++)
    if ((asked & G_GUINT64_CONSTANT (1) << rule->texts[i]->bit) != 0 && nj_html_test_text (rule->texts[i], text))
      said |= G_GUINT64_CONSTANT (1) << rule->texts[i]->bit;
  return said;
}

static NjHtmlAnswer match (const NjHtmlCompound *compound, NjHtmlTree *tree, guint16 node, guint16 anchor);

static NjHtmlAnswer
match_list (const NjHtmlCompound *list, NjHtmlTree *tree, guint16 node, guint16 anchor)
{
  NjHtmlAnswer most = NJ_HTML_NO;

  for (; list != NULL && most != NJ_HTML_YES; list = list->next)
    most = MAX (most, match (list, tree, node, anchor));
  return most;
}

static NjHtmlAnswer
match_text (const NjHtmlTest *test, const NjHtmlTree *tree, guint16 number)
{
  const NjHtmlNode *node = &tree->nodes[number];

  if ((node->flags & NJ_HTML_NODE_ENDED) == 0)
    return NJ_HTML_MAYBE;
  if ((node->said & G_GUINT64_CONSTANT (1) << test->bit) != 0)
    return test->kind == NJ_HTML_TEST_MAX_LENGTH && (node->flags & NJ_HTML_NODE_CUT) != 0 ? NJ_HTML_MAYBE : NJ_HTML_YES;
  return (node->flags & NJ_HTML_NODE_CUT) != 0 ? NJ_HTML_MAYBE : NJ_HTML_NO;
}

/* The left end of a selector within ":has()": whether it looks behind the element, and not into it. */
static gboolean
looks_behind (const NjHtmlCompound *compound)
{
  while (compound->left != NULL && !compound->left->is_anchor)
    compound = compound->left;
  return compound->combinator == '+' || compound->combinator == '~';
}

static NjHtmlAnswer
match_has (const NjHtmlCompound *list, NjHtmlTree *tree, guint16 node)
{
  NjHtmlAnswer most = NJ_HTML_NO;

  for (; list != NULL && most != NJ_HTML_YES; list = list->next)
    {
      guint16  scope = looks_behind (list) ? tree->nodes[node].parent : node;
      gboolean has_ended = scope == NJ_HTML_NODE_NONE || nj_html_tree_has_ended (tree, scope);
      guint    end = scope == NJ_HTML_NODE_NONE ? 0 : has_ended ? tree->nodes[scope].end : tree->n;

      for (guint i = node + 1u; i < end && most != NJ_HTML_YES; i++)
        most = MAX (most, match (list, tree, (guint16) i, node));
      if (!has_ended)
        most = MAX (most, NJ_HTML_MAYBE);
    }
  return most;
}

/* Whether @above is the one that @test means, seen from @node. */
static NjHtmlAnswer
is_meant (const NjHtmlTest *test, NjHtmlTree *tree, guint16 node, guint16 above)
{
  guint64      height = 1;
  NjHtmlAnswer least = NJ_HTML_YES;

  for (guint16 i = tree->nodes[node].parent; i != NJ_HTML_NODE_NONE && least != NJ_HTML_NO; i = tree->nodes[i].parent, height++)
    {
      if (test->targets == NULL && (i == above || height == test->length))
        return i == above && height == test->length ? NJ_HTML_YES : NJ_HTML_NO;
      if (test->targets != NULL && i == above)
        return MIN (least, match_list (test->targets, tree, i, NJ_HTML_NODE_NONE));
      if (test->targets != NULL)
        least = MIN (least, NJ_HTML_YES - match_list (test->targets, tree, i, NJ_HTML_NODE_NONE));
    }
  return NJ_HTML_NO;
}

static NjHtmlAnswer
match_above (const NjHtmlTest *test, NjHtmlTree *tree, guint16 node)
{
  gboolean     has_ended = nj_html_tree_has_ended (tree, node);
  guint        end = has_ended ? tree->nodes[node].end : tree->n;
  NjHtmlAnswer most = has_ended ? NJ_HTML_NO : NJ_HTML_MAYBE;

  for (guint i = node + 1u; i < end && most != NJ_HTML_YES; i++)
    {
      NjHtmlAnswer one = is_meant (test, tree, (guint16) i, node);

      if (one != NJ_HTML_NO)
        most = MAX (most, MIN (one, match_list (test->others, tree, (guint16) i, NJ_HTML_NODE_NONE)));
    }
  return most;
}

static NjHtmlAnswer
match_test (const NjHtmlTest *test, NjHtmlTree *tree, guint16 node)
{
  switch (test->kind)
    {
    case NJ_HTML_TEST_TEXT:
    case NJ_HTML_TEST_MIN_LENGTH:
    case NJ_HTML_TEST_MAX_LENGTH:
      return match_text (test, tree, node);
    case NJ_HTML_TEST_NOT:
      return NJ_HTML_YES - match_list (test->others, tree, node, NJ_HTML_NODE_NONE);
    case NJ_HTML_TEST_IS:
      return match_list (test->others, tree, node, NJ_HTML_NODE_NONE);
    case NJ_HTML_TEST_HAS:
      return match_has (test->others, tree, node);
    case NJ_HTML_TEST_ABOVE:
      return match_above (test, tree, node);
    default:
      return nj_html_test_attribute (test, nj_html_tree_tag (tree, node)) ? NJ_HTML_YES : NJ_HTML_NO;
    }
}

static NjHtmlAnswer
match_compound (const NjHtmlCompound *compound, NjHtmlTree *tree, guint16 node, guint16 anchor)
{
  NjHtmlAnswer least = NJ_HTML_YES;

  if (compound->is_anchor)
    return node == anchor ? NJ_HTML_YES : NJ_HTML_NO;
  if (!is_named (compound, nj_html_tree_name (tree, node)))
    return NJ_HTML_NO;
  for (guint i = 0; i < compound->n_tests && least != NJ_HTML_NO; i++)
    least = MIN (least, match_test (&compound->tests[i], tree, node));
  return least;
}

/* The element that a combinator leads to from @node, on and on; NJ_HTML_NODE_NONE: none. */
static guint16
go_left (const NjHtmlTree *tree, char combinator, guint16 node)
{
  const NjHtmlNode *from = &tree->nodes[node];

  switch (combinator)
    {
    case '+':
      return (from->flags & NJ_HTML_NODE_ADJACENT) != 0 ? from->previous : NJ_HTML_NODE_NONE;
    case '~':
      return from->previous;
    default:
      return from->parent;
    }
}

static NjHtmlAnswer
match (const NjHtmlCompound *compound, NjHtmlTree *tree, guint16 node, guint16 anchor)
{
  NjHtmlAnswer here, most = NJ_HTML_NO;
  gboolean     goes_on = compound->combinator == ' ' || compound->combinator == '~';

  if (++tree->steps > STEPS_MAX)
    return NJ_HTML_MAYBE;
  here = match_compound (compound, tree, node, anchor);
  if (here == NJ_HTML_NO || compound->left == NULL)
    return here;
  for (guint16 i = go_left (tree, compound->combinator, node); i != NJ_HTML_NODE_NONE && most < here;
       i = goes_on ? go_left (tree, compound->combinator, i) : NJ_HTML_NODE_NONE)
    most = MAX (most, match (compound->left, tree, i, anchor));
  return MIN (here, most);
}

/**
 * nj_html_rule_match:
 * @rule: a rule
 * @tree: what is known of a page
 * @node: an element of it
 *
 * An answer that is no %NJ_HTML_MAYBE stays. Any thread.
 *
 * Returns: whether the element is to be taken out
 */
NjHtmlAnswer
nj_html_rule_match (const NjHtmlRule *rule, NjHtmlTree *tree, guint16 node)
{
  if (tree->is_lost || tree->steps > STEPS_MAX)
    return NJ_HTML_NO;
  return match_list (rule->first, tree, node, NJ_HTML_NODE_NONE);
}
