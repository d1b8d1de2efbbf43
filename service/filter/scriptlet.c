/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program that goes into a page: the scriptlets its rules name, each once, called with what the rules say, before
 * them the parts they stand on, and the procedural rules. It is one closure, so that nothing of it can be seen by the
 * page; where its lines are, it tells itself, so that its own frames in a stack are not taken for the page's. Whoever
 * rewrites pages asks, on any thread.
 */
#include "filter/scriptlet.h"
#include "filter/redirect.h"
#include "filter/scriptlet-arguments.h"
#include "filter/scriptlet-table.h"

/* What one page gets at most. In uBlock Origin's lists the heaviest site has 17 calls, another 14 and 13 procedural rules. */
#define CALLS_MAX 1024
#define PROCEDURAL_MAX 2048
#define ARGUMENTS_MAX (512 * 1024)

/* The scriptlet that finds what procedural rules name. */
#define PROCEDURAL_NAME "procedural"
/* The one that takes all others into frames. */
#define FRAMES_NAME "own-frames"

struct NjScriptletCall
{
  NjBytes              key; /* to know it again */
  const NjScriptlet   *name;
  NjScriptletArguments arguments;
  gboolean             is_printed;
};

static const char *const result_names[NJ_N_SCRIPTLET_RESULTS] = {
  [NJ_SCRIPTLET_TAKEN] = "taken",         [NJ_SCRIPTLET_UNKNOWN] = "unknown",
  [NJ_SCRIPTLET_UNTRUSTED] = "untrusted", [NJ_SCRIPTLET_MALFORMED] = "malformed",
  [NJ_SCRIPTLET_TOO_MUCH] = "too much",
};

/* A program that stands in for a blocked one may also be named as a scriptlet. */
static const NjRedirectResource *
find_resource (NjBytes name)
{
  const NjRedirectResource *resource = nj_redirect_find (name);
  char                      with_end[64];

  if (resource == NULL && name.len + 3 < sizeof with_end)
    {
      memcpy (with_end, name.data, name.len);
      memcpy (with_end + name.len, ".js", 3);
      resource = nj_redirect_find (nj_bytes (with_end, name.len + 3));
    }
  return resource != NULL && g_str_has_prefix (resource->content_type, "text/javascript") ? resource : NULL;
}

static NjScriptletResult
check_name (NjBytes name, gboolean is_trusted, const NjScriptlet **ret_name)
{
  *ret_name = nj_scriptlet_table_find (name);
  if (*ret_name == NULL)
    return find_resource (name) != NULL ? NJ_SCRIPTLET_TAKEN : NJ_SCRIPTLET_UNKNOWN;
  /* They are nothing that lists may name. */
  if (strcmp ((*ret_name)->name, PROCEDURAL_NAME) == 0 || strcmp ((*ret_name)->name, FRAMES_NAME) == 0)
    return NJ_SCRIPTLET_UNKNOWN;
  return (*ret_name)->is_trusted && !is_trusted ? NJ_SCRIPTLET_UNTRUSTED : NJ_SCRIPTLET_TAKEN;
}

/**
 * nj_scriptlet_check:
 * @body: of a scriptlet rule
 * @is_trusted: whether its list may rewrite
 * @arena: for what must be unescaped
 * @ret_name: (out): the name it has, as written; empty when there is none
 *
 * For whoever compiles or counts rules. Any thread.
 *
 * Returns: %NJ_SCRIPTLET_TAKEN when it can be applied, or why not
 */
NjScriptletResult
nj_scriptlet_check (NjBytes body, gboolean is_trusted, NjArena *arena, NjBytes *ret_name)
{
  NjScriptletArguments arguments;
  const NjScriptlet   *name;

  *ret_name = NJ_BYTES_NONE;
  if (!nj_scriptlet_arguments_parse (body, arena, &arguments))
    return NJ_SCRIPTLET_MALFORMED;
  *ret_name = arguments.name;
  return check_name (arguments.name, is_trusted, &name);
}

/**
 * nj_scriptlet_key:
 * @body: of a scriptlet rule, or of an exception
 * @arena: where the key goes
 *
 * Two rules that call the same program by the same words have the same key, however their lists write it: by an alias, with
 * ".js" behind the name, in quotes, as AdGuard does. An exception lifts what has its key. Any thread.
 * Source: uBlock Origin, which compares rules after it has exchanged the name for the first alias.
 *
 * Returns: the key; @body itself when it is nothing that could be called
 */
NjBytes
nj_scriptlet_key (NjBytes body, NjArena *arena)
{
  NjScriptletArguments arguments;
  const NjScriptlet   *name;
  NjBytes              key;

  if (!nj_scriptlet_arguments_parse (body, arena, &arguments))
    return body;
  name = nj_scriptlet_table_find (arguments.name);
  if (name != NULL)
    key = nj_arena_printf (arena, "%u:%s:%d", name->scriptlet, name->told, name->is_trusted);
  else if (find_resource (arguments.name) != NULL)
    key = nj_bytes_from_string (find_resource (arguments.name)->name);
  else
    key = arguments.name;
  /* No list can hold a line's end, so no argument can seem to be two. */
  for (guint i = 0; i < arguments.n; i++)
    key = nj_arena_join (arena, nj_arena_join (arena, key, NJ_BYTES ("\n")), arguments.items[i]);
  return key;
}

