/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request log: order over several writers, the ring's end, filter, cut texts, and a reader beside
 * a writer that never sees half an entry.
 */
#include "journal/request-log.h"

#include <string.h>

static void
write_one (NjRequestLog *log, guint writer, const char *url, NjLogAction action)
{
  NjLogRecord record = { .time = 1, .action = action, .method = NJ_BYTES ("GET"), .url = nj_bytes_from_string (url),
                         .host = NJ_BYTES ("site.test"), .reason = "because", .status = 200, .bytes_up = 3,
                         .http_client = 20, .http_origin = 11 };

  nj_request_log_write (log, writer, &record);
}

static void
test_order (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (2, 8);
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) later = NULL;
  NjLogEntry *entry;

  write_one (log, 0, "http://site.test/1", NJ_LOG_PASSED);
  write_one (log, 1, "http://site.test/2", NJ_LOG_BLOCKED);
  write_one (log, 0, "http://site.test/3", NJ_LOG_PASSED);

  entries = nj_request_log_read (log, 0, 100, NULL);
  g_assert_cmpuint (entries->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://site.test/%u", i + 1);

      entry = g_ptr_array_index (entries, i);
      g_assert_cmpstr (entry->url, ==, url);
      g_assert_cmpstr (entry->host, ==, "site.test");
      g_assert_cmpstr (entry->reason, ==, "because");
      g_assert_cmpstr (entry->rule, ==, "");
      g_assert_cmpuint (entry->bytes_up, ==, 3);
      g_assert_cmpuint (entry->http_client, ==, 20);
      g_assert_cmpuint (entry->http_origin, ==, 11);
    }

  entry = g_ptr_array_index (entries, 0);
  later = nj_request_log_read (log, entry->serial, 1, NULL);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_cmpstr (((NjLogEntry *) g_ptr_array_index (later, 0))->url, ==, "http://site.test/3");
  g_assert_cmpuint (nj_request_log_last (log), ==, 3);
}

static void
test_ring (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (1, 4);
  g_autoptr (GPtrArray) entries = NULL;

  for (int i = 0; i < 11; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://site.test/%d", i);

      write_one (log, 0, url, NJ_LOG_PASSED);
    }
  entries = nj_request_log_read (log, 0, 100, NULL);
  g_assert_cmpuint (entries->len, ==, 4);
  g_assert_cmpstr (((NjLogEntry *) g_ptr_array_index (entries, 0))->url, ==, "http://site.test/7");
}

static void
test_filter (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (1, 8);
  g_autoptr (GPtrArray) by_url = NULL;
  g_autoptr (GPtrArray) by_action = NULL;
  g_autoptr (GPtrArray) none = NULL;

  write_one (log, 0, "http://a.test/Banner.gif", NJ_LOG_BLOCKED);
  write_one (log, 0, "http://b.test/", NJ_LOG_PASSED);
  by_url = nj_request_log_read (log, 0, 10, "banner");
  by_action = nj_request_log_read (log, 0, 10, "blocked");
  none = nj_request_log_read (log, 0, 10, "nowhere");
  g_assert_cmpuint (by_url->len, ==, 1);
  g_assert_cmpuint (by_action->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 0);
}

/* What a peer sends is cut to what fits, and made text before it can reach the bus. */
static void
test_strange_texts (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (1, 2);
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *longest = g_strnfill (60000, 'u');
  NjLogRecord record = { .method = NJ_BYTES ("G\xff"), .url = nj_bytes_from_string (longest), .rule = nj_bytes_from_string (longest),
                         .host = nj_bytes_from_string (longest) };
  NjLogEntry *entry;

  nj_request_log_write (log, 0, &record);
  entries = nj_request_log_read (log, 0, 10, NULL);
  entry = g_ptr_array_index (entries, 0);
  g_assert_true (g_utf8_validate (entry->method, -1, NULL));
  g_assert_cmpuint (strlen (entry->url), >, 400);
  g_assert_cmpuint (strlen (entry->url), <, 1024);
  g_assert_cmpuint (strlen (entry->rule), <, 200);
}

static gpointer
writer_main (gpointer user_data)
{
  NjRequestLog *log = user_data;

  for (int i = 0; i < 40000; i++)
    {
      char        text[64];
      char        letter = (char) ('a' + i % 26);
      gsize       len = 20 + (gsize) i % 40;
      NjLogRecord record = { .url = { text, len }, .host = { text, len }, .time = len };

      memset (text, letter, sizeof text);
      nj_request_log_write (log, 0, &record);
    }
  return NULL;
}

static void
test_reader_beside_writer (void)
{
  g_autoptr (NjRequestLog) log = nj_request_log_new (1, 16);
  GThread *thread = g_thread_new ("writer", writer_main, log);
  guint64  last = 0;

  while (last < 40000)
    {
      g_autoptr (GPtrArray) entries = nj_request_log_read (log, 0, 100, NULL);

      for (guint i = 0; i < entries->len; i++)
        {
          NjLogEntry *entry = g_ptr_array_index (entries, i);

          g_assert_cmpuint (strlen (entry->url), ==, entry->time);
          g_assert_cmpstr (entry->url, ==, entry->host);
          g_assert_cmpuint (strspn (entry->url, (char[]){ entry->url[0], '\0' }), ==, entry->time);
          last = entry->serial;
        }
    }
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/request-log/order", test_order);
  g_test_add_func ("/journal/request-log/ring", test_ring);
  g_test_add_func ("/journal/request-log/filter", test_filter);
  g_test_add_func ("/journal/request-log/strange-texts", test_strange_texts);
  g_test_add_func ("/journal/request-log/reader-beside-writer", test_reader_beside_writer);
  return g_test_run ();
}
