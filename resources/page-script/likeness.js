// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the scripts of a page what its server was told: the browser, as most of its kind are, and the languages; also in frames that
// no server sends, and in workers. Called with {agent, languages, control}, of which each may be missing. Runs first in a page and in
// a worker, more than once does no harm. What it puts in the place of the browser's own cannot be told from it by what it prints.
(function likeness(told) {
'use strict';
const {Blob, Map, Proxy, String, URL, WeakMap} = globalThis, {apply, construct, defineProperty, getOwnPropertyDescriptor, ownKeys} = Reflect;
const {get, set} = WeakMap.prototype, {then} = Promise.prototype, {freeze} = Object, print = Function.prototype.toString;
const encode = encodeURIComponent, decode = decodeURIComponent, pack = globalThis.btoa, unpack = globalThis.atob;
const {createObjectURL, revokeObjectURL} = URL || {};
const program = '(' + apply(print, likeness, []) + ')(' + JSON.stringify(told) + ');';
const quietly = (f, ...args) => { try { return f(...args); } catch { return undefined; } };

// What stands for what: a function's own text is asked of that.
const originals = new WeakMap();
const remember = (ours, theirs) => { apply(set, originals, [ours, theirs]); return ours; };
const original = it => { for (let next; (next = apply(get, originals, [it])) !== undefined; it = next); return it; };
const stand = (theirs, traps) => remember(new Proxy(theirs, {__proto__: null, ...traps}), theirs);
const put = (owner, name, descriptor, change) => defineProperty(owner, name, {__proto__: null, ...descriptor, ...change});
const getter = (owner, name, answer) => {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || !found.get) return;
  put(owner, name, found, {get: stand(found.get, {apply: (f, self, args) => answer(apply(f, self, args))})});
};
const method = (owner, name, answer) => {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || typeof found.value !== 'function') return;
  put(owner, name, found, {value: stand(found.value, {apply: (f, self, args) => answer(f, self, args)})});
};
const constructor = (owner, name, change) => {
  const found = owner && getOwnPropertyDescriptor(owner, name);
  if (!found || typeof found.value !== 'function' || !found.value.prototype) return;
  const ours = stand(found.value, {apply: (f, self, args) => apply(f, self, change(args)), construct: (f, args, target) => change(args, f, target) });
  const back = getOwnPropertyDescriptor(found.value.prototype, 'constructor');
  put(owner, name, found, {value: ours});
  if (back) put(found.value.prototype, 'constructor', back, {value: ours});
};

// The makers in the order of Chrome's of this version. Source: Chromium, components/embedder_support/user_agent_utils.cc.
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
const branded = (list, version, scope) => {
  const engine = list.find(one => one.brand === 'Chromium'), none = list.find(one => /Not.A.Brand/.test(one.brand));
  if (!engine || !none) return list;
  const chrome = new scope.Object(), made = new scope.Array(3), order = orders[parseInt(version, 10) % 6];
  chrome.brand = 'Google Chrome';
  chrome.version = engine.version;
  made[order[0]] = none;
  made[order[1]] = engine;
  made[order[2]] = chrome;
  return made;
};
const dressData = (data, scope) => {
  const major = /Chrome\/(\d+)/.exec(told.agent)[1];
  const tell = it => {
    if (it.brands) it.brands = branded(it.brands, major, scope);
    if (it.fullVersionList) it.fullVersionList = branded(it.fullVersionList, major, scope);
    for (const name of ownKeys(like)) if (name in it) it[name] = like[name];
    return it;
  };
  // Of what runs Windows most is of this kind. Source: Microsoft, "Detect Windows 11 using User-Agent Client Hints".
  const like = {platform: 'Windows', platformVersion: '19.0.0', architecture: 'x86', bitness: '64', model: '', wow64: false, mobile: false};
  getter(data, 'brands', list => freeze(branded(list, major, scope)));
  getter(data, 'platform', () => like.platform);
  method(data, 'toJSON', (f, self, args) => tell(apply(f, self, args)));
  method(data, 'getHighEntropyValues', (f, self, args) => apply(then, apply(f, self, args), [tell]));
};
const dressAgent = (kind, scope) => {
  const isFirefox = told.agent.includes('Firefox/');
  getter(kind, 'userAgent', () => told.agent);
  getter(kind, 'appVersion', () => isFirefox ? '5.0 (Windows)' : told.agent.slice(8));
  getter(kind, 'platform', () => 'Win32');
  getter(kind, 'oscpu', () => 'Windows NT 10.0; Win64; x64');
  if (scope.NavigatorUAData) dressData(scope.NavigatorUAData.prototype, scope);
};

