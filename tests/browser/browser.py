#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser through the built service: headless Chromium loads a page made of parts of its own site and of
others, and exactly the right ones are blocked.

    browser.py NIGHTJARD

Runs in a network and mount namespace of its own (so it needs root): the names of the page are in an /etc/hosts
that only this test sees, all at one address of its loopback, and nothing can leave the machine. Says TAP.
"""
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scriptlets'))
import chromium  # noqa: E402

PATIENCE = 120  # seconds; a slow machine has them
ADDRESS = '203.0.113.10'  # TEST-NET-3, RFC 5737: no address of anybody, so no rule about local ones holds
SITES = ('site.test', 'www.site.test', 'cdn.test', 'ads.test', 'tracker.test', 'media.test', 'frames.test', 'trap.test')

# The service's own lists would judge this page too.
OWN_LISTS = ('starter;easylist;easyprivacy;peter-lowe;urlhaus;ublock-filters;ublock-badware;ublock-privacy;ublock-quick-fixes;'
             'ublock-unbreak')

# Over plain HTTP a browser sends no Sec-Fetch-Dest, so a frame looks like a page: only $all is sure to hold for it.
RULES = '''! The list of this test.
||ads.test^
@@||ads.test/allowed.js
||tracker.test^$script
/ads/banner.$third-party
||media.test^$image,domain=site.test
||frames.test^$all
||trap.test^$all
'''

PAGE = '''<!doctype html><title>start</title>
<link rel=stylesheet href="/own.css">
<link rel=stylesheet href="http://cdn.test/lib.css">
<link rel=stylesheet href="http://ads.test/style.css">
<script src="/own.js"></script>
<script src="http://cdn.test/lib.js"></script>
<script src="http://tracker.test/track.js"></script>
<script src="http://ads.test/allowed.js"></script>
<script src="http://cdn.test/ads/banner.js"></script>
<script src="/ads/banner.js"></script>
<img src="/own.gif">
<img src="http://www.site.test/sub.gif">
<img src="http://tracker.test/pixel.gif">
<img src="http://ads.test/pixel.gif">
<img src="http://media.test/film.gif">
<img src="https://ads.test/secret.gif">
<iframe src="http://frames.test/frame.html"></iframe>
<iframe src="http://cdn.test/frame.html"></iframe>
<body><div id=said></div>
<script>
said.textContent += [typeof own, typeof lib, typeof track, typeof allowed, typeof banner].join(' ');
Promise.allSettled([fetch('/own.json'), fetch('http://ads.test/beacon', {method: 'POST', body: 'x', mode: 'no-cors'})])
  .then(all => { said.textContent += ' ' + all.map(one => one.status).join(' '); document.title = 'done'; });
</script>
'''

# Everything that may reach the origin, and nothing else.
WANTED = {
    'site.test /?size=1', 'site.test /own.css', 'site.test /own.js', 'site.test /ads/banner.js', 'site.test /own.gif',
    'site.test /own.json', 'www.site.test /sub.gif', 'cdn.test /lib.css', 'cdn.test /lib.js', 'cdn.test /frame.html',
    'ads.test /allowed.js', 'tracker.test /pixel.gif',
}
GIF = bytes.fromhex('47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b')


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen = []

    def do_GET(self):
        host = self.headers['Host']
        if self.path != '/favicon.ico':
            Origin.seen.append((f'{host} {self.path}', self.headers))
        path = self.path.split('?')[0]
        name = re.sub(r'\W', '', os.path.basename(path).split('.')[0])
        kind, body = {'.js': ('text/javascript', f'var {name} = 1;'.encode()), '.gif': ('image/gif', GIF),
                      '.css': ('text/css', b'body { color: #123 }'), '.json': ('application/json', b'{}')
                      }.get(os.path.splitext(path)[1], ('text/html', PAGE.encode() if host == 'site.test' else b'<p>other'))
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Set-Cookie', f'who={host.replace(".", "-")}; Path=/')
        self.send_header('Access-Control-Allow-Origin', '*')
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Secret(threading.Thread):
    """Where HTTPS would be: counts who knocks."""

    def __init__(self):
        super().__init__(daemon=True)
        self.knocks = 0
        self.listener = socket.create_server((ADDRESS, 443))

    def run(self):
        while True:
            self.listener.accept()[0].close()
            self.knocks += 1


class Tap:
    def __init__(self):
        self.count = self.failures = 0

    def ok(self, is_good, what, *details):
        self.count += 1
        self.failures += not is_good
        print(f'{"ok" if is_good else "not ok"} {self.count} - {what}', flush=True)
        for detail in () if is_good else details:
            print('# ' + str(detail).replace('\n', '\n# '), flush=True)

    def end(self):
        print(f'1..{self.count}')
        return 1 if self.failures else 0


def skip(reason):
    print(f'1..1\nok 1 - browser # SKIP {reason}')
    sys.exit(0)


def into_namespace():
    if shutil.which('chromium') is None:
        skip('chromium is not installed')
    if os.geteuid() != 0:
        skip('needs root, for a network and names of its own')
    if subprocess.run(['unshare', '--net', '--mount', 'true'], stderr=subprocess.DEVNULL).returncode != 0:
        skip('this system allows no network namespace')
    os.environ['NIGHTJAR_BROWSER_TEST'] = 'inside'
    os.execvp('unshare', ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', sys.executable] + sys.argv)


def lay_network(folder):
    hosts = os.path.join(folder, 'hosts')
    with open(hosts, 'w', encoding='ascii') as file:
        file.write('127.0.0.1 localhost\n' + f'{ADDRESS} {" ".join(SITES)}\n')
    for command in (['ip', 'link', 'set', 'lo', 'up'], ['ip', 'address', 'add', ADDRESS + '/32', 'dev', 'lo'],
                    ['mount', '--make-rprivate', '/'], ['mount', '--bind', hosts, '/etc/hosts']):
        subprocess.run(command, check=True)


def start_service(program, folder, own=''):
    """own: the rules of the user, which are trusted."""
    profile = os.path.join(folder, 'profile')
    os.makedirs(profile, mode=0o700)
    with open(os.path.join(profile, 'list.txt'), 'w', encoding='ascii') as file:
        file.write(RULES)
    with open(os.path.join(profile, 'rules.txt'), 'w', encoding='utf-8') as file:
        file.write(own)
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='ascii') as file:
        file.write(f'[lists]\noff={OWN_LISTS}\nadded={profile}/list.txt\n')
    service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    ready = service.stdout.readline().decode()
    # At its first start the service compiles its lists while it already serves.
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(os.path.join(profile, 'cache', 'engine.bin.key')) and time.monotonic() < deadline:
        time.sleep(0.02)
    return service, re.match(r'ready (http://127\.0\.0\.1:\d+) ', ready).group(1)


def open_chromium(proxy, folder, *more):
    """A browser that asks for nothing by itself, and its tab."""
    driver = chromium.Browser(f'{folder}/browser', f'--proxy-server={proxy}', *more,
                              '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable')
    return driver, driver.new_tab()


def browse(proxy, folder, url, is_done="document.title === 'done'"):
    """The page as the browser has it when it is whole and says so."""
    driver, tab = open_chromium(proxy, folder)
    try:
        driver.open(tab, url)
        driver.wait_for(tab, f"document.readyState === 'complete' && {is_done}")
        return driver.evaluate(tab, 'document.documentElement.outerHTML') or ''
    finally:
        driver.close()


def check_page(tap, proxy, folder, secret):
    page = browse(proxy, folder, 'http://site.test/?utm_source=mail&size=1')
    seen = {what for what, _ in Origin.seen}
    tap.ok('<title>done' in page, 'the page loads to its end', page)
    tap.ok(seen == WANTED, 'exactly the right parts reach the origin',
           'missing: ' + ', '.join(sorted(WANTED - seen)), 'too many: ' + ', '.join(sorted(seen - WANTED)))
    tap.ok('number number undefined number' in page, 'allowed scripts run, the blocked one does not', page)
    tap.ok(secret.knocks == 0, 'no tunnel is made to a blocked host', secret.knocks)
    others = [(what, headers) for what, headers in Origin.seen if not re.match(r'(www\.)?site\.test ', what)]
    tap.ok(all(headers['Referer'] in (None, 'http://site.test/') for _, headers in others),
           'other sites learn the site only', [headers['Referer'] for _, headers in others])
    tap.ok(all(headers['Sec-GPC'] == '1' for _, headers in Origin.seen), 'every request says Sec-GPC')
    tap.ok(all(headers['Via'] is None and headers['Proxy-Connection'] is None for _, headers in Origin.seen),
           'no request says that there is a proxy')


def check_again(tap, proxy, folder):
    Origin.seen.clear()
    browse(proxy, folder, 'http://site.test/')
    cookies = {what.split()[0]: headers['Cookie'] for what, headers in Origin.seen if 'frame' not in what}
    tap.ok(cookies.get('site.test') == 'who=site-test', 'the site gets its own cookie back', cookies)
    tap.ok(all(cookie is None for site, cookie in cookies.items() if not site.endswith('site.test')),
           'other sites get none', cookies)


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        into_namespace()
    folder = tempfile.mkdtemp(prefix='browser-')
    service = None
    tap = Tap()
    try:
        lay_network(folder)
        origin = http.server.ThreadingHTTPServer((ADDRESS, 80), Origin)
        threading.Thread(target=origin.serve_forever, daemon=True).start()
        secret = Secret()
        secret.start()
        service, proxy = start_service(sys.argv[1], folder)
        check_page(tap, proxy, folder, secret)
        check_again(tap, proxy, folder)
        trap = browse(proxy, folder, 'http://trap.test/', "document.body.textContent.includes('Allow once')")
        tap.ok('trap.test' in trap and 'Allow once' in trap, 'a blocked page says so', trap)
    finally:
        if service is not None:
            service.terminate()
            service.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
