#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs each libFuzzer target for some seconds from its seeds: what ./tests/run --fuzz calls.

New inputs go to a folder inside the build folder; the seeds in the tree stay as they are. An input that
breaks a target is left in that folder and named: put it into the corpus, then mend the code.
"""
import argparse
import glob
import os
import subprocess
import sys


def explore(program, seconds, seeds, build):
    thing = os.path.basename(program)[len('fuzz-'):]
    found = os.path.join(build, 'found', thing)
    os.makedirs(found, exist_ok=True)
    command = [program, f'-max_total_time={seconds}', '-timeout=10', '-rss_limit_mb=2048', '-max_len=65536',
               '-print_final_stats=1', f'-artifact_prefix={found}/broken-', found]
    if os.path.isdir(os.path.join(seeds, thing)):
        command.append(os.path.join(seeds, thing))
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode('utf-8', 'replace').split('\n')
    runs = [line.split()[-1] for line in said if 'number_of_executed_units' in line]
    print(f'{"ok" if done.returncode == 0 else "BROKEN":7} {thing}: {runs[0] if runs else "?"} inputs', flush=True)
    if done.returncode != 0:
        print('\n'.join(said[-60:]))
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('build')
    parser.add_argument('seconds', type=int)
    parser.add_argument('seeds')
    parser.add_argument('--tally')
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()

    things = [line.split('#')[0].split()[0] for line in open(os.path.join(options.seeds, '..', 'targets.txt'),
                                                             encoding='utf-8') if line.split('#')[0].strip()]
    targets = [f'tests/fuzz/fuzz-{thing}' for thing in things
               if not options.names or any(name in thing for name in options.names)]
    built = subprocess.run(['ninja', '-C', options.build, '--quiet'] + targets).returncode == 0
    programs = [program for program in sorted(glob.glob(os.path.join(options.build, 'tests/fuzz/fuzz-*')))
                if os.path.isfile(program) and os.access(program, os.X_OK)
                and (not options.names or any(name in os.path.basename(program) for name in options.names))]
    results = [explore(program, options.seconds, options.seeds, options.build) for program in programs] if built else [False]
    passed, failed = results.count(True), results.count(False)
    if options.tally:
        with open(options.tally, 'a', encoding='utf-8') as file:
            file.write(f'fuzz {passed} {failed} 0\n')
    else:
        print(f'{passed} passed, {failed} failed, 0 skipped')
    return 1 if failed or not results else 0


if __name__ == '__main__':
    sys.exit(main())
