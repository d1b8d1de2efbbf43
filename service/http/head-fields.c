/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding, adding and dropping the fields of a head that was parsed, and dropping those that are
 * meant for one connection only. A field is never removed from the array, only marked, so that
 * nobody's pointer moves. Called by every room above http, on worker threads.
 */
#include "http/head.h"

#include "http/field-names.h"

/* More connection options than any real sender has; bounds the work a peer can cause. */
#define OPTIONS_MAX 1024

/**
 * nj_head_find_from:
 * @head: a head
 * @id: which field
 * @start: index of the first field looked at
 *
 * Worker threads.
 *
 * Returns: (nullable): the first field from there on with that id that was not dropped
 */
NjField *
nj_head_find_from (NjHead *head, NjFieldId id, guint start)
{
  for (guint i = start; i < head->n_fields; i++)
    if (head->fields[i].id == id && !head->fields[i].is_dropped)
      return &head->fields[i];

  return NULL;
}

/**
 * nj_head_find_name:
 * @head: a head
 * @lower_name: a name in lower case that has no id of its own
 *
 * Worker threads.
 *
 * Returns: (nullable): the first field of that name that was not dropped
 */
NjField *
nj_head_find_name (NjHead *head, NjBytes lower_name)
{
  guint first = head->first[NJ_FIELD_OTHER];

  if (first == 0)
    return NULL;

  for (NjField *field = head->fields + first - 1, *end = head->fields + head->n_fields; field != end; field++)
    if (field->name.len == lower_name.len && field->id == NJ_FIELD_OTHER && !field->is_dropped &&
        nj_bytes_equal_nocase (field->name, lower_name))
      return field;

  return NULL;
}

/**
 * nj_head_add:
 * @head: a head
 * @arena: the arena of @head
 * @id: the id of @name
 * @name: the name; must live as long as @head
 * @value: the value; must live as long as @head
 *
 * Puts a field behind all others. Pointers to fields are no longer valid. Worker threads.
 */
void
nj_head_add (NjHead *head, NjArena *arena, NjFieldId id, NjBytes name, NjBytes value)
{
  if (head->n_fields == head->fields_size)
    {
      guint    size = MAX (head->fields_size * 2, 16);
      NjField *larger = nj_arena_alloc (arena, size * sizeof (NjField));

      if (head->n_fields > 0)
        memcpy (larger, head->fields, head->n_fields * sizeof (NjField));
      head->fields = larger;
      head->fields_size = size;
    }

  head->repeated |= head->ids & NJ_FIELD_BIT (id);
  head->ids |= NJ_FIELD_BIT (id);
  /* The index has one byte; finding goes on from there, so for later fields it may be too low. */
  if (head->first[id] == 0)
    head->first[id] = (guint8) MIN (head->n_fields + 1, G_MAXUINT8);
  head->fields[head->n_fields++] = (NjField){ name, value, id, FALSE, FALSE };
}

/**
 * nj_head_drop_set:
 * @head: a head
 * @ids: which fields, bits as %NJ_FIELD_BIT makes them
 *
 * Marks all fields with one of those ids as not to be printed. Worker threads.
 */
void
nj_head_drop_set (NjHead *head, guint64 ids)
{
  NjField *field = head->fields;

  for (guint left = head->n_fields; left > 0; left--, field++)
    if ((ids & NJ_FIELD_BIT (field->id)) != 0)
      field->is_dropped = TRUE;
}

/* Cuts the next element off a comma-separated list; FALSE at its end. Quoted strings are not looked
 * into: no list that is read here has any. RFC 9110 §5.6.1 */
static gboolean
take_element (NjBytes *list, NjBytes *ret_element)
{
  const char *comma;
  gsize       len;

  if (list->len == 0)
    return FALSE;

  comma = memchr (list->data, ',', list->len);
  len = comma != NULL ? (gsize) (comma - list->data) : list->len;
  *ret_element = nj_bytes_trim (nj_bytes (list->data, len));
  len = MIN (len + 1, list->len);
  *list = nj_bytes (list->data + len, list->len - len);
  return TRUE;
}

/**
 * nj_head_lists_have:
 * @head: a head
 * @id: a field whose value is a list of tokens
 * @lower_token: a token in lower case
 *
 * What nj_head_list_has() asks when there is such a field. Worker threads. Source: RFC 9110 §5.6.1.
 *
 * Returns: whether @lower_token is in one of the lists, in any case
 */
