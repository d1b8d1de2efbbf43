# SPDX-License-Identifier: GPL-3.0-or-later
"""A small world of network namespaces: a client with one uplink, a router on which the exits live, and an Internet
behind it. The uplink may be a wire of our own that delays every frame or loses all of them."""
import contextlib
import ctypes
import fcntl
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import threading
import time

CLIENT, CLIENT6 = '10.77.0.2', 'fd77::2'
ROUTER, ROUTER6 = '10.77.0.1', 'fd77::1'
EXITS = ['10.77.0.11', '10.77.0.12', '10.77.0.13', '10.77.0.14']
RESOLVER = '10.88.0.53'
TARGET, TARGET6 = '10.88.0.80', 'fd88::80'

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
# Receive and transmit checksums, scatter-gather, TSO, GSO, GRO: what a frame needs to be whole when it is seen.
OFFLOADS = [0x15, 0x17, 0x19, 0x1f, 0x24, 0x2c]
ETH_P_ALL = 3

libc = ctypes.CDLL(None, use_errno=True)


def why_not():
    """Why there can be no such world here, or None."""
    if os.geteuid() != 0:
        return 'network namespaces need root'
    name = f'njp{os.getpid()}'
    tried = subprocess.run(['ip', 'netns', 'add', name], capture_output=True, check=False, text=True)
    if tried.returncode != 0:
        return f'no network namespaces here: {tried.stderr.strip()}'
    tried = subprocess.run(['ip', '-n', name, 'link', 'add', 'name', 'one', 'type', 'veth', 'peer', 'name', 'two'],
                           capture_output=True, check=False, text=True)
    subprocess.run(['ip', 'netns', 'del', name], check=False)
    return None if tried.returncode == 0 else f'no veth here: {tried.stderr.strip()}'


class World:
    """delay is what each frame takes one way, in seconds; None is a plain cable without a wire of ours."""

    def __init__(self, delay=None):
        self.names = {place: f'nj{place[0]}{os.getpid()}' for place in ('client', 'router', 'far')}
        self.wire = None
        for name in self.names.values():
            run('ip', 'netns', 'add', name)
            run('ip', '-n', name, 'link', 'set', 'lo', 'up')
        self.lay_uplink(delay)
        self.lay_far_cable()
        self.forward()

    def lay_uplink(self, delay):
        client, router = self.names['client'], self.names['router']
        if delay is None:
            run('ip', '-n', client, 'link', 'add', 'name', 'uplink', 'type', 'veth', 'peer', 'name', 'near', 'netns', router)
        else:
            self.names['wire'] = f'njw{os.getpid()}'
            run('ip', 'netns', 'add', self.names['wire'])
            for place, port, end in ((client, 'uplink', 'left'), (router, 'near', 'right')):
                run('ip', '-n', place, 'link', 'add', 'name', port, 'type', 'veth', 'peer', 'name', end, 'netns', self.names['wire'])
                # Nobody speaks on the wire itself.
                run('ip', 'netns', 'exec', self.names['wire'], 'sysctl', '-qw', f'net.ipv6.conf.{end}.disable_ipv6=1')
                run('ip', '-n', self.names['wire'], 'link', 'set', end, 'up')
        for place, port, addresses in ((client, 'uplink', [f'{CLIENT}/24', f'{CLIENT6}/64']),
                                       (router, 'near', [f'{ROUTER}/24', f'{ROUTER6}/64'] + [f'{exit}/24' for exit in EXITS])):
            self.name_port(place, port, addresses)
        run('ip', '-n', client, 'route', 'add', 'default', 'via', ROUTER)
        run('ip', '-n', client, '-6', 'route', 'add', 'default', 'via', ROUTER6)
        if delay is not None:
            for place, port in (('client', 'uplink'), ('router', 'near'), ('wire', 'left'), ('wire', 'right')):
                with self.inside(place):
                    no_offload(port)
            self.wire = Wire(self, delay)

    def lay_far_cable(self):
        router, far = self.names['router'], self.names['far']
        run('ip', '-n', router, 'link', 'add', 'name', 'onward', 'type', 'veth', 'peer', 'name', 'net', 'netns', far)
        self.name_port(router, 'onward', ['10.88.0.1/24', 'fd88::1/64'])
        self.name_port(far, 'net', [f'{RESOLVER}/24', f'{TARGET}/24', f'{TARGET6}/64'])
        run('ip', '-n', far, 'route', 'add', 'default', 'via', '10.88.0.1')
        run('ip', '-n', far, '-6', 'route', 'add', 'default', 'via', 'fd88::1')

    @staticmethod
    def name_port(place, port, addresses):
        for address in addresses:
            run('ip', '-n', place, 'addr', 'add', address, 'dev', port, *(['nodad'] if ':' in address else []))
        run('ip', '-n', place, 'link', 'set', port, 'up')

    def forward(self):
        run('ip', 'netns', 'exec', self.names['router'], 'sysctl', '-qw', 'net.ipv4.ip_forward=1',
            'net.ipv6.conf.all.forwarding=1')

    @contextlib.contextmanager
    def inside(self, place):
        """This thread, and what sockets it opens, are there."""
        home = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        there = os.open(f'/run/netns/{self.names[place]}', os.O_RDONLY)
        try:
            enter(there)
            yield
        finally:
            enter(home)
            os.close(there)
            os.close(home)

    def thread(self, place, target, *args):
        """Runs target there."""
        def body():
            with self.inside(place):
                target(*args)
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    def is_reached(self, address):
        """Whether the client gets a connection to that target."""
        answers = []

        def connect():
            with contextlib.suppress(OSError), socket.create_connection((address, 80), 1):
                answers.append(True)
        self.thread('client', connect).join()
        return bool(answers)

    def command(self, place, folder, words):
        """A command line that runs there, with a resolver of that place."""
        files = {'resolv.conf': f'nameserver {RESOLVER}\noptions timeout:1 attempts:1\n', 'nsswitch.conf': 'hosts: files dns\n'}
        for name, text in files.items():
            with open(os.path.join(folder, name), 'w', encoding='ascii') as file:
                file.write(text)
        # “ip netns exec” has a mount namespace of its own, so the machine's own files stay as they are.
        bind = 'for f in resolv.conf nsswitch.conf; do mount --bind "$1/$f" /etc/$f || exit 99; done; shift; exec "$@"'
        return ['ip', 'netns', 'exec', self.names[place], 'sh', '-c', bind, 'sh', folder] + words

    def close(self):
        if self.wire:
            self.wire.close()
        for name in self.names.values():
            subprocess.run(['ip', 'netns', 'del', name], check=False)


