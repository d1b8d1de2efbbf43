// SPDX-License-Identifier: GPL-3.0-or-later
// Names: json-prune
// Uses: prune property
// Takes members out of what the page reads as JSON.
(paths, needed, stack) => {
  if (!paths) return;
  const prune = pruner(paths, needed, stack);
  wrapFunction('JSON.parse', (target, self, args) => {
    const value = apply(target, self, args);
    quietly(prune, value);
    return value;
  });
  wrapFunction('Response.prototype.json', (target, self, args) => apply(target, self, args).then(value => {
    quietly(prune, value);
    return value;
  }));
}
