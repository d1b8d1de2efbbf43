/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which fields a request does without: names of users, devices and networks, other proxies, client
 * hints with much entropy, advertising built into browsers, and ids that a site planted in some
 * store other than cookies. The table is data; its rows are for names that no room knows by id.
 * Called by request-scrub, on worker threads.
 */
#include "privacy/request-fields.h"

#include "privacy/field-table.h"

#define ID(text)    { NJ_BYTES (text), NJ_SCRUB_IDENTITY, NJ_FIELD_FOR_ALL }
#define PROXY(text) { NJ_BYTES (text), NJ_SCRUB_PROXY, NJ_FIELD_FOR_ALL }
#define HINT(text)  { NJ_BYTES (text), NJ_SCRUB_HINTS, NJ_FIELD_FOR_ALL }
#define AD(text)    { NJ_BYTES (text), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_ALL }

static const NjFieldRow rows[] = {
  /* Operators that name the subscriber or his device to whoever is asked. */
  ID ("x-wap-*"), ID ("x-nokia-*"), ID ("x-msisdn-*"), ID ("x-h3g-*"), ID ("x-jphone-*"), ID ("x-up-devcap-*"),
  ID ("x-up-calling-line-id"), ID ("x-up-subno"), ID ("x-up-bearer-type"), ID ("x-up-uplink"), ID ("x-up-subscriber-coi"),
  ID ("x-uidh"), ID ("x-acr"), ID ("x-vf-acr"), ID ("x-msisdn"), ID ("msisdn"), ID ("x-imsi"), ID ("x-imei"), ID ("x-meid"),
  ID ("x-subscriber-id"), ID ("x-subscriberid"), ID ("x-att-deviceid"), ID ("x-amobee-1"), ID ("x-amobee-2"), ID ("x-piper-id"),
  ID ("x-dcmguid"), ID ("x-em-uid"), ID ("x-drutt-portal-user-id"), ID ("tm_user-id"), ID ("x-network-type"),
  ID ("x-network-info"), ID ("x-calling-line-id"), ID ("x-hts-clid"), ID ("x-gm-msisdn"), ID ("x-fh-msisdn"), ID ("x-roaming"),
  ID ("x-mdn"), ID ("x-mcc-mnc"), ID ("x-cell-id"), ID ("x-ggsnip"), ID ("x-sgsnip"),
  /* Apps and web views that name the device behind a browser's face. */
  ID ("x-device-id"), ID ("x-device-user-agent"), ID ("x-original-user-agent"), ID ("device-stock-ua"), ID ("x-device-stock-ua"),
  ID ("x-operamini-*"), ID ("x-ucbrowser-*"), ID ("x-puffin-ua"), ID ("x-bolt-phone-ua"), ID ("x-skyfire-phone"),
  ID ("x-skyfire-screen"), ID ("x-teashark-ua"), ID ("x-android-id"), ID ("x-advertising-id"), ID ("x-idfa"), ID ("x-gaid"),
  /* Browser makers that tell their own sites which installation and which user it is. */
  ID ("x-goog-visitor-id"), ID ("x-geo"), ID ("geolocation"), ID ("x-client-geo-location"), ID ("x-chrome-connected"),
  ID ("x-chrome-uma-enabled"), ID ("x-chrome-variations"), ID ("x-browser-channel"), ID ("x-browser-copyright"),
  ID ("x-browser-validation"), ID ("x-browser-year"), ID ("sec-ms-gec"), ID ("sec-ms-gec-version"), ID ("x-edge-shopping-flag"),
  ID ("x-search-clientid"), ID ("x-msedge-clientid"), ID ("x-yandex-puid"),
  /* Where a ping comes from, with its whole path. HTML §4.6.5 */
  { NJ_BYTES ("ping-from"), NJ_SCRUB_REFERER, NJ_FIELD_FOR_ALL },
  { NJ_BYTES ("ping-to"), NJ_SCRUB_REFERER, NJ_FIELD_FOR_ALL },
  /* Other proxies on the way here, and the address that they saw. */
  PROXY ("x-bluecoat-*"), PROXY ("x-proxy-*"), PROXY ("x-proxyuser-ip"), PROXY ("x-proxymesh-ip"), PROXY ("x-privoxy"),
  PROXY ("surrogate-capability"), PROXY ("proxy-client-ip"), PROXY ("wl-proxy-client-ip"), PROXY ("x-imforwards"),
  PROXY ("cdn-loop"), PROXY ("x-via"), PROXY ("x-forwarded"), PROXY ("forwarded-for"), PROXY ("forwarded-for-ip"),
  PROXY ("x-originating-ip"), PROXY ("x-original-forwarded-for"), PROXY ("x-original-host"), PROXY ("x-original-remote-addr"),
  PROXY ("x-remote-ip"), PROXY ("x-remote-addr"), PROXY ("remote-addr"), PROXY ("x-source-ip"), PROXY ("x-host-ip"),
  PROXY ("x-ip"), PROXY ("x-user-ip"), PROXY ("x-clientip"), PROXY ("x-client-host"), PROXY ("clientip"), PROXY ("x-real-host"),
  PROXY ("cf-connecting-ipv6"), PROXY ("cf-ipcountry"), PROXY ("cf-pseudo-ipv4"), PROXY ("cf-visitor"), PROXY ("fastly-client-ip"),
  PROXY ("real-ip"), PROXY ("x-coming-from"), PROXY ("coming-from"), PROXY ("cluster-client-ip"), PROXY ("x-azure-clientip"),
  PROXY ("x-azure-socketip"), PROXY ("x-appengine-*"), PROXY ("x-envoy-external-address"), PROXY ("x-varnish"),
  PROXY ("x-tinyproxy"), PROXY ("x-loop-control"), PROXY ("http-client-ip"), PROXY ("client-ip-address"), PROXY ("pc-remote-addr"),
  PROXY ("x-authenticated-user"), PROXY ("x-authenticated-groups"), PROXY ("x-zscaler-*"), PROXY ("z-forwarded-for"),
  PROXY ("x-swg-*"), PROXY ("x-forefront-*"), PROXY ("x-mcafee-*"), PROXY ("x-iinfo"), PROXY ("x-nai-id"),
  /* Hints with much entropy, without the Sec-CH- prefix: WICG Client Hints, Device Memory, Network Information. */
  HINT ("dpr"), HINT ("width"), HINT ("viewport-width"), HINT ("viewport-height"), HINT ("device-memory"), HINT ("downlink"),
  HINT ("ect"), HINT ("rtt"), HINT ("content-dpr"),
  { NJ_BYTES ("save-data"), NJ_SCRUB_HINTS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  /* Advertising built into the browser: Topics, Attribution Reporting, Protected Audience, Shared Storage,
   * fenced frames, and the private tokens that prove a visit elsewhere. */
  AD ("sec-browsing-topics"), AD ("sec-ad-auction-fetch"), AD ("ad-auction-fetch"), AD ("sec-ad-auction-event-recording-eligible"),
  AD ("sec-shared-storage-writable"), AD ("sec-shared-storage-data-origin"), AD ("shared-storage-writable"),
  AD ("attribution-reporting-eligible"), AD ("attribution-reporting-support"), AD ("sec-attribution-reporting-eligible"),
  AD ("sec-private-aggregation"), AD ("sec-redemption-record"), AD ("sec-signed-redemption-record"),
  AD ("sec-speculation-tags"), AD ("sec-private-state-token-lifetime"), AD ("sec-trust-token-version"),
  { NJ_BYTES ("sec-private-state-token"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  { NJ_BYTES ("sec-private-state-token-crypto-version"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  { NJ_BYTES ("sec-trust-token"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  /* The hash of a dictionary that a site chose for one visitor is an ETag by another name: RFC 9842 §9.2. */
  { NJ_BYTES ("available-dictionary"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_THIRD },
  { NJ_BYTES ("dictionary-id"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_THIRD },
  { NJ_BYTES ("a-im"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_THIRD },
  { NJ_BYTES ("cache-digest"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_ALL },
  /* Obsolete, and sent by nobody who means well. */
  { NJ_BYTES ("cookie2"), NJ_SCRUB_COOKIES, NJ_FIELD_FOR_ALL },
};

#undef ID
#undef PROXY
#undef HINT
#undef AD

static NjFieldTable table = NJ_FIELD_TABLE (rows);

/* Sec-CH-UA, -Mobile and -Platform are sent to everybody and say no more than User-Agent; the rest is
 * only sent when a site asks for it. */
static gboolean
is_telling_hint (NjBytes name)
{
  static const NjBytes prefix = NJ_BYTES ("sec-ch-");
  NjBytes              rest;

  if (name.len <= prefix.len || (name.data[4] | 0x20) != 'c' || !nj_bytes_equal_nocase (nj_bytes (name.data, prefix.len), prefix))
    return FALSE;

  rest = nj_bytes (name.data + prefix.len, name.len - prefix.len);
  return !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua")) && !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua-mobile")) &&
         !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua-platform"));
}

/* Sites tell scripted requests by "XMLHttpRequest"; a web view puts its app's name there. */
static gboolean
is_app_name (const NjField *field)
{
  return field->value.len > 0 && nj_bytes_equal_nocase (field->name, NJ_BYTES ("x-requested-with")) &&
         memchr (field->value.data, '.', field->value.len) != NULL;
}

/**
 * nj_request_fields_change:
 * @field: a field that no room knows by id
 * @context: who asks whom
 *
 * Worker threads. Source: WICG UA Client Hints, Topics, Attribution Reporting, Protected Audience,
 * Shared Storage, Private State Tokens; RFC 9842.
 *
 * Returns: the change that dropping it is, 0 when it stays
 */
guint
nj_request_fields_change (const NjField *field, const NjScrubContext *context)
{
  switch (field->name.data[0] | 0x20)
    {
    case 's':
      if (is_telling_hint (field->name))
        return NJ_SCRUB_HINTS;
      break;
    case 'x':
      if (is_app_name (field))
        return NJ_SCRUB_IDENTITY;
      break;
    default:
      break;
    }

  return nj_field_table_change (&table, field->name, context);
}
