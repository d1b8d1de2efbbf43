/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which program is behind a client's port: the kernel tells the socket's inode, and the process that holds
 * it is found under /proc. That is a search, so it is made only for what a person is about to read, first
 * among the processes found before, and its answer is remembered. On the main thread, never for a verdict.
 */
#include "firewall/program-name.h"

#include "base/clock.h"
#include "firewall/program-search.h"
#include "firewall/program.h"

/* A port may belong to another program after this; the kernel seldom gives one again sooner. */
#define REMEMBER_US (600 * (gint64) G_USEC_PER_SEC)
#define REMEMBER_MAX 2048

typedef struct
{
  gint64 until;
  char   name[64];
} Remembered;

struct NjProgramNames
{
  NjProgram  *program;            /* owned */
  NjAddress   local;
  GHashTable *by_port;            /* port → Remembered, owned */
  NjProgramSearch search;
};

/**
 * nj_program_names_new:
 * @local: where the clients connect to
 *
 * Returns: (transfer full): nothing known yet
 */
NjProgramNames *
nj_program_names_new (const NjAddress *local)
{
  NjProgramNames *self = g_new0 (NjProgramNames, 1);

  self->program = nj_program_new ();
  self->local = *local;
  self->by_port = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

/**
 * nj_program_names_free:
 * @names: (transfer full) (nullable): names that nobody asks for any more
 */
void
nj_program_names_free (NjProgramNames *names)
{
  if (names == NULL)
    return;

  nj_program_free (names->program);
  g_hash_table_unref (names->by_port);
  g_free (names);
}

static void
read_name (guint process, char *ret_name, gsize size)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", process);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;

  valid = g_utf8_make_valid (g_strchomp (text), -1);
  g_strlcpy (ret_name, valid, size);
}

/**
 * nj_program_names_lookup:
 * @names: the names
 * @port: a client's port
 *
 * The main thread. Source: proc(5), sock_diag(7).
 *
 * Returns: (transfer none): the program's name, "" when it cannot be told; valid until the next call
 */
const char *
nj_program_names_lookup (NjProgramNames *names, guint16 port)
{
  Remembered    *known = g_hash_table_lookup (names->by_port, GUINT_TO_POINTER ((guint) port));
  NjAddress      peer = names->local;
  NjProgramOwner owner;
  gint64         now = nj_clock_monotonic ();
  guint          process;

  if (known != NULL && known->until > now)
    return known->name;

  if (peer.any.sa_family == AF_INET6)
    peer.v6.sin6_port = htons (port);
  else
    peer.v4.sin_port = htons (port);
  if (port == 0 || !nj_program_owner (names->program, &peer, &names->local, &owner))
    return "";

  process = nj_program_search_recent (&names->search, owner.inode);
  if (process == 0)
    process = nj_program_search_all (owner.inode);
  if (process == 0)
    return "";

  nj_program_search_remember (&names->search, process);
  if (g_hash_table_size (names->by_port) >= REMEMBER_MAX)
    g_hash_table_remove_all (names->by_port);
  known = g_new0 (Remembered, 1);
  known->until = now + REMEMBER_US;
  read_name (process, known->name, sizeof known->name);
  g_hash_table_replace (names->by_port, GUINT_TO_POINTER ((guint) port), known);
  return known->name;
}
