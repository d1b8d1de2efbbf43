// SPDX-License-Identifier: GPL-3.0-or-later
// Names: abort-on-property-read aopr
// Uses: abort property
// A script that reads the property ends there.
path => {
  if (!path) return;
  whenOwned(window, path.replace(/^(?:window|self|globalThis)\.(?=.)/, ''), (owner, name) => {
    const own = getOwnPropertyDescriptor(owner, name);
    if (own && !own.configurable) return;
    defineProperty(owner, name, {get() { throw abortion(); }, set() {}});
  });
}
