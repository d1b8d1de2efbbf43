#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of a build folder through meson and sums them case by case: what ./tests/run calls.

A program that speaks TAP counts each of its cases; any other counts as one. Skipped cases are named with
their reason, failed ones with the end of what they said; the last line is `N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import re
import subprocess
import sys

# Windows, panels and browsers have no data plane of their own: what they would show is other people's races.
DATA_PLANE = ['base', 'net', 'tls', 'http', 'filter', 'privacy', 'firewall', 'exits', 'cache', 'journal', 'proxy',
              'settings', 'fuzz', 'talks']
# What starts buses and windows: libraries keep thread-locals there that look like leaks when another thread ends the program.
FACE = ['bus', 'desktop', 'app']
# Gives up /proc, in which LeakSanitizer would have to look.
SEALED = ['exits/program']
SUITES = {'asan': DATA_PLANE + FACE, 'tsan': DATA_PLANE,
          'valgrind': [suite for suite in DATA_PLANE if suite not in ('fuzz', 'talks')]}
# What a sanitizer says of itself: such a report counts at its first sight, however rarely it comes.
SANITIZER = re.compile(r'(ERROR|WARNING): (Address|Leak|Thread|Memory)Sanitizer|: runtime error: ')
TAP = re.compile(r'^(not ok|ok)\b\s*\d*\s*-?\s*(.*)$')


def chosen(build, setup, names):
    """The tests to run, as meson names them, with the suites they are in."""
    tests = json.loads(subprocess.check_output(['meson', 'introspect', '--tests', build]))
    found = []
    for test in tests:
        suites = [suite.split(':')[-1] for suite in test['suite']]
        if not names and setup in SUITES and not set(suites) & set(SUITES[setup]):
            continue
        if names and not any(name in suites or name == test['name'] or name in test['name'] for name in names):
            continue
        found.append((test['name'], suites))
    return found


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []
        self.broken = []

    def add(self, entry):
        cases = [match.groups() for match in map(TAP.match, entry.get('stdout', '').split('\n')) if match]
        result = entry['result']
        if cases:
            self.add_cases(entry, cases)
        elif result == 'OK':
            self.passed += 1
        elif result == 'SKIP':
            self.skipped.append((entry['name'], self.last_words(entry)))
        if result not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not any(kind == 'not ok' for kind, _ in cases):
            # A sanitizer's exit status, a crash or the time limit fails cases that all said ok.
            self.failed += 1
            self.broken.append((entry, [result.lower()]))

    def add_cases(self, entry, cases):
        broken = []
        for kind, words in cases:
            skip = re.search(r'#\s*SKIP\s*(.*)', words, re.I)
            if skip:
                name = words[:skip.start()].strip()
                self.skipped.append((f'{entry["name"]} {name}'.strip(), skip.group(1)))
            elif kind == 'ok' or '# TODO' in words:
                self.passed += 1
            else:
                self.failed += 1
                broken.append(words.strip())
        if broken:
            self.broken.append((entry, broken))

    @staticmethod
    def last_words(entry):
        words = [line for line in (entry.get('stdout', '') + entry.get('stderr', '')).split('\n') if line.strip()]
        return words[-1].strip() if words else 'no reason given'

    def report(self):
        for entry, cases in self.broken:
            print(f'\n──── failed: {entry["name"]}: {", ".join(cases)}')
            said = (entry.get('stdout', '') + '\n' + entry.get('stderr', '')).strip().split('\n')
            print('\n'.join(said[-60:]))
        if self.skipped:
            print()
        for name, reason in self.skipped:
            print(f'skipped: {name}: {reason}')


def run_setup(build, setup, names):
    """Runs these under one of meson's set-ups and gives what meson wrote down about each."""
    log = os.path.join(build, 'meson-logs', f'testlog-{setup}.json' if setup else 'testlog.json')
    if os.path.exists(log):
        os.remove(log)
    command = ['meson', 'test', '-C', build, '--no-rebuild', '--print-errorlogs', '--quiet']
    command += ['--setup', setup] if setup else []
    done = subprocess.run(command + names, env=dict(os.environ, LC_ALL='C.UTF-8'), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if not os.path.exists(log):
        print(done.stdout.decode('utf-8', 'replace'))
        return [{'name': setup or 'all', 'result': 'ERROR', 'duration': 0, 'stdout': 'meson test did not run'}]
    with open(log, encoding='utf-8', errors='replace') as file:
        return [json.loads(line) for line in file if line.strip()]


def bare_name(entry):
    return re.sub(r'^.* / ', '', entry['name'])


def run_again(build, setup, entries):
    """The same entries, with those that failed replaced by a second try, alone on the machine; both are said.

    Other programs' load fails a test once, a fault of ours fails it twice."""
    failed = [entry for entry in entries if entry['result'] not in ('OK', 'SKIP', 'EXPECTEDFAIL')
              and not SANITIZER.search(entry.get('stdout', '') + entry.get('stderr', ''))]
    again = []
    for entry in failed:
        words = [line for line in entry.get('stdout', '').split('\n') if line.startswith('not ok')]
        print(f'once more, alone: {bare_name(entry)} ({"; ".join(words) or entry["result"].lower()})')
        print('\n'.join((entry.get('stdout', '') + '\n' + entry.get('stderr', '')).strip().split('\n')[-20:]))
        again += run_setup(build, setup, [bare_name(entry)])
    names = {entry['name'] for entry in again}
    return [entry for entry in entries if entry['name'] not in names] + again


def run(build, setup, tests):
    """The tests in their set-ups of meson's, each that failed a second time."""
    face = [name for name, suites in tests if setup == 'asan' and (set(suites) & set(FACE) or name in SEALED)]
    rest = [name for name, _ in tests if name not in face]
    entries = []
    for name, part in ((setup if setup in SUITES else '', rest), ('asanface', face)):
        if part:
            entries += run_again(build, name, run_setup(build, name, part))
    return entries


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('setup')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('--tally')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()

    tests = chosen(options.build, options.setup, options.names)
    if options.list:
        print('\n'.join(name for name, _ in tests))
        return 0
    if not tests:
        print(f'no test is called {" or ".join(options.names)}; ./tests/run --list names them all')
        return 64

    tally = Tally()
    seen = 0
    for entry in run(options.build, options.setup, tests):
        entry['name'] = bare_name(entry)
        tally.add(entry)
        seen += 1
        print(f'{entry["result"]:8} {entry["duration"]:7.2f} s  {entry["name"]}')
    if seen == 0:
        tally.failed += 1
    tally.report()
    if options.tally:
        with open(options.tally, 'a', encoding='utf-8') as file:
            file.write(f'{options.setup} {tally.passed} {tally.failed} {len(tally.skipped)}\n')
            for entry, cases in tally.broken:
                file.write(f'- {options.setup}: {entry["name"]}: {", ".join(cases)}\n')
    else:
        print(f'{tally.passed} passed, {tally.failed} failed, {len(tally.skipped)} skipped')
    return 1 if tally.failed else 0


if __name__ == '__main__':
    sys.exit(main())
