/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file of an exit server's users, read anew again and again: all of it is taken or nothing.
 */
#include "exits/users-private.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) users = nj_users_parse (text, &error);
  GHashTableIter iter;
  gpointer       value;

  g_assert_true ((users == NULL) == (error != NULL));
  if (users == NULL)
    return 0;

  g_assert_cmpuint (g_hash_table_size (users), >, 0);
  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const NjUser *user = value;

      g_assert_true (user->name[0] != '\0' && strpbrk (user->name, ": \t\n#") == NULL);
      g_assert_true (user->secret.cost == 0 || (user->secret.cost >= 10 && user->secret.cost <= 18));
      g_assert_cmpint (user->known_until, ==, 0);
    }
  return 0;
}
