/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Puts our authority's certificate where browsers look, tells where it is, and takes it out again by
 * its fingerprint, whether or not key and file still exist. NSS's own certutil does the writing.
 * Called by nightjarctl, and by the bus in a thread of its own.
 */
#include "desktop/trust-store.h"

#include "desktop/trust-store-places.h"

#include <string.h>
#include <unistd.h>

/* Ours begin so, with the beginning of the fingerprint behind it. */
#define NICKNAME "Nightjar authority "
#define NICKNAME_DIGITS 16

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END   "-----END CERTIFICATE-----"

G_DEFINE_QUARK (nj-trust-store-error-quark, nj_trust_store_error)

static void
place_free (gpointer memory)
{
  NjTrustPlace *place = memory;

  g_free (place->name);
  g_free (place->folder);
  g_free (place->problem);
  g_free (place);
}

/**
 * nj_trust_store_find:
 * @home: a home folder
 *
 * Returns: (transfer full) (element-type NjTrustPlace): where browsers of that home look; nothing is
 *   known of them yet
 */
GPtrArray *
nj_trust_store_find (const char *home)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (place_free);

  nj_trust_store_places_add (places, home);
  return places;
}

/**
 * nj_trust_store_fingerprint:
 * @pem: text that holds a certificate; the first one counts
 *
 * Returns: (transfer full) (nullable): SHA-256 of its DER form, in hexadecimal digits
 */
char *
nj_trust_store_fingerprint (const char *pem)
{
  const char *begin = strstr (pem, PEM_BEGIN);
  const char *end = begin != NULL ? strstr (begin, PEM_END) : NULL;
  g_autofree char   *text = NULL;
  g_autofree guchar *der = NULL;
  gsize len = 0;

  if (end == NULL)
    return NULL;

  begin += strlen (PEM_BEGIN);
  text = g_strndup (begin, (gsize) (end - begin));
  der = g_base64_decode (text, &len);
  return len > 0 ? g_compute_checksum_for_data (G_CHECKSUM_SHA256, der, len) : NULL;
}

static char *
nickname_of (const char *fingerprint)
{
  return g_strdup_printf (NICKNAME "%.*s", NICKNAME_DIGITS, fingerprint);
}

/* What certutil reads comes from a file: one that gives up early would leave a broken pipe instead of its reason. */
static char *
write_input (const char *input, GError **error)
{
  g_autofree char *path = NULL;
  int              fd = g_file_open_tmp ("nightjar-XXXXXX.pem", &path, error);

  if (fd < 0)
    return NULL;
  close (fd);
  if (g_file_set_contents (path, input, -1, error))
    return g_steal_pointer (&path);

  unlink (path);
  return NULL;
}

/* One run of certutil; input may be NULL. What it said goes to the place's problem when it failed. */
static gboolean
run (NjTrustPlace *place, const char *input, char **ret_output, const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *database = g_strconcat ("sql:", place->folder, NULL);
  g_autofree char *output = NULL;
  g_autofree char *said = NULL;
  g_autofree char *file = NULL;
  gboolean is_done = FALSE;
  va_list  args;

  g_ptr_array_add (arguments, (gpointer) "certutil");
  va_start (args, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (args, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (args);
  g_ptr_array_add (arguments, (gpointer) "-d");
  g_ptr_array_add (arguments, database);
  g_ptr_array_add (arguments, NULL);

  if (input == NULL || (file = write_input (input, &error)) != NULL)
    {
      g_subprocess_launcher_set_stdin_file_path (launcher, file != NULL ? file : "/dev/null");
      process = g_subprocess_launcher_spawnv (launcher, (const char *const *) arguments->pdata, &error);
    }
  if (process != NULL)
    is_done = g_subprocess_communicate_utf8 (process, NULL, NULL, &output, &said, &error) && g_subprocess_get_successful (process);
  if (file != NULL)
    unlink (file);
  if (is_done)
    {
      if (ret_output != NULL)
        *ret_output = g_steal_pointer (&output);
      return TRUE;
    }

  g_free (place->problem);
  place->problem = g_strdup (error != NULL ? error->message : said != NULL && *said != '\0' ? g_strstrip (said) : "certutil failed");
  return FALSE;
}

static gboolean
has_database (const NjTrustPlace *place)
{
  g_autofree char *path = g_build_filename (place->folder, "cert9.db", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Names in the database that begin as ours do; %NULL when it cannot be read. */
static GPtrArray *
nicknames (NjTrustPlace *place)
{
  g_autofree char *output = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *found;

  if (!run (place, NULL, &output, "-L", NULL))
    return NULL;

  /* A name, blanks, and "C,,": names of ours hold no two blanks. */
  found = g_ptr_array_new_with_free_func (g_free);
  lines = g_strsplit (output, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], NICKNAME))
      g_ptr_array_add (found, g_strndup (lines[i], strlen (NICKNAME) + strspn (lines[i] + strlen (NICKNAME), "0123456789abcdef")));
  return found;
}

/* A name may lie; the certificate under it does not. */
static gboolean
is_certificate (NjTrustPlace *place, const char *nickname, const char *fingerprint)
{
  g_autofree char *pem = NULL;
  g_autofree char *found = NULL;

  if (!run (place, NULL, &pem, "-L", "-a", "-n", nickname, NULL))
    return FALSE;
  found = nj_trust_store_fingerprint (pem);
  return found != NULL && g_ascii_strcasecmp (found, fingerprint) == 0;
}

static void
look_at (NjTrustPlace *place, const char *fingerprint)
{
  g_autoptr (GPtrArray) found = NULL;

  g_free (place->problem);
  place->problem = g_strdup ("");
  place->state = NJ_TRUST_STATE_ABSENT;
  if (!has_database (place))
    return;

  found = nicknames (place);
  if (found == NULL)
    place->state = NJ_TRUST_STATE_UNKNOWN;
  for (guint i = 0; found != NULL && i < found->len; i++)
    if (is_certificate (place, g_ptr_array_index (found, i), fingerprint))
      place->state = NJ_TRUST_STATE_PRESENT;
}

static gboolean
need_certutil (GError **error)
{
  g_autofree char *path = g_find_program_in_path ("certutil");

  if (path != NULL)
    return TRUE;

  g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_NO_CERTUTIL,
               "certutil is not installed; on Debian and Ubuntu it is in the package libnss3-tools");
  return FALSE;
}

/**
 * nj_trust_store_look:
 * @places: (element-type NjTrustPlace): where to look; their states are set
 * @fingerprint: of the certificate, in hexadecimal digits
 * @error: %NJ_TRUST_STORE_ERROR_NO_CERTUTIL
 *
 * Returns: whether it could look
 */
gboolean
nj_trust_store_look (GPtrArray *places, const char *fingerprint, GError **error)
{
  if (!need_certutil (error))
    return FALSE;

  for (guint i = 0; i < places->len; i++)
    look_at (g_ptr_array_index (places, i), fingerprint);
  return TRUE;
}

static gboolean
install_at (NjTrustPlace *place, const char *pem, const char *fingerprint)
{
  g_autofree char *nickname = nickname_of (fingerprint);

  look_at (place, fingerprint);
  if (place->state == NJ_TRUST_STATE_PRESENT)
    return TRUE;
  if (!has_database (place) &&
      (g_mkdir_with_parents (place->folder, 0700) != 0 || !run (place, NULL, NULL, "-N", "--empty-password", NULL)))
    return FALSE;
  /* C: signs for servers, and for nothing else. */
  if (!run (place, pem, NULL, "-A", "-a", "-t", "C,,", "-n", nickname, NULL))
    return FALSE;

  look_at (place, fingerprint);
  return place->state == NJ_TRUST_STATE_PRESENT;
}

/* From the last to the first, so that the places' states end as the first one's. */
static const char *
last_certificate (const char *pem, const char *before)
{
  return before == pem ? NULL : g_strrstr_len (pem, before != NULL ? before - pem : -1, PEM_BEGIN);
}

static gboolean
say_failed (gboolean is_done, GError **error)
{
  if (!is_done)
    g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_FAILED, "not every browser's database could be changed");
  return is_done;
}

