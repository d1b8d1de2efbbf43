/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions and answers of the DNS as bytes: a question for a host's addresses is made, an answer is
 * taken apart strictly, and the chain of names that led to the addresses is kept. Nothing is sent
 * here. Any thread.
 *
 * c-ares is not used for this: before 1.28 (Debian 12 has 1.18) it shows no records one by one, and
 * names on the way to an IPv6 address not at all.
 */
#include "net/dns-message.h"

#define HEAD 12
#define TYPE_CNAME 5
#define TYPE_SOA 6
#define TYPE_OPT 41
#define CLASS_IN 1

/* RFC 8467 §4.1: questions are padded to a multiple of this, so that their length tells no name. */
#define PADDING 128
#define OPTION_PADDING 12

/* Records that are looked at; who has more addresses than a connection attempt tries gains nothing by them. */
#define RECORDS_MAX 64

/* Names on the way; resolvers give up at about as many. */
#define CHAIN_MAX 12

typedef struct
{
  const guint8 *bytes;
  gsize         len;
} Message;

/* One record; places are offsets into the message. */
typedef struct
{
  gsize   owner;
  guint16 type;
  guint32 ttl_s;
  gsize   content;
  guint16 size;
} Record;

static guint16
get_u16 (const Message *message, gsize at)
{
  return (guint16) (message->bytes[at] << 8 | message->bytes[at + 1]);
}

