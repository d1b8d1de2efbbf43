/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encrypted DNS for direct traffic: what settings say of a name server is checked, put together and
 * handed to net's resolver as its transport. Names of targets behind an exit never come here, for the
 * exit resolves them. The connection is in dns-link.c, what is said on it in dns-tls.c and
 * dns-https.c. Configured on the main thread, asked in fibers.
 */
#include "exits/dns-private.h"

#include "http/url.h"
#include "net/dns-message.h"

#include <pthread.h>

#define PORT_TLS 853   /* RFC 7858 §3.1 */

G_DEFINE_QUARK (nj-dns-error-quark, nj_dns_error)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static NjDnsServer    *current; /* guarded by lock: (nullable) counted */

/**
 * nj_dns_server_ref:
 * @server: a server
 *
 * Any thread.
 *
 * Returns: (transfer full): it
 */
NjDnsServer *
nj_dns_server_ref (NjDnsServer *server)
{
  g_atomic_ref_count_inc (&server->refs);
  return server;
}

/**
 * nj_dns_server_unref:
 * @server: (transfer full) (nullable): a server
 *
 * Any thread.
 */
void
nj_dns_server_unref (NjDnsServer *server)
{
  if (server == NULL || !g_atomic_ref_count_dec (&server->refs))
    return;

  for (guint i = 0; i < server->n_addresses; i++)
    g_free (server->addresses[i]);
  g_free (server->host);
  g_free (server->path);
  g_free (server);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjDnsServer, nj_dns_server_unref)

static NjDnsServer *
current_server (void)
{
  NjDnsServer *server;

  pthread_mutex_lock (&lock);
  server = current != NULL ? nj_dns_server_ref (current) : NULL;
  pthread_mutex_unlock (&lock);
  return server;
}

static NjIo
ask (NjWorker *worker, const guint8 *question, gsize len, gint64 deadline, guint8 ret_answer[NJ_RESOLVER_ANSWER_MAX],
     gsize *ret_len)
{
  g_autoptr (NjDnsServer) server = current_server ();

  if (server == NULL)
    return NJ_FAILED;
  return nj_dns_link_ask (worker, server, question, len, deadline, ret_answer, ret_len);
}

static gboolean
take_host (NjDnsServer *server, NjBytes host)
{
  char  name[NJ_HOST_MAX + 1];
  gsize len = nj_host_normalize (host, name);

  server->host = g_strndup (name, len);
  return len > 0;
}

static gboolean
read_tls_server (NjDnsServer *server, const char *text, NjArena *arena)
{
  NjBytes host = NJ_BYTES_NONE;

  return nj_url_parse_authority (nj_bytes_from_string (text), PORT_TLS, arena, &host, &server->port) && take_host (server, host);
}

/* A template may end in {?dns}, which is for GET: RFC 8484 §4.1; questions go by POST. */
static gboolean
read_https_server (NjDnsServer *server, const char *text, NjArena *arena)
{
  NjBytes whole = nj_bytes_from_string (text);
  NjUrl   url;

  if (nj_bytes_ends_with (whole, NJ_BYTES ("{?dns}")))
    whole.len -= strlen ("{?dns}");
  if (nj_url_parse (whole, arena, &url) != NJ_URL_OK || !nj_bytes_equal (url.scheme, NJ_BYTES ("https")))
    return FALSE;

  server->port = url.port;
  server->path = nj_bytes_dup (url.path);
  return take_host (server, url.host);
}

static gboolean
read_server (NjDnsServer *server, const NjDnsConfig *config, GError **error)
{
  const char *text = config->server != NULL ? config->server : "";
  char        lent[512];
  NjArena     arena;
  gboolean    is_good;

  nj_arena_init (&arena, lent, sizeof lent);
  if (server->mode == NJ_DNS_TLS)
    is_good = read_tls_server (server, text, &arena);
  else
    is_good = read_https_server (server, text, &arena);
  nj_arena_clear (&arena);

  if (!is_good || server->port == 0)
    {
      g_set_error (error, NJ_DNS_ERROR, NJ_DNS_ERROR_BAD_SERVER,
                   server->mode == NJ_DNS_TLS ? "“%s” is no name server: a host is wanted, or host:port"
                                              : "“%s” is no name server: an https:// URL is wanted", text);
      return FALSE;
    }

  return TRUE;
}

static gboolean
take_address (NjDnsServer *server, const char *text)
{
  char  address[NJ_HOST_MAX + 1];
  gsize len = nj_host_normalize (nj_bytes_from_string (text), address);

  if (server->n_addresses == NJ_DNS_BOOTSTRAP_MAX || !nj_host_is_address (nj_bytes (address, len)))
    return FALSE;

  server->addresses[server->n_addresses++] = g_strndup (address, len);
  return TRUE;
}

