/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A body that is changed on its way: unpacked piece by piece, changed, and passed on as it is then. It is not packed again:
 * the way to the browser is the loopback, and gzip at its fastest costs more than unpacking and changing together. Memory is
 * bounded whatever the size, to 1 MiB a response: what the decoder takes is known before, see http/coding-trial.c; a piece of
 * what was unpacked, one tag, one element that may go, one style sheet share the rest. In the session's fiber.
 */
#include "proxy/rewrite.h"

#include "http/csp.h"
#include "net/worker.h"

#include <sys/random.h>

/* What a response may take, and of it what is read ahead; bytes. */
#define ALL (1 << 20)
#define AHEAD NJ_WORKER_LARGE
/* What changing a page takes beside a text that is kept, and beside an element that is; with less than that no element is.
 * Measured, and put to the test by tests/proxy/test-rewrite-memory.c. */
#define BESIDE_TEXT (320 << 10)
#define BESIDE_CUT (616 << 10)
#define CUT_LEAST (64 << 10)
/* What is unpacked at once where little is left. */
#define PIECE_SMALL 16384
#define LITTLE (704 << 10)

/* What goes before the first of it. */
static NjBytes
put_lead (NjRewrite *self, NjBytes bytes)
{
  nj_buffer_append (&self->out, self->lead.data, self->lead.len);
  if (bytes.len > 0)
    nj_buffer_append (&self->out, bytes.data, bytes.len);
  self->lead = NJ_BYTES_NONE;
  return nj_bytes ((char *) self->out.data, self->out.len);
}

/* What goes on to the page, if there is one. */
static void
pass (NjRewrite *self, NjBytes bytes, gboolean is_last)
{
  self->has_ended = is_last;
  if (self->has_page)
    nj_rewrite_page_push (&self->page, bytes, is_last, &self->out);
  else
    self->given = self->lead.len > 0 ? put_lead (self, bytes) : bytes;
}

static void
push (NjRewrite *self, NjBytes bytes, gboolean is_last)
{
  self->has_come = is_last;
  if (self->text.rules != NULL)
    nj_rewrite_text_push (&self->text, bytes, is_last);
  else
    pass (self, bytes, is_last);
}

/* What can be unpacked in one go. A packed body that was cut off is shown as far as it goes, as browsers do. Returns whether
 * there is more to be had. */
static gboolean
unpack (NjRewrite *self, NjBytes *bytes, gboolean is_last)
{
  gsize          n;
  NjDecodeResult result = nj_decoder_next (self->decoder, bytes, self->room, self->piece, &n);
  gboolean       has_come;

  self->is_broken = result == NJ_DECODE_BAD;
  if (self->is_broken)
    bytes->len = 0;
  has_come = is_last && bytes->len == 0 && n < self->piece && !self->is_broken;
  if (n > 0 || has_come)
    push (self, nj_bytes (self->room, n), has_come);
  /* What it looked back at is needed no more. */
  if (has_come)
    g_clear_pointer (&self->decoder, nj_decoder_free);
  return !self->is_broken && (bytes->len > 0 || n == self->piece);
}

/* One step. Returns whether there is more to be had. */
static gboolean
step (NjRewrite *self, NjBytes *bytes, gboolean is_last)
{
  NjBytes  piece;
  gboolean is_end;

  if (nj_rewrite_text_next (&self->text, &piece, &is_end))
    {
      pass (self, piece, is_end);
      return TRUE;
    }
  if (self->is_broken)
    bytes->len = 0;
  if (self->has_come || self->is_broken)
    return FALSE;
  if (self->decoder != NULL)
    return unpack (self, bytes, is_last) || self->text.is_whole;

  push (self, *bytes, is_last);
  bytes->len = 0;
  return self->text.is_whole;
}

static gboolean
next (NjBodyChange *change, NjBytes *bytes, gboolean is_last, NjBytes *ret_out)
{
  NjRewrite *self = (NjRewrite *) change;

  self->out.len = 0;
  self->given = NJ_BYTES_NONE;
  while (step (self, bytes, is_last) && self->out.len == 0 && self->given.len == 0)
    ;
  *ret_out = self->has_page ? nj_bytes ((char *) self->out.data, self->out.len) : self->given;
  change->has_ended = self->has_ended;
  return !self->is_broken || ret_out->len > 0;
}

