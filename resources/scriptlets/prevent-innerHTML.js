// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-innerHTML
// Uses: pattern property
// Elements that match do not get content that matches.
(selector, text) => {
  const wanted = patternOf(text, true);
  for (const owner of [Element, ShadowRoot]) {
    const before = getOwnPropertyDescriptor(owner.prototype, 'innerHTML');
    const set = function (html) {
      const isPlace = !selector || owner === Element && quietly(() => this.matches(selector));
      if (!isPlace || !wanted.test(html)) apply(before.set, this, [html]);
    };
    defineProperty(owner.prototype, 'innerHTML', assign({}, before, {set: disguise(set, before.set)}));
  }
}
