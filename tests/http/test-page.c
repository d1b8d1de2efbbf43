/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Our own answers: right in form, and a peer's text never becomes markup.
 */
#include "http/head.h"
#include "http/page.h"

typedef struct
{
  NjArena arena;
  NjHead  head;
  NjBytes body;
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

static char *
print (Fixture *f, const NjPage *page)
{
  NjBytes   text = nj_page_print (&f->arena, page);
  NjFraming framing;

  g_assert_cmpint (nj_head_parse_response (&f->head, &f->arena, text.data, text.len, &NJ_HEAD_LIMITS_DEFAULT), ==, NJ_HEAD_OK);
  g_assert_cmpuint (f->head.status, ==, page->status);
  f->body = nj_bytes (text.data + f->head.length, text.len - f->head.length);
  g_assert_cmpint (nj_head_response_framing (&f->head, page->omit_body ? NJ_METHOD_HEAD : NJ_METHOD_GET, &framing), ==, NJ_HEAD_OK);
  g_assert_cmpuint (framing.length, ==, page->omit_body ? 0 : f->body.len);
  g_assert_cmpint (framing.is_persistent, ==, page->is_persistent);
  g_assert_true (nj_head_list_has (&f->head, NJ_FIELD_CACHE_CONTROL, NJ_BYTES ("no-store")));
  return nj_bytes_dup (f->body);
}

static void
test_html (Fixture *f, gconstpointer unused)
{
  NjPage           page = { .status = 403,
                            .kind = NJ_PAGE_HTML,
                            .title = NJ_BYTES ("Blocked"),
                            .reason = NJ_BYTES ("A <b>list</b> says so & \"more\"."),
                            .url = NJ_BYTES ("http://x.example/?<script>alert('1')</script>"),
                            .rule = NJ_BYTES ("||x.example^"),
                            .list = NJ_BYTES ("List, line 3"),
                            .action_label = NJ_BYTES ("Allow once"),
                            .action_url = NJ_BYTES ("http://x.example/\"onclick=\"x"),
                            .is_persistent = TRUE };
  g_autofree char *body = print (f, &page);
  NjField         *policy = nj_head_find_name (&f->head, NJ_BYTES ("content-security-policy"));

  g_assert_nonnull (policy);
  g_assert_cmpint (nj_bytes_find (policy->value, NJ_BYTES ("default-src 'none'")), >=, 0);
  g_assert_nonnull (strstr (body, "<html lang=\"en\">"));
  g_assert_nonnull (strstr (body, "<h1>Blocked</h1>"));
  g_assert_nonnull (strstr (body, "||x.example^"));
  g_assert_nonnull (strstr (body, "A &lt;b&gt;list&lt;/b&gt; says so &amp; &quot;more&quot;."));
  g_assert_nonnull (strstr (body, "&lt;script&gt;alert(&#39;1&#39;)"));
  g_assert_null (strstr (body, "<script"));
  g_assert_nonnull (strstr (body, "href=\"http://x.example/&quot;onclick=&quot;x\""));
  g_assert_null (strstr (body, "src="));
}

static void
test_rows_are_optional (Fixture *f, gconstpointer unused)
{
  NjPage           page = { .status = 502, .kind = NJ_PAGE_HTML, .title = NJ_BYTES ("No answer"), .reason = NJ_BYTES ("It is down.") };
  g_autofree char *body = print (f, &page);

  g_assert_null (strstr (body, "<dl>"));
  g_assert_null (strstr (body, "<a "));
}

static void
test_action_must_be_a_page (Fixture *f, gconstpointer unused)
{
  NjPage           page = { .status = 403,
                            .kind = NJ_PAGE_HTML,
                            .title = NJ_BYTES ("t"),
                            .reason = NJ_BYTES ("r"),
                            .action_label = NJ_BYTES ("Go"),
                            .action_url = NJ_BYTES ("javascript:alert(1)") };
  g_autofree char *body = print (f, &page);

  g_assert_null (strstr (body, "javascript:"));
}

static void
test_long_url_is_cut (Fixture *f, gconstpointer unused)
{
  g_autofree char *url = g_strnfill (30000, 'u');
  NjPage           page = { .status = 403, .kind = NJ_PAGE_HTML, .title = NJ_BYTES ("t"), .reason = NJ_BYTES ("r"), .url = { url, 30000 } };
  g_autofree char *body = print (f, &page);

  g_assert_cmpuint (f->body.len, <, 8192);
  g_assert_nonnull (strstr (body, "u…"));
}

static void
test_small_kinds (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    NjPageKind  kind;
    guint       status;
    const char *type;
    gsize       len;
  } cases[] = {
    { NJ_PAGE_IMAGE, 200, "image/gif", 43 },
    { NJ_PAGE_SCRIPT, 200, "text/javascript; charset=utf-8", 0 },
    { NJ_PAGE_STYLE, 200, "text/css; charset=utf-8", 0 },
    { NJ_PAGE_EMPTY, 204, NULL, 0 },
    { NJ_PAGE_EMPTY, 403, NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NjPage           page = { .status = cases[i].status, .kind = cases[i].kind, .is_persistent = TRUE };
      g_autofree char *body = print (f, &page);
      NjBytes          type = nj_head_value (&f->head, NJ_FIELD_CONTENT_TYPE);

      g_assert_cmpuint (f->body.len, ==, cases[i].len);
      if (cases[i].type == NULL)
        g_assert_null (type.data);
      else
        g_assert_cmpmem (type.data, type.len, cases[i].type, strlen (cases[i].type));
    }
}

static void
test_head (Fixture *f, gconstpointer unused)
{
  NjPage           page = { .status = 403, .kind = NJ_PAGE_HTML, .title = NJ_BYTES ("t"), .reason = NJ_BYTES ("r"), .omit_body = TRUE };
  g_autofree char *body = print (f, &page);
  guint64          length;

  g_assert_cmpuint (f->body.len, ==, 0);
  g_assert_true (nj_bytes_parse_u64 (nj_head_value (&f->head, NJ_FIELD_CONTENT_LENGTH), G_MAXINT, &length));
  g_assert_cmpuint (length, >, 500);
}

#define ADD(path, function) g_test_add ("/http/page/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("html", test_html);
  ADD ("rows-are-optional", test_rows_are_optional);
  ADD ("action-must-be-a-page", test_action_must_be_a_page);
  ADD ("long-url-is-cut", test_long_url_is_cut);
  ADD ("small-kinds", test_small_kinds);
  ADD ("head", test_head);
  return g_test_run ();
}
