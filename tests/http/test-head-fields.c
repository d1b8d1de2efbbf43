/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding, adding, dropping and printing fields; what must not pass a hop (RFC 9110 §7.6.1).
 */
#include "http/field-names.h"
#include "http/head.h"

typedef struct
{
  NjArena arena;
  NjHead  head;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  nj_arena_init (&f->arena, NULL, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_arena_clear (&f->arena);
}

static void
parse (Fixture *f, const char *fields)
{
  NjBytes text = nj_arena_printf (&f->arena, "GET http://a/p HTTP/1.0\r\nHost: b\r\n%s\r\n", fields);

  g_assert_cmpint (nj_head_parse_request (&f->head, &f->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
}

static void
assert_printed (Fixture *f, const char *fields)
{
  g_autofree char *expected = g_strdup_printf ("GET /p HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
  NjBytes          printed = nj_head_print_request (&f->head, &f->arena, NJ_BYTES ("/p"), NJ_BYTES ("a"));
  g_autofree char *text = nj_bytes_dup (printed);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_names (void)
{
  for (int id = NJ_FIELD_OTHER + 1; id < NJ_FIELD_LAST; id++)
    {
      NjBytes          name = nj_field_names_get (id);
      g_autofree char *text = nj_bytes_dup (name);
      g_autofree char *lower = g_ascii_strdown (text, -1);
      g_autofree char *upper = g_ascii_strup (text, -1);

      g_assert_cmpuint (name.len, >, 1);
      g_assert_cmpint (nj_field_names_lookup (name), ==, id);
      g_assert_cmpint (nj_field_names_lookup (nj_bytes_from_string (lower)), ==, id);
      g_assert_cmpint (nj_field_names_lookup (nj_bytes_from_string (upper)), ==, id);

      /* One byte off, at each place, is another field. */
      for (gsize i = 0; i < name.len; i++)
        {
          char was = lower[i];

          lower[i] = 'q';
          if (was != 'q' && !g_str_has_prefix (lower, "x-forwarded-"))
            g_assert_cmpint (nj_field_names_lookup (nj_bytes_from_string (lower)), ==, NJ_FIELD_OTHER);
          lower[i] = was;
        }
    }

  g_assert_cmpint (nj_field_names_lookup (NJ_BYTES ("X-Forwarded-Proto")), ==, NJ_FIELD_X_FORWARDED);
  g_assert_cmpint (nj_field_names_lookup (NJ_BYTES ("True-Client-IP")), ==, NJ_FIELD_X_FORWARDED);
  g_assert_cmpint (nj_field_names_lookup (NJ_BYTES ("X")), ==, NJ_FIELD_OTHER);
  g_assert_cmpint (nj_field_names_lookup (NJ_BYTES ("Content_Length")), ==, NJ_FIELD_OTHER);
}

/* What goes out in one piece is, byte for byte, what would go out field by field. */
static void
test_print_as_it_came (Fixture *f, gconstpointer unused)
{
  parse (f, "A: 1\r\nB:2\r\nC:  3\r\nD: 4 \r\nE:\r\nF: \r\nG:\t5\r\nH: a:b\r\nI: \xc3\xa4\r\nJ: 6\t\r\nK: 7\r\n");
  assert_printed (f, "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: \r\nF: \r\nG: 5\r\nH: a:b\r\nI: \xc3\xa4\r\nJ: 6\r\nK: 7\r\n");
}

static void
test_print_changed (Fixture *f, gconstpointer unused)
{
  parse (f, "A: 12\r\nB: 34\r\nC: 56\r\nD: 78\r\nE: 90\r\nVia: 1.1 x\r\nF: 11\r\n");
  f->head.fields[2].value.len--;
  f->head.fields[3].value = nj_bytes (f->head.fields[3].value.data + 1, 1);
  f->head.fields[4].value = NJ_BYTES ("other");
  nj_head_drop (&f->head, NJ_FIELD_VIA);
  nj_head_add (&f->head, &f->arena, NJ_FIELD_DNT, NJ_BYTES ("DNT"), NJ_BYTES ("1"));
  assert_printed (f, "A: 12\r\nB: 3\r\nC: 6\r\nD: other\r\nE: 90\r\nF: 11\r\nDNT: 1\r\n");
}

static void
test_find_and_drop (Fixture *f, gconstpointer unused)
{
  NjField *field;

  parse (f, "Cookie: a\r\nX: y\r\ncookie: b\r\n");
  field = nj_head_find (&f->head, NJ_FIELD_COOKIE);
  g_assert_cmpmem (field->value.data, field->value.len, "a", 1);
  field = nj_head_find_next (&f->head, field);
  g_assert_cmpmem (field->value.data, field->value.len, "b", 1);
  g_assert_null (nj_head_find_next (&f->head, field));

  nj_head_find (&f->head, NJ_FIELD_COOKIE)->is_dropped = TRUE;
  g_assert_true (nj_head_find (&f->head, NJ_FIELD_COOKIE) == field);
  nj_head_drop (&f->head, NJ_FIELD_COOKIE);
  g_assert_null (nj_head_find (&f->head, NJ_FIELD_COOKIE));
  nj_head_drop (&f->head, NJ_FIELD_RANGE);
  assert_printed (f, "X: y\r\n");
}

static void
test_add (Fixture *f, gconstpointer unused)
{
  parse (f, "A: 1\r\n");
  for (guint i = 0; i < 300; i++)
    nj_head_add (&f->head, &f->arena, NJ_FIELD_OTHER, NJ_BYTES ("B"), NJ_BYTES ("2"));

  /* Behind more fields than the index can count. */
  nj_head_add (&f->head, &f->arena, NJ_FIELD_DNT, NJ_BYTES ("DNT"), NJ_BYTES ("1"));
  g_assert_nonnull (nj_head_find (&f->head, NJ_FIELD_DNT));
  g_assert_null (nj_head_find (&f->head, NJ_FIELD_SEC_GPC));
  nj_head_drop (&f->head, NJ_FIELD_DNT);
  g_assert_null (nj_head_find (&f->head, NJ_FIELD_DNT));
}

static void
test_add_to_nothing (Fixture *f, gconstpointer unused)
{
  NjHead  head = { .status = 204 };
  NjBytes printed;

  nj_head_add (&head, &f->arena, NJ_FIELD_DATE, NJ_BYTES ("Date"), NJ_BYTES ("now"));
  printed = nj_head_print_response (&head, &f->arena);
  g_assert_cmpmem (printed.data, printed.len, "HTTP/1.1 204 \r\nDate: now\r\n\r\n", 28);
}

static void
test_lists (Fixture *f, gconstpointer unused)
{
  parse (f, "Upgrade: a,, WebSocket ,b\r\nTE:\r\nUpgrade: c\r\n");
  g_assert_true (nj_head_list_has (&f->head, NJ_FIELD_UPGRADE, NJ_BYTES ("websocket")));
  g_assert_true (nj_head_list_has (&f->head, NJ_FIELD_UPGRADE, NJ_BYTES ("c")));
  g_assert_false (nj_head_list_has (&f->head, NJ_FIELD_UPGRADE, NJ_BYTES ("web")));
  g_assert_false (nj_head_list_has (&f->head, NJ_FIELD_TE, NJ_BYTES ("trailers")));
}

static void
test_always_dropped (Fixture *f, gconstpointer unused)
{
  parse (f, "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nProxy-Authorization: y\r\n"
            "TE: trailers\r\nTrailer: Z\r\nUpgrade: h2c\r\nHTTP2-Settings: s\r\nAccept: */*\r\n"
            "Proxy-Authenticate: Basic\r\nProxy-Authentication-Info: i\r\n");
  nj_head_drop_hop_by_hop (&f->head);
  assert_printed (f, "Accept: */*\r\n");
}

static void
test_named_dropped (Fixture *f, gconstpointer unused)
{
  parse (f, "Connection: close, X-One,,\tx-TWO\r\nX-One: 1\r\nX-Two: 2\r\nx-two: 3\r\nX-Three: 3\r\n"
            "Connection: X-Four\r\nX-Four: 4\r\nX-Fourth: 4\r\n");
  nj_head_drop_hop_by_hop (&f->head);
  assert_printed (f, "X-Three: 3\r\nX-Fourth: 4\r\n");
}

static void
test_framing_cannot_be_named (Fixture *f, gconstpointer unused)
{
  parse (f, "Connection: Content-Length, Transfer-Encoding, Host, Cache-Control, Connection\r\nContent-Length: 5\r\n"
            "Cache-Control: no-store\r\nConnection: X-Hop\r\nX-Hop: 1\r\n");
  nj_head_drop_hop_by_hop (&f->head);
  assert_printed (f, "Content-Length: 5\r\nCache-Control: no-store\r\n");
}

static void
test_many_options (Fixture *f, gconstpointer unused)
{
  g_autoptr (GString) fields = g_string_new ("Connection: ");

  for (guint i = 0; i < 5000; i++)
    g_string_append (fields, "pad,");
  g_string_append (fields, "X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\n");
  parse (f, fields->str);
  nj_head_drop_hop_by_hop (&f->head);
  assert_printed (f, "X-Kept: 1\r\n");
}

#define ADD(path, function) g_test_add ("/http/head-fields/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/head-fields/names", test_names);
  ADD ("print-as-it-came", test_print_as_it_came);
  ADD ("print-changed", test_print_changed);
  ADD ("find-and-drop", test_find_and_drop);
  ADD ("add", test_add);
  ADD ("add-to-nothing", test_add_to_nothing);
  ADD ("lists", test_lists);
  ADD ("always-dropped", test_always_dropped);
  ADD ("named-dropped", test_named_dropped);
  ADD ("framing-cannot-be-named", test_framing_cannot_be_named);
  ADD ("many-options", test_many_options);
  return g_test_run ();
}
