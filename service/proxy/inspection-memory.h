/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

/* What keeps a connection from being looked into, or NJ_INSPECTION_LOOK when nothing does. */
typedef enum
{
  NJ_INSPECTION_LOOK,
  NJ_INSPECTION_OFF,                /* not switched on */
  NJ_INSPECTION_NEVER,              /* on the built-in list */
  NJ_INSPECTION_PORT,               /* a port of mail, names and the like */
  NJ_INSPECTION_NAME,               /* the client asks for another host than it named to us */
  NJ_INSPECTION_PROTOCOL,           /* the client speaks nothing that we do */
  NJ_INSPECTION_NO_CERTIFICATE,     /* we could make none */
  NJ_INSPECTION_SITE,               /* the user said so of the site */
  NJ_INSPECTION_PROGRAM,            /* the user said so of the program */
  NJ_INSPECTION_NO_BROWSER,         /* another program, and only browsers are looked into */
  NJ_INSPECTION_UNKNOWN_PROGRAM,    /* nobody knows which one, and only browsers are looked into */
  /* From here on: learnt, and remembered. */
  NJ_INSPECTION_REFUSED,            /* the client did not take our certificate: it knows another, or knows no authority of ours */
  NJ_INSPECTION_CLIENT_CERTIFICATE, /* the site wants to know the client by a certificate */
  NJ_INSPECTION_NOT_TLS,            /* it speaks something else on that port */
  NJ_INSPECTION_NOT_HTTP,           /* inside of TLS it speaks something else */
  NJ_INSPECTION_BAD_SITE,           /* the site could not be verified, and the user wants a tunnel to it */
  NJ_N_INSPECTION
} NjInspection;

/* A place and those who were heard of it; what one line of the list shows. */
typedef struct
{
  char        *place;  /* owned: host, or host:port when that is not 443 */
  guint32      client; /* which kind of TLS client refused, 0: holds for all */
  NjInspection reason;
  gint64       when;   /* seconds since 1970 */
} NjInspectionNote;

/* What was learnt about hosts. Any thread; one lock, held for a look-up and only for new connections. */
typedef struct NjInspectionMemory NjInspectionMemory;

#define NJ_INSPECTION_NOTES_MAX 1024
#define NJ_INSPECTION_PLACE_MAX 264

NjInspectionMemory *nj_inspection_memory_new    (void);
void                nj_inspection_memory_free   (NjInspectionMemory *memory);
void                nj_inspection_memory_note   (NjInspectionMemory *memory, NjBytes place, guint32 client, NjInspection reason, gint64 when);
NjInspection        nj_inspection_memory_ask    (NjInspectionMemory *memory, NjBytes place, guint32 client);
gboolean            nj_inspection_memory_has    (NjInspectionMemory *memory, NjBytes place); /* by any client */
void                nj_inspection_memory_trust  (NjInspectionMemory *memory, NjBytes place, guint32 client); /* it took our certificate */
gboolean            nj_inspection_memory_doubt  (NjInspectionMemory *memory, NjBytes place, guint32 client); /* it left; whether that is a refusal */
gboolean            nj_inspection_memory_forget (NjInspectionMemory *memory, NjBytes place); /* NJ_BYTES_NONE: all */
GPtrArray          *nj_inspection_memory_list   (NjInspectionMemory *memory); /* (transfer full) of NjInspectionNote, oldest first */
guint               nj_inspection_memory_serial (NjInspectionMemory *memory); /* another whenever something changed */

void        nj_inspection_note_free   (NjInspectionNote *note);
const char *nj_inspection_reason_text (NjInspection reason);
const char *nj_inspection_reason_name (NjInspection reason);
gboolean    nj_inspection_reason_parse (const char *name, NjInspection *ret_reason);

G_END_DECLS
