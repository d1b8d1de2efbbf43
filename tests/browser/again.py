#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page that rules change is visited again: Chromium and Firefox ask whether what they have still is what its server has, the
server says yes, and the page that they kept is as hidden and as guarded as it was. What its script puts in later is hidden,
too, and a script goes because of what does not come after it.

    again.py NIGHTJARD

Runs in a network and mount namespace of its own, as browser.py does. Says TAP.
"""
import http.server
import json
import os
import shutil
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, 'scriptlets')]
import browser  # noqa: E402
import chromium  # noqa: E402
import first  # noqa: E402
import firefox  # noqa: E402

browser.SITES = ('again.test', 'with-film.test')
browser.RULES = '''! The list of this test.
again.test,with-film.test##+js(set-constant, first, true)
again.test##.ad
##.from-script
##.never-named
again.test,with-film.test##^html:not(:has(video)) > head > script:has-text(unless a film)
'''
POLICY = "default-src 'none'; script-src 'nonce-page'"
PAGE = '''<!doctype html><html><head><title>again</title><script nonce=page>window.film = 'unless a film'</script></head><body>
<p class=ad id=ad>ad</p><p id=plain>plain</p>%s<script nonce=page>
document.body.insertAdjacentHTML('beforeend', '<p class="x from-script" id=late>late</p>');
const shown = id => getComputedStyle(document.getElementById(id)).display !== 'none';
addEventListener('load', () => document.documentElement.setAttribute('said', JSON.stringify(
  [String(window.first), String(window.film), shown('ad'), shown('plain'), shown('late'), location.search])));
</script><script>document.documentElement.setAttribute('said', 'the policy is gone')</script></body></html>'''


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    asked = []  # what each request for the page knew of it

    def do_GET(self):
        known = self.headers['If-None-Match']
        if self.path.startswith('/page'):
            Origin.asked.append(known)
        data = (PAGE % ('<video></video>' if 'film' in self.headers['Host'] else '')).encode()
        self.send_response(304 if known == '"v1"' else 200)
        self.send_header('ETag', '"v1"')
        self.send_header('Cache-Control', 'no-cache')
        self.send_header('Content-Security-Policy', POLICY)
        if known != '"v1"':
            self.send_header('Content-Type', 'text/html; charset=utf-8')
            self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        if known != '"v1"':
            self.wfile.write(data)

    def log_message(self, *_):
        pass


def wait_for(driver, tab, expression):
    """What an expression is in the page, once it is anything."""
    deadline, value = time.monotonic() + browser.PATIENCE, None
    while time.monotonic() < deadline and not value:
        driver.wait(0.02)
        value = driver.evaluate(tab, expression)
    return value


def visit(driver, tab, url):
    """What the page says of itself."""
    driver.open(tab, 'about:blank')
    wait_for(driver, tab, "location.href === 'about:blank'")
    driver.open(tab, url)
    said = wait_for(driver, tab, f"location.href === '{url}' && document.documentElement ? document.documentElement.getAttribute('said') : ''")
    return json.loads(said) if said and said[0] == '[' else said


def run(tap, kind, proxy, folder):
    driver = first.open_browser(kind, folder, proxy)
    wanted = ['true', 'undefined', False, True, False, '']
    try:
        tab, Origin.asked[:] = driver.new_tab(), []
        for turn in ('first', 'second', 'third'):
            said = visit(driver, tab, 'http://again.test/page')
            tap.ok(said == wanted, f'{kind.NAME}, {turn} visit: the page is as its rules and its policy want it', said)
        tap.ok(Origin.asked == [None, '"v1"', '"v1"'], f'{kind.NAME}: the server is asked by its own mark', Origin.asked)
        said = visit(driver, tab, 'http://with-film.test/page')
        tap.ok(isinstance(said, list) and said[1] == 'unless a film', f'{kind.NAME}: with a film the script stays', said)
    finally:
        driver.close()


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    folder, service = tempfile.mkdtemp(prefix='again-'), None
    tap = browser.Tap()
    try:
        browser.lay_network(folder)
        origin = http.server.ThreadingHTTPServer((browser.ADDRESS, 80), Origin)
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        service, proxy = browser.start_service(sys.argv[1], folder)
        for kind in (chromium, firefox):
            if shutil.which(kind.NAME) is not None:
                run(tap, kind, proxy, folder)
    finally:
        if service is not None:
            service.terminate()
            service.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
