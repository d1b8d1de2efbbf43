/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What speaks against looking into a connection: the built-in list, and what was learnt about a place by
 * one kind of client or by all.
 */
#include "proxy/inspection-memory.h"
#include "proxy/inspection-wishes.h"
#include "proxy/never-inspected.h"

static gboolean
is_never (const char *host)
{
  return nj_never_inspected_has (nj_bytes_from_string (host));
}

static void
test_never (void)
{
  g_assert_cmpuint (nj_never_inspected_count (), >=, 400);

  g_assert_true (is_never ("paypal.com"));
  g_assert_true (is_never ("www.paypal.com"));
  g_assert_true (is_never ("paypal.de"));
  g_assert_true (is_never ("paypal.co.uk"));
  g_assert_true (is_never ("anything.gov"));
  g_assert_true (is_never ("tax.service.gov.uk"));
  g_assert_true (is_never ("my.bank"));
  g_assert_true (is_never ("www.sparkasse.de"));
  g_assert_true (is_never ("chat.signal.org"));
  g_assert_true (is_never ("update.googleapis.com"));
  g_assert_true (is_never ("accounts.google.com"));
}

static void
test_not_never (void)
{
  g_assert_false (is_never ("example.com"));
  g_assert_false (is_never ("www.google.com"));
  g_assert_false (is_never ("notpaypal.com"));
  g_assert_false (is_never ("paypal.com.evil.example"));
  g_assert_false (is_never ("paypal.evil.example"));
  g_assert_false (is_never ("gov.example"));
  g_assert_false (is_never ("localhost"));
  g_assert_false (is_never ("127.0.0.1"));
  g_assert_false (is_never ("[::1]"));
  g_assert_false (is_never (""));
  g_assert_false (is_never ("..."));
}

typedef struct
{
  NjInspectionMemory *memory;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->memory = nj_inspection_memory_new ();
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_inspection_memory_free (f->memory);
}

static void
test_of_one_client (Fixture *f, gconstpointer unused)
{
  NjBytes place = NJ_BYTES ("pinned.example");

  nj_inspection_memory_note (f->memory, place, 7, NJ_INSPECTION_REFUSED, 1000);
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, place, 7), ==, NJ_INSPECTION_REFUSED);
  /* What one program refuses says nothing about another. */
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, place, 8), ==, NJ_INSPECTION_LOOK);
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, place, 0), ==, NJ_INSPECTION_LOOK);
  g_assert_true (nj_inspection_memory_has (f->memory, place));
  g_assert_false (nj_inspection_memory_has (f->memory, NJ_BYTES ("other.example")));
}

static void
test_of_all (Fixture *f, gconstpointer unused)
{
  NjBytes place = NJ_BYTES ("login.example:8443");

  nj_inspection_memory_note (f->memory, place, 0, NJ_INSPECTION_CLIENT_CERTIFICATE, 1000);
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, place, 0), ==, NJ_INSPECTION_CLIENT_CERTIFICATE);
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, place, 9), ==, NJ_INSPECTION_CLIENT_CERTIFICATE);
  g_assert_cmpint (nj_inspection_memory_ask (f->memory, NJ_BYTES ("login.example"), 0), ==, NJ_INSPECTION_LOOK);
}

static void
test_forget (Fixture *f, gconstpointer unused)
{
  NjBytes place = NJ_BYTES ("a.example");
  guint   serial;

  for (guint32 client = 1; client < 5; client++)
    nj_inspection_memory_note (f->memory, place, client, NJ_INSPECTION_REFUSED, 1000);
  nj_inspection_memory_note (f->memory, NJ_BYTES ("b.example"), 1, NJ_INSPECTION_REFUSED, 1000);
  serial = nj_inspection_memory_serial (f->memory);

  g_assert_true (nj_inspection_memory_forget (f->memory, place));
  g_assert_false (nj_inspection_memory_forget (f->memory, place));
  g_assert_cmpuint (nj_inspection_memory_serial (f->memory), !=, serial);
  g_assert_false (nj_inspection_memory_has (f->memory, place));
  g_assert_true (nj_inspection_memory_has (f->memory, NJ_BYTES ("b.example")));
  g_assert_true (nj_inspection_memory_forget (f->memory, NJ_BYTES_NONE));
  g_assert_false (nj_inspection_memory_has (f->memory, NJ_BYTES ("b.example")));
}

