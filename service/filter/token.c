/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens: the words of a URL, and which word of a pattern a rule is filed under. uBlock Origin files
 * each rule under one word and finds it only where the URL holds that word whole; where a pattern
 * begins or ends inside a word this decides what matches, so its choice is followed here, and
 * carried in "bounds" where the rule is filed under another word that is rarer. Any thread.
 */
#include "filter/token.h"
#include "filter/regex.h"

/* Words that uBlock Origin holds too common to file a rule under, found by asking it: of a pattern
 * "word/other" it finds "xword/other" just when "word" is one of these. The commonest in ordinary pages first. */
static const char *const common_words[] = {
  "https", "com", "js", "www", "http", "net", "static", "cdn", "gif", "jpg", "id", "co", "org", "css",
  "images", "min", "de", "google", "png", "uk", "html", "ru", "assets", "img", "content", "api", "en",
  "php", "us", "wp", "fr", "fonts", "v2", "media", "ssl", "amazon", "facebook", "json", "600", "v1", "2019",
  "main", "plugins", "user", "false", "jquery", "svg", "prod", "02", "scripts", "pl", "app", "googleapis",
  "ver", "12", "web", "common", "woff", "eu", "public", "themes", "uploads", "11", "player", "tv", "sites",
  "ac", "thumb", "dist", "image", "01", "random", "gstatic", "default", "core", "global", "ui", "ajax",
  "new", "woff2", "width", "icons", "icon", "news", "logo", "na", "twitter", "imasdk", "styles", "files",
  "utag", "v3", "2018", "embed", "thumbs", "ttf", "crop", "rsrc", "274", "bridge3",
};

/* A word of a pattern. */
typedef struct
{
  gsize at;
  gsize len;
} Word;

/**
 * nj_token_badness:
 * @token: a word of a pattern
 *
 * Any thread.
 *
 * Returns: how common it is in URLs; 0 for rare, 1 for a single character
 */
guint
nj_token_badness (NjBytes token)
{
  if (token.len <= 1)
    return 1;
  if (token.len > 10)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (common_words); i++)
    if (common_words[i][0] == token.data[0] && nj_bytes_equal (token, nj_bytes_from_string (common_words[i])))
      return 2 * G_N_ELEMENTS (common_words) - i;
  return 0;
}

static gboolean
next_word (NjBytes text, gsize *at, Word *ret_word)
{
  gsize i = *at;

  while (i < text.len && !nj_token_is (text.data[i], NJ_CLASS_TOKEN))
    i++;
  ret_word->at = i;
  while (i < text.len && nj_token_is (text.data[i], NJ_CLASS_TOKEN))
    i++;
  ret_word->len = i - ret_word->at;
  *at = i;
  return ret_word->len > 0;
}

/* A word beside a star may go on in the URL, so its hash says nothing. */
static gboolean
is_usable_in_pattern (NjBytes pattern, const Word *word)
{
  gsize end = word->at + word->len;

  if (word->at > 0 && pattern.data[word->at - 1] == '*')
    return FALSE;
  return word->len >= NJ_TOKEN_MAX || end == pattern.len || pattern.data[end] != '*';
}

static gboolean
is_usable_in_literals (NjBytes text, const Word *word)
{
  gsize end = word->at + word->len;

  if (word->at == 0 || text.data[word->at - 1] == '\x01')
    return FALSE;
  return word->len >= NJ_TOKEN_MAX || (end < text.len && text.data[end] != '\x01');
}

typedef gboolean (*WordFilter) (NjBytes text, const Word *word);

/* uBlock Origin's choice: the first word that is not common, else the least common. */
static gboolean
choose_word (NjBytes text, WordFilter is_usable, Word *ret_word)
{
  guint best = G_MAXUINT;
  gsize at = 0;
  Word  word;

  while (best > 0 && next_word (text, &at, &word))
    {
      guint badness = nj_token_badness (nj_bytes (text.data + word.at, word.len));

      if (badness < best && is_usable (text, &word))
        {
          *ret_word = word;
          best = badness;
        }
    }
  return best != G_MAXUINT;
}

static NjTokenChoice
choice_at (NjBytes text, const Word *word)
{
  char  lower[NJ_TOKEN_MAX];
  gsize len = MIN (word->len, NJ_TOKEN_MAX);

  for (gsize i = 0; i < len; i++)
    lower[i] = nj_ascii_lower (text.data[word->at + i]);
  return (NjTokenChoice){ .hash = nj_token_hash (lower, len), .at = word->at, .is_known = TRUE };
}

static guint
cost_of (NjBytes text, const Word *word, const guint16 *use_counts)
{
  NjTokenChoice choice = choice_at (text, word);
  guint         badness = nj_token_badness (nj_bytes (text.data + word->at, word->len));
  guint         cost = badness > 1 ? badness * 40 : 0;

  if (word->len <= 2)
    cost += 60;
  return cost + use_counts[choice.hash >> 16];
}

