// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: value when
// Cookies as scripts set and remove them.
const cookieWords = new Set(('true t false f yes y no n ok on off 0 1 accept accepted notaccepted reject rejected allow allowed deny denied '
  + 'disallow disallowed enable enabled disable disabled necessary required optional essential nonessential hide hidden show closed close '
  + 'dismiss dismissed forbidden forever checked unchecked granted decline declined done agree agreed opt-in opt-out undecided '
  + 'mandatory approved default emptyArr emptyObj').split(' '));
const isPlainCookie = text => text === '' || cookieWords.has(text.toLowerCase()) || /^\d{1,5}$/.test(text) && +text <= 0x7fff;
const readCookie = name => {
  for (const part of document.cookie.split(/;\s*/)) {
    const at = part.indexOf('=');
    if ((at < 0 ? '' : part.slice(0, at)) === name) return part.slice(at + 1);
  }
  return undefined;
};
const spanOf = text => {
  const names = {'1day': 86400, '1week': 604800, '1month': 2592000, '1year': 31536000};
  const seconds = names[text] || Number(text);
  return text === '' || Number.isNaN(seconds) ? NaN : seconds;
};
const setCookie = (name, value, span, path, rest) => {
  // AdGuard has the domain alone.
  const options = rest.length === 1 ? {domain: rest[0]} : optionsOf(rest);
  const coded = /[^!#$%&'*+.^_|~0-9A-Za-z-]/.test(name) ? encodeURIComponent(name) : name;
  const told = withNow(value);
  const before = readCookie(coded);
  if (options.dontOverwrite && before !== undefined || before === told) return;
  const parts = [coded + '=' + told.replace(/[;\s]/g, encodeURIComponent)];
  if (path !== 'none') parts.push('path=' + (path || '/'));
  if (!Number.isNaN(span)) parts.push('expires=' + new Date(Date.now() + span * 1000).toUTCString());
  if (options.domain) parts.push('domain=' + options.domain);
  if (/^__(?:Secure|Host)-/.test(name)) parts.push('secure');
  document.cookie = parts.join('; ');
  // Only where the cookie has come, or the page would be loaded for ever.
  if (options.reload && readCookie(coded) === told) location.reload();
};
