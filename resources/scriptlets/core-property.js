// SPDX-License-Identifier: GPL-3.0-or-later
// Properties by their path from the window, also of objects that come later.
const findDescriptor = (owner, name) => {
  for (let at = owner; at !== null && at !== undefined; at = getPrototypeOf(at)) {
    const descriptor = getOwnPropertyDescriptor(at, name);
    if (descriptor) return descriptor;
  }
  return undefined;
};
// Puts an accessor in the place of a property; what was there before is behind it.
const hookProperty = (owner, name, onRead, onWrite, isFixed = false) => {
  const own = getOwnPropertyDescriptor(owner, name), before = findDescriptor(owner, name);
  if (own && !own.configurable) return false;
  let value = before && !before.get ? before.value : undefined;
  return quietly(defineProperty, owner, name, {
    configurable: !isFixed,
    enumerable: own ? own.enumerable : true,
    get() {
      const now = before && before.get ? apply(before.get, this, []) : value;
      return onRead ? onRead(now) : now;
    },
    set(next) {
      const wanted = onWrite ? onWrite(next) : next;
      if (before && before.get) { if (before.set) apply(before.set, this, [wanted]); }
      else if (isObject(this) && this !== owner) defineProperty(this, name, {value: wanted, configurable: true, enumerable: true, writable: true});
      else value = wanted;
    },
  }) !== undefined;
};
// Calls back with the object that has the last name of the path: now, and whenever another takes its place.
const whenOwned = (owner, path, then) => {
  const dot = path.indexOf('.');
  if (dot < 0) return void then(owner, path);
  const name = path.slice(0, dot), rest = path.slice(dot + 1);
  const enter = value => {
    if (isObject(value)) quietly(whenOwned, value, rest, then);
    return value;
  };
  const now = owner[name], own = getOwnPropertyDescriptor(owner, name);
  enter(now);
  // What the browser itself has there stays.
  if (isObject(now) && !(own && own.configurable && own.enumerable && (own.set || own.writable) && typeof now !== 'function')) return;
  hookProperty(owner, name, null, enter);
};
// The object and the name at the end of a path that is there now.
const placeOf = path => {
  const names = path.replace(/^(?:window|globalThis|self)\.(?=.)/, '').split('.');
  const last = names.pop();
  let owner = window;
  for (const name of names) {
    owner = owner[name];
    if (!isObject(owner)) return null;
  }
  // What is put into a storage is kept there as text.
  return [owner instanceof Storage ? Storage.prototype : owner, last];
};
// What looks like the function it stands for.
const disguises = new WeakMap();
const printFunction = Function.prototype.toString;
const disguise = (wrapper, original) => {
  if (disguises.has(printFunction) === false) {
    disguises.set(printFunction, printFunction);
    Function.prototype.toString = new Proxy(printFunction, {
      apply: (target, self, args) => apply(target, disguises.get(self) || self, args),
    });
    disguises.set(Function.prototype.toString, printFunction);
  }
  disguises.set(wrapper, disguises.get(original) || original);
  return wrapper;
};
// Puts onCall(target, self, args) in the place of a function, also behind "new" where it is a class.
const wrapFunction = (path, onCall, onConstruct) => {
  const place = placeOf(path);
  const original = place && place[0][place[1]];
  if (typeof original !== 'function') return false;
  const handler = {apply: onCall};
  if (onConstruct) handler.construct = onConstruct;
  return replaceProperty(place[0], place[1], disguise(new Proxy(original, handler), original));
};
const replaceProperty = (owner, name, value) => {
  const before = getOwnPropertyDescriptor(owner, name);
  if (before && before.get) return quietly(defineProperty, owner, name, assign({}, before, {get: () => value})) !== undefined;
  if (before && !before.writable && !before.configurable) return false;
  return quietly(defineProperty, owner, name, assign({enumerable: false, configurable: true, writable: true}, before, {value}))
    !== undefined;
};
