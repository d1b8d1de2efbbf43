// SPDX-License-Identifier: GPL-3.0-or-later
// Names: set-cookie
// Names: set-cookie-reload
// Trusted: trusted-set-cookie
// Trusted: trusted-set-cookie-reload
// Named.
// Uses: pattern cookie
// Sets a cookie: where the list may rewrite to any value and for any time, else to a word of the kind that consent is told by.
(called, name, value = '', ...rest) => {
  if (!name) return;
  const isTrusted = called.startsWith('trusted-');
  if (!isTrusted && !isPlainCookie(value)) return;
  const span = isTrusted ? spanOf(rest.shift() || '') : NaN;
  const path = rest.shift() || '/';
  if (called.endsWith('-reload')) rest = ['reload', '1', ...rest];
  setCookie(name, value, span, path, rest);
}
