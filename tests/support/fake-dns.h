/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/support/test-certificate.h"

/* How a fake name server behaves; changed at any time, it holds for the next question. */
typedef enum
{
  FAKE_DNS_SERVES,
  FAKE_DNS_TURNS,    /* answers two questions at a time, the later one first */
  FAKE_DNS_STALLS,   /* takes questions and says nothing */
  FAKE_DNS_CLOSES,   /* closes instead of answering */
  FAKE_DNS_BABBLES,  /* answers with something else */
  FAKE_DNS_FAILS,    /* SERVFAIL; DoH: 500 */
  FAKE_DNS_PORTAL,   /* DoH: 200 with a page */
  FAKE_DNS_PARTS     /* closes each connection after one answer */
} FakeDnsMood;

/* A name server on loopback that speaks TLS, in threads of its own with blocking calls: none of the code under
 * test. Names: a.test 192.0.2.1 for 30 s, both.test that and 2001:db8::1, alias.test by cdn.test and edge.test to
 * 192.0.2.7, none.test is not there (SOA 60 s), zero.test 0.0.0.0, n<number>.test 192.0.2.<number>. */
typedef struct FakeDns FakeDns;

FakeDns *fake_dns_new         (gboolean is_https, const TestCertificate *certificate);
void     fake_dns_free        (FakeDns *dns);
void     fake_dns_set_mood    (FakeDns *dns, FakeDnsMood mood);
guint16  fake_dns_port        (const FakeDns *dns);
guint    fake_dns_questions   (FakeDns *dns);
guint    fake_dns_connections (FakeDns *dns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeDns, fake_dns_free)
