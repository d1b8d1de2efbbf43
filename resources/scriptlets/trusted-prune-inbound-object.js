// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-prune-inbound-object
// Uses: prune property
// Takes members out of what is given to a function.
(path, paths, needed, stack) => {
  const prune = pruner(paths, needed, stack);
  wrapFunction(path, (target, self, args) => {
    for (const arg of args) quietly(prune, arg);
    return apply(target, self, args);
  });
}
