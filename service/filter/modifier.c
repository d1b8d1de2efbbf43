/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that change something: which of one kind apply to a request once exceptions and important
 * rules have had their say. What they then do is in redirect.c, query.c, url-transform.c, url-skip.c and
 * response.c. Any thread.
 */
#include "filter/modifier.h"
#include "filter/condition.h"

/* Hardly ever more than a few: they start small and double. */
static void
grow (NjModifierList *list, NjArena *arena)
{
  guint          room = list->room == 0 ? 4 : list->room * 2;
  NjModifierHit *hits = nj_arena_alloc (arena, room * sizeof hits[0]);

  if (list->n > 0)
    memcpy (hits, list->hits, list->n * sizeof hits[0]);
  list->hits = hits;
  list->room = room;
}

static gboolean
collect (NjMatch *match, const NjMatchHit *hit, gpointer user_data)
{
  NjModifierList *list = user_data;
  const guint32  *words = nj_condition_find (hit->conditions, NJ_CONDITION_MODIFIER);

  if (words == NULL)
    return FALSE;
  if (list->n == list->room)
    grow (list, match->arena);
  list->hits[list->n++] = (NjModifierHit){ .engine = match->engine,
                                           .rule = hit->rule,
                                           .regex = words[3],
                                           .value = nj_bytes (match->engine->blob + words[1], words[2]),
                                           .conditions = hit->conditions,
                                           .is_exception = (hit->flags & NJ_IMAGE_RULE_EXCEPTION) != 0,
                                           .is_important = (hit->flags & NJ_IMAGE_RULE_IMPORTANT) != 0 };
  return list->n == NJ_MODIFIER_MAX;
}

/* Whether an exception lifts a rule: one without a value lifts all of its kind, else the value must be the same. */
static gboolean
is_lifted (const NjModifierList *list, const NjModifierHit *hit)
{
  if (hit->is_important)
    return FALSE;
  for (guint i = 0; i < list->n; i++)
    if (list->hits[i].is_exception
        && (list->hits[i].value.len == 0 || nj_bytes_equal (list->hits[i].value, hit->value)))
      return TRUE;
  return FALSE;
}

/* The same value twice is one modifier; an important one stands for the other. */
static gboolean
is_repeated (const NjModifierList *list, guint index)
{
  for (guint i = 0; i < list->n; i++)
    {
      const NjModifierHit *other = &list->hits[i], *hit = &list->hits[index];

      if (i == index || other->is_exception || !nj_bytes_equal (other->value, hit->value))
        continue;
      if (other->is_important != hit->is_important ? other->is_important : i < index)
        return TRUE;
    }
  return FALSE;
}

/**
 * nj_modifier_collect_all:
 * @match: a request
 * @realm: which kind
 * @ret_list: (out): all of that kind that match, exceptions too
 *
 * For those whose exceptions ask for more than the same value. Any thread.
 */
void
nj_modifier_collect_all (NjMatch *match, NjRealm realm, NjModifierList *ret_list)
{
  guint16 need = (guint16) (NJ_TYPE_BIT (match->request->type) | match->party);

  *ret_list = (NjModifierList){ 0 };
  nj_match_visit (match, realm, need, collect, ret_list);
}

/**
 * nj_modifier_collect:
 * @match: a request
 * @realm: which kind
 * @ret_list: (out): those that apply; no exceptions are among them
 *
 * Any thread. Source: uBlock Origin 1.67's order: plain ones, then important ones.
 */
void
nj_modifier_collect (NjMatch *match, NjRealm realm, NjModifierList *ret_list)
{
  NjModifierList all;

  *ret_list = (NjModifierList){ 0 };
  nj_modifier_collect_all (match, realm, &all);
  if (all.n == 0)
    return;
  ret_list->hits = nj_arena_alloc (match->arena, all.n * sizeof all.hits[0]);

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < all.n; i++)
      {
        const NjModifierHit *hit = &all.hits[i];

        if (!hit->is_exception && hit->is_important == (pass == 1) && !is_lifted (&all, hit)
            && !is_repeated (&all, i))
          ret_list->hits[ret_list->n++] = *hit;
      }
}
