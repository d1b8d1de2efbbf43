/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What "Copy proxy settings" puts on the clipboard, for each shell. No bus, no display.
 */
#include "app/deeds.h"

#include <string.h>

static void
test_bash (void)
{
  g_autofree char *text = nj_deeds_proxy_text ("127.0.0.1:8642", "bash");

  g_assert_true (g_str_has_prefix (text, "export http_proxy=http://127.0.0.1:8642\n"));
  g_assert_nonnull (strstr (text, "export HTTPS_PROXY=http://127.0.0.1:8642\n"));
}

static void
test_fish (void)
{
  g_autofree char *text = nj_deeds_proxy_text ("127.0.0.1:8642", "fish");

  g_assert_true (g_str_has_prefix (text, "set -gx http_proxy http://127.0.0.1:8642\n"));
}

static void
test_windows (void)
{
  g_autofree char *power = nj_deeds_proxy_text ("127.0.0.1:8642", "powershell");
  g_autofree char *cmd = nj_deeds_proxy_text ("127.0.0.1:8642", "cmd");

  g_assert_cmpstr (power, ==,
                   "$env:http_proxy = \"http://127.0.0.1:8642\"\n"
                   "$env:https_proxy = \"http://127.0.0.1:8642\"\n"
                   "$env:all_proxy = \"http://127.0.0.1:8642\"\n");
  g_assert_true (g_str_has_prefix (cmd, "set http_proxy=http://127.0.0.1:8642\r\n"));
}

static void
test_address (void)
{
  g_autofree char *text = nj_deeds_proxy_text ("127.0.0.1:8642", "address");

  g_assert_cmpstr (text, ==, "127.0.0.1:8642");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/deeds/bash", test_bash);
  g_test_add_func ("/app/deeds/fish", test_fish);
  g_test_add_func ("/app/deeds/windows", test_windows);
  g_test_add_func ("/app/deeds/address", test_address);
  return g_test_run ();
}
