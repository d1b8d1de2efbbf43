// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern when
// Text in nodes as they come, before scripts among them run.
const scriptText = (() => {
  const policy = window.trustedTypes && quietly(() => trustedTypes.createPolicy('t' + Math.random().toString(36).slice(2),
    {createScript: text => text, createHTML: text => text}));
  return {script: text => policy ? policy.createScript(text) : text, html: text => policy ? policy.createHTML(text) : text};
})();
// What a node was given is not looked at again.
const given = new WeakMap();
const whenNodes = (name, isStaying, change) => {
  const wanted = isExpression(name) ? expressionOf(name, 'i') : new RegExp('^' + escapeText(name) + '$', 'i');
  const own = document.currentScript;
  const look = node => {
    if (node !== own && wanted.test(node.nodeName) && given.get(node) !== node.textContent) quietly(change, node);
  };
  const lookAll = root => {
    look(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) look(walker.currentNode);
  };
  const observer = new MutationObserver(records => {
    for (const record of records) {
      for (const node of record.addedNodes) lookAll(node);
      // The text of a script may come in pieces.
      if (record.target.nodeName === 'SCRIPT') look(record.target);
      else if (record.type === 'characterData' && record.target.parentNode) {
        look(record.target);
        look(record.target.parentNode);
      }
    }
  });
  observer.observe(document, {childList: true, characterData: true, subtree: true});
  if (document.documentElement) lookAll(document.documentElement);
  if (!isStaying) whenReady('interactive', () => setTimer(() => observer.disconnect(), 1));
};
const setText = (node, text) => {
  given.set(node, text);
  node.textContent = node.nodeName === 'SCRIPT' ? scriptText.script(text) : text;
};
