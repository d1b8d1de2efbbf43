#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that rules change, in a real browser: headless Chromium loads a page whose frames each try one thing and say what
became of it. What must be hidden is, by the browser's own account; what the page's policy lets in or keeps out is as it was.

    pages.py NIGHTJARD

All of it over plain HTTP, and over HTTPS that is looked into. Runs in a network and mount namespace of its own, as
browser.py does. Says TAP.
"""
import gzip
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import browser
import trust

trust.SITES = browser.SITES = ('pages.test', 'spared.test', 'plain.test')
RULES = '''! The list of this test.
###ad-id
##.ad-class
##.late-class
##div[data-ad="1"]
pages.test##.own
pages.test###styled:style(color: rgb(1, 2, 3) !important)
pages.test#@#.excepted
##.excepted
pages.test##+js(set-constant, adblock, false)
pages.test##.by-text:has-text(Advertisement)
pages.test##^script:has-text(to be taken out)
pages.test##^.taken-out
@@||spared.test^$generichide
''' + ''.join(f'##div[data-filler-{number}="1"]\n' for number in range(300))  # as much for every page as a real list has

# Says how each element that wants something fares, as soon as all is there, and again and again.
REPORT = '''addEventListener('load', () => { const report = () => {
  const said = {};
  for (const one of document.querySelectorAll('[data-n]'))
    said[one.dataset.n] = getComputedStyle(one).display === 'none' ? 'hidden' : 'shown';
  said.page = document.title;
  said.mode = document.compatMode;
  said.constant = String(window.adblock);
  said.ran = (window.ran || []).join(' ');
  said.color = document.getElementById('styled') ? getComputedStyle(document.getElementById('styled')).color : '';
  said.text = (document.getElementById('text') || document.body).textContent.trim().slice(0, 40);
  parent.postMessage(said, '*');
}; report(); setInterval(report, 100); })'''

BODY = '''<p class="x own" data-n=own>own</p><p id=ad-id data-n=id>id</p><p class='y ad-class' data-n=class>class</p>
<div data-ad=1 data-n=attribute>attribute</div><p class=excepted data-n=excepted>excepted</p><p data-n=plain>plain</p>
<p class=by-text data-n=text-ad>An Advertisement</p><p class=by-text data-n=text-news>News</p><p id=styled>styled</p>'''
HIDDEN = {'own': 'hidden', 'id': 'hidden', 'class': 'hidden', 'attribute': 'hidden', 'excepted': 'shown', 'plain': 'shown',
          'text-ad': 'hidden', 'text-news': 'shown', 'color': 'rgb(1, 2, 3)', 'constant': 'false', 'mode': 'CSS1Compat'}


def page(title, head='', body=BODY, nonce='', doctype='<!doctype html>'):
    return f'{doctype}<html><head><title>{title}</title>{head}</head><body>{body}<script{nonce}>{REPORT}</script></body></html>'


TRY = '''<script nonce=page>(window.ran = window.ran || []).push('nonce')</script>
<script>(window.ran = window.ran || []).push('inline')</script><script src=/own.js></script><script src=//plain.test/other.js></script>
<img src=/none.gif onerror="(window.ran = window.ran || []).push('handler')">'''

# What a frame is: its fields, its source, what it must say.
FRAMES = {
    'plain': ({}, page('plain'), HIDDEN),
    'packed': ({'Content-Encoding': 'gzip'}, page('packed'), HIDDEN),
    'no-head': ({}, f'<title>no-head</title><script>{REPORT}</script>{BODY}', dict(HIDDEN, mode='BackCompat')),
    'charset': ({'Content-Type': 'text/html'},
                page('charset', '<meta charset=windows-1251>', BODY + '<p id=text>\u041f\u0440\u0438\u0432\u0435\u0442</p>').encode('cp1251'),
                dict(HIDDEN, text='\u041f\u0440\u0438\u0432\u0435\u0442')),
    'charset-late': ({'Content-Type': 'text/html'},
                     page('charset-late', '<link rel=icon href=data:,><meta charset=windows-1251>',
                          BODY + '<p id=text>\u041f\u0440\u0438\u0432\u0435\u0442</p>').encode('cp1251'),
                     dict(HIDDEN, text='\u041f\u0440\u0438\u0432\u0435\u0442')),
    'policy': ({'Content-Security-Policy': "default-src 'none'; script-src 'nonce-page'; img-src 'self'"},
               page('policy', body=BODY + TRY, nonce=' nonce=page'), dict(HIDDEN, ran='nonce')),
    'policy-self': ({'Content-Security-Policy': "default-src 'self'; script-src 'self' 'nonce-page'; style-src 'none'"},
                    page('policy-self', body=BODY + TRY, nonce=' nonce=page'), dict(HIDDEN, ran='nonce own')),
    'policy-strict': ({'Content-Security-Policy': "script-src 'strict-dynamic' 'nonce-page' https: 'unsafe-inline'"},
                      page('policy-strict', body=BODY + TRY, nonce=' nonce=page'), dict(HIDDEN, ran='nonce')),
    'policy-open': ({'Content-Security-Policy': "default-src * 'unsafe-inline'"},
                    page('policy-open', body=BODY + TRY), dict(HIDDEN, ran='nonce inline own other handler')),
    'policy-meta': ({}, page('policy-meta', '''<meta http-equiv="Content-Security-Policy" content="default-src 'none'; '''
                             '''script-src 'nonce-page'">''', BODY + TRY, ' nonce=page'), dict(HIDDEN, ran='nonce')),
    'xhtml': ({'Content-Type': 'application/xhtml+xml'},
              '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>xhtml</title></head><body>'
              '<p class="own" data-n="own"/><p class="ad-class" data-n="class"/><script><![CDATA[' + REPORT + ']]></script></body></html>',
              {'own': 'hidden', 'class': 'hidden', 'constant': 'false'}),
    'cut': ({}, page('cut', '<script>/* to be taken out */ window.ran = ["cut"]</script><script>window.ran = ["kept"]</script>',
                     BODY + '<div class=taken-out><div id=text>out</div></div><p id=text>in</p>'), dict(HIDDEN, ran='kept', text='in')),
    'slow': ({}, page('slow', body=BODY + '<!-- slow --><p class=late-class data-n=late>late</p>'), dict(HIDDEN, late='hidden')),
}

START = '''<!doctype html><title>start</title><body><script>
const said = {}, wanted = %s;
onmessage = event => { said[event.data.page] = event.data; document.documentElement.setAttribute('said', JSON.stringify(said)); };
fetch('/fragment').then(one => one.text()).then(text => postMessage({page: 'fragment', text}));
for (const name of wanted) document.body.append(Object.assign(document.createElement('iframe'), {src: '/frame/' + name}));
document.body.append(Object.assign(document.createElement('iframe'), {src: '//spared.test/frame/spared'}));
</script>''' % json.dumps(list(FRAMES))

FRAGMENT = '<head></head><p class=ad-class>fragment</p>'


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen_secure = []

    def do_GET(self):
        if self.server.server_port == 443:
            Origin.seen_secure.append(self.headers['Sec-GPC'] == '1')
        name = os.path.basename(self.path)
        fields, source, _ = FRAMES.get(name, ({}, START, {}))
        fields = {'Content-Type': 'text/html; charset=utf-8', **fields}
        if name == 'spared':
            source = page('spared')
        elif self.path == '/fragment':
            source = FRAGMENT
        elif name.endswith('.js'):
            fields, source = {'Content-Type': 'text/javascript'}, f'(window.ran = window.ran || []).push("{name[:-3]}")'
        elif name.endswith('.gif'):
            fields, source = {'Content-Type': 'image/gif'}, ''
        data = source if isinstance(source, bytes) else source.encode()
        data = gzip.compress(data) if fields.get('Content-Encoding') == 'gzip' else data
        self.send_response(200)
        for field in fields.items():
            self.send_header(*field)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        first, mark, second = data.partition(b'<!-- slow -->')
        self.wfile.write(first)
        if mark:
            time.sleep(0.5)
        self.wfile.write(mark + second)

    def log_message(self, *_):
        pass


def start_origin(folder, port):
    origin = http.server.ThreadingHTTPServer((browser.ADDRESS, port), Origin)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f'{folder}/leaf.pem', f'{folder}/leaf.key')
        origin.socket = context.wrap_socket(origin.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=origin.serve_forever, daemon=True).start()


def start_service(program, folder):
    profile = os.path.join(folder, 'profile')
    os.makedirs(profile, mode=0o700)
    with open(os.path.join(profile, 'list.txt'), 'w', encoding='ascii') as file:
        file.write(RULES)
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='ascii') as file:
        file.write(f'[inspection]\non=true\n[lists]\noff={browser.OWN_LISTS}\nadded={profile}/list.txt\n')
    service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=dict(os.environ, SSL_CERT_FILE=f'{folder}/root.pem'))
    proxy = service.stdout.readline().decode().split()[1]
    deadline = time.monotonic() + browser.PATIENCE
    while not os.path.exists(os.path.join(profile, 'cache', 'engine.bin.key')) and time.monotonic() < deadline:
        time.sleep(0.02)
    return service, proxy


SPARED = {'own': 'shown', 'id': 'shown', 'class': 'shown', 'plain': 'shown', 'constant': 'undefined'}


def wrong_of(said, name, wanted):
    got = said.get(name, {})
    return {what: got.get(what) for what, value in wanted.items() if got.get(what) != value}


def is_as_wanted(text):
    said = json.loads(text) if text else {}
    return 'fragment' in said and not any(wrong_of(said, name, wanted) for name, wanted in all_wanted())


def all_wanted():
    return [(name, wanted) for name, (_, _, wanted) in FRAMES.items()] + [('spared', SPARED)]


def browse(proxy, folder, url):
    """What the frames of the page say once it is what they should, or last. That it trusts our authority is another test's business."""
    driver, tab = browser.open_chromium(proxy, folder, '--ignore-certificate-errors')
    try:
        driver.open(tab, url)
        said = "document.documentElement.getAttribute('said')"
        driver.wait_for(tab, said, is_as_wanted)
        # What should not be hidden has another look to be hidden anyway.
        driver.call('Runtime.evaluate', tab, awaitPromise=True, expression='new Promise(done => setTimeout(done, 300))')
        return json.loads(driver.evaluate(tab, said) or '{}')
    finally:
        driver.close()


