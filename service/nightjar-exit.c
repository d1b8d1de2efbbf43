/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjar-exit: the exit server that a user runs on a machine of his own. Reads the command line,
 * opens port and files, gives up what it needs no more, and waits for a signal. "init" makes what
 * it needs. What is said on a connection is in exits/exit-server-guest.c. Main thread.
 */
#include "exits/confine.h"
#include "exits/exit-server.h"
#include "exits/users-reader.h"
#include "net/listener.h"
#include "net/socket.h"
#include "tls/self-signed.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <locale.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_QRENCODE
#include <qrencode.h>
#endif

/* Exit statuses, as sysexits.h has them. */
enum
{
  STATUS_OK = 0,
  STATUS_USAGE = 64,
  STATUS_UNAVAILABLE = 69,
  STATUS_CANNOT_CREATE = 73,
  STATUS_CONFIG = 78
};

#define WORKERS_MAX     16
#define CONNECTIONS_MAX 10000
#define DAYS            3650
#define METRICS_FOR     (5 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  char    *listen;
  char    *certificate;
  char    *key;
  char    *users;
  char    *metrics;
  char    *run_as;
  char    *host; /* init */
  int      workers;
  gboolean allow_private;
  gboolean is_verbose;
  gboolean wants_version;
  char   **rest;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->listen);
  g_free (options->certificate);
  g_free (options->key);
  g_free (options->users);
  g_free (options->metrics);
  g_free (options->run_as);
  g_free (options->host);
  g_strfreev (options->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static int
complain (int status, const char *what, const char *why)
{
  g_printerr ("nightjar-exit: %s%s%s\n", what, why[0] != '\0' ? ": " : "", why);
  return status;
}

static gboolean
parse_address (const char *text, NjAddress *ret_address)
{
  const char *colon = strrchr (text, ':');
  guint64     port;

  return colon != NULL && nj_bytes_parse_u64 (nj_bytes_from_string (colon + 1), G_MAXUINT16, &port) &&
         nj_address_parse (nj_bytes (text, (gsize) (colon - text)), (guint16) port, ret_address);
}

/* The address by which others most likely reach this machine. */
static char *
guess_host (void)
{
  struct ifaddrs *interfaces = NULL;
  char           *found = NULL;

  if (getifaddrs (&interfaces) != 0)
    return g_strdup (g_get_host_name ());

  for (const struct ifaddrs *i = interfaces; i != NULL && found == NULL; i = i->ifa_next)
    {
      NjAddress   address = { 0 };
      const char *colon;

      if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET)
        continue;
      memcpy (&address.v4, i->ifa_addr, sizeof address.v4);
      address.len = sizeof address.v4;
      if (nj_address_scope (&address) != NJ_SCOPE_GLOBAL)
        continue;
      found = nj_address_to_text (&address);
      colon = strrchr (found, ':');
      found[colon - found] = '\0';
    }
  freeifaddrs (interfaces);
  return found != NULL ? found : g_strdup (g_get_host_name ());
}

static char *
random_text (gsize bytes)
{
  guint8 random[32];
  char  *text;

  g_assert (bytes <= sizeof random && RAND_bytes (random, (int) bytes) == 1);
  text = g_base64_encode (random, bytes);
  for (char *c = text; *c != '\0'; c++)
    *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c;
  return text;
}

#ifdef HAVE_QRENCODE
/* Two modules in one letter, dark on light as cameras want it whatever the terminal's colours are. */
static void
print_picture (const char *text)
{
  enum { QUIET = 4 }; /* ISO/IEC 18004 §6.3.8 */
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);

  if (code == NULL)
    return;

  for (int y = -QUIET; y < code->width + QUIET; y += 2)
    {
      g_printerr ("\033[30;47m");
      for (int x = -QUIET; x < code->width + QUIET; x++)
        {
          gboolean has_column = x >= 0 && x < code->width;
          gboolean upper = has_column && y >= 0 && y < code->width && (code->data[y * code->width + x] & 1) != 0;
          gboolean lower = has_column && y + 1 >= 0 && y + 1 < code->width && (code->data[(y + 1) * code->width + x] & 1) != 0;

          g_printerr ("%s", upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ");
        }
      g_printerr ("\033[0m\n");
    }
  QRcode_free (code);
}
#endif

