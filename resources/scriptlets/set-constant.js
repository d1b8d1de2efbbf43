// SPDX-License-Identifier: GPL-3.0-or-later
// Names: set-constant set
// Trusted: trusted-set-constant trusted-set
// Named.
// Uses: property stack value when
// The property has the value, whatever the page writes there; only values of the same kind are replaced, and a page that puts
// another kind there has meant something else.
(called, path, text, ...rest) => {
  if (!path || text === undefined) return;
  const options = rest.length % 2 === 0 && rest[0] === 'as' ? optionsOf(rest) : optionsOf(rest.slice(1));
  const first = rest[0] === 'as' ? '' : rest[0] || '';
  const found = called === 'set-constant' ? plainValue(text) : anyValue(text);
  if (found.length === 0) return;
  const plain = found[0];
  const shapes = {
    'function': value => () => value, 'asFunction': value => () => value,
    'callback': value => () => () => value, 'asCallback': value => () => () => value,
    'resolved': value => Promise.resolve(value), 'asResolved': value => Promise.resolve(value),
    'rejected': value => { const gone = Promise.reject(value); gone.catch(noop); return gone; }, 'asRejected': value => Promise.reject(value),
  };
  const shape = shapes[options.as] || shapes[rest[1]];
  const value = shape ? shape(plain) : plain;
  const isMoment = /^(?:loading|asap|interactive|end|idle|complete|\d+)$/.test(first);
  const stack = isMoment ? '' : first;
  const isSameKind = before => before === undefined || before === null || value === undefined || value === null
    || typeof before === typeof value || shape !== undefined;
  const fix = (owner, name) => {
    const own = getOwnPropertyDescriptor(owner, name), before = findDescriptor(owner, name);
    const inherited = before && before.get ? undefined : owner[name];
    if (!isSameKind(inherited)) return;
    if (own && !own.configurable) return void quietly(() => { owner[name] = value; });
    let given = inherited, isLost = false;
    defineProperty(owner, name, {
      configurable: false, enumerable: own ? own.enumerable : true,
      get() {
        if (isLost) return given;
        if (stack && !stackMatches(stack)) return before && before.get ? apply(before.get, this, []) : given;
        return value;
      },
      set(next) {
        if (before && before.set) apply(before.set, this, [next]);
        else if (isObject(this) && this !== owner && this !== window) return;
        isLost = !isSameKind(next);
        given = next;
      },
    });
  };
  const start = () => whenOwned(window, path.replace(/^(?:window|self|globalThis)\.(?=.)/, ''), fix);
  if (isMoment && !/^\d+$/.test(first)) whenReady(first, start);
  else start();
}
