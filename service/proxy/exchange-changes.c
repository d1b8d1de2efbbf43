/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Nightjar changed: fields are compared as they came with as they go on, so that nothing that
 * was done to them is left out, whoever did it; addresses and bodies are told by who changes them.
 * Values of cookies and passwords are cut to their first letters. In the session's fiber.
 */
#include "proxy/exchange-private.h"

/* As much of a secret as tells two of them apart. */
#define SECRET_SHOWN 4

/* What concerns one hop only, or how bytes are framed, changes with every hop and says nothing. */
static gboolean
is_of_hop (NjFieldId id)
{
  switch (id)
    {
    case NJ_FIELD_CONNECTION:
    case NJ_FIELD_CONTENT_LENGTH:
    case NJ_FIELD_EXPECT:
    case NJ_FIELD_HOST:
    case NJ_FIELD_KEEP_ALIVE:
    case NJ_FIELD_PROXY_AUTHENTICATE:
    case NJ_FIELD_PROXY_AUTHENTICATION_INFO:
    case NJ_FIELD_PROXY_AUTHORIZATION:
    case NJ_FIELD_PROXY_CONNECTION:
    case NJ_FIELD_TE:
    case NJ_FIELD_TRAILER:
    case NJ_FIELD_TRANSFER_ENCODING:
    case NJ_FIELD_UPGRADE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* "name=value; name=value": each value cut. Set-Cookie's attributes are no secrets. */
static NjBytes
cut_cookies (NjArena *arena, NjBytes text, gboolean has_attributes)
{
  char    *cut = nj_arena_alloc (arena, text.len + 1);
  gsize    n = 0;
  gsize    shown = 0;
  gboolean is_value = FALSE;
  gboolean is_first = TRUE;

  for (gsize i = 0; i < text.len; i++)
    {
      char letter = text.data[i];

      if (letter == ';')
        {
          is_value = FALSE;
          is_first = FALSE;
        }
      else if (is_value && ++shown > SECRET_SHOWN)
        {
          if (shown == SECRET_SHOWN + 1)
            cut[n++] = '*';
          continue;
        }
      else if (letter == '=' && !is_value && (is_first || !has_attributes))
        {
          is_value = TRUE;
          shown = 0;
        }
      cut[n++] = letter;
    }
  return nj_bytes (cut, n);
}

static NjBytes
shown_value (NjArena *arena, NjFieldId id, NjBytes value)
{
  const char *blank;

  if (value.len == 0)
    return value;
  if (id == NJ_FIELD_COOKIE || id == NJ_FIELD_SET_COOKIE)
    return cut_cookies (arena, value, id == NJ_FIELD_SET_COOKIE);
  if (id != NJ_FIELD_AUTHORIZATION)
    return value;

  blank = memchr (value.data, ' ', value.len);
  return nj_arena_printf (arena, "%.*s *", blank != NULL ? (int) MIN (blank - value.data, 32) : 0, value.data);
}

static void
note_field (NjExchange *exchange, NjChangedPart part, const NjField *field, NjBytes before, NjBytes after, const char *why)
{
  if (is_of_hop (field->id) || nj_bytes_equal (before, after))
    return;
  nj_change_notes_add (&exchange->notes, &exchange->arena, part, field->name, shown_value (&exchange->arena, field->id, before),
                       shown_value (&exchange->arena, field->id, after), why);
  exchange->record.notes = &exchange->notes;
}

/* The field that was put in place of one that was taken out; NULL: none was. */
static NjField *
successor_of (const NjHead *head, guint from, const NjField *gone)
{
  for (guint i = from; i < head->n_fields; i++)
    if (!head->fields[i].is_dropped && nj_bytes_equal_nocase (head->fields[i].name, gone->name))
      return &head->fields[i];
  return NULL;
}

static gboolean
has_predecessor (const NjFieldsBefore *before, const NjHead *head, const NjField *added)
{
  for (guint i = 0; i < before->n; i++)
    if (!before->fields[i].is_dropped && head->fields[i].is_dropped && nj_bytes_equal_nocase (before->fields[i].name, added->name))
      return TRUE;
  return FALSE;
}

/**
 * nj_exchange_changes_begin:
 * @exchange: an exchange
 * @head: its request or its response, as it came
 *
 * What is done to the fields from here on can be told.
 */
void
nj_exchange_changes_begin (NjExchange *exchange, const NjHead *head)
{
  NjFieldsBefore *before = &exchange->fields_before;

  before->n = 0;
  if (head->n_fields == 0)
    return;
  if (before->size < head->n_fields)
    {
      before->size = head->n_fields + 8;
      before->fields = nj_arena_alloc (&exchange->arena, before->size * sizeof (NjField));
    }
  memcpy (before->fields, head->fields, head->n_fields * sizeof (NjField));
  before->n = head->n_fields;
}

/**
 * nj_exchange_changes_note:
 * @exchange: an exchange
 * @head: the head that nj_exchange_changes_begin() saw, or this function saw last
 * @why: on whose account it was changed since then, static text for people
 *
 * Notes what is different, and goes on from there.
 */
void
nj_exchange_changes_note (NjExchange *exchange, const NjHead *head, const char *why)
{
  const NjFieldsBefore *before = &exchange->fields_before;
  NjChangedPart         part = head == &exchange->request ? NJ_CHANGED_REQUEST_FIELD : NJ_CHANGED_RESPONSE_FIELD;
  guint                 n_changed = 0;

  g_return_if_fail (before->n <= head->n_fields);
  for (guint i = 0; i < before->n; i++)
    {
      const NjField *old = &before->fields[i];
      const NjField *now = &head->fields[i];

      if (old->is_dropped || (!now->is_dropped && old->value.data == now->value.data && old->value.len == now->value.len))
        continue;
      n_changed++;
      if (now->is_dropped)
        now = successor_of (head, before->n, old);
      note_field (exchange, part, old, old->value, now != NULL ? now->value : NJ_BYTES_NONE, why);
    }
  for (guint i = before->n; i < head->n_fields; i++)
    {
      const NjField *added = &head->fields[i];

      if (added->is_dropped)
        continue;
      n_changed++;
      if (!has_predecessor (before, head, added))
        note_field (exchange, part, added, NJ_BYTES_NONE, added->value, why);
    }

  if (n_changed > 0)
    nj_exchange_changes_begin (exchange, head);
}

/**
 * nj_exchange_changes_note_url:
 * @exchange: an exchange
 * @before: the address as it was
 * @after: as it is asked for now
 * @why: on whose account, static text for people
 */
void
nj_exchange_changes_note_url (NjExchange *exchange, NjBytes before, NjBytes after, const char *why)
{
  if (nj_bytes_equal (before, after))
    return;
  nj_change_notes_add (&exchange->notes, &exchange->arena, NJ_CHANGED_URL, NJ_BYTES_NONE, before, after, why);
  exchange->record.notes = &exchange->notes;
}

/**
 * nj_exchange_changes_note_body:
 * @exchange: an exchange
 * @what: what was done to it, such as "style sheet added"
 * @before: (nullable): a piece of what was taken out; empty for none
 * @after: (nullable): a piece of what was put in; empty for none
 * @why: (nullable): on whose account, text for people
 */
void
nj_exchange_changes_note_body (NjExchange *exchange, NjBytes what, NjBytes before, NjBytes after, const char *why)
{
  nj_change_notes_add (&exchange->notes, &exchange->arena, NJ_CHANGED_BODY, what, before, after, why);
  exchange->record.notes = &exchange->notes;
}
