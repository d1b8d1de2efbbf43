/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A certificate made for one test; its files go with it. */
typedef struct
{
  char  *folder;           /* owned */
  char  *certificate_path; /* owned */
  char  *key_path;         /* owned */
  guint8 fingerprint[32];
} TestCertificate;

/* names as in subjectAltName: "DNS:exit.test,IP:127.0.0.1"; days below 0 is one that has expired */
TestCertificate *test_certificate_new  (const char *names, int days);
void             test_certificate_free (TestCertificate *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestCertificate, test_certificate_free)
