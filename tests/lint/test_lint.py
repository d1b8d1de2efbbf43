#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants one fault at a time in a small clean house and asks whether lint finds just that one."""
import os
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ctext  # noqa: E402
import lint  # noqa: E402

SPDX = '/* SPDX-License-Identifier: GPL-3.0-or-later'
ROOMS = 'base:\nnet: base\nhttp: base net\njournal: base\nui: dbus\napp: ui dbus\n'
HEADER = SPDX + ' */\n#pragma once\n\n#include "base/bytes.h"\n\ntypedef struct NjLamp NjLamp;\n\nint nj_lamp_light (NjLamp *lamp);\n'
SOURCE = SPDX + '''
 *
 * A lamp, lit and put out. What pays for the light is not here. Any thread.
 */
#include "http/lamp.h"

#include <glib.h>

struct NjLamp
{
  int is_lit;
};

static int
add (int a, int b)
{
  return a + b;
}

/**
 * nj_lamp_light:
 * @lamp: a lamp
 *
 * Any thread.
 *
 * Returns: how bright it is
 */
int
nj_lamp_light (NjLamp *lamp)
{
  if (lamp->is_lit)
    return add (1, 2);

  return 0;
}
'''


class LintTest(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)
        self.write('tests/lint/rooms.txt', ROOMS)
        self.write('service/http/lamp.h', HEADER)
        self.write('service/http/lamp.c', SOURCE)
        self.write('service/base/bytes.h', SPDX + ' */\n#pragma once\n')

    def write(self, path, text):
        os.makedirs(os.path.join(self.top, os.path.dirname(path)), exist_ok=True)
        with open(os.path.join(self.top, path), 'w', encoding='utf-8') as file:
            file.write(text)

    def faults(self):
        return [f'{path}:{line}: {what}' for path, line, what in lint.Lint(self.top).run()]

    def assert_fault(self, words, path='service/http/lamp.c'):
        faults = self.faults()
        self.assertEqual(1, len(faults), faults)
        self.assertIn(words, faults[0])
        self.assertTrue(faults[0].startswith(path), faults[0])

    def plant(self, old, new):
        self.assertIn(old, SOURCE)
        self.write('service/http/lamp.c', SOURCE.replace(old, new))

    def test_clean(self):
        self.assertEqual([], self.faults())

    def test_room_upwards(self):
        self.plant('#include <glib.h>', '#include <glib.h>')
        self.write('service/net/wire.c', SPDX + '\n *\n * A wire that reaches up into a room above its own. Any thread.\n */\n'
                                                '#include "http/lamp.h"\n')
        self.assert_fault('net may not include http', 'service/net/wire.c:5')

    def test_room_unknown(self):
        self.write('service/cellar/rat.h', SPDX + ' */\n#pragma once\n')
        self.assert_fault('not in tests/lint/rooms.txt', 'service/cellar/rat.h')

    def test_room_circle(self):
        self.write('tests/lint/rooms.txt', ROOMS.replace('base:\n', 'base: http\n'))
        self.assert_fault('not below it', 'tests/lint/rooms.txt:1')

    def test_room_dependency(self):
        self.write('service/base/meson.build', '# ' + SPDX[3:] + "\nx = static_library('base', dependencies: [http_dep])\n")
        self.assert_fault('base may not stand on http', 'service/base/meson.build:2')

    def test_ui_reaches_service(self):
        self.write('ui/window.h', SPDX + ' */\n#pragma once\n#include "http/lamp.h"\n')
        self.assert_fault('ui may not include http', 'ui/window.h:3')

    def test_private_header(self):
        self.write('service/net/lamp.h', SPDX + ' */\n#pragma once\n#include "base/bytes-private.h"\n')
        self.assert_fault('own room only', 'service/net/lamp.h:3')

    def test_include_without_path(self):
        self.plant('#include "http/lamp.h"\n', '#include "http/lamp.h"\n#include "bytes.h"\n')
        self.assert_fault('by its path')

    def test_own_header_late(self):
        self.write('service/http/lamp.c', SOURCE.replace('#include "http/lamp.h"\n', '#include "base/bytes.h"\n#include "http/lamp.h"\n'))
        self.assertTrue(all('own header' in fault for fault in self.faults()), self.faults())
        self.assertNotEqual([], self.faults())

    def test_system_before_room(self):
        self.plant('#include <glib.h>', '#include <glib.h>\n#include "base/bytes.h"')
        self.assert_fault('below a system header')

    def test_service_header(self):
        self.plant('#include "http/lamp.h"\n', '#include "http/lamp.h"\n#include "service.h"\n')
        self.assert_fault('nobody includes service.h')

    def test_file_too_long(self):
        self.write('service/http/lamp.c', SOURCE + 'extern int nj_x;\n' * 600)
        self.assert_fault('one sitting')

    def test_function_too_long(self):
        self.plant('  return a + b;\n', '  a++;\n' * 80 + '  return a + b;\n')
        self.assert_fault('add has', 'service/http/lamp.c:15')

    def test_table_may_be_long(self):
        self.plant('  return a + b;\n', '  switch (a)\n    {\n' + '    case 1: return 2;\n' * 90 + '    }\n  return a + b;\n')
        self.assertEqual([], self.faults())

    def test_nested_too_deep(self):
        deep = '  if (a)\n    for (;;)\n      while (b)\n        if (a > b)\n          {\n            if (b)\n              a++;\n          }\n'
        self.plant('  return a + b;\n', deep + '  return a + b;\n')
        self.assert_fault('nested 5 deep')

    def test_chain_is_not_deep(self):
        chain = '  if (a)\n    b++;\n' + '  else if (b)\n    a++;\n' * 8 + '  else\n    a--;\n'
        self.plant('  return a + b;\n', chain + '  return a + b;\n')
        self.assertEqual([], self.faults())

    def test_no_spdx(self):
        self.write('service/base/bytes.h', '#pragma once\n')
        self.assert_fault('SPDX', 'service/base/bytes.h:1')

    def test_no_pragma(self):
        self.write('service/base/bytes.h', SPDX + ' */\n')
        self.assert_fault('#pragma once', 'service/base/bytes.h')

    def test_no_opening(self):
        self.plant(' *\n * A lamp, lit and put out. What pays for the light is not here. Any thread.\n', '')
        self.assert_fault('does not open with a paragraph')

    def test_no_documentation(self):
        self.plant('/**\n * nj_lamp_light:', '/*\n * nj_lamp_light:')
        self.assert_fault('no gtk-doc')

    def test_variant_is_documented_once(self):
        again = '\n#if 0\n\nint\nnj_lamp_light (NjLamp *lamp)\n{\n  return 1;\n}\n\n#endif\n'
        self.write('service/http/lamp.c', SOURCE + again)
        self.assertEqual([], self.faults())

    def test_documents_another(self):
        self.plant(' * nj_lamp_light:', ' * nj_lamp_out:')
        self.assert_fault('does not name it')

    def test_parameter_not_documented(self):
        self.plant(' * @lamp: a lamp\n', '')
        self.assert_fault('@lamp')

    def test_return_not_documented(self):
        self.plant(' * Returns: how bright it is\n', '')
        self.assert_fault('what it returns')

    def test_prefix(self):
        self.write('service/http/lamp.c', SOURCE.replace('nj_lamp_light', 'nj_candle_light'))
        self.assert_fault('name of its file')

    def test_prefix_in_header(self):
        self.write('service/http/lamp.h', HEADER.replace('nj_lamp_light', 'nj_candle_light'))
        self.assert_fault('name of its file', 'service/http/lamp.h:8')

    def test_prefix_by_type(self):
        self.write('service/http/lamp.h', HEADER + 'typedef struct NjCandle NjCandle;\nint nj_candle_light (NjCandle *candle);\n')
        self.assertEqual([], self.faults())

    def test_goto(self):
        self.plant('  return a + b;\n', '  goto out;\nout:\n  return a + b;\n')
        self.assert_fault('goto')

    def test_goto_in_words(self):
        self.plant('  return a + b;\n', '  /* goto is for comments */\n  return a + b;\n')
        self.assertEqual([], self.faults())

    def test_empty_name(self):
        self.plant('  return a + b;\n', '  int info = a;\n\n  return info + b;\n')
        self.assertEqual(2, len(self.faults()))

    def test_empty_name_of_others(self):
        self.plant('  return a + b;\n', '  GDBusInterfaceInfo *face = g_dbus_node_info_lookup (b->info);\n\n  return a + b;\n')
        self.assertEqual([], self.faults())

    def test_empty_file_name(self):
        self.write('service/base/text-utils.h', SPDX + ' */\n#pragma once\n')
        self.assert_fault('says nothing', 'service/base/text-utils.h')

    def test_host_logged(self):
        self.plant('  return a + b;\n', '  g_message ("went to %s",\n             lamp->host);\n  return a + b;\n')
        self.assert_fault('logs host')

    def test_host_in_words_only(self):
        self.plant('  return a + b;\n', '  g_message ("no host speaks it (%d)", a);\n  return a + b;\n')
        self.assertEqual([], self.faults())

    def test_host_in_journal(self):
        self.write('service/journal/book.c', SPDX + '\n *\n * The one place that may hold a host. Any thread, and no other room.\n */\n'
                                                    'static void\nwrite (char *host)\n{\n  g_message ("%s", host);\n}\n')
        self.assertEqual([], self.faults())

    def test_machine_path(self):
        self.plant('  return a + b;\n', '  return open ("/' + 'root/x");\n')
        self.assert_fault('path of one machine')

    def test_link(self):
        self.write('README.md', 'see [it](service/http/lamp.c), [them](https://example.org/) and [this](service/http/lump.c)\n')
        self.assert_fault('points to service/http/lump.c', 'README.md:1')

    def test_map(self):
        self.write('CONTRIBUTING.md', '| base | `bytes` borrowed |\n| http | `lamp`, `lamp-oil` |\n')
        self.assert_fault('http has no file lamp-oil', 'CONTRIBUTING.md:2')

    def test_map_is_whole(self):
        self.write('CONTRIBUTING.md', '| base | `bytes` borrowed |\n')
        self.assert_fault('does not show the room http', 'CONTRIBUTING.md:1')

    def test_package(self):
        self.write('resources/packaging/packages.txt', 'build pc:openssl libssl-dev openssl-devel openssl\n')
        self.write('meson.build', '# ' + SPDX[3:] + "\nopenssl = dependency('openssl')\nother = dependency('other', version: '>= 2')\n")
        self.assert_fault('other has no row', 'meson.build:3')

    def test_top_level(self):
        self.write('notes.txt', 'hello\n')
        self.assert_fault('top level', 'notes.txt')

    def test_form(self):
        self.plant('  return a + b;\n', '  return a\t+ b; \n')
        self.assertEqual(2, len(self.faults()))


class TextTest(unittest.TestCase):
    def test_blank_keeps_lines(self):
        text = 'a /* x\n y */ "s;{" \'{\' // z\nb\n'
        blanked = ctext.blank(text)
        self.assertEqual(text.count('\n'), blanked.count('\n'))
        self.assertNotIn('{', blanked)
        self.assertNotIn('z', blanked)

    def test_callback_parameter(self):
        function = ctext.functions('void\nrun (int (*call) (int, int), const char *text, ...)\n{\n}\n')[0]
        self.assertEqual(['call', 'text', '...'], function.parameter_names())

    def test_nesting(self):
        for body, depth in [('  a ();\n', 0), ('  if (a)\n    b ();\n  else\n    c ();\n', 1),
                            ('  do\n    {\n      a ();\n    }\n  while (x);\n  b ();\n', 1),
                            ('  int x[] = { { 1 }, { 2 } };\n\n  for (;;)\n    if (x)\n      y ();\n', 2),
                            ('  switch (x)\n    {\n    case 1:\n      if (y)\n        z ();\n      break;\n    default:\n      break;\n    }\n', 2)]:
            self.assertEqual(depth, ctext.Nesting(body).depth(), body)


if __name__ == '__main__':
    unittest.main()
