/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine file: comes back the same, and whatever is not just what was written is refused.
 */
#include "filter-fixture.h"
#include "filter/engine-file.h"

#include <glib/gstdio.h>

typedef struct
{
  char     *folder; /* owned */
  char     *path;   /* owned */
  NjEngine *engine; /* owned */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "engine", NULL);
  self->engine = filter_fixture_compile ("||a.example^\n/ads/$script,domain=b.*\n@@||a.example/ok\n/x[0-9]/$image\n*$removeparam=q\n");
  g_assert_true (nj_engine_file_save (self->engine, self->path, 7, NULL));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0); /* nothing else was left there */
  g_free (self->folder);
  g_free (self->path);
  nj_engine_unref (self->engine);
}

static void
test_same (Fixture *self, gconstpointer data)
{
  static const char *const urls[] = { "https://a.example/x", "https://a.example/ok", "https://c.example/ads/1", "https://c.example/?q=1" };
  g_autoptr (GError)       error = NULL;
  g_autoptr (NjEngine)     loaded = nj_engine_file_load (self->path, 7, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (nj_engine_n_rules (loaded), ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *before = filter_fixture_ask (self->engine, urls[i], "https://b.example/", "script");
      g_autofree char *after = filter_fixture_ask (loaded, urls[i], "https://b.example/", "script");

      g_assert_cmpstr (before, ==, after);
    }
}

static void
assert_refused (const char *path, guint64 fingerprint, NjFilterError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (nj_engine_file_load (path, fingerprint, &error));
  g_assert_error (error, NJ_FILTER_ERROR, (int) code);
}

static void
test_foreign (Fixture *self, gconstpointer data)
{
  assert_refused (self->path, 8, NJ_FILTER_ERROR_FOREIGN);
  assert_refused ("/nowhere/engine", 7, NJ_FILTER_ERROR_READ);
}

/* Any byte that changes, any length that is not the file's. */
static void
test_damage (Fixture *self, gconstpointer data)
{
  g_autofree char *text = NULL;
  gsize            len;

  g_assert_true (g_file_get_contents (self->path, &text, &len, NULL));
  for (gsize i = 0; i < len; i += 1 + i / 64)
    {
      g_autoptr (GError) error = NULL;

      text[i] ^= 0x10;
      g_assert_true (g_file_set_contents (self->path, text, len, NULL));
      text[i] ^= 0x10;
      g_assert_null (nj_engine_file_load (self->path, 7, &error));
      g_assert_nonnull (error);
    }
  for (gsize cut = 0; cut < len; cut = cut * 2 + 1)
    {
      g_assert_true (g_file_set_contents (self->path, text, cut, NULL));
      assert_refused (self->path, 7, NJ_FILTER_ERROR_DAMAGED);
    }
}

/* A file that cannot be written leaves the old one as it was. */
static void
test_failed_write (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (NjEngine) loaded = NULL;
  g_autofree char     *inside = g_build_filename (self->path, "engine", NULL);

  g_assert_false (nj_engine_file_save (self->engine, inside, 9, &error));
  g_assert_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_WRITE);
  loaded = nj_engine_file_load (self->path, 7, NULL);
  g_assert_nonnull (loaded);
}

static void
test_fingerprint (void)
{
  NjListSource a[2] = { { "a", NULL, NJ_BYTES_NONE, FALSE }, { "b", NULL, NJ_BYTES_NONE, FALSE } }, b[2] = { a[0], a[1] };

  a[0].text = b[0].text = NJ_BYTES ("||a.example^\n");
  a[1].text = b[1].text = NJ_BYTES ("||b.example^\n");
  g_assert_cmpuint (nj_compiler_fingerprint (a, 2), ==, nj_compiler_fingerprint (b, 2));
  b[1].is_trusted = TRUE;
  g_assert_cmpuint (nj_compiler_fingerprint (a, 2), !=, nj_compiler_fingerprint (b, 2));
  b[1] = a[1];
  b[1].text = NJ_BYTES ("||c.example^\n");
  g_assert_cmpuint (nj_compiler_fingerprint (a, 2), !=, nj_compiler_fingerprint (b, 2));
  g_assert_cmpuint (nj_compiler_fingerprint (a, 1), !=, nj_compiler_fingerprint (a, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/filter/engine-file/same", Fixture, NULL, set_up, test_same, tear_down);
  g_test_add ("/filter/engine-file/foreign", Fixture, NULL, set_up, test_foreign, tear_down);
  g_test_add ("/filter/engine-file/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/filter/engine-file/failed-write", Fixture, NULL, set_up, test_failed_write, tear_down);
  g_test_add_func ("/filter/engine-file/fingerprint", test_fingerprint);
  return g_test_run ();
}