/* The URI alone on stdout, for scripts; a person at a terminal also gets a picture of it. */
static void
print_uri (const char *host, guint16 port, const char *password, const guint8 fingerprint[32])
{
  g_autoptr (GString) uri = g_string_new (NULL);

  g_string_printf (uri, "h2://me:%s@%s:%u#sha256=", password, host, port);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (uri, "%02x", fingerprint[i]);
  printf ("%s\n", uri->str);
  fflush (stdout);
#ifdef HAVE_QRENCODE
  if (isatty (STDERR_FILENO))
    print_picture (uri->str);
#endif
}

/* Key, certificate and one user; nothing that is there already is overwritten. */
static int
init (const char *folder, const Options *options)
{
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *users = g_build_filename (folder, "users", NULL);
  g_autofree char *guessed = options->host == NULL ? guess_host () : NULL;
  const char      *host = options->host != NULL ? options->host : guessed;
  char             normal[NJ_HOST_MAX + 1];
  g_autofree char *password = random_text (NJ_USERS_RANDOM_BYTES);
  g_autofree char *line = nj_users_line ("me", password, NJ_USERS_RANDOM);
  g_autofree char *text = g_strconcat ("# name:hmac-sha256:salt:hash of a random password, name:scrypt:cost:salt:hash of any other\n",
                                       line, "\n", NULL);
  g_autoptr (GError) error = NULL;
  guint8    fingerprint[32];
  NjAddress address;

  if (nj_host_normalize (nj_bytes_from_string (host), normal) == 0)
    return complain (STATUS_USAGE, "--host", "not a host name or address");
  if (!parse_address (options->listen, &address))
    return complain (STATUS_USAGE, "--listen", "HOST:PORT is wanted, with an address for HOST");
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return complain (STATUS_CANNOT_CREATE, "init", g_strerror (errno));
  if (g_file_test (key, G_FILE_TEST_EXISTS) || g_file_test (users, G_FILE_TEST_EXISTS))
    return complain (STATUS_CANNOT_CREATE, "init", "the folder has a key or users already");

  if (!nj_self_signed_make (normal, DAYS, certificate, key, fingerprint, &error) ||
      !g_file_set_contents_full (users, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    return complain (STATUS_CANNOT_CREATE, "init", error->message);

  print_uri (normal, nj_address_port (&address), password, fingerprint);
  g_printerr ("Paste the line above into Nightjar; the password is written nowhere else. Start the exit with\n"
              "  nightjar-exit --listen %s --certificate %s --key %s --users %s\n",
              options->listen, certificate, key, users);
  return STATUS_OK;
}

typedef struct
{
  NjExitServer *server;
  NjStream     *stream;
} Reader;

static void
metrics_serve (gpointer reader_pointer)
{
  Reader            *reader = reader_pointer;
  NjStream          *stream = reader->stream;
  gint64             deadline = nj_worker_now (stream->worker) + METRICS_FOR;
  NjExitServerCounts counts;
  char               request[2048];
  gsize              n;
  g_autofree char   *text = NULL;
  g_autofree char   *answer = NULL;

  nj_exit_server_counts (reader->server, &counts);
  g_free (reader);
  text = g_strdup_printf ("nightjar_exit_connections_total %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_connections %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_tunnels_total %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_tunnels %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_tunnels_failed_total %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_targets_refused_total %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_strangers_total %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_bytes_total{way=\"up\"} %" G_GUINT64_FORMAT "\n"
                          "nightjar_exit_bytes_total{way=\"down\"} %" G_GUINT64_FORMAT "\n",
                          counts.connections, counts.connections_open, counts.tunnels, counts.tunnels_open,
                          counts.tunnels_failed, counts.targets_refused, counts.strangers, counts.bytes_up,
                          counts.bytes_down);
  answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %" G_GSIZE_FORMAT
                            "\r\nConnection: close\r\n\r\n%s", strlen (text), text);

  if (nj_stream_read (stream, request, sizeof request, deadline, &n) == NJ_OK &&
      nj_stream_write (stream, answer, strlen (answer), deadline) == NJ_OK)
    nj_stream_shut (stream, deadline);
  nj_stream_close (stream);
}

static void
on_metrics (NjWorker *worker, int fd, const NjAddress *peer, gpointer server_pointer)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->server = server_pointer;
  reader->stream = nj_socket_new (worker, fd);
  if (nj_fiber_spawn (worker, metrics_serve, reader) != NULL)
    return;

  nj_stream_close (reader->stream);
  g_free (reader);
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hang_up (gpointer reader)
{
  nj_users_reader_ask (reader);
  return G_SOURCE_CONTINUE;
}

/* Said in any case: whoever changed the file wants to know. */
static void
on_users_read (const char *text, const char *problem, gpointer users_pointer)
{
  NjUsers **users = users_pointer;
  g_autoptr (GError) error = NULL;

  if (*users == NULL)
    return;
  if (text != NULL && nj_users_take (*users, text, &error))
    g_printerr ("nightjar-exit: --users: read again, there are %u\n", nj_users_count (*users));
  else
    g_printerr ("nightjar-exit: --users: %s; those who were there before stay\n", text != NULL ? error->message : problem);
}

static void
wait_for_signal (NjUsersReader *reader)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGHUP, on_hang_up, reader);
  g_main_loop_run (loop);
}

