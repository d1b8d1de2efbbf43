#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system's store of certificates: told to trust the authority, and to forget it, by the command line as root. In a
mount namespace of its own, with copies over the real folders. Says TAP.

    system-store.py NIGHTJARD NIGHTJARCTL
"""
import os
import shutil
import subprocess
import sys
import tempfile

LOCAL, LISTS = '/usr/local/share/ca-certificates', '/etc/ssl/certs'
BUNDLE = LISTS + '/ca-certificates.crt'


def skip(reason):
    print(f'1..1\nok 1 - system store # SKIP {reason}')
    sys.exit(0)


def main():
    if os.geteuid() != 0 or shutil.which('update-ca-certificates') is None or not os.path.isdir(LOCAL):
        skip('needs root and Debian’s update-ca-certificates')
    if os.environ.get('NIGHTJAR_STORE_TEST') != 'inside':
        if subprocess.run(['unshare', '--mount', 'true'], stderr=subprocess.DEVNULL).returncode != 0:
            skip('this system allows no mount namespace')
        os.environ['NIGHTJAR_STORE_TEST'] = 'inside'
        os.execvp('unshare', ['unshare', '--mount', sys.executable] + sys.argv)

    folder = tempfile.mkdtemp(prefix='store-')
    count = failures = 0

    def ok(is_good, what, detail=''):
        nonlocal count, failures
        count += 1
        failures += not is_good
        print(f'{"ok" if is_good else "not ok"} {count} - {what}' + ('' if is_good else f'\n# {detail}'), flush=True)

    def ctl(*arguments):
        return subprocess.run([sys.argv[2], '--profile', f'{folder}/profile', *arguments], capture_output=True, text=True, timeout=60)

    try:
        subprocess.run(['mount', '--make-rprivate', '/'], check=True)
        for path in LOCAL, LISTS:
            copy = folder + path.replace('/', '-')
            shutil.copytree(path, copy, symlinks=True)
            subprocess.run(['mount', '--bind', copy, path], check=True)
        with open(f'{LOCAL}/nightjar-kept.txt', 'w', encoding='ascii') as file:
            file.write('not ours to take\n')
        os.makedirs(f'{folder}/profile')
        with open(f'{folder}/profile/settings.ini', 'w', encoding='ascii') as file:
            file.write('[inspection]\non=true\n')
        service = subprocess.Popen([sys.argv[1], '--profile', f'{folder}/profile', '--listen', '127.0.0.1:0', '--bus', 'none', '--no-desktop'],
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        service.stdout.readline()
        service.terminate()
        service.wait(10)
        authority = f'{folder}/profile/data/authority/authority.pem'

        def is_trusted():
            return subprocess.run(['openssl', 'verify', '-CAfile', BUNDLE, authority], capture_output=True).returncode == 0

        ok(not is_trusted() and 'do not' in ctl('ca', 'system', 'status').stdout, 'nothing trusts it before')
        done = ctl('ca', 'system', 'install')
        ok(done.returncode == 0 and is_trusted(), 'told, the system’s list has it', done.stderr)
        ok('do not' not in ctl('ca', 'system', 'status').stdout, 'and says so')
        shutil.rmtree(f'{folder}/profile/data')
        done = ctl('ca', 'system', 'remove')
        left = [name for name in os.listdir(LOCAL) if name.endswith('.crt') and name.startswith('nightjar-')]
        ok(done.returncode == 0 and not left, 'it is taken out when its key is gone, too', f'{done.stderr} {left}')
        ok(os.path.exists(f'{LOCAL}/nightjar-kept.txt'), 'what is not ours stays')
        with open(BUNDLE, encoding='ascii') as file:
            ok('BEGIN CERTIFICATE' in file.read(), 'and so do all other authorities')
    finally:
        for path in LOCAL, LISTS:
            subprocess.run(['umount', path], stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
    print(f'1..{count}')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
