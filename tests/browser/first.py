#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rules put into a page runs before any script of the page, however the page is written, sent or guarded: Chromium and
Firefox load pages whose first script says whether ours had been there, and frames that no server sends.

    first.py NIGHTJARD [NAME…]

Runs in a network and mount namespace of its own, as browser.py does. Says TAP.
"""
import http.server
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
import firefox  # noqa: E402

browser.SITES = ('first.test', 'bare.test')
browser.RULES = '''! The list of this test.
first.test##+js(set-constant, first, true)
first.test##.ad
'''
PATIENCE = 60  # seconds; what is right is seen at once
SAY = "document.documentElement.setAttribute('said', String(window.first))"
TEST = f'<script>{SAY}</script>'
PAUSE = '\0'  # here the server waits until what was sent has had time to be looked at
XHTML = '<html xmlns="http://www.w3.org/1999/xhtml">'
XML = {'Content-Type': 'application/xhtml+xml'}


def policy(text):
    return {'Content-Security-Policy': text}


def framed(script, **attributes):
    """A page that makes a frame by a script; the frame says to the page."""
    return f'<!doctype html><body><script>{script}</script>'


IN_FRAME = "parent.document.documentElement.setAttribute('said', String(window.first))"
FRAME_TEST = f'<scr" + "ipt>{IN_FRAME}</scr" + "ipt>'

# Name: fields beyond the usual, the source, and what is said when it is not "true".
PAGES = {
    'plain': ({}, f'<!doctype html><html><head><title>a</title>{TEST}</head>'),
    'with a mark': ({}, f'\ufeff<!doctype html><html><head>{TEST}</head>'),
    'without a head': ({}, TEST),
    'a comment first': ({}, f'<!-- a -->{TEST}'),
    'a script in a comment': ({}, f'<!-- <head> <script>1</script> --><!doctype html>{TEST}'),
    'a bogus comment': ({}, f'<?xml version="1.0"?><!x>{TEST}'),
    'a comment that ends at once': ({}, f'<!-->{TEST}<!-- -->'),
    'an end first': ({}, f'</p></div>{TEST}'),
    'text first': ({}, f'text{TEST}'),
    'a head with attributes': ({}, f'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><HTML LANG=en><HEAD\nPROFILE="a>b">{TEST}'),
    'a head that closes itself': ({}, f'<html><head/>{TEST}'),
    'two heads': ({}, f'<html><head><title>a</title></head><head>{TEST}'),
    'a script behind the head': ({}, f'<html><head><title>a</title></head>{TEST}<body>'),
    'a title that looks like a script': ({}, f'<title><script>1</script></title>{TEST}'),
    'text that looks like a script': ({}, f'<textarea><script>1</script></textarea>{TEST}'),
    'a style that looks like a head': ({}, f'<style>/* <head> */</style>{TEST}'),
    'a template first': ({}, f'<template>{TEST}<head></head></template>{TEST}'),
    'no script': ({}, f'<noscript><head></noscript>{TEST}'),
    'a picture that fails': ({}, f'<img src=data:, onerror="{SAY}">'),
    'a picture within': ({}, f'<svg onload="{SAY}"></svg>'),
    'a script in a picture': ({}, f'<svg><script>{SAY}</script></svg>'),
    'a style that loads': ({}, f'<style onload="{SAY}">a {{}}</style>'),
    'a body that loads': ({}, f'<body onload="{SAY}">'),
    'frames': ({}, f'<html><frameset onload="{SAY}"><frame src="data:,"></frameset></html>'),
    'an encoding that comes late': ({'Content-Type': 'text/html'}, f'<html><head><title>a</title>{TEST}<meta charset=utf-8></head>'),
    'an encoding behind a script': ({'Content-Type': 'text/html'}, f'{TEST}<meta charset=utf-8>'),
    'no encoding': ({'Content-Type': 'text/html'}, f'<head><meta name=a content=b>{TEST}'),
    'a policy in the page': ({}, f'<meta http-equiv=Content-Security-Policy content="script-src \'nonce-a\'"><script nonce=a>{SAY}</script>'),
    'streamed': ({}, PAUSE.join(('<!doc', 'type html><ht', 'ml><he', 'ad><', 'script', f'>{SAY}</', 'script></head>'))),
    'streamed in a comment': ({}, PAUSE.join(('<!-- a', ' -', '-', '><', f'script>{SAY}</script>'))),
    'streamed mark': ({}, PAUSE.join(('\ufeff', '<', f'script>{SAY}</script>'))),
    'xhtml': (XML, f'<?xml version="1.0"?>{XHTML}<head><title>a</title>{TEST}</head></html>'),
    'xhtml without a head': (XML, f'<?xml version="1.0"?>{XHTML}<body>{TEST}</body></html>'),
    'xhtml with nothing around': (XML, f'{XHTML}{TEST}</html>'),
    'xhtml with a prefix': (XML, f'<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:script>{SAY}</h:script></h:head></h:html>'),
    'xhtml with entities': (XML, f'<!DOCTYPE html [<!ENTITY a "b">]>{XHTML}<head>{TEST}</head></html>'),
    'xhtml as xml': ({'Content-Type': 'application/xml'}, f'{XHTML}<head>{TEST}</head></html>'),
    'svg': ({'Content-Type': 'image/svg+xml'}, f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SAY}</script></svg>'),
    'svg with a prolog': ({'Content-Type': 'image/svg+xml'}, '<?xml version="1.0"?><!-- a --><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" '
                          f'width="9"><title>a</title><script><![CDATA[{SAY}]]></script></svg>'),
    'svg that loads': ({'Content-Type': 'image/svg+xml'}, f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SAY}"><g/></svg>'),
    'strict dynamic': (policy("script-src 'strict-dynamic' 'nonce-a'"), f'<script nonce=a>{SAY}</script>'),
    'a hash': (policy("script-src 'sha256-HASH'"), TEST),
    'trusted types': (policy("require-trusted-types-for 'script'; trusted-types 'none'"), TEST),
    'trusted types and a nonce': (policy("script-src 'nonce-a'; require-trusted-types-for 'script'"), f'<script nonce=a>{SAY}</script>'),
    'a sandbox': (policy('sandbox'), f'<html said=none>{TEST}', 'none'),
    'a sandbox with scripts': (policy('sandbox allow-scripts'), TEST),
    'a policy against all': (policy("default-src 'none'"), f'<html said=none>{TEST}', 'none'),
    'a frame': ({}, framed(f'const f = document.createElement("iframe"); document.body.append(f); '
                           'document.documentElement.setAttribute("said", String(f.contentWindow.first))')),
    'a frame by its number': ({}, framed('document.body.append(document.createElement("iframe")); setTimeout(() => '
                                         'document.documentElement.setAttribute("said", String(window[0].first)))')),
    'a frame that is written': ({}, framed('const f = document.createElement("iframe"); document.body.append(f); const d = f.contentDocument; '
                                           f'd.open(); d.write("{FRAME_TEST}"); d.close()')),
    'a frame with its source': ({}, framed('const f = document.createElement("iframe"); '
                                           f'f.srcdoc = "{FRAME_TEST}"; document.body.append(f)')),
    'a frame with its source in the page': ({}, f'<body><iframe srcdoc="<script>{IN_FRAME}</script>"></iframe>'),
    'a frame with a policy': (policy("script-src 'nonce-a'"), f'<body><script nonce=a>document.body.append(document.createElement("iframe")); '
                              'document.documentElement.setAttribute("said", String(document.querySelector("iframe").contentWindow.first))</script>'),
    'a frame in a frame': ({}, framed('const f = document.createElement("iframe"); document.body.append(f); const g = '
                                      'f.contentDocument.createElement("iframe"); f.contentDocument.body.append(g); '
                                      'document.documentElement.setAttribute("said", String(g.contentWindow.first))')),
    'a frame that is empty': ({}, '<body><iframe></iframe><script>'
                              'document.documentElement.setAttribute("said", String(frames[0].first))</script>'),
    'a frame under trusted types': (policy("require-trusted-types-for 'script'"), framed(
        'const f = document.createElement("iframe"); document.body.append(f); '
        'document.documentElement.setAttribute("said", String(f.contentWindow.first))')),
    'a frame of a blob': ({}, framed(f'const f = document.createElement("iframe"); f.src = URL.createObjectURL(new Blob(["{FRAME_TEST}"], '
                                     '{type: "text/html"})); document.body.append(f)')),
    'a frame that is led on': ({}, framed('const f = document.createElement("iframe"); document.body.append(f); f.contentWindow.name = "b"; '
                                          'f.src = "/frame"')),
    'a window': ({}, framed('const w = open("about:blank"); document.documentElement.setAttribute("said", String(w && w.first)); w && w.close()')),
}


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        names = list(PAGES)
        at = self.path.strip('/').split('?')[0]
        fields, source = PAGES[names[int(at)]][:2] if at.isdigit() else ({}, f'<!doctype html><script>{IN_FRAME}</script>')
        self.send_response(200)
        for field in {'Content-Type': 'text/html; charset=utf-8', **fields}.items():
            self.send_header(*field)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        for i, piece in enumerate(source.split(PAUSE)):
            if i > 0:
                # Not to be waited for: sent together it must be right as well.
                time.sleep(0.05)
            data = piece.encode()
            if data:
                self.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))
                self.wfile.flush()
        self.wfile.write(b'0\r\n\r\n')

    def log_message(self, *_):
        pass


def fill_hashes():
    import base64
    import hashlib
    fields, source = PAGES['a hash'][:2]
    told = base64.b64encode(hashlib.sha256(SAY.encode()).digest()).decode()
    PAGES['a hash'] = ({name: value.replace('HASH', told) for name, value in fields.items()}, source)


def open_browser(kind, folder, proxy):
    place = os.path.join(folder, kind.NAME)
    os.makedirs(place)
    if kind is chromium:
        return kind.Browser(place, f'--proxy-server={proxy}', '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable')
    host, port = proxy.split('//')[1].split(':')
    return kind.Browser(place, {'network.proxy.type': 1, 'network.proxy.http': host, 'network.proxy.http_port': int(port),
                                'dom.security.https_first': False, 'dom.disable_open_during_load': False})


def look(driver, tab, site, number):
    """What the page says, which it does once."""
    deadline, said = time.monotonic() + PATIENCE, None
    # The page before may still be there; one that stands for silence has been silent to its end.
    expression = (f"location.pathname === '/{number}' && document.documentElement && (document.readyState === 'complete' || "
                  "document.documentElement.getAttribute('said') !== 'none') ? document.documentElement.getAttribute('said') : null")
    driver.open(tab, f'http://{site}/{number}')
    while time.monotonic() < deadline and said is None:
        driver.wait(0.02)
        said = driver.evaluate(tab, expression)
    return said


def run(tap, kind, proxy, folder, names):
    driver = open_browser(kind, folder, proxy)
    try:
        tab = driver.new_tab()
        for number, name in enumerate(PAGES):
            if names and name not in names:
                continue
            page = PAGES[name]
            wanted = page[2] if len(page) > 2 else 'true'
            said = look(driver, tab, 'first.test', number)
            tap.ok(said == wanted, f'{kind.NAME}, {name}: ours runs first', f'said {said}, wanted {wanted}', page[1])
    finally:
        driver.close()


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    fill_hashes()
    folder, service = tempfile.mkdtemp(prefix='first-'), None
    tap = browser.Tap()
    try:
        browser.lay_network(folder)
        origin = http.server.ThreadingHTTPServer((browser.ADDRESS, 80), Origin)
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        service, proxy = browser.start_service(sys.argv[1], folder)
        for kind in (chromium, firefox):
            if shutil.which(kind.NAME) is not None:
                run(tap, kind, proxy, folder, sys.argv[2:])
    finally:
        if service is not None:
            service.terminate()
            service.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
