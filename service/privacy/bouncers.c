/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hosts that do nothing but see who passes: where in their addresses the real one stands. A table of
 * those that are known, copies of pages on the servers of search engines (AMP), and a guess by the
 * look of an address for all others. Whether the find may be followed is debounce.c's to say. Links
 * that an organisation checks for malware before it lets them pass are left out on purpose. Called
 * by debounce, on worker threads.
 */
#include "privacy/bouncers.h"

/* Where the target stands. */
typedef enum
{
  IN_PARAMETER, /* of that name */
  IN_QUERY,     /* is the whole query */
  IN_PATH       /* behind the path's beginning */
} Place;

typedef struct
{
  NjBytes host;      /* or below it; "google." stands for that name under every suffix */
  NjBytes path;      /* how the path begins */
  Place   place;
  NjBytes parameter; /* IN_PARAMETER; IN_PATH: what stands before the target */
} Bouncer;

#define P(host, path, name) { NJ_BYTES (host), NJ_BYTES (path), IN_PARAMETER, NJ_BYTES (name) }
#define Q(host, path)       { NJ_BYTES (host), NJ_BYTES (path), IN_QUERY, { NULL, 0 } }
#define H(host, path, mark) { NJ_BYTES (host), NJ_BYTES (path), IN_PATH, NJ_BYTES (mark) }

static const Bouncer bouncers[] = {
  /* Search engines. */
  P ("google.", "/url", "q"), P ("google.", "/url", "url"), P ("google.", "/aclk", "adurl"),
  P ("duckduckgo.com", "/l/", "uddg"), P ("bing.com", "/alink/link", "url"), H ("search.yahoo.com", "/", "/RU="),
  P ("yandex.ru", "/clck/jsredir", "url"), P ("ecosia.org", "/url", "u"), P ("qwant.com", "/redirect", "url"),
  /* Social networks and messengers. */
  P ("l.facebook.com", "/l.php", "u"), P ("lm.facebook.com", "/l.php", "u"), P ("www.facebook.com", "/l.php", "u"),
  P ("l.instagram.com", "/", "u"), P ("l.messenger.com", "/l.php", "u"), P ("l.threads.net", "/", "u"),
  P ("l.threads.com", "/", "u"), P ("l.wl.co", "/l", "u"), P ("l.workplace.com", "/l.php", "u"),
  P ("out.reddit.com", "/", "url"), P ("youtube.com", "/redirect", "q"), P ("t.umblr.com", "/redirect", "z"),
  P ("vk.com", "/away.php", "to"), P ("away.vk.com", "/away.php", "to"), P ("ok.ru", "/dk", "st.link"),
  P ("linkedin.com", "/redir/redirect", "url"), P ("linkedin.com", "/safety/go", "url"),
  P ("deviantart.com", "/users/outgoing", "url"), Q ("deviantart.com", "/users/outgoing"),
  P ("pixiv.net", "/jump.php", "url"), Q ("pixiv.net", "/jump.php"), P ("steamcommunity.com", "/linkfilter/", "url"),
  P ("steamcommunity.com", "/linkfilter/", "u"), P ("slack-redir.net", "/link", "url"), P ("disq.us", "/url", "url"),
  P ("disq.us", "/", "url"), P ("getpocket.com", "/redirect", "url"), P ("flipboard.com", "/redirect", "url"),
  P ("curseforge.com", "/linkout", "remoteUrl"), P ("boosty.to", "/away", "to"), P ("patreon.com", "/redirect", "url"),
  P ("tiktok.com", "/link/v2", "target"), P ("xing.com", "/r", "url"), P ("weibo.cn", "/sinaurl", "u"),
  P ("link.zhihu.com", "/", "target"), P ("links.jianshu.com", "/go", "to"), P ("link.csdn.net", "/", "target"),
  P ("link.juejin.cn", "/", "target"), P ("douban.com", "/link2/", "url"), P ("gitee.com", "/link", "target"),
  P ("c.pc.qq.com", "/", "pfurl"), P ("mail.qq.com", "/cgi-bin/readtemplate", "gourl"),
  /* Redirectors that hide where a link came from, and see it themselves. */
  Q ("href.li", "/"), Q ("anonym.to", "/"), Q ("anonymz.com", "/"), Q ("nullrefer.com", "/"), Q ("dereferer.me", "/"),
  Q ("refhide.com", "/"), Q ("anon.to", "/"), Q ("hideref.org", "/"), P ("exit.sc", "/", "url"),
  P ("gate.sc", "/", "url"), P ("leechall.io", "/", "url"), H ("outgoing.prod.webservices.mozgcp.net", "/v1/", "/http"),
  /* Advertising and affiliate networks. */
  P ("googleadservices.com", "/pagead/aclk", "adurl"), P ("doubleclick.net", "/", "adurl"),
  P ("doubleclick.net", "/", "ds_dest_url"), P ("awin1.com", "/", "ued"), P ("awin1.com", "/", "p"),
  P ("zenaps.com", "/", "ued"), P ("click.linksynergy.com", "/", "murl"), P ("click.linksynergy.com", "/", "RD_PARM1"),
  P ("anrdoezrs.net", "/", "url"), P ("dpbolvw.net", "/", "url"), P ("jdoqocy.com", "/", "url"),
  P ("kqzyfj.com", "/", "url"), P ("tkqlhce.com", "/", "url"), P ("shareasale.com", "/", "urllink"),
  P ("go.redirectingat.com", "/", "url"), P ("go.skimresources.com", "/", "url"), P ("redirect.viglink.com", "/", "u"),
  P ("tradedoubler.com", "/click", "url"), P ("webgains.com", "/click.html", "wgtarget"), P ("digidip.net", "/", "url"),
  P ("effiliation.com", "/", "url"), P ("pxf.io", "/", "u"), P ("sjv.io", "/", "u"), P ("evyy.net", "/", "u"),
  P ("7eer.net", "/", "u"), P ("ojrq.net", "/p/", "return"), P ("prf.hn", "/click/", "destination"),
  H ("prf.hn", "/click/", "/destination:"), P ("rover.ebay.com", "/rover/", "mpre"),
  P ("partner-ads.com", "/", "htmlurl"), P ("belboon.com", "/", "deeplink"), P ("financeads.net", "/", "url"),
  P ("adtraction.com", "/", "url"), P ("tradetracker.net", "/", "u"), P ("daisycon.io", "/", "url"),
  P ("flexlinkspro.com", "/", "url"), P ("flexlinks.com", "/", "url"), P ("shopmyexchange.com", "/click", "url"),
  P ("narrativ.com", "/api/v0/client_redirect/", "url"), P ("howl.me", "/", "url"), P ("shop-links.co", "/", "url"),
  P ("fave.co", "/", "url"), P ("alitems.com", "/", "ulp"), P ("alitems.site", "/", "ulp"),
  P ("ad.admitad.com", "/", "ulp"), P ("lenkmio.com", "/", "ulp"), P ("smartadserver.com", "/click", "go"),
  P ("adform.net", "/C/", "cturl"), P ("adsrvr.org", "/track/clk", "r"), P ("tc.tradetracker.net", "/", "u"),
};

