/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The smallest database of countries, written by hand. Source: MaxMind DB File Format Specification 2.0.
 */
#include "tests/support/tiny-mmdb.h"

#include <string.h>

#define NODES  24 /* one for each bit of the prefix */
#define PREFIX 0xc0000200u

static void
put_byte (GByteArray *out, guint byte)
{
  guint8 octet = (guint8) byte;

  g_byte_array_append (out, &octet, 1);
}

/* 24 bits each, to the left and to the right. */
static void
put_record (GByteArray *out, guint value)
{
  put_byte (out, value >> 16);
  put_byte (out, value >> 8);
  put_byte (out, value);
}

static void
put_text (GByteArray *out, const char *text)
{
  put_byte (out, 2 << 5 | (guint) strlen (text));
  g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
}

static void
put_short (GByteArray *out, const char *name, guint value)
{
  put_text (out, name);
  put_byte (out, 5 << 5 | 2);
  put_byte (out, value >> 8);
  put_byte (out, value);
}

static void
put_metadata (GByteArray *out)
{
  g_byte_array_append (out, (const guint8 *) "\xab\xcd\xefMaxMind.com", 14);
  put_byte (out, 7 << 5 | 9);
  put_text (out, "node_count");
  put_byte (out, 6 << 5 | 1);
  put_byte (out, NODES);
  put_short (out, "record_size", 24);
  put_short (out, "ip_version", 4);
  put_short (out, "binary_format_major_version", 2);
  put_short (out, "binary_format_minor_version", 0);
  put_text (out, "database_type");
  put_text (out, "Tiny-Country");
  put_text (out, "build_epoch");
  put_byte (out, 1); /* uint64 is an extended type */
  put_byte (out, 2);
  put_byte (out, 1);
  put_text (out, "languages");
  put_byte (out, 0);
  put_byte (out, 4);
  put_text (out, "description");
  put_byte (out, 7 << 5);
}

void
tiny_mmdb_write (const char *path, const char *country)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < NODES; i++)
    {
      guint    there = i + 1 < NODES ? i + 1 : NODES + 16;
      gboolean is_right = (PREFIX >> (31 - i)) & 1;

      put_record (out, is_right ? NODES : there);
      put_record (out, is_right ? there : NODES);
    }
  for (int i = 0; i < 16; i++)
    put_byte (out, 0);

  put_byte (out, 7 << 5 | 1);
  put_text (out, "country");
  put_byte (out, 7 << 5 | 1);
  put_text (out, "iso_code");
  put_text (out, country);
  put_metadata (out);
  g_file_set_contents (path, (const char *) out->data, out->len, &error);
  g_assert_no_error (error);
}
