/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is around an element, as a page streams: which ones are open, and of those that have ended the ones that a rule may
 * speak of. All others are forgotten at once, so a page of any size takes little. Where tags may be left out, they are
 * thought to be there; what is written crosswise is not put in order. Any thread. Source: WHATWG HTML §13.1.2.4, §13.2.6.
 */
#include "filter/html-tree.h"
#include "filter/html-rule.h"

/* Names and tags that are kept, and text; bytes. */
#define NAMES_MAX 65536
#define TEXT_MAX 49152

#define IS_ONE_OF(name, table) is_one_of (name, table, G_N_ELEMENTS (table))

static const char *const empty_names[] = { "area", "base", "br",   "col",   "embed",  "hr",    "img",
                                           "input", "link", "meta", "param", "source", "track", "wbr" };

/* They begin no body. */
static const char *const head_names[] = { "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript",
                                          "script", "style", "template", "title" };

/* Beyond them no end tag reaches, nor a start tag that ends what is open, but for those of a table's parts. */
static const char *const bounds[] = { "button", "caption", "html", "object", "select", "table", "td", "template", "th" };
static const char *const lists[] = { "dl", "ol", "ul" };
static const char *const table_names[] = { "caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr" };

/* Elements that may end without a tag, and the start tags that end them. */
static const struct
{
  const char *name, *ended_by;
} endings[] = {
  { "li", " li " },
  { "dt", " dt dd " },
  { "dd", " dt dd " },
  { "option", " option optgroup " },
  { "optgroup", " optgroup " },
  { "tr", " tr tbody tfoot thead " },
  { "tbody", " tbody tfoot thead " },
  { "thead", " tbody tfoot " },
  { "td", " td th tr tbody tfoot thead " },
  { "th", " td th tr tbody tfoot thead " },
  { "p", " address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
         "header hgroup hr main menu nav ol p pre section table ul " },
};

static gboolean
is_one_of (const char *name, const char *const *table, guint n)
{
  for (guint i = 0; i < n; i++)
    if (table[i][0] == name[0] && strcmp (table[i], name) == 0)
      return TRUE;
  return FALSE;
}

/**
 * nj_html_tree_init:
 * @self: (out): a tree of a page at its start
 * @is_xml: whether it is XHTML
 * @rules: those that will ask; must outlive @self
 * @n_rules: how many
 *
 * Any thread.
 */
void
nj_html_tree_init (NjHtmlTree *self, gboolean is_xml, NjHtmlRule *const *rules, guint n_rules)
{
  *self = (NjHtmlTree){ .is_xml = is_xml, .rules = rules, .n_rules = n_rules };
  self->current = self->head = self->body = self->closed = NJ_HTML_NODE_NONE;
}

/**
 * nj_html_tree_clear:
 * @self: a tree
 *
 * Any thread.
 */
void
nj_html_tree_clear (NjHtmlTree *self)
{
  g_clear_pointer (&self->nodes, g_free);
  nj_buffer_clear (&self->names);
  nj_buffer_clear (&self->text);
  self->n = self->room = 0;
}

static gboolean
is_named (const NjHtmlTree *self, guint16 node, const char *name)
{
  return nj_bytes_equal (nj_html_tree_name (self, node), nj_bytes_from_string (name));
}

/* The name of an open element as text of its own. */
static const char *
copy_name (const NjHtmlTree *self, guint16 node, char name[NJ_HTML_NAME_MAX + 1])
{
  NjBytes text = nj_html_tree_name (self, node);

  memcpy (name, text.data, text.len);
  name[text.len] = '\0';
  return name;
}

static void
lose (NjHtmlTree *self)
{
  self->is_lost = TRUE;
  self->version++;
}

/* Room for one more. */
static gboolean
make_room (NjHtmlTree *self, gsize length)
{
  if (self->n == NJ_HTML_NODES_MAX || self->names.len + length > NAMES_MAX)
    {
      lose (self);
      return FALSE;
    }
  if (self->n == self->room)
    {
      self->room = self->room == 0 ? 64 : self->room * 2;
      self->nodes = g_renew (NjHtmlNode, self->nodes, self->room);
    }
  return TRUE;
}

