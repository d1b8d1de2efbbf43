#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays talks against the built service, four at a time, and says how they went in TAP.

    talks.py NIGHTJARD [NAME…]        NAME: a part of a talk's name
"""
import concurrent.futures
import os
import sys

sys.dont_write_bytecode = True
FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)
import script  # noqa: E402
import stage  # noqa: E402
from wire import Wrong  # noqa: E402


def play(program, path, patience):
    """(title, what went wrong or None, what the service said on stderr)"""
    talk = script.Script(path)
    scene = stage.Stage(program, talk, patience)
    problem = None
    try:
        scene.play()
    except Wrong as wrong:
        problem = str(wrong)
    except stage.Skipped as skipped:
        scene.end()
        return f'{talk.title} # SKIP {skipped}', None, ''
    status, said = scene.end()
    if problem is None and status != 0:
        problem = f'the service ended with status {status}'
    return talk.title, problem, said


def main():
    program, names = sys.argv[1], sys.argv[2:]
    patience = float(os.environ.get('TALK_PATIENCE', '5'))
    paths = sorted(os.path.join(folder, name) for folder, _, files in os.walk(FOLDER) for name in files
                   if name.endswith('.talk'))
    paths = [path for path in paths if not names or any(name in path for name in names)]
    print(f'1..{len(paths)}', flush=True)
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get('TALK_JOBS', '4'))) as pool:
        for number, (path, result) in enumerate(zip(paths, pool.map(lambda path: play(program, path, patience), paths)), 1):
            title, problem, said = result
            name = os.path.relpath(path, FOLDER)[:-len('.talk')]
            print(f'{"not ok" if problem else "ok"} {number} - {name}: {title}')
            for line in (problem or '').split('\n') + (said.split('\n')[-40:] if problem else []):
                if line:
                    print(f'# {line}')
            failures += problem is not None
            sys.stdout.flush()
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
