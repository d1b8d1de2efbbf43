/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DNS messages byte by byte: what a question looks like, chains in any order, compression that runs
 * in circles, every place at which an answer may be cut off, and answers to other questions.
 */
#include "net/dns-message.h"

#define MESSAGE_MAX 4096

typedef struct
{
  guint8 bytes[MESSAGE_MAX];
  gsize  len;
  guint  n; /* answers so far */
} Answer;

static void
put (Answer *answer, guint64 value, guint bytes)
{
  while (bytes-- > 0)
    answer->bytes[answer->len++] = bytes < 8 ? (guint8) (value >> (8 * bytes)) : 0;
}

/* A name written out; "@" and an offset is a pointer. */
static void
put_name (Answer *answer, const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);

  for (guint i = 0; labels[i] != NULL; i++)
    {
      if (labels[i][0] == '@')
        {
          put (answer, 0xc000 | (guint) atoi (labels[i] + 1), 2);
          return;
        }
      put (answer, (guint) strlen (labels[i]), 1);
      memcpy (answer->bytes + answer->len, labels[i], strlen (labels[i]));
      answer->len += strlen (labels[i]);
    }
  put (answer, 0, 1);
}

static void
start (Answer *answer, const char *name, guint type)
{
  memset (answer, 0, sizeof *answer);
  put (answer, 0x1234, 2);
  put (answer, 0x8180, 2);
  put (answer, 1, 2);
  put (answer, 0, 6);
  put_name (answer, name);
  put (answer, type, 2);
  put (answer, 1, 2);
}

static void
count (Answer *answer)
{
  answer->bytes[6] = (guint8) (++answer->n >> 8);
  answer->bytes[7] = (guint8) answer->n;
}

static void
add_head (Answer *answer, const char *owner, guint type, guint ttl_s, guint size)
{
  put_name (answer, owner);
  put (answer, type, 2);
  put (answer, 1, 2);
  put (answer, ttl_s, 4);
  put (answer, size, 2);
  count (answer);
}

static void
add_address (Answer *answer, const char *owner, guint ttl_s, guint last)
{
  add_head (answer, owner, 1, ttl_s, 4);
  put (answer, 0xc0000200 | last, 4);
}

static void
add_alias (Answer *answer, const char *owner, guint ttl_s, const char *target)
{
  gsize size_at;

  add_head (answer, owner, 5, ttl_s, 0);
  size_at = answer->len;
  put_name (answer, target);
  answer->bytes[size_at - 1] = (guint8) (answer->len - size_at);
}

static NjDnsMessageResult
read_answer (const Answer *answer, const char *name, NjResolved *resolved, guint32 *ttl_s)
{
  /* Of its own length, so that a sanitizer sees each byte too many. */
  g_autofree guint8 *copy = g_memdup2 (answer->bytes, answer->len);

  return nj_dns_message_read (copy, answer->len, nj_bytes_from_string (name), NJ_DNS_MESSAGE_A, resolved, ttl_s);
}

static void
test_question (void)
{
  static const guint8 wanted[] = "\0\0\1\0\0\1\0\0\0\0\0\1" "\1a\4test\0" "\0\x1c\0\1"
                                 "\0\0\x29\4\xd0\0\0\0\0\0\x5d\0\x0c\0\x59";
  guint8 question[NJ_DNS_MESSAGE_QUESTION_MAX];
  char   longest[NJ_HOST_MAX + 2];

  g_assert_cmpuint (nj_dns_message_ask (NJ_BYTES ("a.test"), NJ_DNS_MESSAGE_AAAA, question), ==, 128);
  g_assert_cmpmem (question, sizeof wanted - 1, wanted, sizeof wanted - 1);
  for (gsize i = sizeof wanted - 1; i < 128; i++)
    g_assert_cmpuint (question[i], ==, 0);

  memset (longest, 'a', sizeof longest);
  longest[63] = longest[127] = longest[191] = '.';
  g_assert_cmpuint (nj_dns_message_ask (nj_bytes (longest, NJ_HOST_MAX), NJ_DNS_MESSAGE_A, question), ==, 384);
  g_assert_cmpuint (nj_dns_message_ask (nj_bytes (longest, NJ_HOST_MAX + 1), NJ_DNS_MESSAGE_A, question), ==, 0);
  longest[63] = 'a';
  g_assert_cmpuint (nj_dns_message_ask (nj_bytes (longest, NJ_HOST_MAX), NJ_DNS_MESSAGE_A, question), ==, 0);
  g_assert_cmpuint (nj_dns_message_ask (NJ_BYTES (""), NJ_DNS_MESSAGE_A, question), ==, 0);
  g_assert_cmpuint (nj_dns_message_ask (NJ_BYTES ("a..test"), NJ_DNS_MESSAGE_A, question), ==, 0);
}

