// SPDX-License-Identifier: GPL-3.0-or-later
// Names: call-nothrow
// Uses: property
// An error in the function does not end the script that called it.
path => {
  if (path) wrapFunction(path, (target, self, args) => quietly(() => apply(target, self, args)),
    (target, args, made) => quietly(() => construct(target, args, made)) || {});
}
