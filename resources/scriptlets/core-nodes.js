// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern when
// Text in nodes as they come, before scripts among them run.
const scriptText = (() => {
  const policy = window.trustedTypes && quietly(() => trustedTypes.createPolicy('t' + Math.random().toString(36).slice(2),
    {createScript: text => text, createHTML: text => text}));
  return {script: text => policy ? policy.createScript(text) : text, html: text => policy ? policy.createHTML(text) : text};
})();
const whenNodes = (name, isStaying, change) => {
  const wanted = name.startsWith('/') ? expressionOf(name, 'i') : new RegExp('^' + escapeText(name) + '$', 'i');
  const own = document.currentScript;
  const look = node => { if (node !== own && wanted.test(node.nodeName)) quietly(change, node); };
  const lookAll = root => {
    look(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) look(walker.currentNode);
  };
  const observer = new MutationObserver(records => {
    for (const record of records) for (const node of record.addedNodes) lookAll(node);
  });
  observer.observe(document, {childList: true, subtree: true});
  if (document.documentElement) lookAll(document.documentElement);
  if (!isStaying) whenReady('interactive', () => setTimer(() => observer.disconnect(), 1));
};
const setText = (node, text) => {
  node.textContent = node.nodeName === 'SCRIPT' ? scriptText.script(text) : text;
};