static void
put_u16 (guint8 *at, guint value)
{
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

/* Bytes of the name on the wire; 0 when it is none. */
static gsize
put_name (NjBytes host, guint8 *at)
{
  gsize label = 0;

  for (gsize i = 0; i <= host.len; i++)
    if (i == host.len || host.data[i] == '.')
      {
        gsize len = i - label;

        if (len == 0 || len > 63)
          return 0;
        at[label] = (guint8) len;
        memcpy (at + label + 1, host.data + label, len);
        label = i + 1;
      }

  at[label] = 0;
  return label + 1;
}

/**
 * nj_dns_message_ask:
 * @host: a name in its normal form
 * @type: which addresses
 * @ret_question: (out): the question; its id is 0
 *
 * A question with EDNS(0) and padding. Any thread. Source: RFC 1035 §4.1, RFC 6891 §6.1.2, RFC 7830, RFC 8467.
 *
 * Returns: its length; 0 when @host cannot be asked for
 */
gsize
nj_dns_message_ask (NjBytes host, NjDnsMessageType type, guint8 ret_question[NJ_DNS_MESSAGE_QUESTION_MAX])
{
  static const guint8 head[HEAD] = { 0, 0, 1 /* recursion desired */, 0, 0, 1, 0, 0, 0, 0, 0, 1 };
  guint8             *at = ret_question;
  gsize               len;
  gsize               padding;

  if (host.len == 0 || host.len > NJ_HOST_MAX)
    return 0;

  memset (ret_question, 0, NJ_DNS_MESSAGE_QUESTION_MAX);
  memcpy (at, head, HEAD);
  len = put_name (host, at + HEAD);
  if (len == 0)
    return 0;
  at += HEAD + len;
  put_u16 (at, type);
  put_u16 (at + 2, CLASS_IN);
  at += 4;

  /* OPT: root, type, what we could take by UDP, flags; then the padding. */
  put_u16 (at + 1, TYPE_OPT);
  put_u16 (at + 3, 1232);
  len = (gsize) (at - ret_question) + 11 + 4;
  padding = (PADDING - len % PADDING) % PADDING;
  put_u16 (at + 9, (guint) (4 + padding));
  put_u16 (at + 11, OPTION_PADDING);
  put_u16 (at + 13, (guint) padding);
  return len + padding;
}

/* Takes one label into a name; FALSE when it is none that a host could bear. */
static gboolean
take_label (const Message *message, gsize at, gsize len, char *name, gsize *used)
{
  if (*used + len + 1 > NJ_HOST_MAX)
    return FALSE;

  if (*used > 0)
    name[(*used)++] = '.';
  for (gsize i = 0; i < len; i++)
    {
      char c = nj_ascii_lower ((char) message->bytes[at + i]);

      /* Anything else would be read in another way further on: a dot, a blank, a NUL, a slash. */
      if (!g_ascii_isalnum (c) && c != '-' && c != '_')
        return FALSE;
      name[(*used)++] = c;
    }
  return TRUE;
}

/* The name at a place, in normal form; FALSE when it is none. RFC 1035 §4.1.4, where each pointer must lead
 * further back than the last, so that there is an end. */
static gboolean
read_name (const Message *message, gsize at, char name[NJ_HOST_MAX + 1])
{
  gsize used = 0;
  gsize before = at;

  while (at < message->len)
    {
      guint8 len = message->bytes[at];

      if (len == 0)
        {
          name[used] = '\0';
          return used > 0;
        }
      if (len >= 0xc0)
        {
          if (at + 1 >= message->len)
            return FALSE;
          at = get_u16 (message, at) & 0x3fff;
          if (at >= before)
            return FALSE;
          before = at;
          continue;
        }
      if (len > 63 || at + 1 + len > message->len || !take_label (message, at + 1, len, name, &used))
        return FALSE;
      at += 1 + (gsize) len;
    }

  return FALSE;
}

/* Where the name at a place ends; 0 when it does not. Names that are only passed over may hold what they like. */
static gsize
skip_name (const Message *message, gsize at)
{
  while (at < message->len)
    {
      guint8 len = message->bytes[at];

      if (len == 0)
        return at + 1;
      if (len >= 0xc0)
        return at + 2 <= message->len ? at + 2 : 0;
      if (len > 63)
        return 0;
      at += 1 + (gsize) len;
    }

  return 0;
}

static gboolean
is_name (const Message *message, gsize at, const char *name)
{
  char found[NJ_HOST_MAX + 1];

  return read_name (message, at, found) && strcmp (found, name) == 0;
}

/* Reads one record and leaves the place behind it. */
static gboolean
read_record (const Message *message, gsize *at, Record *ret_record)
{
  gsize end = skip_name (message, *at);

  if (end == 0 || end + 10 > message->len)
    return FALSE;

  ret_record->owner = *at;
  /* Of another class is of no use: as if it were of another type. */
  ret_record->type = get_u16 (message, end + 2) == CLASS_IN ? get_u16 (message, end) : 0;
  ret_record->ttl_s = (guint32) get_u16 (message, end + 4) << 16 | get_u16 (message, end + 6);
  /* RFC 2181 §8: with the top bit set it is no time at all. */
  if (ret_record->ttl_s > G_MAXINT32)
    ret_record->ttl_s = 0;
  ret_record->size = get_u16 (message, end + 8);
  ret_record->content = end + 10;
  *at = ret_record->content + ret_record->size;
  return *at <= message->len;
}

/* The names of a chain end here for the caller: each with its NUL. */
static gboolean
keep_name (NjResolved *resolved, const char *name)
{
  gsize used = 0;
  gsize len = strlen (name) + 1;

  for (guint i = 0; i < resolved->n_names; i++)
    used += strlen (resolved->names + used) + 1;
  if (used + len > NJ_RESOLVER_NAMES_SIZE)
    return FALSE;

  memcpy (resolved->names + used, name, len);
  resolved->n_names++;
  return TRUE;
}

static void
take_address (const Message *message, const Record *record, NjResolved *resolved)
{
  NjAddress *address = &resolved->addresses[resolved->n];

  if (resolved->n == NJ_RESOLVER_ADDRESSES_MAX)
    return;

  memset (address, 0, sizeof *address);
  if (record->type == NJ_DNS_MESSAGE_A && record->size == 4)
    {
      address->v4.sin_family = AF_INET;
      memcpy (&address->v4.sin_addr, message->bytes + record->content, 4);
      address->len = sizeof address->v4;
    }
  else if (record->type == NJ_DNS_MESSAGE_AAAA && record->size == 16)
    {
      address->v6.sin6_family = AF_INET6;
      memcpy (&address->v6.sin6_addr, message->bytes + record->content, 16);
      address->len = sizeof address->v6;
    }
  else
    return;

  /* A filtering server says 0.0.0.0 and means nobody; Linux would connect to itself. */
  if (nj_address_scope (address) != NJ_SCOPE_UNSPECIFIED)
    resolved->n++;
}

/* The next name on the way: NULL at its end. */
static const Record *
find_alias (const Message *message, const Record *records, guint n, const char *name)
{
  for (guint i = 0; i < n; i++)
    if (records[i].type == TYPE_CNAME && is_name (message, records[i].owner, name))
      return &records[i];

  return NULL;
}

/* Follows the chain from host to its addresses, in whatever order its records stand. */
static NjDnsMessageResult
follow (const Message *message, const Record *records, guint n, NjBytes host, NjDnsMessageType type,
        NjResolved *resolved, guint32 *ttl_s)
{
  char          name[NJ_HOST_MAX + 1];
  const Record *alias;

  memcpy (name, host.data, host.len);
  name[host.len] = '\0';

  for (guint step = 0; (alias = find_alias (message, records, n, name)) != NULL; step++)
    {
      if (step == CHAIN_MAX || !read_name (message, alias->content, name) || !keep_name (resolved, name))
        return NJ_DNS_MESSAGE_BAD;
      *ttl_s = MIN (*ttl_s, alias->ttl_s);
    }

  for (guint i = 0; i < n; i++)
    if (records[i].type == type && is_name (message, records[i].owner, name))
      {
        take_address (message, &records[i], resolved);
        *ttl_s = MIN (*ttl_s, records[i].ttl_s);
      }
  return resolved->n > 0 ? NJ_DNS_MESSAGE_ADDRESSES : NJ_DNS_MESSAGE_NOTHING;
}

/* How long it holds that there is nothing: RFC 2308 §5; 0 when the answer does not say. */
static guint32
negative_ttl (const Message *message, gsize at, guint n)
{
  Record record;

  for (guint i = 0; i < n && read_record (message, &at, &record); i++)
    if (record.type == TYPE_SOA && record.size >= 22)
      {
        gsize   end = record.content + record.size;
        guint32 minimum = (guint32) get_u16 (message, end - 4) << 16 | get_u16 (message, end - 2);

        return MIN (record.ttl_s, minimum);
      }

  return 0;
}

/* One question, the one that was asked; returns where it ends, 0 when it is another. */
static gsize
check_question (const Message *message, NjBytes host, NjDnsMessageType type)
{
  char  name[NJ_HOST_MAX + 1];
  gsize end;

  /* A response to a plain query, whole: RFC 1035 §4.1.1. */
  if (message->len < HEAD || (message->bytes[2] & 0xfa) != 0x80 || get_u16 (message, 4) != 1)
    return 0;

  end = skip_name (message, HEAD);
  if (end == 0 || end + 4 > message->len || !read_name (message, HEAD, name) ||
      !nj_bytes_equal (nj_bytes_from_string (name), host) || get_u16 (message, end) != type ||
      get_u16 (message, end + 2) != CLASS_IN)
    return 0;

  return end + 4;
}

/**
 * nj_dns_message_read:
 * @bytes: an answer
 * @len: its length
 * @host: the name that was asked for, in its normal form
 * @type: what was asked for
 * @ret_resolved: (out): addresses, and the names between @host and them
 * @ret_ttl_s: (out): how long it may be kept, seconds; 0 when the answer does not say
 *
 * Whatever the bytes are, they are read within @len. Any thread. Source: RFC 1035 §4, RFC 2181, RFC 2308.
 *
 * Returns: what the answer says
 */
NjDnsMessageResult
nj_dns_message_read (const guint8 *bytes, gsize len, NjBytes host, NjDnsMessageType type, NjResolved *ret_resolved,
                     guint32 *ret_ttl_s)
{
  const Message      message = { bytes, len };
  Record             records[RECORDS_MAX];
  guint              n_answers;
  gsize              at = check_question (&message, host, type);
  NjDnsMessageResult result;

  ret_resolved->n = ret_resolved->n_names = 0;
  *ret_ttl_s = 0;
  if (at == 0 || host.len > NJ_HOST_MAX)
    return NJ_DNS_MESSAGE_BAD;
  /* RFC 1035 §4.1.1: 0 is well, 3 no such name. */
  if ((bytes[3] & 15) != 0 && (bytes[3] & 15) != 3)
    return NJ_DNS_MESSAGE_REFUSED;

  n_answers = get_u16 (&message, 6);
  for (guint i = 0; i < n_answers; i++)
    if (!read_record (&message, &at, &records[MIN (i, RECORDS_MAX - 1)]))
      return NJ_DNS_MESSAGE_BAD;

  *ret_ttl_s = G_MAXUINT32;
  result = follow (&message, records, MIN (n_answers, RECORDS_MAX), host, type, ret_resolved, ret_ttl_s);
  if (result == NJ_DNS_MESSAGE_NOTHING)
    *ret_ttl_s = MIN (*ret_ttl_s, negative_ttl (&message, at, get_u16 (&message, 8)));
  if (result == NJ_DNS_MESSAGE_BAD)
    ret_resolved->n = ret_resolved->n_names = 0;
  if (*ret_ttl_s == G_MAXUINT32)
    *ret_ttl_s = 0;
  return result;
}