/* What rules want to know of an element; whether any may speak of it. */
static gboolean
ask (const NjHtmlTree *self, const char *name, NjBytes tag, guint64 *ret_asked)
{
  gboolean is_wanted = FALSE;

  *ret_asked = 0;
  for (guint i = 0; i < self->n_rules; i++)
    is_wanted |= nj_html_rule_ask (self->rules[i], name, tag, ret_asked);
  return is_wanted;
}

/* A new innermost element. */
static guint16
open_node (NjHtmlTree *self, const char *name, NjBytes tag)
{
  NjHtmlNode *node, *parent;
  guint64     asked;
  gboolean    is_wanted = ask (self, name, tag, &asked) && tag.len <= G_MAXUINT16;
  gsize       name_len = strlen (name);

  if (!make_room (self, name_len + (is_wanted ? tag.len : 0)))
    return NJ_HTML_NODE_NONE;
  node = &self->nodes[self->n];
  parent = self->current != NJ_HTML_NODE_NONE ? &self->nodes[self->current] : NULL;
  *node = (NjHtmlNode){ .parent = self->current, .previous = NJ_HTML_NODE_NONE, .last = NJ_HTML_NODE_NONE };
  node->name_len = (guint8) name_len;
  node->at = (guint32) nj_buffer_append (&self->names, name, name_len);
  node->text_at = (guint32) self->text.len;
  if (parent != NULL)
    node->previous = parent->last;
  if (parent != NULL && parent->last != NJ_HTML_NODE_NONE && (parent->flags & NJ_HTML_NODE_GAP) == 0)
    node->flags |= NJ_HTML_NODE_ADJACENT;
  if (!self->is_xml && (strcmp (name, "script") == 0 || strcmp (name, "style") == 0))
    node->flags |= NJ_HTML_NODE_RAW;
  if (is_wanted)
    {
      node->flags |= NJ_HTML_NODE_WANTED;
      node->asked = asked;
      node->tag_len = (guint16) tag.len;
      nj_buffer_append (&self->names, tag.data, tag.len);
      self->version++;
    }
  self->n_asking += node->asked != 0;
  self->current = (guint16) self->n++;
  return self->current;
}

/* What its text says. */
static void
hear (NjHtmlTree *self, NjHtmlNode *node, NjBytes held)
{
  NjBytes          text = held;
  g_auto (NjArena) arena;

  nj_arena_init (&arena, NULL, 0);
  if (held.data == NULL)
    text = nj_bytes ((char *) self->text.data + node->text_at, self->text.len - node->text_at);
  if ((node->flags & NJ_HTML_NODE_RAW) == 0)
    text = nj_html_attribute_text (text, &arena);
  for (guint i = 0; i < self->n_rules; i++)
    node->said |= nj_html_rule_hear (self->rules[i], node->asked, text);
}

/* The innermost element ends. What nobody may speak of is forgotten, if nothing in it was kept. */
static void
close_node (NjHtmlTree *self, NjBytes held)
{
  guint16     number = self->current;
  NjHtmlNode *node = &self->nodes[number];
  NjHtmlNode *parent = node->parent != NJ_HTML_NODE_NONE ? &self->nodes[node->parent] : NULL;
  gboolean    is_kept = (node->flags & NJ_HTML_NODE_WANTED) != 0 || number + 1u < self->n || parent == NULL;

  if (node->asked != 0)
    {
      hear (self, node, held);
      self->n_asking--;
    }
  if (self->n_asking == 0)
    self->text.len = 0;
  self->current = node->parent;
  node->flags |= NJ_HTML_NODE_ENDED;
  node->end = (guint16) self->n;
  if (is_kept && parent != NULL)
    {
      parent->last = number;
      parent->flags &= (guint8) ~NJ_HTML_NODE_GAP;
    }
  self->version += is_kept;
  if (is_kept)
    return;

  parent->flags |= NJ_HTML_NODE_GAP;
  self->names.len = node->at;
  self->n--;
}

