/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements taken out of pages by selectors that speak of others, earlier and later ones: pages and selectors made up at
 * random, against a slow model that has the whole page in memory; and what happens when too much would have to be kept.
 */
#include "proxy/rewrite.h"

#define N_PAGES 3000

static const char *const names[] = { "div", "section", "span", "b", "script" };
static const char *const classes[] = { "x", "y", "z" };

/* The model: an element with all that is in it. */
typedef struct Element Element;

struct Element
{
  Element   *parent;
  GPtrArray *children; /* of Element */
  guint      name;
  gint       class; /* -1: none */
  char       text;
};

/* The model of a selector: one compound, and what stands left of it. */
typedef struct Selector Selector;

struct Selector
{
  gint      name, class; /* -1: any */
  char      text;        /* '\0': any */
  Selector *has, *not, *above;
  guint     height;
  char      combinator;
  Selector *left;
};

static void
element_free (gpointer data)
{
  Element *self = data;

  g_ptr_array_unref (self->children);
  g_free (self);
}

static Element *
make_element (GRand *random, Element *parent, guint depth, guint *n)
{
  Element *self = g_new0 (Element, 1);
  guint    most = depth < 5 ? 4 : 0;

  self->parent = parent;
  self->children = g_ptr_array_new_with_free_func (element_free);
  self->name = (guint) g_rand_int_range (random, 0, G_N_ELEMENTS (names));
  self->class = g_rand_int_range (random, -1, G_N_ELEMENTS (classes));
  self->text = (char) ('p' + g_rand_int_range (random, 0, 3));
  if (self->name == 4)
    most = 0;
  for (guint i = (guint) g_rand_int_range (random, 0, (gint) most + 1); i > 0 && (*n)++ < 40; i--)
    g_ptr_array_add (self->children, make_element (random, self, depth + 1, n));
  return self;
}

static void
print_page (const Element *self, GHashTable *gone, GString *page)
{
  if (g_hash_table_contains (gone, self))
    return;
  g_string_append_printf (page, "<%s", names[self->name]);
  if (self->class >= 0)
    g_string_append_printf (page, " class='%s'", classes[self->class]);
  g_string_append_printf (page, ">%c", self->text);
  for (guint i = 0; i < self->children->len; i++)
    print_page (self->children->pdata[i], gone, page);
  g_string_append_printf (page, "</%s>\n", names[self->name]);
}

static Selector *
make_selector (GRand *random, guint depth, gboolean may_text, gboolean is_relative)
{
  Selector *self = g_new0 (Selector, 1);

  self->name = g_rand_int_range (random, -1, G_N_ELEMENTS (names));
  self->class = self->name < 0 || g_rand_boolean (random) ? g_rand_int_range (random, 0, G_N_ELEMENTS (classes)) : -1;
  if (may_text && g_rand_int_range (random, 0, 4) == 0)
    self->text = (char) ('p' + g_rand_int_range (random, 0, 3));
  if (depth < 2 && g_rand_int_range (random, 0, 4) == 0)
    self->has = make_selector (random, depth + 1, may_text, TRUE);
  if (depth < 2 && g_rand_int_range (random, 0, 4) == 0)
    self->not = make_selector (random, depth + 1, may_text, FALSE);
  if (!is_relative && depth < 2 && g_rand_int_range (random, 0, 6) == 0)
    {
      self->above = make_selector (random, depth + 1, may_text, FALSE);
      self->height = (guint) g_rand_int_range (random, 1, 3);
    }
  self->combinator = " >+~"[g_rand_int_range (random, 0, 4)];
  if (self->above == NULL && depth < 3 && g_rand_int_range (random, 0, 2) == 0)
    self->left = make_selector (random, depth + 1, may_text, is_relative);
  return self;
}

static void
selector_free (Selector *self)
{
  if (self == NULL)
    return;
  selector_free (self->has);
  selector_free (self->not);
  selector_free (self->above);
  selector_free (self->left);
  g_free (self);
}

