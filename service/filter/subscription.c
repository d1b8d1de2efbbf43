/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of one subscribed list: when it is due, whether what was fetched may take the place of the text in
 * use, and what to tell the user. Knows no network and no files; the clock is an argument. Main thread.
 */
#include "filter/subscription.h"
#include "filter/list-reader.h"

/* What a list that says nothing is asked for again after; s. */
#define EXPIRES_DEFAULT (4 * 86400)
#define EXPIRES_MIN     (60 * 60)
/* After a failure it is tried again, later and later; s. */
#define RETRY_FIRST 300
#define RETRY_MAX   86400
/* A list that shrank to this part is kept back; after so many times it is believed. */
#define SHRUNK_PART  10
#define SHRUNK_TRIES 3
/* Lists smaller than this may shrink as they like; bytes. */
#define SHRUNK_FROM 2048

static const char *const result_texts[NJ_N_FETCH_RESULTS] = {
  [NJ_FETCH_NEVER] = "not fetched yet",
  [NJ_FETCH_NEW] = "up to date",
  [NJ_FETCH_UNCHANGED] = "up to date",
  [NJ_FETCH_FAILED] = "cannot be fetched",
  [NJ_FETCH_TRUNCATED] = "came incomplete",
  [NJ_FETCH_TOO_LARGE] = "is too large",
  [NJ_FETCH_EMPTY] = "came empty",
  [NJ_FETCH_NO_LIST] = "is no filter list",
  [NJ_FETCH_SHRUNK] = "shrank to less than a tenth and is kept back",
  [NJ_FETCH_BAD_DIGEST] = "does not fit its own checksum",
};

/* Names in the file; never translated, never renamed. */
static const char *const result_names[NJ_N_FETCH_RESULTS]
    = { "never", "new", "unchanged", "failed", "truncated", "too-large", "empty", "no-list", "shrunk", "bad-digest" };

/**
 * nj_subscription_new:
 * @id: a stable name
 * @url: where the list lives
 *
 * Main thread.
 *
 * Returns: (transfer full): a list never fetched
 */
NjSubscription *
nj_subscription_new (const char *id, const char *url)
{
  NjSubscription *self = g_new0 (NjSubscription, 1);

  self->id = g_strdup (id);
  self->url = g_strdup (url);
  return self;
}

/**
 * nj_subscription_free:
 * @subscription: (nullable) (transfer full): a subscription
 *
 * Main thread.
 */
void
nj_subscription_free (NjSubscription *subscription)
{
  if (subscription == NULL)
    return;
  g_free (subscription->id);
  g_free (subscription->url);
  g_free (subscription->etag);
  g_free (subscription->last_modified);
  g_free (subscription->digest);
  g_free (subscription);
}

/**
 * nj_fetch_result_text:
 * @result: what came of an attempt
 *
 * Any thread.
 *
 * Returns: the same for the user, to stand after the list's name; in English
 */
const char *
nj_fetch_result_text (NjFetchResult result)
{
  return (guint) result < NJ_N_FETCH_RESULTS ? result_texts[result] : result_texts[NJ_FETCH_FAILED];
}

/**
 * nj_subscription_due:
 * @subscription: a subscription
 *
 * After a success when the list expires; after failures sooner, doubling from five minutes to a day, and for
 * each list a little different so that not all knock at once. Any thread.
 *
 * Returns: when to fetch next, s since 1970
 */
gint64
nj_subscription_due (const NjSubscription *subscription)
{
  gint64 expires = subscription->expires_s != 0 ? subscription->expires_s : EXPIRES_DEFAULT;
  gint64 retry, spread;

  if (subscription->last_attempt == 0)
    return 0;
  if (subscription->n_failures == 0)
    return subscription->last_success + MAX (expires, EXPIRES_MIN);

  retry = MIN ((gint64) RETRY_FIRST << MIN (subscription->n_failures - 1, 16), RETRY_MAX);
  spread = g_str_hash (subscription->id) % (retry / 5 + 1);
  return subscription->last_attempt + retry + spread;
}

