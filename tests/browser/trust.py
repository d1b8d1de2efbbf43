#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real browsers and HTTPS that is looked into: headless Chromium and Firefox, told by the command line to trust the
authority, load a real page of a site whose certificate a root of this test has signed.

    trust.py NIGHTJARD NIGHTJARCTL

Each page must arrive whole, changed as the privacy profile has it, without the browser having been told anything else
than where the proxy is. A program that is no browser gets the site's own certificate; a browser that does not trust the
authority is left alone the second time. In a network and mount namespace of its own (so it needs root). Says TAP.
"""
import http.server
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402

ADDRESS = browser.ADDRESS
SITES = ('site.test', 'parts.test', 'bank.paypal.com')
PAGE = '''<!doctype html><title>start</title><link rel=stylesheet href="https://parts.test/style.css"><body>
<script src="https://parts.test/part.js"></script>
<script>fetch('/say?part=' + typeof part).then(() => { document.title = 'done'; });</script>
'''


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen = []

    def do_GET(self):
        Origin.seen.append((self.headers['Host'] + self.path, self.headers))
        kind, body = {'/part.js': ('text/javascript', b'var part = 1;'), '/style.css': ('text/css', b'body { color: #123 }')
                      }.get(self.path, ('text/html', PAGE.encode()))
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def openssl(*arguments):
    subprocess.run(['openssl', *arguments], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def make_certificates(folder):
    """A root of this test's own, and what it signs."""
    names = ','.join('DNS:' + site for site in SITES)
    with open(f'{folder}/leaf.ext', 'w', encoding='ascii') as file:
        file.write(f'subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n')
    for name in 'root', 'leaf':
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', f'{folder}/{name}.key')
    openssl('req', '-x509', '-new', '-key', f'{folder}/root.key', '-subj', '/CN=Root of a test', '-days', '30', '-out', f'{folder}/root.pem',
            '-addext', 'keyUsage=critical,keyCertSign')
    openssl('req', '-new', '-key', f'{folder}/leaf.key', '-subj', '/CN=site.test', '-out', f'{folder}/leaf.csr')
    openssl('x509', '-req', '-in', f'{folder}/leaf.csr', '-CA', f'{folder}/root.pem', '-CAkey', f'{folder}/root.key', '-CAcreateserial',
            '-days', '20', '-extfile', f'{folder}/leaf.ext', '-out', f'{folder}/leaf.pem')


def start_origin(folder):
    server = http.server.ThreadingHTTPServer((ADDRESS, 443), Origin)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f'{folder}/leaf.pem', f'{folder}/leaf.key')
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def lay_network(folder):
    hosts = os.path.join(folder, 'hosts')
    with open(hosts, 'w', encoding='ascii') as file:
        file.write('127.0.0.1 localhost\n' + f'{ADDRESS} {" ".join(SITES)}\n')
    for command in (['ip', 'link', 'set', 'lo', 'up'], ['ip', 'address', 'add', ADDRESS + '/32', 'dev', 'lo'],
                    ['mount', '--make-rprivate', '/'], ['mount', '--bind', hosts, '/etc/hosts']):
        subprocess.run(command, check=True)


def start_service(program, folder):
    profile = os.path.join(folder, 'profile')
    os.makedirs(profile, mode=0o700)
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='ascii') as file:
        file.write(f'[inspection]\non=true\n[lists]\noff={browser.OWN_LISTS}\n')
    service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=dict(os.environ, SSL_CERT_FILE=f'{folder}/root.pem'))
    return service, service.stdout.readline().decode().split()[1], profile


class Chromium:
    name, program = 'Chromium', 'chromium'

    def __init__(self, home):
        self.home = home

    def prepare(self):
        os.makedirs(f'{self.home}/.pki/nssdb')
        subprocess.run(['certutil', '-N', '--empty-password', '-d', f'sql:{self.home}/.pki/nssdb'], check=True)

    def start(self, proxy, url):
        return subprocess.Popen([self.program, '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
                                 '--disable-background-networking', '--disable-component-update', '--disable-sync', f'--proxy-server={proxy}',
                                 f'--user-data-dir={self.home}/browser', url],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                env=dict(os.environ, HOME=self.home, XDG_RUNTIME_DIR=self.home))


