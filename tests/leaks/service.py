# SPDX-License-Identifier: GPL-3.0-or-later
"""The built service in the client's namespace with a message bus of its own, and programs that use it."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import world as places


class Service:
    def __init__(self, world, nightjard, nightjarctl, settings='', roots=None):
        self.world, self.nightjard, self.nightjarctl = world, nightjard, nightjarctl
        self.folder = tempfile.mkdtemp(prefix='nightjar-leaks.')
        self.profile = os.path.join(self.folder, 'profile')
        os.mkdir(self.profile)
        if settings:
            with open(os.path.join(self.profile, 'settings.ini'), 'w', encoding='utf-8') as file:
                file.write(settings)
        self.bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1',
                                     f'--address=unix:dir={self.folder}'], stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.roots = {'SSL_CERT_FILE': roots} if roots else {}
        self.process = None
        self.port = 0
        self.start()

    def start(self):
        words = [self.nightjard, '--profile', self.profile, '--listen', f'127.0.0.1:{self.port}', '--bus', self.address, '--no-desktop']
        self.process = subprocess.Popen(self.world.command('client', self.folder, words), stdout=subprocess.PIPE, text=True,
                                        env=os.environ | self.roots)
        ready = self.process.stdout.readline().split()
        if not ready or ready[0] != 'ready':
            raise RuntimeError('the service did not start')
        self.port = int(ready[1].rsplit(':', 1)[1])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)

    def ctl(self, *words):
        done = subprocess.run([self.nightjarctl, '--profile', self.profile, *words], capture_output=True, text=True, check=False,
                              env=os.environ | {'DBUS_SESSION_BUS_ADDRESS': self.address, 'LC_ALL': 'C.UTF-8'})
        if done.returncode != 0:
            raise RuntimeError(f'nightjarctl {" ".join(words)}: {done.stderr.strip()}')
        return done.stdout.strip()

    def close(self):
        if self.process.poll() is None:
            self.stop()
        self.bus.terminate()
        self.bus.wait()
        shutil.rmtree(self.folder)


class Client:
    """One connection through the service at a time; to be used by a thread in the client's namespace."""

    def __init__(self, port, patience=1.5):
        self.port, self.patience = port, patience

    def connect(self):
        sock = socket.create_connection(('127.0.0.1', self.port), self.patience)
        sock.settimeout(self.patience)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def ask(self, way, host):
        """Whether the target's answer came."""
        try:
            with self.connect() as sock:
                return getattr(self, way)(sock, host)
        except OSError:
            return False

    def plain(self, sock, host):
        return b'\r\n\r\nhere\n' in self.say(sock, f'GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n')

    def tunnel(self, sock, host):
        sock.sendall(f'CONNECT {host}:80 HTTP/1.1\r\nHost: {host}:80\r\n\r\n'.encode())
        if not sock.recv(4096).startswith(b'HTTP/1.1 200'):
            return False
        return b'here\n' in self.say(sock, f'GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n', b'here\n')

    def socks(self, sock, host):
        sock.sendall(b'\5\1\0')
        if sock.recv(2) != b'\5\0':
            return False
        name = host.encode()
        sock.sendall(b'\5\1\0\3' + bytes([len(name)]) + name + b'\0\x50')
        if sock.recv(64)[1:2] != b'\0':
            return False
        return b'here\n' in self.say(sock, f'GET / HTTP/1.1\r\nHost: {host}\r\n\r\n', b'here\n')

    @staticmethod
    def say(sock, text, enough=None):
        sock.sendall(text.encode())
        got = b''
        while not (enough and enough in got):
            piece = sock.recv(1 << 16)
            if not piece:
                break
            got += piece
        return got


class Load:
    """Programs that ask without a pause, each in its own way."""

    WAYS = ['plain', 'tunnel', 'socks']
    # Part of each name: what was asked for before a moment and what after it can be told apart.
    epoch = 0

    def __init__(self, service, programs=9):
        self.is_over = False
        # One cell for each program: nobody else writes it, so no count is lost.
        self.good, self.bad = [0] * programs, [0] * programs
        self.taken = (0, 0)
        self.threads = [service.world.thread('client', self.run, Client(service.port), number) for number in range(programs)]

    def run(self, client, number):
        turn = 0
        while not self.is_over:
            turn += 1
            # Names, now and then new ones, and an address.
            host = places.TARGET if turn % 5 == 0 else f'n{turn % 50 if number % 2 else turn}.p{number}.e{Load.epoch}.test'
            if client.ask(self.WAYS[(number + turn) % 3], host):
                self.good[number] += 1
            else:
                self.bad[number] += 1
                time.sleep(0.005)

    def total(self):
        return sum(self.good), sum(self.bad)

    def take(self):
        """How many got their answer and how many did not since the last take."""
        before, self.taken = self.taken, self.total()
        return self.taken[0] - before[0], self.taken[1] - before[1]

    def close(self):
        self.is_over = True
        for thread in self.threads:
            thread.join()


def wait_until(what, seconds):
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
