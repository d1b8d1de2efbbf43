/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names over a transport: how long what it says is kept, what becomes of half an answer, when the
 * system's resolver is asked instead, and names that no transport gets to see. The transport is the
 * test's own, and so is the clock.
 */
#include "base/clock.h"
#include "net/resolver-private.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <unistd.h>

static gint   questions;        /* atomic: over the transport */
static gint   system_questions; /* atomic */
static gint64 lead;             /* atomic: what the test's clock is ahead, µs */

static gint64
monotonic (void)
{
  return g_get_monotonic_time () + __atomic_load_n (&lead, __ATOMIC_RELAXED);
}

static const NjClock ahead = { monotonic, g_get_real_time };

static NjResolveResult
system_answer (const char *host, NjResolved *ret_resolved)
{
  g_atomic_int_inc (&system_questions);
  ret_resolved->n = 1;
  nj_address_parse (NJ_BYTES ("198.51.100.1"), 0, &ret_resolved->addresses[0]);
  return NJ_RESOLVE_OK;
}

/* What the first label of the name says: "ttl<number>" an IPv4 address for so long, "none" nothing, "fail"
 * a server that cannot, "lost" no server, "slow6" one that owes the IPv6 answer, "half" one that fails for it. */
static NjIo
carry (NjWorker *worker, const guint8 *question, gsize len, gint64 deadline, guint8 ret_answer[NJ_RESOLVER_ANSWER_MAX],
       gsize *ret_len)
{
  gsize    end = 12 + strlen ((const char *) question + 12) + 1 + 4;
  gboolean is_six = question[end - 3] == 28;
  char     label[64];
  guint32  ttl_s;

  g_strlcpy (label, (const char *) question + 13, MIN (sizeof label, question[12] + 1u));
  g_atomic_int_inc (&questions);
  if (g_str_equal (label, "lost"))
    return NJ_FAILED;
  if (g_str_equal (label, "slow6") && is_six)
    return nj_fiber_park (deadline);
  nj_fiber_sleep (nj_clock_monotonic () + 1000);

  memcpy (ret_answer, question, end);
  memset (ret_answer + 6, 0, 6);
  ret_answer[2] = 0x81;
  ret_answer[3] = 0x80;
  *ret_len = end;
  if (g_str_equal (label, "fail") || (g_str_equal (label, "half") && is_six))
    ret_answer[3] |= 2;
  else if (g_str_equal (label, "none"))
    {
      static const guint8 soa[] = { 0xc0, 12, 0, 6, 0, 1, 0, 0, 0x0e, 0x10, 0, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0e, 0x10 };

      ret_answer[3] |= 3;
      ret_answer[9] = 1;
      memcpy (ret_answer + end, soa, sizeof soa);
      *ret_len += sizeof soa;
    }
  else if (!is_six)
    {
      guint8 record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1 };

      ttl_s = g_str_has_prefix (label, "ttl") ? (guint32) atoi (label + 3) : 60;
      for (guint i = 0; i < 4; i++)
        record[6 + i] = (guint8) (ttl_s >> (24 - 8 * i));
      memcpy (ret_answer + end, record, sizeof record);
      ret_answer[7] = 1;
      *ret_len += sizeof record;
    }
  return NJ_OK;
}

static NjResolveResult
ask (const char *name)
{
  NjResolved resolved = { 0 };

  return nj_resolver_resolve (nj_worker_current (), nj_bytes_from_string (name), nj_clock_monotonic () + 10 * G_USEC_PER_SEC, &resolved);
}

/* Kept until so many seconds have gone by and no longer. */
static void
assert_kept (const char *name, NjResolveResult wanted, gint seconds)
{
  gint before;

  nj_resolver_flush ();
  g_assert_cmpint (ask (name), ==, wanted);
  before = g_atomic_int_get (&questions);
  __atomic_add_fetch (&lead, (seconds - 1) * (gint64) G_USEC_PER_SEC, __ATOMIC_RELAXED);
  /* The worker looks at its clock when it has waited. */
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_cmpint (ask (name), ==, wanted);
  g_assert_cmpint (g_atomic_int_get (&questions), ==, before);
  __atomic_add_fetch (&lead, 2 * (gint64) G_USEC_PER_SEC, __ATOMIC_RELAXED);
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_cmpint (ask (name), ==, wanted);
  g_assert_cmpint (g_atomic_int_get (&questions), ==, before + 2);
}

