// SPDX-License-Identifier: GPL-3.0-or-later
// Names: abort-on-property-write aopw
// Uses: abort property
// A script that writes the property ends there.
path => {
  if (!path) return;
  whenOwned(window, path.replace(/^(?:window|self|globalThis)\.(?=.)/, ''), (owner, name) => {
    const before = findDescriptor(owner, name), own = getOwnPropertyDescriptor(owner, name);
    if (own && !own.configurable) return;
    const now = owner[name];
    defineProperty(owner, name, {
      get() { return before && before.get ? apply(before.get, this, []) : now; },
      set() { throw abortion(); },
    });
  });
}
