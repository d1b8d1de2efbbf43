#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/2 on either side of a site that is looked into: http2.py NIGHTJARD. Every mix of versions, what streams
share and what they do not, retries, resets, trailers, early hints, WebSockets."""
import glob
import hashlib
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h2.connection  # noqa: F401
except ImportError:
    print('1..0 # SKIP python3-h2 is not installed')
    sys.exit(0)

sys.dont_write_bytecode = True
from peer import LARGE, Client, Origin, make_certificates, tls_through

BLOB = bytes((i * 7) % 251 for i in range(300_000))


class World:
    def __init__(self, program, folder):
        self.program = program
        make_certificates(folder)
        profile = os.path.join(folder, 'profile')
        os.mkdir(profile)
        with open(os.path.join(profile, 'settings.ini'), 'w') as file:
            file.write('[inspection]\non=true\nprograms=all\n')
        with open(os.path.join(profile, 'rules.txt'), 'w') as file:
            file.write('/by-address^$ipaddress=127.0.0.1\n/by-address^$ipaddress=/^10\\./\n/other-address^$ipaddress=10.0.0.1\n')
        self.service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                                        stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, SSL_CERT_FILE=os.path.join(folder, 'root.pem')))
        address = re.search(r'http://([\d.]+):(\d+)', self.service.stdout.readline())
        self.proxy = (address.group(1), int(address.group(2)))
        self.ca = next(path for path in glob.glob(profile + '/**/*.pem', recursive=True)
                       if 'BEGIN CERTIFICATE' in open(path).read())
        self.new = Origin(folder, ['h2', 'http/1.1'])
        self.old = Origin(folder, ['http/1.1'])

    def client(self, origin=None, **more):
        return Client(self.proxy, (origin or self.new).authority, self.ca, **more)

    def ask_h1(self, origin, method, path, body=None, fields=()):
        sock = tls_through(self.proxy, origin.authority, self.ca, ['http/1.1'])
        connection = http.client.HTTPConnection('localhost')
        connection.sock = sock
        connection.request(method, path, body, {'Host': origin.authority, **dict(fields)})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data


def check(condition, *what):
    if not condition:
        raise AssertionError(' '.join(map(str, what)) or 'not so')


def test_mix(world):
    """Either version on either side, bodies of some size both ways."""
    digest = hashlib.sha256(BLOB).hexdigest().encode()
    for origin in (world.new, world.old):
        client = world.client(origin)
        check(client.protocol == 'h2', client.protocol)
        for fields in ((), (('content-length', str(len(BLOB))),)):
            answer = client.get('/echo', 'POST', fields, BLOB)
            check(answer.head.get(':status') == '200' and answer.body == digest, 'h2 echo', answer.head, answer.body[:80])
        answer = client.get('/large')
        check(answer.body == bytes(range(250)) * (LARGE // 250) and answer.has_end, 'h2 large', len(answer.body))
        answer, body = world.ask_h1(origin, 'POST', '/echo', BLOB)
        check(answer.status == 200 and body == digest, 'h1 echo', answer.status)
        answer, body = world.ask_h1(origin, 'GET', '/large')
        check(len(body) == LARGE, 'h1 large', len(body))
    check(world.new.connections['h2'] > 0 and world.new.connections['http/1.1'] == 0, world.new.connections)


def test_shared(world):
    """Thirty at a time, of two clients, and what was asked before, over one connection of each worker."""
    workers = min(4, os.cpu_count() or 1)
    one, two = world.client(), world.client()
    asked = [(client, client.ask(f'/plain?{i}')) for i in range(15) for client in (one, two)]
    for client, stream_id in asked:
        stream = client.streams[stream_id]
        check(client.until(lambda: stream.has_end) and stream.body == b'hello', stream.head, stream.reset)
    check(world.new.connections['h2'] <= workers, workers, world.new.connections)


def test_heads(world):
    """Early hints, trailers both ways, priority; no way out by HTTP/3; cookies in one piece; no field of ours."""
    client = world.client()
    answer = client.get('/hints', fields=[('priority', 'u=1, i'), ('cookie', 'a=1'), ('cookie', 'b=2')])
    check(answer.interim and answer.interim[0].get('link', '').startswith('</a.css>'), answer.interim)
    check(answer.body == b'hinted' and 'alt-svc' not in answer.head, answer.head)
    seen = world.new.heads['/hints']
    check(seen.get('priority') == 'u=1, i' and seen.get('cookie') == 'a=1; b=2', seen)
    check(not {'via', 'connection', 'x-forwarded-for', 'transfer-encoding', 'host'} & set(seen), seen)
    stream_id = client.ask('/trailers', 'POST', [('te', 'trailers')], end=False)
    client.send(stream_id, b'x')
    client.h2.send_headers(stream_id, [('x-sum', '9')], end_stream=True)
    client.flush()
    stream = client.streams[stream_id]
    check(client.until(lambda: stream.has_end), stream.head, stream.reset)
    check(stream.body == b'body' and stream.trailers.get('grpc-status') == '0', stream.trailers)
    check(world.new.trailers.get('x-sum') == '9', world.new.trailers)


def test_address(world):
    """A rule may ask which address the site has, also inside of TLS; a kept connection is asked again."""
    for origin in (world.new, world.old):
        client = world.client(origin)
        for _ in range(2):
            check(client.get('/other-address').head.get(':status') == '200', 'another address')
            check(client.get('/by-address').head.get(':status') != '200', 'its address')


def test_elsewhere(world):
    """A request for another host than the connection leads to."""
    client = world.client()
    client.authority = 'other.example'
    check(client.get('/').head.get(':status') == '421')


def test_refused(world):
    """What the origin did not even look at is sent once more, also with a body."""
    client = world.client()
    check(client.get('/refuse').body == b'again')
    check(client.get('/refuse-post', 'POST', (('content-length', '4'),), b'data').body == b'data')


def test_goaway(world):
    """The origin leaves in the middle: what it did not take goes over a new connection."""
    client = world.client()
    client.get('/plain')
    answer = client.get('/leave')
    check(answer.body == b'back', answer.head, answer.reset)


def test_wants_h1(world):
    client = world.client()
    before = world.new.connections['http/1.1']
    answer = client.get('/want-h1')
    check(answer.head.get(':status') == '200', answer.head)
    check(world.new.connections['http/1.1'] == before + 1, world.new.connections)


def test_breaks(world):
    """Half an answer does not look whole, and the other streams go on."""
    client = world.client(world.fresh)
    answer = client.get('/break')
    check(answer.body == b'half' and answer.reset is not None and not answer.has_end, answer.reset)
    check(client.get('/plain').body == b'hello')


def test_taken_back(world):
    """The origin hears of it when nobody waits any more."""
    client = world.client(world.fresh)
    stream_id = client.ask('/hang')
    client.until(lambda: '/hang' in world.fresh.heads, 1)
    client.h2.reset_stream(stream_id, 8)
    client.flush()
    for _ in range(100):
        if world.fresh.resets:
            break
        time.sleep(0.05)
    check(('/hang', 8) in world.fresh.resets, world.fresh.resets)
    check(client.get('/plain').body == b'hello')


def test_stalled(world):
    """A stream that nobody reads holds up no other, and takes no more memory than its windows."""
    client = world.client(world.fresh, hold=range(1, 41, 2))
    before = memory_of(world.service.pid)
    held = [client.ask('/large') for _ in range(20)]
    other = world.client(world.fresh)
    check(other.get('/large').has_end)
    client.until(lambda: False, 1)
    check(all(not client.streams[stream_id].has_end for stream_id in held))
    grown = memory_of(world.service.pid) - before
    check(grown < 20 * 1024 or is_sanitized(world.program), f'{grown} KiB for 20 streams')


def memory_of(pid):
    with open(f'/proc/{pid}/status') as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))


def is_sanitized(program):
    """Freed memory is kept there."""
    with open(program, 'rb') as file:
        return re.search(b'__[at]san_init', file.read()) is not None


def test_events(world):
    """What a stream says at once is heard at once."""
    client = world.client(world.fresh)
    stream = client.streams[client.ask('/sse')]
    check(client.until(lambda: stream.body == b'data: 1\n\n', 3), stream.head, stream.body)
    check(not stream.has_end)


def test_both_ways(world):
    """Each word is answered before the next one is said, as in gRPC."""
    client = world.client(world.fresh)
    stream_id = client.ask('/bidi', 'POST', [('content-type', 'application/grpc'), ('te', 'trailers')], end=False)
    stream = client.streams[stream_id]
    said = b''
    for word in (b'one', b'two', b'three'):
        client.send(stream_id, word)
        said += b'<' + word + b'>'
        check(client.until(lambda: stream.body == said, 3), stream.head, stream.body)
    client.h2.end_stream(stream_id)
    client.flush()
    check(client.until(lambda: stream.has_end, 3) and stream.trailers.get('grpc-status') == '0', stream.trailers)
    check(world.fresh.heads['/bidi'].get('te') == 'trailers', world.fresh.heads['/bidi'])


def test_websocket(world):
    """RFC 8441 from the client, to an origin that has it and to one of HTTP/1.1; and from a client of that to both."""
    for origin in (world.fresh, world.old):
        client = world.client(origin)
        client.until(lambda: client.h2.remote_settings.enable_connect_protocol == 1, 2)
        stream_id = client.ask('/chat', 'CONNECT', [(':protocol', 'websocket'), ('sec-websocket-version', '13')], end=False)
        stream = client.streams[stream_id]
        check(client.until(lambda: stream.head), stream.reset)
        check(stream.head[':status'] == '200' and 'sec-websocket-accept' not in stream.head, stream.head)
        client.send(stream_id, b'hello')
        check(client.until(lambda: stream.body == b'HELLO', 3), stream.body)
        client.h2.reset_stream(stream_id, 8)
        client.flush()

        sock = tls_through(world.proxy, origin.authority, world.ca, ['http/1.1'])
        sock.sendall((f'GET /chat HTTP/1.1\r\nHost: {origin.authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
                      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n').encode())
        answer = sock.recv(4096)
        check(b' 101 ' in answer and b's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' in answer, answer)
        sock.sendall(b'again')
        check(sock.recv(100) == b'AGAIN')
        sock.close()
    check(world.fresh.connections['http/1.1'] == 0, world.fresh.connections)


def test_floods(world):
    """Who only makes work is told to calm down; others do not notice."""
    client = world.client(world.fresh)
    for _ in range(500):
        try:
            client.h2.reset_stream(client.ask('/plain'), 8)
            client.flush()
        except (OSError, h2.exceptions.ProtocolError):
            break
    client.until(lambda: client.goaway is not None, 3)
    # Closed with so much of ours unread, the last word may get lost on its way.
    check(client.goaway == 11 or client.goaway is None and client.is_closed, client.goaway)
    check(world.client(world.fresh).get('/plain').body == b'hello')


def test_ends(world):
    """A service that ends says so and lets what is going on be finished."""
    client = world.client(world.fresh)
    stream = client.streams[client.ask('/sse')]
    client.until(lambda: stream.body)
    world.service.send_signal(signal.SIGTERM)
    check(client.until(lambda: client.goaway is not None or client.is_closed, 10))
    check(world.service.wait(20) == 0, world.service.returncode)


def main():
    program = os.path.abspath(sys.argv[1])
    tests = [(name[5:].replace('_', '-'), function) for name, function in globals().items() if name.startswith('test_')]
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    with tempfile.TemporaryDirectory(prefix='nightjar-http2-') as folder:
        world = World(program, folder)
        world.fresh = Origin(folder, ['h2', 'http/1.1'])
        try:
            for number, (name, function) in enumerate(tests, 1):
                try:
                    function(world)
                    print(f'ok {number} {name}', flush=True)
                except Exception as error:  # pylint: disable=broad-except
                    failed += 1
                    print(f'not ok {number} {name}\n# {type(error).__name__}: {error}', flush=True)
        finally:
            world.service.kill()
    return 1 if failed else 0


sys.exit(main())
