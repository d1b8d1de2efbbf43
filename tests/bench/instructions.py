#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instructions that the service spends on a request, counted by valgrind: the same on an idle machine and on a busy one, which no
time is. Rows of `run`, and a test: `instructions.py --tap SERVICE` fails when a request costs much more than it did, for what
slips in unseen is a feature that everybody pays for. The system's calls are not in it.

    request   of 300 bytes by HTTP on a kept connection, judged by the lists that are installed, answered with five bytes
    page      the same, answered with a page of 16 KiB that rules change
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

# What was counted on x86-64 by the compiler of Debian 12, and a quarter more: other compilers differ by a tenth.
BOUNDS = {'request': 33000, 'page': 1450000}
WARM, COUNT = 300, 1000
PATIENCE = 120
LISTS = ('/usr/share/chromium/extensions/ublock-origin/assets', '/usr/share/webext/ublock-origin-chromium/assets',
         '/usr/share/webext/ublock-origin-firefox/assets')

ELEMENT = '<div class="story banner-%d ad-banner ads" id="s%d"><a href="/story/%d">A headline</a><p>Some words of what it tells.</p></div>\n'
PAGE = ('<!doctype html><html><head><title>News</title></head><body>\n' + ''.join(ELEMENT % (i % 40, i, i) for i in range(160))
        + '</body></html>\n').encode()
BODIES = {'request': (b'application/octet-stream', b'hello'), 'page': (b'text/html; charset=utf-8', PAGE)}
AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'


def origin_serve(listener):
    """Answers on kept connections, each request with the body that its path names."""
    def talk(peer):
        with peer:
            while True:
                head = peer.recv(65536)
                if not head:
                    return
                kind, body = BODIES[head.split(b' ')[1].strip(b'/').decode()]
                peer.sendall(b'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n' % (kind, len(body)) + body)
    while True:
        try:
            peer = listener.accept()[0]
        except OSError:
            return
        threading.Thread(target=talk, args=(peer,), daemon=True).start()


def request_text(origin, shape):
    fields = [f'Host: {origin}', f'User-Agent: {AGENT}', 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
              'Accept-Language: en-US,en;q=0.5', 'Accept-Encoding: gzip, deflate', 'Referer: http://127.0.0.1/some/page.html',
              'Cookie: a=b', 'Upgrade-Insecure-Requests: 1', 'Proxy-Connection: keep-alive']
    return (f'GET http://{origin}/{shape} HTTP/1.1\r\n' + '\r\n'.join(fields) + '\r\n\r\n').encode()


def read_response(peer):
    """Reads one, by its length or its chunks."""
    have = b''
    while b'\r\n\r\n' not in have:
        have += take(peer)
    head, _, body = have.partition(b'\r\n\r\n')
    length = re.search(rb'(?i)content-length: (\d+)', head)
    while len(body) < int(length.group(1)) if length else not body.endswith(b'\r\n0\r\n\r\n'):
        body += take(peer)
    if b' 200 ' not in head.split(b'\r\n')[0]:
        raise RuntimeError(head.decode('latin-1'))
    return body


def take(peer):
    more = peer.recv(65536)
    if not more:
        raise RuntimeError('the service closed the connection')
    return more


def ask(peer, text, n):
    for _ in range(n):
        peer.sendall(text)
        body = read_response(peer)
    return body


def start(command):
    """A service and the address it listens on."""
    service = subprocess.Popen(command + ['--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    line = service.stdout.readline().decode()
    match = re.match(r'ready http://([\d.]+):(\d+) ', line)
    if not match:
        service.kill()
        raise RuntimeError(f'the service does not start: {line!r}')
    return service, (match.group(1), int(match.group(2)))


def compile_lists(program, profile):
    """What is counted is a service that starts from an engine."""
    service, _ = start([program, '--profile', profile])
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(os.path.join(profile, 'cache', 'engine.bin.pages.key')) and time.monotonic() < deadline:
        time.sleep(0.1)
    service.terminate()
    service.wait(PATIENCE)


def control(option, pid):
    """Has callgrind of a process forget or write down what it has counted."""
    subprocess.run(['callgrind_control', option, str(pid)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def counted(folder):
    """Instructions of the last dump, all threads."""
    newest = max((name for name in os.listdir(folder) if re.fullmatch(r'count\.\d+', name)), key=lambda name: int(name[6:]))
    with open(os.path.join(folder, newest), encoding='ascii', errors='replace') as file:
        return int(re.search(r'^(?:totals|summary): (\d+)', file.read(), re.MULTILINE).group(1))


def count(program):
    """Instructions a request, shape by shape; and the changed page."""
    folder = tempfile.mkdtemp(prefix='instructions-')
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=origin_serve, args=(listener,), daemon=True).start()
    service, counts, page = None, {}, b''
    try:
        profile = os.path.join(folder, 'profile')
        compile_lists(program, profile)
        service, address = start(['valgrind', '--quiet', '--tool=callgrind', f'--callgrind-out-file={folder}/count', program, '--profile', profile])
        with socket.create_connection(address, PATIENCE) as peer:
            for shape in BODIES:
                text = request_text('news.localhost:%d' % listener.getsockname()[1], shape)
                ask(peer, text, WARM)
                control('--zero', service.pid)
                page = ask(peer, text, COUNT)
                control('--dump', service.pid)
                counts[shape] = counted(folder) // COUNT
    finally:
        listener.close()
        if service is not None:
            service.terminate()
            service.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)
    return counts, page


def rows(build, say):
    for shape, n in count(os.path.join(build, 'service', 'nightjard'))[0].items():
        say(f'instructions {shape}', n, 'instructions')


def test(program):
    if shutil.which('callgrind_control') is None:
        return print('1..0 # SKIP valgrind is not installed')
    if not any(os.path.isdir(folder) for folder in LISTS):
        return print('1..0 # SKIP no uBlock Origin is installed, whose lists these requests are judged by')
    counts, page = count(program)
    print(f'1..{len(BOUNDS) + 1}')
    for i, (shape, bound) in enumerate(BOUNDS.items()):
        print('ok' if 0 < counts[shape] <= bound else 'not ok', i + 1, f'- {shape}: {counts[shape]} instructions, at most {bound}')
    # Else the row would speak of pages that nothing was done to.
    print('ok' if PAGE not in page else 'not ok', len(BOUNDS) + 1, '- the page was changed')


if __name__ == '__main__':
    test(sys.argv[sys.argv.index('--tap') + 1])
