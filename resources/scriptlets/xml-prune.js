// SPDX-License-Identifier: GPL-3.0-or-later
// Names: xml-prune
// Uses: request
// Takes elements out of answers that are XML.
(selector, needed, url) => {
  if (!selector) return;
  const isMeant = requestTest(url);
  const find = (root, text) => {
    const path = /^xpath\((.*)\)$/s.exec(text);
    if (!path) return [...root.querySelectorAll(text)];
    const found = root.evaluate(path[1], root, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({length: found.snapshotLength}, (_, i) => found.snapshotItem(i));
  };
  const edit = text => {
    if (!/^\s*<(?:\?xml|[a-z!])/i.test(text)) return undefined;
    const root = new DOMParser().parseFromString(text, 'text/xml');
    if (root.querySelector('parsererror') || (needed && find(root, needed).length === 0)) return undefined;
    const found = find(root, selector);
    for (const node of found) if (node.nodeType === 2) node.ownerElement.removeAttribute(node.nodeName); else node.remove();
    return found.length > 0 ? new XMLSerializer().serializeToString(root) : undefined;
  };
  editFetch(isMeant, edit);
  editXhr(isMeant, edit);
}