static void
make_nonce (char *nonce)
{
  guint8 random[NJ_REWRITE_NONCE / 2];

  /* So few bytes are always given whole, getrandom(2). */
  if (getrandom (random, sizeof random, 0) != sizeof random)
    g_error ("no random bytes from the system");
  for (guint i = 0; i < sizeof random; i++)
    g_snprintf (nonce + 2 * i, 3, "%02x", random[i]);
}

/**
 * nj_rewrite_new:
 * @coding: how the body is packed; not %NJ_CODING_OTHER
 * @spent: bytes that unpacking it takes; the rest keeps within what is left of 1 MiB
 * @room: (nullable): %NJ_REWRITE_ROOM bytes to unpack into, that stay from one wait to the next; %NULL if it is not packed
 *
 * Returns: (transfer full): a change for a body
 */
NjRewrite *
nj_rewrite_new (NjCoding coding, gsize spent, char *room)
{
  NjRewrite *self = g_new0 (NjRewrite, 1);
  gsize      left = ALL - AHEAD - MIN (spent, ALL - AHEAD);

  self->change.next = next;
  self->room = room;
  self->left = left;
  self->piece = left < LITTLE ? PIECE_SMALL : NJ_REWRITE_ROOM;
  self->text.most = MIN (NJ_REWRITE_TEXT_MAX, left - MIN (left, BESIDE_TEXT));
  if (coding != NJ_CODING_IDENTITY)
    self->decoder = nj_decoder_new (coding);
  make_nonce (self->nonce);
  return self;
}

/**
 * nj_rewrite_free:
 * @self: (nullable) (transfer full): a change
 */
void
nj_rewrite_free (NjRewrite *self)
{
  if (self == NULL)
    return;

  if (self->has_page)
    nj_rewrite_page_clear (&self->page);
  nj_rewrite_text_clear (&self->text);
  nj_decoder_free (self->decoder);
  nj_buffer_clear (&self->out);
  g_free (self);
}

/* A text that is kept and an element that is share what is left. Where that is little, no element is taken out. */
static void
take_cut (NjRewrite *self, NjRewriteRules *rules, gboolean is_xml)
{
  gsize left = self->left;

  if (rules->cut.n_rules == 0 || left < BESIDE_CUT + CUT_LEAST)
    return;
  if (self->text.rules != NULL)
    {
      self->text.most = MIN (self->text.most, left - BESIDE_CUT - CUT_LEAST);
      left -= self->text.most;
    }
  self->page.cut = rules->cut;
  self->page.cut.is_xml = is_xml;
  self->page.cut.most = MIN (NJ_REWRITE_CUT_HELD, left - BESIDE_CUT);
  rules->cut = (NjRewriteCut){ 0 };
}

/**
 * nj_rewrite_take_page:
 * @self: a change without a page
 * @rules: what rules say of it; its sheet and what is to be cut are taken
 * @is_xml: whether it is XHTML
 * @has_charset: whether its encoding was said in the head
 * @arena: for what lives as long as @self
 *
 * The body is a page.
 */
void
nj_rewrite_take_page (NjRewrite *self, NjRewriteRules *rules, gboolean is_xml, gboolean has_charset, NjArena *arena)
{
  NjBytes program = nj_scriptlet_page_print (&rules->scriptlets);

  nj_rewrite_page_init (&self->page, self->nonce, is_xml, has_charset);
  self->has_page = TRUE;
  self->page.lookup = rules->has_tokens ? rules->lookup : NULL;
  self->page.program = rules->program.len > 0
                           ? nj_arena_join (arena, program, nj_bytes ((char *) rules->program.data, rules->program.len))
                           : program;
  self->page.sheet = rules->sheet;
  self->page.common = rules->common;
  take_cut (self, rules, is_xml);
  rules->sheet = (NjBuffer){ 0 };
  self->page.counts.n_hidden = rules->n_hidden;
  self->page.counts.n_scriptlets = rules->n_scriptlets;
}

/**
 * nj_rewrite_wants:
 * @self: a change
 *
 * Returns: what a page's policy must let in, NJ_CSP_ bits
 */
guint
nj_rewrite_wants (const NjRewrite *self)
{
  if (!self->has_page)
    return 0;
  return (self->page.program.len > 0 ? NJ_CSP_SCRIPT : 0) |
         (self->page.sheet.len > 0 || self->page.lookup != NULL ? NJ_CSP_STYLE : 0);
}