/**
 * nj_trust_store_install:
 * @places: (element-type NjTrustPlace): where to; their states are set
 * @pem: the certificate, or several behind each other
 * @error: why not, or that some place failed
 *
 * A running Firefox trusts it after its next start, Chromium at once or after its next start.
 *
 * Returns: whether it is at every place now
 */
gboolean
nj_trust_store_install (GPtrArray *places, const char *pem, GError **error)
{
  gboolean is_done = TRUE;

  if (strstr (pem, PEM_BEGIN) == NULL || strstr (pem, PEM_END) == NULL)
    {
      g_set_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_NO_CERTIFICATE, "this is no certificate");
      return FALSE;
    }
  if (!need_certutil (error))
    return FALSE;

  /* certutil takes the first of what it is given, the fingerprint is the first one's. */
  for (const char *at = last_certificate (pem, NULL); at != NULL; at = last_certificate (pem, at))
    {
      g_autofree char *fingerprint = nj_trust_store_fingerprint (at);

      for (guint i = 0; fingerprint != NULL && i < places->len; i++)
        is_done &= install_at (g_ptr_array_index (places, i), at, fingerprint);
    }
  return say_failed (is_done, error);
}

static gboolean
remove_at (NjTrustPlace *place, const char *fingerprint)
{
  g_autoptr (GPtrArray) found = NULL;
  gboolean is_done = TRUE;

  place->state = NJ_TRUST_STATE_ABSENT;
  if (!has_database (place))
    return TRUE;

  found = nicknames (place);
  if (found == NULL)
    {
      place->state = NJ_TRUST_STATE_UNKNOWN;
      return FALSE;
    }
  for (guint i = 0; i < found->len; i++)
    if (*fingerprint == '\0' || is_certificate (place, g_ptr_array_index (found, i), fingerprint))
      is_done &= run (place, NULL, NULL, "-D", "-n", g_ptr_array_index (found, i), NULL);
  if (!is_done)
    place->state = NJ_TRUST_STATE_PRESENT;
  return is_done;
}

/**
 * nj_trust_store_remove:
 * @places: (element-type NjTrustPlace): where from; their states are set
 * @fingerprint: of the certificate, in hexadecimal digits; "" for all that Nightjar ever installed
 * @error: why not, or that some place failed
 *
 * Returns: whether it is nowhere any more
 */
gboolean
nj_trust_store_remove (GPtrArray *places, const char *fingerprint, GError **error)
{
  gboolean is_done = TRUE;

  if (!need_certutil (error))
    return FALSE;

  for (guint i = 0; i < places->len; i++)
    is_done &= remove_at (g_ptr_array_index (places, i), fingerprint);
  return say_failed (is_done, error);
}