/* Ends what is open, up to and with @node. */
static void
close_through (NjHtmlTree *self, guint16 node)
{
  guint16 above = self->nodes[node].parent;

  while (self->current != above && self->current != NJ_HTML_NODE_NONE)
    close_node (self, NJ_BYTES_NONE);
}

static void
begin_body (NjHtmlTree *self)
{
  if (self->body != NJ_HTML_NODE_NONE)
    return;
  if (self->head != NJ_HTML_NODE_NONE && !nj_html_tree_has_ended (self, self->head))
    close_through (self, self->head);
  self->body = open_node (self, "body", NJ_BYTES ("<body>"));
}

/* The elements that are there in any case. Whether this one is to be opened yet. */
static gboolean
open_frame (NjHtmlTree *self, const char *name, NjBytes tag)
{
  gboolean is_html = strcmp (name, "html") == 0, is_head = strcmp (name, "head") == 0;

  if (self->n == 0)
    open_node (self, "html", is_html ? tag : NJ_BYTES ("<html>"));
  if (self->is_lost || is_html)
    return FALSE;
  if (is_head && self->head == NJ_HTML_NODE_NONE && self->body == NJ_HTML_NODE_NONE)
    self->head = open_node (self, name, tag);
  if (is_head)
    return FALSE;
  if (strcmp (name, "body") == 0 && self->body == NJ_HTML_NODE_NONE)
    {
      if (self->head != NJ_HTML_NODE_NONE)
        close_through (self, self->head);
      self->body = open_node (self, name, tag);
      return FALSE;
    }
  if (strcmp (name, "body") == 0)
    return FALSE;

  if (self->body == NJ_HTML_NODE_NONE && !IS_ONE_OF (name, head_names))
    begin_body (self);
  else if (self->body == NJ_HTML_NODE_NONE && self->head == NJ_HTML_NODE_NONE)
    self->head = open_node (self, "head", NJ_BYTES ("<head>"));
  return !self->is_lost;
}

static gboolean
ends (const char *open, const char *by)
{
  char word[NJ_HTML_NAME_MAX + 3];

  g_snprintf (word, sizeof word, " %s ", by);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (strcmp (endings[i].name, open) == 0)
      return strstr (endings[i].ended_by, word) != NULL;
  return FALSE;
}

/* The element that a start tag ends, NJ_HTML_NODE_NONE for none. */
static guint16
find_ended (const NjHtmlTree *self, const char *by)
{
  gboolean is_part = IS_ONE_OF (by, table_names);

  for (guint16 i = self->current; i != NJ_HTML_NODE_NONE; i = self->nodes[i].parent)
    {
      char        room[NJ_HTML_NAME_MAX + 1];
      const char *name = copy_name (self, i, room);

      if (ends (name, by))
        return i;
      if (is_part ? strcmp (name, "table") == 0 : IS_ONE_OF (name, bounds) || (strcmp (by, "p") != 0 && IS_ONE_OF (name, lists)))
        break;
    }
  return NJ_HTML_NODE_NONE;
}

static gboolean
is_foreign (const NjHtmlTree *self)
{
  for (guint16 i = self->current; i != NJ_HTML_NODE_NONE; i = self->nodes[i].parent)
    if (is_named (self, i, "svg") || is_named (self, i, "math"))
      return TRUE;
  return FALSE;
}

static gboolean
is_empty (const NjHtmlTree *self, const NjHtmlToken *token)
{
  if (self->is_xml)
    return token->is_closed;
  return IS_ONE_OF (token->name, empty_names) || (token->is_closed && is_foreign (self));
}

/**
 * nj_html_tree_start:
 * @self: a tree
 * @token: a start tag
 * @tag: as written
 *
 * Any thread.
 *
 * Returns: the element that begins, %NJ_HTML_NODE_NONE when it is none; one that holds nothing has ended already
 */
