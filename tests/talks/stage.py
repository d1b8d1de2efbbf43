# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays one talk: starts the service, holds the client's and the origin's ends, and does step after step."""
import errno
import hashlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import exits
import script
from wire import Wire, Wrong, shown

STRANGER = '''
import socket, sys
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)
sock.settimeout(5)
try:
    sock.sendall(sys.argv[3].encode())
    print(sock.recv(100))
except ConnectionError:
    print(b"")
'''


# A list that is added goes by a digest of where it lies, so long.
ID_DIGITS = 8


class Skipped(Exception):
    """This talk cannot be played here."""


# The service's own lists would judge what a talk says; each talk brings its own.
OWN_LISTS = ('starter', 'easylist', 'easyprivacy', 'peter-lowe', 'urlhaus', 'ublock-filters', 'ublock-badware', 'ublock-privacy',
             'ublock-quick-fixes', 'ublock-unbreak')


class Stage:
    def __init__(self, program, talk, patience):
        self.program = program
        self.talk = talk
        self.patience = patience
        self.folder = tempfile.mkdtemp(prefix='talk-')
        self.lists = []
        self.settings = ''
        self.trusted = []
        self.exits = {}
        self.is_exit_chosen = False
        self.clients = {}
        self.origins = []
        self.service = None
        self.places = {}
        self.listeners = []
        self.holders = []
        self.port = 0
        self.listen()

    # The origin: one port on 127.0.0.1, 127.0.0.2 and, where there is IPv6, ::1. Each is held by a second socket that
    # never listens, so that nobody else gets the port once the origin stops.
    def listen(self):
        while not self.take_port():
            self.stop_listening()
            self.port = 0
        for listener in self.listeners:
            listener.listen(64)
        self.places.update(ORIGIN=f'127.0.0.1:{self.port}', ORIGIN2=f'127.0.0.2:{self.port}', ORIGIN6=f'[::1]:{self.port}',
                           PORT=str(self.port), PORT16=self.port.to_bytes(2, 'big'))

    def take_port(self):
        """Binds on all addresses; not so when the port that the first was given is somebody else's on another."""
        self.holders = []
        for host in ('127.0.0.1', '127.0.0.2', '::1'):
            for sockets in (self.listeners, self.holders):
                sock = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind((host, self.port))
                except OSError as error:
                    sock.close()
                    if host == '::1' and error.errno != errno.EADDRINUSE:
                        return True
                    return False
                self.port = sock.getsockname()[1]
                sockets.append(sock)
        return True

    def stop_listening(self):
        for listener in self.listeners:
            listener.close()
        self.listeners = []

    def start(self):
        paths = []
        for number, text in enumerate(self.lists):
            paths.append(os.path.join(self.folder, f'list{number}.txt'))
            with open(paths[-1], 'wb') as file:
                file.write(text)
        settings = self.settings + '\n[lists]\n' + f'off={";".join(OWN_LISTS)}\nadded={";".join(paths)}\n'
        if self.trusted:
            ids = ['added-' + hashlib.sha256(paths[number].encode()).hexdigest()[:ID_DIGITS] for number in self.trusted]
            settings += f'trusted={";".join(ids)}\n'
        if self.exits:
            first = next(iter(self.exits.values()))
            settings += '\n[exit]\n' + (f'choice=exit\nid={first.id()}\n' if self.is_exit_chosen else 'choice=country\ncountry=DE\n')
            self.write('exits.ini', f'[exit {first.name}]\nuri={first.uri()}\nname={first.name}\ncountry=DE\n')
        self.write('settings.ini', settings)

        self.errors = open(os.path.join(self.folder, 'stderr'), 'wb+')
        self.service = subprocess.Popen([self.program, '--profile', self.folder, '--listen', '127.0.0.1:0', '--bus', 'none',
                                         '--no-desktop'], stdout=subprocess.PIPE, stderr=self.errors,
                                        stdin=subprocess.DEVNULL, env=dict(os.environ, G_DEBUG='fatal-criticals'))
        if not select.select([self.service.stdout], [], [], 4 * self.patience)[0]:
            raise Wrong('the service did not get ready')
        line = self.service.stdout.readline().decode()
        match = re.fullmatch(r'ready http://127\.0\.0\.1:(\d+) pac http://127\.0\.0\.1:\d+(/\S+)\n', line)
        if not match:
            raise Wrong(f'the service said {line!r} for ready')
        port = int(match.group(1))
        self.places.update(PROXY=f'127.0.0.1:{port}', PROXYPORT=str(port), PROXYPORT16=port.to_bytes(2, 'big'), PAC=match.group(2))
        self.address = ('127.0.0.1', port)
        self.wait_for_engine()

    def wait_for_engine(self):
        """At its first start the service compiles its lists while it already serves."""
        deadline = time.monotonic() + self.patience
        while self.lists and not os.path.exists(os.path.join(self.folder, 'cache', 'engine.bin.key')):
            if time.monotonic() > deadline:
                break  # a list that cannot be read is kept out, and asked for again at each start
            time.sleep(0.01)
        if self.lists:
            time.sleep(0.05)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(os.path.join(self.folder, name), 0o600)

    def play(self):
        for step in self.talk.steps:
            try:
                self.step(step)
            except Wrong as wrong:
                raise Wrong(f'{step}: {wrong}') from wrong
            except (OSError, ValueError, IndexError) as error:
                raise Wrong(f'{step}: {type(error).__name__}: {error}') from error
        self.finish()

    def step(self, step):
        words = step.words.split()
        before = {'settings': self.take_settings, 'list': self.take_list, 'trusted': self.take_trusted_list}
        if words[0] in before:
            return before[words[0]](step)
        if words[0] == 'exit':
            return self.exit_step(words[1], words[2:])
        if self.service is None:
            self.start()
        if words[0] == 'pause':
            return time.sleep(int(words[1]) / 1000)
        if words[0] == 'stranger':
            return self.turn_away()
        if words[0] not in ('client', 'origin'):
            raise Wrong('is no step; see README.md')
        number = int(words[1]) if words[1].isdigit() else None
        rest = words[2:] if number else words[1:]
        if words[0] == 'origin' and self.origin_step(rest):
            return None
        wire = self.client(number or 1) if words[0] == 'client' else self.origin(number, rest[0] == 'sees' and rest[1:2] != ['the'])
        verb = getattr(self, f'{words[0]}_{rest[0]}', None) or getattr(self, f'do_{rest[0]}', None)
        if verb is None:
            raise Wrong('is no step; see README.md')
        return verb(wire, rest[1:], step.text)

    def take_settings(self, step):
        self.settings += script.said(step.text, self.places).decode().replace('\r\n', '\n')

    def take_list(self, step):
        self.lists.append(script.said(step.text, self.places).replace(b'\r\n', b'\n'))

    def take_trusted_list(self, step):
        self.trusted.append(len(self.lists))
        self.take_list(step)

    def exit_step(self, name, words):
        if words[0] == 'is' and words != ['is', 'chosen']:
            credentials = words[3] if len(words) > 3 else None
            self.exits[name] = exits.Exit(name, words[1], credentials, self.port, self.folder)
        elif words == ['is', 'chosen']:
            self.is_exit_chosen = True
        elif words[0] == 'saw':
            self.exit_saw(self.exits[name], words[1])
        elif words[0] == 'expects':
            self.exits[name].wanted = words[1]
        elif words[0] == 'changes':
            self.exits[name].change(self.folder)
        elif words[0] == 'dies':
            self.exits[name].die()
        elif words[0] == 'lives':
            self.exits[name].mood = 'serves'
            if self.exits[name].listener is None:
                self.exits[name].live()
        elif words[0] in ('refuses', 'hangs', 'breaks'):
            self.exits[name].mood = words[0]
        else:
            raise Wrong('is no step; see README.md')

    def exit_saw(self, exit_, target):
        try:
            seen = exit_.seen.get(timeout=0.15 if target == 'nothing' else self.patience)
        except exits.queue.Empty:
            seen = 'nothing'
        if seen != script.to_bytes(target, self.places).decode():
            raise Wrong(f'the exit saw {seen}')

    def client(self, number):
        wire = self.clients.get(number)
        if wire is None or wire.is_closed:
            wire = Wire(socket.create_connection(self.address, self.patience), f'client {number}', self.patience)
            self.clients[number] = wire
        return wire

    def turn_away(self):
        """A program of another user asks; it must get nothing."""
        if os.geteuid() != 0:
            raise Skipped('needs root, to be somebody else')
        asked = f'GET http://{self.places["ORIGIN"]}/ HTTP/1.1\r\nHost: {self.places["ORIGIN"]}\r\n\r\n'
        said = subprocess.run([shutil.which('python3', path='/usr/bin') or sys.executable, '-c', STRANGER, self.address[0], str(self.address[1]), asked], cwd='/',
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, user=65534, timeout=20)
        if said.stdout != b"b''\n":
            raise Wrong(f'the stranger got {said.stdout!r} {said.stderr!r}')

    def origin_step(self, rest):
        """Steps of the origin that need no connection of it."""
        if rest[0] == 'stops':
            self.stop_listening()
        elif rest[0] == 'starts':
            self.listen()
        elif rest[0] == 'accepts':
            self.accept()
        elif rest[0] == 'had':
            if len(self.origins) != int(rest[1]):
                raise Wrong(f'it had {len(self.origins)}')
        elif rest == ['sees', 'nothing']:
            self.origin_is_quiet(0.15)
        else:
            return False
        return True

    def accept(self):
        ready = select.select(self.listeners, [], [], self.patience)[0]
        if not ready:
            raise Wrong(f'no connection came to the origin within {self.patience} s')
        sock, _ = ready[0].accept()
        self.origins.append(Wire(sock, f'origin {len(self.origins) + 1}', self.patience))

    def origin(self, number, is_hearing):
        if number:
            return self.origins[number - 1]
        last = self.origins[-1] if self.origins else None
        if last is None or last.is_closed or (last.is_over and not last.buffer and is_hearing):
            self.accept()
        return self.origins[-1]

    def origin_is_quiet(self, wait):
        if self.listeners and select.select(self.listeners, [], [], wait)[0]:
            self.accept()
            self.origins[-1].fill(0.1)
            raise Wrong(f'a connection came to the origin, and said: {shown(self.origins[-1].buffer)!r}')
        for wire in self.origins:
            if not wire.is_closed and not wire.is_over:
                wire.fill(0)
            if not wire.is_closed and wire.buffer:
                raise Wrong(f'{wire.who} also got: {shown(wire.buffer)!r}')

    # Verbs of either side.
    def do_says(self, wire, _, text):
        wire.say(script.said(text, self.places))

    def do_sees(self, wire, rest, text):
        if rest == ['the', 'end']:
            wire.expect_end()
        elif rest == ['it', 'break']:
            wire.expect_break()
        elif rest == ['nothing']:
            wire.expect_nothing()
        elif rest == ['chunks']:
            wire.expect_chunks(text, self.places)
        elif rest[:1] == ['body']:
            wire.expect_body(' '.join(rest[1:]))
        elif rest == ['exactly'] or (not rest and text and text[0][0] == '+'):
            wire.expect_bytes(script.said(text, self.places))
        elif rest[:1] == ['socks5']:
            wire.expect_socks5(int(rest[1]))
        elif rest[:1] == ['socks4']:
            wire.expect_socks4(int(rest[1]))
        elif rest[:1] == ['GET']:
            wire.expect_head([('|', f'GET {rest[1]} HTTP/1.1')] + text + [('|', '')], self.places)
        elif not rest and text:
            wire.expect_head(text, self.places)
        else:
            raise Wrong('is no step; see README.md')

    def do_shuts(self, wire, *_):
        wire.shut()

    def do_closes(self, wire, *_):
        wire.close()

    def do_resets(self, wire, *_):
        wire.reset()

    def do_connects(self, *_):
        pass

    def client_asks(self, wire, rest, text):
        url = script.to_bytes(rest[0], self.places)
        host = re.match(rb'http://([^/?#]*)', url).group(1)
        wire.say(b'GET ' + url + b' HTTP/1.1\r\nHost: ' + host + b'\r\n' + script.said(text, self.places) + b'\r\n')

    def client_gets(self, wire, rest, text):
        wire.expect_head([('|', 'HTTP/1.1 200 OK')] + text + [('|', '')], self.places)
        wire.expect_bytes(' '.join(rest).encode())

    def client_is(self, wire, rest, _):
        lines = wire.take_head()
        if not re.match(b'HTTP/1.1 ' + rest[1].encode() + b' ', lines[0]):
            raise Wrong(f'{wire.who} should be told {rest[1]} and got:\n' + shown(b'\r\n'.join(lines)))
        wire.expect_body(' '.join(rest[2:]))

    def origin_answers(self, wire, rest, text):
        body = ' '.join(rest).encode()
        wire.say(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n' % len(body) + script.said(text, self.places) + b'\r\n' + body)

    def finish(self):
        """Nothing may be left over, and the service must end as it should."""
        for wire in self.clients.values():
            if not wire.is_closed:
                wire.fill(0.03)
                if wire.buffer:
                    raise Wrong(f'at the end {wire.who} has unread: {shown(wire.buffer)!r}')
        self.origin_is_quiet(0.03)
        if self.service is None:
            raise Wrong('nobody said anything')
        if self.service.poll() is not None:
            raise Wrong(f'the service ended by itself, status {self.service.returncode}')

    def end(self):
        """Ends the service; gives its exit status and what it complained about."""
        for exit_ in self.exits.values():
            exit_.die()
        for wire in list(self.clients.values()) + self.origins:
            wire.sock.close()
        self.stop_listening()
        status, said = 0, ''
        if self.service is not None:
            self.service.send_signal(signal.SIGTERM)
            try:
                status = self.service.wait(5 + 2 * self.patience)
            except subprocess.TimeoutExpired:
                self.service.kill()
                self.service.wait()
                status = 'none, it had to be killed'
            self.service.stdout.close()
            self.errors.seek(0)
            said = self.errors.read().decode('utf-8', 'replace')
            self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return status, said
