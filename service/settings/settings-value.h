/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How one setting is written. */
typedef enum
{
  NJ_SETTINGS_VALUE_NUMBER,  /* gint64 */
  NJ_SETTINGS_VALUE_SECONDS, /* gint64, µs; in the file seconds, with a fraction if wanted */
  NJ_SETTINGS_VALUE_CHOICE,  /* gint64, index into names */
  NJ_SETTINGS_VALUE_TEXT,    /* char *, owned, never NULL */
  NJ_SETTINGS_VALUE_TEXTS    /* char **, owned, never NULL */
} NjSettingsValueKind;

/* One setting: where it stands in the file, what it may be, where it lies in memory. */
typedef struct
{
  const char         *group;
  const char         *key;
  NjSettingsValueKind kind;
  gsize               offset;   /* in NjSettings */
  gint64              least;    /* in the unit of memory */
  gint64              most;
  gint64              standard; /* of numbers, seconds and choices */
  gint64              safe;     /* of choices: what stands in for a value that is refused; the standard one unless larger */
  const char *const  *names;    /* (nullable) of choices, NULL at the end */
  const char         *text;     /* (nullable) what a text is when nothing is written */
  gboolean (*is_good) (const char *text); /* (nullable) of texts */
  const char         *wanted;   /* what a good value is, in words; for numbers made from the range */
} NjSettingsRow;

const NjSettingsRow *nj_settings_value_rows (guint *ret_n);
const NjSettingsRow *nj_settings_value_find (const char *group, const char *key);
void     nj_settings_value_make_safe (const NjSettingsRow *row, gpointer settings);
gboolean nj_settings_value_parse    (const NjSettingsRow *row, const char *raw, gpointer settings, char **ret_problem);
char    *nj_settings_value_print    (const NjSettingsRow *row, gconstpointer settings) G_GNUC_WARN_UNUSED_RESULT;
void     nj_settings_value_standard (const NjSettingsRow *row, gpointer settings);
void     nj_settings_value_clear    (const NjSettingsRow *row, gpointer settings);

G_END_DECLS
