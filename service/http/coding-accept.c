/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which codings a body that we may change is asked for in: gzip and deflate only. How far a decoder must look back is the
 * choice of who packs: with these it is 32 KiB at most, with brotli 16 MiB and tables of up to three more, with zstd 8 MiB.
 * A response must not take more than 1 MiB here, whatever its server thinks of; and a dictionary that only the browser has
 * (RFC 9842) is no use at all. For who sends requests, on any thread. Source: RFC 9110 §8.4.1, §12.4.2, §12.5.3.
 */
#include "http/coding-accept.h"

/* One coding of the list, or "*", and how much it is wanted. */
typedef struct
{
  NjBytes name;
  NjBytes weight;  /* as written; empty: 1 */
  gboolean is_refused;
} Wish;

/* What is understood, each once. */
enum
{
  GZIP,
  X_GZIP,
  DEFLATE,
  IDENTITY,
  ANY,
  N_KNOWN
};

static const NjBytes names[N_KNOWN] = { { "gzip", 4 }, { "x-gzip", 6 }, { "deflate", 7 }, { "identity", 8 }, { "*", 1 } };

typedef struct
{
  Wish     wishes[N_KNOWN];
  gboolean is_said[N_KNOWN];
  guint8   order[N_KNOWN]; /* in which they were said */
  guint    n;
  gboolean has_other;      /* something else was said, too */
} Wishes;

/* RFC 9110 §12.4.2: 0 to 1, with three digits at most. */
static gboolean
is_weight (NjBytes text)
{
  if (text.len == 0 || text.len > 5 || (text.data[0] != '0' && text.data[0] != '1') || (text.len > 1 && text.data[1] != '.'))
    return FALSE;
  for (gsize i = 2; i < text.len; i++)
    if (!g_ascii_isdigit (text.data[i]) || (text.data[0] == '1' && text.data[i] != '0'))
      return FALSE;
  return TRUE;
}

static gboolean
is_nought (NjBytes weight)
{
  for (gsize i = 0; i < weight.len; i++)
    if (weight.data[i] != '0' && weight.data[i] != '.')
      return FALSE;
  return weight.len > 0;
}

/* The next one of a list, what is between the commas. */
static NjBytes
cut_next (NjBytes *list)
{
  const char *comma = memchr (list->data, ',', list->len);
  gsize       len = comma != NULL ? (gsize) (comma - list->data) : list->len;
  NjBytes     one = nj_bytes_trim (nj_bytes (list->data, len));

  *list = comma != NULL ? nj_bytes (comma + 1, list->len - len - 1) : nj_bytes (list->data + len, 0);
  return one;
}

/* FALSE: it is none, or has what nobody knows. */
static gboolean
parse_wish (NjBytes text, Wish *ret_wish)
{
  const char *semicolon = memchr (text.data, ';', text.len);
  NjBytes     rest;

  *ret_wish = (Wish){ .name = text };
  if (semicolon == NULL)
    return TRUE;

  ret_wish->name = nj_bytes_trim (nj_bytes (text.data, (gsize) (semicolon - text.data)));
  rest = nj_bytes_trim (nj_bytes (semicolon + 1, text.len - (gsize) (semicolon + 1 - text.data)));
  if (rest.len < 3 || g_ascii_tolower (rest.data[0]) != 'q' || rest.data[1] != '=')
    return FALSE;
  ret_wish->weight = nj_bytes (rest.data + 2, rest.len - 2);
  ret_wish->is_refused = is_nought (ret_wish->weight);
  return is_weight (ret_wish->weight);
}

static void
parse (NjBytes accept, Wishes *self)
{
  while (accept.len > 0)
    {
      NjBytes one = cut_next (&accept);
      Wish    wish;
      guint   which = N_KNOWN;

      if (one.len == 0)
        continue;
      if (parse_wish (one, &wish))
        for (which = 0; which < N_KNOWN && !nj_bytes_equal_nocase (wish.name, names[which]); which++)
          ;
      self->has_other |= which == N_KNOWN;
      if (which == N_KNOWN || self->is_said[which])
        continue;
      self->wishes[which] = wish;
      self->is_said[which] = TRUE;
      self->order[self->n++] = (guint8) which;
    }
}

/* Text that is put together, in the room for the longest there can be. */
typedef struct
{
  char  text[N_KNOWN * 24];
  gsize len;
} Made;

static void
put (Made *made, NjBytes name, NjBytes weight)
{
  made->len += (gsize) g_snprintf (made->text + made->len, sizeof made->text - made->len, "%s%.*s%s%.*s", made->len > 0 ? ", " : "",
                                   NJ_BYTES_ARGS (name), weight.len > 0 ? ";q=" : "", NJ_BYTES_ARGS (weight));
}

/* "*" is all that was not named, and so are these two; that nothing else may come is said by "*" still. */
static void
put_any (Made *made, const Wishes *wishes)
{
  const Wish *any = &wishes->wishes[ANY];

  if (any->is_refused)
    {
      put (made, any->name, any->weight);
      return;
    }
  if (!wishes->is_said[GZIP] && !wishes->is_said[X_GZIP])
    put (made, names[GZIP], any->weight);
  if (!wishes->is_said[DEFLATE])
    put (made, names[DEFLATE], any->weight);
}

static gboolean
wants (const Wishes *wishes, guint which)
{
  return wishes->is_said[which] && !wishes->wishes[which].is_refused;
}

static gboolean
wants_packed (const Wishes *wishes)
{
  gboolean is_gzip_said = wishes->is_said[GZIP] || wishes->is_said[X_GZIP];

  return wants (wishes, GZIP) || wants (wishes, X_GZIP) || wants (wishes, DEFLATE) ||
         (wants (wishes, ANY) && !(is_gzip_said && wishes->is_said[DEFLATE]));
}

/* What is not packed is wanted unless it was refused. */
static gboolean
takes_identity (const Wishes *wishes)
{
  return wishes->is_said[IDENTITY] ? wants (wishes, IDENTITY) : !wishes->is_said[ANY] || wants (wishes, ANY);
}

/**
 * nj_coding_accept_narrow:
 * @accept: what a client says of codings: Accept-Encoding, all its fields joined by commas
 * @arena: for @ret_accept
 * @ret_accept: (out): what is said instead
 *
 * Any thread.
 *
 * Returns: whether something else is to be said. It is not when @accept names nothing else, and when nothing would be left
 *   that the client takes: it has refused what is not packed
 */
gboolean
nj_coding_accept_narrow (NjBytes accept, NjArena *arena, NjBytes *ret_accept)
{
  Wishes wishes = { 0 };
  Made   made = { .len = 0 };

  parse (accept, &wishes);
  if (!wishes.has_other && !wants (&wishes, ANY))
    return FALSE;

  if (!wants_packed (&wishes))
    {
      *ret_accept = NJ_BYTES ("identity");
      return takes_identity (&wishes);
    }
  for (guint i = 0; i < wishes.n; i++)
    if (wishes.order[i] == ANY)
      put_any (&made, &wishes);
    else
      put (&made, wishes.wishes[wishes.order[i]].name, wishes.wishes[wishes.order[i]].weight);
  *ret_accept = nj_arena_copy (arena, nj_bytes (made.text, made.len));
  return TRUE;
}
