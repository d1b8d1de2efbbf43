/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encrypted DNS against a name server of the test's own, by TLS and by HTTPS: one warm connection for
 * many questions, answers in any order, and every way in which there is none. In place of the
 * system's resolver stands one that counts: strict means it is never asked.
 */
#include "exits/dns.h"

#include "base/clock.h"
#include "net/resolver.h"
#include "tests/support/fake-dns.h"
#include "tests/support/on-worker.h"
#include "tls/tls-context.h"

#include <signal.h>

#define MANY 100

typedef struct
{
  gboolean    is_https;
  FakeDns    *dns;
  const char *name; /* what a fiber asks for */
  NjResolved  resolved;
  NjResolveResult result;
  gint64      took;
  gint        left;
} Fixture;

static TestCertificate *certificate;
static gint             system_questions; /* atomic */

static NjResolveResult
system_answer (const char *host, NjResolved *ret_resolved)
{
  g_atomic_int_inc (&system_questions);
  ret_resolved->n = 1;
  nj_address_parse (NJ_BYTES ("198.51.100.1"), 0, &ret_resolved->addresses[0]);
  return NJ_RESOLVE_OK;
}

static void
configure (Fixture *fixture, const char *server_name, gboolean may_fall_back)
{
  static const char *const bootstrap[] = { "127.0.0.1", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char   *server = g_strdup_printf (fixture->is_https ? "https://%s:%u/dns-query{?dns}" : "%s:%u", server_name,
                                               fake_dns_port (fixture->dns));
  const NjDnsConfig  config = { fixture->is_https ? NJ_DNS_HTTPS : NJ_DNS_TLS, server, bootstrap, may_fall_back };

  g_assert_true (nj_dns_configure (&config, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->is_https = GPOINTER_TO_INT (data);
  fixture->dns = fake_dns_new (fixture->is_https, certificate);
  nj_resolver_replace (system_answer);
  g_atomic_int_set (&system_questions, 0);
  configure (fixture, "dns.test", FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  const NjDnsConfig none = { .mode = NJ_DNS_SYSTEM };

  g_assert_true (nj_dns_configure (&none, NULL));
  nj_resolver_replace (NULL);
  fake_dns_free (fixture->dns);
}

static void
ask (Fixture *fixture, const char *name)
{
  gint64 start = g_get_monotonic_time ();

  fixture->resolved = (NjResolved){ 0 };
  fixture->result = nj_resolver_resolve (nj_worker_current (), nj_bytes_from_string (name), start + 10 * G_USEC_PER_SEC,
                                         &fixture->resolved);
  fixture->took = g_get_monotonic_time () - start;
}

static void
assert_address (const NjResolved *resolved, guint i, const char *wanted)
{
  g_autofree char *text = nj_address_to_text (&resolved->addresses[i]);

  g_assert_cmpuint (i, <, resolved->n);
  g_assert_cmpstr (text, ==, wanted);
}

static void
names_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;

  ask (fixture, "a.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_OK);
  g_assert_cmpuint (fixture->resolved.n, ==, 1);
  assert_address (&fixture->resolved, 0, "192.0.2.1:0");
  g_assert_cmpuint (fixture->resolved.n_names, ==, 0);

  ask (fixture, "both.test");
  g_assert_cmpuint (fixture->resolved.n, ==, 2);
  assert_address (&fixture->resolved, 0, "[2001:db8::1]:0");
  assert_address (&fixture->resolved, 1, "192.0.2.1:0");

  ask (fixture, "alias.test");
  assert_address (&fixture->resolved, 0, "192.0.2.7:0");
  g_assert_cmpuint (fixture->resolved.n_names, ==, 2);
  g_assert_cmpmem (fixture->resolved.names, 19, "cdn.test\0edge.test", 19);

  ask (fixture, "none.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_NO_SUCH_NAME);
  ask (fixture, "zero.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_NO_SUCH_NAME);

  /* Known already. */
  ask (fixture, "a.test");
  ask (fixture, "none.test");
  g_assert_cmpuint (fake_dns_questions (fixture->dns), ==, 10);
  g_assert_cmpuint (fake_dns_connections (fixture->dns), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 0);

  /* Names of this network are not asked elsewhere. */
  ask (fixture, "printer");
  ask (fixture, "nas.local");
  ask (fixture, "router.home.arpa");
  g_assert_cmpuint (fake_dns_questions (fixture->dns), ==, 10);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 3);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  on_worker_run (names_fiber, fixture);
}

typedef struct
{
  Fixture *fixture;
  NjFiber *waits;
  int      number;
} One;

static void
one_fiber (gpointer user_data)
{
  One             *one = user_data;
  g_autofree char *name = g_strdup_printf ("n%d.test", one->number);
  g_autofree char *wanted = g_strdup_printf ("192.0.2.%d:0", one->number);
  NjResolved       resolved;

  g_assert_cmpint (nj_resolver_resolve (nj_worker_current (), nj_bytes_from_string (name),
                                        g_get_monotonic_time () + 10 * G_USEC_PER_SEC, &resolved), ==, NJ_RESOLVE_OK);
  assert_address (&resolved, 0, wanted);
  if (--one->fixture->left == 0)
    nj_fiber_wake (one->waits);
}

static void
many_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;
  One      ones[MANY];

  fixture->left = MANY;
  for (int i = 0; i < MANY; i++)
    {
      ones[i] = (One){ fixture, nj_fiber_self (), i + 1 };
      nj_fiber_spawn (nj_worker_current (), one_fiber, &ones[i]);
    }
  while (fixture->left > 0)
    g_assert_cmpint (nj_fiber_park (g_get_monotonic_time () + 10 * G_USEC_PER_SEC), ==, NJ_OK);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  fake_dns_set_mood (fixture->dns, FAKE_DNS_TURNS);
  on_worker_run (many_fiber, fixture);
  g_assert_cmpuint (fake_dns_questions (fixture->dns), ==, 2 * MANY);
  g_assert_cmpuint (fake_dns_connections (fixture->dns), ==, 1);
}

static gpointer
many_thread (gpointer user_data)
{
  Fixture fixture = { 0 };

  on_worker_run (many_fiber, &fixture);
  return NULL;
}

/* Each worker has a connection of its own; what one has found out the other need not ask. */
static void
test_workers (Fixture *fixture, gconstpointer data)
{
  GThread *threads[3];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("worker", many_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (fake_dns_questions (fixture->dns), ==, 2 * MANY);
  g_assert_cmpuint (fake_dns_connections (fixture->dns), <=, G_N_ELEMENTS (threads));
}

static void
strict_fiber (gpointer user_data)
{
  static const FakeDnsMood moods[] = { FAKE_DNS_BABBLES, FAKE_DNS_FAILS, FAKE_DNS_CLOSES, FAKE_DNS_PORTAL, FAKE_DNS_STALLS };
  Fixture *fixture = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (moods); i++)
    {
      if (moods[i] == FAKE_DNS_PORTAL && !fixture->is_https)
        continue;
      nj_resolver_flush ();
      fake_dns_set_mood (fixture->dns, moods[i]);
      ask (fixture, "a.test");
      g_assert_true (fixture->result == NJ_RESOLVE_FAILED || fixture->result == NJ_RESOLVE_TIMEOUT);
      g_assert_cmpint (fixture->took, <, 6 * G_USEC_PER_SEC);

      /* And well again at once. */
      nj_resolver_flush ();
      fake_dns_set_mood (fixture->dns, FAKE_DNS_SERVES);
      ask (fixture, "a.test");
      g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_OK);
    }
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 0);
}

static void
test_strict (Fixture *fixture, gconstpointer data)
{
  on_worker_run (strict_fiber, fixture);
}

static void
fall_back_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;

  ask (fixture, "a.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_OK);
  assert_address (&fixture->resolved, 0, "198.51.100.1:0");
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 1);

  /* That there is no such name is an answer. */
  fake_dns_set_mood (fixture->dns, FAKE_DNS_SERVES);
  ask (fixture, "none.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_NO_SUCH_NAME);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 1);
}

static void
test_fall_back (Fixture *fixture, gconstpointer data)
{
  configure (fixture, "dns.test", TRUE);
  fake_dns_set_mood (fixture->dns, FAKE_DNS_FAILS);
  on_worker_run (fall_back_fiber, fixture);
}

static void
parts_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (int i = 1; i <= 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%d.test", i);

      ask (fixture, name);
      g_test_message ("%s: %d", name, fixture->result);
      g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_OK);
    }
}