static void
give_up (const Options *options)
{
  gboolean has_files = nj_confine_files ();
  gboolean has_calls = nj_confine_calls ();

  if (options->is_verbose)
    g_printerr ("nightjar-exit: files %s, system calls %s\n", has_files ? "confined" : "not confined: no Landlock",
                has_calls ? "confined" : "not confined: no seccomp");
}

static int
run_workers (NjExitServer *server, NjListener *metrics, NjUsersReader *reader, const Options *options)
{
  g_autoptr (GPtrArray) workers = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_worker_free);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < options->workers; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker-%d", i);
      NjWorker        *worker = nj_worker_new (name, &error);

      if (worker == NULL)
        return complain (STATUS_UNAVAILABLE, "worker", error->message);
      g_ptr_array_add (workers, worker);
      nj_exit_server_attach (server, worker);
    }
  if (metrics != NULL)
    nj_listener_attach (metrics, g_ptr_array_index (workers, 0));

  for (guint i = 0; i < workers->len; i++)
    nj_worker_start (g_ptr_array_index (workers, i));
  printf ("ready port %u\n", nj_exit_server_port (server));
  fflush (stdout);
  wait_for_signal (reader);

  for (guint i = 0; i < workers->len; i++)
    nj_worker_stop (g_ptr_array_index (workers, i));
  return STATUS_OK;
}

