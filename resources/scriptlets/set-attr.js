// SPDX-License-Identifier: GPL-3.0-or-later
// Names: set-attr
// Trusted: trusted-set-attr
// Named.
// Uses: attributes value
// Gives elements an attribute: a number, "true", "false", nothing, or what another attribute of theirs, "[name]", holds.
(called, selector, name, text = '') => {
  if (!selector || !name || /^on/i.test(name) && called === 'set-attr') return;
  const other = /^\[([^\]]+)\]$/.exec(text);
  const isPlain = text === '' || /^(?:true|false)$/i.test(text) || /^\d{1,5}$/.test(text) && +text <= 0x7fff;
  if (called === 'set-attr' && !other && !isPlain) return;
  eachElement(selector, 'stay', element => {
    const value = other ? element.getAttribute(other[1]) : withNow(text);
    if (value !== null && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }, other ? [name, other[1]] : [name]);
}
