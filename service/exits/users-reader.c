/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the file of users again, when told to and when it changes, for an exit server that gave up
 * its user and its files: in a process of its own, which was there before, can do nothing but read
 * in that one folder, speaks to nobody but its parent and ends with it. What is read is judged by users-file.c.
 * Main thread, and that of the other process.
 *
 * To the parent goes: a number, 0 or an errno; how many bytes follow; these. From it any byte says "read".
 */
#include "exits/users-reader.h"

#include "exits/confine.h"
#include "exits/users.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* An editor writes in several steps; ms. */
#define SETTLE_FOR 100

struct NjUsersReader
{
  NjUsersRead read;
  gpointer    user_data;
  int         fd;
  guint       source;
  pid_t       child;
};

typedef struct
{
  guint32 problem; /* errno, 0 for none */
  guint32 len;
} Head;

static gboolean
write_all (int fd, const void *bytes, gsize len)
{
  while (len > 0)
    {
      ssize_t n = write (fd, bytes, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes = (const char *) bytes + n;
      len -= (gsize) n;
    }
  return TRUE;
}

/* How much there was before the end, at most len. */
static gsize
read_all (int fd, void *bytes, gsize len)
{
  gsize have = 0;

  while (have < len)
    {
      ssize_t n = read (fd, (char *) bytes + have, len - have);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      have += (gsize) n;
    }
  return have;
}

/* The file as it is now; a pipe or a device would hold us up. */
static guint32
read_file (const char *path, char *buffer, guint32 *ret_len)
{
  int         fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat about;

  *ret_len = 0;
  if (fd < 0)
    return (guint32) errno;
  if (fstat (fd, &about) != 0 || !S_ISREG (about.st_mode))
    {
      close (fd);
      return EINVAL;
    }
  *ret_len = (guint32) read_all (fd, buffer, NJ_USERS_FILE_MAX + 1);
  close (fd);
  if (*ret_len <= NJ_USERS_FILE_MAX)
    return 0;
  *ret_len = 0;
  return EFBIG;
}

static void
tell (int parent, const char *path, char *buffer)
{
  Head head = { 0, 0 };

  head.problem = read_file (path, buffer, &head.len);
  if (!write_all (parent, &head, sizeof head) || !write_all (parent, buffer, head.len))
    _exit (0);
}

/* Whether anything happened to the file itself. Events of its folder are read away. */
static gboolean
has_changed (int watch, const char *name)
{
  _Alignas (struct inotify_event) char events[4096];
  gboolean is_ours = FALSE;
  ssize_t  n;

  while ((n = read (watch, events, sizeof events)) > 0)
    for (char *at = events; at < events + n;)
      {
        const struct inotify_event *event = (const struct inotify_event *) (void *) at;

        is_ours = is_ours || (event->mask & IN_Q_OVERFLOW) != 0 || (event->len > 0 && strcmp (event->name, name) == 0);
        at += sizeof *event + event->len;
      }
  return is_ours;
}

G_NORETURN static void
child_run (int parent, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  char            *buffer = g_malloc (NJ_USERS_FILE_MAX + 1);
  int              watch = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  struct pollfd    heard[] = { { .fd = parent, .events = POLLIN }, { .fd = watch, .events = POLLIN } };
  char             wanted[64];

  if (watch >= 0)
    inotify_add_watch (watch, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
  nj_confine_reader (folder);
  nj_confine_calls ();

  for (;;)
    {
      if (poll (heard, G_N_ELEMENTS (heard), -1) < 0 && errno != EINTR)
        _exit (0);
      if ((heard[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        {
          if (read (parent, wanted, sizeof wanted) <= 0)
            _exit (0);
          tell (parent, path, buffer);
        }
      else if ((heard[1].revents & POLLIN) != 0 && has_changed (watch, name))
        {
          poll (NULL, 0, SETTLE_FOR);
          has_changed (watch, name);
          tell (parent, path, buffer);
        }
    }
}

static gboolean
on_read (int fd, GIOCondition condition, gpointer reader_pointer)
{
  NjUsersReader   *self = reader_pointer;
  g_autofree char *text = NULL;
  Head             head;

  if (read_all (fd, &head, sizeof head) != sizeof head || head.len > NJ_USERS_FILE_MAX)
    {
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  text = g_malloc (head.len + 1);
  if (read_all (fd, text, head.len) != head.len)
    {
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  text[head.len] = '\0';
  if (head.problem != 0)
    self->read (NULL, g_strerror ((int) head.problem), self->user_data);
  else
    self->read (text, NULL, self->user_data);
  return G_SOURCE_CONTINUE;
}

/**
 * nj_users_reader_new:
 * @path: the file of users
 * @read: told what stands in it, each time it was read
 * @user_data: for @read
 * @error: a #GIOErrorEnum
 *
 * Begins a process. Main thread, before there are others, and while the file may be read.
 *
 * Returns: (transfer full) (nullable): the reader
 */
NjUsersReader *
nj_users_reader_new (const char *path, NjUsersRead read, gpointer user_data, GError **error)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  NjUsersReader   *self;
  int              pair[2];
  pid_t            parent = getpid ();
  pid_t            child;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || (child = fork ()) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "no process to read with: %s", g_strerror (errno));
      return NULL;
    }
  if (child == 0)
    {
      close (pair[0]);
      /* A terminal's Ctrl-C is the parent's, whose end is ours. */
      signal (SIGINT, SIG_IGN);
      signal (SIGHUP, SIG_IGN);
      prctl (PR_SET_PDEATHSIG, SIGTERM);
      if (getppid () != parent)
        _exit (0);
      child_run (pair[1], whole);
    }

  close (pair[1]);
  self = g_new0 (NjUsersReader, 1);
  self->read = read;
  self->user_data = user_data;
  self->fd = pair[0];
  self->child = child;
  self->source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP, on_read, self);
  return self;
}

/**
 * nj_users_reader_ask:
 * @reader: a reader
 *
 * Has the file read now. Main thread.
 */
void
nj_users_reader_ask (NjUsersReader *reader)
{
  if (reader->source == 0 || send (reader->fd, "r", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
    reader->read (NULL, "the process that reads it is gone", reader->user_data);
}

/**
 * nj_users_reader_free:
 * @reader: (transfer full) (nullable): a reader
 *
 * Its process ends. Main thread.
 */
void
nj_users_reader_free (NjUsersReader *reader)
{
  if (reader == NULL)
    return;

  if (reader->source != 0)
    g_source_remove (reader->source);
  close (reader->fd);
  waitpid (reader->child, NULL, 0);
  g_free (reader);
}