class Wire:
    """Carries frames between two ports, each after a delay, but for some that get lost; none of those to or from an
    address that is cut off."""

    def __init__(self, world, delay):
        self.delay = delay
        self.loss = 0  # of one
        self.dice = random.Random(2)
        self.cut = set()  # packed addresses
        self.is_over = False
        with world.inside('wire'):
            self.ports = [packet_socket('left'), packet_socket('right')]
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def carry(self):
        waiting, count = [], 0
        while not self.is_over:
            wait = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.2
            for port in select.select(self.ports, [], [], wait)[0]:
                frame, origin = port.recvfrom(1 << 16)
                if origin[2] != socket.PACKET_OUTGOING and not self.is_cut(frame) and self.dice.random() >= self.loss:
                    count += 1
                    heapq.heappush(waiting, (time.monotonic() + self.delay, count, self.ports[port is self.ports[0]], frame))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, port, frame = heapq.heappop(waiting)
                with contextlib.suppress(OSError):
                    port.send(frame)

    def is_cut(self, frame):
        # Source and destination of IPv4; sender and target of ARP.
        if frame[12:14] == b'\x08\x06':
            return frame[28:32] in self.cut or frame[38:42] in self.cut
        return frame[26:30] in self.cut or frame[30:34] in self.cut

    def cut_off(self, *addresses):
        self.cut = {socket.inet_aton(address) for address in addresses}

    def close(self):
        self.is_over = True
        self.thread.join()


def run(*words):
    subprocess.run(words, check=True)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')


def packet_socket(port):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
    sock.bind((port, ETH_P_ALL))
    return sock


def no_offload(port):
    with socket.socket() as sock:
        for what in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack('II', what, 0))
            with contextlib.suppress(OSError):
                fcntl.ioctl(sock, SIOCETHTOOL, struct.pack('16sP', port.encode(), ctypes.addressof(value)))
