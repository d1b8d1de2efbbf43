// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-create-element
// Uses: pattern nodes
// Puts one element into the page: where, which, 'name="value" name="value"', its text, and for how many milliseconds.
(selector, tag, pairs = '', text = '', time = '') => {
  if (!selector || !tag) return;
  const make = () => {
    const parent = document.querySelector(selector);
    if (!parent) return false;
    const element = document.createElement(tag);
    for (const [, name, double, single, bare] of pairs.matchAll(/([^\s=]+)(?:=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)))?/g))
      element.setAttribute(name, (double ?? single ?? bare ?? '').replace(/\\(.)/g, '$1'));
    if (text) setText(element, text);
    parent.append(element);
    if (Number(time) > 0) setTimer(() => element.remove(), Number(time));
    return true;
  };
  if (make()) return;
  let observer = null;
  observer = onChanges(() => { if (observer && make()) observer.disconnect(); });
  setTimer(() => observer.disconnect(), 10000);
}
