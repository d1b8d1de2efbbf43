/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which process holds a socket: /proc tells of each process what it holds, so it is a search, made
 * first among the processes found before, near the descriptor found there. One of those costs some 4 µs
 * for each descriptor that is looked at, all processes some milliseconds, which no worker may be kept for. Any thread, each its own search.
 */
#include "firewall/program-search.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define HINT_REACH 3

/* A new socket gets the lowest number that is free, which is near the one before. */
static gboolean
is_socket_near (guint process, const char *socket, guint hint, guint *ret_descriptor)
{
  char  path[48];
  char  target[64];
  guint first = hint > HINT_REACH ? hint - HINT_REACH : 0;

  for (guint i = 0; i <= 2 * HINT_REACH; i++)
    {
      /* The one before itself first: it was closed most likely. */
      guint   descriptor = i == 0 ? hint : first + i - (first + i <= hint ? 1 : 0);
      ssize_t n;

      g_snprintf (path, sizeof path, "/proc/%u/fd/%u", process, descriptor);
      n = readlink (path, target, sizeof target - 1);
      if (n <= 0)
        continue;
      target[n] = '\0';
      if (strcmp (target, socket) == 0)
        {
          *ret_descriptor = descriptor;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
holds_socket (guint process, const char *socket, guint *ret_descriptor)
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
      if (holds)
        *ret_descriptor = (guint) strtoul (entry->d_name, NULL, 10);
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
  guint hint;

  while (last < NJ_PROGRAM_SEARCH_RECENT - 1 && search->recent[last] != process)
    last++;
  hint = search->recent[last] == process ? search->hints[last] : 0;
  memmove (search->recent + 1, search->recent, last * sizeof search->recent[0]);
  memmove (search->hints + 1, search->hints, last * sizeof search->hints[0]);
  search->recent[0] = process;
  search->hints[0] = hint;
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
      guint descriptor;

      if (!is_socket_near (process, socket, search->hints[i], &descriptor) && !holds_socket (process, socket, &descriptor))
        continue;
      nj_program_search_remember (search, process);
      search->hints[0] = descriptor;
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
  guint          descriptor;

  if (folder == NULL)
    return 0;

  g_snprintf (socket, sizeof socket, "socket:[%u]", inode);
  while (found == 0 && (entry = readdir (folder)) != NULL)
    {
      guint64 process;

      /* Only those of the owner can be looked into, and only they get this far. */
      if (nj_bytes_parse_u64 (nj_bytes_from_string (entry->d_name), G_MAXUINT, &process) &&
          holds_socket ((guint) process, socket, &descriptor))
        found = (guint) process;
    }

  closedir (folder);
  return found;
}
