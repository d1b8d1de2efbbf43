/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any URL, host, page and type against a list with a rule of every kind.
 */
#include "filter/batch.h"
#include "filter/compiler.h"
#include "filter/request-change.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char rules[]
    = "||ads.example^\n||a.example^$third-party\n/banner/*/img^\n-ad-$image,domain=news.*|~m.news.example\n|https://x.\n"
      ".swf|\n/[a-z]+\\d{2,}(?=x)/$script\n/(a|aa)+$/$xhr\n*$ping,to=b.*|/^c/\n*$script,domain=/n.ws/\n@@||ads.example/ok\n"
      "||c.example^$important\n@@||d.example^$document\n||e.example^$script,redirect=noopjs:5\n*$removeparam=/^utm_/\n"
      "*$removeparam=~keep,domain=keep.example\n||f.example/go$urlskip=?u -blocked +https -uricomponent\n"
      "||g.example^$uritransform=/a(.)/b$1$&/g\n^x^*^y^\n*$method=post|~get\n*$csp=a\n*$header=via:*x*\n*$replace=/a/b/\n"
      "*$ipaddress=lan\n*$denyallow=h.example,domain=i.example\n||j.*^k\n*$strict3p,font\n"
      "*$cookie=/^_[a-z]+/;maxAge=5\n||a.example^$cookie=x\n@@*$cookie=/y$/\n*$removeheader=request:x\n@@||b.*^$stealth=ip\n"
      "@@||n.*^$cname\nn.*##^responseheader(refresh)\n";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static NjEngine  *engine = NULL;
  g_auto (NjArena)  arena;
  NjFilterRequest   request = { 0 };
  NjFilterVerdict   verdict;
  NjFilterHeader    header = { NJ_BYTES ("via"), NJ_BYTES_NONE };
  NjResponseVerdict response;
  NjRequestChanges  changes;
  gsize             page;

  nj_arena_init (&arena, NULL, 0);
  if (engine == NULL)
    {
      NjListSource source = { "a", NULL, nj_bytes (rules, sizeof rules - 1), TRUE };

      engine = nj_compiler_compile (&source, 1, NULL);
    }
  if (size < 2)
    return 0;

  /* First byte: type and tunnel; second: length of the page's host; then that and the URL. */
  page = MIN (data[1], size - 2);
  request.type = data[0] % NJ_N_REQUEST_TYPES;
  request.host_only = data[0] >= 0xe0;
  request.method = data[0] & 0x10 ? NJ_BYTES ("POST") : NJ_BYTES ("GET");
  request.source_host = nj_arena_copy (&arena, nj_bytes ((const char *) data + 2, page));
  if (!nj_batch_split_url (nj_arena_copy (&arena, nj_bytes ((const char *) data + 2 + page, size - 2 - page)), &arena, &request))
    request.url = nj_arena_copy (&arena, nj_bytes ((const char *) data + 2 + page, size - 2 - page));
  header.value = request.url;

  nj_engine_match (engine, &request, &arena, &verdict);
  nj_request_change_match (engine, &request, &arena, &changes);
  nj_cookie_rule_strip (&changes.cookies, request.url, &arena);
  if (request.host.len > 0)
    nj_engine_match_cname (engine, &request, request.source_host, &arena, &verdict);
  nj_response_match (engine, &request, &header, 1, &arena, &response);
  return 0;
}