/* Port and files first, for they may need what is then given up. */
static int
serve (const Options *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjUsers) users = NULL;
  g_autoptr (NjUsersReader) reader = NULL;
  g_autoptr (NjTlsServer) tls = NULL;
  g_autoptr (NjExitServer) server = NULL;
  g_autoptr (NjListener) metrics = NULL;
  NjExitServerConfig config = { .allow_private = options->allow_private, .connections_max = CONNECTIONS_MAX };
  NjAddress          metrics_address;
  g_autofree char   *metrics_host = NULL;

  if (!parse_address (options->listen, &config.address))
    return complain (STATUS_USAGE, "--listen", "HOST:PORT is wanted, with an address for HOST");
  if (options->metrics != NULL && !parse_address (options->metrics, &metrics_address))
    return complain (STATUS_USAGE, "--metrics", "HOST:PORT is wanted, with a loopback address for HOST");

  reader = nj_users_reader_new (options->users, on_users_read, &users, &error);
  if (reader == NULL)
    return complain (STATUS_UNAVAILABLE, "--users", error->message);
  users = nj_users_new (options->users, &error);
  if (users == NULL)
    return complain (STATUS_CONFIG, "--users", error->message);
  tls = nj_tls_server_new (options->certificate, options->key, NJ_BYTES ("h2,http/1.1"), &error);
  if (tls == NULL)
    return complain (STATUS_CONFIG, "--certificate", error->message);
  nj_tls_server_require_tls13 (tls);

  config.users = users;
  config.tls = tls;
  server = nj_exit_server_new (&config, &error);
  if (server == NULL)
    return complain (STATUS_UNAVAILABLE, "--listen", error->message);
  if (options->metrics != NULL)
    {
      metrics_host = g_strndup (options->metrics, (gsize) (strrchr (options->metrics, ':') - options->metrics));
      metrics = nj_listener_new (nj_bytes_from_string (metrics_host), nj_address_port (&metrics_address), on_metrics,
                                 server, &error);
      if (metrics == NULL)
        return complain (STATUS_UNAVAILABLE, "--metrics", error->message);
    }

  if (!nj_confine_user (options->run_as, &error))
    return complain (STATUS_CONFIG, "--run-as", error->message);
  give_up (options);
  return run_workers (server, metrics, reader, options);
}

static void
raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static int
run (Options *options)
{
  const char *command = options->rest != NULL ? options->rest[0] : NULL;

  if (options->wants_version)
    {
      printf ("nightjar-exit %s\n", NJ_VERSION);
      return STATUS_OK;
    }
  if (options->listen == NULL)
    options->listen = g_strdup ("[::]:443");
  if (options->run_as == NULL)
    options->run_as = g_strdup ("nobody");
  if (options->workers < 1 || options->workers > WORKERS_MAX)
    return complain (STATUS_USAGE, "--workers", "a number from 1 to 16 is wanted");

  if (g_strcmp0 (command, "init") == 0 && options->rest[1] != NULL && options->rest[2] == NULL)
    return init (options->rest[1], options);
  if (command != NULL)
    return complain (STATUS_USAGE, "only “init DIR” is known as a command; see --help", "");
  if (options->certificate == NULL || options->key == NULL || options->users == NULL)
    return complain (STATUS_USAGE, "--certificate, --key and --users are wanted; “nightjar-exit init DIR” makes them", "");

  signal (SIGPIPE, SIG_IGN);
  raise_descriptors ();
  return serve (options);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { .workers = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("[init DIR] — an exit of your own");
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &options.listen, "Where to listen ([::]:443)", "HOST:PORT" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &options.certificate, "Certificate, and those that signed it", "PEM" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "Its key", "PEM" },
    { "users", 0, 0, G_OPTION_ARG_FILENAME, &options.users, "Who may use it; read again when it changes and on SIGHUP", "FILE" },
    { "allow-private", 0, 0, G_OPTION_ARG_NONE, &options.allow_private, "Targets on this machine and its networks too", NULL },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &options.metrics, "Serve counts on a loopback address", "HOST:PORT" },
    { "run-as", 0, 0, G_OPTION_ARG_STRING, &options.run_as, "Whom root becomes (nobody)", "USER" },
    { "workers", 0, 0, G_OPTION_ARG_INT, &options.workers, "Threads that carry connections (1)", "N" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, "init: name or address that others reach it by", "HOST" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &options.is_verbose, "Say more on standard error", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options.wants_version, "Print the version and end", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.rest, NULL, NULL },
    { NULL }
  };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return complain (STATUS_USAGE, error->message, "");
  return run (&options);
}
