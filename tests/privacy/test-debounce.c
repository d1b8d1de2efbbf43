/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links over redirectors: which are led past them, and which had better go the long way.
 */
#include "privacy/debounce.h"

static char *
lead (const char *text, NjProfile profile)
{
  g_auto (NjArena) arena = { 0 };
  NjUrl            url, target;

  nj_arena_init (&arena, NULL, 0);
  g_assert_cmpint (nj_url_parse (nj_bytes_from_string (text), &arena, &url), ==, NJ_URL_OK);
  return nj_debounce (&url, profile, &arena, &target) ? nj_bytes_dup (target.text) : NULL;
}

#define assert_led(url, profile, expected)                \
  G_STMT_START                                            \
  {                                                       \
    g_autofree char *led_ = lead (url, profile);          \
    g_assert_cmpstr (led_, ==, expected);                 \
  }                                                       \
  G_STMT_END

static void
test_known (void)
{
  static const char *const cases[][2] = {
    { "https://www.google.com/url?sa=t&url=https%3A%2F%2Fshop.example%2Fa%3Fb%3D1&usg=x", "https://shop.example/a?b=1" },
    { "https://www.google.co.uk/url?q=http://shop.example/", "http://shop.example/" },
    { "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fx&h=AT0", "https://news.example/x" },
    { "https://out.reddit.com/t3_x?url=https%3A%2F%2Fnews.example%2F&token=1", "https://news.example/" },
    { "https://www.youtube.com/redirect?event=d&q=https%3A%2F%2Fband.example%2F", "https://band.example/" },
    { "https://steamcommunity.com/linkfilter/?u=https%3A%2F%2Fgame.example%2F", "https://game.example/" },
    { "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fnews.example%2Fa&rut=1", "https://news.example/a" },
    { "https://href.li/?https://news.example/a?b=c", "https://news.example/a?b=c" },
    { "https://www.deviantart.com/users/outgoing?https://art.example/", "https://art.example/" },
    { "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fnews.example%2fx/RK=2/RS=y-", "https://news.example/x" },
    { "https://outgoing.prod.webservices.mozgcp.net/v1/abc/https%3A//addon.example/", "https://addon.example/" },
    { "https://prf.hn/click/camref:1/destination:https%3A%2F%2Fshop.example%2Fp", "https://shop.example/p" },
    { "https://www.awin1.com/cread.php?awinmid=1&ued=https%3A%2F%2Fshop.example%2F", "https://shop.example/" },
    /* Encoded twice. */
    { "https://www.curseforge.com/linkout?remoteUrl=https%253a%252f%252fmod.example%252fx", "https://mod.example/x" },
    /* One in the other. */
    { "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fshop.example%252F",
      "https://shop.example/" },
    /* A fragment is not sent anywhere. */
    { "https://www.google.com/url?q=https%3A%2F%2Fshop.example%2Fa%23b", "https://shop.example/a" },
    { "https://www.google.com/url?q=HTTPS%3A%2F%2FShop.Example%2Fa", "https://shop.example/a" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i][0]);
      assert_led (cases[i][0], NJ_PROFILE_STANDARD, cases[i][1]);
    }
}

static void
test_left_alone (void)
{
  static const char *const cases[] = {
    "https://shop.example/url?q=https%3A%2F%2Fother.example%2F",
    "https://evilgoogle.com/url?q=https%3A%2F%2Fother.example%2F",
    "https://www.google.com/search?q=https%3A%2F%2Fother.example%2F",
    "https://www.google.com/url?q=javascript%3Aalert(1)",
    "https://www.google.com/url?q=ftp%3A%2F%2Fother.example%2F",
    "https://www.google.com/url?q=file%3A%2F%2F%2Fetc%2Fpasswd",
    "https://www.google.com/url?q=%2Frelative",
    "https://www.google.com/url?q=%2F%2Fother.example%2F",
    "https://www.google.com/url?q=https%3A%2F%2Fuser%3Apw%40other.example%2F",
    "https://www.google.com/url?q=https%3A%2F%2Faccounts.google.com%2F",
    "https://www.google.com/url?q=http%3A%2F%2F192.168.1.1%2Freboot",
    "https://www.google.com/url?q=http%3A%2F%2F93.184.216.34%2F",
    "https://www.google.com/url?q=http%3A%2F%2Flocalhost%2F",
    "https://www.google.com/url?q=http%3A%2F%2Frouter.lan%2F",
    "https://www.google.com/url?q=https%3A%2F%2Fother.example%2F%0d%0aX%3A%20y",
    "https://www.google.com/url?q=https%3A%2F%2Fot%00her.example%2F",
    "https://www.google.com/url?q=",
    "https://www.google.com/url",
    "https://accounts.google.com/o/oauth2/auth?redirect_uri=https%3A%2F%2Fother.example%2F",
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fother.example%2F",
    "https://href.li/?",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i]);
      assert_led (cases[i], NJ_PROFILE_STANDARD, NULL);
      assert_led (cases[i], NJ_PROFILE_OFF, NULL);
    }
  assert_led ("https://www.google.com/url?q=https%3A%2F%2Fother.example%2F", NJ_PROFILE_OFF, NULL);
}