static void
print_selector (const Selector *self, gboolean is_relative, GString *text)
{
  if (self->left != NULL)
    {
      print_selector (self->left, is_relative, text);
      g_string_append_printf (text, " %c ", self->combinator);
    }
  else if (is_relative)
    g_string_append_printf (text, "%c ", self->combinator);
  if (self->above != NULL)
    {
      print_selector (self->above, FALSE, text);
      g_string_append_printf (text, ":upward(%u)", self->height);
      if (self->name >= 0)
        g_string_append_printf (text, ":is(%s)", names[self->name]);
    }
  else
    g_string_append (text, self->name >= 0 ? names[self->name] : "*");
  if (self->class >= 0)
    g_string_append_printf (text, ".%s", classes[self->class]);
  if (self->text != '\0')
    g_string_append_printf (text, ":has-text(%c)", self->text);
  if (self->has != NULL)
    {
      g_string_append (text, ":has(");
      print_selector (self->has, TRUE, text);
      g_string_append (text, ")");
    }
  if (self->not != NULL)
    {
      g_string_append (text, ":not(");
      print_selector (self->not, FALSE, text);
      g_string_append (text, ")");
    }
}

static gboolean
holds_text (const Element *element, char text)
{
  if (element->text == text)
    return TRUE;
  for (guint i = 0; i < element->children->len; i++)
    if (holds_text (element->children->pdata[i], text))
      return TRUE;
  return FALSE;
}

static gboolean model (const Selector *self, const Element *element, const Element *anchor);

static gboolean
any_below (const Selector *self, const Element *element, const Element *anchor)
{
  for (guint i = 0; i < element->children->len; i++)
    if (model (self, element->children->pdata[i], anchor) || any_below (self, element->children->pdata[i], anchor))
      return TRUE;
  return FALSE;
}

static const Element *
top_of (const Element *element)
{
  while (element->parent != NULL)
    element = element->parent;
  return element;
}

static gboolean
is_above (const Selector *self, const Element *element, const Element *below)
{
  for (guint i = 0; i < below->children->len; i++)
    {
      const Element *one = below->children->pdata[i], *up = one;

      for (guint n = 0; n < self->height && up != NULL; n++)
        up = up->parent;
      if ((up == element && model (self->above, one, NULL)) || is_above (self, element, one))
        return TRUE;
    }
  return FALSE;
}

static gboolean
model_compound (const Selector *self, const Element *element)
{
  return element->parent != NULL && (self->name < 0 || (guint) self->name == element->name) &&
         (self->class < 0 || self->class == element->class) && (self->text == '\0' || holds_text (element, self->text)) &&
         (self->has == NULL || any_below (self->has, top_of (element), element)) &&
         (self->not == NULL || !model (self->not, element, NULL)) && (self->above == NULL || is_above (self, element, element));
}

/* Those that @combinator leads to from @element, of which one must do. */
static gboolean
model_left (const Selector *left, char combinator, const Element *element, const Element *anchor)
{
  const Element *parent = element->parent;
  guint          at;

  if (combinator == ' ' || combinator == '>')
    {
      for (const Element *up = parent; up != NULL; up = combinator == ' ' ? up->parent : NULL)
        if (left != NULL ? model (left, up, anchor) : up == anchor)
          return TRUE;
      return FALSE;
    }
  if (parent == NULL || !g_ptr_array_find (parent->children, element, &at))
    return FALSE;
  for (guint i = at; i-- > 0;)
    {
      if (left != NULL ? model (left, parent->children->pdata[i], anchor) : parent->children->pdata[i] == anchor)
        return TRUE;
      if (combinator == '+')
        return FALSE;
    }
  return FALSE;
}

static gboolean
model (const Selector *self, const Element *element, const Element *anchor)
{
  if (!model_compound (self, element))
    return FALSE;
  if (self->left == NULL && anchor == NULL)
    return TRUE;
  return model_left (self->left, self->combinator, element, anchor);
}

static void
find_gone (const Selector *selector, const Element *element, GHashTable *gone)
{
  if (model (selector, element, NULL))
    g_hash_table_add (gone, (gpointer) element);
  for (guint i = 0; i < element->children->len; i++)
    find_gone (selector, element->children->pdata[i], gone);
}