static gboolean
is_page (NjBytes text)
{
  NjBytes start = nj_bytes_trim (nj_bytes (text.data, MIN (text.len, 512)));

  return nj_bytes_equal_nocase (nj_bytes (start.data, MIN (start.len, 9)), NJ_BYTES ("<!doctype"))
         || nj_bytes_equal_nocase (nj_bytes (start.data, MIN (start.len, 5)), NJ_BYTES ("<html"))
         || nj_bytes_starts_with (start, NJ_BYTES ("<?xml")) || nj_bytes_starts_with (start, NJ_BYTES ("{\""));
}

/* A few broken bytes stand in many lists; a picture or an archive is broken everywhere. */
static gboolean
is_text (NjBytes text)
{
  gsize checked = MIN (text.len, 65536), broken = 0;

  if (memchr (text.data, '\0', text.len) != NULL)
    return FALSE;
  for (gsize i = 0; i < checked; i++)
    broken += (guchar) text.data[i] < 0x20 && strchr ("\t\n\r\f", text.data[i]) == NULL;
  return broken * 100 <= checked;
}

/* "! Checksum: …": MD5 in base64 of the text without that line, line ends "\n", no empty lines (Adblock Plus). */
static gboolean
fits_checksum (NjBytes text)
{
  const char          *mark = "! Checksum:";
  gssize               at = nj_bytes_find (nj_bytes (text.data, MIN (text.len, 2048)), nj_bytes_from_string (mark));
  g_autoptr (GChecksum) sum = NULL;
  g_autofree char     *base64 = NULL;
  guint8               digest[16];
  gsize                digest_len = sizeof digest;
  const char          *end;
  NjBytes              wanted, rest = text;

  if (at < 0 || (at > 0 && text.data[at - 1] != '\n'))
    return TRUE;
  end = memchr (text.data + at, '\n', text.len - at);
  wanted = nj_bytes (text.data + at + strlen (mark), (end != NULL ? end : text.data + text.len) - text.data - at - strlen (mark));
  wanted = nj_bytes_trim (wanted);
  if (wanted.len != 22)
    return TRUE;

  sum = g_checksum_new (G_CHECKSUM_MD5);
  while (rest.len > 0)
    {
      const char *newline = memchr (rest.data, '\n', rest.len);
      NjBytes     line = nj_bytes (rest.data, newline != NULL ? (gsize) (newline - rest.data) : rest.len);
      gboolean    is_last = newline == NULL;

      rest = is_last ? NJ_BYTES_NONE : nj_bytes (newline + 1, rest.len - line.len - 1);
      if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
      if ((line.len == 0 && !is_last) || nj_bytes_starts_with (line, nj_bytes_from_string (mark)))
        continue;
      g_checksum_update (sum, (const guchar *) line.data, line.len);
      if (!is_last)
        g_checksum_update (sum, (const guchar *) "\n", 1);
    }
  g_checksum_get_digest (sum, digest, &digest_len);
  base64 = g_base64_encode (digest, digest_len);
  return nj_bytes_equal (wanted, nj_bytes (base64, 22));
}

static gboolean
has_shrunk (const NjSubscription *self, NjBytes text)
{
  return self->size >= SHRUNK_FROM && text.len < self->size / SHRUNK_PART && self->n_shrunk + 1 < SHRUNK_TRIES;
}

static NjFetchResult
look_at (const NjSubscription *self, NjBytes text, gint64 announced)
{
  if (text.len > NJ_SUBSCRIPTION_SIZE_MAX)
    return NJ_FETCH_TOO_LARGE;
  if (announced >= 0 && (gint64) text.len < announced)
    return NJ_FETCH_TRUNCATED;
  if (nj_bytes_trim (nj_bytes (text.data, MIN (text.len, 65536))).len == 0)
    return NJ_FETCH_EMPTY;
  if (is_page (text) || !is_text (text))
    return NJ_FETCH_NO_LIST;
  if (!fits_checksum (text))
    return NJ_FETCH_BAD_DIGEST;
  return has_shrunk (self, text) ? NJ_FETCH_SHRUNK : NJ_FETCH_NEW;
}

static guint32
read_expiry (NjBytes text)
{
  g_auto (NjArena) arena;
  NjListReader     reader;
  NjBytes          line;

  nj_arena_init (&arena, NULL, 0);
  nj_list_reader_init (&reader, nj_bytes (text.data, MIN (text.len, 4096)), &arena);
  while (nj_list_reader_next (&reader, &line))
    ;
  return reader.facts.expires_s;
}

