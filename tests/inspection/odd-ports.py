#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that are not the web's own: odd-ports.py NIGHTJARD. A site that cannot be verified is refused before the client
is answered wherever it can be known that TLS is spoken; and no server that speaks something else loses a client."""
import queue
import socket
import threading

from world import SECURE, check, exits, recorded, run, until

FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
SETTINGS = '[inspection]\non=true\nprograms=all\n'
ALERT = bytes([21, 3, 1, 0, 2, 2, 80])

# Sites that cannot be verified, and a word of the reason.
BAD = (('dead.test', b'expired'), ('else.test', b'ame'), ('bad-.test', b'self'))

HELLO = b'\x16'


class Server:
    """Speaks no TLS. What each connection began with is kept, one that was told nothing as b''."""

    def __init__(self):
        self.heard = queue.Queue()
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def serve(self, sock):
        with sock:
            try:
                self.talk(sock)
            except OSError:
                pass

    def hear(self, sock):
        """The first that it is told; nothing when that was cut off."""
        data = b''
        try:
            data = sock.recv(1 << 16)
        finally:
            self.heard.put(data)
        return data

    def first(self):
        """What the next connection began with."""
        return self.heard.get(timeout=60)


class Plain(Server):
    """As a server of ws: is, which answers what it does not understand."""

    def talk(self, sock):
        data = self.hear(sock)
        if not data.startswith(b'GET '):
            sock.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        elif until_mark(sock, data):
            sock.sendall(b'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
            sock.recv(1)


class Terse(Server):
    """Answers with less than one record and closes."""

    def talk(self, sock):
        if self.hear(sock).startswith(b'?'):
            sock.sendall(b'ok')
        else:
            sock.sendall(b'NO\n')


class Speaker(Server):
    """Speaks first."""

    def talk(self, sock):
        sock.sendall(b'220 ready\r\n')
        if self.hear(sock).startswith(b'EHLO'):
            sock.sendall(b'250 fine\r\n')


class Silent(Server):
    """Says nothing but to what it knows."""

    def talk(self, sock):
        data = self.hear(sock)
        while data:
            if data == b'?':
                sock.sendall(b'ok')
            data = sock.recv(1 << 16)


class Closer(Server):
    """Closes at once."""

    def talk(self, sock):
        self.heard.put(b'')


def until_mark(sock, data):
    while b'\r\n\r\n' not in data:
        piece = sock.recv(1 << 16)
        if not piece:
            return False
        data += piece
    return True


PLAIN, TERSE, SPEAKER, SILENT, CLOSER = range(9080, 9085)
SERVERS = {PLAIN: Plain, TERSE: Terse, SPEAKER: Speaker, SILENT: Silent, CLOSER: Closer}


def expect_page(sock, answer, word):
    """Nothing but a page that says why."""
    rest = until(sock, b'no such text')
    check(answer.startswith(b'HTTP/1.1 502'), answer)
    check(word in rest and b'certificate' in rest, word, rest)


def expect_alert(sock, host):
    sock.sendall(recorded('curl.bin', host))
    got = until(sock, b'no such text')
    check(got == ALERT, got)


def load(world, sock, host, port=SECURE):
    """A page, as whoever trusts our authority."""
    with world.context().wrap_socket(sock, server_hostname=host) as inside:
        inside.sendall(f'GET / HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n'.encode())
        check(until(inside, b'secure').endswith(b'secure'))


def test_good_for_browser(world):
    """A browser is answered when the origin has shown who it is."""
    sock, answer = world.connect('site.test', FIREFOX, port=SECURE, at=world.browser())
    check(answer.startswith(b'HTTP/1.1 200'), answer)
    check(not world.secure.hellos.empty(), 'answered before')
    load(world, sock, 'site.test')


def test_good_for_others(world):
    """Another program is heard first, for it may speak something else; later, as a browser is."""
    for number in range(3):
        sock, answer = world.connect('site.test', 'Strange/1.0', port=SECURE)
        check(answer.startswith(b'HTTP/1.1 200'), answer)
        check(number > 0 or world.secure.hellos.empty(), 'hello was said that nobody asked for')
        load(world, sock, 'site.test')


def test_good_ahead(world):
    """Who says hello together with its CONNECT leaves nothing to guess."""
    sock, answer = world.connect('site.test', 'Strange/1.0', recorded('curl.bin', 'site.test'), port=SECURE)
    check(answer.startswith(b'HTTP/1.1 200'), answer)
    check(not world.secure.hellos.empty(), 'answered before')
    check(exits.exactly(sock, 1) == b'\x16', 'no hello in answer')
    sock, answer = world.connect('dead.test', 'Strange/1.0', recorded('curl.bin', 'dead.test'), port=SECURE)
    expect_page(sock, answer, b'expired')


def test_bad_for_browser(world):
    """Sites that cannot be verified: CONNECT of a browser is refused with the reason."""
    at = world.browser()
    for host, word in BAD:
        sock, answer = world.connect(host, FIREFOX, port=SECURE, at=at)
        expect_page(sock, answer, word)


def test_bad_for_others(world):
    """The same of another program, once it is known that TLS is spoken there; before, there is an alert."""
    for host, word in BAD:
        sock, answer = world.connect(host, 'Strange/1.0', port=SECURE)
        check(answer.startswith(b'HTTP/1.1 200'), answer)
        expect_alert(sock, host)
        for _ in range(2):
            sock, answer = world.connect(host, 'Strange/1.0', port=SECURE)
            expect_page(sock, answer, word)


def test_bad_socks_of_browser(world):
    """SOCKS has no room for a reason: general failure, and rejected."""
    at = world.browser()
    for host, _ in BAD:
        check(world.socks(host, SECURE, at)[1] == 1)
        check(world.socks4(host, SECURE, at)[1] == 91)
        check(world.socks(host, 443, at)[1] == 1)


def test_bad_socks_of_others(world):
    """The same of another program, the second time."""
    for host, _ in BAD:
        for port in (SECURE, 443):
            sock, code = world.socks(host, port)
            check(code == 0, code)
            expect_alert(sock, host)
            check(world.socks(host, port)[1] == 1)
            check(world.socks4(host, port)[1] == 91)


def test_good_socks(world):
    """A good site is there by SOCKS, for a browser and for another program, each time."""
    for at in (world.browser(), None):
        for port in (SECURE, 443, SECURE):
            for ask, yes in ((world.socks, 0), (world.socks4, 90)):
                sock, code = ask('site.test', port, at)
                check(code == yes, code)
                load(world, sock, 'site.test', port)


def ways(world, is_browser):
    """Each way to ask for a tunnel: port → socket that was told yes."""
    at = world.browser() if is_browser else None

    def connect(port):
        sock, answer = world.connect('site.test', FIREFOX, port=port, at=at)
        check(answer.startswith(b'HTTP/1.1 200'), answer)
        return sock

    def socks(port):
        sock, code = world.socks('more.test', port, at)
        check(code == 0, code)
        return sock

    def socks4(port):
        sock, code = world.socks4('next.test', port, at)
        check(code == 90, code)
        return sock
    return connect, socks, socks4


def expect_served(world, port, is_browser, talk):
    """Three times by each way: a browser's first brings a hello, over a connection of its own; no other does."""
    server = world.more[port]
    for way in ways(world, is_browser):
        for number in range(3):
            said = talk(way(port))
            if is_browser and number == 0:
                check(server.first()[:1] in (HELLO, b''), 'the origin was not asked first')
            check(server.first() == said, 'something else was said than what the client did')
            check(server.heard.empty(), 'more than one connection')


