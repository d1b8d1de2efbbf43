/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/exit.h"

G_BEGIN_DECLS

/* Sites that have a way of their own; never changes once made. */
typedef struct NjSiteRoutes NjSiteRoutes;

/* Programs that have one; never changes once made. */
typedef struct NjProgramRoutes NjProgramRoutes;

/* How much the choice weighs. What is not said is the middle one. */
typedef enum
{
  NJ_EXIT_LEVEL_CLOSED,  /* while an exit is chosen nothing leaves but through it */
  NJ_EXIT_LEVEL_OPEN,    /* an exit that is down lets go directly */
  NJ_EXIT_LEVEL_LOCKDOWN /* nothing ever leaves but through an exit */
} NjExitLevel;

/* What the user chose; part of a policy. */
typedef struct
{
  gboolean  is_direct; /* no exit wanted */
  NjExit   *exit;      /* (nullable) counted; with is_direct FALSE and no exit, nothing may leave */
  GPtrArray *others;   /* (nullable) (element-type NjExit) counted: what may stand in for exit while it is down, best first */
  NjExitLevel level;
  NjProgramRoutes *programs; /* (nullable) counted: what these ask for goes their way; only looked at by who knows the program */
  NjSiteRoutes *sites; /* (nullable) counted: for these it is not the above that counts */
} NjExitChoice;

/* Copies hold their own references; a choice that was zeroed may be cleared. */
void nj_route_choice_copy  (const NjExitChoice *choice, NjExitChoice *ret_choice);
void nj_route_choice_clear (NjExitChoice *choice);

/* Where one connection goes. Only route.c can say direct. */
typedef enum
{
  NJ_ROUTE_REFUSED,
  NJ_ROUTE_DIRECT,
  NJ_ROUTE_EXIT
} NjRouteKind;

typedef struct
{
  NjRouteKind kind;
  NjExit     *exit;   /* borrowed from the policy; only for NJ_ROUTE_EXIT */
  const char *reason; /* static text, only for NJ_ROUTE_REFUSED */
  const GPtrArray *others; /* (nullable) borrowed from the policy; only for NJ_ROUTE_EXIT */
  gboolean    is_open; /* only for NJ_ROUTE_EXIT: the user chose that an exit that is down is passed by */
} NjRoute;

void     nj_route_choose (const NjExitChoice *choice, NjBytes host, NjRoute *ret_route);
/* program: (nullable) the way of the program that asks; is_program_known: whether anybody could tell which one that is */
void     nj_route_choose_for_program (const NjExitChoice *choice, const NjExitChoice *program, gboolean is_program_known, NjBytes host,
                                      NjRoute *ret_route);
/* Where to instead, once the exit was found down: FALSE when nowhere. */
gboolean nj_route_pass_by (const NjRoute *route, NjRoute *ret_route);
gboolean nj_route_equal  (const NjRoute *a, const NjRoute *b);

G_END_DECLS
