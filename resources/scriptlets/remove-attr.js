// SPDX-License-Identifier: GPL-3.0-or-later
// Names: remove-attr ra
// Uses: attributes
// Takes attributes from elements.
(text, selector, moment) => {
  const names = words(text, /[\s|]+/);
  if (names.length === 0) return;
  eachElement(selector || names.map(name => '[' + CSS.escape(name) + ']').join(','), moment,
    element => { for (const name of names) element.removeAttribute(name); }, names);
}
