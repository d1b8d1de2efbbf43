/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is remembered of ports, and for how long.
 */
#include "base/clock.h"
#include "proxy/port-memory.h"

#define HOST NJ_BYTES ("mail.example")
#define MINUTE_US (60 * (gint64) G_USEC_PER_SEC)

static gint64 now;

static gint64
tell_now (void)
{
  return now;
}

static const NjClock clock_of_test = { tell_now, tell_now };

static void
test_answers (void)
{
  g_autofree NjPortMemory *memory = g_new0 (NjPortMemory, 1);
  const NjTlsMirror       *mirror = (const NjTlsMirror *) memory; /* only ever handed on */
  const NjTlsMirror       *heard = mirror;

  nj_clock_replace (&clock_of_test);
  now = G_USEC_PER_SEC;
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 993, &heard), ==, NJ_PORT_UNKNOWN);
  g_assert_null (heard);

  nj_port_memory_learn (memory, HOST, 993, NJ_PORT_TLS, mirror);
  nj_port_memory_learn (memory, HOST, 25, NJ_PORT_OTHER, NULL);
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 993, &heard), ==, NJ_PORT_TLS);
  g_assert_true (heard == mirror);
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 25, NULL), ==, NJ_PORT_OTHER);
  /* One port says nothing about another, nor one host. */
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 443, NULL), ==, NJ_PORT_UNKNOWN);
  g_assert_cmpint (nj_port_memory_ask (memory, NJ_BYTES ("mail2.example"), 25, NULL), ==, NJ_PORT_UNKNOWN);
  g_assert_cmpint (nj_port_memory_ask (memory, NJ_BYTES (""), 25, NULL), ==, NJ_PORT_UNKNOWN);

  /* What was heard last counts, from then on. */
  now += 50 * MINUTE_US;
  nj_port_memory_learn (memory, HOST, 25, NJ_PORT_TLS, NULL);
  now += 20 * MINUTE_US;
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 25, &heard), ==, NJ_PORT_TLS);
  g_assert_null (heard);
  g_assert_cmpint (nj_port_memory_ask (memory, HOST, 993, NULL), ==, NJ_PORT_UNKNOWN);
  nj_clock_replace (NULL);
}

/* Of many, the newest are remembered, and none is mistaken for another. */
static void
test_many (void)
{
  g_autofree NjPortMemory *memory = g_new0 (NjPortMemory, 1);
  guint                    n_known = 0;

  nj_clock_replace (&clock_of_test);
  for (guint i = 0; i < 20 * NJ_PORT_MEMORY_SLOTS; i++)
    {
      g_autofree char *host = g_strdup_printf ("host%u.example", i / 3);

      nj_port_memory_learn (memory, nj_bytes_from_string (host), (guint16) (9000 + i % 3), i % 2 == 0 ? NJ_PORT_TLS : NJ_PORT_OTHER, NULL);
    }
  for (guint i = 0; i < 20 * NJ_PORT_MEMORY_SLOTS; i++)
    {
      g_autofree char *host = g_strdup_printf ("host%u.example", i / 3);
      NjPortSpeech     speech = nj_port_memory_ask (memory, nj_bytes_from_string (host), (guint16) (9000 + i % 3), NULL);

      if (speech == NJ_PORT_UNKNOWN)
        continue;
      g_assert_cmpint (speech, ==, i % 2 == 0 ? NJ_PORT_TLS : NJ_PORT_OTHER);
      n_known++;
    }
  g_assert_cmpuint (n_known, >, NJ_PORT_MEMORY_SLOTS / 2);
  g_assert_cmpuint (n_known, <=, NJ_PORT_MEMORY_SLOTS);
  nj_clock_replace (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proxy/port-memory/answers", test_answers);
  g_test_add_func ("/proxy/port-memory/many", test_many);
  return g_test_run ();
}