guint16
nj_html_tree_start (NjHtmlTree *self, const NjHtmlToken *token, NjBytes tag)
{
  guint16 ended, node;

  self->closed = NJ_HTML_NODE_NONE;
  if (self->is_lost || (!self->is_xml && !open_frame (self, token->name, tag)))
    return NJ_HTML_NODE_NONE;
  while (!self->is_xml && (ended = find_ended (self, token->name)) != NJ_HTML_NODE_NONE)
    close_through (self, ended);
  node = open_node (self, token->name, tag);
  if (node != NJ_HTML_NODE_NONE && is_empty (self, token))
    {
      close_node (self, NJ_BYTES_NONE);
      self->closed = node;
    }
  return node;
}

/* The open element of that name that its end tag ends. */
static guint16
find_open (const NjHtmlTree *self, const char *name)
{
  gboolean is_part = IS_ONE_OF (name, table_names), is_bound = IS_ONE_OF (name, bounds);

  for (guint16 i = self->current; i != NJ_HTML_NODE_NONE; i = self->nodes[i].parent)
    {
      char        room[NJ_HTML_NAME_MAX + 1];
      const char *open = copy_name (self, i, room);

      if (strcmp (open, name) == 0)
        return i;
      if (!self->is_xml && !is_part && !is_bound && IS_ONE_OF (open, bounds))
        break;
    }
  return NJ_HTML_NODE_NONE;
}

/**
 * nj_html_tree_end:
 * @self: a tree
 * @name: of an end tag, lower case
 * @held: the text of the innermost element, if the caller has it in one piece
 *
 * Any thread.
 */
void
nj_html_tree_end (NjHtmlTree *self, const char *name, NjBytes held)
{
  guint16 node;

  self->closed = NJ_HTML_NODE_NONE;
  if (self->is_lost || self->n == 0 || name[0] == '\0')
    return;
  /* The head ends when the body begins, and what comes after the body belongs to it. */
  if (!self->is_xml && strcmp (name, "head") == 0)
    return;
  if (!self->is_xml && (strcmp (name, "body") == 0 || strcmp (name, "html") == 0))
    {
      while (self->body != NJ_HTML_NODE_NONE && self->current != self->body)
        close_node (self, NJ_BYTES_NONE);
      return;
    }

  node = find_open (self, name);
  if (node == NJ_HTML_NODE_NONE)
    return;
  while (self->current != node)
    {
      close_node (self, NJ_BYTES_NONE);
      held = NJ_BYTES_NONE;
    }
  close_node (self, held);
  self->closed = node;
}

static gboolean
is_blank (NjBytes text)
{
  for (gsize i = 0; i < text.len; i++)
    if (!g_ascii_isspace (text.data[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_above_body (const NjHtmlTree *self)
{
  return self->current == NJ_HTML_NODE_NONE || self->current == 0 || self->current == self->head;
}

/**
 * nj_html_tree_text:
 * @self: a tree
 * @text: what stands between tags
 * @is_held: whether the caller keeps the text of the innermost element, which is a script or a style
 *
 * Any thread.
 */
void
nj_html_tree_text (NjHtmlTree *self, NjBytes text, gboolean is_held)
{
  const NjHtmlNode *node;

  if (!self->is_lost && !self->is_xml && self->body == NJ_HTML_NODE_NONE && is_above_body (self) && !is_blank (text))
    {
      open_frame (self, "html", NJ_BYTES ("<html>"));
      begin_body (self);
    }
  node = self->current != NJ_HTML_NODE_NONE ? &self->nodes[self->current] : NULL;
  if (self->is_lost || self->n_asking == 0 || (is_held && node != NULL && node->asked != 0 && self->n_asking == 1))
    return;
  if (self->text.len + text.len <= TEXT_MAX)
    {
      nj_buffer_append (&self->text, text.data, text.len);
      return;
    }
  for (guint16 i = self->current; i != NJ_HTML_NODE_NONE; i = self->nodes[i].parent)
    self->nodes[i].flags |= NJ_HTML_NODE_CUT;
}

/**
 * nj_html_tree_finish:
 * @self: a tree
 *
 * The page has ended, and so has all that was open. Any thread.
 */
void
nj_html_tree_finish (NjHtmlTree *self)
{
  while (!self->is_lost && self->current != NJ_HTML_NODE_NONE)
    close_node (self, NJ_BYTES_NONE);
}
