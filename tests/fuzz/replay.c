/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs one fuzz target over its corpus as a plain test: each file whole, each beginning of it,
 * and a few thousand mutations from a fixed seed, so that every machine tries the same bytes.
 * What explores new inputs is libFuzzer (./tests/run --fuzz SECONDS); not here. Main thread.
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#define PREFIXES_MAX  512
#define MUTATIONS     400
#define MUTATED_BYTES 8

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* An exact copy on the heap, so that a sanitizer sees the first byte read beyond the end. */
static void
try_bytes (const char *bytes, gsize len)
{
  guint8 *copy = g_malloc (len > 0 ? len : 1);

  if (len > 0)
    memcpy (copy, bytes, len);
  LLVMFuzzerTestOneInput (copy, len);
  g_free (copy);
}

static void
try_mutations (const char *bytes, gsize len, GRand *random)
{
  if (len == 0)
    return;

  for (guint i = 0; i < MUTATIONS; i++)
    {
      g_autofree char *mutant = g_malloc (len * 2);
      gsize            size = len;
      guint            n = (guint) g_rand_int_range (random, 1, MUTATED_BYTES);

      memcpy (mutant, bytes, len);
      for (guint j = 0; j < n; j++)
        mutant[g_rand_int_range (random, 0, (gint32) len)] = (char) g_rand_int_range (random, 0, 256);

      /* Every fourth says a part of itself twice: lengths and counts disagree then. */
      if (i % 4 == 0)
        {
          gsize from = (gsize) g_rand_int_range (random, 0, (gint32) len);

          memcpy (mutant + len, bytes + from, len - from);
          size += len - from;
        }
      try_bytes (mutant, size);
    }
}

static guint
try_folder (const char *path, GRand *random)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint       n = 0;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *bytes = NULL;
      gsize            len;

      if (!g_file_get_contents (file, &bytes, &len, NULL))
        continue;

      try_bytes (bytes, len);
      for (gsize i = 0; i < MIN (len, PREFIXES_MAX); i++)
        try_bytes (bytes, i);
      try_mutations (bytes, MIN (len, 65536), random);
      n++;
    }

  return n;
}

int
main (int argc, char **argv)
{
  GRand *random = g_rand_new_with_seed (8642);
  guint  n = 0;

  try_bytes ("", 0);
  for (int i = 1; i < argc; i++)
    n += try_folder (argv[i], random);

  g_print ("replayed %u files\n", n);
  g_rand_free (random);
  return 0;
}
