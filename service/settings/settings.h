/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_SETTINGS_ERROR (nj_settings_error_quark ())

typedef enum
{
  NJ_SETTINGS_ERROR_UNREADABLE, /* the file cannot be read or is no key file; it is left as it is */
  NJ_SETTINGS_ERROR_BAD_VALUE   /* a value that is not what the setting wants */
} NjSettingsError;

/* What the user last said about the one switch. */
typedef enum
{
  NJ_SWITCH_UNDECIDED, /* nothing yet: the port filters, the desktop is left alone */
  NJ_SWITCH_OFF,
  NJ_SWITCH_ON
} NjSwitch;

/* Which way out the user chose. */
typedef enum
{
  NJ_EXIT_MODE_DIRECT,
  NJ_EXIT_MODE_EXIT,    /* this one and no other */
  NJ_EXIT_MODE_COUNTRY, /* any in this country */
  NJ_EXIT_MODE_FASTEST, /* any */
  NJ_EXIT_MODE_GROUP    /* any of a list of the user's own */
} NjExitMode;

/* All settings, typed. Numbers are gint64 so that one table describes them. */
typedef struct
{
  gint64 protection; /* NjSwitch */
  char  *listen;     /* owned: HOST:PORT, "" for the standard one */
  gint64 workers;
  gint64 owner_only; /* boolean */

  gint64 exit_mode; /* NjExitMode */
  char  *exit_id;   /* owned */
  char  *exit_country;
  gint64 exit_level;  /* NjExitLevel */
  gint64 exit_update;   /* boolean: fetch lists of exits when they are due */
  gint64 exit_interval; /* µs between two fetches of one */
  char  *exit_group;  /* owned: the name of a list of the user's own */
  gint64 exit_abroad; /* boolean: with all exits of the country down, one in another may stand in */
  char  *exit_trace;    /* owned: a page that tells its visitor's address, "" for none */
  char  *exit_database; /* owned: a file of countries, "" for the usual places */

  char **lists_on;    /* owned: ids the user switched on */
  char **lists_off;   /* owned: ids the user switched off */
  char **lists_added; /* owned: paths and addresses */
  char **lists_trusted;   /* owned: ids the user trusts */
  char **lists_untrusted; /* owned: ids the user does not trust */
  gint64 lists_update;    /* boolean: fetch lists when they are due */
  gint64 lists_patience;  /* µs after the start before the first */
  gint64 lists_timeout;   /* µs that one may take */

  gint64 inspection; /* boolean: look into HTTPS */
  gint64 inspect_all; /* boolean: of all programs, not only of browsers */
  char **inspect_sites_always; /* owned, as all of these: hosts, each with what is below it */
  char **inspect_sites_never;
  char **inspect_programs_always; /* names of executables */
  char **inspect_programs_never;

  gint64 dns_mode;       /* NjDnsMode */
  char  *dns_server;     /* owned: host[:port], or an https URL */
  char **dns_bootstrap;  /* owned: its addresses */
  gint64 dns_fallback;   /* boolean: the system's resolver where the server cannot be had */

  gint64 privacy; /* 0 off, 1 standard, 2 strict */
  char **privacy_off_for;      /* owned: sites, as settings-privacy.h has them */
  char **privacy_standard_for; /* owned */
  char **privacy_strict_for;   /* owned */
  gint64 privacy_https_first;  /* NjHttpsFirst */
  gint64 privacy_agent;        /* boolean: a common User-Agent */
  gint64 exit_languages;       /* boolean: Accept-Language as in the exit's country */

  gint64 head_bytes;
  gint64 target_bytes;
  gint64 fields;
  gint64 clients;

  gint64 client_idle; /* this and all below in µs */
  gint64 client_head;
  gint64 connect;
  gint64 origin_answer;
  gint64 transfer;
  gint64 tunnel_idle;
  gint64 upstream_idle;

  GHashTable *programs; /* (element-type utf8 utf8) owned: programs and their ways, in the same way */
  GHashTable *routes; /* (element-type utf8 utf8) owned: sites and their ways, as settings-routes.h has them */

  /* Below: settings.c's own. */
  char     *path;   /* owned */
  GKeyFile *file;   /* owned: as it was read, with everything that is not ours */
  gboolean  is_bad; /* some value was refused, so the copy of the last good ones stays */
} NjSettings;

GQuark nj_settings_error_quark (void);

NjSettings *nj_settings_new          (void);
NjSettings *nj_settings_load         (const char *path, GPtrArray *complaints, GError **error);
gboolean    nj_settings_save         (NjSettings *settings, GError **error);
void        nj_settings_free         (NjSettings *settings);
gboolean    nj_settings_parse_listen (const char *text, char **ret_host, guint16 *ret_port, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSettings, nj_settings_free)

G_END_DECLS
