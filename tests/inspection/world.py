# SPDX-License-Identifier: GPL-3.0-or-later
"""A service whose every way leads through one exit of ours, and behind it the Internet: whatever name is asked for,
its port 443 is an origin with TLS that notes how it was told hello, its port 80 one without. No name is resolved."""
import glob
import os
import queue
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'talks'))
import exits  # noqa: E402

PATIENCE = float(os.environ.get('TALK_PATIENCE', '5')) * 4

SECURE = 9443  # the same origin as on port 443


def is_grease(code):
    return code & 0x0f0f == 0x0a0a


class Hello:
    """A ClientHello: what it offers, without what is there to keep servers honest."""

    def __init__(self, data):
        body = data[9:]
        at = 34 + 1 + body[34]
        size = int.from_bytes(body[at:at + 2], 'big')
        self.suites = self.codes(body[at + 2:at + 2 + size])
        at += 2 + size
        at += 1 + body[at] + 2
        self.extensions = {}
        while at < len(body):
            kind, size = int.from_bytes(body[at:at + 2], 'big'), int.from_bytes(body[at + 2:at + 4], 'big')
            if not is_grease(kind):
                self.extensions[kind] = body[at + 4:at + 4 + size]
            at += 4 + size
        self.groups = self.codes(self.extensions.get(10, b'')[2:])
        self.signatures = self.codes(self.extensions.get(13, b'')[2:])

    @staticmethod
    def codes(data):
        codes = [int.from_bytes(data[i:i + 2], 'big') for i in range(0, len(data), 2)]
        return [code for code in codes if not is_grease(code)]

    def is_like(self, other):
        """Whether this is the other's as far as it goes: its order, and those extensions that tell browsers apart."""
        return all(mine == [code for code in theirs if code in mine] for mine, theirs in (
            ([code for code in self.suites if code != 0xff], other.suites), (self.groups, other.groups),
            (self.signatures, other.signatures))) and \
            all((kind in self.extensions) == (kind in other.extensions) for kind in (18, 28, 35, 65037))


def recorded(file, name):
    """What a real client said, for another name of the same length."""
    with open(os.path.join(HERE, '..', 'tls', 'hellos', file), 'rb') as stream:
        data = stream.read()
    assert len(name) == len('localhost') and data.count(b'localhost') == 1
    return data.replace(b'localhost', name.encode())


