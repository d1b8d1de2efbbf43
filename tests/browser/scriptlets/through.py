#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same pages through the built service: each at a host of its own, for which lists have its rules. So it is the
service that finds the rules, knows which lists may rewrite, and puts the program into the page.

    through.py NIGHTJARD [NAME…]

Runs in a network and mount namespace of its own, as ../browser.py does. Says TAP.
"""
import http.server
import os
import shutil
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import browser  # noqa: E402
import chromium  # noqa: E402
import scriptlets  # noqa: E402


def host_of(case):
    return f'{case.name}-{case.number}.test'.lower()


class Site(scriptlets.Site):
    hosts = {}

    def do_GET(self):
        case = Site.hosts.get(self.headers['Host'])
        if case is not None and not self.path.startswith(('/body', '/echo')):
            # As if it had been asked for by its name.
            self.path = f'/{case.name}.{case.number}/without' + self.path
        super().do_GET()

    do_POST = do_GET


def rules_of(cases, kinds):
    lines = []
    for case in cases:
        for rule in case.rules:
            kind, body = rule[0], rule[2:]
            if kind not in kinds:
                continue
            if body.startswith('//scriptlet('):
                lines.append(f'{host_of(case)}#%#{body}')
            elif kind == 'P':
                lines.append(f'{host_of(case)}{"#$?#" if body.endswith("}") else "#?#"}{body}')
            else:
                lines.append(f'{host_of(case)}##+js({body})')
    return '! The rules of the pages.\n' + '\n'.join(lines) + '\n'


def main():
    if os.environ.get('NIGHTJAR_BROWSER_TEST') != 'inside':
        browser.into_namespace()
    # Without a rule nothing else changes: that each does something is what the others show.
    cases = [case for case in scriptlets.read_cases(sys.argv[2:]) if 'with' in case.heads]
    Site.hosts = {host_of(case): case for case in cases}
    scriptlets.Site.cases = {f'{case.name}.{case.number}': case for case in cases}
    browser.SITES = tuple(Site.hosts)
    browser.RULES = rules_of(cases, 'U')
    folder, service, driver, said = tempfile.mkdtemp(prefix='through-'), None, None, {}
    try:
        browser.lay_network(folder)
        server = scriptlets.Server((browser.ADDRESS, 80), Site)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        service, proxy = browser.start_service(sys.argv[1], folder, rules_of(cases, 'TP'))
        origins = ','.join('http://' + host for host in Site.hosts)
        driver = chromium.Browser(os.path.join(folder, 'browser'), f'--proxy-server={proxy}',
                                  f'--unsafely-treat-insecure-origin-as-secure={origins}',
                                  '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable')
        tabs = [scriptlets.Tab(driver, lambda case, way: f'http://{host_of(case)}') for _ in range(scriptlets.TABS)]
        said = scriptlets.run_all(cases, ('with',), tabs, driver)
    finally:
        for one in (driver, service):
            if one is driver and one is not None:
                one.close()
            elif one is not None:
                one.terminate()
                one.wait(10)
        shutil.rmtree(folder, ignore_errors=True)
    return scriptlets.tell(cases, said, ('with',))


if __name__ == '__main__':
    sys.exit(main())
