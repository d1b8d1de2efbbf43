/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "check-batch check --batch --lists FILE[,FILE…]": the filter engine behind the protocol that
 * harnesses speak, without the command line tool around it.
 */
#include "filter/batch.h"

int
main (int argc, char **argv)
{
  g_auto (GStrv) lists = NULL;

  for (int i = 1; i + 1 < argc; i++)
    if (g_str_equal (argv[i], "--lists"))
      lists = g_strsplit (argv[i + 1], ",", -1);
  if (lists == NULL)
    {
      fprintf (stderr, "usage: check-batch --lists FILE[,FILE…]\n");
      return 64;
    }
  return nj_batch_run ((const char *const *) lists, stdin, stdout, stderr);
}