/* Where it is must be known beforehand: to ask the system for it would tell in the clear who is asked. */
static gboolean
read_bootstrap (NjDnsServer *server, const NjDnsConfig *config, GError **error)
{
  for (guint i = 0; config->bootstrap != NULL && config->bootstrap[i] != NULL; i++)
    if (!take_address (server, config->bootstrap[i]))
      {
        g_set_error (error, NJ_DNS_ERROR, NJ_DNS_ERROR_BAD_BOOTSTRAP,
                     server->n_addresses < NJ_DNS_BOOTSTRAP_MAX ? "“%s” is no address of a name server"
                                                                : "“%s” is one address too many for a name server",
                     config->bootstrap[i]);
        return FALSE;
      }

  if (server->n_addresses > 0 || take_address (server, server->host))
    return TRUE;

  g_set_error (error, NJ_DNS_ERROR, NJ_DNS_ERROR_BAD_BOOTSTRAP,
               "an address of name server %s is wanted too: its name cannot be asked for before", server->host);
  return FALSE;
}

/**
 * nj_dns_configure:
 * @config: who is to resolve the names of direct traffic
 * @error: %NJ_DNS_ERROR, with a message for people
 *
 * Holds for the whole process from the next name on; connections to an earlier server end by themselves.
 * Nothing is connected to before the first name is asked for. Main thread.
 *
 * Returns: whether it holds; when not, what was configured before still does
 */
gboolean
nj_dns_configure (const NjDnsConfig *config, GError **error)
{
  g_autoptr (NjDnsServer) server = NULL;
  NjDnsServer *before;

  if (config->mode != NJ_DNS_SYSTEM)
    {
      server = g_new0 (NjDnsServer, 1);
      g_atomic_ref_count_init (&server->refs);
      server->mode = config->mode;
      if (!read_server (server, config, error) || !read_bootstrap (server, config, error))
        return FALSE;
    }

  pthread_mutex_lock (&lock);
  before = current;
  current = server != NULL ? nj_dns_server_ref (server) : NULL;
  pthread_mutex_unlock (&lock);

  nj_dns_server_unref (before);
  nj_resolver_set_transport (server != NULL ? ask : NULL, config->may_fall_back);
  return TRUE;
}

/* A name that nobody has (RFC 6761 §6.4): what is asked for tells nothing of anybody. */
#define NOBODY "invalid"

/**
 * nj_dns_probe:
 * @worker: the calling fiber's worker
 * @deadline: monotonic µs
 * @ret_problem: (out) (transfer none): why it does not serve, for people
 *
 * Asks the encrypted name server that is configured one question, by the connection that names are asked on. A
 * fiber's call.
 *
 * Returns: %NJ_OK when it answers as a name server does
 */
NjIo
nj_dns_probe (NjWorker *worker, gint64 deadline, const char **ret_problem)
{
  g_autoptr (NjDnsServer) server = current_server ();
  guint8     question[NJ_DNS_MESSAGE_QUESTION_MAX];
  guint8     answer[NJ_RESOLVER_ANSWER_MAX];
  NjResolved resolved = { 0 };
  guint32    ttl_s;
  gsize      answer_len = 0;
  gsize      len = nj_dns_message_ask (NJ_BYTES (NOBODY), NJ_DNS_MESSAGE_A, question);
  NjIo       io = server != NULL ? nj_dns_link_ask (worker, server, question, len, deadline, answer, &answer_len) : NJ_FAILED;

  if (io != NJ_OK)
    {
      *ret_problem = server == NULL     ? "the system resolves names"
                     : io == NJ_TIMEOUT ? "no answer in time"
                                        : "it cannot be reached, cannot prove who it is, or speaks otherwise";
      return io;
    }

  switch (nj_dns_message_read (answer, answer_len, NJ_BYTES (NOBODY), NJ_DNS_MESSAGE_A, &resolved, &ttl_s))
    {
    case NJ_DNS_MESSAGE_ADDRESSES:
    case NJ_DNS_MESSAGE_NOTHING:
      return NJ_OK;
    case NJ_DNS_MESSAGE_REFUSED:
      *ret_problem = "it is there, but resolves no names";
      return NJ_FAILED;
    case NJ_DNS_MESSAGE_BAD:
    default:
      *ret_problem = "what answers is no name server";
      return NJ_FAILED;
    }
}
