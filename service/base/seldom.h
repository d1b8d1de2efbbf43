/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is called seldom, or once in a connection: the compiler lays it, and whatever only leads to it, aside of what
 * every request runs through, whose code then fits into fewer lines of the cache. */
#define NJ_SELDOM __attribute__ ((cold, noinline))
