/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which hosts speak HTTPS, as far as is remembered.
 */
#include "base/clock.h"
#include "proxy/https-memory.h"

static gint64 now;

static gint64
tell_now (void)
{
  return now;
}

#define HOST NJ_BYTES ("shop.example")
#define PAGE NJ_BYTES ("http://shop.example/a")

static void
test_answers (void)
{
  NjHttpsMemory *memory = nj_https_memory_new ();

  now = G_USEC_PER_SEC;
  g_assert_cmpint (nj_https_memory_ask (memory, HOST), ==, NJ_HTTPS_UNKNOWN);
  nj_https_memory_learn (memory, HOST, NJ_HTTPS_UNKNOWN);
  g_assert_cmpint (nj_https_memory_ask (memory, HOST), ==, NJ_HTTPS_UNKNOWN);
  nj_https_memory_learn (memory, HOST, NJ_HTTPS_NO);
  g_assert_cmpint (nj_https_memory_ask (memory, HOST), ==, NJ_HTTPS_NO);
  g_assert_false (nj_https_memory_may_send (memory, HOST, PAGE));

  now += 4 * 24 * 3600 * (gint64) G_USEC_PER_SEC;
  g_assert_cmpint (nj_https_memory_ask (memory, HOST), ==, NJ_HTTPS_UNKNOWN);
  nj_https_memory_free (memory);
}

/* A host that sends the browser back to plain HTTP. */
static void
test_loop (void)
{
  NjHttpsMemory *memory = nj_https_memory_new ();

  nj_https_memory_learn (memory, HOST, NJ_HTTPS_YES);
  for (int i = 0; i < 10; i++)
    {
      now += 10 * G_USEC_PER_SEC;
      g_assert_true (nj_https_memory_may_send (memory, HOST, PAGE));
    }
  for (int i = 0; i < 10; i++)
    {
      g_autofree char *page = g_strdup_printf ("http://shop.example/%d", i);

      g_assert_true (nj_https_memory_may_send (memory, HOST, nj_bytes_from_string (page)));
    }
  for (int i = 0; i < 3; i++)
    g_assert_true (nj_https_memory_may_send (memory, HOST, PAGE));
  g_assert_false (nj_https_memory_may_send (memory, HOST, PAGE));
  g_assert_cmpint (nj_https_memory_ask (memory, HOST), ==, NJ_HTTPS_NO);
  nj_https_memory_free (memory);
}

static void
test_bound (void)
{
  NjHttpsMemory *memory = nj_https_memory_new ();
  guint          n_known = 0;

  for (guint i = 0; i < NJ_HTTPS_MEMORY_MAX + 100; i++)
    {
      g_autofree char *host = g_strdup_printf ("h%u.example", i);

      nj_https_memory_learn (memory, nj_bytes_from_string (host), NJ_HTTPS_YES);
    }
  for (guint i = 0; i < NJ_HTTPS_MEMORY_MAX + 100; i++)
    {
      g_autofree char *host = g_strdup_printf ("h%u.example", i);

      n_known += nj_https_memory_ask (memory, nj_bytes_from_string (host)) == NJ_HTTPS_YES;
    }
  g_assert_cmpuint (n_known, ==, NJ_HTTPS_MEMORY_MAX);
  nj_https_memory_free (memory);
}

int
main (int argc, char **argv)
{
  static const NjClock clock = { tell_now, tell_now };

  g_test_init (&argc, &argv, NULL);
  nj_clock_replace (&clock);
  g_test_add_func ("/proxy/https-memory/answers", test_answers);
  g_test_add_func ("/proxy/https-memory/loop", test_loop);
  g_test_add_func ("/proxy/https-memory/bound", test_bound);
  return g_test_run ();
}
