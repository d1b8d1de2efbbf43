/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What nightjarctl prints: JSON for programs, text for people. Whatever came from the network is made harmless
 * for a terminal first. Also reads spans of time.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (; *text != '\0'; text++)
    {
      guchar c = (guchar) *text;

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", c);
      else if (c < 0x20 || c == 0x7f)
        g_string_append_printf (json, "\\u%04x", c);
      else
        g_string_append_c (json, (char) c);
    }
  g_string_append_c (json, '"');
}

static void append_value (GString *json, GVariant *value);

static void
append_dictionary (GString *json, GVariant *value)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) content = g_variant_get_child_value (entry, 1);

      g_string_append (json, i > 0 ? ", " : "");
      append_string (json, g_variant_get_string (key, NULL));
      g_string_append (json, ": ");
      append_value (json, content);
    }
}

static void
append_array (GString *json, GVariant *value)
{
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      g_string_append (json, i > 0 ? ", " : "");
      append_value (json, child);
    }
}

static void
append_value (GString *json, GVariant *value)
{
  const GVariantType *type = g_variant_get_type (value);

  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      append_value (json, inner);
    }
  else if (g_variant_type_is_subtype_of (type, G_VARIANT_TYPE_DICTIONARY))
    {
      g_string_append_c (json, '{');
      append_dictionary (json, value);
      g_string_append_c (json, '}');
    }
  else if (g_variant_type_is_array (type))
    {
      g_string_append_c (json, '[');
      append_array (json, value);
      g_string_append_c (json, ']');
    }
  else if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING))
    append_string (json, g_variant_get_string (value, NULL));
  else
    {
      /* Booleans and numbers are written alike in both. */
      g_autofree char *plain = g_variant_print (value, FALSE);

      g_string_append (json, plain);
    }
}

/**
 * nj_ctl_json:
 * @value: (transfer none or floating): dictionaries, arrays, text, numbers and booleans
 *
 * Source: RFC 8259.
 *
 * Returns: (transfer full): it as one line of JSON
 */
char *
nj_ctl_json (GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);
  GString *json = g_string_new (NULL);

  append_value (json, held);
  return g_string_free (json, FALSE);
}

/**
 * nj_ctl_print_json:
 * @value: (transfer none or floating): as nj_ctl_json() takes it
 *
 * Prints it as one line of JSON.
 */
void
nj_ctl_print_json (GVariant *value)
{
  g_autofree char *json = nj_ctl_json (value);

  printf ("%s\n", json);
}

/**
 * nj_ctl_print_text:
 * @text: what may have come from the network
 *
 * Prints it with control characters taken out, which could drive the terminal.
 */
void
nj_ctl_print_text (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c))
        putchar ('?');
      else
        fwrite (at, 1, (gsize) (g_utf8_next_char (at) - at), stdout);
    }
}

/**
 * nj_ctl_parse_span:
 * @text: "90", "90s", "5m", "1h" or "2d"
 * @ret_seconds: (out): how long that is
 *
 * Returns: whether it is a span of time
 */
gboolean
nj_ctl_parse_span (const char *text, guint *ret_seconds)
{
  static const struct
  {
    const char *unit;
    guint       seconds;
  } units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 } };
  char   *end = NULL;
  guint64 n = g_ascii_strtoull (text, &end, 10);

  if (!g_ascii_isdigit (text[0]) || n > 1000000)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (end, units[i].unit) && n * units[i].seconds <= G_MAXINT)
      {
        *ret_seconds = (guint) n * units[i].seconds;
        return TRUE;
      }

  return FALSE;
}
