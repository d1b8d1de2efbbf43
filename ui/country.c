/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of countries by their ISO 3166 code. The English names stand here; translations come from iso-codes'
 * own catalogue where that package is installed, so that our translators need not write 249 names again.
 * Tray and window call it. Main thread.
 */
#include "ui/country.h"

#include <libintl.h>
#include <stdlib.h>
#include <string.h>

/* Sorted by code. Source: ISO 3166-1, with the common name where there is one. */
static const struct
{
  char        code[3];
  const char *name;
} countries[] = {
  /* clang-format off */
  { "AD", "Andorra" }, { "AE", "United Arab Emirates" }, { "AF", "Afghanistan" },
  { "AG", "Antigua and Barbuda" }, { "AI", "Anguilla" }, { "AL", "Albania" }, { "AM", "Armenia" },
  { "AO", "Angola" }, { "AQ", "Antarctica" }, { "AR", "Argentina" }, { "AS", "American Samoa" },
  { "AT", "Austria" }, { "AU", "Australia" }, { "AW", "Aruba" }, { "AX", "Åland Islands" },
  { "AZ", "Azerbaijan" }, { "BA", "Bosnia and Herzegovina" }, { "BB", "Barbados" }, { "BD", "Bangladesh" },
  { "BE", "Belgium" }, { "BF", "Burkina Faso" }, { "BG", "Bulgaria" }, { "BH", "Bahrain" },
  { "BI", "Burundi" }, { "BJ", "Benin" }, { "BL", "Saint Barthélemy" }, { "BM", "Bermuda" },
  { "BN", "Brunei Darussalam" }, { "BO", "Bolivia" }, { "BQ", "Bonaire, Sint Eustatius and Saba" },
  { "BR", "Brazil" }, { "BS", "Bahamas" }, { "BT", "Bhutan" }, { "BV", "Bouvet Island" }, { "BW", "Botswana" },
  { "BY", "Belarus" }, { "BZ", "Belize" }, { "CA", "Canada" }, { "CC", "Cocos (Keeling) Islands" },
  { "CD", "Congo, The Democratic Republic of the" }, { "CF", "Central African Republic" }, { "CG", "Congo" },
  { "CH", "Switzerland" }, { "CI", "Côte d'Ivoire" }, { "CK", "Cook Islands" }, { "CL", "Chile" },
  { "CM", "Cameroon" }, { "CN", "China" }, { "CO", "Colombia" }, { "CR", "Costa Rica" }, { "CU", "Cuba" },
  { "CV", "Cabo Verde" }, { "CW", "Curaçao" }, { "CX", "Christmas Island" }, { "CY", "Cyprus" },
  { "CZ", "Czechia" }, { "DE", "Germany" }, { "DJ", "Djibouti" }, { "DK", "Denmark" }, { "DM", "Dominica" },
  { "DO", "Dominican Republic" }, { "DZ", "Algeria" }, { "EC", "Ecuador" }, { "EE", "Estonia" },
  { "EG", "Egypt" }, { "EH", "Western Sahara" }, { "ER", "Eritrea" }, { "ES", "Spain" }, { "ET", "Ethiopia" },
  { "FI", "Finland" }, { "FJ", "Fiji" }, { "FK", "Falkland Islands (Malvinas)" },
  { "FM", "Micronesia, Federated States of" }, { "FO", "Faroe Islands" }, { "FR", "France" },
  { "GA", "Gabon" }, { "GB", "United Kingdom" }, { "GD", "Grenada" }, { "GE", "Georgia" },
  { "GF", "French Guiana" }, { "GG", "Guernsey" }, { "GH", "Ghana" }, { "GI", "Gibraltar" },
  { "GL", "Greenland" }, { "GM", "Gambia" }, { "GN", "Guinea" }, { "GP", "Guadeloupe" },
  { "GQ", "Equatorial Guinea" }, { "GR", "Greece" }, { "GS", "South Georgia and the South Sandwich Islands" },
  { "GT", "Guatemala" }, { "GU", "Guam" }, { "GW", "Guinea-Bissau" }, { "GY", "Guyana" },
  { "HK", "Hong Kong" }, { "HM", "Heard Island and McDonald Islands" }, { "HN", "Honduras" },
  { "HR", "Croatia" }, { "HT", "Haiti" }, { "HU", "Hungary" }, { "ID", "Indonesia" }, { "IE", "Ireland" },
  { "IL", "Israel" }, { "IM", "Isle of Man" }, { "IN", "India" }, { "IO", "British Indian Ocean Territory" },
  { "IQ", "Iraq" }, { "IR", "Iran" }, { "IS", "Iceland" }, { "IT", "Italy" }, { "JE", "Jersey" },
  { "JM", "Jamaica" }, { "JO", "Jordan" }, { "JP", "Japan" }, { "KE", "Kenya" }, { "KG", "Kyrgyzstan" },
  { "KH", "Cambodia" }, { "KI", "Kiribati" }, { "KM", "Comoros" }, { "KN", "Saint Kitts and Nevis" },
  { "KP", "North Korea" }, { "KR", "South Korea" }, { "KW", "Kuwait" }, { "KY", "Cayman Islands" },
  { "KZ", "Kazakhstan" }, { "LA", "Laos" }, { "LB", "Lebanon" }, { "LC", "Saint Lucia" },
  { "LI", "Liechtenstein" }, { "LK", "Sri Lanka" }, { "LR", "Liberia" }, { "LS", "Lesotho" },
  { "LT", "Lithuania" }, { "LU", "Luxembourg" }, { "LV", "Latvia" }, { "LY", "Libya" }, { "MA", "Morocco" },
  { "MC", "Monaco" }, { "MD", "Moldova" }, { "ME", "Montenegro" }, { "MF", "Saint Martin (French part)" },
  { "MG", "Madagascar" }, { "MH", "Marshall Islands" }, { "MK", "North Macedonia" }, { "ML", "Mali" },
  { "MM", "Myanmar" }, { "MN", "Mongolia" }, { "MO", "Macao" }, { "MP", "Northern Mariana Islands" },
  { "MQ", "Martinique" }, { "MR", "Mauritania" }, { "MS", "Montserrat" }, { "MT", "Malta" },
  { "MU", "Mauritius" }, { "MV", "Maldives" }, { "MW", "Malawi" }, { "MX", "Mexico" }, { "MY", "Malaysia" },
  { "MZ", "Mozambique" }, { "NA", "Namibia" }, { "NC", "New Caledonia" }, { "NE", "Niger" },
  { "NF", "Norfolk Island" }, { "NG", "Nigeria" }, { "NI", "Nicaragua" }, { "NL", "Netherlands" },
  { "NO", "Norway" }, { "NP", "Nepal" }, { "NR", "Nauru" }, { "NU", "Niue" }, { "NZ", "New Zealand" },
  { "OM", "Oman" }, { "PA", "Panama" }, { "PE", "Peru" }, { "PF", "French Polynesia" },
  { "PG", "Papua New Guinea" }, { "PH", "Philippines" }, { "PK", "Pakistan" }, { "PL", "Poland" },
  { "PM", "Saint Pierre and Miquelon" }, { "PN", "Pitcairn" }, { "PR", "Puerto Rico" },
  { "PS", "Palestine, State of" }, { "PT", "Portugal" }, { "PW", "Palau" }, { "PY", "Paraguay" },
  { "QA", "Qatar" }, { "RE", "Réunion" }, { "RO", "Romania" }, { "RS", "Serbia" },
  { "RU", "Russian Federation" }, { "RW", "Rwanda" }, { "SA", "Saudi Arabia" }, { "SB", "Solomon Islands" },
  { "SC", "Seychelles" }, { "SD", "Sudan" }, { "SE", "Sweden" }, { "SG", "Singapore" },
  { "SH", "Saint Helena, Ascension and Tristan da Cunha" }, { "SI", "Slovenia" },
  { "SJ", "Svalbard and Jan Mayen" }, { "SK", "Slovakia" }, { "SL", "Sierra Leone" }, { "SM", "San Marino" },
  { "SN", "Senegal" }, { "SO", "Somalia" }, { "SR", "Suriname" }, { "SS", "South Sudan" },
  { "ST", "Sao Tome and Principe" }, { "SV", "El Salvador" }, { "SX", "Sint Maarten (Dutch part)" },
  { "SY", "Syria" }, { "SZ", "Eswatini" }, { "TC", "Turks and Caicos Islands" }, { "TD", "Chad" },
  { "TF", "French Southern Territories" }, { "TG", "Togo" }, { "TH", "Thailand" }, { "TJ", "Tajikistan" },
  { "TK", "Tokelau" }, { "TL", "Timor-Leste" }, { "TM", "Turkmenistan" }, { "TN", "Tunisia" },
  { "TO", "Tonga" }, { "TR", "Türkiye" }, { "TT", "Trinidad and Tobago" }, { "TV", "Tuvalu" },
  { "TW", "Taiwan" }, { "TZ", "Tanzania" }, { "UA", "Ukraine" }, { "UG", "Uganda" },
  { "UM", "United States Minor Outlying Islands" }, { "US", "United States" }, { "UY", "Uruguay" },
  { "UZ", "Uzbekistan" }, { "VA", "Holy See (Vatican City State)" },
  { "VC", "Saint Vincent and the Grenadines" }, { "VE", "Venezuela" }, { "VG", "Virgin Islands, British" },
  { "VI", "Virgin Islands, U.S." }, { "VN", "Vietnam" }, { "VU", "Vanuatu" }, { "WF", "Wallis and Futuna" },
  { "WS", "Samoa" }, { "YE", "Yemen" }, { "YT", "Mayotte" }, { "ZA", "South Africa" }, { "ZM", "Zambia" },
  { "ZW", "Zimbabwe" },
  /* clang-format on */
};

static int
compare_code (const void *key, const void *row)
{
  return strcmp (key, (const char *) row);
}

/**
 * nj_country_english_name:
 * @code: ISO 3166 alpha-2, upper case
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the name in English, %NULL when there is no such country
 */
const char *
nj_country_english_name (const char *code)
{
  size_t      row = sizeof countries[0];
  const char *found;

  if (code == NULL || strlen (code) != 2)
    return NULL;

  found = bsearch (code, countries, G_N_ELEMENTS (countries), row, compare_code);
  return found == NULL ? NULL : countries[(found - (const char *) countries) / row].name;
}

/**
 * nj_country_is_known:
 * @code: (nullable): perhaps an ISO 3166 alpha-2 code
 *
 * Main thread.
 *
 * Returns: whether there is such a country
 */
gboolean
nj_country_is_known (const char *code)
{
  return nj_country_english_name (code) != NULL;
}

/**
 * nj_country_name:
 * @code: ISO 3166 alpha-2, upper case
 *
 * Main thread.
 *
 * Returns: (transfer none): the name in the user's language, @code itself when there is no such country
 */
const char *
nj_country_name (const char *code)
{
  const char *name = nj_country_english_name (code);

  return name == NULL ? code : dgettext ("iso_3166", name);
}
