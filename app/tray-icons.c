/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a panel, another process, comes to our icons: by name from the icon theme where they are installed, from a
 * folder of our own where they are not (a build tree, an AppImage), as pixels where it finds neither. tray.c calls
 * it. Main thread.
 */
#include "app/tray-icons.h"

#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <string.h>

#define RESOURCES "/org/nightjar/Nightjar/icons"
#define PROBE "icons/hicolor/symbolic/apps/nightjar-off-symbolic.svg"

static gboolean
is_installed (void)
{
  const char *const *folders = g_get_system_data_dirs ();
  g_autofree char   *own = g_build_filename (g_get_user_data_dir (), PROBE, NULL);

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return TRUE;

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], PROBE, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  return FALSE;
}

static void
unpack (const char *folder, const char *root)
{
  g_autofree char *from = g_strconcat (RESOURCES "/", folder, NULL);
  g_autofree char *to = g_build_filename (root, "hicolor", folder, NULL);
  g_auto (GStrv)   names = g_resources_enumerate_children (from, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (names == NULL || g_mkdir_with_parents (to, 0700) != 0)
    return;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char   *resource = g_build_path ("/", from, names[i], NULL);
      g_autofree char   *path = g_build_filename (to, names[i], NULL);
      g_autoptr (GBytes) bytes = g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      g_autoptr (GError) error = NULL;

      if (bytes != NULL
          && !g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error))
        g_info ("a tray icon cannot be unpacked: %s", error->message);
    }
}

/**
 * nj_tray_icons_folder:
 *
 * Main thread.
 *
 * Returns: (transfer full): the folder that a panel must be told, "" when the icons are installed
 */
char *
nj_tray_icons_folder (void)
{
  g_autofree char *root = NULL;

  if (is_installed ())
    return g_strdup ("");

  root = g_build_filename (g_get_user_cache_dir (), "nightjar", "icons", NULL);
  unpack ("symbolic/apps", root);
  unpack ("scalable/status", root);
  return g_steal_pointer (&root);
}

/**
 * nj_tray_icons_prefer_colour:
 *
 * The panels of GNOME, KDE and XFCE paint symbolic icons in their own colour; others show them grey or black,
 * whatever stands behind. NIGHTJAR_TRAY_ICONS=colour|symbolic decides otherwise. Main thread.
 *
 * Returns: whether this desktop shall get coloured icons
 */
gboolean
nj_tray_icons_prefer_colour (void)
{
  static const char *const recolouring[] = { "GNOME", "KDE", "XFCE", "Unity", "Budgie", "Pantheon" };
  const char              *wish = g_getenv ("NIGHTJAR_TRAY_ICONS");
  const char              *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  g_auto (GStrv)           names = g_strsplit (desktop != NULL ? desktop : "", ":", -1);

  if (wish != NULL && *wish != '\0')
    return strcmp (wish, "symbolic") != 0;

  for (guint i = 0; i < G_N_ELEMENTS (recolouring); i++)
    if (g_strv_contains ((const char *const *) names, recolouring[i]))
      return FALSE;

  return TRUE;
}

/* The bus wants ARGB in network order, GdkPixbuf has RGBA in bytes. */
static GVariant *
to_argb (GdkPixbuf *pixbuf)
{
  int           width = gdk_pixbuf_get_width (pixbuf);
  int           height = gdk_pixbuf_get_height (pixbuf);
  int           channels = gdk_pixbuf_get_n_channels (pixbuf);
  const guchar *pixels = gdk_pixbuf_read_pixels (pixbuf);
  gsize         length = (gsize) width * height * 4;
  guchar       *bytes = g_malloc (length);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guchar *from = pixels + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf) + (gsize) x * channels;
        guchar       *to = bytes + ((gsize) y * width + x) * 4;

        to[0] = channels == 4 ? from[3] : 255;
        to[1] = from[0];
        to[2] = from[1];
        to[3] = from[2];
      }

  return g_variant_new ("(ii@ay)", width, height,
                        g_variant_new_from_data (G_VARIANT_TYPE_BYTESTRING, bytes, length, TRUE, g_free, bytes));
}

/**
 * nj_tray_icons_paint:
 * @icon: name in the icon theme
 *
 * In colour even for a symbolic name: pixels cannot take the panel's colour, and one fixed grey would be lost on
 * half of them. Main thread.
 *
 * Returns: (transfer floating): a(iiay) with the sizes that panels ask for
 */
GVariant *
nj_tray_icons_paint (const char *icon)
{
  static const int sizes[] = { 16, 22, 32, 48 };
  g_autofree char *name = g_strdup (icon);
  GVariantBuilder  builder;

  if (g_str_has_suffix (name, "-symbolic"))
    name[strlen (name) - strlen ("-symbolic")] = '\0';

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(iiay)"));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GdkPixbuf) pixbuf = gtk_icon_theme_load_icon (gtk_icon_theme_get_default (), name, sizes[i],
                                                               GTK_ICON_LOOKUP_FORCE_SIZE, NULL);

      if (pixbuf != NULL)
        g_variant_builder_add_value (&builder, to_argb (pixbuf));
    }

  return g_variant_builder_end (&builder);
}
