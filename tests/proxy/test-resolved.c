/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What hides behind a name of the page's own site: its canonical name and its address are judged once they are known,
 * before a byte is sent. The names are the test's own, the origin a real socket.
 */
#include "filter/compiler.h"
#include "net/resolver.h"
#include "proxy/plane.h"

#include "tests/support/small-origin.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  NjPlane     *plane;
  SmallOrigin *origin;
} Fixture;

static NjResolveResult
answer (const char *host, NjResolved *ret_resolved)
{
  ret_resolved->n = 1;
  nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &ret_resolved->addresses[0]);
  ret_resolved->n_names = 0;
  if (g_str_equal (host, "metrics.site.test"))
    {
      ret_resolved->n_names = 2;
      memcpy (ret_resolved->names, "edge.test\0x.tracker.test", 25);
    }
  return NJ_RESOLVE_OK;
}

static void
set_up (Fixture *fixture, gconstpointer rules)
{
  NjListSource        list = { .id = "test", .title = "test", .text = nj_bytes_from_string (rules), .is_trusted = TRUE };
  g_autoptr (GError)  error = NULL;
  g_autoptr (NjPolicy) policy = nj_policy_new ();

  policy->choice.is_direct = TRUE;
  nj_resolver_replace (answer);
  fixture->plane = nj_plane_new (NJ_BYTES ("127.0.0.1"), 0, 1, &error);
  g_assert_no_error (error);
  nj_engine_unref (policy->engine);
  policy->engine = nj_compiler_compile (&list, 1, &error);
  g_assert_no_error (error);
  nj_plane_set_policy (fixture->plane, policy);
  nj_plane_start (fixture->plane);

  fixture->origin = small_origin_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_plane_free (fixture->plane);
  small_origin_free (fixture->origin);
  nj_resolver_replace (NULL);
}

/* What the client gets for a request; the origin's port stands where its "%u" is. */
static char *
say (Fixture *fixture, const char *format)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (nj_plane_port (fixture->plane)) };
  g_auto (GStrv) parts = g_strsplit (format, "%u", -1);
  g_autofree char *port = g_strdup_printf ("%u", small_origin_port (fixture->origin));
  g_autofree char *request = g_strjoinv (port, parts);
  g_autoptr (GString) got = g_string_new (NULL);
  char    buffer[4096];
  ssize_t n;
  int     fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, request, strlen (request), 0), ==, strlen (request));
  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (got, buffer, n);
  close (fd);
  return g_string_free (g_steal_pointer (&got), FALSE);
}

/* One image of site.test asked for. */
static char *
ask (Fixture *fixture, const char *host)
{
  g_autofree char *request = g_strdup_printf ("GET http://%s:%%u/a HTTP/1.1\r\nHost: %s:%%u\r\nReferer: http://site.test/\r\n"
                                              "Accept: image/png\r\nConnection: close\r\n\r\n",
                                              host, host);

  return say (fixture, request);
}

static void
test_canonical (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hidden = ask (fixture, "metrics.site.test");
  g_autofree char *open = ask (fixture, "www.site.test");

  g_assert_nonnull (strstr (hidden, "image/gif"));
  g_assert_true (g_str_has_suffix (open, "\r\n\r\nok"));
  g_assert_cmpint (small_origin_requests (fixture->origin), ==, 1);
}

static void
test_tunnel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hidden = say (fixture, "CONNECT metrics.site.test:%u HTTP/1.1\r\nHost: metrics.site.test\r\n\r\n");

  g_assert_true (g_str_has_prefix (hidden, "HTTP/1.1 403 "));
  g_assert_nonnull (strstr (hidden, "||tracker.test^"));
}

static void
test_exempt (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hidden = ask (fixture, "metrics.site.test");

  g_assert_true (g_str_has_suffix (hidden, "\r\n\r\nok"));
}

/* A page of another site must not reach this machine by a name that leads here; the user's own click may. */
static void
test_local_by_name (Fixture *fixture, gconstpointer data)
{
  static const char sub[] = "GET http://rebind.test:%u/a HTTP/1.1\r\nHost: rebind.test:%u\r\nReferer: http://evil.example/\r\n"
                            "Accept: */*\r\nConnection: close\r\n\r\n";
  static const char visit[] = "GET http://rebind.test:%u/a HTTP/1.1\r\nHost: rebind.test:%u\r\nReferer: http://evil.example/\r\n"
                              "Accept: text/html\r\nConnection: close\r\n\r\n";
  g_autofree char *refused = say (fixture, sub);
  g_autofree char *open = NULL;

  g_assert_null (strstr (refused, "\r\n\r\nok"));
  g_assert_cmpint (small_origin_requests (fixture->origin), ==, 0);

  open = say (fixture, visit);
  g_assert_true (g_str_has_suffix (open, "\r\n\r\nok"));
}

static void
test_address (Fixture *fixture, gconstpointer data)
{
  g_autofree char *blocked = ask (fixture, "www.site.test");

  g_assert_nonnull (strstr (blocked, "image/gif"));
  g_assert_cmpint (small_origin_requests (fixture->origin), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, rules, func) g_test_add ("/proxy/resolved/" name, Fixture, rules, set_up, func, tear_down)
  CASE ("canonical", "||tracker.test^\n", test_canonical);
  CASE ("tunnel", "||tracker.test^\n", test_tunnel);
  CASE ("exempt", "||tracker.test^\n@@||site.test^$cname\n", test_exempt);
  CASE ("local-by-name", "||tracker.test^\n", test_local_by_name);
  CASE ("address", "*$image,ipaddress=127.0.0.1\n", test_address);
  return g_test_run ();
}
