/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chunked coding, read strictly and byte by byte but for the bytes of the chunks themselves,
 * which come out as spans of the caller's buffer. Chunk extensions are checked, bounded and dropped:
 * we send chunks of our own. Trailers are read by the head parser. Called by http/h1, on worker threads.
 */
#include "http/body.h"

#include "http/scan.h"

/* Longest size line with its extensions; bytes. */
#define LINE_MAX_BYTES 4096

/* All extensions of one body: more is an attack (RFC 9112 §7.1.1); bytes. */
#define EXTENSIONS_MAX 65536

/* Leading zeros included; 16 digits fill 64 bits. */
#define DIGITS_MAX 16

/*   SIZE ─digit─▶ SIZE ─CR─▶ SIZE_LF ─LF─▶ DATA ─all─▶ DATA_CR ─CR─▶ DATA_LF ─LF─▶ SIZE
 *     │ ;                        ▲    └ size 0 ▶ END
 *     ▼                          │ CR
 *   NAME ─ = ▶ VALUE ─token─▶ VALUE ─ ; ▶ NAME
 *                │ "
 *                ▼
 *             QUOTED ⇄ ESCAPED ─ " ▶ QUOTED_END ─ ; ▶ NAME
 */
enum
{
  SIZE,
  SIZE_LF,
  NAME,
  NAME_MORE,
  VALUE,
  VALUE_MORE,
  QUOTED,
  ESCAPED,
  QUOTED_END,
  DATA,
  DATA_CR,
  DATA_LF,
  END,
  BROKEN
};

static NjChunkResult
refuse (NjChunked *chunked, const char *problem)
{
  chunked->state = BROKEN;
  chunked->problem = problem;
  return NJ_CHUNK_BAD;
}

static gboolean
take_size (NjChunked *chunked, char c)
{
  int digit = g_ascii_xdigit_value (c);

  if (digit >= 0)
    {
      if (++chunked->digits > DIGITS_MAX)
        return FALSE;
      chunked->left = chunked->left << 4 | (guint64) digit;
      return TRUE;
    }
  if (chunked->digits == 0 || (c != '\r' && c != ';'))
    return FALSE;

  chunked->state = c == '\r' ? SIZE_LF : NAME;
  return TRUE;
}

/* chunk-ext without the blanks that RFC 9112 §7.1.1 calls bad */
static gboolean
take_extension (NjChunked *chunked, char c)
{
  gboolean may_end = FALSE;

  switch (chunked->state)
    {
    case NAME:
    case NAME_MORE:
    case VALUE:
    case VALUE_MORE:
      if (nj_scan_is_token (c))
        {
          chunked->state = chunked->state <= NAME_MORE ? NAME_MORE : VALUE_MORE;
          return TRUE;
        }
      if (chunked->state == NAME_MORE && c == '=')
        {
          chunked->state = VALUE;
          return TRUE;
        }
      if (chunked->state == VALUE && c == '"')
        {
          chunked->state = QUOTED;
          return TRUE;
        }
      may_end = chunked->state == NAME_MORE || chunked->state == VALUE_MORE;
      break;
    case QUOTED:
      chunked->state = c == '"' ? QUOTED_END : c == '\\' ? ESCAPED : QUOTED;
      return nj_scan_is_value (c);
    case ESCAPED:
      chunked->state = QUOTED;
      return nj_scan_is_value (c);
    default: /* QUOTED_END */
      may_end = TRUE;
      break;
    }

  if (!may_end || (c != '\r' && c != ';'))
    return FALSE;

  chunked->state = c == '\r' ? SIZE_LF : NAME;
  return TRUE;
}

/**
 * nj_chunked_init:
 * @chunked: (out): a reader at the start of a chunked body
 *
 * Worker threads.
 */
void
nj_chunked_init (NjChunked *chunked)
{
  *chunked = (NjChunked){ .state = SIZE };
}

static NjChunkResult
end_line (NjChunked *chunked)
{
  /* A length that does not fit a signed number overflows in somebody's arithmetic. */
  if (chunked->left > G_MAXINT64)
    return refuse (chunked, "chunk size too large");

  chunked->state = chunked->left == 0 ? END : DATA;
  chunked->line = 0;
  chunked->digits = 0;
  return chunked->left == 0 ? NJ_CHUNK_TRAILERS : NJ_CHUNK_MORE;
}

/* One byte that is not of a chunk's data. */
static NjChunkResult
take_byte (NjChunked *chunked, char c)
{
  if (++chunked->line > LINE_MAX_BYTES)
    return refuse (chunked, "chunk size line too long");

  switch (chunked->state)
    {
    case SIZE:
      return take_size (chunked, c) ? NJ_CHUNK_MORE : refuse (chunked, "not a chunk size");
    case SIZE_LF:
      return c == '\n' ? end_line (chunked) : refuse (chunked, "carriage return without line feed after a chunk size");
    case DATA_CR:
      chunked->state = DATA_LF;
      return c == '\r' ? NJ_CHUNK_MORE : refuse (chunked, "chunk longer than its size");
    case DATA_LF:
      chunked->state = SIZE;
      chunked->line = 0;
      return c == '\n' ? NJ_CHUNK_MORE : refuse (chunked, "carriage return without line feed after a chunk");
    default:
      if (++chunked->extensions > EXTENSIONS_MAX)
        return refuse (chunked, "too many chunk extensions");
      return take_extension (chunked, c) ? NJ_CHUNK_MORE : refuse (chunked, "not a chunk extension");
    }
}

/**
 * nj_chunked_next:
 * @chunked: where we are
 * @bytes: what has come and was not used yet
 * @len: bytes of @bytes
 * @ret_used: (out): how many of them this step used up, those of @ret_span included
 * @ret_span: (out): body bytes, a slice of @bytes; only after %NJ_CHUNK_BYTES
 *
 * One step through a chunked body; call again with what is left until it wants more. All bytes are
 * always used up with %NJ_CHUNK_MORE. Worker threads. Source: RFC 9112 §7.1.
 *
 * Returns: %NJ_CHUNK_BYTES, %NJ_CHUNK_MORE, %NJ_CHUNK_TRAILERS when the trailer section starts
 *   behind @ret_used, or %NJ_CHUNK_BAD with @chunked.problem set
 */
NjChunkResult
nj_chunked_next (NjChunked *chunked, const char *bytes, gsize len, gsize *ret_used, NjBytes *ret_span)
{
  gsize         used = 0;
  NjChunkResult result = NJ_CHUNK_MORE;

  *ret_used = 0;
  *ret_span = NJ_BYTES_NONE;
  if (chunked->state == END)
    return NJ_CHUNK_TRAILERS;
  if (chunked->state == BROKEN)
    return NJ_CHUNK_BAD;

  while (used < len && chunked->state != DATA && result == NJ_CHUNK_MORE)
    result = take_byte (chunked, bytes[used++]);

  if (result == NJ_CHUNK_MORE && used < len)
    {
      gsize n = (gsize) MIN (chunked->left, (guint64) (len - used));

      *ret_span = nj_bytes (bytes + used, n);
      used += n;
      chunked->left -= n;
      if (chunked->left == 0)
        chunked->state = DATA_CR;
      result = NJ_CHUNK_BYTES;
    }

  *ret_used = used;
  return result;
}
