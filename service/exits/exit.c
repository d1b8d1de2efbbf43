/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One exit: what it is (kind, host, credentials, country) and the table of kinds. It never
 * changes once made, so all threads share it without a lock. Its URI is read in exit-uri.c, its
 * health is kept in exit-health.c, talking to it is for dial.c and the hops. Any thread.
 */
#include "exits/exit-private.h"

/* In the order of NjExitKind. */
static const NjExitKindRow kinds[] = {
  { "http", "HTTP", 80, FALSE },
  { "https", "HTTPS", 443, TRUE },
  { "h2", "HTTP/2", 443, TRUE },
  { "socks5", "SOCKS5", 1080, FALSE },
  { "socks5s", "SOCKS5 over TLS", 1080, TRUE },
  { "socks4a", "SOCKS4a", 1080, FALSE },
  { "tor", "Tor", 9050, FALSE },
};

G_DEFINE_QUARK (nj-exit-error-quark, nj_exit_error)

/**
 * nj_exit_kind_row:
 * @kind: a kind of exit
 *
 * Any thread.
 *
 * Returns: its row of the table
 */
const NjExitKindRow *
nj_exit_kind_row (NjExitKind kind)
{
  g_assert ((guint) kind < G_N_ELEMENTS (kinds));
  return &kinds[kind];
}

/**
 * nj_exit_kind_of:
 * @scheme: the scheme of a URI, in any case
 * @ret_kind: (out): the kind it names; untouched when there is none
 *
 * Any thread.
 *
 * Returns: whether @scheme names a kind of exit
 */
gboolean
nj_exit_kind_of (NjBytes scheme, NjExitKind *ret_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (nj_bytes_equal_nocase (scheme, nj_bytes_from_string (kinds[i].scheme)))
      {
        *ret_kind = (NjExitKind) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * nj_exit_ref:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer full): @exit
 */
NjExit *
nj_exit_ref (NjExit *exit)
{
  g_atomic_ref_count_inc (&exit->refs);
  return exit;
}

/**
 * nj_exit_unref:
 * @exit: (transfer full) (nullable): an exit
 *
 * Any thread.
 */
void
nj_exit_unref (NjExit *exit)
{
  if (exit == NULL || !g_atomic_ref_count_dec (&exit->refs))
    return;

  /* Nobody else can read it now; the password shall not stay behind in freed memory. */
  if (exit->password != NULL)
    explicit_bzero (exit->password, strlen (exit->password));
  g_free (exit->password);
  g_free (exit->user);
  g_free (exit->host);
  g_free (exit->id);
  g_free (exit->name);
  nj_exit_unref (exit->via);
  nj_digest_challenge_clear (&exit->digest);
  nj_exit_health_clear (&exit->health);
  g_free (exit);
}

/**
 * nj_exit_id:
 * @exit: an exit
 *
 * Stable over restarts and over a change of name, country or password. Any thread.
 *
 * Returns: (transfer none): twelve hexadecimal digits
 */
const char *
nj_exit_id (const NjExit *exit)
{
  return exit->id;
}

/**
 * nj_exit_name:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer none): what people call it, its host when nobody named it
 */
const char *
nj_exit_name (const NjExit *exit)
{
  return exit->name;
}

/**
 * nj_exit_country:
 * @exit: an exit
 *
 * Any thread. Source: ISO 3166-1 alpha-2.
 *
 * Returns: (transfer none): two capitals, "" when nobody said
 */
const char *
nj_exit_country (const NjExit *exit)
{
  return exit->country;
}

/**
 * nj_exit_kind:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: how it is spoken to
 */
NjExitKind
nj_exit_kind (const NjExit *exit)
{
  return exit->kind;
}

/**
 * nj_exit_kind_name:
 * @kind: a kind of exit
 *
 * Any thread.
 *
 * Returns: (transfer none): its name for people, not translated
 */
const char *
nj_exit_kind_name (NjExitKind kind)
{
  return nj_exit_kind_row (kind)->name;
}

/**
 * nj_exit_host:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: its host in the normal form of base/host; lives as long as @exit
 */
NjBytes
nj_exit_host (const NjExit *exit)
{
  return nj_bytes_from_string (exit->host);
}

/**
 * nj_exit_port:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: its port, never 0
 */
guint16
nj_exit_port (const NjExit *exit)
{
  return exit->port;
}

/**
 * nj_exit_is_tls:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: whether its handshake is spoken inside TLS
 */
gboolean
nj_exit_is_tls (const NjExit *exit)
{
  return nj_exit_kind_row (exit->kind)->is_tls;
}

/**
 * nj_exit_is_link_encrypted:
 * @exit: an exit
 *
 * Whether people on the way to the exit see what is sent to it. With a chain the first link
 * counts, and a Tor client on this machine encrypts all that leaves it. Any thread.
 *
 * Returns: whether the link that leaves this machine is encrypted
 */
gboolean
nj_exit_is_link_encrypted (const NjExit *exit)
{
  NjAddress address;
  NjBytes   host = nj_exit_host (exit);

  if (exit->via != NULL)
    return nj_exit_is_link_encrypted (exit->via);
  if (nj_exit_is_tls (exit))
    return TRUE;

  /* A local Tor or ssh -D listens on loopback: nothing of this link leaves the machine. */
  if (nj_bytes_equal (host, NJ_BYTES ("localhost")))
    return TRUE;
  return nj_address_parse (host, 0, &address) && nj_address_scope (&address) == NJ_SCOPE_LOOPBACK;
}

/**
 * nj_exit_user:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the user name it wants, decoded
 */
const char *
nj_exit_user (const NjExit *exit)
{
  return exit->user;
}

/**
 * nj_exit_password:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the password it wants, decoded
 */
const char *
nj_exit_password (const NjExit *exit)
{
  return exit->password;
}

/**
 * nj_exit_via:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the exit it is reached through, for a chain
 */
NjExit *
nj_exit_via (const NjExit *exit)
{
  return exit->via;
}

/**
 * nj_exit_fingerprint:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): SHA-256 of the only certificate it may show, in
 *   %NJ_EXIT_FINGERPRINT bytes; %NULL when the system's roots decide
 */
const guint8 *
nj_exit_fingerprint (const NjExit *exit)
{
  return exit->has_fingerprint ? exit->fingerprint : NULL;
}