static void
test_addresses (void)
{
  Answer     answer;
  NjResolved resolved;
  guint32    ttl_s;

  /* The server may write the name in any case (draft-vixie-dnsext-dns0x20). */
  start (&answer, "A.Test", 1);
  add_address (&answer, "@12", 300, 1);
  add_address (&answer, "a.TEST", 100, 2);
  add_address (&answer, "other.test", 1, 3);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_ADDRESSES);
  g_assert_cmpuint (resolved.n, ==, 2);
  g_assert_cmpuint (ttl_s, ==, 100);
  g_assert_cmpuint (resolved.n_names, ==, 0);

  /* More than anybody tries. */
  start (&answer, "a.test", 1);
  for (guint i = 0; i < 100; i++)
    add_address (&answer, "@12", 300, i + 1);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_ADDRESSES);
  g_assert_cmpuint (resolved.n, ==, NJ_RESOLVER_ADDRESSES_MAX);
}

static void
test_chain (void)
{
  Answer     answer;
  NjResolved resolved;
  guint32    ttl_s;

  /* In the wrong order, as some servers have it. */
  start (&answer, "a.test", 1);
  add_address (&answer, "c.test", 300, 1);
  add_alias (&answer, "b.test", 50, "c.test");
  add_alias (&answer, "@12", 300, "B.test");
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_ADDRESSES);
  g_assert_cmpuint (ttl_s, ==, 50);
  g_assert_cmpuint (resolved.n_names, ==, 2);
  g_assert_cmpmem (resolved.names, 14, "b.test\0c.test", 14);

  /* It leads nowhere. */
  start (&answer, "a.test", 1);
  add_alias (&answer, "@12", 300, "b.test");
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_NOTHING);

  /* In a circle, and through a name that nothing further on would read alike. */
  start (&answer, "a.test", 1);
  add_alias (&answer, "@12", 300, "b.test");
  add_alias (&answer, "b.test", 300, "a.test");
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
  start (&answer, "a.test", 1);
  add_alias (&answer, "@12", 300, "b/c.test");
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
  g_assert_cmpuint (resolved.n_names, ==, 0);
}

static void
test_nothing (void)
{
  Answer     answer;
  NjResolved resolved;
  guint32    ttl_s;

  start (&answer, "a.test", 1);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_NOTHING);
  g_assert_cmpuint (ttl_s, ==, 0);

  /* RFC 2308 §5: the smaller of the SOA's own time and its last field. */
  answer.bytes[3] |= 3;
  add_head (&answer, "test", 6, 600, 22);
  answer.bytes[9] = 1;
  answer.bytes[7] = 0;
  put (&answer, 0, 18);
  put (&answer, 77, 4);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_NOTHING);
  g_assert_cmpuint (ttl_s, ==, 77);

  answer.bytes[3] = 0x82;
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_REFUSED);
}

/* Another name, another type, a question, a piece of an answer. */
static void
test_strangers (void)
{
  Answer     answer;
  NjResolved resolved;
  guint32    ttl_s;

  start (&answer, "b.test", 1);
  add_address (&answer, "a.test", 300, 1);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
  start (&answer, "a.test", 28);
  add_address (&answer, "@12", 300, 1);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
  for (guint bit = 1; bit < 8; bit++)
    if (bit != 2)
      {
        /* All but AA of the second byte: QR, opcode and TC. */
        start (&answer, "a.test", 1);
        add_address (&answer, "@12", 300, 1);
        answer.bytes[2] ^= (guint8) (1 << bit);
        g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
      }
}

static void
test_pieces (void)
{
  Answer     answer;
  NjResolved resolved;
  guint32    ttl_s;
  gsize      whole;

  start (&answer, "a.test", 1);
  add_alias (&answer, "@12", 300, "b.@14");
  add_address (&answer, "b.test", 300, 1);
  g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_ADDRESSES);
  whole = answer.len;
  for (answer.len = 0; answer.len < whole; answer.len++)
    g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_BAD);
}

/* Pointers to themselves, forward, and to each other. */
static void
test_pointers (void)
{
  static const char *const owners[] = { "@24", "@26", "x.@24", "@4095", "@23" };
  NjResolved resolved;
  guint32    ttl_s;

  for (guint i = 0; i < G_N_ELEMENTS (owners); i++)
    {
      Answer answer;

      start (&answer, "a.test", 1);
      add_address (&answer, owners[i], 300, 1);
      add_address (&answer, "@24", 300, 1);
      g_assert_cmpint (read_answer (&answer, "a.test", &resolved, &ttl_s), ==, NJ_DNS_MESSAGE_NOTHING);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/dns-message/question", test_question);
  g_test_add_func ("/net/dns-message/addresses", test_addresses);
  g_test_add_func ("/net/dns-message/chain", test_chain);
  g_test_add_func ("/net/dns-message/nothing", test_nothing);
  g_test_add_func ("/net/dns-message/strangers", test_strangers);
  g_test_add_func ("/net/dns-message/pieces", test_pieces);
  g_test_add_func ("/net/dns-message/pointers", test_pointers);
  return g_test_run ();
}
