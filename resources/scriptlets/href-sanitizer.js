// SPDX-License-Identifier: GPL-3.0-or-later
// Names: href-sanitizer
// Uses: pattern when
// Links lead to where they would in the end: by their text, an attribute, a parameter, and steps on from there.
(selector, ...steps) => {
  if (!selector) return;
  const parts = words(steps.join(' ') || 'text');
  const step = (link, value, part) => {
    const url = () => new URL(value, location.href);
    if (part === 'text') return link.textContent.trim().replace(/^[^\x21-\x7e]+|[^\x21-\x7e]+$/g, '');
    if (/^\[.+\]$/.test(part)) return link.getAttribute(part.slice(1, -1)) || '';
    if (part.startsWith('?')) return part.slice(1).split('?').reduce((at, name) => new URL(at, location.href).searchParams.get(name) || '', value);
    if (/^&\d+$/.test(part)) return [...url().searchParams.keys()][part.slice(1) - 1] || '';
    if (part === '#') return url().hash.slice(1);
    if (part === '+https') return 'https://' + value.replace(/^(?:https?:)?\/\//, '');
    if (part === '-base64' || part === 'base64decode') return atob(value);
    if (part === '-safebase64') return atob(value.replace(/-/g, '+').replace(/_/g, '/'));
    if (part === '-uricomponent') return decodeURIComponent(value);
    if (part === 'removeHash') return value.replace(/#.*$/, '');
    if (part.startsWith('removeParam')) {
      const target = url(), names = words(part.split(':')[1], /,/);
      for (const name of names.length > 0 ? names : [...target.searchParams.keys()]) target.searchParams.delete(name);
      return target.href;
    }
    const found = /^\/.+\/$/.test(part) ? expressionOf(part).exec(value) : null;
    return found ? found[1] || found[0] : '';
  };
  const change = link => {
    const value = parts.reduce((at, part) => step(link, at, part), link.href instanceof SVGAnimatedString ? link.href.baseVal : link.href);
    const target = new URL(value.trim());
    if (!/^https?:$/.test(target.protocol) || target.href === link.href) return;
    link.setAttribute('href', target.href);
  };
  whenReady('interactive', () => onChanges(() => {
    for (const link of document.querySelectorAll(selector)) if (link.hasAttribute('href')) quietly(change, link);
  }, {childList: true, subtree: true, attributes: true, attributeFilter: ['href']}));
}
