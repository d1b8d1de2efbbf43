/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which names the machine's hosts file holds: those are the system's resolver's also while others are
 * asked for elsewhere, since what stands there is what the user wants, be it a machine of his or a
 * site he blocks. What they resolve to is getaddrinfo's business. Read on the main thread, looked up
 * with the resolver's lock held.
 */
#include "net/resolver-private.h"

/* Block lists of some hundred thousand names are kept in such files; bytes. */
#define FILE_MAX (16 * 1024 * 1024)

static void
take_line (GHashTable *names, char *line)
{
  char *rest = NULL;
  char *word;

  line[strcspn (line, "#")] = '\0';
  /* hosts(5): an address, then its names. */
  if (strtok_r (line, " \t\r", &rest) == NULL)
    return;

  while ((word = strtok_r (NULL, " \t\r", &rest)) != NULL)
    {
      char name[NJ_HOST_MAX + 1];

      if (nj_host_normalize (nj_bytes_from_string (word), name) > 0)
        g_hash_table_add (names, g_strdup (name));
    }
}

/**
 * nj_resolver_hosts_read:
 * @path: a hosts file
 *
 * A file that is not there, or is no hosts file, has no names. Blocks; main thread. Source: hosts(5).
 *
 * Returns: (transfer full) (element-type utf8): its names in their normal form, a set
 */
GHashTable *
nj_resolver_hosts_read (const char *path)
{
  GHashTable      *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *text = NULL;
  gsize            len = 0;
  char            *rest = NULL;

  if (!g_file_get_contents (path, &text, &len, NULL) || len > FILE_MAX || strlen (text) != len)
    return names;

  for (char *line = strtok_r (text, "\n", &rest); line != NULL; line = strtok_r (NULL, "\n", &rest))
    take_line (names, line);
  return names;
}
