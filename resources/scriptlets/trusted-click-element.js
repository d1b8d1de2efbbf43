// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-click-element
// Uses: pattern when cookie selectors
// Clicks on elements, one after another as they come: "cookie:name" and "localStorage:name" say where, "!" before where not.
(text, extra = '', delay = '', ...rest) => {
  if (!text) return;
  const isMet = words(extra, /,/).every(part => {
    const isNegated = part.startsWith('!');
    const [, kind, name] = /^!?(cookie|localStorage):(.*)$/.exec(part) || [];
    if (!kind) return true;
    const [key, value] = name.split(/=(.*)/s), wanted = patternOf(key), meant = patternOf(value);
    const all = kind === 'cookie' ? document.cookie.split(/;\s*/).map(it => it.split(/=(.*)/s)) : entries(localStorage);
    return all.some(([a, b = '']) => a !== '' && wanted.test(a) && meant.test(b)) !== isNegated;
  });
  if (!isMet) return;
  const selectors = splitSelectors(text);
  const wait = Math.min(Number(delay) || 1, 20000), end = Date.now() + 10000 + wait;
  const find = selector => selector.split(/\s*>>>\s*/).reduce((root, part, i) =>
    root && (i > 0 ? root.shadowRoot : root) && (i > 0 ? root.shadowRoot : root).querySelector(part), document);
  const next = () => {
    const element = quietly(find, selectors[0]);
    if (element) { selectors.shift(); element.click(); }
    if (selectors.length > 0 && Date.now() < end) setTimer(next, element ? 17 : 60);
  };
  setTimer(next, wait);
}
