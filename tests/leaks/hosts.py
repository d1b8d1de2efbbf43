# SPDX-License-Identifier: GPL-3.0-or-later
"""Who lives in the world: a name server and a target far away, and exits with moods on the router."""
import contextlib
import hashlib
import os
import select
import signal
import socket
import ssl
import struct
import subprocess
import threading

import world as places

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhere\n'


class NameServer:
    """exit.test is the first exit, every other name the target; what the client asked in the clear is kept. With a folder it
    speaks TLS too, with a certificate of that folder."""

    def __init__(self, world, folder=None):
        self.world = world
        self.asked = []
        self.asked_inside = []
        with world.inside('far'):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.bind((places.RESOLVER, 53))
        threading.Thread(target=self.serve, daemon=True).start()
        self.certificate = self.context = self.listener = None
        if folder:
            self.certificate, _, self.context = make_certificate(folder, 'dns', 'DNS:dns.test')
            self.live()

    def serve(self):
        while True:
            query, asker = self.sock.recvfrom(4096)
            # Exits may ask for what they are asked for.
            self.sock.sendto(self.answer(query, self.asked if asker[0] in (places.CLIENT, places.CLIENT6) else []), asker)

    @staticmethod
    def answer(query, asked):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode('latin-1'))
            at += 1 + query[at]
        kind = struct.unpack_from('>H', query, at + 1)[0]
        asked.append('.'.join(labels))
        if labels == ['exit', 'test']:
            address = socket.inet_aton(places.EXITS[0]) if kind == 1 else b''
        else:
            address = {1: socket.inet_aton(places.TARGET), 28: socket.inet_pton(socket.AF_INET6, places.TARGET6)}.get(kind, b'')
        record = struct.pack('>HHHIH', 0xc00c, kind, 1, 60, len(address)) + address if address else b''
        head = query[:2] + struct.pack('>HHHHH', 0x8180, 1, 1 if address else 0, 0, 0)
        return head + query[12:at + 5] + record

    def live(self):
        with self.world.inside('far'):
            self.listener = socket.create_server((places.RESOLVER, 853), backlog=64)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def die(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_inside, args=(sock,), daemon=True).start()

    def serve_inside(self, sock):
        with contextlib.suppress(OSError), self.context.wrap_socket(sock, server_side=True) as inside:
            while True:
                query = exactly(inside, int.from_bytes(exactly(inside, 2), 'big'))
                answer = self.answer(query, self.asked_inside)
                inside.sendall(len(answer).to_bytes(2, 'big') + answer)


class Target:
    """Answers every request on port 80; knows who came."""

    def __init__(self, world):
        self.guests = set()
        self.requests = 0
        for family, address in ((socket.AF_INET, places.TARGET), (socket.AF_INET6, places.TARGET6)):
            with world.inside('far'):
                listener = socket.create_server((address, 80), family=family, backlog=256)
            threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            sock, guest = listener.accept()
            self.guests.add(guest[0])
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        with contextlib.suppress(OSError), sock:
            while take_head(sock):
                self.requests += 1
                sock.sendall(ANSWER)


