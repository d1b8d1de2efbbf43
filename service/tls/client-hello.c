/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first thing a TLS client says, read without eating it: the name it wants and the protocols
 * it speaks. Every length is checked against what holds it. Pure: no stream, no OpenSSL. Any
 * thread.
 */
#include "tls/client-hello.h"

#define RECORD_HEADER       5
#define CONTENT_HANDSHAKE   22
#define MESSAGE_HELLO       1
#define EXTENSION_NAME      0
#define EXTENSION_GROUPS    10
#define EXTENSION_SIGNATURES 13
#define EXTENSION_ALPN      16
#define EXTENSION_VERSIONS  43
#define EXTENSION_ECH       0xfe0d

/* What is left to read; a read beyond it sets is_short and gives nothing from then on. */
typedef struct
{
  const guint8 *at;
  gsize         left;
  gboolean      is_short;
} Cursor;

static Cursor
take (Cursor *cursor, gsize len)
{
  Cursor taken = { cursor->at, len, FALSE };

  if (cursor->is_short || len > cursor->left)
    {
      cursor->is_short = TRUE;
      cursor->left = 0;
      return (Cursor){ cursor->at, 0, TRUE };
    }

  cursor->at += len;
  cursor->left -= len;
  return taken;
}

static guint
number (Cursor *cursor, guint octets)
{
  Cursor digits = take (cursor, octets);
  guint  value = 0;

  for (gsize i = 0; i < digits.left; i++)
    value = value << 8 | digits.at[i];
  return value;
}

/* A field that says its own length first. */
static Cursor
field (Cursor *cursor, guint octets)
{
  gsize len = number (cursor, octets);

  return take (cursor, len);
}

/* RFC 8446 §5.1: a message may lie in several records. Result: its bytes in one piece. */
static NjClientHelloResult
join_records (NjArena *arena, const guint8 *bytes, gsize len, Cursor *ret_message, gsize *ret_length)
{
  guint8 *joined = NULL;
  gsize   have = 0;
  gsize   want = 4; /* until the message's own header says more */
  gsize   at = 0;

  while (have < want)
    {
      const guint8 *header = bytes + at;
      gsize         fragment;

      if (at < len && header[0] != CONTENT_HANDSHAKE)
        return NJ_CLIENT_HELLO_NOT_TLS;
      if (at + 1 < len && header[1] != 3)
        return NJ_CLIENT_HELLO_NOT_TLS;
      if (len - at < RECORD_HEADER)
        return NJ_CLIENT_HELLO_MORE;

      fragment = (gsize) header[3] << 8 | header[4];
      if (fragment == 0 || fragment > 16384 || at + RECORD_HEADER + fragment > NJ_CLIENT_HELLO_MAX)
        return NJ_CLIENT_HELLO_NOT_TLS;
      /* Told early, so that nobody waits for the rest of what is no hello. */
      if (have == 0 && len - at > RECORD_HEADER && header[RECORD_HEADER] != MESSAGE_HELLO)
        return NJ_CLIENT_HELLO_NOT_TLS;
      if (len - at - RECORD_HEADER < fragment)
        return NJ_CLIENT_HELLO_MORE;

      if (have == 0 && fragment >= 4)
        want = 4 + ((gsize) header[6] << 16 | (gsize) header[7] << 8 | header[8]);
      if (want > NJ_CLIENT_HELLO_MAX)
        return NJ_CLIENT_HELLO_NOT_TLS;

      if (have == 0 && fragment >= want)
        *ret_message = (Cursor){ header + RECORD_HEADER, want, FALSE };
      else
        {
          if (joined == NULL)
            joined = nj_arena_alloc (arena, NJ_CLIENT_HELLO_MAX);
          memcpy (joined + have, header + RECORD_HEADER, fragment);
          *ret_message = (Cursor){ joined, want, FALSE };
        }
      have += fragment;
      at += RECORD_HEADER + fragment;
      if (joined != NULL && have >= 4)
        ret_message->left = want = 4 + ((gsize) joined[1] << 16 | (gsize) joined[2] << 8 | joined[3]);
      if (want > NJ_CLIENT_HELLO_MAX)
        return NJ_CLIENT_HELLO_NOT_TLS;
    }

  *ret_length = at;
  return NJ_CLIENT_HELLO_OK;
}

/* RFC 6066 §3. */
static gboolean
read_name (Cursor extension, NjClientHello *hello)
{
  Cursor list = field (&extension, 2);

  while (list.left > 0)
    {
      guint  type = number (&list, 1);
      Cursor name = field (&list, 2);

      if (list.is_short || name.left == 0)
        return FALSE;
      if (type != 0)
        continue;
      for (gsize i = 0; i < name.left; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 0x7f)
          return FALSE;
      hello->server_name = nj_bytes ((const char *) name.at, name.left);
    }
  return !extension.is_short && extension.left == 0;
}

/* RFC 7301 §3.1. */
static gboolean
read_protocols (Cursor extension, NjClientHello *hello)
{
  Cursor list = field (&extension, 2);

  hello->protocols = nj_bytes ((const char *) list.at, list.left);
  while (list.left > 0)
    if (field (&list, 1).left == 0)
      return FALSE;
  return !list.is_short && !extension.is_short && extension.left == 0;
}

