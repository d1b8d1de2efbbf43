#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open tunnels when the link to their exit goes silent: `silence.py NIGHTJARD NIGHTJARCTL NIGHTJAR-EXIT [CASE…]`, in TAP.

No reset comes back from an exit that is cut off. What leads through it is closed all the same, soon, also what only
received and what was silent, and new requests go by the country's other exits; not one packet goes past an exit. And
what is not dead is not closed: a link that is slow and loses packets, a target that takes no more for a while.
"""
import contextlib
import os
import socket
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import leaks  # noqa: E402
import world as places  # noqa: E402
from capture import Capture, strangers  # noqa: E402
from hosts import Exit, NameServer, OwnExit, Target, take_head  # noqa: E402
from service import Client, Service, wait_until  # noqa: E402

FAST, SLOW = 0.02, 0.4
LOSS = 0.03
# Until it is certain that nobody closes it; on an idle machine it takes two or three seconds.
CLOSED_WITHIN = 15
WAYS = ['talks', 'listens', 'waits']
COUNTRIES = {'http': 'SE', 'https': 'NO', 'socks5': 'DK', 'h2': 'FI'}


class Talker:
    """A target on port 81: echoes what it hears, or speaks without end, or takes nothing until it is told to."""

    def __init__(self, world):
        self.takes = threading.Event()
        with world.inside('far'):
            self.listener = socket.create_server((places.TARGET, 81), backlog=256)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        with contextlib.suppress(OSError), sock:
            way = take_head(sock).split(b' ')[0]
            if way == b'listens':
                while True:
                    sock.sendall(b'x' * 2000)
                    time.sleep(0.02)
            if way == b'uploads':
                self.takes.wait()
            while piece := sock.recv(1 << 16):
                if way != b'uploads':
                    sock.sendall(piece)


class Tunnel:
    """Open through the service; knows when it ended. In a thread in the client's namespace."""

    def __init__(self, port, way):
        self.way, self.sock = way, Client(port, 20).connect()
        self.sock.sendall(f'CONNECT {way}.test:81 HTTP/1.1\r\nHost: {way}.test:81\r\n\r\n'.encode())
        answer = self.sock.recv(4096)
        assert answer.startswith(b'HTTP/1.1 200'), f'no tunnel: {answer[:40]}'
        self.sock.sendall(f'{way} \r\n\r\n'.encode())
        self.sock.settimeout(None)
        self.heard, self.ended = 0, None
        threading.Thread(target=self.read, daemon=True).start()
        if way == 'talks':
            threading.Thread(target=self.talk, daemon=True).start()

    def read(self):
        with contextlib.suppress(OSError):
            while piece := self.sock.recv(1 << 16):
                self.heard += len(piece)
        self.ended = time.monotonic()

    def talk(self):
        with contextlib.suppress(OSError):
            while True:
                self.sock.sendall(b'so much and more\n')
                time.sleep(0.05)

    def close(self):
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Silence:
    def __init__(self, nightjard, nightjarctl, nightjar_exit):
        # What the disk takes to keep a choice is nobody's time here.
        tempfile.tempdir = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(prefix='nightjar-exits.')
        self.world = places.World(FAST)
        self.names, self.target, self.talker = NameServer(self.world), Target(self.world), Talker(self.world)
        # Two of each kind in a country of their own, at different addresses.
        self.exits = {}
        for number, kind in enumerate(COUNTRIES):
            for which, port in ((0, 3128), (1, 3130)):
                address = places.EXITS[(number + which) % 4]
                self.exits[kind, which] = (OwnExit(self.world, nightjar_exit, address, port, self.folder.name) if kind == 'h2'
                                           else Exit(self.world, kind, address, port, self.folder.name))
        self.capture = Capture(self.world)
        self.service = Service(self.world, nightjard, nightjarctl)
        self.ids = {name: self.service.ctl('exit', 'add', exit.uri(), '--country', COUNTRIES[name[0]], '--name', name[0]).split()[-1]
                    for name, exit in self.exits.items()}

    def close(self):
        self.service.close()
        for which in (0, 1):
            self.exits['h2', which].die()
        self.capture.close()
        self.world.close()
        self.folder.cleanup()

    def inside(self, func, *args):
        got = []
        self.world.thread('client', lambda: got.append(func(*args))).join()
        return got[0] if got else None

    def ask(self, patience=8):
        return self.inside(lambda: Client(self.service.port, patience).ask('plain', f'n{time.monotonic()}.test'))

    def use(self, kind, has_others=True):
        """By its country, so that the other one stands by, or alone. Returns the exit."""
        self.service.ctl('exit', 'use', COUNTRIES[kind] if has_others else self.ids[kind, 0])
        assert wait_until(self.ask, 30), f'no way through {kind}'
        line = next(line for line in self.service.ctl('exit', 'list').splitlines() if line.startswith('*'))
        return next(self.exits[name] for name, identity in self.ids.items() if identity in line)

    def hold(self, count, ways=WAYS):
        tunnels = [self.inside(Tunnel, self.service.port, way) for way in ways for _ in range(count)]
        assert all(tunnels), 'no tunnel'
        speaking = [tunnel for tunnel in tunnels if tunnel.way in ('talks', 'listens')]
        assert wait_until(lambda: all(tunnel.heard > 200 for tunnel in speaking), 30), 'nothing is heard'
        return tunnels

    def check(self):
        allowed = {(exit.address, exit.port) for exit in self.exits.values()}
        sent = self.capture.take()
        wrong = strangers(sent, allowed, allowed)
        assert not wrong, f'packets past the exits: {wrong}'
        assert not self.names.asked, f'the name server was asked: {self.names.asked[:5]}'
        assert not self.target.guests & {places.CLIENT, places.CLIENT6}, 'the target saw the client'
        assert not self.capture.lost(), 'the capture lost frames and proves nothing'
        return sum(sent.values())

    def cut(self, kind, has_others):
        exit = self.use(kind, has_others)
        tunnels = self.hold(2)
        self.capture.take()
        self.names.asked.clear()
        self.target.guests.clear()
        try:
            self.world.wire.cut_off(exit.address)
            cut = time.monotonic()
            is_closed = wait_until(lambda: all(tunnel.ended for tunnel in tunnels), CLOSED_WITHIN)
            left = [tunnel.way for tunnel in tunnels if not tunnel.ended]
            assert is_closed, f'{kind}: still open after {CLOSED_WITHIN} s: {left}'
            goes_on = self.ask()
            assert goes_on == has_others, f'{kind}: {"no other exit stands in" if has_others else "it went somewhere"}'
        finally:
            self.world.wire.cut_off()
            for tunnel in tunnels:
                tunnel.close()
        took = {way: max(tunnel.ended - cut for tunnel in tunnels if tunnel.way == way) for way in WAYS}
        assert wait_until(self.ask, 30), f'{kind}: it does not come back'
        return f'{kind}: ' + ', '.join(f'{way} {seconds:.1f} s' for way, seconds in took.items())

    def case_tunnels_are_closed(self):
        """In a country with other exits."""
        told = [self.cut(kind, True) for kind in COUNTRIES]
        return f'{"; ".join(told)}; {self.check()} packets, all to exits'

    def case_tunnels_are_closed_without_others(self):
        told = [self.cut(kind, False) for kind in ('http', 'socks5')]
        return f'{"; ".join(told)}; {self.check()} packets, all to exits'

    def case_slow_link_is_not_dead(self):
        """800 ms, and three frames of a hundred are lost."""
        told = []
        for kind in COUNTRIES:
            self.use(kind)
            tunnels = self.hold(3)
            self.world.wire.delay, self.world.wire.loss = SLOW, LOSS
            try:
                assert wait_until(lambda: self.ask(20), 60), f'{kind}: nothing new goes through'
                time.sleep(12)
            finally:
                self.world.wire.delay, self.world.wire.loss = FAST, 0
            ended = [tunnel.way for tunnel in tunnels if tunnel.ended]
            assert not ended, f'{kind}: {ended} of {len(tunnels)} were closed'
            heard = {tunnel: tunnel.heard for tunnel in tunnels if tunnel.way != 'waits'}
            assert wait_until(lambda heard=heard: all(tunnel.heard > before for tunnel, before in heard.items()), 30), f'{kind}: stuck'
            for tunnel in tunnels:
                tunnel.close()
            told.append(kind)
        return f'12 s each, none of 9 was closed: {", ".join(told)}'

    def case_slow_target_is_not_dead(self):
        """It takes nothing for longer than any link may be silent, and then all of it."""
        exit = self.exits['h2', 0].uri().replace('h2://', 'https://', 1)
        self.service.ctl('exit', 'use', self.service.ctl('exit', 'add', exit, '--country', 'NL', '--name', 'own').split()[-1])
        assert wait_until(self.ask, 30)
        tunnel = self.hold(1, ['uploads'])[0]
        sent = [0]

        def upload():
            with contextlib.suppress(OSError):
                while sent[0] < 32 << 20:
                    sent[0] += tunnel.sock.send(b'x' * 65536)
                tunnel.sock.shutdown(socket.SHUT_WR)
        threading.Thread(target=upload, daemon=True).start()
        time.sleep(25)
        stalled = sent[0]
        assert stalled < 32 << 20, 'nothing was held back'
        assert not tunnel.ended, f'closed after {stalled} bytes'
        self.talker.takes.set()
        assert wait_until(lambda: sent[0] >= 32 << 20, 60), f'stuck at {sent[0]} bytes, which were {stalled}'
        tunnel.close()
        return f'{stalled} bytes on their way for 25 s, then all of them'


if __name__ == '__main__':
    sys.exit(leaks.main(sys.argv[1:], Silence))