gboolean
nj_head_lists_have (NjHead *head, NjFieldId id, NjBytes lower_token)
{
  for (NjField *field = nj_head_find (head, id); field != NULL; field = nj_head_find_next (head, field))
    {
      NjBytes rest = field->value;
      NjBytes element;

      while (take_element (&rest, &element))
        if (element.len == lower_token.len && nj_bytes_equal_nocase (element, lower_token))
          return TRUE;
    }

  return FALSE;
}

/* A Connection field may not name what frames or routes the message, nor Cache-Control, which
 * RFC 9110 §7.6.1 itself gives as what must never be named: a peer could otherwise have us turn one
 * message into another. */
static gboolean
may_be_named (NjFieldId id)
{
  /* Connection itself goes anyway; dropped halfway, a second one would not be read. */
  return id != NJ_FIELD_HOST && id != NJ_FIELD_CONTENT_LENGTH && id != NJ_FIELD_TRANSFER_ENCODING &&
         id != NJ_FIELD_CACHE_CONTROL && id != NJ_FIELD_CONNECTION;
}

static guint64
mark_of (NjBytes name)
{
  return G_GUINT64_CONSTANT (1) << (((guint) (name.data[0] | 0x20) * 7 + (guint) name.len) & 63);
}

static void
drop_named (NjHead *head, NjBytes option)
{
  for (guint i = 0; i < head->n_fields; i++)
    {
      NjField *field = &head->fields[i];

      if (field->name.len == option.len && may_be_named (field->id) && nj_bytes_equal_nocase (field->name, option))
        field->is_dropped = TRUE;
    }
}

static void
drop_options (NjHead *head)
{
  guint64  marks = 0;
  guint    n_options = 0;
  NjField *field = nj_head_find (head, NJ_FIELD_CONNECTION);
  NjBytes  rest;
  NjBytes  option;

  for (guint i = 0; i < head->n_fields; i++)
    marks |= mark_of (head->fields[i].name);

  for (; field != NULL; field = nj_head_find_next (head, field))
    for (rest = field->value; n_options < OPTIONS_MAX && take_element (&rest, &option);)
      if (option.len > 0 && (marks & mark_of (option)) != 0)
        {
          /* Only those that may match a field count, so that no padding hides one. */
          n_options++;
          drop_named (head, option);
        }
}

static gboolean
is_plain_option (NjBytes value)
{
  return nj_bytes_equal_nocase (value, NJ_BYTES ("keep-alive")) || nj_bytes_equal_nocase (value, NJ_BYTES ("close"));
}

/**
 * nj_head_drop_hop_by_hop:
 * @head: a head
 *
 * Drops what is meant for one connection: what Connection names, and the fields that always are.
 * Transfer-Encoding and Content-Length stay: whoever prints the head frames the message.
 * Worker threads. Source: RFC 9110 §7.6.1, §11.7, RFC 9112 appendix C.2.2.
 */
void
nj_head_drop_hop_by_hop (NjHead *head)
{
  static const guint64 always =
      NJ_FIELD_BIT (NJ_FIELD_CONNECTION) | NJ_FIELD_BIT (NJ_FIELD_KEEP_ALIVE) |
      NJ_FIELD_BIT (NJ_FIELD_PROXY_CONNECTION) | NJ_FIELD_BIT (NJ_FIELD_PROXY_AUTHORIZATION) |
      NJ_FIELD_BIT (NJ_FIELD_PROXY_AUTHENTICATE) | NJ_FIELD_BIT (NJ_FIELD_PROXY_AUTHENTICATION_INFO) |
      NJ_FIELD_BIT (NJ_FIELD_TE) | NJ_FIELD_BIT (NJ_FIELD_TRAILER) | NJ_FIELD_BIT (NJ_FIELD_UPGRADE);
  NjField *connection;

  if ((head->ids & always) == 0)
    return;

  connection = nj_head_find (head, NJ_FIELD_CONNECTION);
  /* Nearly every Connection field is one of two words that name no field we keep. */
  if (connection != NULL &&
      (!is_plain_option (connection->value) || nj_head_find_next (head, connection) != NULL))
    drop_options (head);

  /* RFC 7540 §3.2.1: meaningless, and telling, without the Upgrade it belongs to. */
  if (nj_head_find (head, NJ_FIELD_UPGRADE) != NULL)
    {
      NjField *settings = nj_head_find_name (head, NJ_BYTES ("http2-settings"));

      if (settings != NULL)
        settings->is_dropped = TRUE;
    }

  nj_head_drop_set (head, always);
}