#undef P
#undef Q
#undef H

/* The value of the first parameter of that name, as it is written; empty when there is none. */
static NjBytes
parameter_of (NjBytes query, NjBytes name)
{
  while (query.len > 0)
    {
      const char *amp = memchr (query.data, '&', query.len);
      gsize       len = amp != NULL ? (gsize) (amp - query.data) : query.len;

      if (len > name.len && query.data[name.len] == '=' && memcmp (query.data, name.data, name.len) == 0)
        return nj_bytes (query.data + name.len + 1, len - name.len - 1);
      len = MIN (len + 1, query.len);
      query = nj_bytes (query.data + len, query.len - len);
    }

  return NJ_BYTES_NONE;
}

static gboolean
is_on (NjBytes host, NjBytes bouncer)
{
  NjBytes site;

  if (bouncer.data[bouncer.len - 1] != '.')
    return nj_host_is_below (host, bouncer);
  if (nj_bytes_find (host, bouncer) < 0)
    return FALSE;

  site = nj_host_registrable (host);
  return nj_bytes_starts_with (site, bouncer);
}

/* The target begins in the mark when that ends in "http". */
static NjBytes
behind_mark (const NjUrl *url, NjBytes mark)
{
  gssize at = nj_bytes_find (url->path, mark);
  gsize  start;

  if (at < 0)
    return NJ_BYTES_NONE;

  start = (gsize) at + mark.len - (nj_bytes_ends_with (mark, NJ_BYTES ("http")) ? 4 : 0);
  return nj_bytes (url->path.data + start, url->path.len - start);
}

/* Yahoo's addresses go on behind the target. */
static NjBytes
up_to_slash (NjBytes text)
{
  const char *slash = text.len > 0 ? memchr (text.data, '/', text.len) : NULL;

  return slash != NULL ? nj_bytes (text.data, (gsize) (slash - text.data)) : text;
}