/* RFC 8446 §4.2.1; values that end in 0xa are there to keep servers honest (RFC 8701). */
static gboolean
read_versions (Cursor extension, NjClientHello *hello)
{
  Cursor list = field (&extension, 1);

  while (list.left > 0)
    {
      guint version = number (&list, 2);

      if ((version & 0x0f0f) != 0x0a0a && version > hello->version && version <= 0x03ff)
        hello->version = (guint16) version;
    }
  return !list.is_short && !extension.is_short && extension.left == 0;
}

/* A list of codes, two bytes each: RFC 8446 §4.2.3, §4.2.7. */
static gboolean
read_codes (Cursor extension, NjBytes *ret_codes)
{
  Cursor list = field (&extension, 2);

  if (list.is_short || list.left % 2 != 0 || extension.left > 0)
    return FALSE;
  *ret_codes = nj_bytes ((const char *) list.at, list.left);
  return TRUE;
}

static gboolean
read_extension (guint type, Cursor extension, NjClientHello *hello)
{
  if (hello->n_extensions < NJ_CLIENT_HELLO_EXTENSIONS_MAX)
    hello->extensions[hello->n_extensions++] = (guint16) type;
  if (type == EXTENSION_GROUPS)
    return read_codes (extension, &hello->groups);
  if (type == EXTENSION_SIGNATURES)
    return read_codes (extension, &hello->signatures);
  if (type == EXTENSION_NAME)
    return read_name (extension, hello);
  if (type == EXTENSION_ALPN)
    return read_protocols (extension, hello);
  if (type == EXTENSION_VERSIONS)
    return read_versions (extension, hello);
  if (type == EXTENSION_ECH)
    {
      hello->is_name_encrypted = TRUE;
      hello->sealed_length = (guint16) extension.left;
    }
  return TRUE;
}

/**
 * nj_client_hello_parse:
 * @hello: (out): what it says; slices point into @bytes or @arena
 * @arena: where a hello that came in several records is put together
 * @bytes: what the client sent so far
 * @len: how much
 *
 * Any thread. Source: RFC 8446 §4.1.2, RFC 5246 §7.4.1.2.
 *
 * Returns: %NJ_CLIENT_HELLO_OK, or what keeps it from being read
 */
NjClientHelloResult
nj_client_hello_parse (NjClientHello *hello, NjArena *arena, const guint8 *bytes, gsize len)
{
  Cursor              message = { 0 };
  Cursor              ciphers;
  Cursor              extensions;
  NjClientHelloResult result;

  *hello = (NjClientHello){ 0 };
  result = join_records (arena, bytes, len, &message, &hello->length);
  if (result != NJ_CLIENT_HELLO_OK)
    return result;

  take (&message, 4);
  hello->version = (guint16) number (&message, 2);
  take (&message, 32);  /* random */
  field (&message, 1);  /* session id */
  ciphers = field (&message, 2);
  hello->ciphers = nj_bytes ((const char *) ciphers.at, ciphers.left & ~(gsize) 1);
  field (&message, 1);  /* compression methods */
  if (message.is_short)
    return NJ_CLIENT_HELLO_NOT_TLS;
  if (message.left == 0)
    return NJ_CLIENT_HELLO_OK;

  extensions = field (&message, 2);
  while (extensions.left > 0)
    {
      guint  type = number (&extensions, 2);
      Cursor extension = field (&extensions, 2);

      if (extensions.is_short || !read_extension (type, extension, hello))
        return NJ_CLIENT_HELLO_NOT_TLS;
    }
  return message.is_short || message.left > 0 ? NJ_CLIENT_HELLO_NOT_TLS : NJ_CLIENT_HELLO_OK;
}

/**
 * nj_client_hello_offers:
 * @hello: a hello that was read
 * @protocol: an ALPN name, such as "h2"
 *
 * Any thread.
 *
 * Returns: whether the client speaks @protocol
 */
gboolean
nj_client_hello_offers (const NjClientHello *hello, NjBytes protocol)
{
  Cursor list = { (const guint8 *) hello->protocols.data, hello->protocols.len, FALSE };

  while (list.left > 0)
    {
      Cursor name = field (&list, 1);

      if (nj_bytes_equal (nj_bytes ((const char *) name.at, name.left), protocol))
        return TRUE;
    }
  return FALSE;
}

/**
 * nj_client_hello_kind:
 * @hello: a hello that was read
 *
 * A number made of the cipher suites in their order, which tells one TLS library and its settings
 * from another: what curl refused says nothing about a browser. Values that are there to keep
 * servers honest are left out (RFC 8701). Any thread.
 *
 * Returns: the number, never 0
 */
guint32
nj_client_hello_kind (const NjClientHello *hello)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i + 1 < hello->ciphers.len; i += 2)
    {
      guint8 high = (guint8) hello->ciphers.data[i];
      guint8 low = (guint8) hello->ciphers.data[i + 1];

      if ((high & 0x0f) != 0x0a || high != low)
        hash = ((hash ^ high) * 16777619u ^ low) * 16777619u;
    }
  return hash != 0 ? hash : 1;
}
