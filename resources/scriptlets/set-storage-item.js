// SPDX-License-Identifier: GPL-3.0-or-later
// Names: set-local-storage-item
// Names: set-session-storage-item
// Trusted: trusted-set-local-storage-item
// Trusted: trusted-set-session-storage-item
// Named.
// Uses: pattern value cookie
// Keeps, or with "$remove$" removes, an item that scripts of the page find later.
(called, name, value = '') => {
  if (!name) return;
  const storage = called.includes('session') ? sessionStorage : localStorage;
  if (value === '$remove$') {
    const wanted = isExpression(name) ? expressionOf(name) : null;
    for (const key of wanted ? keys(storage) : [name]) if (!wanted || wanted.test(key)) storage.removeItem(key);
    return;
  }
  const texts = {'emptyArr': '[]', 'emptyObj': '{}', 'emptyStr': '', "''": '', '""': ''};
  const text = Object.hasOwn(texts, value) ? texts[value] : withNow(value);
  const isPlain = Object.hasOwn(texts, value) || Object.hasOwn(now, value) || isPlainCookie(value)
    || ['undefined', 'null', '{}', '[]'].includes(value);
  if (called.startsWith('trusted-') || isPlain) storage.setItem(name, text);
}