def peek(sock, is_enough):
    """What waits to be read, left where it is; nothing when the other side ended before it was enough."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        data = sock.recv(1 << 16, socket.MSG_PEEK)
        if not data or is_enough(data):
            return data
        time.sleep(0.001)
    return b''


class Way(exits.Exit):
    """An exit behind which each port is another origin."""

    def __init__(self, folder, ports):
        self.ports, self.closed = ports, set()  # places where nobody listens
        super().__init__('way', 'http', None, 0, folder)

    def greet_http(self, sock):
        words = peek(sock, lambda data: b'\r\n' in data).split(b' ')
        target = words[1].decode() if len(words) > 1 else ''
        if target not in self.closed:
            return super().greet_http(sock)
        self.seen.put(target)
        until(sock, b'\r\n\r\n')
        sock.sendall(b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')
        return None

    def connect(self, target):
        self.seen.put(target)
        onward = socket.create_connection(('127.0.0.1', self.ports[int(target.rpartition(':')[2])]), 5)
        onward.settimeout(None)
        self.open.append(onward)
        return onward

    def saw(self):
        """All that was asked of it since the last time."""
        found = []
        while not self.seen.empty():
            found.append(self.seen.get())
        return [target for target in found if not exits.is_nowhere(target)]


class Origin:
    """Answers each request with what it is."""

    def __init__(self, folder=None):
        self.hellos, self.heads = queue.Queue(), queue.Queue()
        self.connections = 0
        self.folder = folder
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def secure(self, sock):
        """The hello is looked at before it is taken."""
        data = peek(sock, lambda data: len(data) >= 5 + int.from_bytes(data[3:5], 'big'))
        if not data:
            raise OSError('left')
        hello = Hello(data)
        self.hellos.put(hello)
        name = hello.extensions.get(0, b'').decode('latin-1')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, self.certificate_for(name)), os.path.join(self.folder, 'leaf.key'))
        context.set_alpn_protocols(['http/1.1'])
        return context.wrap_socket(sock, server_side=True)

    @staticmethod
    def certificate_for(name):
        return 'bad.pem' if 'bad-' in name else 'expired.pem' if 'dead' in name else 'good.pem'

    def serve(self, sock):
        try:
            if self.folder:
                sock = self.secure(sock)
            head = b''
            while True:
                data = sock.recv(1 << 16)
                if not data:
                    return
                head += data
                while b'\r\n\r\n' in head:
                    one, head = head.split(b'\r\n\r\n', 1)
                    self.heads.put(one)
                    body = b'secure' if self.folder else b'plain'
                    sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body))
        except (OSError, EOFError):
            pass
        finally:
            sock.close()

    def hello(self):
        return self.hellos.get(timeout=PATIENCE)


class World:
    def __init__(self, program, folder, settings, more=None):
        self.folder = folder
        self.programs = []
        self.make_certificates()
        self.make_expired()
        self.secure, self.plain = Origin(folder), Origin()
        self.more = {port: make() for port, make in (more or {}).items()}
        self.way = Way(folder, {443: self.secure.port, 80: self.plain.port, SECURE: self.secure.port,
                                **{port: origin.port for port, origin in self.more.items()}})
        profile = os.path.join(folder, 'profile')
        os.mkdir(profile)
        self.write('exits.ini', f'[exit way]\nuri={self.way.uri()}\nname=way\ncountry=DE\n')
        self.write('settings.ini', settings + '\n[exit]\nchoice=country\ncountry=DE\n[lists]\nupdate=false\noff=starter\n')
        self.service = subprocess.Popen([program, '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop',
                                         '--workers', '1'], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                                        env=dict(os.environ, SSL_CERT_FILE=os.path.join(folder, 'root.pem')))
        if not select.select([self.service.stdout], [], [], PATIENCE)[0]:
            raise AssertionError('the service did not get ready')
        address = re.search(r'http://([\d.]+):(\d+)', self.service.stdout.readline())
        self.proxy = (address.group(1), int(address.group(2)))

    def write(self, name, text):
        with open(os.path.join(self.folder, 'profile', name), 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(os.path.join(self.folder, 'profile', name), 0o600)

    def make_certificates(self):
        """A root, under it one for the names that are good here; and one that nobody signed."""
        def run(*words):
            subprocess.run(['openssl', *words], cwd=self.folder, check=True, capture_output=True)
        curve = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes')
        run('req', '-x509', *curve, '-keyout', 'root.key', '-out', 'root.pem', '-days', '30', '-subj', '/CN=root of a test',
            '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign')
        run('req', *curve, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf')
        with open(os.path.join(self.folder, 'leaf.ext'), 'w') as file:
            file.write('subjectAltName=' + ','.join(f'DNS:{name}.test' for name in ('site', 'more', 'next', 'last', 'back')) + '\n'
                       'extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
        run('x509', '-req', '-in', 'leaf.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '20',
            '-out', 'good.pem', '-extfile', 'leaf.ext')
        run('req', '-x509', '-key', 'leaf.key', '-out', 'bad.pem', '-days', '20', '-subj', '/CN=nobody', '-addext', 'subjectAltName=DNS:bad-.test,DNS:bad-one.test')

    def make_expired(self):
        """Signed by the root, and over long ago."""
        with open(os.path.join(self.folder, 'ca.cnf'), 'w') as file:
            file.write('[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=number\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n'
                       '[p]\ncommonName=supplied\n')
        with open(os.path.join(self.folder, 'dead.ext'), 'w') as file:
            file.write('subjectAltName=DNS:dead.test\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n')
        open(os.path.join(self.folder, 'index'), 'w').close()
        with open(os.path.join(self.folder, 'number'), 'w') as file:
            file.write('7001\n')
        subprocess.run(['openssl', 'ca', '-batch', '-config', 'ca.cnf', '-in', 'leaf.csr', '-out', 'expired.pem', '-notext', '-cert', 'root.pem',
                        '-keyfile', 'root.key', '-startdate', '20200101000000Z', '-enddate', '20200201000000Z', '-extfile', 'dead.ext'],
                       cwd=self.folder, check=True, capture_output=True)

    def browser(self):
        """Where a program listens that is called as a browser is and passes on to the service what it gets."""
        script = os.path.join(self.folder, 'firefox')
        shutil.copy(os.path.join(HERE, 'pass-on.py'), script)
        self.programs.append(subprocess.Popen([sys.executable, script, str(self.proxy[1])], stdout=subprocess.PIPE, text=True))
        return ('127.0.0.1', int(self.programs[-1].stdout.readline()))

    def dial(self, at=None):
        sock = socket.create_connection(at or self.proxy, PATIENCE)
        sock.settimeout(PATIENCE)
        return sock

    def connect(self, host, agent=None, more=b'', port=443, at=None):
        """(socket, head of the answer) of a CONNECT."""
        sock = self.dial(at)
        fields = f'User-Agent: {agent}\r\n' if agent else ''
        sock.sendall(f'CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{fields}\r\n'.encode() + more)
        return sock, until(sock, b'\r\n\r\n')

    def socks(self, host, port=443, at=None):
        """(socket, code of the reply) of SOCKS5."""
        sock = self.dial(at)
        sock.sendall(b'\5\1\0')
        exits.exactly(sock, 2)
        sock.sendall(b'\5\1\0\3' + bytes([len(host)]) + host.encode() + port.to_bytes(2, 'big'))
        reply = exits.exactly(sock, 10)
        return sock, reply[1]

    def socks4(self, host, port, at=None):
        """(socket, code of the reply) of SOCKS4a."""
        sock = self.dial(at)
        sock.sendall(b'\4\1' + port.to_bytes(2, 'big') + b'\0\0\0\1\0' + host.encode() + b'\0')
        return sock, exits.exactly(sock, 8)[1]

    def context(self, **more):
        """A client that trusts the service's authority."""
        ca = next(path for path in glob.glob(os.path.join(self.folder, 'profile') + '/**/*.pem', recursive=True)
                  if 'BEGIN CERTIFICATE' in open(path, encoding='ascii').read())
        made = ssl.create_default_context(cafile=ca)
        made.set_alpn_protocols(['http/1.1'])
        if more.get('suites'):
            made.set_ciphers(more['suites'])
        return made

    def stop_programs(self):
        for program in self.programs:
            program.kill()
            program.wait()
            program.stdout.close()

    def end(self):
        self.service.terminate()
        return self.service.wait(PATIENCE)


def until(sock, mark):
    data = b''
    while mark not in data:
        piece = sock.recv(1)
        if not piece:
            break
        data += piece
    return data


def check(condition, *what):
    if not condition:
        raise AssertionError(' '.join(map(str, what)) or 'not so')


def run(settings, tests, more=None):
    """Each test in a world of its own; TAP."""
    print(f'1..{len(tests)}', flush=True)
    failures = 0
    for number, test in enumerate(tests, 1):
        name = f'{test.__name__[5:]}: {test.__doc__}'
        world = None
        with tempfile.TemporaryDirectory() as folder:
            try:
                world = World(sys.argv[1], folder, settings, more)
                test(world)
                check(world.end() == 0, 'the service did not end well')
                print(f'ok {number} - {name}', flush=True)
            except Exception:
                failures += 1
                print(f'not ok {number} - {name}')
                print('\n'.join('# ' + line for line in traceback.format_exc().split('\n')), flush=True)
            finally:
                if world:
                    world.stop_programs()
                if world and world.service.poll() is None:
                    world.service.kill()
                    world.service.wait()
    sys.exit(1 if failures else 0)
