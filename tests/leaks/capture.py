# SPDX-License-Identifier: GPL-3.0-or-later
"""Every frame that leaves by the uplink, taken apart as far as needed to say whom it was for."""
import collections
import ipaddress
import socket
import struct
import threading

from world import packet_socket

SOL_PACKET, PACKET_STATISTICS = 263, 6
PROTOCOLS = {1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6'}
# Neighbours and multicast groups of the link itself: the kernel's own talk (RFC 4861, RFC 3810), and nobody beyond
# the router hears it.
LINK_TALK = {130, 131, 132, 133, 134, 135, 136, 143}

# opens: a SYN, so a new connection.
Packet = collections.namedtuple('Packet', 'protocol to port opens', defaults=[False])


class Capture:
    def __init__(self, world, port='uplink'):
        with world.inside('client'):
            self.sock = packet_socket(port)
        self.sock.settimeout(0.1)
        self.lock = threading.Lock()
        self.sent = collections.Counter()
        self.is_over = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.is_over:
            try:
                frame, origin = self.sock.recvfrom(1 << 16)
            except socket.timeout:
                continue
            packet = take_apart(frame) if origin[2] == socket.PACKET_OUTGOING else None
            if packet:
                with self.lock:
                    self.sent[packet] += 1

    def take(self):
        """What was sent since the last take: a Counter of Packet."""
        self.drain()
        with self.lock:
            sent, self.sent = self.sent, collections.Counter()
        return sent

    def drain(self):
        """Until what was sent before has been read."""
        marker = threading.Event()
        marker.wait(0.25)

    def lost(self):
        """Frames that the kernel could not hand us: with any, a capture proves nothing."""
        return struct.unpack('II', self.sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]

    def close(self):
        self.is_over = True
        self.thread.join()
        self.sock.close()


def take_apart(frame):
    """None for what stays on the link."""
    kind = struct.unpack_from('>H', frame, 12)[0]
    if kind == 0x0806:  # ARP
        return None
    if kind == 0x0800:
        protocol, to, rest = frame[23], frame[30:34], 14 + (frame[14] & 15) * 4
    elif kind == 0x86dd:
        protocol, to, rest = frame[20], frame[38:54], 54
        if protocol == 0 and len(frame) > 62:  # hop-by-hop options stand before MLD reports
            protocol, rest = frame[54], 62
        if protocol == 58 and frame[rest] in LINK_TALK:
            return None
    else:
        return Packet(f'ethertype {kind:#06x}', '', 0)
    port = struct.unpack_from('>H', frame, rest + 2)[0] if protocol in (6, 17) else 0
    opens = protocol == 6 and bool(frame[rest + 13] & 2)
    return Packet(PROTOCOLS.get(protocol, str(protocol)), str(ipaddress.ip_address(to)), port, opens)


def strangers(sent, chosen, known):
    """What is not TCP to one of the (address, port) pairs that are chosen. Connections made earlier may still come to
    their end, but only with known ones."""
    return {packet: count for packet, count in sent.items()
            if packet.protocol != 'tcp' or (packet.to, packet.port) not in (chosen if packet.opens else known)}
