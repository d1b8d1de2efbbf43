# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Firefox, driven by Marionette: the same for it."""
import json
import os
import re
import socket
import subprocess
import time

NAME = 'firefox-esr'
PATIENCE = 120  # seconds until an answer is no longer waited for
PREFS = {'marionette.port': 0, 'dom.disable_open_during_load': False, 'app.update.enabled': False,
         'datareporting.policy.dataSubmissionEnabled': False, 'toolkit.telemetry.enabled': False, 'network.captive-portal-service.enabled': False,
         'network.connectivity-service.enabled': False, 'browser.shell.checkDefaultBrowser': False, 'browser.safebrowsing.malware.enabled': False,
         'dom.min_background_timeout_value': 4, 'dom.successive_dialog_time_limit': 0, 'dom.timeout.enable_budget_timer_throttling': False,
         'extensions.update.enabled': False, 'dom.security.trusted_types.enabled': True, 'network.proxy.type': 0}


class Browser:
    def __init__(self, folder, more=None):
        with open(os.path.join(folder, 'user.js'), 'w', encoding='ascii') as file:
            file.writelines(f'user_pref({json.dumps(name)}, {json.dumps(value)});\n' for name, value in {**PREFS, **(more or {})}.items())
        self.process = subprocess.Popen([NAME, '--headless', '--marionette', '--profile', folder, '--no-remote'],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, HOME=folder, MOZ_DISABLE_CONTENT_SANDBOX='1'))
        self.stream = socket.create_connection(('127.0.0.1', self.port(folder)), PATIENCE)
        self.stream.settimeout(PATIENCE)
        self.pending, self.number, self.current = b'', 0, None
        self.receive()
        self.call('WebDriver:NewSession', pageLoadStrategy='none', unhandledPromptBehavior='accept', acceptInsecureCerts=True)
        self.is_first = True

    def port(self, folder):
        path, end = os.path.join(folder, 'prefs.js'), time.monotonic() + PATIENCE
        active = os.path.join(folder, 'MarionetteActivePort')
        while time.monotonic() < end:
            if os.path.exists(active):
                with open(active, encoding='ascii') as file:
                    text = file.read().strip()
                if text:
                    return int(text)
            if os.path.exists(path):
                with open(path, encoding='utf-8') as file:
                    found = re.search(r'"marionette.port", (\d+)', file.read())
                if found and int(found[1]):
                    return int(found[1])
            time.sleep(0.1)
        raise TimeoutError('Firefox does not answer')

    def receive(self):
        while b':' not in self.pending:
            self.pending += self.stream.recv(65536)
        size, rest = self.pending.split(b':', 1)
        while len(rest) < int(size):
            rest += self.stream.recv(65536)
        self.pending = rest[int(size):]
        return json.loads(rest[:int(size)])

    def call(self, command, **params):
        self.number += 1
        text = json.dumps([0, self.number, command, params]).encode()
        self.stream.sendall(str(len(text)).encode() + b':' + text)
        while True:
            message = self.receive()
            if message[0] == 1 and message[1] == self.number:
                return message[3] if message[2] is None else None

    def new_tab(self):
        if self.is_first:
            self.is_first = False
            return self.call('WebDriver:GetWindowHandle')['value']
        return self.call('WebDriver:NewWindow', type='window')['handle']

    def turn_to(self, tab):
        if self.current != tab:
            self.call('WebDriver:SwitchToWindow', handle=tab, focus=False)
        self.current = tab

    def open(self, tab, url):
        self.turn_to(tab)
        self.call('WebDriver:Navigate', url=url)

    def evaluate(self, tab, expression):
        """What an expression is in the page; None when there is none, as between two pages."""
        self.turn_to(tab)
        answer = self.call('WebDriver:ExecuteScript', args=[], sandbox='default', script='return ' + expression)
        return answer['value'] if answer else None

    def said(self, tab):
        return self.evaluate(tab, 'document.documentElement.getAttribute("said") || ""')

    def wait(self, seconds):
        time.sleep(seconds)

    def close(self):
        self.stream.close()
        self.process.terminate()
        self.process.wait()
