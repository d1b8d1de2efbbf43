#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an origin is told when a site is looked into: hello.py NIGHTJARD. As the client itself would say hello, from
its first connection on; and a site that cannot be verified gives no client a certificate of ours."""
from world import Hello, check, exits, recorded, run, until

FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'
SETTINGS = '[inspection]\non=true\nprograms=all\n'


def test_family(world):
    """A browser that was never heard before is known by its name; nothing is said to it before the origin was asked."""
    for agent, file, host in ((FIREFOX, 'firefox.bin', 'site.test'), (CHROMIUM, 'chromium.bin', 'more.test')):
        sock, answer = world.connect(host, agent)
        check(answer.startswith(b'HTTP/1.1 200'), answer)
        check(world.secure.hello().is_like(Hello(recorded(file, host))), agent)
        sock.close()


def test_ahead(world):
    """Who says hello together with its CONNECT is taken at its word."""
    said = recorded('chromium.bin', 'site.test')
    sock, answer = world.connect('site.test', 'Strange/1.0', said)
    check(answer.startswith(b'HTTP/1.1 200'), answer)
    check(world.secure.hello().is_like(Hello(said)))
    sock.close()


def test_learnt(world):
    """Whose name says nothing is known from its second connection on, and so is who has none."""
    for agent, file, hosts in (('Strange/1.0', 'chromium.bin', ('site.test', 'more.test')),
                               (None, 'firefox.bin', ('next.test', 'last.test'))):
        said = [recorded(file, host) for host in hosts]
        sock, answer = world.connect(hosts[0], agent)
        check(not world.secure.hello().is_like(Hello(said[0])), 'known before it was heard')
        sock.sendall(said[0])
        check(exits.exactly(sock, 1) == b'\x16', 'no hello in answer')
        again, answer = world.connect(hosts[1], agent)
        check(answer.startswith(b'HTTP/1.1 200'), answer)
        check(world.secure.hello().is_like(Hello(said[1])), agent)
        sock.close()
        again.close()


def test_socks(world):
    """A SOCKS client is heard before the origin is told hello, its first time, too."""
    for file, host in (('firefox.bin', 'site.test'), ('chromium.bin', 'more.test'), ('curl.bin', 'next.test')):
        said = recorded(file, host)
        sock, code = world.socks(host)
        check(code == 0, code)
        check(world.secure.hellos.empty(), 'said before the client spoke')
        sock.sendall(said)
        check(world.secure.hello().is_like(Hello(said)), file)
        check(exits.exactly(sock, 1) == b'\x16', 'no hello in answer')
        sock.close()


def test_bad(world):
    """A site that cannot be verified: CONNECT is refused with the reason; SOCKS gets an alert and no certificate."""
    _, answer = world.connect('bad-one.test', FIREFOX)
    check(answer.startswith(b'HTTP/1.1 502'), answer)
    sock, code = world.socks('bad-.test')
    check(code == 0, code)
    sock.sendall(recorded('firefox.bin', 'bad-.test'))
    got = until(sock, b'nothing ends this')
    check(got == bytes([21, 3, 1, 0, 2, 2, 80]), got)


def ask(world, host, made):
    sock, answer = world.connect(host, 'Strange/1.0')
    check(answer.startswith(b'HTTP/1.1 200'), answer)
    with made.wrap_socket(sock, server_hostname=host) as inside:
        inside.sendall(f'GET / HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
        check(until(inside, b'secure').endswith(b'secure'))


def test_apart(world):
    """Programs of two kinds never share a connection to a site; those of one kind do, one after the other."""
    one, two = world.context(), world.context(suites='ECDHE+AESGCM')
    ask(world, 'site.test', one)
    ask(world, 'more.test', one)
    before = world.secure.connections
    ask(world, 'more.test', one)
    check(world.secure.connections == before, 'a kept connection was not used')
    ask(world, 'next.test', two)
    before = world.secure.connections
    ask(world, 'more.test', two)
    check(world.secure.connections == before + 1, 'another program used it')


run(SETTINGS, [test_family, test_ahead, test_learnt, test_socks, test_bad, test_apart])
