/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages that the browser has may be asked for with its mark of them (an ETag), though what it has is not what its server
 * sent: the mark that it gets says, behind the server's own, how the page was changed. It is asked with only while the page
 * would be changed in the same way; on the way to the server what is ours is taken off, and of any other mark the server
 * hears nothing. Nobody else can make one: it is signed by a secret of this process. In the session's fiber.
 * Source: RFC 9110 §8.8.3, §13.1.2, §15.4.5.
 */
#include "proxy/exchange-private.h"

#include "http/csp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sys/random.h>

/* Behind the server's mark: a sign, what was put in, salt and signature in hex. */
#define SIGN '~'
#define SALT 8
#define SIGNATURE 8
#define OURS (2 + 2 * SALT + 2 * SIGNATURE)
/* A longer mark of a server is none for us. */
#define TAG_MAX 256
/* The server's mark was a weak one; beside the NJ_CSP_ bits. */
#define IS_WEAK 4

static guint8         secret[32];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void
make_secret (void)
{
  if (getrandom (secret, sizeof secret, 0) != sizeof secret)
    g_error ("no random bytes from the system");
}

static void
digest (NjBytes text, guint8 ret_digest[32])
{
  guint length = 32;

  pthread_once (&secret_once, make_secret);
  HMAC (EVP_sha256 (), secret, sizeof secret, (const guchar *) text.data, text.len, ret_digest, &length);
}

static void
put_hex (char *out, const guint8 *bytes, guint n)
{
  for (guint i = 0; i < n; i++)
    g_snprintf (out + 2 * i, 3, "%02x", bytes[i]);
}