static void
test_is_bounded (Fixture *f, gconstpointer unused)
{
  g_autoptr (GPtrArray) notes = NULL;

  for (guint i = 0; i < NJ_INSPECTION_NOTES_MAX + 10; i++)
    {
      g_autofree char *place = g_strdup_printf ("host%u.example", i);

      nj_inspection_memory_note (f->memory, nj_bytes_from_string (place), 1, NJ_INSPECTION_NOT_HTTP, i);
    }
  notes = nj_inspection_memory_list (f->memory);
  g_assert_cmpuint (notes->len, ==, NJ_INSPECTION_NOTES_MAX);
  g_assert_cmpstr (((NjInspectionNote *) g_ptr_array_index (notes, 0))->place, ==, "host10.example");
}

/* Leaving is a refusal when it was done twice and never otherwise. */
static void
test_leaving (Fixture *f, gconstpointer unused)
{
  NjBytes place = NJ_BYTES ("pinned.example");
  NjBytes busy = NJ_BYTES ("busy.example");

  g_assert_false (nj_inspection_memory_doubt (f->memory, place, 1));
  g_assert_true (nj_inspection_memory_doubt (f->memory, place, 1));

  nj_inspection_memory_trust (f->memory, busy, 1);
  for (guint i = 0; i < 10; i++)
    g_assert_false (nj_inspection_memory_doubt (f->memory, busy, 1));
}

static void
test_names (void)
{
  NjInspection reason;

  for (guint i = NJ_INSPECTION_REFUSED; i < NJ_N_INSPECTION; i++)
    {
      g_assert_true (nj_inspection_reason_parse (nj_inspection_reason_name ((NjInspection) i), &reason));
      g_assert_cmpint (reason, ==, i);
    }
  g_assert_false (nj_inspection_reason_parse ("off", &reason));
  for (guint i = 0; i < NJ_N_INSPECTION; i++)
    g_assert_nonnull (nj_inspection_reason_text ((NjInspection) i));
}

static void
test_wishes (void)
{
  const char *const always[] = { "good.example", "deep.bad.example", NULL };
  const char *const never[] = { "bad.example", "good.example", NULL };
  const char *const program[] = { "mailer", NULL };
  NjInspectionWishes *wishes = nj_inspection_wishes_new (
      &(NjInspectionWishesConfig){ .sites_always = always, .sites_never = never, .programs_never = program });

  /* The nearer name wins, of two that are the same the careful one. */
  g_assert_cmpint (nj_inspection_wishes_of_site (wishes, NJ_BYTES ("a.bad.example")), ==, NJ_WISH_NEVER);
  g_assert_cmpint (nj_inspection_wishes_of_site (wishes, NJ_BYTES ("a.deep.bad.example")), ==, NJ_WISH_ALWAYS);
  g_assert_cmpint (nj_inspection_wishes_of_site (wishes, NJ_BYTES ("good.example")), ==, NJ_WISH_NEVER);
  g_assert_cmpint (nj_inspection_wishes_of_site (wishes, NJ_BYTES ("notbad.example")), ==, NJ_WISH_NONE);
  g_assert_cmpint (nj_inspection_wishes_of_site (wishes, NJ_BYTES ("example")), ==, NJ_WISH_NONE);
  g_assert_cmpint (nj_inspection_wishes_of_program (wishes, "mailer"), ==, NJ_WISH_NEVER);
  g_assert_cmpint (nj_inspection_wishes_of_program (wishes, "other"), ==, NJ_WISH_NONE);
  g_assert_cmpint (nj_inspection_wishes_of_program (wishes, ""), ==, NJ_WISH_NONE);
  g_assert_false (nj_inspection_wishes_is_for_all (wishes));
  nj_inspection_wishes_unref (wishes);

  /* Who said nothing wants browsers only. */
  g_assert_false (nj_inspection_wishes_is_for_all (NULL));
  g_assert_true (nj_inspection_wishes_wants_program (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  g_test_add_func ("/proxy/never-inspected/has", test_never);
  g_test_add_func ("/proxy/never-inspected/has-not", test_not_never);
  ADD ("/proxy/inspection-memory/of-one-client", test_of_one_client);
  ADD ("/proxy/inspection-memory/of-all", test_of_all);
  ADD ("/proxy/inspection-memory/forget", test_forget);
  ADD ("/proxy/inspection-memory/is-bounded", test_is_bounded);
  ADD ("/proxy/inspection-memory/leaving", test_leaving);
  g_test_add_func ("/proxy/inspection-memory/names", test_names);
  g_test_add_func ("/proxy/inspection/wishes", test_wishes);
  return g_test_run ();
}
