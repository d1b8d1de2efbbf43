#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""embed.py NAME FILE OUT: writes a C file that holds FILE as nj_NAME_bytes, its length as nj_NAME_size."""
import sys

name, source, out = sys.argv[1:4]
with open(source, 'rb') as f:
    data = f.read()
with open(out, 'w') as f:
    f.write('/* Generated. */\n')
    f.write(f'extern const unsigned char nj_{name}_bytes[];\nextern const unsigned long nj_{name}_size;\n')
    f.write(f'const unsigned char nj_{name}_bytes[] = {{')
    for i, byte in enumerate(data):
        f.write(('\n  ' if i % 20 == 0 else ' ') + f'{byte},')
    f.write(f'\n  0 }};\nconst unsigned long nj_{name}_size = {len(data)};\n')