/* A server that ends a warm connection costs no name. */
static void
test_parts (Fixture *fixture, gconstpointer data)
{
  fake_dns_set_mood (fixture->dns, FAKE_DNS_PARTS);
  on_worker_run (parts_fiber, fixture);
  g_assert_cmpuint (fake_dns_connections (fixture->dns), >, 5);
}

static void
stranger_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;

  ask (fixture, "a.test");
  g_assert_cmpint (fixture->result, ==, NJ_RESOLVE_FAILED);
  g_assert_cmpuint (fake_dns_questions (fixture->dns), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 0);
}

static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  configure (fixture, "other.test", FALSE);
  on_worker_run (stranger_fiber, fixture);
}

static void
cancelled_fiber (gpointer user_data)
{
  Fixture *fixture = user_data;
  gint64   soon = g_get_monotonic_time () + 50000;
  NjResolved resolved;

  fake_dns_set_mood (fixture->dns, FAKE_DNS_STALLS);
  g_assert_cmpint (nj_resolver_resolve (nj_worker_current (), NJ_BYTES ("a.test"), soon, &resolved), ==, NJ_RESOLVE_TIMEOUT);
  /* The worker ends while the link waits for an answer. */
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  on_worker_run (cancelled_fiber, fixture);
}

/* What is wrong is said, and what was before still holds. */
static void
test_configure (void)
{
  static const char *const good[] = { "192.0.2.53", "2001:db8::53", NULL };
  static const char *const name[] = { "dns.test", NULL };
  static const char *const many[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6",
                                      "192.0.2.7", "192.0.2.8", "192.0.2.9", NULL };
  static const struct
  {
    NjDnsConfig config;
    int         code; /* -1 good */
  } rows[] = {
    { { NJ_DNS_SYSTEM, NULL, NULL, FALSE }, -1 },
    { { NJ_DNS_TLS, "dns.test", good, FALSE }, -1 },
    { { NJ_DNS_TLS, "dns.test:8853", good, TRUE }, -1 },
    { { NJ_DNS_TLS, "192.0.2.53", NULL, FALSE }, -1 },
    { { NJ_DNS_TLS, "[2001:db8::53]:853", NULL, FALSE }, -1 },
    { { NJ_DNS_HTTPS, "https://dns.test/dns-query", good, FALSE }, -1 },
    { { NJ_DNS_HTTPS, "https://dns.test/q{?dns}", good, FALSE }, -1 },
    { { NJ_DNS_HTTPS, "https://192.0.2.53/dns-query", NULL, FALSE }, -1 },
    { { NJ_DNS_TLS, "dns.test", NULL, FALSE }, NJ_DNS_ERROR_BAD_BOOTSTRAP },
    { { NJ_DNS_TLS, "dns.test", name, FALSE }, NJ_DNS_ERROR_BAD_BOOTSTRAP },
    { { NJ_DNS_TLS, "dns.test", many, FALSE }, NJ_DNS_ERROR_BAD_BOOTSTRAP },
    { { NJ_DNS_TLS, "", good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
    { { NJ_DNS_TLS, NULL, good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
    { { NJ_DNS_TLS, "dns.test:0", good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
    { { NJ_DNS_TLS, "dns test", good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
    { { NJ_DNS_HTTPS, "http://dns.test/dns-query", good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
    { { NJ_DNS_HTTPS, "dns.test", good, FALSE }, NJ_DNS_ERROR_BAD_SERVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean           is_good = nj_dns_configure (&rows[i].config, &error);

      g_test_message ("%u: %s", i, error != NULL ? error->message : "good");
      g_assert_cmpint (is_good, ==, rows[i].code == -1);
      if (!is_good)
        g_assert_error (error, NJ_DNS_ERROR, rows[i].code);
    }
  g_assert_true (nj_dns_configure (&rows[0].config, NULL));
}

static void
probe_fiber (gpointer user_data)
{
  static const struct
  {
    FakeDnsMood mood;
    gboolean    is_good;
  } moods[] = { { FAKE_DNS_SERVES, TRUE }, { FAKE_DNS_FAILS, FALSE }, { FAKE_DNS_SERVES, TRUE }, { FAKE_DNS_BABBLES, FALSE } };
  Fixture *fixture = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (moods); i++)
    {
      const char *problem = NULL;
      NjIo        io;

      fake_dns_set_mood (fixture->dns, moods[i].mood);
      io = nj_dns_probe (nj_worker_current (), g_get_monotonic_time () + 60 * G_USEC_PER_SEC, &problem);
      g_test_message ("%u: %s", i, problem != NULL ? problem : "good");
      g_assert_cmpint (io == NJ_OK, ==, moods[i].is_good);
      g_assert_cmpint (problem == NULL, ==, moods[i].is_good);
    }
  g_assert_cmpint (g_atomic_int_get (&system_questions), ==, 0);
}

/* Whether it serves, without a name of anybody's. */
static void
test_probe (Fixture *fixture, gconstpointer data)
{
  on_worker_run (probe_fiber, fixture);
}

int
main (int argc, char **argv)
{
  int status;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  certificate = test_certificate_new ("DNS:dns.test", 30);
  g_assert_true (nj_tls_context_trust_only (certificate->certificate_path));

#define CASES(name, func)                                                                                   \
  g_test_add ("/exits/dns/tls/" name, Fixture, GINT_TO_POINTER (FALSE), set_up, func, tear_down);           \
  g_test_add ("/exits/dns/https/" name, Fixture, GINT_TO_POINTER (TRUE), set_up, func, tear_down)
  CASES ("names", test_names);
  CASES ("many", test_many);
  CASES ("workers", test_workers);
  CASES ("strict", test_strict);
  CASES ("fall-back", test_fall_back);
  CASES ("parts", test_parts);
  CASES ("stranger", test_stranger);
  CASES ("cancelled", test_cancelled);
  CASES ("probe", test_probe);
  g_test_add_func ("/exits/dns/configure", test_configure);
  status = g_test_run ();
  test_certificate_free (certificate);
  return status;
}
