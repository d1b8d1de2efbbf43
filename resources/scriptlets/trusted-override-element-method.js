// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-override-element-method
// Uses: abort property
// A method does nothing for elements that match.
(path, selector, how = '') => {
  if (!path) return;
  wrapFunction(path, (target, self, args) => {
    if (selector && !quietly(() => self.matches(selector))) return apply(target, self, args);
    if (how === 'throw') throw abortion();
    return {'': undefined, 'true': true, 'false': false, 'null': null}[how];
  });
}