/* What is left of @page, which comes in pieces. */
static GString *
cut_page (const char *rules_text, NjBytes page, gsize step, guint *ret_n_removed)
{
  NjListSource            list = { "test", "Test", nj_bytes_from_string (rules_text), TRUE };
  g_autoptr (NjPageRules) rules = nj_page_rules_compile (&list, 1, NULL);
  g_autoptr (NjRewrite)   rewrite = nj_rewrite_new (NJ_CODING_IDENTITY, 0, NULL);
  GString                *said = g_string_new (NULL);
  g_auto (NjArena)        arena;
  NjPageLookup            lookup;
  NjRewriteRules          found;

  nj_arena_init (&arena, NULL, 0);
  nj_rewrite_rules_init (&found, &lookup, rules, NJ_BYTES ("a.example"), 0, &arena);
  nj_rewrite_take_page (rewrite, &found, FALSE, TRUE, &arena);
  for (gsize at = 0; at < page.len; at += step)
    {
      NjBytes span = nj_bytes (page.data + at, MIN (step, page.len - at)), out;

      do
        {
          g_assert_true (rewrite->change.next (&rewrite->change, &span, at + step >= page.len, &out));
          g_string_append_len (said, out.data, (gssize) out.len);
        }
      while (span.len > 0 || out.len > 0);
    }
  *ret_n_removed = rewrite->page.cut.n_removed;
  nj_rewrite_rules_clear (&found);
  return said;
}

static void
test_model (void)
{
  GRand *random = g_rand_new_with_seed (5) /* the same in every run */;
  guint  n_cut = 0;

  for (guint i = 0; i < N_PAGES; i++)
    {
      g_autoptr (GHashTable) none = g_hash_table_new (NULL, NULL), gone = g_hash_table_new (NULL, NULL);
      g_autoptr (GString)    rule = g_string_new ("a.example##^"), page = g_string_new ("<body>");
      g_autoptr (GString)    wanted = g_string_new ("<body>");
      g_autoptr (GString)    got = NULL;
      Element                body = { .children = g_ptr_array_new_with_free_func (element_free) };
      Selector              *selector = make_selector (random, 0, i % 2 == 0, FALSE);
      guint                  n = 0, n_removed;

      for (guint k = 0; k < 3; k++)
        g_ptr_array_add (body.children, make_element (random, &body, 0, &n));
      print_selector (selector, FALSE, rule);
      for (guint k = 0; k < body.children->len; k++)
        {
          find_gone (selector, body.children->pdata[k], gone);
          print_page (body.children->pdata[k], none, page);
          print_page (body.children->pdata[k], gone, wanted);
        }
      got = cut_page (rule->str, nj_bytes (page->str, page->len), (gsize) g_rand_int_range (random, 1, 200), &n_removed);
      n_cut += n_removed > 0;
      /* What stands behind an element stays. */
      for (gsize at = 0; at < wanted->len;)
        at = wanted->str[at] == '\n' ? (g_string_erase (wanted, (gssize) at, 1), at) : at + 1;
      for (gsize at = 0; at < got->len;)
        at = got->str[at] == '\n' ? (g_string_erase (got, (gssize) at, 1), at) : at + 1;
      if (!g_string_equal (got, wanted))
        g_error ("“%s” of “%s” left “%s”, not “%s”", rule->str, page->str, got->str, wanted->str);
      selector_free (selector);
      g_ptr_array_unref (body.children);
    }
  g_rand_free (random);
  g_test_message ("%u of %u pages were changed", n_cut, N_PAGES);
  g_assert_cmpuint (n_cut, >, N_PAGES / 20);
}

/* What cannot be told within reason stays, and so does all else. */
static void
test_too_much (void)
{
  static const char *const rules[] = { "a.example##^html:not(:has(video)) > head > script\n",
                                       "a.example##^div:has(> video)\n",
                                       "a.example##^b:has-text(zzz) ~ i\na.example##^i:upward(1)\n",
                                       "a.example##^div:not(div div):not(:has(div:has(div:has(div:has(i)))))\n" };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (GString) page = g_string_new ("<head><script>a</script></head><body><div>");
      g_autoptr (GString) got = NULL;
      guint               n_removed;

      for (guint k = 0; k < 20000; k++)
        g_string_append_printf (page, k % 3 == 0 ? "<div><b>%u" : "<b>%u</b>", k);
      g_string_append (page, "<video></div></body>");
      got = cut_page (rules[i], nj_bytes (page->str, page->len), 5000, &n_removed);
      g_assert_cmpuint (n_removed, ==, 0);
      g_assert_true (g_string_equal (got, page));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/rewrite-cut/model", test_model);
  g_test_add_func ("/proxy/rewrite-cut/too-much", test_too_much);
  return g_test_run ();
}
