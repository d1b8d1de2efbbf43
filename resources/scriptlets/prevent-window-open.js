// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-window-open no-window-open-if nowoif window.open-defuser
// Uses: pattern property
// Opens no window for the address. What the page gets instead: nothing, or, for so many seconds, an empty frame or object.
(text = '', seconds = '', decoy = '') => {
  // AdGuard's older form: "1" or "0", then the address.
  const isOld = text === '1' || text === '0';
  const wanted = patternOf(isOld ? (text === '0' ? '!' : '') + (seconds || '') : text, true);
  const isMeant = url => isOld && text === '0' && !seconds ? false : wanted.test(url);
  const time = isOld ? '' : seconds;
  const standIn = kind => {
    const element = document.createElement(kind === 'obj' ? 'object' : 'iframe');
    element.style.cssText = 'position:fixed!important;top:-1px!important;left:-1px!important;width:1px!important;height:1px!important';
    if (kind === 'obj') element.data = 'about:blank';
    (document.body || document.documentElement).append(element);
    setTimeout(() => element.remove(), Math.max(Number(time) || 0, 0) * 1000);
    const inner = element.contentWindow;
    if (inner) quietly(() => defineProperty(inner, 'closed', {value: false}));
    return inner || {closed: false, close() {}, focus() {}, document, location: {href: 'about:blank'}};
  };
  wrapFunction('open', (target, self, args) => {
    if (!isMeant(args.map(String).join(' '))) return apply(target, self, args);
    if (time === 'trueFunc' || decoy === 'trueFunc') return () => true;
    if (decoy === 'blank') {
      const blank = apply(target, self, ['about:blank', ...args.slice(1)]);
      if (blank) setTimeout(() => blank.close(), Math.max(Number(time) || 0, 0) * 1000);
      return blank;
    }
    return time === '' || isOld ? null : standIn(decoy);
  });
}