/* Every target is marked off by one of these; most addresses have none, and the table is long. */
static gboolean
may_hold_target (NjBytes path)
{
  return memchr (path.data, '=', path.len) != NULL || memchr (path.data, ':', path.len) != NULL ||
         memchr (path.data, '%', path.len) != NULL;
}

static G_NO_INLINE gboolean
search (const NjUrl *url, NjBytes *ret_target)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bouncers); i++)
    {
      const Bouncer *row = &bouncers[i];
      NjBytes        target = url->query;

      if (!is_on (url->host, row->host) || !nj_bytes_starts_with (url->path, row->path))
        continue;
      if (row->place == IN_PARAMETER)
        target = parameter_of (url->query, row->parameter);
      else if (row->place == IN_PATH)
        target = behind_mark (url, row->parameter);
      if (row->place == IN_PATH && nj_bytes_equal (row->parameter, NJ_BYTES ("/RU=")))
        target = up_to_slash (target);
      if (target.len == 0)
        continue;

      *ret_target = target;
      return TRUE;
    }

  return FALSE;
}

/**
 * nj_bouncers_find:
 * @url: an address
 * @ret_target: (out): where it leads to in the end, as it is written there, most likely encoded
 *
 * Any thread.
 *
 * Returns: whether it belongs to a redirector that is known, and names its target
 */
gboolean
nj_bouncers_find (const NjUrl *url, NjBytes *ret_target)
{
  return may_hold_target (url->path) && search (url, ret_target);
}

/* What the runtime of AMP adds for itself. */
static NjBytes
without_amp_query (NjBytes path)
{
  const char *mark = memchr (path.data, '?', path.len);
  NjBytes     query;

  if (mark == NULL)
    return path;
  query = nj_bytes (mark + 1, path.len - (gsize) (mark + 1 - path.data));
  return nj_bytes_starts_with (query, NJ_BYTES ("amp_")) || nj_bytes_starts_with (query, NJ_BYTES ("usqp="))
             ? nj_bytes (path.data, (gsize) (mark - path.data))
             : path;
}

/**
 * nj_bouncers_find_amp:
 * @url: an address
 * @arena: where the target goes
 * @ret_target: (out): the page on its publisher's own server
 *
 * Any thread. Source: AMP Cache URL format.
 *
 * Returns: whether it is a copy on the server of a search engine
 */
gboolean
nj_bouncers_find_amp (const NjUrl *url, NjArena *arena, NjBytes *ret_target)
{
  static const NjBytes caches[] = { NJ_BYTES ("cdn.ampproject.org"), NJ_BYTES ("bing-amp.com"), NJ_BYTES ("amp.cloudflare.com") };
  static const NjBytes kinds[] = { NJ_BYTES ("/c/"), NJ_BYTES ("/v/"), NJ_BYTES ("/a/"), NJ_BYTES ("/wp/"), NJ_BYTES ("/cd/") };
  NjBytes  rest = url->path;
  gboolean is_secure;
  gsize    start = 0;

  /* All of them keep the page behind a word of four letters at most. */
  if (rest.len < 4 || memchr (rest.data + 1, '/', MIN (rest.len - 1, 5)) == NULL)
    return FALSE;
  if (is_on (url->host, NJ_BYTES ("google.")))
    start = nj_bytes_starts_with (rest, NJ_BYTES ("/amp/")) ? 5 : 0;
  else
    for (gsize i = 0; i < G_N_ELEMENTS (caches); i++)
      for (gsize k = 0; k < G_N_ELEMENTS (kinds) && nj_host_is_below (url->host, caches[i]); k++)
        if (nj_bytes_starts_with (rest, kinds[k]))
          start = kinds[k].len;
  if (start == 0)
    return FALSE;

  rest = nj_bytes (rest.data + start, rest.len - start);
  is_secure = nj_bytes_starts_with (rest, NJ_BYTES ("s/"));
  if (is_secure)
    rest = nj_bytes (rest.data + 2, rest.len - 2);
  rest = without_amp_query (rest);
  if (rest.len == 0 || memchr (rest.data, '.', rest.len) == NULL)
    return FALSE;

  *ret_target = nj_arena_join (arena, is_secure ? NJ_BYTES ("https://") : NJ_BYTES ("http://"), rest);
  return TRUE;
}

