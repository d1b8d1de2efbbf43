/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as people read them: counts, bytes, milliseconds, times. Pure; tray and window call it. Main thread.
 */
#include "ui/amount.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * nj_amount_count:
 * @count: a number
 *
 * Groups of three digits, parted by a narrow space, which every language understands. Main thread. Source: ISO 80000-1 §7.3.1.
 *
 * Returns: (transfer full): "1 243"
 */
char *
nj_amount_count (guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  gsize            length = strlen (digits);
  GString         *text = g_string_sized_new (length + 12);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (text, "\u202f");
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

/**
 * nj_amount_bytes:
 * @bytes: a size
 *
 * Main thread.
 *
 * Returns: (transfer full): "214.3 MB"
 */
char *
nj_amount_bytes (guint64 bytes)
{
  return g_format_size (bytes);
}

/**
 * nj_amount_link:
 * @latency_ms: milliseconds, 0 unknown
 * @loss: percent of connections that failed
 *
 * Main thread.
 *
 * Returns: (transfer full): "38 ms", and "38 ms, 12 % lost" where some are
 */
char *
nj_amount_link (guint latency_ms, guint loss)
{
  g_autofree char *latency = nj_amount_latency (latency_ms);

  if (loss == 0)
    return g_steal_pointer (&latency);
  /* Translators: latency of the way to an exit, and how many of a hundred connections to it failed. */
  return g_strdup_printf (_ ("%s, %u %% lost"), latency, loss);
}

/**
 * nj_amount_latency:
 * @latency_ms: milliseconds, 0 unknown
 *
 * Main thread.
 *
 * Returns: (transfer full): "38 ms", or words for not measured yet
 */
char *
nj_amount_latency (guint latency_ms)
{
  if (latency_ms == 0)
    return g_strdup (_ ("not measured"));

  return g_strdup_printf (_ ("%u ms"), latency_ms);
}

/**
 * nj_amount_clock:
 * @time_s: seconds since 1970
 *
 * Main thread.
 *
 * Returns: (transfer full): "14:35", with the date when it is not today's
 */
char *
nj_amount_clock (gint64 time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_s);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (time == NULL)
    return g_strdup ("");
  if (g_date_time_get_day_of_year (time) == g_date_time_get_day_of_year (now)
      && g_date_time_get_year (time) == g_date_time_get_year (now))
    return g_date_time_format (time, "%H:%M");

  return g_date_time_format (time, "%x %H:%M");
}

/**
 * nj_amount_left:
 * @until_s: seconds since 1970
 * @now_s: seconds since 1970
 *
 * Main thread.
 *
 * Returns: (transfer full): "4:32" or "1:04:32"; "0:00" when it is over
 */
char *
nj_amount_left (gint64 until_s, gint64 now_s)
{
  gint64 left = MAX (until_s - now_s, 0);

  if (left >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ":%02d:%02d", left / 3600, (int) (left / 60 % 60), (int) (left % 60));

  return g_strdup_printf ("%d:%02d", (int) (left / 60), (int) (left % 60));
}

/**
 * nj_amount_ago:
 * @time_s: seconds since 1970, 0 never
 * @now_s: seconds since 1970
 *
 * Main thread.
 *
 * Returns: (transfer full): how long ago, in the largest unit that fits
 */
char *
nj_amount_ago (gint64 time_s, gint64 now_s)
{
  gint64 age = MAX (now_s - time_s, 0);

  if (time_s <= 0)
    return g_strdup (_ ("never"));
  if (age < 60)
    return g_strdup (_ ("just now"));
  if (age < 3600)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", age / 60), (int) (age / 60));
  if (age < 86400)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", age / 3600), (int) (age / 3600));

  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", age / 86400), (int) (age / 86400));
}
