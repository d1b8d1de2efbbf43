#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts of a page are told of the browser, in real ones: Chromium and Firefox load a page that looks about in itself, in
frames of each kind and in workers of each kind, and each of them must see what the server was told.

    told.py NIGHTJARD

With the options for a common User-Agent and for the languages of the exit's country, over HTTPS that is looked into and over
plain HTTP; and without the options, where only the browser's own may be seen. Runs in a network and mount namespace of its own,
as browser.py does. Says TAP.
"""
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, 'scriptlets'), os.path.join(os.path.dirname(HERE), 'talks')]
import browser  # noqa: E402
import chromium  # noqa: E402
import exits  # noqa: E402
import firefox  # noqa: E402
import trust  # noqa: E402

trust.SITES = browser.SITES = ('told.test', 'other.test')
PATIENCE = 90  # seconds; a slow machine has them, a quick one is through after two

# In a page or a worker: what it sees. What its functions print is compared with one that nobody touched.
LOOK = r'''
const look = async scope => {
  const n = scope.navigator, kind = (scope.Navigator || scope.WorkerNavigator).prototype, data = n.userAgentData;
  const said = {agent: n.userAgent, version: n.appVersion, platform: n.platform, system: n.oscpu, maker: n.vendor,
    language: n.language, languages: n.languages.join(), control: n.globalPrivacyControl};
  if (data) {
    const high = await data.getHighEntropyValues(['platformVersion', 'architecture', 'bitness', 'model', 'fullVersionList', 'uaFullVersion']);
    said.brands = data.brands.map(one => one.brand + '/' + one.version).join('|');
    said.system = data.platform + ' ' + data.mobile + ' ' + high.platform + ' ' + high.platformVersion + ' ' + high.architecture + high.bitness + high.model;
    said.json = JSON.stringify(data.toJSON().brands) === JSON.stringify(data.brands) && data.toJSON().platform === data.platform;
    said.full = high.fullVersionList.map(one => one.brand).join('|');
  }
  said.locale = new scope.Intl.DateTimeFormat().resolvedOptions().locale + ' ' + scope.Intl.NumberFormat().resolvedOptions().locale;
  said.number = (1234.5).toLocaleString() === new scope.Intl.NumberFormat(n.language).format(1234.5) || scope === self;
  const print = it => scope.Function.prototype.toString.call(it), bare = text => text.replace(/\s+/g, ' ');
  const wrong = [];
  for (const name of ['userAgent', 'appVersion', 'platform', 'language', 'languages', 'globalPrivacyControl']) {
    const told = Object.getOwnPropertyDescriptor(kind, name);
    if (told && bare(print(told.get)).replace('function get ', 'function ') !== 'function ' + name + '() { [native code] }' || told && told.get.name !== 'get ' + name) wrong.push(name);
  }
  for (const [owner, name] of [[scope.Function.prototype, 'toString'], [scope, 'Worker'], [scope.Intl, 'DateTimeFormat'], [scope.URL, 'createObjectURL']])
    if (owner[name] && (bare(print(owner[name])) !== 'function ' + name + '() { [native code] }' || owner[name].name !== name)) wrong.push(name);
  if (Object.getOwnPropertyNames(n).length) wrong.push('own');
  if (!(Object.getOwnPropertyDescriptor(kind, 'userAgent').enumerable && kind.hasOwnProperty('userAgent'))) wrong.push('place');
  try { kind.userAgent; wrong.push('illegal'); } catch (error) { if (error.constructor.name !== 'TypeError') wrong.push('error'); }
  if (!(new scope.Intl.DateTimeFormat() instanceof scope.Intl.DateTimeFormat) || scope.Intl.DateTimeFormat.prototype.constructor !== scope.Intl.DateTimeFormat) wrong.push('instance');
  said.wrong = wrong.join();
  return said;
};
'''
WORKER = LOOK + '''
const tell = async to => to.postMessage(await look(self));
if (self.SharedWorkerGlobalScope) onconnect = event => tell(event.ports[0]);
else if (self.ServiceWorkerGlobalScope) onmessage = event => tell(event.source);
else tell(self);
'''
NESTED = 'const inner = new Worker("/worker.js"); inner.onmessage = event => postMessage(event.data);'

PAGE = '''<!doctype html><title>told</title><body><script>
%s
const said = {}, wanted = new Set(), put = () => document.documentElement.setAttribute('said', JSON.stringify({at: location.href, said, missing: [...wanted].filter(name => !said[name])}));
const note = (name, told) => { said[name] = told; put(); };
const expect = name => { wanted.add(name); put(); };
const failed = (name, error) => note(name, {failed: String(error && error.message || error)});
const wait = (name, told) => { expect(name); Promise.resolve(told).then(it => note(name, it), error => failed(name, error)); };
addEventListener('message', event => { if (event.data && event.data.frame) note(event.data.frame, event.data.told); });
wait('page', look(window));

const frame = (attributes = {}) => { const it = document.createElement('iframe'); Object.assign(it, attributes); document.body.append(it); return it; };
wait('frame at once', look(frame().contentWindow));
wait('frame by its document', look(frame().contentDocument.defaultView));
const tail = name => '<script>' + LOOK + 'look(window).then(told => parent.postMessage({frame: "' + name + '", told}, "*"));<' + '/script>';
const LOOK = %s;
expect('frame written'); { const page = frame().contentDocument; page.open(); page.write(tail('frame written')); page.close(); }
expect('frame with source'); frame({srcdoc: tail('frame with source')});
expect('frame of the site'); frame({src: '/frame'});
{ frame(); const i = window.length - 1; expect('frame by its number'); setTimeout(() => wait('frame by its number', look(window[i]))); }

const worker = (name, make) => {
  expect(name);
  try {
    const it = make(), port = it.port || it;
    port.onmessage = event => note(name, event.data);
    it.onerror = event => failed(name, event);
  } catch (error) { failed(name, error); }
};
const WORKER = %s, blob = (...parts) => URL.createObjectURL(new Blob(parts, {type: 'text/javascript'}));
worker('worker of a blob', () => { const url = blob(WORKER), it = new Worker(url); URL.revokeObjectURL(url); return it; });
worker('worker of a module blob', () => new Worker(blob(WORKER), {type: 'module'}));
worker('worker of data', () => new Worker('data:text/javascript,' + encodeURIComponent(WORKER)));
worker('worker of packed data', () => new Worker('data:text/javascript;base64,' + btoa(WORKER)));
worker('shared worker of a blob', () => new SharedWorker(blob(WORKER)));
if (location.protocol === 'https:') {
  worker('worker', () => new Worker('/worker.js'));
  worker('worker of a module', () => new Worker('/worker.js?module', {type: 'module'}));
  worker('worker in a worker', () => new Worker('/nested.js'));
  worker('shared worker', () => new SharedWorker('/worker.js?shared'));
  expect('service worker');
  navigator.serviceWorker.onmessage = event => note('service worker', event.data);
  navigator.serviceWorker.register('/worker.js?service').then(() => navigator.serviceWorker.ready)
    .then(it => it.active.postMessage('look'), error => failed('service worker', error));
}
wanted.add('end'); setTimeout(() => note('end', true));
</script>''' % (LOOK, json.dumps(LOOK), json.dumps(WORKER))
# What a page leaves in its tab's name, for the next one to find; the page's address says where that is.
LEAVES = '<!doctype html><script>name = "left by the other"; location = new URLSearchParams(location.search).get("to");</script>'
FINDS = '<!doctype html><script>document.documentElement.setAttribute("said", JSON.stringify({at: location.href, missing: [], name}));</script>'
FRAME = '<!doctype html><script>' + LOOK + 'look(window).then(told => parent.postMessage({frame: "frame of the site", told}, "*"));</script>'

REALMS_PLAIN = {'page', 'frame at once', 'frame by its document', 'frame written', 'frame with source', 'frame of the site',
                'frame by its number', 'worker of a blob', 'worker of a module blob', 'worker of data', 'worker of packed data',
                'shared worker of a blob'}
REALMS_SECURE = REALMS_PLAIN | {'worker', 'worker of a module', 'worker in a worker', 'shared worker', 'service worker'}


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    seen = []

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        kind, body = {'/worker.js': ('text/javascript', WORKER), '/nested.js': ('text/javascript', NESTED), '/frame': ('text/html', FRAME),
                      '/leaves': ('text/html', LEAVES), '/finds': ('text/html', FINDS),
                      '/': ('text/html; charset=utf-8', PAGE)}.get(path, ('text/plain', ''))
        Origin.seen.append((path, self.headers))
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Exit(exits.Exit):
    """One that connects to whom it is asked for."""

    def connect(self, target):
        host, port = target.rsplit(':', 1)
        onward = socket.create_connection((host, int(port)), 30)
        onward.settimeout(None)
        return onward


def start_origin(folder, port):
    origin = http.server.ThreadingHTTPServer((browser.ADDRESS, port), Origin)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f'{folder}/leaf.pem', f'{folder}/leaf.key')
        origin.socket = context.wrap_socket(origin.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=origin.serve_forever, daemon=True).start()


def start_service(program, folder, name, way, settings):
    profile = os.path.join(folder, name)
    os.makedirs(profile, mode=0o700)
    with open(os.path.join(profile, 'list.txt'), 'w', encoding='ascii') as file:
        file.write('! A list.\nother.test##.ad\n')
    with open(os.path.join(profile, 'exits.ini'), 'w', encoding='ascii') as file:
        file.write(f'[exit {way.name}]\nuri={way.uri()}\nname={way.name}\ncountry=AT\n')
    os.chmod(os.path.join(profile, 'exits.ini'), 0o600)
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='ascii') as file:
        file.write(f'[inspection]\non=true\n[lists]\noff={browser.OWN_LISTS}\nadded={profile}/list.txt\n' + settings)
    service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=dict(os.environ, SSL_CERT_FILE=f'{folder}/root.pem'))
    proxy = service.stdout.readline().decode().split()[1]
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(os.path.join(profile, 'cache', 'engine.bin.key')) and time.monotonic() < deadline:
        time.sleep(0.02)
    return service, proxy


def open_browser(kind, folder, proxy):
    place = os.path.join(folder, kind.NAME)
    os.makedirs(place)
    if kind is chromium:
        return kind.Browser(place, f'--proxy-server={proxy}', '--ignore-certificate-errors', '--lang=en-GB',
                            '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable')
    host, port = proxy.split('//')[1].split(':')
    return kind.Browser(place, {'network.proxy.type': 1, 'network.proxy.http': host, 'network.proxy.http_port': int(port),
                                'network.proxy.ssl': host, 'network.proxy.ssl_port': int(port), 'dom.security.https_first': False})


def ask(driver, tab, url, at=None):
    """What the page said, once nothing is missing, and once it is the page at the end of the way."""
    deadline, told = time.monotonic() + PATIENCE, {}
    driver.open(tab, url)
    while time.monotonic() < deadline:
        driver.wait(0.1)
        text = driver.said(tab)
        if text:
            told = json.loads(text)
            if told['at'] == (at or url) and not told['missing']:
                break
    return told


def major_of(agent):
    return agent.split('Firefox/' if 'Firefox/' in agent else 'Chrome/')[1].split('.')[0]


def wanted_of(kind, agent, is_secure):
    """What the server was told is what each must see."""
    wanted = {'agent': agent, 'platform': 'Win32', 'language': 'de-AT', 'languages': 'de-AT,de,en-US,en', 'locale': 'de-AT de-AT', 'wrong': ''}
    if kind is firefox:
        return dict(wanted, version='5.0 (Windows)', system='Windows NT 10.0; Win64; x64', maker='')
    wanted.update(version=agent[8:])
    if is_secure:
        wanted.update(system='Windows false Windows 19.0.0 x8664', json=True)
    return wanted


def check_told(tap, kind, scheme, told):
    said, headers = told.get('said', {}), [head for path, head in Origin.seen if path == '/']
    agent = headers[-1]['User-Agent'] if headers else ''
    tap.ok('Windows NT 10.0' in agent and headers[-1]['Accept-Language'].startswith('de-AT,de;'),
           f'{kind.NAME}, {scheme}: the server is told the common ones', agent)
    for name in sorted(REALMS_SECURE if scheme == 'https' else REALMS_PLAIN):
        got = said.get(name, {})
        # What has no origin is no secure context, and in a worker there is neither maker nor system.
        wanted = wanted_of(kind, agent, scheme == 'https' and 'data' not in name)
        if 'worker' in name:
            wanted = {key: value for key, value in wanted.items() if key not in ('maker', 'system') or kind is chromium and key == 'system'}
        wrong = {key: got.get(key) for key, value in wanted.items() if got.get(key) != value}
        tap.ok(not wrong, f'{kind.NAME}, {scheme}, {name}: what is seen is what the server was told', wrong, got)
        if 'brands' in got:
            hint = [head for path, head in Origin.seen if path == '/'][-1]['sec-ch-ua']
            brands = '|'.join(one.strip('" ').replace('";v="', '/') for one in hint.split('", "'))
            tap.ok(got['brands'] == brands and 'Google Chrome/' + major_of(agent) in brands,
                   f'{kind.NAME}, {scheme}, {name}: the makers are those of the header', got['brands'], hint)


def check_control(tap, kind, scheme, told):
    for name in ('page', 'frame of the site'):
        tap.ok(told.get('said', {}).get(name, {}).get('control') is True, f'{kind.NAME}, {scheme}, {name}: says that the user objects',
               told.get('said', {}).get(name))


def check_name(tap, driver, tab, kind, scheme):
    for site, wanted in ('told.test', ''), ('other.test', 'left by the other'):
        there = f'{scheme}://{site}/finds'
        told = ask(driver, tab, f'{scheme}://other.test/leaves?to={there}', there)
        tap.ok(told.get('name') == wanted, f'{kind.NAME}, {scheme}: the name of a tab goes no further than its site, to {site}', told)


def check_own(tap, kind, scheme, told):
    said = told.get('said', {})
    for name in sorted(REALMS_SECURE if scheme == 'https' else REALMS_PLAIN):
        got = said.get(name, {})
        tap.ok('Linux' in got.get('agent', '') and 'Linux' in got.get('platform', ''),
               f'{kind.NAME}, {scheme}, {name}: without the options it is the browser’s own', got)


OPTIONS = '[privacy]\nuser-agent=common\n[exit]\nchoice=exit\nid={}\naccept-language=match\n'


def run(tap, program, folder, kind, way):
    for name, settings in ('with', OPTIONS.format(way.id())), ('without', ''):
        service, proxy = start_service(program, folder, f'{kind.NAME}-{name}', way, settings)
        driver = None
        try:
            driver = open_browser(kind, os.path.join(folder, name), proxy)
            tab = driver.new_tab()
            for scheme in 'https', 'http':
                Origin.seen.clear()
                told = ask(driver, tab, f'{scheme}://told.test/')
                (check_told if name == 'with' else check_own)(tap, kind, scheme, told)
                check_control(tap, kind, scheme, told)
                check_name(tap, driver, tab, kind, scheme)
        finally:
            if driver is not None:
                driver.close()
            service.terminate()
            service.wait(10)


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    folder = tempfile.mkdtemp(prefix='told-')
    tap = browser.Tap()
    try:
        browser.lay_network(folder)
        trust.make_certificates(folder)
        start_origin(folder, 80)
        start_origin(folder, 443)
        way = Exit('way', 'http', None, 0, folder)
        for kind in (chromium, firefox):
            if shutil.which(kind.NAME) is not None:
                run(tap, sys.argv[1], folder, kind, way)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main())
