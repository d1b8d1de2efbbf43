/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/support/test-certificate.h"

/* How a fake exit behaves; changed at any time, it holds for the next connection. */
typedef enum
{
  FAKE_EXIT_SERVES,   /* echoes, or connects when the target is 127.0.0.1 */
  FAKE_EXIT_REFUSES,  /* 502; SOCKS: connection refused */
  FAKE_EXIT_DENIES,   /* wants other credentials: 407; SOCKS: no acceptable method */
  FAKE_EXIT_CLOSES,   /* says nothing and closes */
  FAKE_EXIT_RESETS,   /* says nothing and resets */
  FAKE_EXIT_STALLS,   /* takes the connection and says nothing */
  FAKE_EXIT_PONDERS,  /* greets, takes the request and says nothing */
  FAKE_EXIT_BABBLES,  /* answers with something else */
  FAKE_EXIT_FLOODS,   /* an answer without an end */
  FAKE_EXIT_DRIBBLES, /* serves, one byte at a time */
  FAKE_EXIT_EAGER,    /* serves, and the target's first bytes come with the answer: "eager" */
  FAKE_EXIT_CUTS      /* half an answer, then closes */
} FakeExitMood;

/* An exit on loopback, in threads of its own with blocking calls: none of the code under test. */
typedef struct FakeExit FakeExit;

/* kind: "http", "https", "socks5", "socks5s", "socks4a", "tor"; certificate is borrowed, for the TLS kinds */
FakeExit *fake_exit_new             (const char *kind, const TestCertificate *certificate);
void      fake_exit_free            (FakeExit *exit);
void      fake_exit_set_mood        (FakeExit *exit, FakeExitMood mood);
void      fake_exit_set_credentials (FakeExit *exit, const char *user, const char *password);
guint16   fake_exit_port            (const FakeExit *exit);
char     *fake_exit_uri             (const FakeExit *exit, const char *credentials, gboolean is_pinned);
char     *fake_exit_target          (FakeExit *exit); /* what was last asked for: "host:port", "" for nothing */
char     *fake_exit_last_user       (FakeExit *exit);
guint     fake_exit_connections     (FakeExit *exit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeExit, fake_exit_free)