def check(tap, said, scheme, name, wanted):
    wrong = wrong_of(said, name, wanted)
    tap.ok(not wrong, f'{scheme}, {name}: the page is as its rules and its policy want it', f'wrong: {wrong}', said.get(name))


def check_all(tap, proxy, folder, scheme):
    said = browse(proxy, folder, f'{scheme}://pages.test/')
    tap.ok(bool(said), f'{scheme}: the page and its frames load')
    for name, wanted in all_wanted():
        check(tap, said, scheme, name, wanted)
    tap.ok(said.get('fragment', {}).get('text') == FRAGMENT, f'{scheme}: what a script fetches is as the site sent it', said.get('fragment'))


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    folder = tempfile.mkdtemp(prefix='pages-')
    service = None
    tap = browser.Tap()
    try:
        browser.lay_network(folder)
        trust.make_certificates(folder)
        start_origin(folder, 80)
        start_origin(folder, 443)
        service, proxy = start_service(sys.argv[1], folder)
        check_all(tap, proxy, folder, 'http')
        check_all(tap, proxy, folder, 'https')
        tap.ok(Origin.seen_secure and all(Origin.seen_secure), 'https: the requests were looked into', len(Origin.seen_secure))
    finally:
        if service is not None:
            service.terminate()
            service.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
