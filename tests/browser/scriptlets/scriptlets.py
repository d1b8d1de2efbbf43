#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every scriptlet and every procedural operator in a real browser: headless Chromium, or Firefox, loads small pages, each
without and with the rule, and each must tell both times what it should.

    scriptlets.py PRINT-SCRIPTLETS [--firefox] [NAME…]

Files under pages/ are named after what they show. In each, pages are apart by lines of "----"; a page opens with lines

    rule: T name, argument        T: of a list that may rewrite; U: of another; P: procedural; more such lines, more rules
    without: text                 what the page says without the rules
    with: text                    and with them
    path: /name?query             where the page is; "policy: text" is its Content-Security-Policy
    only: chromium                what Firefox does not have

What the page says are the texts it gave to say (), with blanks between them, or those that what it gave to show () has
at the moment. All run in tabs of one browser, side by side.
Needs no network beyond the loopback. Says TAP.
"""
import glob
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import chromium
import firefox

HERE = os.path.dirname(os.path.abspath(__file__))
TABS = 8
PATIENCE = 30.0  # what is right is seen at once; a page that stays wrong has so long, seconds
SETTLE = 0.2  # what should not happen has this long to happen anyway, seconds
SAY = '''<script>{
const said = [], root = document.documentElement, print = String;
window.say = (...all) => { said.push(all.map(one => print(one)).join(' ')); root.setAttribute('said', said.join(' ')); };
window.show = f => { const put = () => root.setAttribute('said', f().map(one => print(one)).join(' ')); put(); every(put, 40); };
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


class Tab:
    """One page after another; a page is looked at until it says what it should."""

    def __init__(self, browser, base):
        self.browser, self.base = browser, base
        self.place = browser.new_tab()

    def start(self, job):
        case, way = job
        self.job, self.said, self.seen_good = job, '', None
        self.end = time.monotonic() + PATIENCE
        self.browser.open(self.place, self.base(case, way) + case.heads.get('path', '/'))

    def step(self):
        """Whether the page is through."""
        said, now = self.browser.said(self.place), time.monotonic()
        if said is not None:
            self.said = said
            is_good = said == self.job[0].heads[self.job[1]]
            self.seen_good = (self.seen_good or now) if is_good else None
        return now > self.end or self.seen_good is not None and now - self.seen_good > SETTLE


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
        browser.wait(0.02)
        for tab in [tab for tab in busy if tab.step()]:
            case, way = tab.job
            said[case.name, case.number, way] = tab.said
            busy.remove(tab)
            free.append(tab)
    return said


def run_all(cases, ways, tabs, browser):
    said = {}
    # All without, then all with: what one leaves behind in storage is nothing the other should find.
    for way in ways:
        said.update(run([(case, way) for case in cases if way in case.heads], tabs, browser))
    # What a busy machine was too slow for gets a second try, alone.
    again = [(case, way) for way in ways for case in cases
             if way in case.heads and said[case.name, case.number, way] != case.heads[way]]
    for case, way in again:
        print(f'# a second try: {case.name} {case.number} {way}, which said "{said[case.name, case.number, way]}"')
    said.update(run(again, tabs[:1], browser))
    return said


def tell(cases, said, ways):
    failures = 0
    print(f'1..{len(cases)}')
    for i, case in enumerate(cases, 1):
        wrong = [(way, said[case.name, case.number, way]) for way in ways
                 if way in case.heads and said[case.name, case.number, way] != case.heads[way]]
        failures += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {i} - {case.name}: {"; ".join(case.rules)}'.replace('#', '\\#'))
        for way, text in wrong:
            print(f'# {way}: said "{text}", wanted "{case.heads[way]}"')
    return 1 if failures else 0


def main(program, names):
    kind = firefox if '--firefox' in names else chromium
    if shutil.which(kind.NAME) is None:
        print(f'1..1\nok 1 - scriptlets # SKIP {kind.NAME} is not installed')
        return 0
    cases = [case for case in read_cases([name for name in names if name != '--firefox']) if case.heads.get('only', kind.NAME) == kind.NAME]
    print_programs(program, cases)
    Site.cases = {f'{case.name}.{case.number}': case for case in cases}
    server = Server(('127.0.0.1', 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix='scriptlets-') as folder:
        browser = kind.Browser(folder)
        try:
            place = f'http://127.0.0.1:{server.server_port}'
            tabs = [Tab(browser, lambda case, way: f'{place}/{case.name}.{case.number}/{way}') for _ in range(TABS)]
            said = run_all(cases, Site.ways, tabs, browser)
        finally:
            browser.close()
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder, exist_ok=True)
    return tell(cases, said, Site.ways)


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
