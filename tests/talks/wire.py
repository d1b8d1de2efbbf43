# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection as a talk sees it: bytes with patience, and heads and chunks read out of them."""
import re
import select
import socket
import struct
import time

import script


class Wrong(Exception):
    """The talk did not go as written."""


def shown(data):
    text = data[:1500].decode('utf-8', 'backslashreplace').replace('\r\n', '⏎\n').replace('\r', '\\r')
    return text + (f'… {len(data)} bytes in all' if len(data) > 1500 else '')


class Wire:
    def __init__(self, sock, who, patience):
        self.sock = sock
        self.who = who
        self.patience = patience
        self.buffer = b''
        self.is_over = False        # the other side ended
        self.is_broken = False      # and did so with a reset
        self.is_closed = False      # we did
        self.last_fields = []
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, data):
        self.sock.settimeout(self.patience)
        try:
            self.sock.sendall(data)
        except OSError as error:
            raise Wrong(f'{self.who} could not say it all: {error}') from error

    def fill(self, wait):
        """Reads what comes within that many seconds; False when nothing did."""
        if self.is_over or self.is_closed or not select.select([self.sock], [], [], wait)[0]:
            return False
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionError:
            data, self.is_broken = b'', True
        self.is_over = data == b''
        self.buffer += data
        return True

    def fill_until(self, is_enough, what):
        deadline = time.monotonic() + self.patience
        while not is_enough():
            if self.is_over:
                raise Wrong(f'{self.who} wanted {what}, but the other side ended after: {shown(self.buffer)!r}')
            if not self.fill(max(0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                raise Wrong(f'{self.who} waited {self.patience} s for {what} and has: {shown(self.buffer)!r}')

    def take(self, count, what):
        self.fill_until(lambda: len(self.buffer) >= count, f'{count} bytes ({what})')
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def take_line(self, what):
        self.fill_until(lambda: b'\r\n' in self.buffer, f'a line ({what})')
        line, self.buffer = self.buffer.split(b'\r\n', 1)
        return line

    def expect_bytes(self, wanted):
        got = b''
        for piece in range(0, len(wanted), 1 << 16):
            part = wanted[piece:piece + (1 << 16)]
            try:
                got = self.take(len(part), 'these bytes')
            except Wrong as wrong:
                raise Wrong(f'{wrong}\nwanted: {shown(part)!r}') from wrong
            if got != part:
                raise Wrong(f'{self.who} wanted: {shown(part)!r}\nand got: {shown(got)!r}')

    def take_head(self):
        self.fill_until(lambda: b'\r\n\r\n' in self.buffer, 'a head')
        head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
        lines = head.split(b'\r\n')
        self.last_fields = [(name.strip().lower(), value.strip()) for name, _, value in
                            (line.partition(b':') for line in lines[1:])]
        return lines

    def expect_head(self, text, places):
        wanted, body = script.split_head(text)
        lines = self.take_head()
        match_line(wanted[0], lines[0], places, self.who, lines)
        match_fields(wanted[1:], lines[1:], places, self.who, lines)
        if body:
            self.expect_bytes(script.said(body, places))

    def take_body(self):
        fields = dict(self.last_fields)
        if fields.get(b'transfer-encoding', b'').lower() == b'chunked':
            return self.take_chunks()[0]
        if b'content-length' in fields:
            return self.take(int(fields[b'content-length']), 'a body')
        while not self.is_over:
            self.fill_until(lambda: self.is_over or self.buffer, 'the end of a body')
            if not self.fill(self.patience):
                break
        data, self.buffer = self.buffer, b''
        return data

    def take_chunks(self):
        body = b''
        while True:
            line = self.take_line('size of a chunk')
            if not re.fullmatch(rb'[0-9A-Fa-f]+(;.*)?', line):
                raise Wrong(f'{self.who} got {line!r} for the size of a chunk')
            size = int(line.split(b';')[0], 16)
            if size == 0:
                break
            body += self.take(size, 'a chunk')
            if self.take(2, 'end of a chunk') != b'\r\n':
                raise Wrong(f'{self.who}: a chunk does not end with CR LF')
        trailers = []
        while True:
            line = self.take_line('a trailer')
            if line == b'':
                return body, trailers
            trailers.append(line)

    def expect_chunks(self, text, places):
        body, trailers = self.take_chunks()
        wanted = script.said([pair for pair in text if pair[0] == '+'], places)
        if body != wanted:
            raise Wrong(f'{self.who} wanted the body {shown(wanted)!r} and got {shown(body)!r}')
        match_fields([pair for pair in text if pair[0] != '+'], trailers, places, self.who, trailers)

    def expect_body(self, regex):
        body = self.take_body()
        if regex and not re.search(regex.encode(), body, re.S):
            raise Wrong(f'{self.who} looked for {regex} in: {shown(body)}')

    def expect_socks5(self, code):
        head = self.take(4, 'a SOCKS5 reply')
        rest = {1: 4, 4: 16}.get(head[3])
        if head[0] != 5 or head[2] != 0 or (rest is None and head[3] != 3):
            raise Wrong(f'{self.who} got no SOCKS5 reply: {head!r}')
        self.take((self.take(1, 'a length')[0] if rest is None else rest) + 2, 'an address')
        if head[1] != code:
            raise Wrong(f'{self.who} wanted SOCKS5 code {code} and got {head[1]}')

    def expect_socks4(self, code):
        reply = self.take(8, 'a SOCKS4 reply')
        if reply[0] != 0 or reply[1] != code:
            raise Wrong(f'{self.who} wanted SOCKS4 code {code} and got {reply!r}')

    def expect_nothing(self, wait=0.15):
        self.fill(wait)
        if self.buffer:
            raise Wrong(f'{self.who} should have got nothing and got: {shown(self.buffer)!r}')
        if self.is_over:
            raise Wrong(f'{self.who} should have got nothing, but the other side ended')

    def expect_end(self):
        while not self.is_over and not self.buffer:
            if not self.fill(self.patience):
                raise Wrong(f'{self.who} waited {self.patience} s for the end')
        if self.buffer:
            raise Wrong(f'{self.who} should have seen the end and got: {shown(self.buffer)!r}')

    def expect_break(self):
        while not self.is_over:
            if not self.fill(self.patience):
                raise Wrong(f'{self.who} waited {self.patience} s for it to break')
        self.buffer = b''

    def shut(self):
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.is_closed = True
        self.sock.close()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close()


def match_line(pair, line, places, who, lines):
    mark, words = pair
    if mark == '|':
        is_good = line == script.to_bytes(words, places)
    else:
        is_good = re.fullmatch(script.to_bytes(words.replace('\\', '\\\\'), places), line) is not None
    if not is_good:
        raise Wrong(f'{who} wanted “{words}” and got:\n' + shown(b'\r\n'.join(lines)))


def match_fields(wanted, lines, places, who, whole):
    left = list(lines)
    for mark, words in wanted:
        if mark == '!':
            if any(line.split(b':')[0].lower() == words.strip().lower().encode() for line in lines):
                raise Wrong(f'{who} must not get the field {words}:\n' + shown(b'\r\n'.join(whole)))
            continue
        raw = script.to_bytes(words if mark == '|' else words.replace('\\', '\\\\'), places)
        name, _, value = raw.partition(b':')
        found = None
        for line in left:
            line_name, _, line_value = line.partition(b':')
            if line_name.lower() == name.lower() and (
                    line_value.strip() == value.strip() if mark == '|'
                    else re.fullmatch(value.strip(), line_value.strip(), re.S)):
                found = line
                if mark != '|':
                    places.update(re.fullmatch(value.strip(), line_value.strip(), re.S).groupdict())
                break
        if found is None:
            raise Wrong(f'{who} wanted the field “{words}” and got:\n' + shown(b'\r\n'.join(whole)))
        left.remove(found)
