# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of `run`: what a tunnel through an h2:// exit costs the service in CPU for each GB, with 1 and with 64 streams, against
nghttpx that does as a plain relay what we do inside HTTP/2: take bytes out of TLS and hand them to a client on loopback.
Both in one run, over the same bytes; only the CPU time of the program in question is counted, in turns."""
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

TICK = os.sysconf('SC_CLK_TCK')
BLOCK = bytes(1 << 20)
TURNS = 3
STALLED = 32
SIZES = {1: 512 << 20, 64: 8 << 20}  # bytes of each stream


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def cpu_s(pid):
    """Of a process and its children: nghttpx works in one."""
    pids, total = [pid], 0
    for folder in os.listdir('/proc'):
        if folder.isdigit():
            try:
                with open(f'/proc/{folder}/stat', encoding='ascii', errors='replace') as file:
                    words = file.read().rpartition(')')[2].split()
            except OSError:
                continue
            if int(folder) == pid or int(words[1]) in pids:
                total += int(words[11]) + int(words[12])
    return total / TICK


def origin_serve(listener):
    """Takes one request, GET /BYTES, and answers with so many."""
    def talk(peer):
        with peer:
            head = b''
            while b'\r\n\r\n' not in head:
                more = peer.recv(4096)
                if not more:
                    return
                head += more
            left = int(re.match(rb'GET /(\d+)', head).group(1))
            peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % left)
            try:
                while left > 0:
                    left -= peer.send(BLOCK[:left])
            except OSError:
                pass
    while True:
        try:
            peer = listener.accept()[0]
        except OSError:
            return
        threading.Thread(target=talk, args=(peer,), daemon=True).start()


def fetch(port, origin, size, is_tunnel):
    """Bytes of the body that came."""
    buffer, have = bytearray(1 << 20), 0
    with socket.create_connection(('127.0.0.1', port), 30) as peer:
        if is_tunnel:
            peer.sendall(f'CONNECT {origin} HTTP/1.1\r\nHost: {origin}\r\n\r\n'.encode())
            answer = b''
            while b'\r\n\r\n' not in answer:
                answer += peer.recv(1) or b'\r\n\r\n'
            if b' 200' not in answer[:20]:
                return 0
        peer.sendall(f'GET /{size} HTTP/1.1\r\nHost: {origin}\r\n\r\n'.encode())
        while True:
            n = peer.recv_into(buffer)
            if n == 0:
                return have
            have += n
            if have >= size + 60:
                return have


def load(port, origin, streams, is_tunnel):
    """Whether all of it came."""
    sizes = [0] * streams

    def one(i):
        sizes[i] = fetch(port, origin, SIZES[streams], is_tunnel)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return all(size >= SIZES[streams] for size in sizes)


def await_port(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return True
        time.sleep(0.05)
    return False


def start(programs, command):
    programs.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL))
    return programs[-1]


def start_ours(build, folder, programs):
    """The service with an exit of its own; its port and process."""
    port = free_port()
    exit_program = os.path.join(build, 'service', 'nightjar-exit')
    os.mkdir(os.path.join(folder, 'exit'))
    made = subprocess.run([exit_program, 'init', os.path.join(folder, 'exit'), '--host', '127.0.0.1', '--listen', f'127.0.0.1:{port}'],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
    uri = re.search(r'h2://\S+', made).group(0)
    files = os.path.join(folder, 'exit')
    start(programs, [exit_program, '--certificate', os.path.join(files, 'certificate.pem'), '--key', os.path.join(files, 'key.pem'),
                     '--users', os.path.join(files, 'users'), '--listen', f'127.0.0.1:{port}', '--allow-private'])
    profile = os.path.join(folder, 'profile')
    os.mkdir(profile)
    with open(os.path.join(profile, 'exits.ini'), 'w', encoding='utf-8') as file:
        file.write(f'[exit 1]\nuri={uri}\ncountry=DE\n')
    with open(os.path.join(profile, 'settings.ini'), 'w', encoding='utf-8') as file:
        file.write('[exit]\nchoice=country\ncountry=DE\n')
    await_port(port)
    service = start(programs, [os.path.join(build, 'service', 'nightjard'), '--profile', profile, '--bus', 'none', '--no-desktop',
                               '--listen', '127.0.0.1:0'])
    return int(re.search(rb':(\d+) ', service.stdout.readline()).group(1)), service.pid


def start_peer(folder, origin, programs):
    """nghttpx in front, which is measured, and one behind it with the TLS server's side."""
    key, certificate = os.path.join(folder, 'key.pem'), os.path.join(folder, 'certificate.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                    '/CN=localhost', '-keyout', key, '-out', certificate], check=True, stderr=subprocess.DEVNULL)
    behind, front = free_port(), free_port()
    host, port = origin.split(':')
    plain = ['--no-via', '--workers=1', '--accesslog-file=/dev/null', '--errorlog-file=/dev/null', '--conf=/dev/null']
    start(programs, ['nghttpx', *plain, f'--frontend=127.0.0.1,{behind}', f'--backend={host},{port};;proto=http/1.1', key, certificate])
    peer = start(programs, ['nghttpx', *plain, f'--frontend=127.0.0.1,{front};no-tls',
                            f'--backend=127.0.0.1,{behind};;proto=http/1.1;tls', '--insecure'])
    return (front, peer.pid) if await_port(behind) and await_port(front) else None


def stall(port, origin, count):
    """Tunnels whose target sends without an end and whose client does not read."""
    peers = []
    for _ in range(count):
        peer = socket.create_connection(('127.0.0.1', port), 30)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.sendall(f'CONNECT {origin} HTTP/1.1\r\nHost: {origin}\r\n\r\n'.encode())
        peer.recv(64)
        peer.sendall(f'GET /{1 << 40} HTTP/1.1\r\nHost: {origin}\r\n\r\n'.encode())
        peers.append(peer)
    # Until all windows on the way are full.
    time.sleep(2)
    return peers


def beside_stalled(port, origin, say):
    """How long one stream takes beside others that nobody reads, by turns with the same without them."""
    took = {True: [], False: []}
    for _ in range(TURNS):
        for is_beside in (False, True):
            peers = stall(port, origin, STALLED) if is_beside else []
            begun = time.monotonic()
            if load(port, origin, 1, True):
                took[is_beside].append(time.monotonic() - begun)
            for peer in peers:
                peer.close()
    if took[True] and took[False]:
        beside, alone = min(took[True]), min(took[False])
        say(f'tunnel h2 1 beside {STALLED} stalled', round(SIZES[1] / beside / 1e6), 'MB/s', 'the same stream alone', round(alone / beside, 2))


def rows(build, say):
    if shutil.which('nghttpx') is None or not os.path.exists(os.path.join(build, 'service', 'nightjar-exit')):
        return
    folder, programs = tempfile.mkdtemp(prefix='bench-'), []
    listener = socket.create_server(('127.0.0.1', 0), backlog=128)
    origin = f'127.0.0.1:{listener.getsockname()[1]}'
    threading.Thread(target=origin_serve, args=(listener,), daemon=True).start()
    try:
        ours, peer = start_ours(build, folder, programs), start_peer(folder, origin, programs)
        if peer is None:
            return
        for streams, size in SIZES.items():
            spent = {True: [], False: []}
            for _ in range(TURNS):
                for is_tunnel, (port, pid) in ((True, ours), (False, peer)):
                    before = cpu_s(pid)
                    if load(port, origin, streams, is_tunnel):
                        spent[is_tunnel].append((cpu_s(pid) - before) / (streams * size / 1e9))
            if spent[True] and spent[False]:
                mine, theirs = statistics.median(spent[True]), statistics.median(spent[False])
                say(f'tunnel h2 {streams} cpu_s_gb', round(mine, 3), 's/GB', 'nghttpx, TLS relay', round(mine / theirs, 2) if theirs else None)
        beside_stalled(ours[0], origin, say)
    finally:
        listener.close()
        for program in programs:
            program.terminate()
        for program in programs:
            program.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
