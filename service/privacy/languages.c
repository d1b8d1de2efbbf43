/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which languages a browser asks for in a country, as it comes from the maker: the one that most
 * browsers there are set to, and English behind it. For who wants to look like somebody at the exit.
 * The table is our own; where several languages are spoken it has the one with most readers. Called
 * by proxy's exchange, on worker threads.
 */
#include "privacy/languages.h"

#include <stdlib.h>

typedef struct
{
  char country[3];
  char tag[6];
} Country;

/* By code, ISO 3166. */
static const Country countries[] = {
  /* clang-format off */
  { "AD", "ca-ES" }, { "AE", "ar-AE" }, { "AF", "fa-AF" }, { "AG", "en-AG" }, { "AI", "en-AI" }, { "AL", "sq-AL" },
  { "AM", "hy-AM" }, { "AO", "pt-AO" }, { "AR", "es-AR" }, { "AS", "en-AS" }, { "AT", "de-AT" }, { "AU", "en-AU" },
  { "AW", "nl-AW" }, { "AX", "sv-FI" }, { "AZ", "az-AZ" }, { "BA", "bs-BA" }, { "BB", "en-BB" }, { "BD", "bn-BD" },
  { "BE", "nl-BE" }, { "BF", "fr-BF" }, { "BG", "bg-BG" }, { "BH", "ar-BH" }, { "BI", "fr-BI" }, { "BJ", "fr-BJ" },
  { "BL", "fr-BL" }, { "BM", "en-BM" }, { "BN", "ms-BN" }, { "BO", "es-BO" }, { "BQ", "nl-BQ" }, { "BR", "pt-BR" },
  { "BS", "en-BS" }, { "BT", "en-BT" }, { "BW", "en-BW" }, { "BY", "ru-BY" }, { "BZ", "en-BZ" }, { "CA", "en-CA" },
  { "CD", "fr-CD" }, { "CF", "fr-CF" }, { "CG", "fr-CG" }, { "CH", "de-CH" }, { "CI", "fr-CI" }, { "CK", "en-CK" },
  { "CL", "es-CL" }, { "CM", "fr-CM" }, { "CN", "zh-CN" }, { "CO", "es-CO" }, { "CR", "es-CR" }, { "CU", "es-CU" },
  { "CV", "pt-CV" }, { "CW", "nl-CW" }, { "CY", "el-CY" }, { "CZ", "cs-CZ" }, { "DE", "de-DE" }, { "DJ", "fr-DJ" },
  { "DK", "da-DK" }, { "DM", "en-DM" }, { "DO", "es-DO" }, { "DZ", "fr-DZ" }, { "EC", "es-EC" }, { "EE", "et-EE" },
  { "EG", "ar-EG" }, { "ER", "en-ER" }, { "ES", "es-ES" }, { "ET", "am-ET" }, { "FI", "fi-FI" }, { "FJ", "en-FJ" },
  { "FK", "en-FK" }, { "FM", "en-FM" }, { "FO", "fo-FO" }, { "FR", "fr-FR" }, { "GA", "fr-GA" }, { "GB", "en-GB" },
  { "GD", "en-GD" }, { "GE", "ka-GE" }, { "GF", "fr-GF" }, { "GG", "en-GG" }, { "GH", "en-GH" }, { "GI", "en-GI" },
  { "GL", "da-GL" }, { "GM", "en-GM" }, { "GN", "fr-GN" }, { "GP", "fr-GP" }, { "GQ", "es-GQ" }, { "GR", "el-GR" },
  { "GT", "es-GT" }, { "GU", "en-GU" }, { "GW", "pt-GW" }, { "GY", "en-GY" }, { "HK", "zh-HK" }, { "HN", "es-HN" },
  { "HR", "hr-HR" }, { "HT", "fr-HT" }, { "HU", "hu-HU" }, { "ID", "id-ID" }, { "IE", "en-IE" }, { "IL", "he-IL" },
  { "IM", "en-IM" }, { "IN", "en-IN" }, { "IQ", "ar-IQ" }, { "IR", "fa-IR" }, { "IS", "is-IS" }, { "IT", "it-IT" },
  { "JE", "en-JE" }, { "JM", "en-JM" }, { "JO", "ar-JO" }, { "JP", "ja-JP" }, { "KE", "en-KE" }, { "KG", "ru-KG" },
  { "KH", "km-KH" }, { "KI", "en-KI" }, { "KM", "fr-KM" }, { "KN", "en-KN" }, { "KR", "ko-KR" }, { "KW", "ar-KW" },
  { "KY", "en-KY" }, { "KZ", "ru-KZ" }, { "LA", "lo-LA" }, { "LB", "ar-LB" }, { "LC", "en-LC" }, { "LI", "de-LI" },
  { "LK", "si-LK" }, { "LR", "en-LR" }, { "LS", "en-LS" }, { "LT", "lt-LT" }, { "LU", "fr-LU" }, { "LV", "lv-LV" },
  { "LY", "ar-LY" }, { "MA", "fr-MA" }, { "MC", "fr-MC" }, { "MD", "ro-MD" }, { "ME", "sr-ME" }, { "MF", "fr-MF" },
  { "MG", "fr-MG" }, { "MH", "en-MH" }, { "MK", "mk-MK" }, { "ML", "fr-ML" }, { "MM", "my-MM" }, { "MN", "mn-MN" },
  { "MO", "zh-MO" }, { "MP", "en-MP" }, { "MQ", "fr-MQ" }, { "MR", "ar-MR" }, { "MS", "en-MS" }, { "MT", "en-MT" },
  { "MU", "en-MU" }, { "MV", "en-MV" }, { "MW", "en-MW" }, { "MX", "es-MX" }, { "MY", "ms-MY" }, { "MZ", "pt-MZ" },
  { "NA", "en-NA" }, { "NC", "fr-NC" }, { "NE", "fr-NE" }, { "NG", "en-NG" }, { "NI", "es-NI" }, { "NL", "nl-NL" },
  { "NO", "nb-NO" }, { "NP", "ne-NP" }, { "NR", "en-NR" }, { "NZ", "en-NZ" }, { "OM", "ar-OM" }, { "PA", "es-PA" },
  { "PE", "es-PE" }, { "PF", "fr-PF" }, { "PG", "en-PG" }, { "PH", "en-PH" }, { "PK", "en-PK" }, { "PL", "pl-PL" },
  { "PM", "fr-PM" }, { "PR", "es-PR" }, { "PS", "ar-PS" }, { "PT", "pt-PT" }, { "PW", "en-PW" }, { "PY", "es-PY" },
  { "QA", "ar-QA" }, { "RE", "fr-RE" }, { "RO", "ro-RO" }, { "RS", "sr-RS" }, { "RU", "ru-RU" }, { "RW", "en-RW" },
  { "SA", "ar-SA" }, { "SB", "en-SB" }, { "SC", "en-SC" }, { "SD", "ar-SD" }, { "SE", "sv-SE" }, { "SG", "en-SG" },
  { "SI", "sl-SI" }, { "SK", "sk-SK" }, { "SL", "en-SL" }, { "SM", "it-SM" }, { "SN", "fr-SN" }, { "SO", "so-SO" },
  { "SR", "nl-SR" }, { "SS", "en-SS" }, { "ST", "pt-ST" }, { "SV", "es-SV" }, { "SX", "nl-SX" }, { "SY", "ar-SY" },
  { "SZ", "en-SZ" }, { "TC", "en-TC" }, { "TD", "fr-TD" }, { "TG", "fr-TG" }, { "TH", "th-TH" }, { "TJ", "ru-TJ" },
  { "TL", "pt-TL" }, { "TM", "ru-TM" }, { "TN", "fr-TN" }, { "TO", "en-TO" }, { "TR", "tr-TR" }, { "TT", "en-TT" },
  { "TV", "en-TV" }, { "TW", "zh-TW" }, { "TZ", "sw-TZ" }, { "UA", "uk-UA" }, { "UG", "en-UG" }, { "US", "en-US" },
  { "UY", "es-UY" }, { "UZ", "uz-UZ" }, { "VA", "it-VA" }, { "VC", "en-VC" }, { "VE", "es-VE" }, { "VG", "en-VG" },
  { "VI", "en-VI" }, { "VN", "vi-VN" }, { "VU", "en-VU" }, { "WF", "fr-WF" }, { "WS", "en-WS" }, { "XK", "sq-XK" },
  { "YE", "ar-YE" }, { "YT", "fr-YT" }, { "ZA", "en-ZA" }, { "ZM", "en-ZM" }, { "ZW", "en-ZW" },
  /* clang-format on */
};

