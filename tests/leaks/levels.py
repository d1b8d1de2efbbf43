#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the choice of an exit weighs: `levels.py NIGHTJARD NIGHTJARCTL NIGHTJAR-EXIT [CASE…]`, in TAP.

In lockdown not one packet may leave but to an exit, whatever else is switched off; an exit that is down lets go directly
only where the user said so. The namespaces and the capture are those of leaks.py.
"""
import contextlib
import os
import signal
import subprocess
import sys
import time

import leaks
import world as places
from service import Client, Load, wait_until


class Levels(leaks.Proof):
    def refuse_all(self, why):
        for way in Load.WAYS:
            for host in ('name.test', places.TARGET, places.TARGET6):
                assert not self.ask(way, host), f'{way} to {host} went through: {why}'

    @contextlib.contextmanager
    def level(self, name):
        self.service.ctl('exit', 'level', name)
        try:
            yield
        finally:
            self.service.ctl('exit', 'level', 'closed')

    # It would be seen.
    def case_direct_is_direct(self):
        self.service.ctl('exit', 'direct')
        assert self.ask('plain') and self.ask('tunnel') and self.ask('socks'), 'no way out at all'
        assert self.target.guests & {places.CLIENT, places.CLIENT6}
        return 'the target saw the client'

    def case_lockdown_without_an_exit(self):
        """Direct was chosen, then all is switched off that can be, one after the other."""
        self.service.ctl('exit', 'direct')
        with self.level('lockdown'):
            time.sleep(0.2)
            self.start_afresh()
            self.refuse_all('direct')
            for words in (('pause', '5m'), ('pause', '5m', '--only', 'exit'), ('resume',), ('off',)):
                self.service.ctl(*words)
                self.refuse_all(' '.join(words))
            self.service.ctl('site', 'name.test', 'exit', 'direct')
            self.refuse_all('a site of its own')
            self.service.stop(signal.SIGKILL)
            self.service.start()
            self.refuse_all('after a new start')
            self.service.ctl('site', 'name.test', 'exit', 'default')
            self.service.ctl('on')
            self.check()
        return 'not one packet: direct, paused, off, by a site, after SIGKILL'

    def case_lockdown_ends_what_is_open(self):
        """A tunnel and a kept connection that lead past any exit when lockdown begins, and programs that do not stop."""
        self.service.ctl('exit', 'direct')
        held = []

        def hold():
            sock = Client(self.service.port).connect()
            sock.sendall(f'CONNECT {places.TARGET}:80 HTTP/1.1\r\nHost: {places.TARGET}:80\r\n\r\n'.encode())
            assert sock.recv(4096).startswith(b'HTTP/1.1 200')
            held.append(sock)
        self.world.thread('client', hold).join()
        assert held, 'no tunnel'
        load = Load(self.service)
        try:
            assert wait_until(lambda: load.take()[0] > 10, 10), 'nothing went through before'
            with self.level('lockdown'):
                time.sleep(0.3)
                self.start_afresh()
                load.take()
                with contextlib.suppress(OSError):
                    held[0].sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
                time.sleep(1.5)
                good, bad = load.take()
                self.check()
        finally:
            load.close()
            held[0].close()
        assert good == 0 and bad > 0, f'{good} requests went through'
        return f'not one packet; {bad} requests refused'

    def case_lockdown_through_an_exit(self):
        """With an exit chosen all goes on through it, also paused and off; and stops with it."""
        self.service.ctl('exit', 'use', self.ids['http'])
        assert wait_until(self.ask, 10)
        count = 0
        with self.level('lockdown'):
            for words in (('pause', '5m'), ('resume',), ('off',)):
                self.start_afresh()
                self.service.ctl(*words)
                assert self.ask('plain') and self.ask('tunnel') and self.ask('socks'), f'{words}: the exit is not used'
                count += self.check('http')
            self.start_afresh()
            self.exits['http'].die()
            load = Load(self.service)
            time.sleep(1.5)
            load.close()
            good, bad = load.total()
            count += self.check('http')
            self.exits['http'].live()
            self.service.ctl('on')
        assert good == 0 and bad > 0, f'{good} requests went through a dead exit'
        return f'{count} packets, all to the exit'

    def case_open(self):
        """The exit dies: connections go directly, and back through it when it is there again; closed means closed anew."""
        exit = self.exits['http']
        self.service.ctl('exit', 'use', self.ids['http'])
        assert wait_until(self.ask, 10)
        with self.level('open'):
            self.start_afresh()
            assert self.ask(), 'the exit is not used'
            self.check('http')
            exit.die()
            try:
                # The very first that finds it dead goes on, in each way.
                self.start_afresh()
                for way in Load.WAYS:
                    assert self.ask(way), f'{way} does not go although the level is open'
                assert 'so it went directly' in self.service.ctl('log'), 'the journal does not say so'
                assert self.target.guests & {places.CLIENT, places.CLIENT6}, 'it went through nobody knows what'
                assert wait_until(lambda: 'directly' in self.told(), 5), f'nobody was told: {self.told()}'
            finally:
                exit.live()

            def is_back():
                self.start_afresh()
                return self.ask() and not self.target.guests & {places.CLIENT, places.CLIENT6}
            assert wait_until(is_back, 20), 'it is not used again'
        self.start_afresh()
        exit.die()
        try:
            load = Load(self.service)
            time.sleep(1.5)
            load.close()
            good, bad = load.total()
            count = self.check('http')
        finally:
            exit.live()
        assert good == 0 and bad > 0, f'closed, and {good} requests went through'
        return f'directly while it was down, and through it again; closed: {count} packets, all to the exit'

    def case_program_of_its_own(self):
        """This very program goes by one exit while everybody goes directly; its exit dies: it does not go at all."""
        name = os.path.basename(sys.argv[0])
        self.service.ctl('exit', 'direct')
        assert self.ask(), 'no way out at all'
        self.service.ctl('program', 'nobody', 'exit', 'direct')
        assert self.ask(), 'a program without a way of its own is refused'
        self.service.ctl('program', name, 'exit', self.ids['http'])
        try:
            # One that an earlier case killed is left alone for two seconds.
            assert wait_until(lambda: self.ask('tunnel'), 10)
            self.start_afresh()
            for way in Load.WAYS:
                assert self.ask(way), f'{way} does not go by the exit'
            count = self.check('http')
            self.exits['http'].die()
            try:
                load = Load(self.service)
                time.sleep(1.5)
                load.close()
            finally:
                self.exits['http'].live()
            good, bad = load.total()
            count += self.check('http')
        finally:
            self.service.ctl('program', name, 'exit', 'default')
            self.service.ctl('program', 'nobody', 'exit', 'default')
        assert good == 0 and bad > 0, f'{good} requests went through a dead exit'
        self.start_afresh()
        assert self.ask('tunnel') and self.target.guests & {places.CLIENT, places.CLIENT6}, 'it does not go directly again'
        return f'{count} packets, all to the exit; {bad} requests refused'

    def told(self):
        # Its exit status is the state.
        words = [self.service.nightjarctl, '--profile', self.service.profile, 'status']
        return subprocess.run(words, capture_output=True, text=True, check=False,
                              env=os.environ | {'DBUS_SESSION_BUS_ADDRESS': self.service.address, 'LC_ALL': 'C.UTF-8'}).stdout


if __name__ == '__main__':
    sys.exit(leaks.main(sys.argv[1:], Levels))