/**
 * nj_scriptlet_page_init:
 * @self: (out): a page's program, empty
 * @arena: where all of it goes; the bodies of rules must live as long
 *
 * Any thread.
 */
void
nj_scriptlet_page_init (NjScriptletPage *self, NjArena *arena)
{
  *self = (NjScriptletPage){ .arena = arena };
}

static void *
make_room (NjArena *arena, void *items, guint n, guint *room, gsize size)
{
  void *more;

  if (n < *room)
    return items;
  *room = *room == 0 ? 16 : *room * 2;
  more = nj_arena_alloc (arena, *room * size);
  if (n > 0)
    memcpy (more, items, n * size);
  return more;
}

/* Two lists often have the same rule. */
static gboolean
has_call (const NjScriptletPage *self, NjBytes key)
{
  for (guint i = 0; i < self->n_calls; i++)
    if (nj_bytes_equal (self->calls[i].key, key))
      return TRUE;
  return FALSE;
}

/* "war:name" asks for the text of a resource. */
static void
resolve_resources (NjScriptletPage *self, NjScriptletArguments *arguments)
{
  const NjBytes mark = NJ_BYTES ("war:");

  for (guint i = 0; i < arguments->n; i++)
    {
      NjBytes                  *item = &arguments->items[i];
      const NjRedirectResource *resource;

      if (!nj_bytes_starts_with (*item, mark))
        continue;
      resource = nj_redirect_find (nj_bytes (item->data + mark.len, item->len - mark.len));
      *item = resource != NULL ? nj_arena_join (self->arena, mark, resource->body) : NJ_BYTES_NONE;
    }
}

/**
 * nj_scriptlet_page_add:
 * @self: a page's program
 * @body: of a scriptlet rule that is for the page; must outlive @self
 * @is_trusted: whether its list may rewrite
 *
 * Any thread.
 *
 * Returns: %NJ_SCRIPTLET_TAKEN, or why the page will be without it
 */
NjScriptletResult
nj_scriptlet_page_add (NjScriptletPage *self, NjBytes body, gboolean is_trusted)
{
  NjScriptletCall   call = { .key = nj_scriptlet_key (body, self->arena) };
  NjScriptletResult result;

  if (has_call (self, call.key))
    return NJ_SCRIPTLET_TAKEN;
  if (!nj_scriptlet_arguments_parse (body, self->arena, &call.arguments))
    return NJ_SCRIPTLET_MALFORMED;
  result = check_name (call.arguments.name, is_trusted, &call.name);
  if (result != NJ_SCRIPTLET_TAKEN)
    return result;
  if (self->n_calls == CALLS_MAX || self->size + body.len > ARGUMENTS_MAX)
    return NJ_SCRIPTLET_TOO_MUCH;

  resolve_resources (self, &call.arguments);
  self->size += body.len;
  self->calls = make_room (self->arena, self->calls, self->n_calls, &self->n_calls_room, sizeof call);
  self->calls[self->n_calls++] = call;
  return NJ_SCRIPTLET_TAKEN;
}

/**
 * nj_scriptlet_page_add_procedural:
 * @self: a page's program
 * @body: of a procedural rule that is for the page; must outlive @self
 *
 * Any thread.
 *
 * Returns: %NJ_SCRIPTLET_TAKEN, or why the page will be without it
 */
NjScriptletResult
nj_scriptlet_page_add_procedural (NjScriptletPage *self, NjBytes body)
{
  NjBytes           operator_;
  NjScriptletResult result = nj_scriptlet_check_procedural (body, &operator_);

  if (result != NJ_SCRIPTLET_TAKEN)
    return result;
  if (self->n_procedural == PROCEDURAL_MAX || self->size + body.len > ARGUMENTS_MAX)
    return NJ_SCRIPTLET_TOO_MUCH;

  self->size += body.len;
  self->procedural = make_room (self->arena, self->procedural, self->n_procedural, &self->n_procedural_room,
                                sizeof body);
  self->procedural[self->n_procedural++] = body;
  return NJ_SCRIPTLET_TAKEN;
}

/**
 * nj_scriptlet_page_is_empty:
 * @self: a page's program
 *
 * Any thread.
 *
 * Returns: whether the page needs none
 */
gboolean
nj_scriptlet_page_is_empty (const NjScriptletPage *self)
{
  return self->n_calls == 0 && self->n_procedural == 0;
}

static void
put (NjBuffer *buffer, const char *text)
{
  nj_buffer_append (buffer, text, strlen (text));
}

static void
put_call (NjBuffer *buffer, const NjScriptletCall *call)
{
  gboolean is_first = TRUE;

  put (buffer, "[");
  if (call->name->told[0] != '\0')
    {
      nj_scriptlet_arguments_print (nj_bytes_from_string (call->name->told), buffer);
      is_first = FALSE;
    }
  for (guint i = 0; i < call->arguments.n; i++, is_first = FALSE)
    {
      if (!is_first)
        put (buffer, ",");
      nj_scriptlet_arguments_print (call->arguments.items[i], buffer);
    }
  put (buffer, "],");
}