static gboolean
is_inner (NjBytes pattern, const Word *word)
{
  return word->at > 0 && word->at + word->len < pattern.len && is_usable_in_pattern (pattern, word);
}

static NjTokenChoice
choose_in_pattern (const NjRule *rule, const guint16 *use_counts)
{
  NjBytes       pattern = rule->pattern;
  gboolean      is_generic = rule->kind == NJ_PATTERN_GENERIC;
  const char   *sep = is_generic ? memchr (pattern.data, '^', pattern.len) : NULL;
  gboolean      is_positional, is_left, is_right;
  Word          first = { 0, 0 }, word, best;
  guint         cost;
  gsize         at = 0;
  NjTokenChoice choice;

  if (!choose_word (pattern, is_usable_in_pattern, &first))
    return (NjTokenChoice){ 0 };

  /* No star, and "^" at the end if at all: the pattern stands at a fixed distance from its word. */
  is_positional = !is_generic
                  || (memchr (pattern.data, '*', pattern.len) == NULL && sep == pattern.data + pattern.len - 1);
  is_left = first.at == 0;
  is_right = first.at + first.len == pattern.len && first.len < NJ_TOKEN_MAX;
  best = first;
  cost = use_counts != NULL ? cost_of (pattern, &first, use_counts) : 0;

  /* A generic pattern that starts or ends in its word must be filed there: the word may be anywhere. */
  while (use_counts != NULL && (is_positional || is_inner (pattern, &first)) && next_word (pattern, &at, &word))
    if (is_inner (pattern, &word) && word.at < 255 && cost_of (pattern, &word, use_counts) < cost)
      {
        best = word;
        cost = cost_of (pattern, &word, use_counts);
      }

  choice = choice_at (pattern, &best);
  choice.is_positional = is_positional;
  choice.is_left_bound = is_positional && is_left;
  choice.is_right_bound = is_positional && is_right;
  return choice;
}

static NjTokenChoice
choose_in_regex (NjBytes source)
{
  _Alignas (8) char lent[2048];
  g_auto (NjArena) arena;
  NjBytes          literals;
  Word             word = { 0, 0 };

  nj_arena_init (&arena, lent, sizeof lent);
  literals = nj_regex_literals (source, &arena);
  if (!choose_word (literals, is_usable_in_literals, &word))
    return (NjTokenChoice){ 0 };
  return choice_at (literals, &word);
}

/* removeparam= without a pattern: the parameter's name must be in the URL. */
static NjTokenChoice
choose_in_parameter (NjBytes value)
{
  _Alignas (8) char lent[512];
  g_auto (NjArena) arena;
  NjBytes          source;
  Word             word = { 0, 0 };

  nj_arena_init (&arena, lent, sizeof lent);
  if (value.len == 0 || value.data[0] == '~')
    return (NjTokenChoice){ 0 };

  if (value.data[0] == '/' && value.len > 2)
    {
      const char *end = memrchr (value.data, '/', value.len);

      if (end <= value.data + 1)
        return (NjTokenChoice){ 0 };
      return choose_in_regex (nj_bytes (value.data + 1, end - value.data - 1));
    }
  if (value.data[0] == '|')
    {
      source = nj_arena_printf (&arena, "\\b%.*s", (int) value.len - 1, value.data + 1);
      return choose_in_regex (source);
    }

  if (!choose_word (value, is_usable_in_pattern, &word))
    return (NjTokenChoice){ 0 };
  return choice_at (value, &word);
}

/**
 * nj_token_choose:
 * @rule: a rule
 * @use_counts: (nullable): how many rules hold each word, from nj_token_count(); without them uBlock Origin's choice
 *
 * Any thread.
 *
 * Returns: the word to file @rule under
 */
NjTokenChoice
nj_token_choose (const NjRule *rule, const guint16 *use_counts)
{
  switch (rule->kind)
    {
    case NJ_PATTERN_ANY:
      if (rule->modifier != NJ_MODIFIER_REMOVE_PARAM)
        return (NjTokenChoice){ 0 };
      return choose_in_parameter (rule->value);
    case NJ_PATTERN_REGEX:
      return choose_in_regex (rule->pattern);
    default:
      return choose_in_pattern (rule, use_counts);
    }
}

/**
 * nj_token_count:
 * @rule: a rule
 * @use_counts: 65,536 counters, by the upper half of a word's hash
 *
 * Counts the words of @rule, so that nj_token_choose() can take a rare one. Any thread.
 */
void
nj_token_count (const NjRule *rule, guint16 *use_counts)
{
  gsize at = 0;
  Word  word;

  if (rule->kind == NJ_PATTERN_REGEX || rule->kind == NJ_PATTERN_ANY)
    return;

  while (next_word (rule->pattern, &at, &word))
    {
      guint16 *count = &use_counts[choice_at (rule->pattern, &word).hash >> 16];

      if (*count < G_MAXUINT16)
        (*count)++;
    }
}
