# SPDX-License-Identifier: GPL-3.0-or-later
"""Exits for talks: real, small, on loopback. Whatever they are asked for, they connect to the origin."""
import base64
import hashlib
import os
import queue
import select
import socket
import ssl
import subprocess
import threading


class Exit:
    def __init__(self, name, kind, credentials, origin_port, folder):
        self.name = name
        self.kind = kind
        self.credentials = credentials  # what the service will send
        self.wanted = credentials       # what lets in
        self.mood = 'serves'
        self.origin_port = origin_port
        self.seen = queue.Queue()
        self.open = []
        self.port = 0
        self.listener = None
        self.fingerprint = None
        self.certificate = self.make_certificate(folder) if kind == 'https' else None
        self.live()

    def uri(self):
        user = f'{self.credentials}@' if self.credentials else ''
        pin = f'#sha256={self.fingerprint}' if self.certificate else ''
        return f'{self.kind}://{user}127.0.0.1:{self.port}{pin}'

    def id(self):
        """As the service names it: it is the same exit when it is the same way."""
        user = (self.credentials or '').split(':')[0]
        return hashlib.sha256(f'{self.kind}\n{user}\n127.0.0.1\n{self.port}\n'.encode()).hexdigest()[:12]

    def change(self, folder):
        """Another certificate than the one its URI names."""
        told = self.fingerprint
        self.certificate = self.make_certificate(folder)
        self.fingerprint = told

    def make_certificate(self, folder):
        key, certificate = os.path.join(folder, self.name + '.key'), os.path.join(folder, self.name + '.crt')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                        '-keyout', key, '-out', certificate, '-subj', '/CN=exit.test', '-days', '2',
                        '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, stderr=subprocess.DEVNULL)
        with open(certificate, encoding='ascii') as file:
            self.fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def live(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(('127.0.0.1', self.port))
        self.port = self.listener.getsockname()[1]
        self.listener.listen(64)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def die(self):
        listener, self.listener = self.listener, None
        if listener is not None:
            # close() alone leaves a thread in accept() holding the port
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for sock in self.open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
                sock.close()
            except OSError:
                pass
        self.open = []

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.open.append(sock)
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        try:
            if self.certificate:
                sock = self.certificate.wrap_socket(sock, server_side=True)
                self.open.append(sock)
            onward = self.greet_socks(sock) if self.kind == 'socks5' else self.greet_http(sock)
            if onward:
                relay(sock, onward)
        except (OSError, EOFError, ValueError):  # ValueError: die() closed it under select()
            pass
        finally:
            sock.close()

    def connect(self, target):
        self.seen.put(target)
        onward = socket.create_connection(('127.0.0.1', self.origin_port), 5)
        onward.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        onward.settimeout(None)
        self.open.append(onward)
        return onward

    def greet_http(self, sock):
        head = b''
        while b'\r\n\r\n' not in head:
            piece = sock.recv(1 << 16)
            if not piece:
                return None
            head += piece
        lines = head.split(b'\r\n\r\n')[0].split(b'\r\n')
        words = lines[0].split()
        fields = {line.split(b':')[0].strip().lower(): line.split(b':', 1)[1].strip() for line in lines[1:] if b':' in line}
        told = fields.get(b'proxy-authorization')
        wanted = b'Basic ' + base64.b64encode(self.wanted.encode()) if self.wanted else None
        if self.mood == 'hangs':
            self.seen.put(words[1].decode())
            sock.recv(1)
            return None
        if self.mood == 'breaks':
            sock.sendall(b'HTTP/1.1 200 Con')
            return None
        if told != wanted:
            sock.sendall(b'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="exit"\r\n'
                         b'Content-Length: 0\r\n\r\n')
            return None
        if words[0] != b'CONNECT' or self.mood == 'refuses' or is_nowhere(words[1].decode()):
            sock.sendall(b'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
            return None
        onward = self.connect(words[1].decode())
        sock.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
        return onward

    def greet_socks(self, sock):
        methods = exactly(sock, exactly(sock, 2)[1])
        if self.mood == 'hangs':
            sock.recv(1)
            return None
        if self.wanted and 2 in methods:
            sock.sendall(b'\5\2')
            name = exactly(sock, exactly(sock, 2)[1])
            word = exactly(sock, exactly(sock, 1)[0])
            is_in = name + b':' + word == self.wanted.encode()
            sock.sendall(b'\1\0' if is_in else b'\1\1')
            if not is_in:
                return None
        elif self.wanted or 0 not in methods:
            sock.sendall(b'\5\xff')
            return None
        else:
            sock.sendall(b'\5\0')
        _, _, _, kind = exactly(sock, 4)
        if kind == 3:
            host = exactly(sock, exactly(sock, 1)[0]).decode()
        else:
            host = socket.inet_ntop(*((socket.AF_INET, exactly(sock, 4)) if kind == 1 else (socket.AF_INET6, exactly(sock, 16))))
        port = int.from_bytes(exactly(sock, 2), 'big')
        if self.mood == 'breaks':
            sock.sendall(b'\5\0\0')
            return None
        if is_nowhere(host):
            sock.sendall(b'\5\4\0\1\0\0\0\0\0\0')
            return None
        if self.mood == 'refuses':
            sock.sendall(b'\5\2\0\1\0\0\0\0\0\0')
            return None
        onward = self.connect(f'{host}:{port}')
        sock.sendall(b'\5\0\0\1\0\0\0\0\0\0')
        return onward


def is_nowhere(target):
    """The service measures its exits by asking for a name that cannot exist (RFC 6761 §6.4)."""
    return target.split(':')[0].endswith('.invalid')


def relay(sock, onward):
    """Both ways in one thread: a TLS object may not be read and written by two at once."""
    sides = {sock: onward, onward: sock}
    reading = [sock, onward]
    try:
        while reading:
            pending = [side for side in reading if isinstance(side, ssl.SSLSocket) and side.pending()]
            for side in pending or select.select(reading, [], [])[0]:
                data = side.recv(1 << 16)
                if data:
                    sides[side].sendall(data)
                else:
                    reading.remove(side)
                    end_writing(sides[side])
    finally:
        onward.close()


def end_writing(sock):
    if isinstance(sock, ssl.SSLSocket):
        sock.unwrap()
    sock.shutdown(socket.SHUT_WR)


def exactly(sock, count):
    data = b''
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
