# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a .talk file into steps. What the steps do is in stage.py; the format is in README.md."""
import re

MARKS = '|+~!'
ESCAPE = re.compile(rb'\\(x[0-9a-fA-F]{2}|[rnt0\\])')
PLAIN = {b'r': b'\r', b'n': b'\n', b't': b'\t', b'0': b'\0', b'\\': b'\\'}
REPEAT = re.compile(r'\{(\d+)\*((?:[^{}]|\\x..)+)\}')


class Step:
    def __init__(self, line, words):
        self.line = line        # number in the file
        self.words = words      # the step itself, one string
        self.text = []          # (mark, text) below it

    def __str__(self):
        return f'line {self.line}, “{self.words}”'


class Script:
    def __init__(self, path):
        self.title = ''
        self.steps = []
        with open(path, encoding='utf-8') as file:
            for number, line in enumerate(file.read().split('\n'), 1):
                self.take(number, line)

    def take(self, number, line):
        if line.startswith('#'):
            self.title = self.title or line[1:].strip().rstrip('.')
        elif line[:1] in MARKS and line:
            if not self.steps:
                raise ValueError(f'line {number}: text without a step')
            self.steps[-1].text.append((line[0], line[2:]))
        elif line.strip():
            self.steps.append(Step(number, ' '.join(line.split())))


def to_bytes(text, places):
    """One line of text as the bytes it stands for."""
    text = REPEAT.sub(lambda match: int(match.group(1)) * match.group(2), text)
    raw = text.encode('utf-8')
    for name, value in places.items():
        raw = raw.replace(b'{' + name.encode() + b'}', value if isinstance(value, bytes) else value.encode())

    def byte(match):
        code = match.group(1)
        return bytes([int(code[1:], 16)]) if code[:1] == b'x' else PLAIN[code]
    return ESCAPE.sub(byte, raw)


def said(text, places):
    """The bytes of a block that is said, or expected byte for byte."""
    return b''.join(to_bytes(words, places) + (b'\r\n' if mark == '|' else b'') for mark, words in text)


def split_head(text):
    """A block that expects a head: its lines, and the lines of its body."""
    for index, (mark, words) in enumerate(text):
        if mark == '|' and words == '':
            return text[:index], text[index + 1:]
    raise ValueError('a head ends with an empty “|”')
