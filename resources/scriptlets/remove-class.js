// SPDX-License-Identifier: GPL-3.0-or-later
// Names: remove-class rc
// Uses: attributes
// Takes classes from elements.
(text, selector, moment) => {
  const names = words(text, /[\s|]+/);
  if (names.length === 0) return;
  eachElement(selector || names.map(name => '.' + CSS.escape(name)).join(','), moment,
    element => element.classList.remove(...names), ['class']);
}
