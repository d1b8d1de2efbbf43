/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random rules and random requests: the engine and the naive matcher must agree on every one. The words are
 * few, so that most rules meet some URL. A failure prints the rules and the request.
 */
#include "filter/compiler.h"
#include "naive-matcher.h"

static const char *const hosts[] = { "adser.zone",    "x.adser.zone", "a.b.adser.zone", "site.example", "www.site.example",
                                     "site.co.uk",    "b.site.co.uk", "a.github.io",    "b.github.io",  "1.2.3.4",
                                     "notadser.zone", "adser.zone.evil.example" };
static const char *const words[] = { "bannerad", "tracker", "pix", "beacon9", "zz", "sponsored", "pixel", "ad%20s", "q1w2e3r4", "adser" };
static const char *const joints[] = { "/", ".", "-", "_", "?", "=", "&", "^", "*" };
static const char *const types[] = { "script", "image", "subdocument", "xhr", "document", "other", "font" };
static const char *const names[] = { "site.example", "www.site.example", "site.*", "co.uk", "site.co.uk", "b.site.*", "a.github.io",
                                     "github.io", "adser.zone", "1.2.3.4" };

#define PICK(rand, array) array[g_rand_int_range (rand, 0, G_N_ELEMENTS (array))]

static gboolean
chance (GRand *rand, guint percent)
{
  return g_rand_int_range (rand, 0, 100) < (gint) percent;
}

static void
append_words (GRand *rand, GString *out, guint n_joints)
{
  guint n = g_rand_int_range (rand, 1, 4);

  for (guint i = 0; i < n; i++)
    {
      const char *word = PICK (rand, words);
      gsize       cut = chance (rand, 15) ? 1 : 0;

      g_string_append_len (out, word + cut, strlen (word) - cut - (chance (rand, 10) ? 1 : 0));
      if (i + 1 < n || chance (rand, 40))
        g_string_append (out, joints[g_rand_int_range (rand, 0, n_joints)]);
    }
}

static void
append_names (GRand *rand, GString *out, gboolean is_plain)
{
  guint n = g_rand_int_range (rand, 1, 4);

  for (guint i = 0; i < n; i++)
    {
      const char *name = PICK (rand, names);

      if (i > 0)
        g_string_append_c (out, '|');
      if (is_plain)
        name = hosts[g_rand_int_range (rand, 0, G_N_ELEMENTS (hosts))];
      else if (chance (rand, 30))
        g_string_append_c (out, '~');
      g_string_append (out, name);
    }
}

/* Adds an option unless one of its kind is there. */
static void
append_option (GRand *rand, GString *out, guint *seen, gboolean is_exception)
{
  guint kind = g_rand_int_range (rand, 0, 7);

  if ((*seen & 1u << kind) != 0 || (kind == 0 && is_exception))
    return;
  g_string_append_c (out, *seen == 0 ? '$' : ',');
  *seen |= 1u << kind;
  switch (kind)
    {
    case 0:
      g_string_append (out, "important");
      break;
    case 1:
      g_string_append (out, chance (rand, 50) ? "third-party" : chance (rand, 50) ? "~third-party" : "1p");
      break;
    case 2:
      g_string_append (out, chance (rand, 50) ? "strict1p" : "strict3p");
      break;
    case 3:
      g_string_append (out, "domain=");
      append_names (rand, out, FALSE);
      break;
    case 4:
      g_string_append (out, "to=");
      append_names (rand, out, FALSE);
      break;
    case 5:
      g_string_append (out, PICK (rand, types));
      break;
    default:
      g_string_append_printf (out, "~%s", types[g_rand_int_range (rand, 0, 4)]);
      break;
    }
}

static void
append_rule (GRand *rand, GString *out)
{
  gboolean is_exception = chance (rand, 25);
  guint    seen = 0, form = g_rand_int_range (rand, 0, 6);

  if (is_exception)
    g_string_append (out, "@@");
  if (form <= 1)
    g_string_append_printf (out, "||%s^", PICK (rand, hosts));
  else if (form == 2)
    {
      g_string_append_printf (out, "||%s/", PICK (rand, hosts));
      append_words (rand, out, G_N_ELEMENTS (joints));
    }
  else if (form == 3)
    g_string_append (out, "*");
  else
    {
      g_string_append (out, chance (rand, 50) ? "/" : "-");
      append_words (rand, out, G_N_ELEMENTS (joints));
      if (chance (rand, 15))
        g_string_append_c (out, '|');
    }
  for (guint i = g_rand_int_range (rand, form == 3 ? 1 : 0, 4); i > 0 || (form == 3 && seen == 0); i -= i > 0)
    append_option (rand, out, &seen, is_exception);
  g_string_append_c (out, '\n');
}

/* A pattern that ends in a slash after starting with one would be a regular expression; one that a star or
 * a separator ends is written differently by the parser than by hand. Those have cases of their own. */
