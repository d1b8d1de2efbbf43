/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of machines and their addresses: one written form, the registrable domain, and how
 * far an address reaches. No look-up happens here (that is net/resolver). Any thread.
 */
#include "base/host.h"

#include <arpa/inet.h>
#include <libpsl.h>

const char nj_host_bytes[256] = {
  ['-'] = '-', ['.'] = '.', ['_'] = '_',
  ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8',
  ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h',
  ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q',
  ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
  ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i',
  ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',
  ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

/* RFC 1035 §2.3.4; bytes. */
#define LABEL_MAX 63

static gsize
copy_address_form (NjBytes host, char *ret_host)
{
  NjAddress address;
  NjBytes   inner = host;

  if (host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
    inner = nj_bytes (host.data + 1, host.len - 2);

  if (memchr (inner.data, ':', inner.len) == NULL || !nj_address_parse (inner, 0, &address))
    return 0;

  /* One form for each IPv6 address (RFC 5952), in brackets as URLs have it. */
  ret_host[0] = '[';
  inet_ntop (AF_INET6, &address.v6.sin6_addr, ret_host + 1, INET6_ADDRSTRLEN);
  strcat (ret_host, "]");
  return strlen (ret_host);
}

static gsize
normalize_international (NjBytes host, char *ret_host)
{
  g_autofree char *text = NULL;
  g_autofree char *ascii = NULL;

  if (host.len > 4 * NJ_HOST_MAX || !g_utf8_validate_len (host.data, host.len, NULL))
    return 0;

  text = nj_bytes_dup (host);
  ascii = g_hostname_to_ascii (text);

  /* What it comes to can still hold empty labels, capitals, a dot at the end: the same checks again. */
  return ascii != NULL && g_str_is_ascii (ascii) ? nj_host_normalize (nj_bytes (ascii, strlen (ascii)), ret_host) : 0;
}

/* What is no name as it stands: it may be an IPv6 address, or a name in other letters, of whose label @label bytes have
 * been read. */
static gsize
normalize_other (NjBytes host, char byte, gsize label, char *ret_host)
{
  if (host.data[0] == '[' || memchr (host.data, ':', host.len) != NULL)
    return host.len <= INET6_ADDRSTRLEN + 2 ? copy_address_form (host, ret_host) : 0;

  return (guchar) byte >= 0x80 && label <= LABEL_MAX ? normalize_international (host, ret_host) : 0;
}

/**
 * nj_host_normalize:
 * @host: a host name or address as somebody wrote it; IPv6 with or without brackets
 * @ret_host: (out): its one form: lower case, punycode, no dot at the end, IPv6 in brackets
 *
 * Any thread. Source: RFC 3986 §3.2.2, RFC 5891, RFC 5952.
 *
 * Returns: the length of @ret_host in bytes, 0 when @host is no host
 */
gsize
nj_host_normalize (NjBytes host, char ret_host[NJ_HOST_MAX + 1])
{
  gsize label = 0;
  gsize len = host.len;

  if (len > 0 && host.data[len - 1] == '.')
    len--;
  if (len == 0 || len > NJ_HOST_MAX || host.data[len - 1] == '.')
    return 0;

  for (gsize i = 0; i < len; i++)
    {
      char c = nj_host_bytes[(guchar) host.data[i]];

      ret_host[i] = c;
      /* Letters, digits and the underscore stand above the dot. */
      if (c > '.' || c == '-')
        continue;
      if (c == 0)
        return normalize_other (host, host.data[i], i - label, ret_host);
      if (i == label || i - label > LABEL_MAX)
        return 0;
      label = i + 1;
    }

  if (len - label > LABEL_MAX)
    return 0;

  ret_host[len] = '\0';
  return len;
}

/**
 * nj_host_is_address:
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: whether it is an IPv4 address or an IPv6 address in brackets
 */
gboolean
nj_host_is_address (NjBytes host)
{
  const char *p = host.data;
  const char *end = p + host.len;

  if (host.len == 0)
    return FALSE;
  if (p[0] == '[')
    return TRUE;
  /* No name under a public suffix ends in a digit, so the last byte decides nearly always. */
  if (end[-1] < '0' || end[-1] > '9')
    return FALSE;

  /* By hand: inet_pton does the same at ten times the price, and every URL is asked. The last byte being a digit,
   * there is one after each dot. */
  for (guint part = 1;; part++)
    {
      guint number = (guchar) *p++ - '0';

      if (number > 9)
        return FALSE;
      for (; p < end && *p != '.'; p++)
        {
          guint digit = (guchar) *p - '0';

          if (digit > 9 || number == 0)
            return FALSE;
          number = number * 10 + digit;
          if (number > 255)
            return FALSE;
        }
      if (part == 4 || p == end)
        return part == 4 && p == end;
      p++;
    }
}

/**
 * nj_host_registrable:
 * @host: a host in its normal form
 *
 * The part of a name that somebody registered: example.co.uk of www.example.co.uk, by the
 * public suffix list with its private section. Any thread. Source: publicsuffix.org.
 *
 * Returns: a slice of @host; all of it for an address, a public suffix or a single label
 */
NjBytes
nj_host_registrable (NjBytes host)
{
  char        name[NJ_HOST_MAX + 1];
  const char *domain;

  if (host.len == 0 || host.len > NJ_HOST_MAX || nj_host_is_address (host))
    return host;

  memcpy (name, host.data, host.len);
  name[host.len] = '\0';
  domain = psl_registrable_domain (psl_builtin (), name);
  if (domain == NULL)
    return host;

  return nj_bytes (host.data + (domain - name), host.len - (gsize) (domain - name));
}

/**
 * nj_host_is_same_site:
 * @a: a host in its normal form
 * @b: a host in its normal form
 *
 * Any thread.
 *
 * Returns: whether both have the same registrable domain (addresses compare whole)
 */
gboolean
nj_host_is_same_site (NjBytes a, NjBytes b)
{
  return nj_bytes_equal (a, b) || nj_bytes_equal (nj_host_registrable (a), nj_host_registrable (b));
}

/**
 * nj_host_is_below:
 * @host: a host in its normal form
 * @domain: a domain in its normal form
 *
 * Any thread.
 *
 * Returns: whether @host is @domain or a name under it
 */
gboolean
nj_host_is_below (NjBytes host, NjBytes domain)
{
  if (!nj_bytes_ends_with (host, domain))
    return FALSE;

  return host.len == domain.len || host.data[host.len - domain.len - 1] == '.';
}

/**
 * nj_address_parse:
 * @text: an IPv4 address in four decimal parts, or an IPv6 address with or without brackets
 * @port: the port to go with it
 * @ret_address: (out): the address; untouched on failure
 *
 * Any thread.
 *
 * Returns: whether @text was an address
 */
gboolean
nj_address_parse (NjBytes text, guint16 port, NjAddress *ret_address)
{
  char      buffer[INET6_ADDRSTRLEN + 1];
  NjAddress address = { 0 };

  if (text.len >= 2 && text.data[0] == '[' && text.data[text.len - 1] == ']')
    text = nj_bytes (text.data + 1, text.len - 2);
  if (text.len == 0 || text.len >= sizeof buffer || memchr (text.data, '\0', text.len) != NULL)
    return FALSE;

  memcpy (buffer, text.data, text.len);
  buffer[text.len] = '\0';

  if (inet_pton (AF_INET, buffer, &address.v4.sin_addr) == 1)
    {
      address.v4.sin_family = AF_INET;
      address.v4.sin_port = htons (port);
      address.len = sizeof address.v4;
    }
  else if (inet_pton (AF_INET6, buffer, &address.v6.sin6_addr) == 1)
    {
      address.v6.sin6_family = AF_INET6;
      address.v6.sin6_port = htons (port);
      address.len = sizeof address.v6;
    }
  else
    return FALSE;

  *ret_address = address;
  return TRUE;
}

static char *
put_number (char *p, guint number)
{
  char  digits[8];
  guint n = 0;

  do
    digits[n++] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  while (n > 0)
    *p++ = digits[--n];
  return p;
}

/* Asked for in requests that a rule about addresses may block; printf took a thirtieth of the exchange. */
static char *
v4_to_text (const NjAddress *address)
{
  const guint8 *bytes = (const guint8 *) &address->v4.sin_addr;
  char          text[32];
  char         *p = text;

  for (guint i = 0; i < 4; i++)
    {
      p = put_number (p, bytes[i]);
      *p++ = i < 3 ? '.' : ':';
    }
  p = put_number (p, nj_address_port (address));
  return g_strndup (text, (gsize) (p - text));
}

/**
 * nj_address_to_text:
 * @address: an address
 *
 * Any thread.
 *
 * Returns: (transfer full): "192.0.2.1:80" or "[2001:db8::1]:80"
 */
char *
nj_address_to_text (const NjAddress *address)
{
  char buffer[INET6_ADDRSTRLEN] = "";

  if (address->len == 0)
    return g_strdup ("none");

  if (address->any.sa_family == AF_INET6)
    {
      inet_ntop (AF_INET6, &address->v6.sin6_addr, buffer, sizeof buffer);
      return g_strdup_printf ("[%s]:%u", buffer, nj_address_port (address));
    }

  return v4_to_text (address);
}

/**
 * nj_address_equal:
 * @a: an address
 * @b: an address
 *
 * Any thread.
 *
 * Returns: whether family, address and port are the same
 */
gboolean
nj_address_equal (const NjAddress *a, const NjAddress *b)
{
  if (a->len != b->len)
    return FALSE;
  if (a->len == 0)
    return TRUE;
  if (a->any.sa_family != b->any.sa_family || nj_address_port (a) != nj_address_port (b))
    return FALSE;

  return a->any.sa_family == AF_INET
             ? a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr
             : memcmp (&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

/**
 * nj_address_port:
 * @address: an address
 *
 * Any thread.
 *
 * Returns: its port in host order
 */
guint16
nj_address_port (const NjAddress *address)
{
  return ntohs (address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

static NjScope
scope_v4 (guint32 a)
{
  if (a >> 24 == 0)
    return NJ_SCOPE_UNSPECIFIED;
  if (a >> 24 == 127)
    return NJ_SCOPE_LOOPBACK;
  if (a >> 16 == 0xa9fe)
    return NJ_SCOPE_LINK_LOCAL;
  if (a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 22 == (0x64400000u >> 22))
    return NJ_SCOPE_PRIVATE;
  if (a >> 28 == 0xe || a == 0xffffffffu)
    return NJ_SCOPE_MULTICAST;
  return NJ_SCOPE_GLOBAL;
}

/**
 * nj_address_scope:
 * @address: an address
 *
 * How far it reaches; an IPv4 address inside IPv6 counts as itself, mapped, translated or tunnelled. Any thread.
 * Source: RFC 6890, RFC 4291 §2.5, RFC 6052 §2.1 (NAT64), RFC 3056 §2 (6to4).
 *
 * Returns: its scope
 */
NjScope
nj_address_scope (const NjAddress *address)
{
  static const guint8    nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
  const struct in6_addr *a = &address->v6.sin6_addr;

  if (address->any.sa_family == AF_INET)
    return scope_v4 (ntohl (address->v4.sin_addr.s_addr));

  if (IN6_IS_ADDR_V4MAPPED (a) || IN6_IS_ADDR_V4COMPAT (a))
    {
      if (IN6_IS_ADDR_LOOPBACK (a))
        return NJ_SCOPE_LOOPBACK;
      return scope_v4 (ntohl (a->s6_addr32[3]));
    }
  if (memcmp (a->s6_addr, nat64, sizeof nat64) == 0)
    return scope_v4 (ntohl (a->s6_addr32[3]));
  if (a->s6_addr[0] == 0x20 && a->s6_addr[1] == 0x02)
    return scope_v4 ((guint32) a->s6_addr[2] << 24 | (guint32) a->s6_addr[3] << 16 | (guint32) a->s6_addr[4] << 8 | a->s6_addr[5]);
  if (IN6_IS_ADDR_LOOPBACK (a))
    return NJ_SCOPE_LOOPBACK;
  if (IN6_IS_ADDR_UNSPECIFIED (a))
    return NJ_SCOPE_UNSPECIFIED;
  if (IN6_IS_ADDR_LINKLOCAL (a))
    return NJ_SCOPE_LINK_LOCAL;
  if (IN6_IS_ADDR_MULTICAST (a))
    return NJ_SCOPE_MULTICAST;
  if ((a->s6_addr[0] & 0xfe) == 0xfc || IN6_IS_ADDR_SITELOCAL (a))
    return NJ_SCOPE_PRIVATE;
  return NJ_SCOPE_GLOBAL;
}
