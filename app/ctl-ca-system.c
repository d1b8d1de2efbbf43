/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl ca system: the last, optional step, by which programs that are no browsers trust the
 * authority, too. Whoever is not root is asked by the desktop for an administrator's password (polkit).
 */
#include "ctl.h"

#include "desktop/trust-store-system.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* pkexec's own ends; all others are those of the program it ran, which has said why. Source: pkexec(1). */
static int
end_of_pkexec (int status)
{
  g_autoptr (GError) error = NULL;
  int code = WIFEXITED (status) ? WEXITSTATUS (status) : -1;

  if (code == 126 || code == 127)
    {
      fprintf (stderr, "nightjarctl: %s\n",
               code == 126 ? _("you did not let an administrator do it") : _("no administrator could be asked, or none agreed"));
      return NJ_CTL_FAILED;
    }
  if (code > 0)
    return code;
  return nj_ctl_done (g_spawn_check_wait_status (status, &error), &error);
}

/* The same once more as root; the certificate goes along as a file. */
static int
ask_for_root (const char *word, const char *path)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  const char *const arguments[] = { "pkexec", self, "ca", "system", word, path, NULL };
  int status;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, &status,
                     &error))
    {
      g_prefix_error (&error, _("only root may change what all programs trust: "));
      return nj_ctl_fail (error);
    }
  return end_of_pkexec (status);
}

static int
install (const char *pem, const char *given)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int descriptor;
  int status;

  if (geteuid () == 0)
    {
      gboolean is_done = nj_trust_store_system_install (pem, &error);

      return nj_ctl_done (is_done, &error);
    }
  if (given != NULL)
    return ask_for_root ("install", given);

  descriptor = g_file_open_tmp ("nightjar-XXXXXX.pem", &path, &error);
  if (descriptor < 0)
    return nj_ctl_fail (error);
  close (descriptor);
  status = g_file_set_contents (path, pem, -1, &error) ? ask_for_root ("install", path) : nj_ctl_fail (error);
  unlink (path);
  return status;
}

/**
 * nj_ctl_ca_system:
 * @ctl: the command line
 * @arguments: "install", perhaps with a file, "remove" or "status"
 * @certificate: gives the certificate when no file does
 *
 * Returns: an exit status
 */
int
nj_ctl_ca_system (NjCtl *ctl, char **arguments, int (*certificate) (NjCtl *, char **))
{
  const char      *word = arguments[0] != NULL ? arguments[0] : "";
  g_autofree char *pem = NULL;
  g_autofree char *folder = nj_trust_store_system_folder ();
  g_autoptr (GError) error = NULL;
  int status = NJ_CTL_OK;

  if (g_str_equal (word, "remove") && geteuid () != 0)
    return ask_for_root ("remove", NULL);
  if (g_str_equal (word, "remove"))
    return nj_ctl_done (nj_trust_store_system_remove (&error), &error);
  if (!g_str_equal (word, "install") && !g_str_equal (word, "status"))
    return nj_ctl_misused (_("ca system wants one of status, install [FILE], remove"));

  if (arguments[1] == NULL)
    status = certificate (ctl, &pem);
  else if (!g_file_get_contents (arguments[1], &pem, NULL, &error))
    return nj_ctl_fail (error);
  if (status != NJ_CTL_OK)
    return status;
  if (g_str_equal (word, "install"))
    return install (pem, arguments[1]);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'folder': <%s>, 'trusted': <%b>}", folder != NULL ? folder : "",
                                             nj_trust_store_system_has (pem)));
  else
    printf ("%s\n", nj_trust_store_system_has (pem) ? _("Programs that are no browsers trust the authority, too.")
                                                    : _("Programs that are no browsers do not trust the authority."));
  return NJ_CTL_OK;
}
