/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as an engine file: by themselves, and laid over a sound file at some place. Nothing but the sound
 * file itself may be taken.
 */
#include "filter/engine-file.h"

#include <glib/gstdio.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *path;   /* of the file that is tried */
static char *sound;  /* a sound file */
static gsize sound_size;

static void
prepare (void)
{
  NjListSource         source = { "a", NULL, NJ_BYTES ("||ads.example^\n/banner/$script,domain=a.*\n/x\\d+/\n"), TRUE };
  g_autoptr (NjEngine) engine = nj_compiler_compile (&source, 1, NULL);
  int                  fd = g_file_open_tmp ("nightjar-XXXXXX", &path, NULL);

  g_close (fd, NULL);
  g_assert (nj_engine_file_save (engine, path, 1, NULL));
  g_assert (g_file_get_contents (path, &sound, &sound_size, NULL));
}

static void
try_bytes (const char *bytes, gsize size, gboolean is_sound)
{
  g_autoptr (NjEngine) engine = NULL;
  FILE                *file = fopen (path, "wb");

  g_assert (file != NULL);
  fwrite (bytes, 1, size, file);
  fclose (file);
  engine = nj_engine_file_load (path, 1, NULL);
  g_assert ((engine != NULL) == is_sound);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *mixed = NULL;
  gsize            at, n;

  if (path == NULL)
    prepare ();
  try_bytes ((const char *) data, size, size == sound_size && memcmp (data, sound, size) == 0);
  if (size < 5)
    return 0;

  at = (data[0] | data[1] << 8 | data[2] << 16) % sound_size;
  n = MIN (size - 3, sound_size - at);
  mixed = g_memdup2 (sound, sound_size);
  memcpy (mixed + at, data + 3, n);
  try_bytes (mixed, sound_size, memcmp (mixed, sound, sound_size) == 0);
  return 0;
}
