// SPDX-License-Identifier: GPL-3.0-or-later
// Names: abort-on-stack-trace aost
// Uses: abort property stack
// A script that comes to the property by way of certain functions or files ends there.
(path, stack) => {
  if (!path) return;
  const check = value => {
    if (stack ? stackMatches(stack) : !isAsking) throw abortion();
    return value;
  };
  whenOwned(window, path.replace(/^(?:window|self|globalThis)\.(?=.)/, ''), (owner, name) => hookProperty(owner, name, check, check));
}
