#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the pictures and sounds that say nothing, byte by byte, into the folder it lies in."""
import os
import struct
import zlib

here = os.path.dirname(os.path.abspath(__file__))


def write(name, data):
    with open(os.path.join(here, name), 'wb') as f:
        f.write(data)


def gif():
    """One transparent pixel; GIF89a."""
    return (b'GIF89a' + struct.pack('<HHBBB', 1, 1, 0x80, 0, 0) + bytes(6)
            + b'!\xf9\x04\x01\x00\x00\x00\x00' + b',' + struct.pack('<HHHHB', 0, 0, 1, 1, 0)
            + b'\x02\x02\x44\x01\x00' + b';')


def png(width, height):
    """Transparent; one bit a pixel with a palette."""
    def chunk(kind, body):
        return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
    row = bytes(1 + (width + 7) // 8)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 1, 3, 0, 0, 0))
            + chunk(b'PLTE', bytes(3)) + chunk(b'tRNS', b'\0')
            + chunk(b'IDAT', zlib.compress(row * height, 9)) + chunk(b'IEND', b''))


def mp3(frames):
    """Silence: MPEG-2 layer III, 8 kbit/s, 16 kHz, one channel, frames of 36 ms without any content."""
    return (b'\xff\xf3\x18\xc4' + bytes(32)) * frames


class Bits:
    def __init__(self):
        self.bits = ''

    def u(self, width, value):
        self.bits += format(value, f'0{width}b')
        return self

    def ue(self, value):
        code = format(value + 1, 'b')
        self.bits += '0' * (len(code) - 1) + code
        return self

    def align(self):
        self.bits += '0' * (-len(self.bits) % 8)
        return self

    def end(self):
        self.bits += '1'
        self.align()
        return bytes(int(self.bits[i:i + 8], 2) for i in range(0, len(self.bits), 8))


def mp4():
    """One second of one grey picture of 16x16: H.264 baseline, its only macroblock uncompressed (I_PCM)."""
    sps = b'\x67\x42\xc0\x0a' + (Bits().ue(0).ue(0).ue(2).ue(0).u(1, 0).ue(0).ue(0).u(1, 1).u(1, 1).u(1, 0)
                                 .u(1, 0).end())
    pps = b'\x68' + Bits().ue(0).ue(0).u(2, 0).ue(0).ue(0).ue(0).u(3, 0).ue(0).ue(0).ue(0).u(3, 0).end()
    head = Bits().ue(0).ue(7).ue(0).u(4, 0).ue(0).u(2, 0).ue(0).ue(25).align()
    for value in [16] * 256 + [128] * 128:
        head.u(8, value)
    frame = b'\x65' + head.end()
    sample = struct.pack('>I', len(frame)) + frame

    def box(kind, *parts):
        body = b''.join(parts)
        return struct.pack('>I', 8 + len(body)) + kind + body

    def full(kind, flags, *parts):
        return box(kind, struct.pack('>I', flags), *parts)

    matrix = struct.pack('>9I', 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    avcc = (b'\x01\x42\xc0\x0a\xff\xe1' + struct.pack('>H', len(sps)) + sps + b'\x01'
            + struct.pack('>H', len(pps)) + pps)
    avc1 = box(b'avc1', bytes(6), struct.pack('>H', 1), bytes(16), struct.pack('>HH', 16, 16),
               struct.pack('>IIIH', 0x480000, 0x480000, 0, 1), bytes(32), struct.pack('>Hh', 24, -1),
               box(b'avcC', avcc))

    def moov(offset):
        stbl = box(b'stbl', full(b'stsd', 0, struct.pack('>I', 1), avc1),
                   full(b'stts', 0, struct.pack('>III', 1, 1, 1000)),
                   full(b'stsc', 0, struct.pack('>IIII', 1, 1, 1, 1)),
                   full(b'stsz', 0, struct.pack('>III', 0, 1, len(sample))),
                   full(b'stco', 0, struct.pack('>II', 1, offset)))
        minf = box(b'minf', full(b'vmhd', 1, bytes(8)),
                   box(b'dinf', full(b'dref', 0, struct.pack('>I', 1), full(b'url ', 1))), stbl)
        mdia = box(b'mdia', full(b'mdhd', 0, struct.pack('>IIIIHH', 0, 0, 1000, 1000, 0x55c4, 0)),
                   full(b'hdlr', 0, bytes(4), b'vide', bytes(12), b'\0'), minf)
        tkhd = full(b'tkhd', 3, struct.pack('>IIIII', 0, 0, 1, 0, 1000), bytes(16), matrix,
                    struct.pack('>II', 16 << 16, 16 << 16))
        mvhd = full(b'mvhd', 0, struct.pack('>IIIIIH', 0, 0, 1000, 1000, 0x10000, 0x100), bytes(10), matrix,
                    bytes(24), struct.pack('>I', 2))
        return box(b'moov', mvhd, box(b'trak', tkhd, mdia))

    ftyp = box(b'ftyp', b'isom', struct.pack('>I', 0x200), b'isomavc1mp41')
    offset = len(ftyp) + len(moov(0)) + 8
    return ftyp + moov(offset) + box(b'mdat', sample)


write('1x1.gif', gif())
for size in [(2, 2), (3, 2), (32, 32)]:
    write(f'{size[0]}x{size[1]}.png', png(*size))
write('noop-0.1s.mp3', mp3(3))
write('noop-0.5s.mp3', mp3(14))
write('noop-1s.mp4', mp4())