static int
compare (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 2);
}

/**
 * nj_languages_of_country:
 * @country: a country's code, ISO 3166 in capitals
 * @is_firefox: whether the browser writes its list as Firefox does, and not as Chromium
 * @arena: where the value goes
 *
 * Any thread. Source: RFC 9110 §12.5.4 for the form; what current browsers send for the weights.
 *
 * Returns: a value for Accept-Language, empty when the country is not known
 */
NjBytes
nj_languages_of_country (NjBytes country, gboolean is_firefox, NjArena *arena)
{
  const Country *row = country.len == 2 ? bsearch (country.data, countries, G_N_ELEMENTS (countries), sizeof (Country), compare) : NULL;
  gboolean       is_english;

  if (row == NULL)
    return NJ_BYTES_NONE;

  is_english = row->tag[0] == 'e' && row->tag[1] == 'n';
  if (is_firefox && is_english)
    return nj_arena_printf (arena, "%s,en;q=0.5", row->tag);
  if (is_firefox)
    return nj_arena_printf (arena, "%s,%.2s;q=0.8,en-US;q=0.5,en;q=0.3", row->tag, row->tag);
  if (is_english)
    return nj_arena_printf (arena, "%s,en;q=0.9", row->tag);
  return nj_arena_printf (arena, "%s,%.2s;q=0.9,en-US;q=0.8,en;q=0.7", row->tag, row->tag);
}
