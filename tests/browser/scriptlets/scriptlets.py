#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every scriptlet and every procedural operator in a real browser: headless Chromium loads small pages, each without and
with the rule, and each must tell both times what it should.

    scriptlets.py PRINT-SCRIPTLETS [NAME…]

Files under pages/ are named after what they show. In each, pages are apart by lines of "----"; a page opens with lines

    rule: T name, argument        T: of a list that may rewrite; U: of another; P: procedural; more such lines, more rules
    without: text                 what the page says without the rules
    with: text                    and with them
    path: /name?query             where the page is; "policy: text" is its Content-Security-Policy

What the page says are the texts it gave to say (), with blanks between them. All run in tabs of one browser, side by side.
Needs no network beyond the loopback. Says TAP.
"""
import glob
import http.server
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
TABS = 8
PATIENCE = 4.0
SETTLE = 0.2  # what should not happen has this long to happen anyway, seconds
SAY = '''<script>{
const said = [], root = document.documentElement, print = String;
window.say = (...all) => { said.push(all.map(one => print(one)).join(' ')); root.setAttribute('said', said.join(' ')); };
window.say.now = () => root.setAttribute('said', said.splice(0).join(' '));
window.later = setTimeout.bind(window); window.every = setInterval.bind(window);
}</script>
'''


class Case:
    def __init__(self, name, number, text):
        self.name, self.number = name, number
        self.rules, self.heads = [], {}
        lines = text.strip('\n').split('\n')
        while lines and re.match(r'\w+: ?', lines[0]):
            key, value = re.match(r'(\w+): ?(.*)', lines.pop(0)).groups()
            if key == 'rule':
                self.rules.append(value)
            else:
                self.heads[key] = value
        self.body = '\n'.join(lines)
        self.program = b''

    def document(self, is_with):
        nonce = ' nonce=own' if 'policy' in self.heads else ''
        program = b'<script' + nonce.encode() + b'>\n' + self.program + b'</script>\n' if is_with else b''
        return b'<!doctype html><html><head>' + SAY.replace('<script', '<script' + nonce).encode() + program + self.body.encode()


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    cases = {}
    ways = 'without', 'with'

    def do_GET(self):
        """/N/with/name is case N; /body?… answers with the query's body, and its type."""
        length = int(self.headers.get('Content-Length') or 0)
        sent = self.rfile.read(length).decode()
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        kind, body, extra = 'text/html; charset=utf-8', b'', {}
        parts = url.path.split('/')
        if len(parts) > 2 and parts[1] in Site.cases:
            case = Site.cases[parts[1]]
            body = case.document(parts[2] == 'with')
            if 'policy' in case.heads:
                extra['Content-Security-Policy'] = case.heads['policy']
        elif url.path.startswith('/body'):
            kind, body = query.get('type', 'text/plain'), query.get('body', '').encode()
        elif url.path == '/echo':
            kind, body = 'text/plain', sent.encode()
        try:
            self.send_response(200)
            for name, value in {'Content-Type': kind, 'Content-Length': str(len(body)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Browser:
    """Chromium behind --remote-debugging-pipe: JSON, each ended by NUL."""

    def __init__(self, folder):
        command = ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions',
                   '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
                   '--disable-dev-shm-usage', '--disable-popup-blocking', '--disable-background-timer-throttling',
                   '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--user-data-dir=' + folder, 'about:blank']
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()

        def place():
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(command, preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.pending, self.number, self.answers = b'', 0, {}

    def send(self, method, session=None, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if session:
            message['sessionId'] = session
        os.write(self.out, json.dumps(message).encode() + b'\0')
        return self.number

    def read(self, timeout):
        if not select.select([self.into], [], [], timeout)[0]:
            return
        data = os.read(self.into, 1 << 20)
        if not data:
            raise EOFError('the browser is gone')
        *whole, self.pending = (self.pending + data).split(b'\0')
        for text in whole:
            message = json.loads(text)
            if 'id' in message:
                self.answers[message['id']] = message
            elif message['method'] == 'Page.javascriptDialogOpening':
                self.send('Page.handleJavaScriptDialog', message['sessionId'], accept=True)

    def call(self, method, session=None, timeout=20, **params):
        number, end = self.send(method, session, **params), time.monotonic() + timeout
        while number not in self.answers:
            if time.monotonic() > end:
                return {}
            self.read(end - time.monotonic())
        return self.answers.pop(number).get('result', {})

    def new_tab(self):
        target = self.call('Target.createTarget', url='about:blank', newWindow=True)['targetId']
        session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        self.call('Page.enable', session)
        self.call('Emulation.setFocusEmulationEnabled', session, enabled=True)
        return session

    def close(self):
        os.close(self.out)
        self.process.terminate()
        self.process.wait()


class Tab:
    """One page after another; a page is looked at until it says what it should."""

    def __init__(self, browser, base):
        self.browser, self.base = browser, base
        self.session = browser.new_tab()
        self.job = self.asked = None

    def start(self, job):
        case, way = job
        self.job, self.said, self.seen_good, self.is_there = job, '', None, False
        path = case.heads.get('path', '/')
        self.end = time.monotonic() + PATIENCE
        self.asked = self.browser.send('Page.navigate', self.session, url=f'{self.base}/{case.name}.{case.number}/{way}{path}')

    def step(self):
        """Whether the page is through."""
        now = time.monotonic()
        if self.asked in self.browser.answers:
            answer = self.browser.answers.pop(self.asked)
            self.asked = None
            value = answer.get('result', {}).get('result', {}).get('value')
            if value is not None:
                self.said = value
                self.is_there = True
        is_good = self.is_there and self.said == self.job[0].heads.get(self.job[1])
        if not is_good:
            self.seen_good = None
        elif self.seen_good is None:
            self.seen_good = now
        if self.seen_good is not None and now - self.seen_good > SETTLE:
            return True
        if now > self.end:
            return True
        if self.asked is None:
            self.asked = self.browser.send('Runtime.evaluate', self.session, returnByValue=True,
                                           expression='document.documentElement.getAttribute("said") || ""')
        return False


def read_cases(names):
    cases = []
    for path in sorted(glob.glob(os.path.join(HERE, 'pages', '*.txt'))):
        name = os.path.basename(path)[:-4]
        if names and name not in names:
            continue
        with open(path, encoding='utf-8') as file:
            texts = re.split(r'^----\n', file.read(), flags=re.M)
        cases += [Case(name, i, text) for i, text in enumerate(texts) if text.strip()]
    return cases


def print_programs(program, cases):
    text = ''.join('\n'.join(case.rules) + '\n\n' for case in cases)
    done = subprocess.run([program], input=text.encode(), stdout=subprocess.PIPE, check=True)
    rest = done.stdout
    for case in cases:
        size, rest = rest.split(b'\n', 1)
        case.program, rest = rest[:int(size)], rest[int(size):]


def run(jobs, tabs, browser):
    said, free, busy = {}, list(tabs), []
    while jobs or busy:
        while jobs and free:
            tab = free.pop()
            tab.start(jobs.pop(0))
            busy.append(tab)
        browser.read(0.02)
        for tab in [tab for tab in busy if tab.step()]:
            case, way = tab.job
            said[case.name, case.number, way] = tab.said
            busy.remove(tab)
            free.append(tab)
    return said


def main(program, names):
    if shutil.which('chromium') is None:
        print('1..1\nok 1 - scriptlets # SKIP chromium is not installed')
        return 0
    cases = read_cases(names)
    print_programs(program, cases)
    Site.cases = {f'{case.name}.{case.number}': case for case in cases}
    server = Server(('127.0.0.1', 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failures = 0
    with tempfile.TemporaryDirectory(prefix='scriptlets-') as folder:
        browser = Browser(folder)
        try:
            tabs, said = [Tab(browser, f'http://127.0.0.1:{server.server_port}') for _ in range(TABS)], {}
            # All without, then all with: what one leaves behind in storage is nothing the other should find.
            for way in Site.ways:
                said.update(run([(case, way) for case in cases if way in case.heads], tabs, browser))
        finally:
            browser.close()
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder, exist_ok=True)
    print(f'1..{len(cases)}')
    for i, case in enumerate(cases, 1):
        wrong = [(way, said[case.name, case.number, way]) for way in Site.ways
                 if way in case.heads and said[case.name, case.number, way] != case.heads[way]]
        failures += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {i} - {case.name}: {"; ".join(case.rules)}'.replace('#', '\\#'))
        for way, text in wrong:
            print(f'# {way}: said "{text}", wanted "{case.heads[way]}"')
    return 1 if failures else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
