/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a process is a web browser, by the name of its executable, wherever that lies: the same in
 * /usr, in a snap and in a Flatpak. Two engines let a process of their own fetch: then it is the
 * program that process belongs to which counts. Reads /proc, some 20 µs. Any thread.
 */
#include "firewall/browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How far up a helper's browser is looked for. */
#define PARENTS_MAX 4

/* Executables, sorted. Not here on purpose: the Tor Browser, which must not go through anything but
 * Tor; Thunderbird, which is none; text browsers, which trust the system's store only. */
static const char *const browsers[] = {
  "abrowser", "angelfish", "basilisk", "brave", "brave-browser", "cachy-browser", "chrome", "chrome-headless-shell",
  "chromium", "chromium-browser", "chromium-freeworld", "cromite", "dooble",
  "epiphany", "epiphany-browser", "falkon", "firedragon", "firefox", "firefox-bin", "firefox-esr", "floorp", "floorp-bin",
  "gnome-web", "google-chrome", "headless_shell", "helium", "icecat", "iceweasel", "iridium", "iridium-browser", "konqueror",
  "librewolf", "librewolf-bin", "luakit", "microsoft-edge", "midori", "min", "msedge", "mullvadbrowser",
  "naver-whale", "netsurf", "netsurf-gtk", "netsurf-gtk3", "nyxt", "opera", "otter-browser", "palemoon", "qutebrowser",
  "seamonkey", "surf", "thorium", "thorium-browser", "ungoogled-chromium", "vimb", "vivaldi", "vivaldi-bin", "waterfox",
  "waterfox-bin", "web", "yandex-browser", "yandex_browser", "zen", "zen-bin",
};

/* They fetch for whoever started them. */
static const char *const helpers[] = { "WebKitNetworkProcess", "WebKitWebProcess", "QtWebEngineProcess", "kioworker", "kio_http" };

static int
compare (const void *key, const void *element)
{
  return strcmp (key, *(const char *const *) element);
}

/**
 * nj_browser_is_name:
 * @name: of an executable, without its folder
 *
 * Any thread.
 *
 * Returns: whether it is a browser's
 */
gboolean
nj_browser_is_name (const char *name)
{
  return bsearch (name, browsers, G_N_ELEMENTS (browsers), sizeof *browsers, compare) != NULL;
}

/* What lies in a file of a process; 0 when it cannot be read. */
static gsize
read_small (guint process, const char *file, char *buffer, gsize size)
{
  char  path[64];
  FILE *stream;
  gsize n;

  g_snprintf (path, sizeof path, "/proc/%u/%s", process, file);
  stream = fopen (path, "re");
  if (stream == NULL)
    return 0;
  n = fread (buffer, 1, size - 1, stream);
  fclose (stream);
  buffer[n] = '\0';
  return n;
}

static void
take_base_name (const char *path, char ret_name[NJ_BROWSER_NAME_MAX])
{
  const char *slash = strrchr (path, '/');
  const char *end;

  if (slash != NULL)
    path = slash + 1;
  /* An update took the file from under it. */
  end = strstr (path, " (deleted)");
  g_strlcpy (ret_name, path, end != NULL ? MIN ((gsize) (end - path) + 1, NJ_BROWSER_NAME_MAX) : NJ_BROWSER_NAME_MAX);
}

/* A program written in Python is its script. */
static void
take_script (guint process, char ret_name[NJ_BROWSER_NAME_MAX])
{
  char  buffer[1024];
  gsize n = read_small (process, "cmdline", buffer, sizeof buffer);

  for (gsize at = strlen (buffer) + 1; n > 0 && at < n; at += strlen (buffer + at) + 1)
    if (buffer[at] != '-')
      {
        take_base_name (buffer + at, ret_name);
        return;
      }
}

static void
name_of (guint process, char ret_name[NJ_BROWSER_NAME_MAX])
{
  char    path[32];
  char    target[512];
  ssize_t n;

  ret_name[0] = '\0';
  g_snprintf (path, sizeof path, "/proc/%u/exe", process);
  n = readlink (path, target, sizeof target - 1);
  if (n > 0)
    {
      target[n] = '\0';
      take_base_name (target, ret_name);
      if (g_str_has_prefix (ret_name, "python"))
        take_script (process, ret_name);
    }
  else if (read_small (process, "comm", target, sizeof target) > 0)
    take_base_name (g_strchomp (target), ret_name);
}

static guint
parent_of (guint process)
{
  char        buffer[512] = "";
  const char *at;
  guint64     parent = 0;

  /* Its name stands in brackets and may hold brackets: "1 (a) b) S 0 …". */
  read_small (process, "stat", buffer, sizeof buffer);
  at = strrchr (buffer, ')');
  if (at == NULL || strlen (at) < 5)
    return 0;
  at += 4;
  nj_bytes_parse_u64 (nj_bytes (at, strcspn (at, " ")), G_MAXUINT, &parent);
  return (guint) parent;
}

/* In a Flatpak it says itself what it belongs to: "name=org.gnome.Epiphany". */
static gboolean
take_flatpak (guint process, char ret_name[NJ_BROWSER_NAME_MAX])
{
  char  buffer[1024] = "";
  char *at, *dot;

  read_small (process, "root/.flatpak-info", buffer, sizeof buffer);
  at = strstr (buffer, "\nname=");
  if (at == NULL)
    return FALSE;
  at += strlen ("\nname=");
  at[strcspn (at, "\n")] = '\0';
  dot = strrchr (at, '.');
  g_strlcpy (ret_name, dot != NULL ? dot + 1 : at, NJ_BROWSER_NAME_MAX);
  for (char *letter = ret_name; *letter != '\0'; letter++)
    *letter = g_ascii_tolower (*letter);
  return TRUE;
}

static gboolean
is_helper (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (helpers); i++)
    if (g_str_equal (helpers[i], name))
      return TRUE;
  return FALSE;
}

/**
 * nj_browser_look:
 * @process: a process
 * @ret_name: (out): its name: of its executable, or of the program that a helper works for; "" when it
 *   cannot be told
 *
 * Any thread. Source: proc(5), flatpak-metadata(5).
 *
 * Returns: whether it is a browser
 */
gboolean
nj_browser_look (guint process, char ret_name[NJ_BROWSER_NAME_MAX])
{
  char name[NJ_BROWSER_NAME_MAX];

  name_of (process, ret_name);
  if (!is_helper (ret_name))
    return nj_browser_is_name (ret_name);
  if (take_flatpak (process, name) && nj_browser_is_name (name))
    {
      g_strlcpy (ret_name, name, NJ_BROWSER_NAME_MAX);
      return TRUE;
    }

  for (guint i = 0; i < PARENTS_MAX && process > 1; i++)
    {
      process = parent_of (process);
      if (process <= 1)
        return FALSE;
      name_of (process, name);
      if (is_helper (name) || g_str_equal (name, "bwrap"))
        continue;
      g_strlcpy (ret_name, name, NJ_BROWSER_NAME_MAX);
      return nj_browser_is_name (name);
    }
  return FALSE;
}
