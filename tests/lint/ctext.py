# SPDX-License-Identifier: GPL-3.0-or-later
"""C text as lint needs it: without comments and strings, cut into functions, measured.

This is no compiler: it reads the one way of writing that the house uses (GNU braces, the name of a
function at the start of a line) and says nothing about what it cannot read.
"""
import re

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
# A definition: return type lines, then the name at the start of a line, its parameters, then a brace alone.
DEFINITION = re.compile(r'^(?P<type>(?:[A-Za-z_][^\n;{}()#=]*\n)+?)(?P<name>[A-Za-z_]\w*) \((?P<parameters>[^;{}]*)\)\n\{\n',
                        re.M)
TOKEN = re.compile(r'[A-Za-z_]\w*|[{}();:?]|[^\s\w{}();:?]+|\d\w*')


def blank(text, keep_strings=False):
    """The same text with comments and strings made blank; every line stays where it was."""
    def wipe(match):
        piece = match.group(0)
        if keep_strings and piece[0] in '"\'':
            return piece
        if piece[0] in '"\'':
            return piece[0] + ' ' * (len(piece) - 2) + piece[-1]
        return re.sub(r'[^\n]', ' ', piece)
    return NOISE.sub(wipe, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


class Function:
    """One function definition of a file."""

    def __init__(self, name, return_type, parameters, start, name_line, body, last_line):
        self.name = name
        self.return_type = ' '.join(return_type.split())
        self.parameters = parameters
        self.start = start              # offset of its first byte
        self.name_line = name_line
        self.body = body                # blanked, braces not included
        self.last_line = last_line

    @property
    def is_static(self):
        return 'static' in self.return_type.split()

    def parameter_names(self):
        names = []
        for piece in split_parameters(self.parameters):
            callback = re.search(r'\(\s*\*\s*(\w+)\s*\)', piece)
            words = re.findall(r'\w+', re.sub(r'\[[^\]]*\]', '', piece))
            if callback:
                names.append(callback.group(1))
            elif piece.strip() == '...':
                names.append('...')
            elif words and words != ['void']:
                names.append([word for word in words if not word.startswith('G_GNUC')][-1])
        return names

    def length(self):
        """Lines from its name to its last brace; rows of a table do not count."""
        rows = sum(1 for line in self.body.split('\n')
                   if re.match(r'\s*(case [^:]*:\s*return [^;]*;|\{.*\},?)\s*$', line))
        return self.last_line - self.name_line + 1 - rows

    def nesting(self):
        """How deep its deepest statement lies; 0 when nothing is nested."""
        return Nesting(self.body).depth()


def split_parameters(text):
    pieces, depth, piece = [], 0, ''
    for char in text:
        depth += (char == '(') - (char == ')')
        if char == ',' and depth == 0:
            pieces.append(piece)
            piece = ''
        else:
            piece += char
    return pieces + [piece]


def functions(blanked):
    """Every function definition in blanked text."""
    found = []
    for match in DEFINITION.finditer(blanked):
        end = blanked.find('\n}', match.end() - 2)
        if end < 0 or match.group('type').split()[0] in ('struct', 'enum', 'union', 'typedef', 'else', 'return'):
            continue
        found.append(Function(match.group('name'), match.group('type'), match.group('parameters'), match.start(),
                              line_of(blanked, match.start('name')), blanked[match.end():end],
                              line_of(blanked, end + 1)))
    return found


class Nesting:
    """Walks the statements of one function body. A branch without braces counts as much as one with."""

    def __init__(self, body):
        plain = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$', '', body, flags=re.M)
        self.tokens = TOKEN.findall(plain)
        self.at = 0
        self.deepest = 0

    def depth(self):
        while self.at < len(self.tokens):
            self.statement(0)
        return self.deepest

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def block(self, depth):
        self.at += 1
        while self.peek() not in ('}', None):
            self.statement(depth)
        self.at += 1

    def parentheses(self):
        level = 0
        while self.peek() is not None:
            token = self.peek()
            self.at += 1
            level += (token == '(') - (token == ')')
            if level == 0:
                return

    def statement(self, depth):
        token = self.peek()
        self.deepest = max(self.deepest, depth)
        if token == '{':
            self.block(depth)
        elif token in ('if', 'for', 'while', 'switch'):
            self.at += 1
            self.parentheses()
            if self.peek() == ';':
                self.at += 1
            else:
                self.statement(depth + 1)
            while self.peek() == 'else':
                self.at += 1
                self.statement(depth if self.peek() == 'if' else depth + 1)
        elif token == 'do':
            self.at += 1
            self.statement(depth + 1)
            self.plain()
        elif token in ('case', 'default'):
            self.label()
        else:
            self.plain()

    def label(self):
        questions = 0
        while self.peek() is not None:
            token = self.peek()
            self.at += 1
            questions += token == '?'
            if token == ':' and questions == 0:
                return
            questions -= token == ':'

    def plain(self):
        level = 0
        while self.peek() is not None:
            token = self.peek()
            if token == '}' and level == 0:
                if self.at == 0 or self.tokens[self.at - 1] != ';':
                    return
                return
            self.at += 1
            level += (token in '({') - (token in ')}') if len(token) == 1 else 0
            if token == ';' and level == 0:
                return
