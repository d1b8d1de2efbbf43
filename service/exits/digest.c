/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Digest authentication to an exit: its challenge read, our answer made. Pure; what is remembered
 * of a challenge is kept by exit-digest.c. Any thread. Source: RFC 7616.
 */
#include "exits/digest.h"

/* Longest realm, nonce or opaque that is taken; bytes. */
#define VALUE_MAX 512

/* One "name=value" or "name="value"" of a list; what is read is cut off text. */
static gboolean
parameter_take (NjBytes *text, NjBytes *ret_name, GString *value)
{
  const char *at = text->data;
  const char *end = text->data + text->len;
  const char *name;

  while (at < end && (*at == ' ' || *at == '\t' || *at == ','))
    at++;
  name = at;
  while (at < end && *at != '=' && *at != ',' && *at != ' ')
    at++;
  *ret_name = nj_bytes (name, (gsize) (at - name));
  if (at == end || *at != '=' || ret_name->len == 0)
    return FALSE;

  g_string_truncate (value, 0);
  at++;
  if (at < end && *at == '"')
    {
      /* RFC 9110 §5.6.4. */
      for (at++; at < end && *at != '"'; at++)
        {
          if (*at == '\\' && at + 1 < end)
            at++;
          g_string_append_c (value, *at);
        }
      if (at == end)
        return FALSE;
      at++;
    }
  else
    for (; at < end && *at != ',' && *at != ' '; at++)
      g_string_append_c (value, *at);

  *text = nj_bytes (at, (gsize) (end - at));
  return value->len <= VALUE_MAX;
}

static gboolean
is_named (NjBytes name, const char *lower)
{
  return nj_bytes_equal_nocase (name, nj_bytes_from_string (lower));
}

static gboolean
offers_auth (const char *list)
{
  g_auto (GStrv) words = g_strsplit_set (list, ", ", -1);

  return g_strv_contains ((const char *const *) words, "auth");
}

static void
keep (char **where, const GString *value)
{
  g_free (*where);
  *where = g_strdup (value->str);
}

/* FALSE: what is asked for is not known here. */
static gboolean
parameter_set (NjDigestChallenge *challenge, NjBytes name, const GString *value)
{
  if (is_named (name, "realm"))
    keep (&challenge->realm, value);
  else if (is_named (name, "nonce"))
    keep (&challenge->nonce, value);
  else if (is_named (name, "opaque"))
    keep (&challenge->opaque, value);
  else if (is_named (name, "stale"))
    challenge->is_stale = g_ascii_strcasecmp (value->str, "true") == 0;
  else if (is_named (name, "qop"))
    {
      challenge->has_qop = offers_auth (value->str);
      return challenge->has_qop;
    }
  else if (is_named (name, "algorithm"))
    {
      challenge->is_sha256 = g_ascii_strcasecmp (value->str, "SHA-256") == 0;
      return challenge->is_sha256 || g_ascii_strcasecmp (value->str, "MD5") == 0;
    }
  return TRUE;
}

/**
 * nj_digest_challenge_parse:
 * @challenge: (out): what it asks; clear it when %TRUE
 * @value: value of a Proxy-Authenticate field
 *
 * MD5 and SHA-256, with "auth" or without protection. Any thread. Source: RFC 7616 §3.3.
 *
 * Returns: whether it is a challenge we can answer
 */
gboolean
nj_digest_challenge_parse (NjDigestChallenge *challenge, NjBytes value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_good = TRUE;
  NjBytes  name;

  *challenge = (NjDigestChallenge){ 0 };
  if (value.len < 7 || !nj_bytes_equal_nocase (nj_bytes (value.data, 7), NJ_BYTES ("digest ")))
    return FALSE;

  value = nj_bytes_trim (nj_bytes (value.data + 7, value.len - 7));
  while (is_good && value.len > 0)
    is_good = parameter_take (&value, &name, text) && parameter_set (challenge, name, text);

  if (is_good && challenge->realm != NULL && challenge->nonce != NULL && challenge->nonce[0] != '\0')
    return TRUE;
  nj_digest_challenge_clear (challenge);
  return FALSE;
}

/**
 * nj_digest_challenge_clear:
 * @challenge: a challenge that was read
 *
 * Any thread.
 */
void
nj_digest_challenge_clear (NjDigestChallenge *challenge)
{
  g_free (challenge->realm);
  g_free (challenge->nonce);
  g_free (challenge->opaque);
  *challenge = (NjDigestChallenge){ 0 };
}

G_GNUC_PRINTF (2, 3)
static char *
hash (const NjDigestChallenge *challenge, const char *format, ...)
{
  g_autofree char *text = NULL;
  char            *sum;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sum = g_compute_checksum_for_string (challenge->is_sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5, text, -1);
  explicit_bzero (text, strlen (text));
  return sum;
}

static void
quote (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "%s%s=\"", out->len > 7 ? ", " : "", name);
  for (const char *c = value; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

/**
 * nj_digest_answer:
 * @challenge: what the exit asked
 * @request: who wants what
 *
 * Any thread. Source: RFC 7616 §3.4.
 *
 * Returns: (transfer full): value of Proxy-Authorization
 */
char *
nj_digest_answer (const NjDigestChallenge *challenge, const NjDigestRequest *request)
{
  g_autofree char *a1 = hash (challenge, "%s:%s:%s", request->user, challenge->realm, request->password);
  g_autofree char *a2 = hash (challenge, "%s:%s", request->method, request->uri);
  g_autofree char *response = NULL;
  GString         *out = g_string_new ("Digest ");

  if (challenge->has_qop)
    response = hash (challenge, "%s:%s:%08x:%s:auth:%s", a1, challenge->nonce, request->count, request->cnonce, a2);
  else
    response = hash (challenge, "%s:%s:%s", a1, challenge->nonce, a2);

  quote (out, "username", request->user);
  quote (out, "realm", challenge->realm);
  quote (out, "nonce", challenge->nonce);
  quote (out, "uri", request->uri);
  quote (out, "response", response);
  g_string_append_printf (out, ", algorithm=%s", challenge->is_sha256 ? "SHA-256" : "MD5");
  if (challenge->opaque != NULL)
    quote (out, "opaque", challenge->opaque);
  if (challenge->has_qop)
    {
      g_string_append_printf (out, ", qop=auth, nc=%08x", request->count);
      quote (out, "cnonce", request->cnonce);
    }
  return g_string_free (out, FALSE);
}
