# SPDX-License-Identifier: GPL-3.0-or-later
"""A method call on a message bus, in this process: what is timed is then the call, not the start of a program."""
import hashlib
import os
import socket
import struct

ROOT = '/org/nightjar/Nightjar1'
NAME = 'org.nightjar.Nightjar1'


def text(value):
    data = value.encode()
    return struct.pack('<I', len(data)) + data + b'\0'


def padded(data, to):
    return data + b'\0' * (-len(data) % to)


class Bus:
    def __init__(self, address, profile):
        path = dict(part.split('=', 1) for part in address.split(':', 1)[1].split(','))['path']
        self.name = f'{NAME}.Profile_{hashlib.sha256(os.path.realpath(profile).encode()).hexdigest()[:8]}'
        self.serial = 0
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(path)
        self.sock.sendall(b'\0AUTH EXTERNAL ' + str(os.getuid()).encode().hex().encode() + b'\r\n')
        answer = self.sock.recv(4096)
        if not answer.startswith(b'OK'):
            raise RuntimeError(f'the bus says {answer}')
        self.sock.sendall(b'BEGIN\r\n')
        self.call('Hello', destination='org.freedesktop.DBus', path='/org/freedesktop/DBus', interface='org.freedesktop.DBus')

    def call(self, member, *words, destination=None, path=ROOT, interface=NAME):
        """Calls member with strings and truths and waits for its answer."""
        self.serial += 1
        body = b''
        for word in words:
            body = padded(body, 4) + (struct.pack('<I', word) if isinstance(word, bool) else text(word))
        fields = b''
        for code, kind, value in ((1, 'o', path), (2, 's', interface), (3, 's', member), (6, 's', destination or self.name)):
            fields = padded(fields, 8) + bytes([code, 1]) + kind.encode() + b'\0' + text(value)
        if words:
            signature = b''.join(b'b' if isinstance(word, bool) else b's' for word in words)
            fields = padded(fields, 8) + bytes([8, 1]) + b'g\0' + bytes([len(signature)]) + signature + b'\0'
        head = struct.pack('<cBBBII', b'l', 1, 0, 1, len(body), self.serial) + struct.pack('<I', len(fields)) + fields
        self.sock.sendall(padded(head, 8) + body)
        self.wait(self.serial)

    def wait(self, serial):
        while True:
            head = self.exactly(16)
            kind, length, fields = head[1], *struct.unpack('<I4xI', head[4:16])
            rest = self.exactly(fields + -fields % 8 + length)
            # REPLY_SERIAL: byte 5, signature "u", the number.
            if kind in (2, 3) and b'\5\1u\0' + struct.pack('<I', serial) in rest:
                if kind == 3:
                    raise RuntimeError(f'the service refused: {rest}')
                return

    def exactly(self, count):
        got = b''
        while len(got) < count:
            piece = self.sock.recv(count - len(got))
            if not piece:
                raise RuntimeError('the bus is gone')
            got += piece
        return got

    def close(self):
        self.sock.close()