class Exit:
    """kind is http, https, socks5 or socks5s; mood is serves, stalls, resets, babbles, denies, ponders or floods."""

    def __init__(self, world, kind, address, port, folder):
        self.world, self.kind, self.address, self.port, self.folder = world, kind, address, port, folder
        self.mood = 'serves'
        self.open = set()
        self.drops = 0
        self.seen = set()
        self.listener = None
        self.fingerprint = None
        self.context = None
        if kind in ('https', 'socks5s'):
            self.change_certificate()
            self.told = self.fingerprint
        self.live()

    def uri(self):
        pin = f'#sha256={self.told}' if self.context else ''
        return f'{self.kind}://user:word@{self.address}:{self.port}{pin}'

    def change_certificate(self):
        _, self.fingerprint, self.context = make_certificate(self.folder, self.address, 'DNS:exit.test')

    def live(self):
        with self.world.inside('router'):
            self.listener = socket.create_server((self.address, self.port), backlog=256)
        self.world.thread('router', self.accept, self.listener)

    def die(self):
        """As a process that is killed: the port refuses, and what was open is reset."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()

    def drop(self):
        self.drops += 1
        for sock in list(self.open):
            hang_up(sock)
        self.open.clear()

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.world.thread('router', self.serve, sock, self.drops)

    def hold(self, sock, drops):
        self.open.add(sock)
        if drops != self.drops:
            reset(sock)
            raise OSError('dropped')

    def serve(self, sock, drops):
        onward = None
        try:
            self.hold(sock, drops)
            sock.settimeout(20)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.act(sock):
                return
            if self.context:
                self.open.discard(sock)
                sock = self.context.wrap_socket(sock, server_side=True)
                self.hold(sock, drops)
            onward = self.greet_socks(sock) if self.kind.startswith('socks5') else self.greet_http(sock)
            self.hold(sock, drops)
            if onward:
                relay(sock, onward)
        except (OSError, ValueError, IndexError):
            pass
        finally:
            self.open.discard(sock)
            sock.close()
            if onward:
                onward.close()

    def act(self, sock):
        """The moods that need no greeting; TRUE when that was all."""
        if self.mood == 'stalls':
            while sock.recv(4096):
                pass
            return True
        if self.mood == 'resets':
            sock.recv(1)
            reset(sock)
            return True
        if self.mood in ('babbles', 'floods'):
            sock.recv(1)
            sock.sendall(b'SSH-2.0-OpenSSH_9.2\r\n' * (50000 if self.mood == 'floods' else 1))
            return True
        return False

    def greet_http(self, sock):
        head = take_head(sock)
        if self.mood == 'ponders':
            sock.recv(1)
        if self.mood == 'denies':
            sock.sendall(b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n'
                         b'Content-Length: 0\r\n\r\n')
        if self.mood != 'serves' or not head.startswith(b'CONNECT '):
            return None
        self.seen.add(head.split()[1].decode())
        onward = connect(head.split()[1].decode())
        sock.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n' if onward else
                     b'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
        return onward

    def greet_socks(self, sock):
        exactly(sock, exactly(sock, 2)[1])
        sock.sendall(b'\5\2')
        exactly(sock, exactly(sock, 2)[1])
        exactly(sock, exactly(sock, 1)[0])
        sock.sendall(b'\1\1' if self.mood == 'denies' else b'\1\0')
        if self.mood == 'denies':
            return None
        kind = exactly(sock, 4)[3]
        if kind == 3:
            host = exactly(sock, exactly(sock, 1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, exactly(sock, 4 if kind == 1 else 16))
        port = int.from_bytes(exactly(sock, 2), 'big')
        self.seen.add(f'{host}:{port}')
        if self.mood == 'ponders':
            sock.recv(1)
            return None
        onward = connect(f'{host}:{port}')
        sock.sendall(b'\5\0\0\1\0\0\0\0\0\0' if onward else b'\5\4\0\1\0\0\0\0\0\0')
        return onward


class OwnExit:
    """The built nightjar-exit, as a user would run it; HTTP/2 CONNECT."""

    kind = 'h2'

    def __init__(self, world, program, address, port, folder):
        self.address, self.port = address, port
        self.mood = 'serves'
        self.folder = os.path.join(folder, f'own.{address}')
        os.mkdir(self.folder)
        told = subprocess.run([program, 'init', self.folder, '--host', address, '--listen', f'{address}:{port}'],
                              check=True, capture_output=True, text=True)
        self.told = told.stdout.strip()
        files = [f'--{name}={self.folder}/{name}{end}' for name, end in (('certificate', '.pem'), ('key', '.pem'), ('users', ''))]
        # Targets in this world have private addresses.
        self.command = world.command('router', self.folder, [program, f'--listen={address}:{port}', '--allow-private', *files])
        self.process = None
        self.live()

    def uri(self):
        return self.told

    def live(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def die(self):
        self.process.kill()
        self.process.wait()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def drop(self):
        pass


def make_certificate(folder, name, names):
    key, certificate = (os.path.join(folder, f'{name}.{end}') for end in ('key', 'crt'))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-keyout', key, '-out', certificate, '-subj', '/CN=leaks', '-days', '2',
                    '-addext', f'subjectAltName={names}'], check=True, stderr=subprocess.DEVNULL)
    with open(certificate, encoding='ascii') as file:
        fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, fingerprint, context


def connect(authority):
    """Names under .test are the target; what is nowhere (RFC 6761) is nowhere, and not every port is open."""
    host, port = authority.rsplit(':', 1)
    if host.endswith('.invalid'):
        return None
    try:
        onward = socket.create_connection((places.TARGET, int(port)), 5)
    except ConnectionRefusedError:
        return None
    onward.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return onward


def relay(sock, onward):
    sides = {sock: onward, onward: sock}
    while True:
        pending = [side for side in sides if isinstance(side, ssl.SSLSocket) and side.pending()]
        for side in pending or select.select(list(sides), [], [], 20)[0]:
            piece = side.recv(1 << 16)
            if not piece:
                return
            sides[side].sendall(piece)


def hang_up(sock):
    """For a socket that another thread serves: it wakes, closes it, and that is a reset. Were it closed here, the thread might
    go on with a descriptor that is somebody else's by then."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        # Not SSLSocket's own, which forgets its TLS.
        socket.socket.shutdown(sock, socket.SHUT_RD)


def reset(sock):
    """For a socket of this thread."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        sock.close()


def take_head(sock):
    head = b''
    while b'\r\n\r\n' not in head:
        piece = sock.recv(1 << 16)
        if not piece:
            return b''
        head += piece
    return head


def exactly(sock, count):
    got = b''
    while len(got) < count:
        piece = sock.recv(count - len(got))
        if not piece:
            raise OSError('ended')
        got += piece
    return got
