#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of direct traffic by encrypted DNS: `names.py NIGHTJARD NIGHTJARCTL [CASE…]`, in TAP.

The same captured uplink as in leaks.py. With an encrypted name server nothing is asked in the clear, whatever becomes
of that server, unless the user allowed it; with an exit nobody at all is asked.
"""
import os
import signal
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world as places  # noqa: E402
from capture import Capture  # noqa: E402
from hosts import Exit, NameServer, Target, make_certificate  # noqa: E402
from service import Client, Service, wait_until  # noqa: E402

DOT = ('tcp', places.RESOLVER, 853)
PLAIN = ('udp', places.RESOLVER, 53)


class Names:
    def __init__(self, nightjard, nightjarctl):
        self.programs = (nightjard, nightjarctl)
        self.folder = tempfile.TemporaryDirectory(prefix='nightjar-names.')
        self.world = places.World()
        self.names, self.target = NameServer(self.world, self.folder.name), Target(self.world)
        self.exit = Exit(self.world, 'http', places.EXITS[0], 3128, self.folder.name)
        self.capture = Capture(self.world)
        for address in (places.TARGET, places.TARGET6):
            assert wait_until(lambda address=address: self.world.is_reached(address), 10), f'{address} is not reached'

    def close(self):
        self.capture.close()
        self.world.close()
        self.folder.cleanup()

    def settings(self, server='dns.test', fallback='none'):
        return f'[dns]\nmode=dot\nserver={server}\nbootstrap={places.RESOLVER};\nfallback={fallback}\n'

    def look(self, settings, roots=None, prepare=None):
        """Asks for two names in three ways; returns how many were answered, and to whom packets went."""
        service = Service(self.world, *self.programs, settings, roots or self.names.certificate)
        try:
            if prepare:
                prepare(service)
            self.capture.take()
            self.names.asked.clear()
            self.names.asked_inside.clear()
            answers = []
            client = Client(service.port, 8)
            self.world.thread('client', lambda: answers.extend(
                client.ask(way, f'{way}{number}.name.test') for way in ('plain', 'tunnel', 'socks') for number in range(2))).join()
            packets = {(packet.protocol, packet.to, packet.port) for packet in self.capture.take()}
        finally:
            service.close()
        assert not self.capture.lost()
        return sum(answers), packets - {('tcp', places.TARGET, 80), ('tcp', places.TARGET6, 80)}

    def case_inside_only(self):
        good, packets = self.look(self.settings())
        assert good == 6, f'{good} of 6 requests were answered'
        assert packets == {DOT}, f'packets to {packets}'
        assert len(self.names.asked_inside) == 12 and not self.names.asked
        return '6 names, not one in the clear'

    def case_strict_without_server(self):
        self.names.die()
        try:
            good, packets = self.look(self.settings())
        finally:
            self.names.live()
        assert good == 0 and packets == {DOT}, f'{good} answered, packets to {packets}'
        return 'nothing is asked in the clear, nothing is reached'

    def case_strict_with_stranger(self):
        """The server's certificate is another's."""
        other, _, _ = make_certificate(self.folder.name, 'other', 'DNS:dns.test')
        good, packets = self.look(self.settings(), other)
        assert good == 0 and packets == {DOT} and not self.names.asked_inside, f'{good} answered, packets to {packets}'
        good, packets = self.look(self.settings('other.test'))
        assert good == 0 and packets == {DOT} and not self.names.asked_inside, f'{good} answered, packets to {packets}'
        return 'it is told nothing, and nobody else is'

    def case_fall_back_as_allowed(self):
        self.names.die()
        try:
            good, packets = self.look(self.settings(fallback='system'))
        finally:
            self.names.live()
        assert good == 6 and packets == {DOT, PLAIN}, f'{good} answered, packets to {packets}'
        return 'the system resolver is asked where the user allows it'

    def case_nobody_with_an_exit(self):
        def choose(service):
            identity = service.ctl('exit', 'add', self.exit.uri(), '--country', 'SE').split()[-1]
            service.ctl('exit', 'use', identity)
        good, packets = self.look(self.settings(), prepare=choose)
        assert good == 6 and packets == {('tcp', self.exit.address, self.exit.port)}, f'{good} answered, packets to {packets}'
        assert not self.names.asked_inside and not self.names.asked
        return 'the exit resolves'

    def case_bad_settings(self):
        """A slip of the pen is no leave to ask in the clear."""
        for settings in ('[dns]\nmode=dot\nserver=dns.test\n', '[dns]\nmode=doh\nserver=dns.test\nbootstrap=192.0.2.1;\n',
                         '[dns]\nmode=dot\n'):
            profile = tempfile.mkdtemp(dir=self.folder.name)
            with open(os.path.join(profile, 'settings.ini'), 'w', encoding='utf-8') as file:
                file.write(settings)
            done = subprocess.run([self.programs[0], '--profile', profile, '--listen', '127.0.0.1:0', '--bus', 'none'],
                                  capture_output=True, text=True, timeout=20, check=False)
            assert done.returncode == 78 and '[dns]' in done.stderr, f'{done.returncode}: {done.stderr}'
        return 'the service says so and does not start'


def main(arguments):
    reason = places.why_not()
    if reason:
        print(f'1..0 # SKIP {reason}')
        return 0
    cases = [name for name in vars(Names) if name.startswith('case_')]
    wanted = [name for name in cases if not arguments[2:] or any(part in name for part in arguments[2:])]
    print(f'1..{len(wanted)}', flush=True)
    failed = 0
    # The namespaces go in any case.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    names = Names(*arguments[:2])
    try:
        for number, name in enumerate(wanted, 1):
            try:
                print(f'ok {number} - {name[5:]}: {getattr(names, name)()}', flush=True)
            except Exception:  # one case may not take the others along
                failed += 1
                print(f'not ok {number} - {name[5:]}')
                print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), end='', flush=True)
    finally:
        names.close()
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