/**
 * nj_subscription_judge:
 * @subscription: a subscription; notes what came of the attempt
 * @text: the body that was fetched, decoded
 * @announced: bytes the server announced, -1 if it did not
 * @now: s since 1970
 *
 * Any result but %NJ_FETCH_NEW means that the text in use stays. Main thread.
 *
 * Returns: whether @text may take its place, or why not
 */
NjFetchResult
nj_subscription_judge (NjSubscription *subscription, NjBytes text, gint64 announced, gint64 now)
{
  NjFetchResult result = look_at (subscription, text, announced);

  subscription->n_shrunk = result == NJ_FETCH_SHRUNK ? subscription->n_shrunk + 1 : 0;
  if (result == NJ_FETCH_NEW)
    {
      subscription->size = text.len;
      subscription->expires_s = read_expiry (text);
      g_free (subscription->digest);
      subscription->digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text.data, text.len);
    }
  nj_subscription_note (subscription, result, now);
  return result;
}

/**
 * nj_subscription_note:
 * @subscription: a subscription
 * @result: what came of an attempt that brought no text
 * @now: s since 1970
 *
 * Main thread.
 */
void
nj_subscription_note (NjSubscription *subscription, NjFetchResult result, gint64 now)
{
  subscription->result = result;
  subscription->last_attempt = now;
  if (result == NJ_FETCH_NEW || result == NJ_FETCH_UNCHANGED)
    {
      subscription->last_success = now;
      subscription->n_failures = 0;
    }
  else
    subscription->n_failures++;
}

/**
 * nj_subscription_read:
 * @file: a key file
 * @group: the group of one subscription, which is its id
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the subscription, %NULL without an address
 */
NjSubscription *
nj_subscription_read (GKeyFile *file, const char *group)
{
  g_autofree char *url = g_key_file_get_string (file, group, "url", NULL);
  g_autofree char *result = g_key_file_get_string (file, group, "result", NULL);
  NjSubscription  *self;

  if (url == NULL || url[0] == '\0')
    return NULL;

  self = nj_subscription_new (group, url);
  self->etag = g_key_file_get_string (file, group, "etag", NULL);
  self->last_modified = g_key_file_get_string (file, group, "last-modified", NULL);
  self->digest = g_key_file_get_string (file, group, "digest", NULL);
  self->last_success = MAX (g_key_file_get_int64 (file, group, "last-success", NULL), 0);
  self->last_attempt = MAX (g_key_file_get_int64 (file, group, "last-attempt", NULL), 0);
  self->expires_s = (guint32) MIN (g_key_file_get_uint64 (file, group, "expires", NULL), 60 * 86400);
  self->n_failures = (guint) MIN (g_key_file_get_uint64 (file, group, "failures", NULL), 1000);
  self->n_shrunk = (guint) MIN (g_key_file_get_uint64 (file, group, "shrunk", NULL), 1000);
  self->size = g_key_file_get_uint64 (file, group, "size", NULL);
  for (guint i = 0; result != NULL && i < NJ_N_FETCH_RESULTS; i++)
    if (g_str_equal (result, result_names[i]))
      self->result = i;
  return self;
}

/**
 * nj_subscription_write:
 * @subscription: a subscription
 * @file: a key file; gets a group named by the id
 *
 * Main thread.
 */
void
nj_subscription_write (const NjSubscription *subscription, GKeyFile *file)
{
  const char *group = subscription->id;

  g_key_file_set_string (file, group, "url", subscription->url);
  if (subscription->etag != NULL)
    g_key_file_set_string (file, group, "etag", subscription->etag);
  if (subscription->last_modified != NULL)
    g_key_file_set_string (file, group, "last-modified", subscription->last_modified);
  if (subscription->digest != NULL)
    g_key_file_set_string (file, group, "digest", subscription->digest);
  g_key_file_set_int64 (file, group, "last-success", subscription->last_success);
  g_key_file_set_int64 (file, group, "last-attempt", subscription->last_attempt);
  g_key_file_set_uint64 (file, group, "expires", subscription->expires_s);
  g_key_file_set_uint64 (file, group, "failures", subscription->n_failures);
  g_key_file_set_uint64 (file, group, "shrunk", subscription->n_shrunk);
  g_key_file_set_uint64 (file, group, "size", subscription->size);
  g_key_file_set_string (file, group, "result", result_names[subscription->result]);
}