def get(sock):
    words = b'GET / HTTP/1.1\r\nHost: site.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
    with sock:
        sock.sendall(words)
        check(until(sock, b'\r\n').startswith(b'HTTP/1.1 101'))
    return words


def ask(sock):
    with sock:
        sock.sendall(b'?')
        check(until(sock, b'ok') == b'ok')
    return b'?'


def greet(sock):
    with sock:
        check(until(sock, b'\n') == b'220 ready\r\n')
        sock.sendall(b'EHLO x\r\n')
        check(until(sock, b'\n') == b'250 fine\r\n')
    return b'EHLO x\r\n'


def end(sock):
    with sock:
        check(until(sock, b'x') == b'')
    return b''


TALKS = ((PLAIN, get), (TERSE, ask), (SPEAKER, greet), (SILENT, ask), (CLOSER, end))


def test_plain_for_browser(world):
    """Servers that speak something else: a browser gets there over a connection that heard no hello."""
    for port, talk in TALKS:
        expect_served(world, port, True, talk)


def test_plain_for_others(world):
    """For another program they hear no hello at all."""
    for port, talk in TALKS:
        expect_served(world, port, False, talk)


def test_way(world):
    """Through no exit no answer, and what is wrong with the way is not remembered as the site's."""
    at = world.browser()
    world.way.mood = 'breaks'
    _, answer = world.connect('dead.test', FIREFOX, port=SECURE, at=at)
    check(answer.startswith(b'HTTP/1.1 50'), answer)
    check(world.secure.hellos.empty(), 'it was asked past the exit')
    world.way.mood = 'serves'
    for _ in range(200):
        sock, answer = world.connect('dead.test', FIREFOX, port=SECURE, at=at)
        if not world.secure.hellos.empty():
            break
    expect_page(sock, answer, b'expired')


run(SETTINGS, [test_good_for_browser, test_good_for_others, test_good_ahead, test_bad_for_browser, test_bad_for_others,
               test_bad_socks_of_browser, test_bad_socks_of_others, test_good_socks, test_plain_for_browser, test_plain_for_others,
               test_way], SERVERS)