class Firefox:
    name, program = 'Firefox', 'firefox-esr'

    def __init__(self, home):
        self.home = home
        self.folder = f'{home}/.mozilla/firefox/test.default-esr'

    def prepare(self):
        os.makedirs(self.folder)
        with open(f'{self.home}/.mozilla/firefox/profiles.ini', 'w', encoding='ascii') as file:
            file.write('[Profile0]\nName=default-esr\nIsRelative=1\nPath=test.default-esr\nDefault=1\n')
        subprocess.run(['certutil', '-N', '--empty-password', '-d', 'sql:' + self.folder], check=True)

    def start(self, proxy, url):
        host, port = proxy.split('//')[1].split(':')
        with open(f'{self.folder}/user.js', 'w', encoding='ascii') as file:
            for key, value in {'network.proxy.type': 1, 'network.proxy.http': f'"{host}"', 'network.proxy.http_port': port,
                               'network.proxy.ssl': f'"{host}"', 'network.proxy.ssl_port': port, 'app.update.enabled': 'false',
                               'datareporting.policy.dataSubmissionEnabled': 'false', 'network.captive-portal-service.enabled': 'false',
                               'browser.shell.checkDefaultBrowser': 'false', 'toolkit.telemetry.enabled': 'false'}.items():
                file.write(f'user_pref("{key}", {value});\n')
        return subprocess.Popen([self.program, '--headless', '--no-remote', '--profile', self.folder, url], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                env=dict(os.environ, HOME=self.home, XDG_RUNTIME_DIR=self.home, MOZ_DISABLE_CONTENT_SANDBOX='1'))


def browse(one, proxy, url, is_done):
    """The browser runs until there is what is waited for."""
    process = one.start(proxy, url)
    deadline = time.monotonic() + browser.PATIENCE
    while not is_done() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    process.wait()


def has_come(*wanted):
    return lambda: all(one in [what for what, _ in Origin.seen] for one in wanted)


def check(tap, one, proxy, profile, ctl):
    environment = dict(os.environ, HOME=one.home)
    Origin.seen.clear()
    # It has refused us when the service has noted that it did.
    browse(one, proxy, 'https://site.test/first', lambda: Origin.seen or os.path.exists(f'{profile}/state/not-inspected.ini'))
    tap.ok(not Origin.seen, f'{one.name} without trust: nothing reaches the site inside', [what for what, _ in Origin.seen])

    told = subprocess.run([ctl, '--profile', profile, 'ca', 'install'], env=environment, capture_output=True, text=True)
    tap.ok(told.returncode == 0, f'{one.name} is told to trust the authority', told.stdout + told.stderr)


def check_page(tap, one, proxy):
    Origin.seen.clear()
    browse(one, proxy, 'https://site.test/page', has_come('site.test/page', 'parts.test/part.js', 'site.test/say?part=number'))
    seen = [what for what, _ in Origin.seen]
    tap.ok('site.test/page' in seen and 'parts.test/part.js' in seen and 'site.test/say?part=number' in seen,
           f'{one.name}: the page and its parts arrive, and its script runs', seen)
    tap.ok(bool(Origin.seen) and all(headers['Sec-GPC'] == '1' for _, headers in Origin.seen),
           f'{one.name}: each request was looked into', [(what, headers['Sec-GPC']) for what, headers in Origin.seen])
    Origin.seen.clear()


def check_others(tap, proxy, folder):
    done = subprocess.run(['curl', '-s', '-x', proxy, '--cacert', f'{folder}/root.pem', 'https://site.test/curl'], capture_output=True)
    tap.ok(done.returncode == 0 and Origin.seen and Origin.seen[-1][1]['Sec-GPC'] is None,
           'a program that is no browser sees the site’s own certificate', done.returncode)


def main():
    programs = [one for one in (Chromium, Firefox) if shutil.which(one.program)]
    if shutil.which('certutil') is None or not programs:
        browser.skip('no certutil, or neither Chromium nor Firefox is installed')
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    folder = tempfile.mkdtemp(prefix='trust-')
    tap = browser.Tap()
    try:
        lay_network(folder)
        make_certificates(folder)
        start_origin(folder)
        for kind in programs:
            service, proxy, profile = start_service(sys.argv[1], folder)
            try:
                one = kind(os.path.join(folder, 'home'))
                one.prepare()
                check(tap, one, proxy, profile, sys.argv[2])
                # What was learnt of a browser that did not trust us is forgotten when the service is told, or here by a new one.
                service.terminate()
                service.wait(10)
                if os.path.exists(f'{profile}/state/not-inspected.ini'):
                    os.unlink(f'{profile}/state/not-inspected.ini')
                service = subprocess.Popen([sys.argv[1], '--profile', profile, '--listen', proxy.split('//')[1], '--bus', 'none', '--no-desktop'],
                                           stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                           env=dict(os.environ, SSL_CERT_FILE=f'{folder}/root.pem'))
                service.stdout.readline()
                check_page(tap, one, proxy)
                check_others(tap, proxy, folder)
            finally:
                service.terminate()
                service.wait(10)
                for name in 'profile', 'home':
                    shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
