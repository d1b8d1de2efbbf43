// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-create-html
// Uses: pattern nodes
// Puts elements into the page.
(selector, html, time, ...rest) => {
  if (!selector || !html) return;
  const make = () => {
    const parent = document.querySelector(selector);
    if (!parent) return false;
    const parsed = new DOMParser().parseFromString(scriptText.html(html), 'text/html');
    const made = [...parsed.head.childNodes, ...parsed.body.childNodes].map(node => document.importNode(node, true));
    parent.append(...made);
    if (Number(time) > 0) setTimer(() => { for (const node of made) node.remove(); }, Number(time));
    return true;
  };
  whenReady('interactive', () => {
    if (make()) return;
    let observer = null;
    observer = onChanges(() => { if (observer && make()) observer.disconnect(); });
    setTimer(() => observer.disconnect(), 10000);
  });
}
