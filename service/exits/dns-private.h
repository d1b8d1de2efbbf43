/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/dns.h"
#include "net/fiber.h"
#include "net/resolver.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* A name server as it was configured; never changes, counted, shared by all workers. */
typedef struct
{
  gatomicrefcount refs;
  NjDnsMode       mode;
  char           *host; /* owned: its name or address in normal form; the certificate must be for it */
  guint16         port;
  char           *path; /* (nullable) owned: DoH */
  char           *addresses[NJ_DNS_BOOTSTRAP_MAX]; /* owned, in normal form */
  guint           n_addresses;
  gint64          down_until; /* atomic, monotonic µs: no connection is tried before */
} NjDnsServer;

NjDnsServer *nj_dns_server_ref   (NjDnsServer *server);
void         nj_dns_server_unref (NjDnsServer *server);

/* A question in a link; on the stack of the fiber that asks. */
typedef struct NjDnsQuestion NjDnsQuestion;
struct NjDnsQuestion
{
  NjDnsQuestion *next;
  NjFiber       *fiber;
  const guint8  *bytes;
  gsize          len;
  guint8        *answer; /* NJ_RESOLVER_ANSWER_MAX bytes */
  gsize          answer_len;
  gint32         tag;      /* as the wire names it; 0 while it has not been sent */
  gboolean       is_good;  /* DoH: the head of the answer was as it must be */
  gboolean       is_done;
  gboolean       may_repeat; /* failed on a connection that had served: the server may just have closed it */
  NjIo           io;
};

/* One connection to a name server, one for each worker, kept warm while it is used. */
typedef struct NjDnsLink NjDnsLink;

/* How questions stand on a connection. */
typedef struct
{
  const char *alpn;
  /* (nullable) The connection is there. */
  gboolean (*open) (NjDnsLink *link);
  /* Puts a question into link->out and names it by its tag. */
  gboolean (*ask) (NjDnsLink *link, NjDnsQuestion *question);
  /* Takes what came; answers go to nj_dns_link_answer(). FALSE when it is nothing that a name server says. */
  gboolean (*take) (NjDnsLink *link, const guint8 *bytes, gsize len);
  /* (nullable) Nobody waits for that answer any more. */
  void (*forget) (NjDnsLink *link, NjDnsQuestion *question);
  /* (nullable) */
  void (*close) (NjDnsLink *link);
} NjDnsWire;

extern const NjDnsWire nj_dns_tls_wire;
extern const NjDnsWire nj_dns_https_wire;

struct NjDnsLink
{
  NjWorker        *worker; /* borrowed */
  NjDnsServer     *server; /* counted */
  const NjDnsWire *wire;
  NjStream        *stream; /* (nullable) owned: NULL while connecting */
  NjFiber         *fiber;  /* borrowed: its own */
  NjDnsQuestion   *questions; /* in the order asked */
  guint            n_answers;
  gint64           heard;   /* monotonic µs: when it last spoke, or was asked while it owed nothing */
  GByteArray      *out;     /* owned: to be sent */
  GByteArray      *in;      /* owned: the wire's */
  guint16          last_id; /* the wire's */
  gpointer         session; /* the wire's */
};

NjIo           nj_dns_link_ask    (NjWorker *worker, NjDnsServer *server, const guint8 *question, gsize len, gint64 deadline,
                                   guint8 *ret_answer, gsize *ret_len);
NjDnsQuestion *nj_dns_link_find   (NjDnsLink *link, gint32 tag);
void           nj_dns_link_answer (NjDnsLink *link, NjDnsQuestion *question, NjIo io);

G_END_DECLS
