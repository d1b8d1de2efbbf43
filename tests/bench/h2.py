# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of `run`: what a request costs the service in CPU that comes by HTTP/2, is looked into and goes on by HTTP/2, against
nghttpx, which only passes it on; small answers, larger ones, and bulk, each with as many connections and streams as its name
says. h2load asks through a relay that asks either for its tunnel, nghttpd answers; in turns, the median of the ratios."""
import glob
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading

from tunnel import await_port, free_port, start

TURNS = 5
# connections, streams in each, path, requests of one turn
CASES = ((8, 16, '1k', 16000), (1, 100, '1k', 16000), (8, 1, '1k', 8000), (8, 16, '100k', 3000), (1, 4, '10m', 40))
SIZES = {'1k': 1 << 10, '100k': 100 << 10, '10m': 10 << 20}
FIELDS = ('user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 Safari/537.36',
          'accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', 'accept-language: en-US,en;q=0.5',
          'accept-encoding: gzip, deflate, br', 'referer: https://localhost/start/page.html',
          'cookie: session=0123456789abcdef0123456789abcdef; theme=dark', 'sec-fetch-dest: image', 'sec-fetch-mode: no-cors',
          'sec-fetch-site: same-origin')


def spent(pid):
    """Of each thread of a process and its children, in ns: to be compared thread by thread, for threads end."""
    times, left = {}, [pid]
    while left:
        one = left.pop()
        for folder in glob.glob(f'/proc/{one}/task/*'):
            try:
                with open(f'{folder}/schedstat', encoding='ascii') as file:
                    times[folder] = int(file.read().split()[0])
                with open(f'{folder}/children', encoding='ascii') as file:
                    left += [int(child) for child in file.read().split()]
            except OSError:
                continue
    return times


def pump(source, sink):
    """Bytes past Python: what is measured must not wait for it."""
    out, into = os.pipe()
    try:
        while True:
            n = os.splice(source.fileno(), into, 1 << 16)
            if n == 0:
                break
            while n > 0:
                n -= os.splice(out, sink.fileno(), n)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    finally:
        os.close(out)
        os.close(into)


def join(peer, port, tunnel_to):
    with peer, socket.create_connection(('127.0.0.1', port), 30) as far:
        far.settimeout(None)
        for end in (peer, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tunnel_to is not None:
            far.sendall(f'CONNECT {tunnel_to} HTTP/1.1\r\nHost: {tunnel_to}\r\n\r\n'.encode())
            answer = b''
            while not answer.endswith(b'\r\n\r\n'):
                more = far.recv(1)
                if not more:
                    return
                answer += more
        back = threading.Thread(target=pump, args=(far, peer), daemon=True)
        back.start()
        pump(peer, far)
        back.join()


def relay(port, tunnel_to=None):
    """Where h2load connects, which knows no proxy."""
    listener = socket.create_server(('127.0.0.1', 0), backlog=128)

    def serve():
        while True:
            try:
                peer = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=join, args=(peer, port, tunnel_to), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return listener


def make_certificate(folder):
    key, certificate = os.path.join(folder, 'key.pem'), os.path.join(folder, 'certificate.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:true',
                    '-keyout', key, '-out', certificate], check=True, stderr=subprocess.DEVNULL)
    return key, certificate


def start_ours(build, folder, certificate, programs):
    profile = os.path.join(folder, 'profile')
    os.mkdir(profile)
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='utf-8') as file:
        file.write('[inspection]\non=true\nprograms=all\n[lists]\nupdate=false\n')
    programs.append(subprocess.Popen([os.path.join(build, 'service', 'nightjard'), '--profile', profile, '--bus', 'none', '--no-desktop',
                                      '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, env=dict(os.environ, SSL_CERT_FILE=certificate)))
    return int(re.search(rb':(\d+) ', programs[-1].stdout.readline()).group(1)), programs[-1].pid


def measure(case, entry, origin, pid):
    """CPU of one turn in µs a request, None when not all were answered."""
    connections, streams, path, n = case
    fields = [word for field in FIELDS for word in ('-H', field)]
    before = spent(pid)
    done = subprocess.run(['h2load', f'-n{n}', f'-c{connections}', f'-m{streams}', *fields, f'--connect-to=127.0.0.1:{entry}',
                           f'https://localhost:{origin}/{path}'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    after = spent(pid)
    if f'{n} succeeded' not in done.stdout.decode():
        return None
    return sum(ns - before.get(thread, 0) for thread, ns in after.items()) / 1000 / n


def compare(parts, origin, say):
    for case in CASES:
        seen = {name: [] for name in parts}
        for turn in range(TURNS + 1):
            turns = {name: measure(case, entry, origin, pid) for name, (entry, pid) in parts.items()}
            if turn > 0 and None not in turns.values():
                for name, value in turns.items():
                    seen[name].append(value)
        if seen['ours']:
            say('h2 {}x{} {} cpu_us'.format(*case[:3]), round(statistics.median(seen['ours']), 1), 'µs', 'nghttpx',
                round(statistics.median(mine / theirs for mine, theirs in zip(seen['ours'], seen['nghttpx'])), 2))


def rows(build, say):
    if any(shutil.which(name) is None for name in ('nghttpx', 'nghttpd', 'h2load')):
        return
    folder, programs, listeners = tempfile.mkdtemp(prefix='bench-'), [], []
    try:
        key, certificate = make_certificate(folder)
        www = os.path.join(folder, 'www')
        os.mkdir(www)
        for name, size in SIZES.items():
            with open(os.path.join(www, name), 'wb') as file:
                file.write(b'a' * size)
        origin, front = free_port(), free_port()
        start(programs, ['nghttpd', '-d', www, str(origin), key, certificate])
        await_port(origin)
        port, pid = start_ours(build, folder, certificate, programs)
        peer = start(programs, ['nghttpx', '--workers=1', '--accesslog-file=/dev/null', '--errorlog-file=/dev/null', '--conf=/dev/null',
                                f'--frontend=127.0.0.1,{front}', f'--backend=127.0.0.1,{origin};;proto=h2;tls;sni=localhost', '--insecure',
                                '--no-ocsp', key, certificate])
        if not await_port(front):
            return
        listeners = [relay(port, f'localhost:{origin}'), relay(front)]
        entries = [listener.getsockname()[1] for listener in listeners]
        compare({'ours': (entries[0], pid), 'nghttpx': (entries[1], peer.pid)}, origin, say)
    finally:
        for listener in listeners:
            listener.close()
        for program in programs:
            program.terminate()
        for program in programs:
            program.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