static gboolean
take_hex (const char *text, guint8 *ret_bytes, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gint high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      ret_bytes[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

/* All that decides what becomes of a page, but for the page. Only for those that have a mark, for it costs half a request. */
static void
note_state (NjExchange *exchange)
{
  const NjPolicy   *policy = exchange->policy;
  const NjPageTold *told = &exchange->told;
  NjBytes           text;

  if (exchange->mark.has_state)
    return;
  exchange->mark.has_state = TRUE;
  text = nj_arena_printf (&exchange->arena, "%.*s%.*s %" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x %d %x %d %d %.*s|%.*s",
                          NJ_BYTES_ARGS (exchange->url.authority), NJ_BYTES_ARGS (exchange->url.path),
                          nj_page_rules_fingerprint (policy->pages), nj_engine_fingerprint (policy->engine),
                          (int) exchange->context.profile, exchange->context.spared, told->is_control, told->is_arrival,
                          NJ_BYTES_ARGS (told->agent), NJ_BYTES_ARGS (told->languages));
  digest (text, exchange->mark.state);
}

/* The signature of a mark, and the nonce that the page with it has. */
static void
sign (NjExchange *exchange, NjBytes tag, guint what, const guint8 salt[SALT], guint8 ret_signature[SIGNATURE], char *ret_nonce)
{
  guint8 text[32 + SALT + 1 + TAG_MAX], made[32];

  g_assert (tag.len <= TAG_MAX);
  note_state (exchange);
  memcpy (text, exchange->mark.state, 32);
  memcpy (text + 32, salt, SALT);
  text[32 + SALT] = (guint8) what;
  memcpy (text + 33 + SALT, tag.data, tag.len);
  digest (nj_bytes ((char *) text, 33 + SALT + tag.len), made);
  memcpy (ret_signature, made, SIGNATURE);
  put_hex (ret_nonce, made + SIGNATURE, NJ_REWRITE_NONCE / 2);
}

/* What is between the quotes of a mark; FALSE: it is none, or there are several. */
static gboolean
take_apart (NjBytes value, NjBytes *ret_tag, gboolean *ret_is_weak)
{
  *ret_is_weak = nj_bytes_starts_with (value, NJ_BYTES ("W/"));
  if (*ret_is_weak)
    value = nj_bytes (value.data + 2, value.len - 2);
  if (value.len < 2 || value.data[0] != '"' || value.data[value.len - 1] != '"')
    return FALSE;
  *ret_tag = nj_bytes (value.data + 1, value.len - 2);
  return memchr (ret_tag->data, '"', ret_tag->len) == NULL;
}

/* Whether a mark is one of ours and still holds. */
static gboolean
is_ours (NjExchange *exchange, NjBytes tag, NjBytes *ret_theirs)
{
  const char *ours;
  guint8      salt[SALT], said[SIGNATURE], signature[SIGNATURE];
  gint        what;

  if (tag.len < OURS || tag.len - OURS > TAG_MAX)
    return FALSE;
  ours = tag.data + tag.len - OURS;
  if (ours[0] != SIGN || (what = g_ascii_xdigit_value (ours[1])) < 0 ||
      !take_hex (ours + 2, salt, SALT) || !take_hex (ours + 2 + 2 * SALT, said, SIGNATURE))
    return FALSE;
  *ret_theirs = nj_bytes (tag.data, tag.len - OURS);
  sign (exchange, *ret_theirs, (guint) what, salt, signature, exchange->mark.nonce);
  exchange->mark.what = (guint) what;
  return CRYPTO_memcmp (said, signature, SIGNATURE) == 0;
}

static gboolean
has_another (NjExchange *exchange, const NjField *field)
{
  for (guint i = 0; i < exchange->request.n_fields; i++)
    {
      const NjField *other = &exchange->request.fields[i];

      if (other != field && other->id == field->id && !other->is_dropped)
        return TRUE;
    }
  return FALSE;
}

/**
 * nj_exchange_mark_ask:
 * @exchange: an exchange whose request was scrubbed
 *
 * What the browser has is asked about only if it is what it would get.
 */
void
nj_exchange_mark_ask (NjExchange *exchange)
{
  NjField *field = nj_head_find (&exchange->request, NJ_FIELD_IF_NONE_MATCH);
  NjBytes  tag, theirs;
  gboolean is_weak, is_whole = field != NULL && take_apart (field->value, &tag, &is_weak);

  exchange->mark.is_wanted = exchange->is_page && exchange->policy->pages != NULL && exchange->request.method_id == NJ_METHOD_GET;
  if (!exchange->mark.is_wanted)
    {
      /* Of a time when it was a page, or was changed. */
      if (is_whole && tag.len >= OURS && tag.data[tag.len - OURS] == SIGN)
        field->is_dropped = TRUE;
      return;
    }

  exchange->mark.sent = NJ_BYTES_NONE;
  nj_head_drop (&exchange->request, NJ_FIELD_IF_MODIFIED_SINCE);
  if (field == NULL)
    return;
  if (has_another (exchange, field) || !is_whole || !is_ours (exchange, tag, &theirs))
    {
      nj_head_drop (&exchange->request, NJ_FIELD_IF_NONE_MATCH);
      return;
    }
  exchange->mark.sent = nj_arena_copy (&exchange->arena, field->value);
  field->value = nj_arena_printf (&exchange->arena, "%s\"%.*s\"", (exchange->mark.what & IS_WEAK) != 0 ? "W/" : "",
                                  NJ_BYTES_ARGS (theirs));
}

/**
 * nj_exchange_mark_put:
 * @exchange: an exchange whose answer is a page that is changed
 * @what: what its policy must let in, NJ_CSP_ bits
 * @nonce: (inout): that of the page
 *
 * Gives the page a mark by which the browser may ask for it again, if its server gave it one.
 */
void
nj_exchange_mark_put (NjExchange *exchange, guint what, char nonce[NJ_REWRITE_NONCE + 1])
{
  NjField *field = nj_head_find (&exchange->response, NJ_FIELD_ETAG);
  guint8   salt[SALT], signature[SIGNATURE];
  char     ours[OURS + 1];
  NjBytes  tag;
  gboolean is_weak;

  if (field == NULL)
    return;
  if (!exchange->mark.is_wanted || exchange->response.status != 200 || !take_apart (field->value, &tag, &is_weak) || tag.len > TAG_MAX)
    {
      nj_head_drop (&exchange->response, NJ_FIELD_ETAG);
      return;
    }

  what |= is_weak ? IS_WEAK : 0;
  if (getrandom (salt, sizeof salt, 0) != sizeof salt)
    g_error ("no random bytes from the system");
  sign (exchange, tag, what, salt, signature, nonce);
  ours[0] = SIGN;
  ours[1] = "0123456789abcdef"[what & 15];
  put_hex (ours + 2, salt, SALT);
  put_hex (ours + 2 + 2 * SALT, signature, SIGNATURE);
  field->value = nj_arena_printf (&exchange->arena, "W/\"%.*s%.*s\"", NJ_BYTES_ARGS (tag), OURS, ours);
}

/**
 * nj_exchange_mark_confirm:
 * @exchange: an exchange whose server says that what the browser has is still so
 *
 * The fields that it sends along take the place of those that the browser kept: they must be as they were then.
 *
 * Returns: what a policy must let in by the page's nonce, NJ_CSP_ bits
 */
guint
nj_exchange_mark_confirm (NjExchange *exchange)
{
  NjHead *response = &exchange->response;

  nj_head_drop (response, NJ_FIELD_ETAG);
  nj_head_add (response, &exchange->arena, NJ_FIELD_ETAG, NJ_BYTES ("ETag"), exchange->mark.sent);
  return exchange->mark.what & (NJ_CSP_SCRIPT | NJ_CSP_STYLE);
}
