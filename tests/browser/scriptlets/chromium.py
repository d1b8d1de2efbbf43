# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium, driven over a pipe: tabs that open addresses and say what their page says."""
import json
import os
import select
import subprocess
import time

NAME = 'chromium'
PATIENCE = 120  # seconds until an answer is no longer waited for


class Browser:
    """Chromium behind --remote-debugging-pipe: JSON, each ended by NUL."""

    def __init__(self, folder, *more):
        command = ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions',
                   '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-pipe',
                   '--disable-dev-shm-usage', '--disable-popup-blocking', '--disable-background-timer-throttling',
                   '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows', '--user-data-dir=' + folder, *more, 'about:blank']
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()

        def place():
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(command, preexec_fn=place, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.pending, self.number, self.answers, self.asked = b'', 0, {}, {}

    def send(self, method, session=None, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if session:
            message['sessionId'] = session
        os.write(self.out, json.dumps(message).encode() + b'\0')
        return self.number

    def read(self, timeout):
        if not select.select([self.into], [], [], timeout)[0]:
            return
        data = os.read(self.into, 1 << 20)
        if not data:
            raise EOFError('the browser is gone')
        *whole, self.pending = (self.pending + data).split(b'\0')
        for text in whole:
            message = json.loads(text)
            if 'id' in message:
                self.answers[message['id']] = message
            elif message['method'] == 'Page.javascriptDialogOpening':
                self.send('Page.handleJavaScriptDialog', message['sessionId'], accept=True)

    def call(self, method, session=None, timeout=PATIENCE, **params):
        number, end = self.send(method, session, **params), time.monotonic() + timeout
        while number not in self.answers:
            if time.monotonic() > end:
                return {}
            self.read(end - time.monotonic())
        return self.answers.pop(number).get('result', {})

    def new_tab(self):
        target = self.call('Target.createTarget', url='about:blank', newWindow=True)['targetId']
        session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        self.call('Page.enable', session)
        self.call('Emulation.setFocusEmulationEnabled', session, enabled=True)
        return session

    def evaluate(self, session, expression):
        """What an expression is in the page; None when there is none, as between two pages."""
        return self.call('Runtime.evaluate', session, returnByValue=True, expression=expression).get('result', {}).get('value')

    def wait_for(self, session, expression, is_enough=bool):
        """What an expression is in the page, once it is enough; what it was last when it never is."""
        end, value = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            value = self.evaluate(session, expression)
            if is_enough(value):
                break
            self.read(0.05)
        return value

    def open(self, session, url):
        self.asked[session] = self.send('Page.navigate', session, url=url)

    def said(self, session):
        """What the page has said since it was opened; None until there is news."""
        self.read(0)
        if self.asked[session] not in self.answers:
            return None
        answer = self.answers.pop(self.asked[session])
        self.asked[session] = self.send('Runtime.evaluate', session, returnByValue=True,
                                        expression='document.documentElement.getAttribute("said") || ""')
        return answer.get('result', {}).get('result', {}).get('value')

    def wait(self, seconds):
        self.read(seconds)

    def close(self):
        os.close(self.out)
        self.process.terminate()
        self.process.wait()
