# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends of conversations in HTTP/2 and 1.1 over TLS: an origin whose paths say what it does, and a client
that asks through the proxy. By the h2 library, which is neither ours nor the one we are built on."""
import base64
import hashlib
import os
import socket
import ssl
import subprocess
import threading
import time

import h2.config
import h2.connection
import h2.events
import h2.settings

GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
LARGE = 2_000_000


def make_certificates(folder):
    """A root, and under it a certificate for localhost."""
    def run(*words, text=None):
        subprocess.run(['openssl', *words], cwd=folder, check=True, capture_output=True, input=text)
    run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'root.key', '-out', 'root.pem',
        '-days', '30', '-subj', '/CN=root of a test', '-addext', 'basicConstraints=critical,CA:TRUE',
        '-addext', 'keyUsage=critical,keyCertSign')
    run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'leaf.key', '-out', 'leaf.csr',
        '-subj', '/CN=localhost')
    with open(os.path.join(folder, 'leaf.ext'), 'w') as file:
        file.write('subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
    run('x509', '-req', '-in', 'leaf.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '20', '-out', 'leaf.pem',
        '-extfile', 'leaf.ext')


class Stream:
    """What came of one message."""

    def __init__(self):
        self.head, self.interim, self.trailers = {}, [], {}
        self.body, self.has_end, self.reset = b'', False, None


class Connection:
    """An h2 connection over a socket; events are kept by stream."""

    def __init__(self, sock, is_client, hold=()):
        self.sock, self.hold = sock, hold
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=is_client, header_encoding='utf-8',
                                                                       validate_outbound_headers=False))
        self.h2.local_settings = h2.settings.Settings(is_client, {h2.settings.SettingCodes.ENABLE_CONNECT_PROTOCOL: int(not is_client)})
        self.h2.initiate_connection()
        self.streams, self.goaway, self.is_closed = {}, None, False
        self.later = {}  # stream: bytes that wait for its window, then its end
        self.flush()

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.sock.sendall(data)

    def pump(self, seconds=5.0):
        """Takes what comes next; False when nothing did."""
        self.sock.settimeout(seconds)
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            return False
        except OSError:
            self.is_closed = True
            return False
        if not data:
            self.is_closed = True
            return False
        for event in self.h2.receive_data(data):
            self.note(event)
        try:
            self.flush()
            self.go_on()
        except OSError:
            pass
        return True

    def note(self, event):
        stream = self.streams.setdefault(getattr(event, 'stream_id', 0) or 0, Stream())
        if isinstance(event, (h2.events.ResponseReceived, h2.events.RequestReceived)):
            stream.head = dict(event.headers)
        elif isinstance(event, h2.events.InformationalResponseReceived):
            stream.interim.append(dict(event.headers))
        elif isinstance(event, h2.events.TrailersReceived):
            stream.trailers = dict(event.headers)
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            if event.stream_id not in self.hold:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            stream.has_end = True
        elif isinstance(event, h2.events.StreamReset):
            stream.reset = int(event.error_code)
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = int(event.error_code)

    def until(self, condition, seconds=8.0):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or not self.pump(max(0.01, end - time.monotonic())):
                return condition()
        return True

    def send(self, stream_id, data, end=False):
        """All of data, as the window opens."""
        while data or end:
            n = min(len(data), self.h2.local_flow_control_window(stream_id), self.h2.max_outbound_frame_size)
            if data and n <= 0:
                if not self.pump():
                    raise TimeoutError('no window')
                continue
            self.h2.send_data(stream_id, data[:n], end_stream=end and n == len(data))
            self.flush()
            data = data[n:]
            if not data:
                return


    def go_on(self):
        """What waits, as far as it may go now."""
        for stream_id, data in list(self.later.items()):
            if self.streams[stream_id].reset is not None:
                del self.later[stream_id]
                continue
            while data and (n := min(len(data), self.h2.local_flow_control_window(stream_id), 16384)) > 0:
                self.h2.send_data(stream_id, data[:n], end_stream=n == len(data))
                self.flush()
                data = data[n:]
            self.later[stream_id] = data
            if not data:
                del self.later[stream_id]


class Client(Connection):
    """Through the proxy, by CONNECT."""

    def __init__(self, proxy, authority, ca, hold=(), alpn=('h2',)):
        sock = tls_through(proxy, authority, ca, alpn)
        self.authority = authority
        self.protocol = sock.selected_alpn_protocol()
        super().__init__(sock, True, hold)

    def ask(self, path, method='GET', fields=(), end=True):
        stream_id = self.h2.get_next_available_stream_id()
        self.streams[stream_id] = Stream()
        self.h2.send_headers(stream_id, [(':method', method), (':scheme', 'https'), (':authority', self.authority), (':path', path),
                                         *fields], end_stream=end)
        self.flush()
        return stream_id

    def get(self, path, method='GET', fields=(), body=None):
        stream_id = self.ask(path, method, fields, body is None)
        if body is not None:
            self.send(stream_id, body, True)
        stream = self.streams[stream_id]
        self.until(lambda: stream.has_end or stream.reset is not None)
        return stream


def tls_through(proxy, authority, ca, alpn):
    sock = socket.create_connection(proxy, 5)
    sock.sendall(f'CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n'.encode())
    answer = b''
    while b'\r\n\r\n' not in answer:
        piece = sock.recv(4096)
        if not piece:
            break
        answer += piece
    if b' 200' not in answer.split(b'\r\n')[0]:
        raise ConnectionError(answer[:200])
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols(list(alpn))
    return context.wrap_socket(sock, server_hostname='localhost')


class Origin:
    """Speaks what alpn says. Each connection has a thread; what a path does is in serve()."""

    def __init__(self, folder, alpn):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(folder, 'leaf.pem'), os.path.join(folder, 'leaf.key'))
        self.context.set_alpn_protocols(list(alpn))
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.authority = f'localhost:{self.listener.getsockname()[1]}'
        self.connections = {'h2': 0, 'http/1.1': 0}
        self.heads, self.resets, self.once = {}, [], set()
        self.trailers = {}
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.greet, args=(sock,), daemon=True).start()

    def greet(self, sock):
        try:
            sock = self.context.wrap_socket(sock, server_side=True)
            self.connections[sock.selected_alpn_protocol() or 'http/1.1'] += 1
            if sock.selected_alpn_protocol() == 'h2':
                self.speak_h2(sock)
            else:
                self.speak_h1(sock)
        except (OSError, ssl.SSLError, TimeoutError, h2.exceptions.ProtocolError):
            pass
        finally:
            sock.close()

    def is_first(self, what):
        is_new = what not in self.once
        self.once.add(what)
        return is_new

    # HTTP/2
    def speak_h2(self, sock):
        connection = Connection(sock, False)
        answered = set()
        while not connection.is_closed:
            if not connection.pump(60):
                return
            for stream_id, stream in list(connection.streams.items()):
                if stream.reset is not None and (stream_id, 'reset') not in answered:
                    answered.add((stream_id, 'reset'))
                    self.resets.append((stream.head.get(':path'), stream.reset))
                if stream.head and stream.reset is None and self.serve(connection, stream_id, stream, answered) == 'end':
                    time.sleep(0.2)
                    return

    def serve(self, connection, stream_id, stream, answered):
        path = stream.head.get(':path', '')
        name = path.split('?')[0].lstrip('/')
        action = getattr(self, 'do_' + name.replace('-', '_'), None)
        waits = name in ('echo', 'trailers', 'refuse-post') and not stream.has_end
        if stream_id in answered and name not in ('chat', 'bidi', 'sse') or waits:
            return None
        if stream_id not in answered:
            self.heads[path] = stream.head
        is_new = stream_id not in answered
        answered.add(stream_id)
        result = action(connection, stream_id, stream, is_new) if action else self.say(connection, stream_id, b'hello')
        connection.flush()
        return result

    @staticmethod
    def say(connection, stream_id, body, fields=()):
        connection.h2.send_headers(stream_id, [(':status', '200'), *fields])
        connection.later[stream_id] = body
        connection.go_on()

    def do_echo(self, connection, stream_id, stream, is_new):
        self.say(connection, stream_id, hashlib.sha256(stream.body).hexdigest().encode(), [('x-length', str(len(stream.body)))])

    def do_large(self, connection, stream_id, stream, is_new):
        self.say(connection, stream_id, bytes(range(250)) * (LARGE // 250), [('content-length', str(LARGE))])

    def do_trailers(self, connection, stream_id, stream, is_new):
        self.trailers = stream.trailers
        connection.h2.send_headers(stream_id, [(':status', '200'), ('content-type', 'application/grpc-web')])
        connection.h2.send_data(stream_id, b'body')
        connection.h2.send_headers(stream_id, [('grpc-status', '0')], end_stream=True)

    def do_hints(self, connection, stream_id, stream, is_new):
        connection.h2.send_headers(stream_id, [(':status', '103'), ('link', '</a.css>; rel=preload')])
        connection.flush()
        self.say(connection, stream_id, b'hinted', [('alt-svc', 'h3=":443"')])

    def do_refuse(self, connection, stream_id, stream, is_new):
        if self.is_first('refuse'):
            connection.h2.reset_stream(stream_id, 7)
        else:
            self.say(connection, stream_id, b'again')

    def do_refuse_post(self, connection, stream_id, stream, is_new):
        if self.is_first('refuse-post'):
            connection.h2.reset_stream(stream_id, 7)
        else:
            self.say(connection, stream_id, stream.body)

    def do_leave(self, connection, stream_id, stream, is_new):
        if self.is_first('leave'):
            connection.h2.close_connection(0, last_stream_id=stream_id - 2)
            return 'end'
        self.say(connection, stream_id, b'back')
        return None

    def do_want_h1(self, connection, stream_id, stream, is_new):
        connection.h2.reset_stream(stream_id, 13)

    def do_break(self, connection, stream_id, stream, is_new):
        connection.h2.send_headers(stream_id, [(':status', '200')])
        connection.h2.send_data(stream_id, b'half')
        connection.h2.reset_stream(stream_id, 2)

    def do_hang(self, connection, stream_id, stream, is_new):
        return None

    def do_sse(self, connection, stream_id, stream, is_new):
        if is_new:
            connection.h2.send_headers(stream_id, [(':status', '200'), ('content-type', 'text/event-stream')])
            connection.h2.send_data(stream_id, b'data: 1\n\n')

    def do_bidi(self, connection, stream_id, stream, is_new):
        """Each message is answered before the next one comes."""
        if is_new:
            connection.h2.send_headers(stream_id, [(':status', '200'), ('content-type', 'application/grpc')])
        if stream.body:
            connection.h2.send_data(stream_id, b'<' + stream.body + b'>')
            stream.body = b''
        if stream.has_end and not stream.trailers:
            stream.trailers = {'said': 'yes'}
            connection.h2.send_headers(stream_id, [('grpc-status', '0')], end_stream=True)

    def do_chat(self, connection, stream_id, stream, is_new):
        if is_new:
            connection.h2.send_headers(stream_id, [(':status', '200')])
        if stream.body:
            connection.h2.send_data(stream_id, stream.body.upper())
            stream.body = b''

    # HTTP/1.1
    def speak_h1(self, sock):
        file = sock.makefile('rwb')
        while True:
            line = file.readline().split()
            if len(line) < 3:
                return
            fields = {}
            for field in iter(file.readline, b'\r\n'):
                name, _, value = field.decode().partition(':')
                fields[name.lower()] = value.strip()
            self.heads[line[1].decode()] = fields
            body = self.read_h1_body(file, fields)
            self.answer_h1(sock, file, line[1].decode(), fields, body)

    @staticmethod
    def read_h1_body(file, fields):
        if 'chunked' in fields.get('transfer-encoding', ''):
            body = b''
            while True:
                size = int(file.readline(), 16)
                body += file.read(size)
                file.readline()
                if size == 0:
                    return body
        return file.read(int(fields.get('content-length', 0)))

    def answer_h1(self, sock, file, path, fields, body):
        if path.startswith('/chat'):
            key = base64.b64encode(hashlib.sha1((fields['sec-websocket-key'] + GUID).encode()).digest()).decode()
            file.write(f'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
                       f'Sec-WebSocket-Accept: {key}\r\n\r\n'.encode())
            file.flush()
            while data := file.read1(4096):
                file.write(data.upper())
                file.flush()
            return
        said = {'/large': bytes(range(250)) * (LARGE // 250)}.get(path, hashlib.sha256(body).hexdigest().encode())
        file.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-Length: %d\r\n\r\n' % (len(said), len(body)) + said)
        file.flush()
