// SPDX-License-Identifier: GPL-3.0-or-later
// Names: hide-in-shadow-dom
// Names: remove-in-shadow-dom
// Names: inject-css-in-shadow-dom
// Named.
// Uses: pattern when property
// What style sheets of the page do not reach: elements behind shadow roots.
(called, text, base) => {
  if (!text) return;
  const roots = new Set();
  const isPlace = host => !base || quietly(() => host.matches(base));
  const work = root => {
    if (called === 'inject-css-in-shadow-dom') {
      if (/url\(|@import|\\/i.test(text)) return;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      return;
    }
    const look = () => {
      for (const element of root.querySelectorAll(text))
        if (called === 'remove-in-shadow-dom') element.remove(); else element.style.setProperty('display', 'none', 'important');
    };
    look();
    new MutationObserver(look).observe(root, {childList: true, subtree: true});
  };
  const enter = root => {
    if (!root || roots.has(root) || !isPlace(root.host)) return;
    roots.add(root);
    work(root);
  };
  wrapFunction('Element.prototype.attachShadow', (target, self, args) => {
    const root = apply(target, self, args);
    setTimer(() => quietly(enter, root), 0);
    return root;
  });
  // Those that stood in the source have come without the function.
  whenReady('interactive', () => onChanges(() => {
    for (const element of document.querySelectorAll('*')) if (element.shadowRoot) quietly(enter, element.shadowRoot);
  }));
}
