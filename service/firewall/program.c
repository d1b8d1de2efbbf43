/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which user holds the other end of a loopback connection, asked of the kernel by NETLINK_SOCK_DIAG:
 * one question, one answer, no waiting. Reading /proc/net/tcp would cost a scan of every socket.
 * Called by proxy/session for each connection it accepts, one NjProgram a worker.
 */
#include "firewall/program.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <unistd.h>

struct NjProgram
{
  int     fd; /* -1 when the kernel has no such thing: nobody is then known */
  guint32 serial;
};

typedef struct
{
  struct nlmsghdr         header;
  struct inet_diag_req_v2 request;
} Question;

/**
 * nj_program_new:
 *
 * Returns: (transfer full): a way to ask
 */
NjProgram *
nj_program_new (void)
{
  NjProgram *self = g_new0 (NjProgram, 1);

  self->fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  return self;
}

/**
 * nj_program_free:
 * @program: (transfer full) (nullable): one that is not used any more
 */
void
nj_program_free (NjProgram *program)
{
  if (program == NULL)
    return;

  if (program->fd >= 0)
    close (program->fd);
  g_free (program);
}

static void
put_address (const NjAddress *address, __be32 *ret_address, __be16 *ret_port)
{
  if (address->any.sa_family == AF_INET6)
    {
      memcpy (ret_address, &address->v6.sin6_addr, 16);
      *ret_port = address->v6.sin6_port;
    }
  else
    {
      ret_address[0] = address->v4.sin_addr.s_addr;
      *ret_port = address->v4.sin_port;
    }
}

static gboolean
take_answer (const char *buffer, gsize len, guint32 serial, NjProgramOwner *ret_owner)
{
  const struct nlmsghdr      *header = (const struct nlmsghdr *) buffer;
  const struct inet_diag_msg *message;

  if (len < NLMSG_LENGTH (sizeof *message) || header->nlmsg_len < NLMSG_LENGTH (sizeof *message) ||
      header->nlmsg_type != SOCK_DIAG_BY_FAMILY || header->nlmsg_seq != serial)
    return FALSE;

  message = NLMSG_DATA (header);
  ret_owner->uid = message->idiag_uid;
  ret_owner->inode = message->idiag_inode;
  /* A socket that nobody holds any more (closing, time-wait) belongs to no one. */
  return message->idiag_inode != 0;
}

/**
 * nj_program_owner:
 * @program: this thread's way to ask
 * @peer: the address of the other end, as accept() gave it
 * @local: the address it is connected to
 * @ret_owner: (out): who holds it; untouched on failure
 *
 * The calling thread's own @program. Source: sock_diag(7).
 *
 * Returns: whether the kernel knew; when not, the caller refuses
 */
gboolean
nj_program_owner (NjProgram *program, const NjAddress *peer, const NjAddress *local, NjProgramOwner *ret_owner)
{
  Question question = { 0 };
  char     buffer[1024] __attribute__ ((aligned (8)));
  ssize_t  n;

  if (program->fd < 0)
    return FALSE;

  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.header.nlmsg_seq = ++program->serial;
  question.request.sdiag_family = (guint8) peer->any.sa_family;
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = ~0u;
  question.request.id.idiag_cookie[0] = question.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  put_address (peer, question.request.id.idiag_src, &question.request.id.idiag_sport);
  put_address (local, question.request.id.idiag_dst, &question.request.id.idiag_dport);

  if (send (program->fd, &question, sizeof question, 0) != sizeof question)
    return FALSE;

  /* The kernel answers within send(); an answer to an earlier question is passed over. */
  for (int tries = 0; tries < 4; tries++)
    {
      n = recv (program->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      if (((struct nlmsghdr *) buffer)->nlmsg_seq == program->serial)
        return take_answer (buffer, (gsize) n, program->serial, ret_owner);
    }

  return FALSE;
}