static void
kept_fiber (gpointer user_data)
{
  assert_kept ("ttl30.test", NJ_RESOLVE_OK, 30);
  assert_kept ("ttl0.test", NJ_RESOLVE_OK, 5);
  assert_kept ("ttl1000000.test", NJ_RESOLVE_OK, 86400);
  assert_kept ("none.test", NJ_RESOLVE_NO_SUCH_NAME, 300);
  assert_kept ("fail.test", NJ_RESOLVE_FAILED, 2);
  assert_kept ("lost.test", NJ_RESOLVE_FAILED, 2);
}

static void
test_kept (void)
{
  nj_resolver_set_transport (carry, FALSE);
  nj_clock_replace (&ahead);
  on_worker_run (kept_fiber, NULL);
  nj_clock_replace (NULL);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 0);
}

static void
half_fiber (gpointer user_data)
{
  gint64 start = g_get_monotonic_time ();

  g_assert_cmpint (ask ("slow6.test"), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (ask ("half.test"), ==, NJ_RESOLVE_OK);
}

/* One family is enough, and is not kept waiting by the other. */
static void
test_half (void)
{
  nj_resolver_set_transport (carry, FALSE);
  on_worker_run (half_fiber, NULL);
}

static void
fall_back_fiber (gpointer user_data)
{
  g_assert_cmpint (ask ("fail.test"), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (ask ("lost.test"), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (ask ("none.test"), ==, NJ_RESOLVE_NO_SUCH_NAME);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 2);
}

static void
test_fall_back (void)
{
  g_atomic_int_set (&system_questions, 0);
  nj_resolver_set_transport (carry, TRUE);
  on_worker_run (fall_back_fiber, NULL);
}

static void
local_fiber (gpointer user_data)
{
  static const char *const names[] = { "localhost", "a.localhost", "printer", "nas.local", "x.internal", "r.home.arpa" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_cmpint (ask (names[i]), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (g_atomic_int_get (&questions), ==, 0);
  /* The first two are this machine: nobody at all is asked. */
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, G_N_ELEMENTS (names) - 2);

  g_assert_cmpint (ask ("notlocal.test"), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (ask ("mylocal"), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (g_atomic_int_get (&questions), ==, 2);
}

static void
test_local (void)
{
  g_atomic_int_set (&questions, 0);
  g_atomic_int_set (&system_questions, 0);
  nj_resolver_set_transport (carry, FALSE);
  on_worker_run (local_fiber, NULL);
}

static void
test_hosts (void)
{
  static const char text[] = "127.0.0.1\tlocalhost\n# 192.0.2.1 not.test\n\n192.0.2.2  One.test two.test. # three.test\r\n"
                             "::1 six.test\n0.0.0.0 b\xc3\xbc" "cher.test\n192.0.2.9\n   192.0.2.3 last.test";
  static const char *const wanted[] = { "localhost", "one.test", "two.test", "six.test", "xn--bcher-kva.test", "last.test" };
  g_autofree char *path = NULL;
  int              fd = g_file_open_tmp ("nightjar-hosts-XXXXXX", &path, NULL);
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GHashTable) none = nj_resolver_hosts_read ("/nonexistent");

  g_assert_cmpint (write (fd, text, sizeof text - 1), ==, sizeof text - 1);
  close (fd);
  names = nj_resolver_hosts_read (path);
  unlink (path);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_true (g_hash_table_contains (names, wanted[i]));
  g_assert_cmpuint (g_hash_table_size (names), ==, G_N_ELEMENTS (wanted));
  g_assert_cmpuint (g_hash_table_size (none), ==, 0);
}

/* Two workers that ask for the same names, the transport taken away and given back meanwhile. */
static void
crowd_fiber (gpointer user_data)
{
  for (int i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("ttl%d.test", 100 + i);

      if (i % 50 == 49)
        nj_resolver_flush ();
      g_assert_cmpint (ask (name), ==, NJ_RESOLVE_OK);
    }
}

static gpointer
crowd_thread (gpointer user_data)
{
  on_worker_run (crowd_fiber, NULL);
  return NULL;
}

static void
test_crowd (void)
{
  GThread *threads[2];

  nj_resolver_set_transport (carry, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("crowd", crowd_thread, NULL);
  for (int i = 0; i < 20; i++)
    {
      nj_resolver_set_transport (i % 2 == 0 ? NULL : carry, TRUE);
      g_usleep (5000);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nj_resolver_replace (system_answer);
  g_test_add_func ("/net/resolver-ask/kept", test_kept);
  g_test_add_func ("/net/resolver-ask/half", test_half);
  g_test_add_func ("/net/resolver-ask/fall-back", test_fall_back);
  g_test_add_func ("/net/resolver-ask/local", test_local);
  g_test_add_func ("/net/resolver-ask/hosts", test_hosts);
  g_test_add_func ("/net/resolver-ask/crowd", test_crowd);
  return g_test_run ();
}