static gboolean
is_in_scope (const char *rule)
{
  const char     *dollar = strrchr (rule, '$');
  gsize           len = dollar != NULL ? (gsize) (dollar - rule) : strlen (rule);
  const char     *start = g_str_has_prefix (rule, "@@") ? rule + 2 : rule;
  gsize           n = rule + len - start;

  if (start[0] == '*' && n == 1)
    return TRUE;
  if (start[n - 1] == '|')
    n--;
  return n > 1 && !(start[0] == '/' && start[n - 1] == '/') && start[n - 1] != '*'
         && g_strstr_len (start, n, "*^") == NULL && g_strstr_len (start, n, "**") == NULL;
}

static char *
make_rules (GRand *rand)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint               n = g_rand_int_range (rand, 1, 30);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GString) rule = g_string_new (NULL);

      append_rule (rand, rule);
      g_string_truncate (rule, rule->len - 1);
      if (is_in_scope (rule->str))
        g_string_append_printf (out, "%s\n", rule->str);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* How often each verdict came out. */
static guint seen_actions[NJ_FILTER_REWRITE + 1];

/* The rules that the two see differently, each alone and as a blocking rule. */
static void
print_differing (const char *rules, const NjFilterRequest *request, const char *source)
{
  g_auto (GStrv)   lines = g_strsplit (rules, "\n", -1);
  g_autofree char *host = nj_bytes_dup (request->host), *url = nj_bytes_dup (request->url);

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      const char              *rule = g_str_has_prefix (lines[i], "@@") ? lines[i] + 2 : lines[i];
      NjListSource             list = { "test", NULL, nj_bytes_from_string (rule), TRUE };
      g_autoptr (NjEngine)     engine = nj_compiler_compile (&list, 1, NULL);
      g_autoptr (NaiveMatcher) naive = naive_matcher_new (rule);
      NjArena                  arena;
      NjFilterVerdict          verdict;
      NjFilterAction           expected = naive_matcher_decide (naive, url, host, source, request->type);

      nj_arena_init (&arena, NULL, 0);
      nj_engine_match (engine, request, &arena, &verdict);
      nj_arena_clear (&arena);
      if (verdict.action != expected)
        g_printerr ("differs: %s\n", rule);
    }
}

static void
compare (GRand *rand, const NjEngine *engine, const NaiveMatcher *naive, const char *rules)
{
  const char         *host = PICK (rand, hosts), *source = PICK (rand, hosts);
  g_autoptr (GString) url = g_string_new (NULL);
  NjRequestType       type = nj_request_type_from_name (nj_bytes_from_string (PICK (rand, types)), NULL);
  _Alignas (8) char lent[4096];
  g_auto (NjArena)    arena;
  NjFilterRequest     request = { .source_host = nj_bytes_from_string (source), .type = type, .method = NJ_BYTES ("GET") };
  NjFilterVerdict     verdict;
  NjFilterAction      expected;

  g_string_printf (url, "https://%s%s/", host, chance (rand, 10) ? ":8080" : "");
  if (chance (rand, 85))
    append_words (rand, url, 7);
  request.url = nj_bytes (url->str, url->len);
  request.host = nj_bytes (url->str + 8, strlen (host));

  nj_arena_init (&arena, lent, sizeof lent);
  nj_engine_match (engine, &request, &arena, &verdict);
  expected = naive_matcher_decide (naive, url->str, host, source, type);
  seen_actions[verdict.action]++;
  if (verdict.action == expected)
    return;
  print_differing (rules, &request, source);
  g_error ("engine says %d, naive matcher %d\n%s %s from %s\n%s", verdict.action, expected, nj_request_type_name (type),
           url->str, source, rules);
}

static void
test_agrees (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());
  guint             rounds = g_test_thorough () ? 20000 : 1500;

  for (guint round = 0; round < rounds; round++)
    {
      g_autofree char          *rules = make_rules (rand);
      NjListSource              source = { "test", NULL, nj_bytes_from_string (rules), TRUE };
      g_autoptr (NjEngine)      engine = nj_compiler_compile (&source, 1, NULL);
      g_autoptr (NaiveMatcher)  naive = naive_matcher_new (rules);

      for (guint i = 0; i < 40; i++)
        compare (rand, engine, naive, rules);
    }

  /* Agreeing on nothing at all would prove nothing. */
  g_test_message ("%u allow, %u block, %u except", seen_actions[NJ_FILTER_ALLOW], seen_actions[NJ_FILTER_BLOCK],
                  seen_actions[NJ_FILTER_EXCEPT]);
  g_assert_cmpuint (seen_actions[NJ_FILTER_BLOCK], >, rounds * 4);
  g_assert_cmpuint (seen_actions[NJ_FILTER_EXCEPT], >, rounds);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/property/agrees-with-naive-matcher", test_agrees);
  return g_test_run ();
}
