/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An address found in whatever a page says.
 */
#include "proxy/plane.h"

static void
test_address (void)
{
  static const struct
  {
    const char *page;
    const char *address; /* (nullable) */
  } cases[] = {
    { "192.0.2.7", "192.0.2.7" },
    { "192.0.2.7\n", "192.0.2.7" },
    { "fl=1\nh=x\nip=192.0.2.7\nts=1.5\n", "192.0.2.7" },
    { "{\"ip\":\"192.0.2.7\",\"port\":1}", "192.0.2.7" },
    { "{\"ip\": \"2a00:1450:4001::1\"}", "2a00:1450:4001::1" },
    { "Your address is 192.0.2.7.", "192.0.2.7" },
    { "from 10.0.0.1 and 192.0.2.7", "192.0.2.7" },
    { "127.0.0.1", NULL },
    { "fe80::1", NULL },
    { "1", NULL },
    { "3.5", NULL },
    { "face", NULL },
    { "12:34:56", NULL },
    { "999.1.1.1", NULL },
    { "", NULL },
    { "::", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = nj_plane_trace_address (nj_bytes_from_string (cases[i].page));

      g_test_message ("%s", cases[i].page);
      g_assert_cmpstr (address, ==, cases[i].address);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/trace/address", test_address);
  return g_test_run ();
}