static void
put_function (NjBuffer *buffer, const NjScriptletPart *function)
{
  put (buffer, "run(");
  nj_buffer_append (buffer, function->text.data, function->text.len);
  put (buffer, ",[");
}

/* A resource that is named as a scriptlet: a program of its own. */
static void
put_resource (NjBuffer *buffer, NjBytes name)
{
  const NjRedirectResource *resource = find_resource (name);

  put (buffer, "run(function(){");
  nj_buffer_append (buffer, resource->body.data, resource->body.len);
  put (buffer, "\n},[[]]);\n");
}

/* One function with all that it is called with. */
static void
put_calls (const NjScriptletPage *self, guint first, NjBuffer *buffer)
{
  const NjScriptlet *name = self->calls[first].name;

  if (name == NULL)
    {
      put_resource (buffer, self->calls[first].arguments.name);
      return;
    }
  put_function (buffer, nj_scriptlet_table_get (name->scriptlet));
  for (guint i = first; i < self->n_calls; i++)
    {
      NjScriptletCall *call = &self->calls[i];

      if (call->name == NULL || call->name->scriptlet != name->scriptlet)
        continue;
      put_call (buffer, call);
      call->is_printed = TRUE;
    }
  put (buffer, "]);\n");
}

static void
put_procedural (const NjScriptletPage *self, NjBuffer *buffer)
{
  put_function (buffer,
                nj_scriptlet_table_get (nj_scriptlet_table_find (NJ_BYTES (PROCEDURAL_NAME))->scriptlet));
  put (buffer, "[");
  for (guint i = 0; i < self->n_procedural; i++)
    {
      nj_scriptlet_arguments_print (self->procedural[i], buffer);
      put (buffer, ",");
    }
  put (buffer, "]]);\n");
}

static void
put_frames (NjBuffer *buffer)
{
  put_function (buffer, nj_scriptlet_table_get (nj_scriptlet_table_find (NJ_BYTES (FRAMES_NAME))->scriptlet));
  put (buffer, "[]]);\n");
}

static guint32
parts_wanted (const NjScriptletPage *self)
{
  guint32 wanted = nj_scriptlet_table_get (nj_scriptlet_table_find (NJ_BYTES (PROCEDURAL_NAME))->scriptlet)
                     ->uses;

  if (self->n_procedural == 0)
    wanted = 1; /* the first part is what runs them all */
  for (guint i = 0; i < self->n_calls; i++)
    if (self->calls[i].name != NULL)
      wanted |= nj_scriptlet_table_get (self->calls[i].name->scriptlet)->uses;
  return wanted;
}

static void
put_parts (guint32 wanted, NjBuffer *buffer)
{
  const NjScriptletPart *part;

  for (guint i = 0; (part = nj_scriptlet_table_part (i)) != NULL; i++)
    {
      if ((wanted & (1u << i)) == 0)
        continue;
      nj_buffer_append (buffer, part->text.data, part->text.len);
      put (buffer, "\n");
    }
}

static guint
count_lines (const NjBuffer *buffer)
{
  guint n = 0;

  for (gsize i = 0; i < buffer->len; i++)
    n += buffer->data[i] == '\n';
  return n;
}

/**
 * nj_scriptlet_page_print:
 * @self: a page's program
 *
 * ASCII that can stand in a script element as it is; it wants to be the first program of the page, on lines of its own.
 * Any thread.
 *
 * Returns: the text, in the arena; empty when the page needs none
 */
NjBytes
nj_scriptlet_page_print (const NjScriptletPage *self)
{
  NjBuffer buffer = { 0 };
  NjBytes  text;

  if (nj_scriptlet_page_is_empty (self))
    return NJ_BYTES_NONE;

  put_parts (parts_wanted (self), &buffer);
  for (guint i = 0; i < self->n_calls; i++)
    self->calls[i].is_printed = FALSE;
  /* Before the others, which change what it calls. */
  if (self->n_procedural > 0)
    put_procedural (self, &buffer);
  if (self->n_calls > 0)
    put_frames (&buffer);
  for (guint i = 0; i < self->n_calls; i++)
    if (!self->calls[i].is_printed)
      put_calls (self, i, &buffer);

  text = nj_arena_printf (self->arena,
                          "(function ours(){'use strict';const lines=%u,here=new Error('').stack;\n%.*s})();\n",
                          count_lines (&buffer) + 2, (int) buffer.len, (const char *) buffer.data);
  nj_buffer_clear (&buffer);
  return text;
}

/**
 * nj_scriptlet_result_name:
 * @result: what became of a rule
 *
 * Any thread.
 *
 * Returns: its name, never translated
 */
const char *
nj_scriptlet_result_name (NjScriptletResult result)
{
  return (guint) result < NJ_N_SCRIPTLET_RESULTS ? result_names[result] : "unknown";
}
