/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

/* A blocked request older than this is no longer what the user wonders about. */
#define NJ_TRAY_MENU_LAST_BLOCKED_S 60

typedef enum
{
  NJ_TRAY_LINE_PLAIN,
  NJ_TRAY_LINE_CHECK,
  NJ_TRAY_LINE_RADIO,
  NJ_TRAY_LINE_SEPARATOR,
} NjTrayLineKind;

typedef struct
{
  char          *key;   /* the same thing has the same key in every menu */
  char          *label; /* plain text, no mnemonic; NULL for a separator */
  NjTrayLineKind kind;
  gboolean       is_enabled;
  gboolean       is_visible;
  gboolean       is_active; /* of a check or radio line */
  const char    *action;    /* (nullable) static: an action of the application */
  GVariant      *target;    /* (nullable) owned */
  GPtrArray     *children;  /* (nullable) (element-type NjTrayLine) owned */
} NjTrayLine;

/* What the menu tells besides the service's status. */
typedef struct
{
  gint64      now_s;
  guint64     blocked;
  guint64     bytes;
  const char *blocked_host;   /* (nullable) borrowed */
  const char *blocked_client; /* (nullable) borrowed */
  gint64      blocked_at_s;
  gboolean    is_loading;
} NjTrayMoment;

NjTrayLine *nj_tray_menu_build (const NjStatus *status, const NjTrayMoment *moment);
NjTrayLine *nj_tray_menu_find (NjTrayLine *line, const char *key);
void        nj_tray_menu_free (NjTrayLine *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjTrayLine, nj_tray_menu_free)
