/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "nightjar-dbus.h"

#include <gio/gio.h>

/* A profile, a bus and the built service on it. */
typedef struct
{
  char            *profile;    /* owned: a new folder */
  GTestDBus       *bus;        /* owned */
  GDBusConnection *connection; /* owned: our own, so that the bus can go */
  GSubprocess     *service;    /* (nullable) owned */
  NjDBusNightjar1 *proxy;      /* (nullable) owned */
  char            *name;       /* owned: the bus name of the profile */
  char            *address;    /* (nullable) owned: HOST:PORT of the service */
} BusFixture;

void bus_fixture_init    (int *argc, char ***argv);
int  bus_fixture_run     (void);
void bus_fixture_set_up  (BusFixture *f, gconstpointer options);
void bus_fixture_tear_down (BusFixture *f, gconstpointer options);

void bus_fixture_start (BusFixture *f, const char *more);
void bus_fixture_kill  (BusFixture *f);
int  bus_fixture_end   (BusFixture *f);
void bus_fixture_write (BusFixture *f, const char *name, const char *text);
char *bus_fixture_path (BusFixture *f, const char *name);
int  bus_fixture_ctl   (BusFixture *f, char **ret_out, const char *first, ...) G_GNUC_NULL_TERMINATED;
void bus_fixture_visit (BusFixture *f, const char *target);
void bus_fixture_await_state (BusFixture *f, const char *state);
void bus_fixture_assert_error (GError *error, const char *name);
GDBusInterface *bus_fixture_interface (BusFixture *f, const char *path, const char *interface);

#define BUS_CASE(name, function) g_test_add (name, BusFixture, NULL, bus_fixture_set_up, function, bus_fixture_tear_down)
