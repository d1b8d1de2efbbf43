/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What scripts of a page see, so that it agrees with what its server was told: that the user objects to being sold, the
 * browser as most of its kind are, the languages; and that window.name, which outlives a page, carries nothing from site to
 * site, as Firefox and Safari have it. How that is done in a page is in resources/page-script. Put into pages and workers by
 * proxy. Any thread.
 */
#include "privacy/page-script.h"
#include "privacy/page-script-text.h"

/* More than any list has that a browser sends. */
#define LANGUAGES_MAX 16

/* The page has no such element. */
#define START "document.currentScript.remove();"
#define FORGET "if(self===top&&!opener&&name)name=\"\";"
#define CONTROL                                                                                                    \
  "if(!navigator.globalPrivacyControl)Object.defineProperty(Navigator.prototype,\"globalPrivacyControl\","         \
  "{get(){return true},set:undefined,configurable:true,enumerable:true})"

/* Whether a text can stand between quotes in a program. */
static gboolean
is_plain (NjBytes text)
{
  for (gsize i = 0; i < text.len; i++)
    if (text.data[i] < ' ' || text.data[i] > '~' || strchr ("\"\\<>&", text.data[i]) != NULL)
      return FALSE;
  return text.len > 0;
}

static NjBytes
take_language (NjBytes *rest)
{
  const char *comma = memchr (rest->data, ',', rest->len);
  NjBytes     item = nj_bytes (rest->data, comma != NULL ? (gsize) (comma - rest->data) : rest->len);
  const char *weight = item.len > 0 ? memchr (item.data, ';', item.len) : NULL;

  *rest = comma != NULL ? nj_bytes (comma + 1, rest->len - item.len - 1) : NJ_BYTES_NONE;
  return nj_bytes_trim (weight != NULL ? nj_bytes (item.data, (gsize) (weight - item.data)) : item);
}

/* "de-AT,de;q=0.9" as "de-AT","de". Empty: it is no list of languages. */
static NjBytes
list_of (NjBytes languages, NjArena *arena)
{
  NjBytes list = NJ_BYTES_NONE;

  for (guint n = 0; languages.len > 0; n++)
    {
      NjBytes one = take_language (&languages);

      if (n == LANGUAGES_MAX || !is_plain (one) || one.data[0] == '*')
        return NJ_BYTES_NONE;
      list = nj_arena_printf (arena, "%.*s%s\"%.*s\"", NJ_BYTES_ARGS (list), n > 0 ? "," : "", NJ_BYTES_ARGS (one));
    }
  return list;
}

/* Empty: there is nothing to say that takes more than a line. */
static NjBytes
call_of (const NjPageTold *told, NjArena *arena)
{
  const NjBytes program = NJ_PAGE_LIKENESS_JS;
  NjBytes       list = list_of (told->languages, arena), agent = NJ_BYTES_NONE;

  if (is_plain (told->agent))
    agent = nj_arena_printf (arena, "\"agent\":\"%.*s\",", NJ_BYTES_ARGS (told->agent));
  if (list.len > 0)
    list = nj_arena_printf (arena, "\"languages\":[%.*s],", NJ_BYTES_ARGS (list));
  if (agent.len == 0 && list.len == 0)
    return NJ_BYTES_NONE;
  return nj_arena_printf (arena, "%.*s({%.*s%.*s\"control\":%s});", NJ_BYTES_ARGS (program), NJ_BYTES_ARGS (agent),
                          NJ_BYTES_ARGS (list), told->is_control ? "true" : "false");
}

/**
 * nj_page_script:
 * @told: what the page's server was told
 * @arena: where the script goes
 *
 * Any thread. Source: W3C Global Privacy Control §3.2; WICG User-Agent Client Hints §4; HTML §8.10.1.1, §8.10.1.2, §7.4.2.2
 * (the name of a tab that comes to another origin).
 *
 * Returns: a script to be run before all others of the page, ASCII; empty for none
 */
NjBytes
nj_page_script (const NjPageTold *told, NjArena *arena)
{
  NjBytes call = call_of (told, arena);

  if (call.len == 0 && told->is_control)
    call = NJ_BYTES (CONTROL);
  if (told->is_arrival)
    call = nj_arena_join (arena, NJ_BYTES (FORGET), call);
  return call.len > 0 ? nj_arena_join (arena, NJ_BYTES (START), call) : NJ_BYTES_NONE;
}

/**
 * nj_page_script_worker:
 * @told: what the worker's server was told
 * @arena: where the script goes
 *
 * Any thread.
 *
 * Returns: what goes before a worker's own script, in its first line: ASCII; empty for nothing
 */
NjBytes
nj_page_script_worker (const NjPageTold *told, NjArena *arena)
{
  return call_of (told, arena);
}
