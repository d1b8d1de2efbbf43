/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of our own, as whole responses: a page for people, and for parts of pages something so
 * small and right in type that the page that asked does not stumble. A page loads nothing, runs
 * nothing, is stored nowhere, and shows a peer's text only escaped. Called by proxy, on worker threads.
 */
#include "http/page.h"

/* A longer URL says nothing more to a reader; bytes. */
#define URL_SHOWN_MAX 1024

static const char gif[] = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00"
                          "\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

static const char style[] =
    ":root{color-scheme:light dark;--paper:#fbfaf8;--ink:#1d1b20;--soft:#5b5662;--line:#dcd7de;--mark:#4a3f8f;--onmark:#fff}"
    "@media(prefers-color-scheme:dark){:root{--paper:#17151c;--ink:#ece8f1;--soft:#b1aabb;--line:#3a3544;"
    "--mark:#b9adff;--onmark:#17151c}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);"
    "color:var(--ink);font:1rem/1.5 system-ui,sans-serif}"
    "main{width:100%;max-width:38rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0 0 .5rem}"
    "p{margin:0 0 1.25rem}"
    "dl{margin:0 0 1.5rem;border-top:1px solid var(--line)}"
    "dl div{display:grid;grid-template-columns:6rem 1fr;gap:.75rem;padding:.6rem 0;border-bottom:1px solid var(--line)}"
    "dt{color:var(--soft)}"
    "dd{margin:0;overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.9rem}"
    "a{display:inline-block;padding:.6rem 1.1rem;border-radius:.5rem;background:var(--mark);color:var(--onmark);"
    "text-decoration:none;font-weight:600}"
    "a:focus-visible{outline:3px solid var(--ink);outline-offset:2px}"
    "footer{margin-top:2rem;color:var(--soft);font-size:.85rem}";

static const char *
reason_of (guint status)
{
  switch (status)
    {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 508:
      return "Loop Detected";
    case 511:
      return "Network Authentication Required";
    default:
      return status < 400 ? "OK" : "Error";
    }
}

static const char *
entity_of (char c)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return NULL;
    }
}

/* Control bytes are left out: they are nothing in HTML. */
static NjBytes
escape (NjArena *arena, NjBytes text)
{
  char *start = nj_arena_alloc (arena, text.len * 6 + 1);
  char *p = start;

  for (gsize i = 0; i < text.len; i++)
    {
      const char *entity = entity_of (text.data[i]);

      if (entity != NULL)
        {
          gsize len = strlen (entity);

          memcpy (p, entity, len);
          p += len;
        }
      else if ((guchar) text.data[i] >= 0x20 && text.data[i] != 0x7f)
        *p++ = text.data[i];
    }

  *p = '\0';
  return nj_bytes (start, (gsize) (p - start));
}

static NjBytes
row (NjArena *arena, const char *label, NjBytes text)
{
  NjBytes shown = text;
  NjBytes escaped;

  if (text.len == 0)
    return NJ_BYTES ("");

  shown.len = MIN (text.len, URL_SHOWN_MAX);
  escaped = escape (arena, shown);
  return nj_arena_printf (arena, "<div><dt>%s</dt><dd>%.*s%s</dd></div>\n", label, NJ_BYTES_ARGS (escaped),
                          shown.len < text.len ? "…" : "");
}

/* Only what leads to a page: a "javascript:" in an action is a mistake that must not run. */
static gboolean
is_page_link (NjBytes url)
{
  return nj_bytes_starts_with (url, NJ_BYTES ("http://")) || nj_bytes_starts_with (url, NJ_BYTES ("https://")) ||
         nj_bytes_starts_with (url, NJ_BYTES ("/"));
}

static NjBytes
button (NjArena *arena, const NjPage *page)
{
  NjBytes url = escape (arena, page->action_url);
  NjBytes label = escape (arena, page->action_label);

  if (page->action_label.len == 0 || !is_page_link (page->action_url))
    return NJ_BYTES ("");

  return nj_arena_printf (arena, "<p><a role=\"button\" href=\"%.*s\">%.*s</a></p>\n", NJ_BYTES_ARGS (url),
                          NJ_BYTES_ARGS (label));
}

