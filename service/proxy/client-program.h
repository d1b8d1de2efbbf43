/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/browser.h"
#include "proxy/session.h"

G_BEGIN_DECLS

/* Who is at the other end of a client's connection. */
typedef struct
{
  guint     process; /* 0 unknown */
  char     name[NJ_BROWSER_NAME_MAX]; /* of its executable, "" unknown */
  gboolean is_browser;
} NjClientProgram;

void nj_client_program_find (NjSession *session, gint64 deadline, NjClientProgram *ret_program);
void nj_client_program_end  (void);

G_END_DECLS
