// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-click-element
// Uses: pattern when cookie selectors
// Clicks on elements, one after another as they come: "cookie:name" and "localStorage:name" say where, "!" before where not;
// "containsText:text" says on which of all that the selector finds. "reloadAfterClick:500" loads the page again.
(text, extra = '', delay = '', reload = '', seconds = '') => {
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
  const selectors = splitSelectors(text), said = words(extra, /,/).find(part => part.startsWith('containsText:'));
  const wantedText = patternOf(said && said.slice(13));
  const wait = Math.min(Number(delay) || 1, 20000), end = Date.now() + (Number(seconds) || 10) * 1000 + wait;
  const find = selector => selector.split(/\s*>>>\s*/).reduce((roots, part) => roots.flatMap(root => {
    const inner = root === document ? root : root.shadowRoot;
    return inner ? [...inner.querySelectorAll(part)] : [];
  }), [document]).find(element => wantedText.test(element.textContent));
  const next = () => {
    const element = quietly(find, selectors[0]);
    if (element) { selectors.shift(); element.click(); }
    if (selectors.length > 0 && Date.now() < end) setTimer(next, element ? 17 : 60);
    const told = /^reloadAfterClick(?::(\d+))?$/.exec(reload);
    if (selectors.length === 0 && told) setTimer(() => location.reload(), Number(told[1] || 500));
  };
  setTimer(next, wait);
}