static gboolean
has_word (NjBytes text, const NjBytes *words, gsize n_words)
{
  for (gsize i = 0; i < n_words; i++)
    for (gsize at = 0; at + words[i].len <= text.len; at++)
      if (nj_ascii_lower (text.data[at]) == words[i].data[0] &&
          nj_bytes_equal_nocase (nj_bytes (text.data + at, words[i].len), words[i]))
        return TRUE;

  return FALSE;
}

/* The last part of the path, without what looks like a file's kind. */
static NjBytes
last_segment (const NjUrl *url)
{
  NjBytes path = nj_bytes (url->path.data, url->path.len - (url->query.data != NULL ? url->query.len + 1 : 0));
  gsize   start;

  while (path.len > 0 && path.data[path.len - 1] == '/')
    path.len--;
  for (start = path.len; start > 0 && path.data[start - 1] != '/'; start--)
    ;
  path = nj_bytes (path.data + start, path.len - start);
  for (gsize i = 0; i < path.len; i++)
    if (path.data[i] == '.')
      path.len = i;
  return path;
}

/**
 * nj_bouncers_guess:
 * @url: an address
 * @ret_target: (out): where it leads to in the end, as it is written there, most likely encoded
 *
 * By what redirectors are called and call their parameters. Never where somebody might be in the
 * middle of a login, a payment or a confirmation, whose redirects carry more than an address. Any thread.
 *
 * Returns: whether it looks like a redirector that names its target
 */
gboolean
nj_bouncers_guess (const NjUrl *url, NjBytes *ret_target)
{
  static const NjBytes segments[] = {
    NJ_BYTES ("out"),   NJ_BYTES ("outgoing"), NJ_BYTES ("outbound"), NJ_BYTES ("away"),  NJ_BYTES ("leave"),  NJ_BYTES ("exit"),
    NJ_BYTES ("jump"),  NJ_BYTES ("redir"),    NJ_BYTES ("redirect"), NJ_BYTES ("aclk"),  NJ_BYTES ("clk"),    NJ_BYTES ("click"),
    NJ_BYTES ("goto"),  NJ_BYTES ("linkout"),  NJ_BYTES ("external"), NJ_BYTES ("track"), NJ_BYTES ("linkfilter"),
  };
  static const NjBytes parameters[] = {
    NJ_BYTES ("u"),    NJ_BYTES ("url"),  NJ_BYTES ("to"),   NJ_BYTES ("target"), NJ_BYTES ("dest"), NJ_BYTES ("destination"),
    NJ_BYTES ("link"), NJ_BYTES ("href"), NJ_BYTES ("goto"), NJ_BYTES ("adurl"),  NJ_BYTES ("murl"), NJ_BYTES ("redir"),
  };
  static const NjBytes touchy[] = {
    NJ_BYTES ("login"),   NJ_BYTES ("logout"),  NJ_BYTES ("signin"), NJ_BYTES ("sign-in"), NJ_BYTES ("oauth"),    NJ_BYTES ("auth"),
    NJ_BYTES ("sso"),     NJ_BYTES ("saml"),    NJ_BYTES ("openid"), NJ_BYTES ("token"),   NJ_BYTES ("consent"),  NJ_BYTES ("redirect_uri"),
    NJ_BYTES ("verif"),   NJ_BYTES ("confirm"), NJ_BYTES ("pay"),    NJ_BYTES ("checkout"), NJ_BYTES ("account"), NJ_BYTES ("client_id"),
    NJ_BYTES ("session"), NJ_BYTES ("ticket"),  NJ_BYTES ("3ds"),    NJ_BYTES ("subscri"), NJ_BYTES ("callback"), NJ_BYTES ("return_to"),
    NJ_BYTES ("code="),   NJ_BYTES ("state="),  NJ_BYTES ("nonce"),  NJ_BYTES ("idp"),     NJ_BYTES ("secure"),   NJ_BYTES ("invite"),
    NJ_BYTES ("code%3d"), NJ_BYTES ("state%3d"),
  };
  NjBytes segment = last_segment (url);
  gboolean is_redirector = FALSE;

  if (url->query.len < 12)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (segments) && !is_redirector; i++)
    is_redirector = nj_bytes_equal_nocase (segment, segments[i]);
  if (!is_redirector || has_word (url->text, touchy, G_N_ELEMENTS (touchy)))
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      NjBytes target = parameter_of (url->query, parameters[i]);

      if (target.len == 0)
        continue;
      *ret_target = target;
      return TRUE;
    }

  return FALSE;
}
