#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page that is opened by plain HTTP: https-first.py NIGHTJARD. The browser is sent to HTTPS where the site speaks it,
by the way that the page would have taken; elsewhere it gets its page. What was found is remembered."""
from world import Hello, check, recorded, run, until

FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
OPENS = {'User-Agent': FIREFOX, 'Accept': 'text/html,application/xhtml+xml', 'Upgrade-Insecure-Requests': '1'}
SETTINGS = '[privacy]\nhttps-first=on\noff-for=spared.test\n'


def ask(world, url, method='GET', fields=None):
    """(status, Location, body)"""
    host = url.split('/')[2]
    lines = [f'{method} {url} HTTP/1.1', f'Host: {host}', 'Connection: close']
    lines += [f'{name}: {value}' for name, value in (OPENS if fields is None else fields).items()]
    with world.dial() as sock:
        sock.sendall('\r\n'.join(lines + ['', '']).encode())
        head, _, body = until(sock, b'no such text').partition(b'\r\n\r\n')
    found = [line for line in head.decode().split('\r\n') if line.lower().startswith('location:')]
    return int(head.split()[1]), found[0].partition(':')[2].strip() if found else '', body


def expect_plain(world, *asked, **more):
    status, _, body = ask(world, *asked, **more)
    check((status, body) == (200, b'plain'), asked, status, body)


def test_upgrade(world):
    """The same page by HTTPS: asked for once by the same way, as the browser itself would, and then remembered."""
    for page in ('/one?x=1', '/two'):
        status, where, _ = ask(world, f'http://site.test{page}')
        check((status, where) == (307, f'https://site.test{page}'), status, where)
    check(world.way.saw() == ['site.test:443'], 'not once, or by another way')
    check(world.secure.hello().is_like(Hello(recorded('firefox.bin', 'site.test'))))
    check(world.plain.heads.empty() and world.secure.heads.empty(), 'something was asked for')


def test_fallback(world):
    """Where nobody listens the page comes as it was asked for, and nobody knocks there again."""
    world.way.closed.add('old.test:443')
    for _ in range(3):
        expect_plain(world, 'http://old.test/')
    saw = world.way.saw()
    check(saw.count('old.test:443') == 1 and 'old.test:80' in saw, saw)


def test_unverified(world):
    """A certificate that nobody signed is no HTTPS: the browser would show a warning in place of the page."""
    for _ in range(2):
        expect_plain(world, 'http://bad-one.test/')
    check(world.way.saw().count('bad-one.test:443') == 1)


def test_back(world):
    """A site that sends the browser straight back is left alone after the third time."""
    for _ in range(3):
        status, where, _ = ask(world, 'http://back.test/')
        check((status, where) == (307, 'https://back.test/'), status, where)
    expect_plain(world, 'http://back.test/')
    expect_plain(world, 'http://back.test/other')


def test_not(world):
    """Nothing but a page that a browser opens, on the web's port, of a public name; and no site that the user left out."""
    parts = {'User-Agent': FIREFOX, 'Accept': 'image/webp,*/*', 'Referer': 'http://site.test/'}
    expect_plain(world, 'http://site.test/a.png', fields=parts)
    expect_plain(world, 'http://site.test/', fields={'User-Agent': 'curl/7.88.1', 'Accept': '*/*'})
    expect_plain(world, 'http://site.test/', method='POST', fields={**OPENS, 'Content-Length': '0'})
    expect_plain(world, 'http://spared.test/')
    expect_plain(world, 'http://www.spared.test/')
    check(not any(target.endswith(':443') for target in world.way.saw()), 'it was asked for HTTPS')


def test_way(world):
    """Through no exit, no question: what is wrong with the way is not remembered as the site's."""
    world.way.mood = 'breaks'
    status, _, body = ask(world, 'http://site.test/')
    check(status >= 500, status, body)
    world.way.mood = 'serves'
    for _ in range(200):
        status, where, _ = ask(world, 'http://site.test/')
        if status < 500:
            break
    check((status, where) == (307, 'https://site.test/'), status, where)


run(SETTINGS, [test_upgrade, test_fallback, test_unverified, test_back, test_not, test_way])
