// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-element-src-loading
// Uses: pattern property
// Elements do not load what matches; they are told that it came.
(tag, text) => {
  const owners = {script: HTMLScriptElement, img: HTMLImageElement, iframe: HTMLIFrameElement, link: HTMLLinkElement};
  const owner = owners[String(tag).toLowerCase()];
  if (!owner || !text) return;
  const wanted = patternOf(text, true), name = owner === HTMLLinkElement ? 'href' : 'src';
  const empty = {script: 'data:text/javascript;base64,KCk9Pnt9', img: 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
    iframe: 'data:text/html;base64,PGh0bWw+PC9odG1sPg==', link: 'data:text/css,'}[String(tag).toLowerCase()];
  const before = getOwnPropertyDescriptor(owner.prototype, name);
  const told = new WeakMap();
  const policy = window.trustedTypes && quietly(() => trustedTypes.createPolicy('t' + Math.random().toString(36).slice(2), {createScriptURL: url => url}));
  const stand = owner === HTMLScriptElement && policy ? policy.createScriptURL(empty) : empty;
  const get = function () { return told.has(this) ? told.get(this) : apply(before.get, this, []); };
  const set = function (url) {
    if (!wanted.test(url)) { told.delete(this); return void apply(before.set, this, [url]); }
    told.set(this, String(url));
    apply(before.set, this, [stand]);
  };
  defineProperty(owner.prototype, name, assign({}, before, {get: disguise(get, before.get), set: disguise(set, before.set)}));
  wrapFunction('Element.prototype.setAttribute', (target, self, args) => {
    const isMeant = self instanceof owner && String(args[0]).toLowerCase() === name && wanted.test(args[1]);
    return apply(target, self, isMeant ? [args[0], stand] : args);
  });
}
