#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that the house is as CONTRIBUTING.md says: `lint.py TOP`. Prints `file:line: what`, one fault a line.

There is no list of exceptions. What each check is for stands above it.
"""
import fnmatch
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctext  # noqa: E402

FILE_MAX = 600
FUNCTION_MAX = 80
NESTING_MAX = 4
COLUMN_MAX = {'.c': 140, '.h': 160}  # 110 is the rule; this is where reading stops
SPDX = 'SPDX-License-Identifier: GPL-3.0-or-later'
TOP_LEVEL = {'app', 'service', 'ui', 'resources', 'po', 'tests', 'meson.build', 'README.md', 'LICENSE', 'NEWS.md',
             'CONTRIBUTING.md', 'meson_options.txt', 'debian'}
FORBIDDEN = {'manager', 'util', 'utils', 'info'}
LOG_CALL = re.compile(r'\bg_(message|warning|warning_once|info|debug|critical|log|log_structured)\s*\(')
TELLING = re.compile(r'\b(\w*_)?(urls?|uris?|hosts?|hostnames?|target|referer|cookies?|sni|authority)\b')
MACHINE_PATH = re.compile(r'(?<![\w.])/(work|root)/|/home/[a-z]\w*/|/tmp/(build|bash_jobs)|\.pyenv')
CODE_TREES = ('service/', 'app/', 'ui/')


class Lint:
    def __init__(self, top):
        self.top = top
        self.faults = []
        self.rooms = {}

    def fault(self, path, line, what):
        self.faults.append((path, line, what))

    def read(self, path):
        with open(os.path.join(self.top, path), 'rb') as file:
            return file.read()

    def run(self):
        paths = self.paths()
        self.read_rooms()
        self.check_top_level(paths)
        for path in paths:
            self.check_file(path)
        if 'CONTRIBUTING.md' in paths:
            self.check_map(paths)
        return sorted(self.faults)

    def paths(self):
        """What is, or would be, in the repository: never a build folder."""
        if os.path.exists(os.path.join(self.top, '.git')) and shutil.which('git'):
            listed = subprocess.run(['git', '-c', 'safe.directory=*', '-C', self.top, 'ls-files', '-z', '-co',
                                     '--exclude-standard'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if listed.returncode == 0:
                names = set(listed.stdout.decode().split('\0')) - {''}
                return sorted(name for name in names if os.path.isfile(os.path.join(self.top, name)))
        found = []
        for folder, folders, files in os.walk(self.top):
            folders[:] = [name for name in folders if name != '.git' and not name.startswith('build')
                          and name != '__pycache__']
            found += [os.path.relpath(os.path.join(folder, name), self.top) for name in files]
        return sorted(found)

    # A folder is a room, a room is a layer: the list must itself be without circles.
    def read_rooms(self):
        path = 'tests/lint/rooms.txt'
        if not os.path.exists(os.path.join(self.top, path)):
            return self.fault(path, 1, 'is missing')
        for number, line in enumerate(self.read(path).decode().split('\n'), 1):
            line = line.split('#')[0].strip()
            if line:
                room, below = line.split(':')
                self.rooms[room.strip()] = set(below.split())
                for name in below.split():
                    if '/' in room:
                        continue
                    if name not in self.rooms and name != 'dbus':
                        self.fault(path, number, f'{room} stands on {name}, which is not below it')

    # A stranger finds the whole house in six folders.
    def check_top_level(self, paths):
        for name in sorted({path.split('/')[0] for path in paths}):
            if name not in TOP_LEVEL and not name.startswith('.'):
                self.fault(name, 1, 'does not belong at the top level')

    def check_file(self, path):
        data = self.read(path)
        if b'\0' in data or path.startswith('tests/fuzz/corpus/') or path == 'LICENSE':
            return
        text = data.decode('utf-8', 'replace')
        name = os.path.basename(path)
        self.check_text(path, text)
        if path.endswith(('.c', '.h')):
            self.check_c(path, text)
        elif path.endswith('.md'):
            self.check_links(path, text)
        elif path.endswith('.py') or name == 'meson.build':
            if SPDX not in '\n'.join(text.split('\n')[:3]):
                self.fault(path, 1, 'has no SPDX line')
            if text.count('\n') > FILE_MAX:
                self.fault(path, FILE_MAX, f'is longer than {FILE_MAX} lines')
            if name == 'meson.build':
                self.check_packages(path, text)
                self.check_room_dependencies(path, text)

    # The repository knows nothing of the machine that somebody built it on.
    def check_text(self, path, text):
        if path.startswith('tests/lint/'):
            return
        for number, line in enumerate(text.split('\n'), 1):
            if MACHINE_PATH.search(line) and not path.startswith('tests/'):
                self.fault(path, number, 'names a path of one machine')
            elif re.search(r'(?<![\w.])/(work|root)/', line):
                self.fault(path, number, 'names a path of one machine')

    # What a page points to is there.
    def check_links(self, path, text):
        for match in re.finditer(r'\]\((?!https?:|#|mailto:)([^)#\s]+)', text):
            if not os.path.exists(os.path.join(self.top, os.path.dirname(path), match.group(1))):
                self.fault(path, ctext.line_of(text, match.start()), f'points to {match.group(1)}, which is not there')

    # The map names every room, and no file that is not there.
    def check_map(self, paths):
        text = self.read('CONTRIBUTING.md').decode()
        shown = set()
        for match in re.finditer(r'^\| ([a-z]+) \| (.*) \|$', text, re.M):
            room, line = match.group(1), ctext.line_of(text, match.start())
            shown.add(room)
            for name in re.findall(r'`([a-z0-9-]+)`', match.group(2)):
                if room in self.rooms and not {f'service/{room}/{name}{end}' for end in ('.c', '.h')} & set(paths):
                    self.fault('CONTRIBUTING.md', line, f'{room} has no file {name}')
        for room in sorted({path.split('/')[1] for path in paths if re.match(r'service/[a-z]+/.*\.c$', path)} - shown):
            self.fault('CONTRIBUTING.md', 1, f'the map does not show the room {room}')

    def check_c(self, path, text):
        blanked = ctext.blank(text)
        self.check_form(path, text)
        self.check_names(path, blanked)
        self.check_logging(path, blanked)
        if path.endswith('.c'):
            self.check_opening(path, text)
            self.check_functions(path, text, blanked)
        elif not re.search(r'^#pragma once$', text, re.M):
            self.fault(path, 1, 'has no #pragma once')
        if path.startswith(CODE_TREES):
            self.check_includes(path, text)
            if path.endswith('.h') and not path.endswith('-private.h'):
                self.check_declarations(path, blanked)

    def check_form(self, path, text):
        lines = text.split('\n')
        if not lines[0].startswith('/* ' + SPDX):
            self.fault(path, 1, 'does not begin with its SPDX line')
        if len(lines) - 1 > FILE_MAX:
            self.fault(path, FILE_MAX + 1, f'has {len(lines) - 1} lines, at most {FILE_MAX} can be read in one sitting')
        for number, line in enumerate(lines, 1):
            if '\t' in line:
                self.fault(path, number, 'has a tab')
            if line != line.rstrip():
                self.fault(path, number, 'has blanks at its end')
            if len(line) > COLUMN_MAX[path[-2:]]:
                self.fault(path, number, f'is {len(line)} columns wide')

    # Each .c opens with what lives here, who calls it, on which thread.
    def check_opening(self, path, text):
        opening = text[:text.find('*/')] if '*/' in text else ''
        words = re.sub(r'[*/\s]+', ' ', opening.replace(SPDX, '')).strip()
        if len(words) < 40:
            self.fault(path, 1, 'does not open with a paragraph that says what lives here')

    def check_functions(self, path, text, blanked):
        seen = set()
        for function in ctext.functions(blanked):
            # Variants for other machines, between #if and #endif, are documented once.
            is_variant = function.name in seen
            seen.add(function.name)
            if not function.name.endswith('_class_init') and function.length() > FUNCTION_MAX:
                self.fault(path, function.name_line, f'{function.name} has {function.length()} lines, '
                                                     f'at most {FUNCTION_MAX}')
            if function.nesting() > NESTING_MAX:
                self.fault(path, function.name_line, f'{function.name} is nested {function.nesting()} deep, '
                                                     f'at most {NESTING_MAX}')
            if path.startswith(CODE_TREES) and not function.is_static and function.name != 'main' and not is_variant:
                self.check_documentation(path, text, function)
                self.check_prefix(path, function.name, function.name_line, self.types_of(path))

    # A public function is documented where it is defined: name, every parameter, what comes back.
    def check_documentation(self, path, text, function):
        before = text[:function.start].rstrip()
        start = before.rfind('/**')
        comment = before[start:] if start >= 0 and before.endswith('*/') else ''
        if '*/' in comment[:-2] or not comment:
            return self.fault(path, function.name_line, f'{function.name} has no gtk-doc comment')
        if not re.match(r'/\*\*\n \* ' + re.escape(function.name) + r':', comment):
            self.fault(path, function.name_line, f'the comment above {function.name} does not name it')
        for name in set(function.parameter_names()) - {'error'}:
            if not re.search(r'\* @' + re.escape(name) + ':', comment):
                self.fault(path, function.name_line, f'{function.name} does not document @{name}')
        if function.return_type not in ('void', 'G_NORETURN void') and 'Returns:' not in comment:
            self.fault(path, function.name_line, f'{function.name} does not say what it returns')

    # The prefix of a function is its file, or a type that the file's own header makes.
    def check_prefix(self, path, name, line, types):
        stem = os.path.basename(path).rsplit('.', 1)[0].replace('-', '_')
        words = stem.split('_')
        nouns = {'_'.join(words[:count]) for count in range(1, len(words) + 1)} | types
        if not any(re.match(r'nj_' + noun + r'\d*(_|$)', name) for noun in nouns):
            self.fault(path, line, f'{name} does not carry the name of its file')

    def types_of(self, path):
        stem, _ = os.path.splitext(path)
        headers = [stem + '.h']
        if path.endswith('.c') and not os.path.exists(os.path.join(self.top, headers[0])):
            # A part of a larger thing: it speaks for the header that it includes first.
            first_word = re.split(r'[-.]', os.path.basename(path))[0]
            names = re.findall(r'^#include "([^"]+)"', self.read(path).decode('utf-8', 'replace'), re.M)
            names = [name for index, name in enumerate(names)
                     if index == 0 or re.split(r'[-.]', os.path.basename(name))[0] == first_word]
            names += [name.replace('-private.h', '.h') for name in names]
            headers += [self.header_path(path, name) for name in names]
        types = set()
        for header in headers:
            if os.path.exists(os.path.join(self.top, header)):
                text = ctext.blank(self.read(header).decode('utf-8', 'replace'))
                for word in re.findall(r'\bNj[A-Z]\w*', text):
                    if re.search(r'(^\}\s*' + word + r';|^struct ' + word + r'\b|typedef [^;]*\b' + word +
                                 r'\b[^;]*;|G_DECLARE_\w+\s*\(' + word + r'\b)', text, re.M):
                        types.add(re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', word[2:]).lower())
        return types

    def header_path(self, path, name):
        top = path.split('/')[0]
        return os.path.join(top, name) if '/' in name else os.path.join(os.path.dirname(path), name)

    def check_declarations(self, path, blanked):
        types = self.types_of(path)
        for match in re.finditer(r'^(?!static|#|typedef)[A-Za-z][\w *]*?\b(nj_\w+)\s*\(', blanked, re.M):
            self.check_prefix(path, match.group(1), ctext.line_of(blanked, match.start(1)), types)

    # Arrows only point down, and a reader sees from the path where a header lives.
    def check_includes(self, path, text):
        parts = path.split('/')
        room = parts[1] if parts[0] == 'service' and len(parts) > 2 else parts[0]
        if parts[0] == 'service' and len(parts) > 2 and room not in self.rooms:
            self.fault(path, 1, f'{room} is not in tests/lint/rooms.txt')
        for part in self.rooms:
            if '/' in part and fnmatch.fnmatch(path, part):
                room = part
        own = '/'.join(parts[1:] if parts[0] == 'service' else parts[-1:])[:-2] + '.h'
        seen_system = False
        for index, match in enumerate(re.finditer(r'^#include ([<"])([^>"]+)[>"]', text, re.M)):
            line, name = ctext.line_of(text, match.start()), match.group(2)
            if match.group(1) == '<':
                seen_system = True
                continue
            if index > 0 and name.endswith(own) and path.endswith('.c'):
                self.fault(path, line, 'its own header does not come first')
            if seen_system:
                self.fault(path, line, f'"{name}" stands below a system header')
            self.check_include(path, line, name, room, parts)
        has_own = os.path.exists(os.path.join(self.top, path[:-2] + '.h'))
        first = re.search(r'^#include [<"]([^>"]+)[>"]', text, re.M)
        name = first.group(1) if first else ''
        stem = os.path.basename(path)[:-2].split('-')[0]
        if path.endswith('.c') and has_own and not (name + '-').split('/')[-1].startswith(stem) and '-private.h' not in name:
            self.fault(path, 1, 'does not include its own header first')

    def check_include(self, path, line, name, room, parts):
        if name.endswith('service.h') and name.count('/') == 0 and path not in ('service/service.c', 'service/main.c'):
            return self.fault(path, line, 'nobody includes service.h')
        if parts[0] == 'service' and len(parts) == 2:
            return None
        target = name.split('/')[0] if '/' in name else None
        if name.startswith('nightjar-dbus'):
            target = 'dbus'
        if target is None:
            if parts[0] == 'service':
                self.fault(path, line, f'"{name}" is not included by its path from service/')
            return None
        if name.endswith('-private.h') and target != room:
            self.fault(path, line, f'"{name}" is for its own room only')
        if target != room and target not in self.rooms.get(room, set()):
            self.fault(path, line, f'{room} may not include {target}')
        return None

    # What the build looks for is what ./app/run installs.
    def check_packages(self, path, text):
        table = 'resources/packaging/packages.txt'
        if not os.path.exists(os.path.join(self.top, table)):
            return
        known = set(re.findall(r'\bpc:(\S+)', self.read(table).decode())) | {'threads', 'glib-2.0', 'gio-2.0', 'gobject-2.0'}
        for match in re.finditer(r"\bdependency\('([^']+)'", text):
            if match.group(1) not in known:
                self.fault(path, ctext.line_of(text, match.start()), f'{match.group(1)} has no row in {table}')

    # A forbidden call must not link either.
    def check_room_dependencies(self, path, text):
        parts = path.split('/')
        if parts[0] != 'service' or len(parts) != 3:
            return
        plain = re.sub(r'#[^\n]*', '', text)
        for match in re.finditer(r'\b([a-z]+)_dep\b', plain):
            room = match.group(1)
            if room in self.rooms and room != parts[1] and room not in self.rooms.get(parts[1], set()):
                self.fault(path, ctext.line_of(plain, match.start()), f'{parts[1]} may not stand on {room}')

    # Whole words for what a thing is; and no jumps.
    def check_names(self, path, blanked):
        for word in re.split(r'[-_.]', os.path.basename(path)):
            if word in FORBIDDEN:
                self.fault(path, 1, f'"{word}" in a file name says nothing')
        for match in re.finditer(r'\bgoto\b', blanked):
            self.fault(path, ctext.line_of(blanked, match.start()), 'goto')
        for match in re.finditer(r'(?<![\w.>])(nj_\w+|Nj[A-Z]\w*|manager|util|utils|info)\b', blanked):
            name = match.group(1)
            if name.lower().startswith(('nj_dbus', 'njdbus')):
                continue
            words = re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).lower().split('_')
            if FORBIDDEN & set(words):
                self.fault(path, ctext.line_of(blanked, match.start()), f'the name {name} says nothing')

    # Hosts, URLs and headers stand in the request log and nowhere else.
    def check_logging(self, path, blanked):
        if path.startswith(('service/journal/', 'tests/')):
            return
        for match in LOG_CALL.finditer(blanked):
            level, end = 1, match.end()
            while level > 0 and end < len(blanked):
                level += (blanked[end] == '(') - (blanked[end] == ')')
                end += 1
            telling = TELLING.search(re.sub(r'"[^"]*"', '""', blanked[match.end():end]))
            if telling:
                self.fault(path, ctext.line_of(blanked, match.start()), f'logs {telling.group(0)}: only the request '
                                                                        'log may hold it')


def main():
    faults = Lint(sys.argv[1] if len(sys.argv) > 1 else '.').run()
    for path, line, what in faults:
        print(f'{path}:{line}: {what}')
    print(f'lint: {len(faults)} faults')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