// Dates and numbers are written as in the language of the page, where it does not say which.
const dressLanguages = (kind, scope) => {
  const list = freeze(scope.Array.of(...told.languages)), local = args => args[0] === undefined ? [list[0], ...args.slice(1)] : args;
  getter(kind, 'languages', () => list);
  getter(kind, 'language', () => list[0]);
  for (const name of ownKeys(scope.Intl))
    if (typeof scope.Intl[name] === 'function' && scope.Intl[name].supportedLocalesOf)
      constructor(scope.Intl, name, (args, f, target) => f ? construct(f, local(args), target) : local(args));
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
    for (const owner of ['Date', 'Number', 'BigInt'])
      method(scope[owner].prototype, name, (f, self, args) => apply(f, self, local(args)));
};

// What the user objects to, where the browser does not say it.
const dressControl = (kind, scope) => {
  if (scope.navigator.globalPrivacyControl) return;
  const found = getOwnPropertyDescriptor(kind, 'userAgent');
  const {get: ours} = getOwnPropertyDescriptor({get globalPrivacyControl() { return true; }}, 'globalPrivacyControl');
  remember(ours, apply(print, original(found.get), []).replace('userAgent', 'globalPrivacyControl'));
  put(kind, 'globalPrivacyControl', found, {get: ours});
};

// A worker that no server sends is given this program before its own.
const blobs = new Map();
const led = address => {
  const text = String(address);
  if (/^blob:/.test(text) && blobs.has(text)) {
    const it = blobs.get(text);
    if (!it.url) it.url = apply(createObjectURL, URL, [new Blob([program, it.blob], {type: it.blob.type})]);
    return it.url;
  }
  const data = /^data:([^,]*),/i.exec(text);
  if (!data) return undefined;
  const rest = text.slice(data[0].length);
  return /;\s*base64\s*$/i.test(data[1]) ? data[0] + pack(program + unpack(decode(rest))) : data[0] + encode(program) + rest;
};
const dressWorkers = scope => {
  if (!scope.URL || !createObjectURL) return;
  method(scope.URL, 'createObjectURL', (f, self, args) => {
    const url = apply(f, self, args);
    if (args[0] instanceof scope.Blob) blobs.set(url, {blob: args[0]});
    return url;
  });
  method(scope.URL, 'revokeObjectURL', (f, self, args) => {
    const it = blobs.get(String(args[0]));
    blobs.delete(String(args[0]));
    if (it && it.url) apply(revokeObjectURL, URL, [it.url]);
    return apply(f, self, args);
  });
  for (const name of ['Worker', 'SharedWorker'])
    constructor(scope, name, (args, f, target) => {
      if (!f) return args;
      const url = args.length > 0 ? quietly(led, args[0]) : undefined;
      // A page that wants addresses of a kind of their own, or whose policy lets ours not in, has its worker as it is.
      return url !== undefined && quietly(construct, f, [url, ...args.slice(1)], target) || construct(f, args, target);
    });
};

const reach = scope => { quietly(() => scope && scope.document && dress(scope)); return scope; };
const dressFrames = scope => {
  for (const name of ['HTMLIFrameElement', 'HTMLFrameElement', 'HTMLObjectElement']) {
    const kind = scope[name] && scope[name].prototype;
    getter(kind, 'contentWindow', reach);
    getter(kind, 'contentDocument', it => { if (it) reach(it.defaultView); return it; });
  }
  method(scope, 'open', (f, self, args) => reach(apply(f, self, args)));
  new scope.MutationObserver(() => { for (let i = 0; i < scope.length; i++) reach(scope[i]); }).observe(scope.document, {childList: true, subtree: true});
};
const dress = scope => {
  const own = scope.navigator, kind = (scope.Navigator || scope.WorkerNavigator).prototype, data = own.userAgentData;
  const isOther = told.agent && (own.userAgent !== told.agent || own.platform !== 'Win32' || data && !data.brands.some(one => one.brand === 'Google Chrome'));
  const isForeign = told.languages && String(own.languages) !== String(told.languages);
  if (told.control) dressControl(kind, scope);
  if (!isOther && !isForeign) return;
  if (isOther) dressAgent(kind, scope);
  if (isForeign) dressLanguages(kind, scope);
  dressWorkers(scope);
  if (scope.document) dressFrames(scope);
  method(scope.Function.prototype, 'toString', (f, self, args) => {
    const it = original(self);
    return typeof it === 'string' && typeof self === 'function' ? it : apply(f, it, args);
  });
};
dress(globalThis);
})
