/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which process holds a socket: /proc tells of each process what it holds, so it is a search, made
 * first among the processes found before. One of those costs some 0.7 µs for each descriptor it has,
 * all of them some milliseconds, which no worker may be kept for. Any thread, each its own search.
 */
#include "firewall/program-search.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static gboolean
holds_socket (guint process, const char *socket)
{
  char           path[32];
  char           target[64];
  DIR           *folder;
  struct dirent *entry;
  gboolean       holds = FALSE;

  g_snprintf (path, sizeof path, "/proc/%u/fd", process);
  folder = opendir (path);
  if (folder == NULL)
    return FALSE;

  while (!holds && (entry = readdir (folder)) != NULL)
    {
      ssize_t n = readlinkat (dirfd (folder), entry->d_name, target, sizeof target - 1);

      if (n <= 0)
        continue;
      target[n] = '\0';
      holds = strcmp (target, socket) == 0;
    }

  closedir (folder);
  return holds;
}

/**
 * nj_program_search_remember:
 * @search: the calling thread's
 * @process: one that was found
 */
void
nj_program_search_remember (NjProgramSearch *search, guint process)
{
  guint last = 0;

  while (last < NJ_PROGRAM_SEARCH_RECENT - 1 && search->recent[last] != process)
    last++;
  memmove (search->recent + 1, search->recent, last * sizeof search->recent[0]);
  search->recent[0] = process;
}

/**
 * nj_program_search_recent:
 * @search: the calling thread's
 * @inode: of a socket
 *
 * Source: proc(5).
 *
 * Returns: the process that holds it, 0 when none of those found before does
 */
guint
nj_program_search_recent (NjProgramSearch *search, guint32 inode)
{
  char socket[32];

  g_snprintf (socket, sizeof socket, "socket:[%u]", inode);
  for (guint i = 0; i < NJ_PROGRAM_SEARCH_RECENT && search->recent[i] != 0; i++)
    {
      guint process = search->recent[i];

      if (!holds_socket (process, socket))
        continue;
      nj_program_search_remember (search, process);
      return process;
    }
  return 0;
}

/**
 * nj_program_search_all:
 * @inode: of a socket
 *
 * Looks at every process of the owner; waits for nothing, but takes its time. Any thread.
 *
 * Returns: the process that holds it, 0 when none does that can be looked at
 */
guint
nj_program_search_all (guint32 inode)
{
  char           socket[32];
  DIR           *folder = opendir ("/proc");
  struct dirent *entry;
  guint          found = 0;

  if (folder == NULL)
    return 0;

  g_snprintf (socket, sizeof socket, "socket:[%u]", inode);
  while (found == 0 && (entry = readdir (folder)) != NULL)
    {
      guint64 process;

      /* Only those of the owner can be looked into, and only they get this far. */
      if (nj_bytes_parse_u64 (nj_bytes_from_string (entry->d_name), G_MAXUINT, &process) &&
          holds_socket ((guint) process, socket))
        found = (guint) process;
    }

  closedir (folder);
  return found;
}