/* Deeper than anybody wraps a link: nothing is followed then, since nobody knows where it would end. */
static void
test_loop (void)
{
  g_autoptr (GString) url = g_string_new ("https://a.example/");

  for (int i = 0; i < NJ_DEBOUNCE_HOPS_MAX + 2; i++)
    {
      g_autofree char *inner = g_uri_escape_string (url->str, NULL, FALSE);

      g_string_printf (url, "%s%s", i % 2 == 0 ? "https://www.google.com/url?q=" : "https://l.facebook.com/l.php?u=", inner);
      if (i + 1 < NJ_DEBOUNCE_HOPS_MAX)
        assert_led (url->str, NJ_PROFILE_STANDARD, "https://a.example/");
    }
  assert_led (url->str, NJ_PROFILE_STANDARD, NULL);
}

static void
test_guess (void)
{
  static const char *const led[] = {
    "http://click.tracker.example/aclk?u=http%3A%2F%2Fother.test%2Fland&id=77",
    "https://forum.example/out.php?url=https%3A%2F%2Fother.test%2Fland",
    "https://news.example/redirect?id=1&to=https://other.test/land",
    "https://x.example/a/b/click/?dest=https%3A%2F%2Fother.test%2Fland",
  };
  static const char *const left[] = {
    "https://sso.example/redirect?url=https%3A%2F%2Fother.test%2F",
    "https://shop.example/login/redirect?to=https%3A%2F%2Fother.test%2F",
    "https://x.example/redirect?url=https%3A%2F%2Fother.test%2F&state=abc",
    "https://x.example/redirect?url=https%3A%2F%2Fother.test%2F&client_id=abc",
    "https://pay.example/redirect?url=https%3A%2F%2Fother.test%2F",
    "https://x.example/redirect?url=https%3A%2F%2Fother.test%2F%3Fcode%3D1",
    "https://x.example/redirect?url=https%3A%2F%2Fother.test%2Foauth%2Fcallback",
    "https://x.example/share?url=https%3A%2F%2Fother.test%2F",
    "https://x.example/redirect?url=https%3A%2F%2Fwww.x.example%2F",
    "https://web.archive.example/save/out?u=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (led); i++)
    {
      g_autofree char *strict = lead (led[i], NJ_PROFILE_STRICT);

      g_test_message ("%s", led[i]);
      g_assert_nonnull (strict);
      g_assert_true (g_str_has_suffix (strict, "://other.test/land"));
      assert_led (led[i], NJ_PROFILE_STANDARD, NULL);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (left); i++)
    {
      g_test_message ("%s", left[i]);
      assert_led (left[i], NJ_PROFILE_STRICT, NULL);
    }
}

static void
test_amp (void)
{
  assert_led ("https://www.google.com/amp/s/news.example/a/amp", NJ_PROFILE_STANDARD, "https://news.example/a/amp");
  assert_led ("https://www.google.de/amp/news.example/a", NJ_PROFILE_STANDARD, "http://news.example/a");
  assert_led ("https://news-example.cdn.ampproject.org/c/s/news.example/a?amp_js_v=0.1&usqp=x", NJ_PROFILE_STANDARD,
              "https://news.example/a");
  assert_led ("https://news-example.cdn.ampproject.org/v/s/news.example/a?id=5", NJ_PROFILE_STANDARD, "https://news.example/a?id=5");
  assert_led ("https://www-news-example.bing-amp.com/c/s/www.news.example/a", NJ_PROFILE_STANDARD, "https://www.news.example/a");
  assert_led ("https://cdn.ampproject.org/v0.js", NJ_PROFILE_STANDARD, NULL);
  assert_led ("https://x.cdn.ampproject.org/i/s/news.example/a.jpg", NJ_PROFILE_STANDARD, NULL);
  assert_led ("https://www.google.com/amp/", NJ_PROFILE_STANDARD, NULL);
  assert_led ("https://www.google.com/amp/s/localhost/a", NJ_PROFILE_STANDARD, NULL);
  assert_led ("https://news.example/amp/s/other.example/a", NJ_PROFILE_STANDARD, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/privacy/debounce/known", test_known);
  g_test_add_func ("/privacy/debounce/left-alone", test_left_alone);
  g_test_add_func ("/privacy/debounce/loop", test_loop);
  g_test_add_func ("/privacy/debounce/guess", test_guess);
  g_test_add_func ("/privacy/debounce/amp", test_amp);
  return g_test_run ();
}