static NjBytes
html (NjArena *arena, const NjPage *page)
{
  NjBytes     title = escape (arena, page->title);
  NjBytes     reason = escape (arena, page->reason);
  NjBytes     url = row (arena, "Address", page->url);
  NjBytes     rule = row (arena, "Rule", page->rule);
  NjBytes     list = row (arena, "List", page->list);
  NjBytes     link = button (arena, page);
  const char *open = url.len + rule.len + list.len > 0 ? "<dl>\n" : "";
  const char *close = *open != '\0' ? "</dl>\n" : "";

  return nj_arena_printf (arena,
                          "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                          "<meta name=\"robots\" content=\"noindex\">\n"
                          "<title>%.*s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n"
                          "<h1>%.*s</h1>\n<p>%.*s</p>\n%s%.*s%.*s%.*s%s%.*s"
                          "<footer>This page comes from Nightjar on your own computer.</footer>\n"
                          "</main>\n</body>\n</html>\n",
                          NJ_BYTES_ARGS (title), style, NJ_BYTES_ARGS (title), NJ_BYTES_ARGS (reason), open,
                          NJ_BYTES_ARGS (url), NJ_BYTES_ARGS (rule), NJ_BYTES_ARGS (list), close, NJ_BYTES_ARGS (link));
}

static NjBytes
body_of (NjArena *arena, const NjPage *page, const char **ret_type)
{
  switch (page->kind)
    {
    case NJ_PAGE_HTML:
      *ret_type = "Content-Type: text/html; charset=utf-8\r\n"
                  "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                  "form-action 'none'; frame-ancestors 'none'\r\n"
                  "X-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\nX-Robots-Tag: noindex\r\n";
      return html (arena, page);
    case NJ_PAGE_IMAGE:
      *ret_type = "Content-Type: image/gif\r\n";
      return nj_bytes (gif, sizeof gif - 1);
    case NJ_PAGE_SCRIPT:
      *ret_type = "Content-Type: text/javascript; charset=utf-8\r\n";
      return NJ_BYTES ("");
    case NJ_PAGE_STYLE:
      *ret_type = "Content-Type: text/css; charset=utf-8\r\n";
      return NJ_BYTES ("");
    case NJ_PAGE_EMPTY:
    default:
      *ret_type = "";
      return NJ_BYTES ("");
    }
}

/**
 * nj_page_print:
 * @arena: the exchange's arena
 * @page: what to say
 *
 * Worker threads.
 *
 * Returns: a whole response, head and body; after one that is not persistent the connection must be closed
 */
NjBytes
nj_page_print (NjArena *arena, const NjPage *page)
{
  const char *type;
  NjBytes     body = body_of (arena, page, &type);
  NjBytes     sent = page->omit_body ? NJ_BYTES ("") : body;
  NjBytes     length = NJ_BYTES ("");
  NjBytes     head;
  char       *whole;

  /* RFC 9110 §8.6: no length in a 204. */
  if (page->status != 204 && page->status >= 200)
    length = nj_arena_printf (arena, "Content-Length: %" G_GSIZE_FORMAT "\r\n", body.len);

  head = nj_arena_printf (arena,
                          "HTTP/1.1 %u %s\r\n%s%.*sCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                          "Connection: %s\r\n\r\n",
                          page->status, reason_of (page->status), type, NJ_BYTES_ARGS (length),
                          page->is_persistent ? "keep-alive" : "close");
  if (page->status == 204)
    sent = NJ_BYTES ("");

  whole = nj_arena_alloc (arena, head.len + sent.len);
  memcpy (whole, head.data, head.len);
  memcpy (whole + head.len, sent.data, sent.len);
  return nj_bytes (whole, head.len + sent.len);
}
